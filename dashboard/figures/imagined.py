"""Lights as they are and as they would be, one bar under the other."""

from __future__ import annotations

import pandas as pd

from dashboard.figures.frame import Figure, axis, hatch, layout
from monitor.looks import LIGHT_ORDER, Paint, light_word
from monitor.text import _
from rules.vocabulary import Light

HEIGHT = 196


def before_after(frame: pd.DataFrame, paint: Paint) -> Figure:
    """``frame``: light (word), before, after: numbers of projects."""
    rows = (_("As it is"), _("As assumed"))
    counts = {str(light): (int(was), int(now)) for light, was, now in frame.itertuples(index=False)}
    shown = [light for light in LIGHT_ORDER if any(counts.get(light.word, ()))]
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "name": light_word(light),
            "y": rows,
            "x": counts[light.word],
            "marker": {
                "color": paint.fill(light),
                "pattern": hatch(paint, paint.look(light).pattern),
                "line": {"width": 0},
            },
            "hovertemplate": f"%{{y}}<br>{paint.look(light).symbol} {light_word(light)} %{{x:,}}<extra></extra>",
        }
        for light in shown
    ]
    return {
        "data": traces,
        "layout": layout(
            paint,
            HEIGHT,
            barmode="stack",
            bargap=0.45,
            margin={"l": 84, "r": 8, "t": 0, "b": 28},
            showlegend=False,
            xaxis=axis(paint, showgrid=False, automargin=False, nticks=5, tickformat=",d"),
            yaxis=axis(
                paint,
                autorange="reversed",
                automargin=False,
                showgrid=False,
                ticklabelstandoff=8,
                tickfont={"color": paint.token("ink"), "size": 13},
            ),
        ),
    }


def said(frame: pd.DataFrame) -> str:
    """The figure in words."""
    parts = [
        f"{light_word(Light[str(light).upper()])} {int(was):,} → {int(now):,}"
        for light, was, now in frame.itertuples(index=False)
    ]
    return "; ".join(parts)
