"""The items of a project against their plan: planned above, what happened and what is forecast below."""

from __future__ import annotations

import datetime as dt
from html import escape
from typing import Any

import pandas as pd

from dashboard import phrases
from dashboard.figures.frame import Figure, axis, hatch, layout, ticks
from dashboard.figures.timeline import DAY, HEAD, ROW, lines, note
from monitor.looks import Paint, stage_word
from monitor.text import _
from rules.vocabulary import Stage

COLUMNS = (
    *("item_code", "item_name", "stage", "departments", "slip", "critical"),
    *("planned_start", "planned_finish", "start", "finish", "forecast_finish"),
)
TALL = ROW + 4  # pixels a row: its name, then two bars
PLANNED, HAPPENED, THICK = 0.5, 0.72, 0.16  # of a row: where the two bars begin, and how thick they are


def plan(items: pd.DataFrame, as_of: dt.date, paint: Paint) -> Figure:
    """One row an item in the order given, stages together. ``items``: COLUMNS; days as dates or None.

    An item of which no day is known is left out; the table below has it.
    """
    spans = _spans(items, as_of)
    drawn = items[items["item_code"].isin([code for _kind, code, _start, _end in spans])]
    rows, heads, height = lines(drawn["item_code"], drawn["stage"])
    known = [day for _kind, _code, start, end in spans for day in (start, end)] + [as_of]
    first, last = min(known) - 4 * DAY, max(known) + 6 * DAY
    ends = f"{as_of.isoformat()}T23:59"
    here = {
        "type": "line",
        "x0": ends,
        "x1": ends,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": {"color": paint.token("accent"), "width": 1, "dash": "dot"},
    }
    quiet = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "line": {"color": paint.token("line"), "width": 1}}
    words = [note(y + HEAD / 2, stage_word(Stage[stage.upper()]), paint.token("muted")) for y, stage in heads]
    return {
        "data": [*_bars(spans, rows, paint), *_points(spans, rows, paint)],
        "layout": layout(
            paint,
            int(32 + TALL * max(height, 1)),
            barmode="overlay",
            showlegend=False,
            margin={"l": 4, "r": 8, "t": 4, "b": 28},
            xaxis=axis(
                paint,
                type="date",
                range=[first.isoformat(), last.isoformat()],
                tickformat=ticks(first, last),
                nticks=6,
                automargin=False,
            ),
            yaxis=axis(paint, visible=False, range=[height, 0], automargin=False),
            shapes=[*({**quiet, "y0": y, "y1": y} for y, _stage in heads if y), here],
            annotations=[*words, *_names(drawn, rows, paint)],
        ),
    }


Span = tuple[str, str, dt.date, dt.date]  # kind, item, days in (start, end]


def _spans(items: pd.DataFrame, as_of: dt.date) -> list[Span]:
    """What is drawn of each item: planned, critical, happened, forecast."""
    found: list[Span] = []
    for row in items.to_dict("records"):
        code = str(row["item_code"])
        if row["planned_start"] and row["planned_finish"]:
            kind = "critical" if row["critical"] else "planned"
            found.append((kind, code, row["planned_start"], row["planned_finish"]))
        if row["start"]:
            # What was never decided in a project that is over ended on a day that no plan knows.
            until = row["finish"] or (as_of if row["forecast_finish"] else row["start"])
            found.append(("happened", code, row["start"], until))
        if row["forecast_finish"]:
            # Of what has not begun nobody knows when it will; only its end is forecast.
            begun = as_of if row["start"] else row["forecast_finish"]
            found.append(("forecast", code, min(begun, row["forecast_finish"]), row["forecast_finish"]))
    return found


def _bars(spans: list[Span], rows: dict[str, float], paint: Paint) -> list[dict[str, Any]]:
    ink, planned, happened = paint.token("ink"), paint.token("accent-soft"), paint.day("counted")
    looks: dict[str, tuple[float, dict[str, Any], str]] = {
        "planned": (PLANNED, {"color": planned, "line": {"width": 0}}, _("Planned")),
        "critical": (PLANNED, {"color": planned, "line": {"width": 1.5, "color": ink}}, _("Planned, critical")),
        "happened": (HAPPENED, {"color": happened, "line": {"width": 0}}, _("Actual")),
        "forecast": (
            HAPPENED,
            {"color": happened, "pattern": hatch(paint, "/") | {"solidity": 0.4}, "line": {"width": 0}},
            _("Forecast"),
        ),
    }
    traces = []
    for kind, (top, marker, word) in looks.items():
        mine = [(code, start, end) for name, code, start, end in spans if name == kind and start < end]
        if not mine:
            continue
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": word,
                "y": [rows[code] for code, _start, _end in mine],
                "x": [(end - start).days * 86_400_000 for _code, start, end in mine],
                # Days in (start, end]: the bar begins where the first of them begins and ends where the last one ends.
                "base": [(start + DAY).isoformat() for _code, start, _end in mine],
                "width": THICK,
                "offset": top,
                "marker": marker,
                "customdata": [[start.isoformat(), end.isoformat()] for _code, start, end in mine],
                "hovertemplate": f"{word}<br>%{{customdata[0]}} – %{{customdata[1]}}<extra></extra>",
            }
        )
    return traces


def _points(spans: list[Span], rows: dict[str, float], paint: Paint) -> list[dict[str, Any]]:
    """What takes no day is a stroke, and a forecast end is a box."""
    looks = {
        "planned": (PLANNED, "line-ns-open", paint.token("accent-soft"), _("Planned")),
        "critical": (PLANNED, "line-ns-open", paint.token("ink"), _("Planned, critical")),
        "happened": (HAPPENED, "line-ns-open", paint.day("counted"), _("Actual")),
        "forecast": (HAPPENED, "square-open", paint.day("counted"), _("Forecast")),
    }
    traces = []
    for kind, (top, symbol, colour, word) in looks.items():
        mine = [(c, end) for name, c, start, end in spans if name == kind and (start >= end or kind == "forecast")]
        if not mine:
            continue
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": word,
                "x": [f"{day.isoformat()}T23:59" for _code, day in mine],
                "y": [rows[code] + top + THICK / 2 for code, _day in mine],
                "marker": {"symbol": symbol, "size": 8, "color": colour, "line": {"width": 2.5, "color": colour}},
                "cliponaxis": False,
                "hovertemplate": f"{word} %{{x|%Y-%m-%d}}<extra></extra>",
            }
        )
    return traces


def _names(items: pd.DataFrame, rows: dict[str, float], paint: Paint) -> list[dict[str, Any]]:
    notes = []
    for row in items.to_dict("records"):
        # A narrow screen cuts off the end of the line: the department, which the table below has too.
        parts = [phrases.slip(row["slip"]), "、".join(row["departments"])]
        text = f"<b>{escape(str(row['item_name']))}</b>  {escape(' · '.join(p for p in parts if p))}"
        notes.append(note(rows[str(row["item_code"])] + 0.23, text, paint.token("ink")))
    return notes


def said(items: pd.DataFrame) -> str:
    """The figure in words: how many items are done, late and early."""
    slips = [int(n) for n in items["slip"] if n is not None and n == n]
    return _("{n} items against their plan: {done} done, {late} late, {early} early.").format(
        n=len(items),
        done=int(items["finish"].notna().sum()),
        late=sum(n > 0 for n in slips),
        early=sum(n < 0 for n in slips),
    )
