"""更正记录: what had been said of a day and no longer holds, both values side by side, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dash import dcc, html

from dashboard import phrases
from dashboard.address import KNOWN_AT, Address
from dashboard.components import lights
from dashboard.components.states import empty
from dashboard.components.tables import table
from monitor.differences import by_whom, figure, value, why
from monitor.text import _, _n

Correction = Mapping[str, Any]  # as docs/json.md tells it
SHOWN = 4  # figures and causes of one correction; the others are folded away


def corrections(found: Sequence[Correction], at: Address) -> Any:
    """The corrections of a project, the last first; says so where there are none."""
    if not found:
        return empty(_("Nothing was ever corrected: what was said of the project still holds."))
    rows = [(_when(one, at), _folded([_cause(c) for c in one["causes"]]), _figures(one)) for one in reversed(found)]
    heads = _("Became known"), _("Because of"), _("Was said → is said")
    return table(heads, rows, label=_("Corrections"))


def _when(one: Correction, at: Address) -> html.Div:
    known, day = dt.datetime.fromisoformat(one["known_from"]), dt.date.fromisoformat(one["as_of"])
    first = dt.date.fromisoformat(one["differs_from"])
    mark = html.Small(_("unconfirmed"), className="mark") if one["unconfirmed"] else None
    was, now = _then(one, "known_before", at, _("as was said")), _then(one, "known_from", at, _("as is said"))
    return html.Div(
        [
            html.Span(f"{known:%Y-%m-%d %H:%M}", className="day"),
            html.Small([_("both as of {day}").format(day=phrases.day_short(day)), mark]),
            html.Small(_("they differ from {day} on").format(day=phrases.day_short(first))),
            html.Small([was, " · ", now], className="no-print"),
        ],
        className="two-lines",
    )


def _then(one: Correction, key: str, at: Address, word: str) -> dcc.Link:
    """To the page as of the day of a correction, as known at one of its moments, in the office's own time."""
    day = dt.date.fromisoformat(one["as_of"])
    moment = dt.datetime.fromisoformat(one[key]).replace(tzinfo=None)
    return dcc.Link(word, href=replace(at, as_of=day).href(at.path, **{KNOWN_AT: moment.isoformat(" ")}))


def _cause(cause: Mapping[str, Any]) -> html.Div:
    return html.Div([html.Span(why(cause)), html.Small(by_whom(cause))], className="two-lines")


def _figures(one: Correction) -> Any:
    return _folded([_figure(change) for change in one["changes"]])


def _figure(change: Mapping[str, Any]) -> html.Div:
    was, now = (_value(change["what"], change[side]) for side in ("before", "after"))
    name = " · ".join(figure(change["where"], change["case_id"], change["what"]))
    pair = html.Span([was, html.Span("→", className="muted arrow"), now], className="nowrap")
    return html.Div([html.Span(name, className="muted"), " ", pair])


def _value(what: str, told: float | str | None) -> Any:
    if what == "light" and told is not None:
        return lights.light(lights.of(told))
    return html.B(value(what, told))


def _folded(lines: list[html.Div]) -> html.Div:
    """The first lines, and the others behind a word that says how many they are."""
    more = len(lines) - SHOWN
    if more <= 1:
        return html.Div(lines, className="two-lines lines")
    word = _n("{n} more", "{n} more", more).format(n=more)
    return html.Div([*lines[:SHOWN], html.Details([html.Summary(word), *lines[SHOWN:]])], className="two-lines lines")
