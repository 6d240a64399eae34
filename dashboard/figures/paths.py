"""The ways that projects took: items by stage from left to right, on a narrow screen one under the other."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from dashboard import phrases
from dashboard.figures.frame import Figure, axis, layout
from monitor.looks import STAGE_ORDER, Paint, stage_word
from monitor.text import N_, _
from rules.vocabulary import Stage

MOST, DIFFERENT = {False: 14, True: 7}, {False: 4, True: 2}  # lines; of those that differ at least
WIDE, TALL, HEAD = {False: 1080.0, True: 340.0}, 76.0, 34.0  # pixels: nominal width, a row, the word of a stage
BOX = {False: 140.0, True: 140.0}
LETTERS = 10  # of an item's name
THINNEST, THICKEST = 1.5, 9.0
DIFFERS = {
    "early": N_("accepted before the decision"),
    "reversed": N_("order reversed"),
    "back": N_("back to an earlier stage"),
    "outside": N_("outside the catalogue"),
}
Point = tuple[float, float]


def paths(items: pd.DataFrame, edges: pd.DataFrame, paint: Paint, narrow: bool = False) -> Figure:
    """The most frequent edges between items, as wide as projects took them, dashed and named where they differ.

    ``items``: item, stage (word), projects, and name if there is one. ``edges``: before, after, projects, median_days
    (NaN: not known; negative: overlapped), differs (a key of DIFFERS or empty). Items lie by stage and code, so that
    they keep their order whatever the counts. Lines from an item to itself are left out.
    """
    shown = _chosen(edges[edges["before"] != edges["after"]], narrow)
    used = {*shown["before"], *shown["after"]}
    nodes = items[items["item"].isin(used)].sort_values("item")
    places, heads, height = _placed(nodes, narrow)
    most = max(shown["projects"].max(), 1) if len(shown) else 1
    traces: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    taken = list(places.values())  # a label lies over no box and, if it can, over no other label
    for edge in shown.to_dict("records"):
        if edge["before"] not in places or edge["after"] not in places:
            continue
        curve = _curve(places[edge["before"]], places[edge["after"]], narrow)
        words = _words(edge)
        traces += _line(curve, edge, words, float(most), paint)
        at = min((_at(curve, t) for t in (0.5, 0.38, 0.62, 0.28, 0.72, 0.18, 0.82)), key=lambda p: _crowd(p, taken))
        taken.append(at)
        notes.append(_note(at, "<br>".join(words), paint, bgcolor=paint.token("surface"), font=_font(paint, "ink", 11)))
    boxes = [_box(places[str(code)], narrow, paint) for code in nodes["item"]]
    for row in nodes.to_dict("records"):
        name = str(row.get("name") or row["item"])
        name = name if len(name) <= LETTERS else name[: LETTERS - 1] + "…"
        text = f"<b>{escape(name)}</b><br>{phrases.projects(int(row['projects']))}"
        notes.append(_note(places[str(row["item"])], text, paint, font=_font(paint, "ink", 12)))
    for at, stage in heads:
        notes.append(_note(at, stage_word(stage), paint, font=_font(paint, "muted", 13)))
    return {
        "data": traces,
        "layout": layout(
            paint,
            int(height),
            showlegend=False,
            margin={"l": 0, "r": 0, "t": 0, "b": 0},
            xaxis=axis(paint, visible=False, range=[0, WIDE[narrow]], automargin=False),
            yaxis=axis(paint, visible=False, range=[height, 0], automargin=False),
            shapes=boxes,
            annotations=notes,
        ),
    }


def _chosen(edges: pd.DataFrame, narrow: bool) -> pd.DataFrame:
    ranked = edges.sort_values(["projects", "before", "after"], ascending=[False, True, True])
    differ = ranked[ranked["differs"] != ""].head(DIFFERENT[narrow])
    others = ranked.drop(index=differ.index).head(MOST[narrow] - len(differ))
    return ranked.loc[ranked.index.isin([*differ.index, *others.index])]


def _placed(nodes: pd.DataFrame, narrow: bool) -> tuple[dict[str, Point], list[tuple[Point, Stage]], float]:
    """Where each item lies, where each stage has its word, and the height of it all."""
    places: dict[str, Point] = {}
    heads: list[tuple[Point, Stage]] = []
    there = [(s, [str(c) for c in nodes.loc[nodes["stage"] == s.word, "item"]]) for s in STAGE_ORDER]
    there = [(stage, codes) for stage, codes in there if codes]
    column, y, deepest = WIDE[narrow] / max(len(there), 1), 0.0, 0.0
    for n, (stage, codes) in enumerate(there):
        x = BOX[narrow] / 2 + 8 if narrow else n * column + BOX[narrow] / 2 + 8
        y = y if narrow else 0.0
        heads.append(((x, y + HEAD / 2), stage))
        y += HEAD
        for code in codes:
            places[code] = (x, y + TALL / 2)
            y += TALL
        deepest = max(deepest, y)
    return places, heads, max(deepest, TALL)


def _curve(one: Point, other: Point, narrow: bool) -> list[Point]:
    """A curve from the right edge of a box to the left edge of one further right; in one column an arc beside it."""
    half = BOX[narrow] / 2
    down = 9 if one[1] < other[1] else -9 if one[1] > other[1] else 0
    (ax, ay), (bx, by) = (one[0], one[1] + down), (other[0], other[1] - down)
    if ax == bx:
        far = min(60 + 0.28 * abs(by - ay), WIDE[narrow] - ax - half - 40)
        return [
            (ax + half, ay), (ax + half + far, ay), (bx + half + far, by), (bx + half, by),
        ]  # fmt: skip
    side = half if bx > ax else -half
    bend = (bx - ax - 2 * side) / 2
    return [(ax + side, ay), (ax + side + bend, ay), (bx - side - bend, by), (bx - side, by)]


def _at(curve: list[Point], t: float) -> Point:
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
    x, y = (sum(w * p[k] for w, p in zip(weights, curve)) for k in (0, 1))
    return x, y


def _crowd(at: Point, taken: list[Point]) -> float:
    """How much a label here would lie over those that are placed."""
    return sum(max(0.0, 1 - abs(at[0] - x) / 100) * max(0.0, 1 - abs(at[1] - y) / 30) for x, y in taken)


def _words(edge: Mapping[Any, Any]) -> list[str]:
    days = edge["median_days"]
    if days != days:
        said = _("not decided yet")
    else:
        said = phrases.working_days(days) if days >= 0 else _("overlap {days}").format(days=phrases.working_days(-days))
    differs = DIFFERS.get(edge["differs"], "")
    return [said, _(differs)] if differs else [said]


def _line(
    curve: list[Point], edge: Mapping[Any, Any], words: list[str], most: float, paint: Paint
) -> list[dict[str, Any]]:
    colour = paint.token("amber-ink" if edge["differs"] else "accent")
    points = [_at(curve, n / 24) for n in range(25)]
    said = "<br>".join([f"{escape(str(edge['before']))} → {escape(str(edge['after']))}", *words])
    said += f"<br>{phrases.projects(int(edge['projects']))}<extra></extra>"
    end = "triangle-right" if curve[3][0] > curve[2][0] else "triangle-left"
    width = max(THINNEST, THICKEST * float(edge["projects"]) / most)
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [x for x, _y in points],
            "y": [y for _x, y in points],
            "line": {"color": colour, "width": width, "dash": "8px,5px" if edge["differs"] else "solid"},
            "opacity": 0.55,
            "hovertemplate": said,
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": [curve[3][0]],
            "y": [curve[3][1]],
            "marker": {"symbol": end, "size": 10, "color": colour},
            "hovertemplate": said,
        },
    ]


def _box(at: Point, narrow: bool, paint: Paint) -> dict[str, Any]:
    half = BOX[narrow] / 2
    return {
        "type": "rect",
        "x0": at[0] - half,
        "x1": at[0] + half,
        "y0": at[1] - 22,
        "y1": at[1] + 22,
        "fillcolor": paint.token("ground"),
        "line": {"color": paint.token("line"), "width": 1},
    }


def _font(paint: Paint, token: str, size: int) -> dict[str, Any]:
    return {"color": paint.token(token), "size": size}


def _note(at: Point, text: str, paint: Paint, **more: Any) -> dict[str, Any]:
    return {"x": at[0], "y": at[1], "text": text, "showarrow": False, "align": "center", **more}


def said(edges: pd.DataFrame) -> str:
    """The three most frequent edges in words, for readers who do not see the figure."""
    rows = _chosen(edges[edges["before"] != edges["after"]], False).head(3).to_dict("records")
    return phrases.listing(
        f"{row['before']} → {row['after']}: {phrases.projects(int(row['projects']))}, {', '.join(_words(row))}"
        for row in rows
    )
