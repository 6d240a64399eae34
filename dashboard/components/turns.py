"""Lists of lights that will turn and that did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from dash import dcc, html

from dashboard import phrases
from dashboard.address import Address
from dashboard.components import lights
from dashboard.components.still import Still
from dashboard.components.tables import table
from monitor.looks import stage_word
from monitor.text import _
from rules.vocabulary import Stage


def _project(row: Mapping[Any, Any], at: Address, *more: str) -> html.Div:
    return html.Div(
        [
            dcc.Link(row["name"] or row["project_code"], href=at.project(str(row["project_code"]))),
            html.Small(" · ".join((str(row["project_code"]), *more)), className="code"),
        ],
        className="two-lines",
    )


def stage(word: Any) -> str:
    """The word of a stage in a frame; empty where a project has none yet."""
    return stage_word(Stage[str(word).upper()]) if isinstance(word, str) and word else phrases.NOTHING


def coming(frame: pd.DataFrame, at: Address) -> Still:
    """Lights that turn if nothing happens, by date."""
    rows = [
        (
            html.Span(
                [
                    html.Span(phrases.day_short(row["on"], at.as_of), className="day"),
                    html.Small(_("provisional"), className="mark") if row["provisional"] else None,
                ]
            ),
            lights.light(lights.of(row["to"])),
            _project(row, at),
            html.Div(
                [stage(row["stage"]), html.Small(phrases.departments(row["held_by"] or ""))], className="two-lines"
            ),
            phrases.days(row["used"]),
        )
        for row in frame.to_dict("records")
    ]
    heads = (_("Day"), _("Becomes"), _("Project"), _("Stage, in hand at"), _("Working days used"))
    return table(heads, rows, numbers=(4,), label=_("Will turn next"))


def past(frame: pd.DataFrame, at: Address) -> Still:
    """Lights that turned, the last first."""
    rows = [
        (
            html.Span(
                [
                    html.Span(phrases.day_short(row["on"], at.as_of), className="day"),
                    html.Small(_("unconfirmed"), className="mark") if row["unconfirmed"] else None,
                ]
            ),
            lights.turn(lights.of(row["from"]), lights.of(row["to"])),
            _project(row, at, stage(row["stage"])),
        )
        for row in frame.to_dict("records")
    ]
    return table((_("Day"), _("Turn"), _("Project")), rows, label=_("Turned lately"))
