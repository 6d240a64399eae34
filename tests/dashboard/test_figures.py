"""Figures are dicts that Plotly takes, and say what their frames say."""

from __future__ import annotations

import json
from collections.abc import Callable

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.figures import departments, lights, timeline
from dashboard.figures.frame import Figure
from monitor.looks import Paint
from rules.almanac import calendar
from rules.vocabulary import Light, Stage
from tests.dashboard.fake_project import view_of
from tests.dashboard.fake_reader import TODAY, FakeReader

READER = FakeReader()
VIEWER = object()


def link(stage: Stage, light: Light) -> str:
    return f"/projects?stage={stage.word}&light={light.word}"


def a_timeline(paint: Paint) -> Figure:
    view = view_of(TODAY, calendar("CN"))
    assert view is not None
    return timeline.timeline(view.cases, view.stretches, TODAY, paint)


MAKERS: dict[str, Callable[[Paint], Figure]] = {
    "by stage": lambda p: lights.by_stage(READER.lights_by_stage(VIEWER, TODAY), p, link),
    "by week": lambda p: lights.by_week(READER.lights_by_week(VIEWER, TODAY), p),
    "timeline": a_timeline,
    "beyond promise": lambda p: departments.beyond_promise(READER.departments(VIEWER, TODAY), p),
    "workload": lambda p: departments.workload(READER.departments(VIEWER, TODAY), p),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", MAKERS)
def test_plotly_takes_the_figure(name: str, scheme: str) -> None:
    figure = MAKERS[name](Paint(scheme))  # type: ignore[arg-type]
    go.Figure(figure)
    assert json.loads(json.dumps(figure)) == figure  # plain values alone: no frame, no numpy
    assert "template" not in figure["layout"]
    kinds = {trace["type"] for trace in figure["data"]}
    assert kinds <= {"bar", "scatter"}, "other kinds are not in the bundle that we serve"
    for trace in figure["data"]:
        if "pattern" in trace.get("marker", {}):
            assert trace["marker"]["pattern"]["fillmode"] == "overlay"


def test_the_bars_by_stage_sum_to_the_projects() -> None:
    frame = READER.lights_by_stage(VIEWER, TODAY)
    figure = lights.by_stage(frame, Paint(), link)
    assert sum(sum(trace["x"]) for trace in figure["data"]) == int(frame["n"].sum())
    assert figure["data"][0]["customdata"][0] == "/projects?stage=initiation&light=red"


def test_every_light_of_a_bar_is_known_without_its_colour() -> None:
    figure = lights.by_stage(READER.lights_by_stage(VIEWER, TODAY), Paint(), link)
    patterns = [trace["marker"]["pattern"]["shape"] for trace in figure["data"][:3]]
    assert len(set(patterns)) == 3


def test_pauses_are_drawn_apart_and_bars_lie_on_their_days() -> None:
    view = view_of(TODAY, calendar("CN"))
    assert view is not None
    figure = timeline.timeline(view.cases, view.stretches, TODAY, Paint())
    bars = {trace["name"]: trace for trace in figure["data"] if trace["type"] == "bar"}
    assert "pattern" not in bars["计时"]["marker"]
    assert bars["补正"]["marker"]["pattern"]["shape"] == "/"
    # Corrected in (11 March, 20 March]: drawn from the start of the 12th, for nine days.
    assert bars["补正"]["base"] == ["2026-03-12"]
    assert bars["补正"]["x"] == [9 * 86_400_000]


def test_names_from_a_file_cannot_write_markup() -> None:
    view = view_of(TODAY, calendar("CN"))
    assert view is not None
    cases = view.cases.assign(item_name="<a href='http://x'>x</a>")
    figure = timeline.timeline(cases, view.stretches, TODAY, Paint())
    assert not [note for note in figure["layout"]["annotations"] if "<a " in note["text"]]


def test_figures_of_nothing_stand() -> None:
    stages, weeks = (
        pd.DataFrame({"stage": [], "light": [], "n": []}),
        pd.DataFrame({"week_end": [], "light": [], "n": []}),
    )
    for made in (
        lights.by_stage(stages, Paint(), link),
        lights.by_week(weeks, Paint()),
        departments.beyond_promise(READER.departments(VIEWER, TODAY).head(0), Paint()),
    ):
        figure = go.Figure(made)  # which refuses what plotly does not know
        assert not [n for trace in figure.data for axis in (trace.x, trace.y) for n in (axis or ()) if n]


def test_a_figure_is_also_said() -> None:
    assert "红灯" in lights.said_by_stage(READER.lights_by_stage(VIEWER, TODAY))
    assert "2026-11-21" in lights.said_by_week(READER.lights_by_week(VIEWER, TODAY))
