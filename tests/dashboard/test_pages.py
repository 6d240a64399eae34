"""Pages over the made-up reader: filled, empty, broken; each part by itself."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.address import Address
from dashboard.pages import departments, overview, project, projects
from tests.dashboard.conftest import ask, client_of, said
from tests.dashboard.fake_project import RICH
from tests.dashboard.fake_reader import TODAY, FakeReader

POLICY = "按“最多80天”口径统计，不等同于法定或承诺期限超期。"
OVERVIEW = ("overview-lights", "overview-coming", "overview-turned", "overview-stages", "overview-weeks")
METHODS = {
    "overview-lights": "lights", "overview-coming": "turning_next", "overview-turned": "turned",
    "overview-stages": "lights_by_stage", "overview-weeks": "lights_by_week",
}  # fmt: skip


def rows_of(client: FlaskClient, search: str = "", counted: Any = None, **request: Any) -> dict[str, Any]:
    """The answer to a grid that asks for rows; ``counted``: what was kept of an answer before."""
    asked = {"startRow": 0, "endRow": 100, "sortModel": [], "filterModel": {}} | request
    outputs = [
        *(("projects-grid", "getRowsResponse"), ("projects-total", "children"), ("projects-said", "children")),
        ("projects-counted", "data"),
    ]
    body = {
        "output": ".." + "...".join(f"{i}.{p}" for i, p in outputs) + "..",
        "outputs": [{"id": i, "property": p} for i, p in outputs],
        "inputs": [{"id": "projects-grid", "property": "getRowsRequest", "value": asked}],
        "state": [
            {"id": "projects-view", "property": "data", "value": {"path": "/projects", "search": search}},
            {"id": "projects-counted", "property": "data", "value": counted},
        ],
        "changedPropIds": ["projects-grid.getRowsRequest"],
    }
    answer = client.post("/_dash-update-component", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json()["response"])


@pytest.mark.parametrize("page", [overview, projects, project, departments])
def test_a_page_lays_itself_out_without_asking(page: Any) -> None:
    layout = page.layout(Address.read(page.PATH, "", TODAY))
    assert json.dumps(layout.to_plotly_json(), default=lambda part: part.to_plotly_json())
    assert page.title()


def test_overview_is_filled(client: FlaskClient) -> None:
    lights = ask(client, "overview", "overview-lights", "/")
    assert POLICY in lights
    assert "未办结项目" in lights
    for light in ("red", "yellow", "green", "grey", "none"):
        assert f"/projects?light={light}" in lights
    assert "/project/" in ask(client, "overview", "overview-coming", "/")
    assert "待确认" in ask(client, "overview", "overview-turned", "/")
    assert "/projects?stage=planning&light=red" in ask(client, "overview", "overview-stages", "/")
    assert "红灯" in ask(client, "overview", "overview-weeks", "/")


def test_a_past_day_goes_along_with_every_link(client: FlaskClient) -> None:
    lights = ask(client, "overview", "overview-lights", "/", "?as_of=2026-09-30&region=330106")
    assert "/projects?as_of=2026-09-30&region=330106&light=red" in lights
    assert "2026年9月30日" in lights


def test_a_province_without_projects_says_how_to_begin() -> None:
    bare = client_of(FakeReader(bare=True))
    assert "approval-monitor import" in ask(bare, "overview", "overview-lights", "/")
    for slot in OVERVIEW[1:]:
        text = ask(bare, "overview", slot, "/")
        assert "没有" in text
        assert "错误编号" not in text
    assert "没有部门办理过办件" in ask(bare, "departments", "departments-body", "/departments")


@pytest.mark.parametrize("slot", OVERVIEW)
def test_a_part_that_fails_says_so_and_the_others_stand(slot: str) -> None:
    broken = client_of(FakeReader(broken=frozenset({METHODS[slot]})))
    for other in OVERVIEW:
        assert ("错误编号" in ask(broken, "overview", other, "/")) == (other == slot)


def test_rows_come_block_by_block(client: FlaskClient) -> None:
    answer = rows_of(client, startRow=100, endRow=200)
    rows = answer["projects-grid"]["getRowsResponse"]
    assert len(rows["rowData"]) == 100
    assert rows["rowCount"] > 500
    assert f"共 {rows['rowCount']:,} 个项目" in said(answer["projects-total"])
    first = rows["rowData"][0]
    assert first["href"].startswith("/project/")
    assert first["light_shape"] in "▲◆●○–"


def test_a_further_block_is_not_counted_again_while_the_choices_stay() -> None:
    reader = FakeReader()
    client, asked = client_of(reader), list[bool]()
    found = reader.projects

    def watched(viewer: object, as_of: dt.date, query: Any) -> Any:
        asked.append(query.counted)
        return found(viewer, as_of, query)

    reader.projects = watched  # type: ignore[method-assign]
    kept = rows_of(client, "?light=red")["projects-counted"]["data"]
    further = rows_of(client, "?light=red", counted=kept | {"total": 4321}, startRow=100, endRow=200)
    assert further["projects-grid"]["getRowsResponse"]["rowCount"] == 4321
    assert "projects-total" not in further
    for search, start in (("?light=red", 0), ("?light=yellow", 100)):  # looked at anew, or another list
        again = rows_of(client, search, counted=kept | {"total": 4321}, startRow=start, endRow=start + 100)
        assert again["projects-grid"]["getRowsResponse"]["rowCount"] != 4321
        assert "projects-total" in again
    assert asked == [True, False, True, True]


def test_rows_are_filtered_and_sorted_by_the_server(client: FlaskClient) -> None:
    answer = rows_of(client, "?light=red&stage=planning", sortModel=[{"colId": "used", "sort": "asc"}])
    rows = answer["projects-grid"]["getRowsResponse"]["rowData"]
    assert {row["light"] for row in rows} == {"red"}
    assert {row["stage"] for row in rows} == {"规划许可"}
    assert [row["used"] for row in rows] == sorted(row["used"] for row in rows)


def test_nothing_found_says_what_to_do(client: FlaskClient) -> None:
    answer = rows_of(client, "?text=没有这个")
    assert answer["projects-grid"]["getRowsResponse"] == {"rowData": [], "rowCount": 0}
    text = said(answer["projects-said"])
    assert "没有符合条件的项目" in text
    assert "显示全部" in text


def test_rows_that_cannot_be_read_say_so() -> None:
    answer = rows_of(client_of(FakeReader(broken=frozenset({"projects"}))))
    assert "错误编号" in said(answer["projects-said"])


@pytest.mark.parametrize(("phase", "asked"), [(None, "unfinished"), ("all", ""), ("finished", "finished")])
def test_unfinished_projects_unless_said(phase: str | None, asked: str) -> None:
    at = Address.read("/projects", f"?phase={phase}" if phase else "", TODAY)
    assert projects.query(at, {"startRow": 0, "endRow": 100}).phase == asked


def test_a_project_in_full(client: FlaskClient) -> None:
    text = ask(client, "project", "project-body", f"/project/{RICH}")
    for word in (
        "现由西湖区住房和城乡建设局办理“联合验收意见”，已办理 6 个工作日（承诺 12 个）。",
        "亮红灯", "（暂定）", POLICY, "开工前", "竣工验收", "两段均在各自时限内", "用时构成", "逐日计时明细",
        "办件与时限", "存疑记录", "办理记录", "依法推定", "已作废", "政府委托中介", "调休上班日", "西湖区",
    ):  # fmt: skip
        assert word in text, word


def test_a_project_as_it_stood(client: FlaskClient) -> None:
    early = ask(client, "project", "project-body", f"/project/{RICH}", "?as_of=2026-04-01")
    assert "绿灯：总用时" in early
    assert "待业主申报下一事项" in early
    assert "联合验收意见" not in early


@pytest.mark.parametrize(("path", "says"), [("/project/NOPE", "没有代码为 NOPE 的项目"), ("/project/", "查看哪个项目")])
def test_no_such_project(client: FlaskClient, path: str, says: str) -> None:
    assert says in ask(client, "project", "project-body", path)


def test_a_project_of_which_only_its_standing_is_known(client: FlaskClient) -> None:
    code = FakeReader().projects(None, TODAY, projects.ProjectQuery(light="green")).rows.iloc[0]["project_code"]
    text = ask(client, "project", "project-body", f"/project/{code}")
    assert "尚未受理任何事项" in text
    assert "错误编号" not in text


def test_departments(client: FlaskClient) -> None:
    text = ask(client, "departments", "departments-body", "/departments", "?stage=planning&period=90")
    for word in (
        "个部门",
        "超承诺",
        "分摊天数（工作日）",
        "单独办理天数（工作日）",
        "办结（件）",
        "n 为本时段办结件数",
    ):
        assert word in text, word
    assert "/projects?department=" in text


def test_holding_is_not_blame() -> None:
    layout = departments.layout(Address.read("/departments", "", TODAY)).to_plotly_json()
    text = json.dumps(layout, default=lambda part: part.to_plotly_json(), ensure_ascii=False)
    assert "办理用时反映工作量，不是过错" in text


@pytest.mark.parametrize(("period", "days"), [(None, 365), ("90", 90), ("nonsense", 365), ("all", None)])
def test_the_period_of_departments(period: str | None, days: int | None) -> None:
    at = Address.read("/departments", f"?period={period}" if period else "", TODAY)
    start = departments.since(at)
    assert (None if start is None else (TODAY - start).days) == days
