"""The cases of a project over time: running solid, pauses hatched, due days marked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from html import escape
from typing import Any

import pandas as pd

from dashboard import phrases
from dashboard.figures.frame import Figure, axis, layout, ticks
from monitor.looks import STRETCH_KINDS, Paint, day_word, stage_word, state_word
from monitor.text import _
from rules.vocabulary import CaseState, Stage

ROW = 44  # pixels a case: its name above, its bar below
HEAD = 0.5  # of a row: the word of a stage
DAY = dt.timedelta(1)


def _bars(stretches: pd.DataFrame, rows: dict[str, float], paint: Paint) -> list[dict[str, Any]]:
    traces = []
    for state, kind in STRETCH_KINDS.items():
        part = stretches[(stretches["state"] == state) & stretches["case_id"].isin(list(rows))]
        if part.empty:
            continue
        # Days in (since, until]: the bar begins where the first of them begins and ends where the last one ends.
        starts = [day + DAY for day in part["since"]]
        lengths = [(until - since).days for since, until in zip(part["since"], part["until"])]
        marker: dict[str, Any] = {"color": paint.day(kind), "line": {"width": 0}}
        if paint.hatched(kind):
            marker["pattern"] = {
                "shape": "/",
                "fillmode": "overlay",
                "fgcolor": paint.token("surface"),
                "size": 6,
                "solidity": 0.4,
            }
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": day_word(kind),
                "y": [rows[case] for case in part["case_id"]],
                "x": [n * 86_400_000 for n in lengths],
                "base": [day.isoformat() for day in starts],
                "width": 0.32,
                "offset": 0.5,
                "marker": marker,
                "customdata": [
                    [day_word(kind), start.isoformat(), until.isoformat()]
                    for start, until in zip(starts, part["until"])
                ],
                "hovertemplate": "%{customdata[0]}<br>%{customdata[1]} – %{customdata[2]}<extra></extra>",
            }
        )
    return traces


def _dues(cases: pd.DataFrame, rows: dict[str, float], paint: Paint) -> list[dict[str, Any]]:
    traces = []
    for column, word, symbol in (
        ("promised_due_on", _("Promised due day"), "line-ns-open"),
        ("statutory_due_on", _("Statutory due day"), "x-thin-open"),
    ):
        part = cases[cases[column].notna()]
        if part.empty:
            continue
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": word,
                "x": [f"{day.isoformat()}T23:59" for day in part[column]],
                "y": [rows[case] + 0.66 for case in part["case_id"]],
                "marker": {
                    "symbol": symbol,
                    "size": 14 if symbol.startswith("line") else 7,
                    "color": paint.token("ink"),
                    "line": {"width": 2, "color": paint.token("ink")},
                },
                "cliponaxis": False,
                "hovertemplate": f"{word} %{{x|%Y-%m-%d}}<extra></extra>",
            }
        )
    return traces


def lines(names: Iterable[str], stages: Iterable[str]) -> tuple[dict[str, float], list[tuple[float, str]], float]:
    """Where each row lies, where each run of rows of one stage has its word, and how many lines there are."""
    rows: dict[str, float] = {}
    heads: list[tuple[float, str]] = []
    at, before = 0.0, None
    for name, stage in zip(names, stages):
        if stage != before:
            heads.append((at, str(stage)))
            at, before = at + HEAD, stage
        rows[str(name)] = at
        at += 1
    return rows, heads, at


def note(y: float, text: str, colour: str) -> dict[str, Any]:
    """A line of text at the left edge, over what is drawn."""
    return {
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "y": y,
        "yref": "y",
        "yanchor": "middle",
        "text": text,
        "showarrow": False,
        "align": "left",
        "font": {"size": 12, "color": colour},
    }


def _names(cases: pd.DataFrame, rows: dict[str, float], paint: Paint) -> list[dict[str, Any]]:
    notes = []
    for case in cases.to_dict("records"):
        state = CaseState[str(case["state"]).upper()]
        said = phrases.working_days(case["used"]) if state is CaseState.DECIDED else state_word(state)
        # A narrow screen cuts off the end of the line: the department, which the table below has too.
        text = f"<b>{escape(str(case['item_name']))}</b>  {said} · {escape(str(case['department']))}"
        notes.append(note(rows[str(case["case_id"])] + 0.27, text, paint.token("ink")))
    return notes


def timeline(cases: pd.DataFrame, stretches: pd.DataFrame, as_of: dt.date, paint: Paint) -> Figure:
    """One row a case in the order given, its stretches as bars on an axis of days.

    ``cases`` and ``stretches`` as of `monitor.reading.project`; a case that nothing happened to is a name only.
    """
    rows, heads, height = lines(cases["case_id"], cases["stage"])
    known = [*stretches["since"], *cases["accepted_on"].dropna(), as_of]
    start = min(known) - dt.timedelta(3)
    dues = [d for c in ("promised_due_on", "statutory_due_on") for d in cases[c].dropna()]
    # A due day far ahead would press what has happened into a corner.
    end = min(max([as_of, *dues]), as_of + (as_of - start) / 4) + dt.timedelta(5)
    quiet = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "line": {"color": paint.token("line"), "width": 1}}
    here = {
        "type": "line",
        "x0": f"{as_of.isoformat()}T23:59",
        "x1": f"{as_of.isoformat()}T23:59",
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": {"color": paint.token("accent"), "width": 1, "dash": "dot"},
    }
    words = [note(y + HEAD / 2, stage_word(Stage[stage.upper()]), paint.token("muted")) for y, stage in heads]
    return {
        "data": _bars(stretches, rows, paint) + _dues(cases, rows, paint),
        "layout": layout(
            paint,
            int(32 + ROW * max(height, 1)),
            barmode="overlay",
            showlegend=False,
            margin={"l": 4, "r": 8, "t": 4, "b": 28},
            xaxis=axis(
                paint,
                type="date",
                range=[start.isoformat(), end.isoformat()],
                tickformat=ticks(start, end),
                nticks=6,
                automargin=False,
            ),
            yaxis=axis(paint, visible=False, range=[height, 0], automargin=False),
            shapes=[*({**quiet, "y0": y, "y1": y} for y, _stage in heads if y), here],
            annotations=[*words, *_names(cases, rows, paint)],
        ),
    }
