"""The plan and the assumption on the page of a project: over the records of `fake_log`, counted by hand."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import plotly.graph_objects as go
import pytest
from flask.testing import FlaskClient

from dashboard.address import Address
from dashboard.components.plan import items_frame
from dashboard.figures import plan as figure
from dashboard.pages import project
from monitor.looks import Paint
from tests.dashboard.conftest import ask, client_of, said
from tests.dashboard.fake_log import plan_of
from tests.dashboard.fake_project import RICH
from tests.dashboard.fake_reader import TODAY, FakeReader

MARCH = dt.date(2026, 3, 10)


def page(client: FlaskClient, code: str = RICH, search: str = "") -> str:
    return ask(client, "project", "project-body", f"/project/{code}", search)


def with_plan(**changes: Any) -> FlaskClient:
    """A client whose reader gives the plan of the rich project with some of its fields changed."""
    document = plan_of(RICH, TODAY)
    assert document is not None
    return client_of(FakeReader(plans={RICH: document | changes}))


def test_the_plan_of_a_project(client: FlaskClient) -> None:
    text = page(client)
    for word in (
        # 5 days for A08, 7 for B01, 10 for C01, 3 for C09: 25 working days after 2 March end on 7 April.
        "计划 25 个工作日，2026-03-02 至 2026-04-07",
        "关键线路 建设用地规划许可证 → 建设工程设计方案审查 → 施工图设计文件（联合）审查 → 建筑工程施工许可证",
        "首个验收办件受理后再排",
        "牵头部门", "发展改革", "按阶段的计划", "按事项的计划",
        # Planned for 9 March, approved on 18 May: 16 working days of March, 21 of April, 10 of May later.
        "2026-03-02\n – \n2026-05-18", "推迟 47 个工作日",
        "不属于目录事项、未列入计划的办件：",
        "推迟的天数含业主准备时间，不作为问责依据",
    ):  # fmt: skip
        assert word in text, word


def test_a_day_beyond_the_last_notice_is_marked() -> None:
    later = dt.date(2026, 12, 20)
    at = Address.read(f"/project/{RICH}", "", later)
    panel = project.plan_panel(plan_of(RICH, later), {}, at)
    text = said(json.loads(json.dumps(panel, default=lambda part: part.to_plotly_json())))
    # Seven days for B04 from Sunday the 20th end on the 29th; the notice of 2027 may change the days after the 24th.
    assert "2026-12-29（暂定）" in text
    assert "2026-04-07（暂定）" not in text


def test_what_kept_promises_would_change(client: FlaskClient) -> None:
    text = page(client)
    assert "总用时由 56 个工作日变为 9 个工作日。" in text
    assert f"/whatif?ask=promises&project={RICH}" in text
    assert "换一组阈值" in text


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"pack": None}, "项目不在计时规则的适用范围内，不排计划"),
        ({"plans": [{"works_code": None, "items": [], "unplanned": ["x"]}]}, "排不出计划"),
        ({"phase": "finished"}, "项目已办结，以下是实际与计划的对照"),
        ({"phase": "dropped"}, "项目已终止，不再推算预计办结日"),
    ],
)
def test_states_of_a_plan(changes: dict[str, Any], says: str) -> None:
    text = page(with_plan(**changes))
    assert says in text
    assert ("关键线路" in text) == ("phase" in changes)
    assert "错误编号" not in text


def test_each_works_has_its_plan() -> None:
    document = plan_of(RICH, TODAY)
    assert document is not None
    [one] = document["plans"]
    text = page(with_plan(plans=[one | {"works_code": "GC-1"}, one | {"works_code": "GC-2"}]))
    assert "单体工程 GC-1" in text and "单体工程 GC-2" in text
    assert text.count("按阶段的计划") == 2


@pytest.mark.parametrize("method", ["plan", "logs"])
def test_a_panel_that_fails_leaves_the_page(method: str) -> None:
    text = page(client_of(FakeReader(broken=frozenset({method}))))
    assert text.count("错误编号") == 1
    assert "办理记录" in text
    assert ("关键线路" in text) == (method != "plan")
    assert ("假如各部门都兑现承诺" in text) == (method != "logs")


def drawn(as_of: dt.date) -> dict[str, Any]:
    document = plan_of(RICH, as_of)
    assert document is not None
    return figure.plan(items_frame(document["plans"][0]), as_of, Paint())


@pytest.mark.parametrize("as_of", [dt.date(2026, 3, 2), MARCH, TODAY])
def test_plotly_takes_the_figure(as_of: dt.date) -> None:
    one = drawn(as_of)
    go.Figure(one)
    assert {trace["type"] for trace in one["data"]} <= {"bar", "scatter"}


def test_bars_lie_on_their_days() -> None:
    bars = {trace["name"]: trace for trace in drawn(MARCH)["data"] if trace["type"] == "bar"}
    # A08 is critical: planned in (2 March, 9 March], drawn from the start of the 3rd, seven days long.
    assert bars["计划（关键线路）"]["base"][0] == "2026-03-03"
    assert bars["计划（关键线路）"]["x"][0] == 7 * 86_400_000
    assert bars["计划（关键线路）"]["marker"]["line"]["width"] > 0
    assert bars["计划"]["marker"]["line"]["width"] == 0
    # Begun on 2 March and open on the 10th: eight days; overdue, so it is forecast for today, a box without a bar.
    assert (bars["实际"]["base"], bars["实际"]["x"]) == (["2026-03-03"], [8 * 86_400_000])
    assert "预计" not in bars
    points = {trace["name"]: trace for trace in drawn(MARCH)["data"] if trace["type"] == "scatter"}
    assert points["预计办结"]["x"][0] == "2026-03-10T23:59"


def test_an_item_of_which_no_day_is_known_is_not_drawn() -> None:
    document = plan_of(RICH, MARCH)
    assert document is not None
    items = items_frame(document["plans"][0])
    names = " ".join(note["text"] for note in drawn(MARCH)["layout"]["annotations"])
    acceptance = items[items["stage"] == "acceptance"]
    assert len(acceptance)
    assert not any(name in names for name in acceptance["item_name"])
    assert all(name in names for name in items.loc[items["stage"] == "planning", "item_name"])


def test_what_was_never_decided_ends_nowhere() -> None:
    document = plan_of(RICH, MARCH)
    assert document is not None
    items = items_frame(document["plans"][0])
    items["forecast_finish"] = None  # as of a project that is over
    bars = [t for t in figure.plan(items, MARCH, Paint())["data"] if t["type"] == "bar" and t["name"] == "实际"]
    assert bars == []


def test_names_from_a_file_cannot_write_markup() -> None:
    document = plan_of(RICH, MARCH)
    assert document is not None
    items = items_frame(document["plans"][0]).assign(item_name="<a href='http://x'>x</a>")
    one = figure.plan(items, MARCH, Paint())
    assert not [note for note in one["layout"]["annotations"] if "<a " in note["text"]]


def test_the_figure_is_also_said() -> None:
    document = plan_of(RICH, TODAY)
    assert document is not None
    # A08 and B01 are done; all that is planned before construction is late, what was waived is not there.
    assert "已办结 2 个" in figure.said(items_frame(document["plans"][0]))
