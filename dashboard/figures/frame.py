"""What all figures share: ground, type, axes. Sent in place of Plotly's template, which adds 7 kB to each figure."""

from __future__ import annotations

import datetime as dt
from typing import Any

from monitor.looks import FONT, Paint
from monitor.text import language

Figure = dict[str, Any]


def axis(paint: Paint, **more: Any) -> dict[str, Any]:
    """An axis without a zero line, drawn as quietly as it can be read."""
    return {
        "gridcolor": paint.token("line"),
        "linecolor": paint.token("line"),
        "zeroline": False,
        "automargin": True,
        "fixedrange": True,
        "tickfont": {"color": paint.token("muted"), "size": 12},
        **more,
    }


def layout(paint: Paint, height: int, **more: Any) -> dict[str, Any]:
    """The layout of a figure, ``height`` pixels high and as wide as its place."""
    return {
        "height": height,
        "autosize": True,
        "margin": {"l": 8, "r": 16, "t": 8, "b": 8},
        "paper_bgcolor": paint.token("surface"),
        "plot_bgcolor": paint.token("surface"),
        "font": {"family": FONT, "size": 13, "color": paint.token("ink")},
        "hoverlabel": {
            "bgcolor": paint.token("surface"),
            "bordercolor": paint.token("line"),
            "font": {"family": FONT, "size": 13, "color": paint.token("ink")},
        },
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1.02,
            "yanchor": "bottom",
            "traceorder": "normal",
        },
        "dragmode": False,
        **more,
    }


def hatch(paint: Paint, shape: str) -> dict[str, Any]:
    """A pattern over a bar. Without "overlay" a bar with a pattern vanishes on white."""
    return {"shape": shape, "fillmode": "overlay", "fgcolor": paint.token("surface"), "size": 6, "solidity": 0.25}


def day_ticks() -> str:
    """How a day stands on an axis of time: 11月21日, 21 Nov."""
    return "%-m月%-d日" if language() == "zh_CN" else "%-d %b"


def ticks(start: dt.date, end: dt.date) -> str:
    """How a day stands on an axis of time from ``start`` to ``end``: by its month, where months are apart."""
    if (end - start).days < 150:  # six ticks: two of them in one month
        return day_ticks()
    return "%Y年%-m月" if language() == "zh_CN" else "%b %Y"
