"""The page of assumptions over four projects whose days are counted by hand (`fake_log`)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.address import WHATIF, Address
from dashboard.components import changed, imagined
from tests.dashboard.conftest import ask, client_of, said
from tests.dashboard.fake_log import BEYOND, FINE, LATE, NAMES
from tests.dashboard.fake_project import RICH
from tests.dashboard.fake_reader import TODAY, FakeReader
from tests.dashboard.test_pages import POLICY

ALL = {"whatif-form": "children", "whatif-made": "data"}


def result(client: FlaskClient, search: str) -> str:
    return ask(client, "whatif", "whatif-result", "/whatif", search)


def answered(client: FlaskClient, slot: str, search: str) -> Any:
    """What the callback that fills ``slot`` answers, as it is."""
    body: dict[str, Any] = {
        "output": f"{slot}.children",
        "outputs": {"id": slot, "property": "children"},
        "inputs": [{"id": "whatif-view", "property": "data", "value": {"path": "/whatif", "search": search}}],
        "changedPropIds": ["whatif-view.data"],
    }
    return client.post("/_dash-update-component", json=body).get_json()


def form(client: FlaskClient, search: str, made: list[str] | None = None) -> Any:
    """The answer of the callback that makes the fields."""
    body = {
        "output": "..whatif-form.children...whatif-made.data..",
        "outputs": [{"id": i, "property": p} for i, p in ALL.items()],
        "inputs": [{"id": "whatif-view", "property": "data", "value": {"path": "/whatif", "search": search}}],
        "state": [{"id": "whatif-made", "property": "data", "value": made}],
        "changedPropIds": ["whatif-view.data"],
    }
    return client.post("/_dash-update-component", json=body).get_json()["response"]


def parts(tree: Any, **wanted: Any) -> list[dict[str, Any]]:
    """The properties of the components under a tree that have these properties."""
    if isinstance(tree, list):
        return [found for one in tree for found in parts(one, **wanted)]
    if not isinstance(tree, dict):
        return []
    props = tree.get("props")
    mine = [props] if isinstance(props, dict) and wanted.items() <= props.items() else []
    return mine + [found for one in tree.values() for found in parts(one, **wanted)]


def grid(client: FlaskClient, search: str) -> list[dict[str, Any]]:
    """The rows of the table of an answer."""
    [one] = parts(answered(client, "whatif-result", search), id=changed.GRID)
    return list(one["rowData"])


def fields(tree: Any) -> dict[str, Any]:
    """The values of the fields of the form by key."""
    found = [
        props for props in parts(tree) if isinstance(props.get("id"), dict) and props["id"].get("type") == "assume"
    ]
    return {props["id"]["key"]: props.get("value") for props in found}


def test_nothing_is_asked_and_nothing_is_read() -> None:
    broken = client_of(FakeReader(broken=frozenset({"unfinished", "unfinished_logs", "logs"})))
    assert "推演结果显示在这里" in result(broken, "")
    assert "推演结果显示在这里" in result(broken, "?ask=nonsense&red=3")
    assert ask(broken, "whatif", "whatif-working", "/whatif", "") == ""


def test_every_department_keeps_its_promises(client: FlaskClient) -> None:
    text = result(client, "?ask=promises")
    assert "截至2026年11月21日（周六），4 个项目中 2 个的亮灯会变。" in text
    assert POLICY in text
    assert "不是项目的实际计时结果；未改动任何数据" in text
    assert "在办件的后续用时无从得知" in text
    assert "2 个超承诺办件改在到期日办结，1 个后续办件随之提前" in text
    rows = grid(client, "?ask=promises")
    assert [(r["project_code"], r["before"], r["after"], r["used_after"]) for r in rows] == [
        (LATE, "red", "green", 5), (RICH, "yellow", "green", 9),
    ]  # fmt: skip
    assert [(r["name"], r["stage"]) for r in rows] == [(NAMES[LATE], "立项"), (NAMES[RICH], "规划许可")]
    assert rows[1]["used_before"] == 56
    assert rows[1]["change"] == 9 - 56
    assert rows[1]["href"] == f"/project/{RICH}"


def test_lights_before_and_after(client: FlaskClient) -> None:
    tree = answered(client, "whatif-result", "?ask=promises")
    [panel] = parts(tree, className="panel figures")
    cells = [said(cell).split("\n") for cell in panel["children"]]
    words = {cell[2].strip() if cell[1] == " " else cell[1]: cell[-4:] for cell in cells}
    assert words == {
        "红灯": ["1", "→", "0", "−1"],
        "黄灯": ["1", "→", "0", "−1"],
        "绿灯": ["1", "→", "3", "+2"],
        "无法判定": ["0", "→", "0", "不变"],
        "不适用": ["1", "→", "1", "不变"],
    }


def test_one_department_keeps_its_promises(client: FlaskClient) -> None:
    assert [row["project_code"] for row in grid(client, "?ask=promises&keeper=甲局")] == [RICH]
    assert "没有名为“丙局”的部门" in result(client, "?ask=promises&keeper=丙局")


def test_each_department_by_the_lights_it_saves(client: FlaskClient) -> None:
    rows = grid(client, "?ask=each&region=33")
    # 甲局: 56 − 9 days of one project; 乙局: the whole of the other but five days, and a red light.
    assert [(r["department"], r["lights"], r["cases"]) for r in rows] == [("乙局", 1, 1), ("甲局", 1, 1)]
    assert [(r["red_to_green"], r["yellow_to_green"], r["worse"]) for r in rows] == [(1, 0, 0), (0, 1, 0)]
    assert rows[1]["days"] == 47
    assert rows[1]["department_href"] == "/whatif?region=33&ask=promises&keeper=%E7%94%B2%E5%B1%80"
    text = result(client, "?ask=each")
    assert POLICY in text
    assert "逐个部门测算" in text
    assert "没有超承诺的办件" in result(client, f"?ask=each&project={FINE}")


def test_other_thresholds(client: FlaskClient) -> None:
    rows = grid(client, "?ask=numbers&yellow=3&red=50")
    # 56 days are past 50, four past 3; what is red stays red.
    assert {r["project_code"]: (r["before"], r["after"]) for r in rows} == {
        RICH: ("yellow", "red"), FINE: ("green", "yellow"),
    }  # fmt: skip
    assert "黄灯阈值须小于红灯阈值" in result(client, "?ask=numbers&yellow=80")
    assert "请至少改动一个数" in result(client, "?ask=numbers")


def test_other_budgets_are_seen_though_no_light_changes(client: FlaskClient) -> None:
    text = result(client, "?ask=numbers&pre_construction=60")
    assert "4 个项目中 0 个的亮灯会变" in text
    # 56 days and more than 60 are past 50; only the latter past 60.
    assert "超出分段时限的项目\n开工前\n2 → 1" in text


def test_another_rule(client: FlaskClient) -> None:
    rows = grid(client, "?ask=pack&pack=zhejiang-90")
    # No yellow, red past 90; and what was outside of every scope is judged.
    assert {r["project_code"]: r["after"] for r in rows} == {RICH: "green", BEYOND: "green"}
    assert "请选一套计时规则" in result(client, "?ask=pack&pack=nonsense")


def test_a_project_alone(client: FlaskClient) -> None:
    text = result(client, f"?ask=promises&project={RICH}")
    assert "总用时由 56 个工作日变为 9 个工作日。" in text
    assert f"范围：仅项目 {RICH}。" in text
    assert "结果不变。" in result(client, f"?ask=promises&project={FINE}")
    assert "开工前：已超时限 → 在时限内" in result(client, f"?ask=numbers&pre_construction=60&project={RICH}")
    assert "没有代码为 NOPE 的项目" in result(client, "?ask=promises&project=NOPE")
    assert f"没有代码为 {RICH} 的项目" in result(client, f"?ask=promises&project={RICH}&as_of=2026-02-01")


def test_days_are_said_in_the_unit_of_the_rule() -> None:
    none = dict.fromkeys(("red", "yellow", "grey", "none"), 0) | {"green": 1, "over_budget": {}}
    document = {"before": none | {"days": 60}, "after": none | {"days": 50}, "assumed": {"promises": False}}
    for region, unit in (("natural", "个自然日"), ("CN", "个工作日")):
        text = said([part.to_plotly_json() for part in imagined.one(document, {"calendar": {"region": region}})])
        assert f"总用时由 60 {unit}变为 50 {unit}。" in text


def test_a_region_and_a_department(client: FlaskClient) -> None:
    assert "2 个项目中 1 个的亮灯会变" in result(client, "?ask=promises&region=330106")
    text = result(client, "?ask=promises&department=1")  # the first department is of 330106
    assert "2 个项目中 1 个的亮灯会变" in text
    assert "西湖区 · 西湖区发展改革局" in text
    assert "这个范围内没有未办结项目" in result(client, "?ask=promises&region=3302")


@pytest.mark.parametrize(("kind", "most"), [("promises", "12,000"), ("each", "5,000")])
def test_too_many_are_not_counted_and_the_command_is_named(kind: str, most: str) -> None:
    many = client_of(FakeReader(many=int(most.replace(",", "")) + 1, broken=frozenset({"unfinished_logs"})))
    text = result(many, f"?ask={kind}")
    assert f"太多，本页一次最多推演 {most} 个" in text
    assert "approval-monitor whatif --from-database" in text
    assert "错误编号" not in text


def test_as_many_as_it_can_are_counted() -> None:
    assert "亮灯会变" in result(client_of(FakeReader(many=12_000)), "?ask=promises")


def test_what_is_counted_is_said_meanwhile() -> None:
    many = client_of(FakeReader(many=9_500))
    assert "正在推演 9,500 个项目，约需 5 秒" in ask(many, "whatif", "whatif-working", "/whatif", "?ask=promises")
    assert "正在推演 1 个项目，约需 1 秒" in ask(
        many, "whatif", "whatif-working", "/whatif", f"?ask=promises&project={RICH}"
    )
    assert ask(many, "whatif", "whatif-working", "/whatif", "?ask=pack") == ""


def test_an_answer_that_fails_leaves_the_question() -> None:
    broken = client_of(FakeReader(broken=frozenset({"unfinished_logs"})))
    assert "错误编号" in result(broken, "?ask=promises")
    assert fields(form(broken, "?ask=promises"))["ask"] == "promises"
    broken = client_of(FakeReader(broken=frozenset({"department_names"})))
    assert "错误编号" in said(form(broken, "?ask=promises"))
    assert "亮灯会变" in result(broken, "?ask=promises")


def test_the_fields_hold_the_law_and_the_question(client: FlaskClient) -> None:
    plain = fields(form(client, ""))
    assert plain == {
        "ask": "promises", "keeper": None, "yellow": 55, "red": 80, "pre_construction": 50, "acceptance": 30,
        "pack": None, "rest": "", "work": "", "department": None,
    }  # fmt: skip
    asked = fields(form(client, "?ask=numbers&red=60&department=3"))
    assert (asked["ask"], asked["red"], asked["yellow"], asked["department"]) == ("numbers", 60, 55, "3")
    alone = form(client, f"?ask=promises&project={RICH}")
    assert "department" not in fields(alone)
    assert "某某新材料年产10万吨项目" in said(alone)
    assert "/whatif" in said(alone)


def test_fields_that_are_there_are_not_made_again(client: FlaskClient) -> None:
    made = form(client, "?ask=promises&region=330106")["whatif-made"]["data"]
    assert not form(client, "?ask=each&region=330106", made)
    assert form(client, "?ask=each", made)["whatif-form"]
    assert form(client, f"?ask=each&region=330106&project={RICH}", made)["whatif-form"]


def test_the_file_has_every_column_and_row(client: FlaskClient) -> None:
    for search, keys in (("?ask=promises", changed.CHANGED_FILE), ("?ask=each", changed.DEPARTMENTS_FILE)):
        tree = answered(client, "whatif-result", search)
        [store] = parts(tree, id="whatif-file")
        assert [key for key, _word in store["data"]["columns"]] == list(keys)
        assert all(word for _key, word in store["data"]["columns"])
        assert store["data"]["name"] == "假设推演-2026-11-21.csv"
        for row in grid(client, search):
            assert set(keys) <= row.keys()


def test_paper_has_the_first_rows() -> None:
    document = {
        "changed": [
            {
                "project_code": f"P{n}", "stage": None, "before": "red", "after": "green",
                "used_before": 90, "used_after": 9,
            }
            for n in range(changed.PRINTED + 5)
        ]
    }  # fmt: skip
    rows = changed.changed_rows(document, {}, Address.read(WHATIF, "", TODAY))
    table = json.loads(json.dumps(changed.changed_table(rows), default=lambda part: part.to_plotly_json()))
    [paper] = parts(table, className="on-paper")
    text = said(paper)
    assert f"P{changed.PRINTED - 1}" in text
    assert f"P{changed.PRINTED}" not in text
    assert "只印前 100 行，共 105 行" in text
