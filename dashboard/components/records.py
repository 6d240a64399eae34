"""The records of a project: its cases with their limits, its events, its flags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from dash import html

from dashboard import phrases, words
from dashboard.components import lights
from dashboard.components.still import Still
from dashboard.components.tables import table
from dashboard.components.turns import stage
from monitor import oddities
from monitor.looks import state_word
from monitor.text import _
from rules.vocabulary import CaseState, Light

Row = Mapping[Any, Any]


def there(value: Any) -> bool:
    """Whether a cell of a frame holds something."""
    return value is not None and value == value and value != ""


def _limit(row: Row, kind: str) -> Any:
    number = row[f"{kind}_limit"]
    if not there(number):
        return html.Span(_("none set"), className="muted")
    light = lights.of(row[f"{kind}_light"])
    mark = lights.shape(light) if light is not Light.NONE else None
    used = row.get(f"{kind}_used")
    text = words.limit(number, str(row[f"{kind}_unit"]))
    figures = f"{int(used)} / {text}" if used is not None and there(used) else text
    due = _("due {day}").format(day=row[f"{kind}_due_on"].isoformat()) if there(row[f"{kind}_due_on"]) else None
    return html.Div(
        [html.Span([mark, " ", figures], className="nowrap"), html.Small(due)], className="two-lines labelled"
    )


def cases(frame: pd.DataFrame, unit: str) -> Still:
    """Each case with its own clocks: promised and statutory. ``unit``: in which its days were counted."""
    rows = []
    for row in frame.to_dict("records"):
        accepted, closed = row["accepted_on"], row["closed_on"]
        span = f"{accepted.isoformat() if there(accepted) else phrases.NOTHING} – "
        span += closed.isoformat() if there(closed) else _("open")
        rows.append(
            (
                html.Div(
                    [html.Strong(row["item_name"]), html.Small(row["case_id"], className="code")], className="two-lines"
                ),
                html.Div([row["department"], html.Small(words.holder(row["holder"]))], className="two-lines"),
                stage(row["stage"]),
                state_word(CaseState[str(row["state"]).upper()]),
                html.Span(span, className="day"),
                phrases.days(row["used"]) if there(row["used"]) else phrases.NOTHING,
                _limit(row, "promised"),
                _limit(row, "statutory"),
            )
        )
    heads = (
        _("Item"),
        _("Department"),
        _("Stage"),
        _("State"),
        _("Accepted – closed"),
        _("Counted natural days") if unit == "natural_day" else _("Counted working days"),
        _("Promised limit"),
        _("Statutory limit"),
    )
    return table(heads, rows, numbers=(5,), label=_("Cases and limits"))


def _moment(value: Any) -> str:
    """A moment as the source wrote it: the day and, where it gave one, the time."""
    text = str(value) if there(value) else ""
    return text[:16].replace("T", " ") or phrases.NOTHING


def _what(row: Row) -> Any:
    said = words.status(str(row["status"]))
    if there(row["procedure"]):
        said += f" · {words.pause(str(row['procedure']))}"
    marks = []
    if row["derived"]:
        marks.append(html.Small(_("derived by the law"), className="mark"))
    if row["voided"]:
        marks.append(html.Small(_("voided"), className="mark"))
    return html.Span([html.Span(said, className="struck" if row["voided"] else None), *marks])


def events(frame: pd.DataFrame, items: Mapping[str, str]) -> Still:
    """What happened, as it was recorded; what was voided is struck through, what the law added is marked."""
    rows = [
        (
            html.Span(_moment(row["occurred_at"]), className="day"),
            items.get(str(row["case_id"]), row["case_id"]),
            _what(row),
            " · ".join(str(row[key]) for key in ("office", "handler") if there(row[key])) or phrases.NOTHING,
            " · ".join(str(row[key]) for key in ("reason", "basis") if there(row[key])) or phrases.NOTHING,
            html.Div(
                [
                    str(row["source"]) if there(row["source"]) else phrases.NOTHING,
                    html.Small(_moment(row["entered_at"])),
                ],
                className="two-lines",
            ),
        )
        for row in frame.to_dict("records")
    ]
    heads = (_("Happened"), _("Item"), _("Record"), _("Office, handler"), _("Reason, basis"), _("Source, entered"))
    return table(heads, rows, label=_("Records of handling"))


def recorders(cases: pd.DataFrame, events: pd.DataFrame) -> dict[str, str]:
    """Who answers for a record: of an event (by its id) its office and handler, of a case its department."""
    found = {str(row["case_id"]): str(row["department"]) for row in cases.to_dict("records")}
    for row in events.to_dict("records"):
        who = " ".join(str(row[key]) for key in ("office", "handler") if there(row[key]))
        if there(row["event_id"]):
            found[str(row["event_id"])] = who or found.get(str(row["case_id"]), "")
    return found


def flags(frame: pd.DataFrame, items: Mapping[str, str], recorded_by: Mapping[str, str]) -> html.Ul:
    """Odd records in words, one line a kind: what was seen, why it matters, in which cases, recorded by whom.

    ``items``: name by case id; ``recorded_by``: see `recorders`.
    """
    lines = []
    for flag, part in frame.groupby("flag", sort=False):
        keys = part["event_id"].where(part["event_id"].map(there), part["case_id"])
        who = sorted({recorded_by.get(str(key), "") for key in keys} - {""}) or [phrases.NOTHING]
        told = [
            (items.get(str(case), str(case)), oddities.facts(flag, seen))
            for case, seen in zip(part["case_id"], part["seen"], strict=True)
        ]
        facts = sorted({" · ".join(both) for both in told if both[1]})
        named = sorted({name for name, fact in told if not fact})
        lines.append(
            html.Li(
                [
                    html.Strong(oddities.saw(flag)),
                    html.Span(_(" ×{n}").format(n=len(part)) if len(part) > 1 else None),
                    html.Div(oddities.why(flag)),
                    *(html.Div(fact, className="muted") for fact in facts),
                    html.Div(phrases.listing(named), className="muted") if named else None,
                    html.Div(_("Recorded by: {names}").format(names=phrases.listing(who)), className="muted"),
                ]
            )
        )
    return html.Ul(lines, className="flags")
