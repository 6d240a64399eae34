"""As known at a moment: the field for it, and what a page says that is asked so."""

from __future__ import annotations

import datetime as dt
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard import phrases
from dashboard.address import KNOWN_AT, Address
from dashboard.components.states import empty
from monitor.text import _, language


def field(at: Address) -> html.Div:
    """The field; its value stands in the address (assets/shell.js)."""
    picker = dmc.DateTimePicker(
        id={"type": "choice", "key": KNOWN_AT, "default": ""},
        value=at.get(KNOWN_AT),
        maxDate=f"{at.today.isoformat()} 23:59:59",
        valueFormat="YYYY-MM-DD HH:mm",
        monthLabelFormat="YYYY年M月" if language() == "zh_CN" else "MMMM YYYY",
        placeholder=_("now"),
        clearable=True,
        **{"aria-label": _("As known at")},
    )
    return html.Div([html.Span(_("As known at"), className="muted"), picker], className="knowing no-print")


def head(title: str, at: Address) -> html.Div:
    """The title of a page with the field beside it."""
    return html.Div([html.H1(title), field(at)], className="page-head")


def note(moment: dt.datetime, at: Address) -> html.Div:
    """Says that the page leaves out what became known later."""
    told = _("As known on {day} at {time}: what became known later is left out.").format(
        day=phrases.day_long(moment.date()), time=f"{moment:%H:%M}"
    )
    return html.Div([html.Strong(told), " ", _to_now(at)], className="known-then")


def refused(at: Address) -> html.Div:
    """A moment in the address that cannot be read, or is still to come."""
    what = _("“{value}” is not a moment up to today.").format(value=at.get(KNOWN_AT))
    how = _("Write it as 2026-11-20 09:00, or choose one in the field above.")
    return html.Div([empty(what, how), _to_now(at)])


def nothing_yet(first: dt.datetime | None) -> html.Div:
    """Nothing was known at the moment; ``first``: when the first records came in, None: none have."""
    if first is None:
        return empty(_("Nothing is known yet."), _("Import records with `approval-monitor import`."))
    how = _("The first records came in on {day} at {time}.").format(
        day=phrases.day_long(first.date()), time=f"{first:%H:%M}"
    )
    return empty(_("Nothing was known yet."), how)


def too_many(n: int, most: int) -> html.Div:
    """More projects were known than a page works out again."""
    what = _("{n} were known then; up to {most} at once are worked out again for a moment.").format(
        n=phrases.projects(n), most=f"{most:,}"
    )
    return empty(what, _("Choose a region at the top of the page."))


def working() -> html.Div:
    """Shown while what was known then is worked out."""
    text = _("Working out what was known then …")
    return html.Div([html.Span(text), html.Div(html.I(), className="working-bar")], className="working", role="status")


def _to_now(at: Address) -> Any:
    return dcc.Link(_("As known now"), href=at.href(at.path, **dict(at.choices) | {KNOWN_AT: None}))
