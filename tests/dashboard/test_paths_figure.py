"""The picture of the ways that projects took."""

from __future__ import annotations

import json

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.figures import paths
from dashboard.figures.frame import Figure
from monitor.looks import Paint

ITEMS = pd.DataFrame(
    {
        "item": ["A01", "A08", "B01", "X"],
        "name": ["备案", "<b>用地</b>", "设计方案", "别的"],
        "stage": ["initiation", "planning", "planning", "acceptance"],
        "projects": [90, 60, 50, 3],
    }
)
EDGES = pd.DataFrame(
    {
        "before": ["A01", "A08", "B01", "B01", "A01"],
        "after": ["A08", "B01", "A01", "X", "A01"],
        "projects": [60, 30, 10, 3, 99],
        "median_days": [5.0, -2.0, 1.0, float("nan"), 4.0],
        "differs": ["", "early", "back", "outside", ""],
    }
)


def texts(figure: Figure) -> str:
    return "\n".join(note["text"] for note in figure["layout"]["annotations"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("narrow", [False, True])
def test_plotly_takes_the_figure(scheme: str, narrow: bool) -> None:
    figure = paths.paths(ITEMS, EDGES, Paint(scheme), narrow)  # type: ignore[arg-type]
    go.Figure(figure)
    assert json.loads(json.dumps(figure)) == figure
    go.Figure(paths.paths(ITEMS.head(0), EDGES.head(0), Paint(), narrow))


def test_what_differs_is_dashed_and_named() -> None:
    figure = paths.paths(ITEMS, EDGES, Paint())
    lines = [trace["line"] for trace in figure["data"] if trace["mode"] == "lines"]
    assert [line["dash"] != "solid" for line in lines] == [False, True, True, True]  # none from A01 to itself
    assert all(word in texts(figure) for word in ("前项未办结即受理", "回到前面阶段", "目录外事项"))
    assert all(said in texts(figure) for said in ("5 个工作日", "重叠 2 个工作日", "前项尚未办结"))
    assert lines[0]["width"] == 2 * lines[1]["width"]  # 60 projects and 30


def test_stages_lie_from_left_to_right_or_one_under_the_other() -> None:
    def boxes(narrow: bool, edges: pd.DataFrame = EDGES) -> list[tuple[float, float]]:
        return [(s["x0"], s["y0"]) for s in paths.paths(ITEMS, edges, Paint(), narrow)["layout"]["shapes"]]

    wide, narrow = boxes(False), boxes(True)
    assert wide[0][0] < wide[1][0] == wide[2][0] < wide[3][0]
    assert len({x for x, _y in narrow}) == 1 and [y for _x, y in narrow] == sorted(y for _x, y in narrow)
    assert boxes(False, EDGES.assign(projects=[1, 99, 5, 50, 2])) == wide  # other counts, the same places


def test_names_from_a_file_cannot_write_markup() -> None:
    assert "<b>用地" not in texts(paths.paths(ITEMS, EDGES, Paint()))


def test_the_most_frequent_are_said() -> None:
    assert paths.said(EDGES).startswith("A01 → A08: 60 个项目, 5 个工作日；A08 → B01")
