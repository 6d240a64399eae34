"""As known at a moment: the field for it, and what a page says that is asked so."""

from __future__ import annotations

import datetime as dt
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard import phrases
from dashboard.address import Address
from dashboard.components.states import empty
from monitor.text import _, language

KEY = "known_at"


def field(at: Address) -> html.Div:
    """The field; its value stands in the address (assets/shell.js)."""
    picker = dmc.DateTimePicker(
        id={"type": "choice", "key": KEY, "default": ""},
        value=at.get(KEY),
        maxDate=f"{at.today.isoformat()} 23:59:59",
        valueFormat="YYYY-MM-DD HH:mm",
        monthLabelFormat="YYYY年M月" if language() == "zh_CN" else "MMMM YYYY",
        placeholder=_("now"),
        clearable=True,
        **{"aria-label": _("As known at")},
    )
    return html.Div([html.Span(_("As known at"), className="muted"), picker], className="knowing no-print")


def note(moment: dt.datetime, at: Address) -> html.Div:
    """Says that the page leaves out what became known later."""
    told = _("As known on {day} at {time}: what became known later is left out.").format(
        day=phrases.day_long(moment.date()), time=f"{moment:%H:%M}"
    )
    return html.Div([html.Strong(told), " ", _to_now(at)], className="known-then")


def refused(at: Address) -> html.Div:
    """A moment in the address that cannot be read, or is still to come."""
    what = _("“{value}” is not a moment up to today.").format(value=at.get(KEY))
    how = _("Write it as 2026-11-20 09:00, or choose one in the field above.")
    return html.Div([empty(what, how), _to_now(at)])


def _to_now(at: Address) -> Any:
    return dcc.Link(_("As known now"), href=at.href(at.path))
