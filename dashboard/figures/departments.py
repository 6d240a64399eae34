"""Days beyond the promise by department: what rankings use, for holding days is workload, not blame."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard import phrases
from dashboard.figures.frame import Figure, axis, layout
from monitor.looks import Paint
from monitor.text import _

MOST, ROW = 10, 44  # departments; pixels each: its name above, its bar below


def beyond_promise(frame: pd.DataFrame, paint: Paint) -> Figure:
    """The departments with the most days beyond their promises, each with the number of its decided cases.

    ``frame``: department, beyond (working days), decided.
    """
    top = frame[frame["beyond"] > 0].nlargest(MOST, "beyond")
    rows = list(range(len(top)))
    notes = []
    for y, name, beyond, decided in zip(rows, top["department"], top["beyond"], top["decided"]):
        said = _("{days} · n = {n}").format(days=phrases.working_days(beyond), n=f"{int(decided):,}")
        notes += [_word(y, str(name), "left", paint.token("ink")), _word(y, said, "right", paint.token("muted"))]
    return _bars(paint, rows, [([float(n) for n in top["beyond"]], "accent")], notes)


def workload(frame: pd.DataFrame, paint: Paint) -> Figure:
    """The departments with the most days of handling: days held alone, and their part of days held with others.

    ``frame``: department, share, sole (working days), open_cases.
    """
    top = frame[frame["share"] > 0].nlargest(MOST, "share")
    rows = list(range(len(top)))
    notes = []
    for y, name, share in zip(rows, top["department"], top["share"]):
        notes += [
            _word(y, str(name), "left", paint.token("ink")),
            _word(y, phrases.working_days(share), "right", paint.token("muted")),
        ]
    sole = [float(n) for n in top["sole"]]
    shared = [float(share) - alone for share, alone in zip(top["share"], sole)]
    return _bars(paint, rows, [(sole, "accent"), (shared, "accent-soft")], notes)


def _bars(paint: Paint, rows: list[int], parts: list[tuple[list[float], str]], notes: list[dict[str, Any]]) -> Figure:
    longest = max((sum(part[y] for part, _token in parts) for y in rows), default=1)
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "y": [y + 0.22 for y in rows],
            "x": part,
            "width": 0.2,
            "marker": {"color": paint.token(token), "line": {"width": 0}},
            "hoverinfo": "skip",
        }
        for part, token in parts
    ]
    return {
        "data": traces,
        "layout": layout(
            paint,
            16 + ROW * max(len(rows), 1),
            showlegend=False,
            barmode="stack",
            margin={"l": 4, "r": 4, "t": 0, "b": 8},
            xaxis=axis(paint, visible=False, range=[0, longest or 1]),
            yaxis=axis(paint, visible=False, range=[len(rows) - 0.5, -0.5]),
            annotations=notes,
        ),
    }


def _word(y: int, text: str, side: str, colour: str) -> dict[str, Any]:
    return {
        "x": 0 if side == "left" else 1,
        "xref": "paper",
        "xanchor": side,
        "y": y - 0.12,
        "yanchor": "middle",
        "text": text,
        "showarrow": False,
        "font": {"color": colour},
    }
