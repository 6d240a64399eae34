"""Lights by stage, and over the weeks."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from dashboard import phrases
from dashboard.figures.frame import Figure, axis, day_ticks, hatch, layout
from monitor.looks import LIGHT_ORDER, STAGE_ORDER, Paint, light_word, stage_word
from monitor.text import _
from rules.vocabulary import Light, Stage

HEIGHT, KEY = 296, 28  # two figures side by side; one has the key of its lights above it


def by_stage(frame: pd.DataFrame, paint: Paint, link: Callable[[Stage, Light], str]) -> Figure:
    """Unfinished projects by stage, a part of the bar for each light.

    ``frame``: stage, light (words), n. ``link`` gives the list behind a part of a bar.
    """
    counts = {(str(s), str(light)): int(n) for s, light, n in frame[["stage", "light", "n"]].itertuples(index=False)}
    stages = [s for s in STAGE_ORDER if any(counts.get((s.word, light.word)) for light in LIGHT_ORDER)]
    shown = [light for light in LIGHT_ORDER if any(counts.get((s.word, light.word)) for s in stages)]
    traces = []
    for light in shown:
        look = paint.look(light)
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": f"{look.symbol} {light_word(light)}",
                "y": [stage_word(s) for s in stages],
                "x": [counts.get((s.word, light.word), 0) for s in stages],
                "customdata": [link(s, light) for s in stages],
                "marker": {"color": paint.fill(light), "pattern": hatch(paint, look.pattern), "line": {"width": 0}},
                "hovertemplate": f"%{{y}}<br>{look.symbol} {light_word(light)} %{{x:,}}<extra></extra>",
            }
        )
    totals = [sum(counts.get((s.word, light.word), 0) for light in shown) for s in stages]
    notes = [
        {
            "x": total,
            "y": stage_word(s),
            "text": f"{total:,}",
            "showarrow": False,
            "xanchor": "left",
            "xshift": 4,
            "font": {"color": paint.token("muted")},
        }
        for s, total in zip(stages, totals)
    ]
    return {
        "data": traces,
        "layout": layout(
            paint,
            HEIGHT - KEY,
            barmode="stack",
            bargap=0.42,
            margin={"l": 8, "r": 48, "t": 0, "b": 8},
            showlegend=False,
            xaxis=axis(paint, showticklabels=False, showgrid=False),
            yaxis=axis(
                paint,
                autorange="reversed",
                showgrid=False,
                ticklabelstandoff=8,
                tickfont={"color": paint.token("ink"), "size": 13},
            ),
            annotations=notes,
        ),
    }


def by_week(frame: pd.DataFrame, paint: Paint) -> Figure:
    """Red and yellow lights at the end of each week.

    ``frame``: week_end (date), light (word), n.
    """
    parts = {light: frame[frame["light"] == light.word].sort_values("week_end") for light in (Light.RED, Light.YELLOW)}
    parts = {light: part for light, part in parts.items() if not part.empty}
    highest = max(parts, key=lambda light: int(parts[light]["n"].iloc[-1]), default=None)
    ends = [int(part["n"].iloc[-1]) for part in parts.values()]
    apart = len(ends) == 2 and abs(ends[0] - ends[1]) > 0.2 * max(int(frame["n"].max()), 1)
    traces, notes = [], []
    for light, part in parts.items():
        look, last = paint.look(light), part.iloc[-1]
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": light_word(light),
                "x": [day.isoformat() for day in part["week_end"]],
                "y": [int(n) for n in part["n"]],
                "line": {"color": paint.fill(light), "width": 2, "dash": "solid" if light is Light.RED else "dot"},
                "marker": {"symbol": look.marker, "size": 7, "color": paint.fill(light)},
                "cliponaxis": False,
                "hovertemplate": f"%{{x|%Y-%m-%d}}<br>{look.symbol} {light_word(light)} %{{y:,}}<extra></extra>",
            }
        )
        # Two lines that end close together keep their words apart; else each has its word above it.
        above = light is highest or apart
        notes.append(
            {
                "x": last["week_end"].isoformat(),
                "y": int(last["n"]),
                "text": f"{look.symbol} {light_word(light)} {int(last['n']):,}",
                "showarrow": False,
                "xanchor": "right",
                "yanchor": "bottom" if above else "top",
                "yshift": 8 if above else -8,
                "font": {"color": paint.text(light)},
            }
        )
    return {
        "data": traces,
        "layout": layout(
            paint,
            HEIGHT,
            margin={"l": 8, "r": 16, "t": 32, "b": 8},
            showlegend=False,
            hovermode="x",
            xaxis=axis(paint, type="date", tickformat=day_ticks(), nticks=6, showgrid=False),
            yaxis=axis(paint, rangemode="tozero", nticks=5, tickformat=",d"),
            annotations=notes,
        ),
    }


def said_by_stage(frame: pd.DataFrame) -> str:
    """The figure in words, for readers who do not see it."""
    if frame.empty:
        return _("No unfinished projects.")
    parts = []
    for stage in STAGE_ORDER:
        part = frame[frame["stage"] == stage.word]
        lights = [
            f"{light_word(light)} {int(part.loc[part['light'] == light.word, 'n'].sum()):,}"
            for light in LIGHT_ORDER[:3]
        ]
        if not part.empty:
            parts.append(f"{stage_word(stage)}: " + ", ".join(lights))
    return "; ".join(parts)


def said_by_week(frame: pd.DataFrame) -> str:
    """First and last week of the figure in words."""
    parts = []
    for light in (Light.RED, Light.YELLOW):
        part = frame[frame["light"] == light.word].sort_values("week_end")
        if not part.empty:
            first, last = part.iloc[0], part.iloc[-1]
            parts.append(
                _("{light}: {a} on {first}, {b} on {last}").format(
                    light=light_word(light),
                    a=int(first["n"]),
                    b=int(last["n"]),
                    first=phrases.day_short(first["week_end"]),
                    last=phrases.day_short(last["week_end"]),
                )
            )
    return "; ".join(parts)
