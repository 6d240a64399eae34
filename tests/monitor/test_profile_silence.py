"""Nothing wrong comes in through a profile without a word: what is refused, doubted or counted. All data made up."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from monitor.database import Database
from monitor.intake import Canonical, read_canonical
from monitor.intake.profiles import Suggested, read, shipped, suggested
from monitor.text import use_language
from rules.vocabulary import Status, Unit
from rules.workdays import day_of
from tests.monitor.canonical_files import ZONE, rows, take
from tests.monitor.test_profiles import OWN, TABLE, refusals, told

LISTED = "项目代码,项目名称,赋码日期,办件编号,阶段,审批部门,受理时间,办结时间,办理结果".split(",")
CODE = "2503-330106-04-01-123454"


def table(path: Path, *lines: list[Any], header: list[str] = LISTED) -> Path:
    """A CSV file of these rows."""
    with path.open("w", encoding="utf-8", newline="") as text:
        csv.writer(text).writerows([header, *lines])
    return path


def case(n: int, result: str = "", *, on: str = "2026-03-09", code: str = CODE, name: str = "甲") -> list[Any]:
    """A row of the list."""
    return [code, name, "2026-03-01", f"A-{n}", "施工许可", "住建局", "2026-03-04", on, result]


def proposed(path: Path) -> tuple[Suggested, dict[str, Any], Canonical]:
    """What is proposed for a file, as text and as read, and what comes of it."""
    with use_language("en"):
        found = suggested([path], "mine")
    profile = path.with_name("mine.toml")
    profile.write_text(found.text, "utf-8")
    return found, tomllib.loads(found.text), read_canonical([path], ZONE, profile=read(profile))


def results(path: Path, *texts: str) -> tuple[Suggested, dict[str, str]]:
    """What texts of results are taken for."""
    found, profile, _read = proposed(table(path / "list.csv", *(case(n, text) for n, text in enumerate(texts))))
    return found, profile["events"][-1]["status"].get("words", {})


NO_APPROVALS = {
    **dict.fromkeys("不同意 不予同意 不批准 不予批准 不许可 不准予许可 不通过 不予通过 审批未通过".split(), "rejected"),
    "办结（不予通过）": "rejected",
    "容缺未通过": "rejected",
    "不予受理": "refused",
    "不受理": "not_accepted",
    **dict.fromkeys("未办结 尚未办结 待办结 在办 办理中".split(), ""),
    **dict.fromkeys("未批准 未同意 未取得许可 待审批通过 已受理待批准 拟批准 暂不办结 退件 准予撤回".split()),
}


@pytest.mark.parametrize(("text", "word"), list(NO_APPROVALS.items()))
def test_what_is_no_approval_is_not_taken_for_one(tmp_path: Path, text: str, word: str | None) -> None:
    found, words = results(tmp_path, text, "准予许可")
    assert words.get(text) == word
    assert words["准予许可"] == "approved"
    if word is None:
        assert any(text in doubt for key, doubt in found.doubts if key == "status.words")


def test_each_guess_is_a_doubt_that_names_it_and_a_known_word_is_none(tmp_path: Path) -> None:
    found, words = results(tmp_path, "准予许可", "准予施工许可", "补正后通过", "审批部门已批准")
    assert set(words.values()) == {"approved"}
    doubts = [doubt for key, doubt in found.doubts if key == "status.words"]
    assert [doubt.partition(" ")[0] for doubt in doubts] == ["准予施工许可", "补正后通过", "审批部门已批准"]


def test_what_stands_in_a_log_and_did_not_happen(tmp_path: Path) -> None:
    header = "项目代码,申报日期,办件编号,阶段,审批部门,办理状态,办理时间".split(",")
    texts = "待受理 未受理 拟受理 撤回受理 受理前审核 未接件 待收件 退回补正 停止特别程序开始 已受理 办理中".split()
    lines = [[CODE, "2026-03-01", "A-1", "施工许可", "住建局", text, "2026-03-04"] for text in texts]
    found, profile, came = proposed(table(tmp_path / "log.csv", *lines, header=header))
    assert profile["events"][0]["status"]["words"] == {"已受理": "accepted"}
    assert [r.value for r in came.refusals] == [text for text in texts if text != "已受理"]
    assert "status.words" in dict(found.doubts)


@pytest.mark.parametrize("text", ["准予延期", "同意撤销", "办结（退件）", "通过初审", "容缺受理", "准予撤回", "办结中"])
def test_the_shipped_list_takes_whole_words_alone(tmp_path: Path, text: str) -> None:
    path = table(tmp_path / "list.csv", case(1, text), case(2, "准予许可"))
    found = read_canonical([path], ZONE, profile=shipped()["case-list"])
    assert refusals(found) == [(2, "办理结果", text, "word")]


def test_facts_of_one_project_are_not_those_of_the_next(tmp_path: Path) -> None:
    header = [*LISTED, "建设单位", "项目完成日期"]
    lines = [
        [*case(1, on=""), "甲公司", "2026-06-01"],
        ["", "", "", *case(2, on="")[3:], "", ""],
        [*case(3, on="", code="2603-141124-89-05-346948", name="乙"), "", ""],
        ["", "", "", *case(4, on="")[3:], "", ""],
    ]
    _found, profile, came = proposed(table(tmp_path / "list.csv", *lines, header=header))
    assert {"建设单位", "项目完成日期"} <= set(profile["file"]["fill_down"])
    assert not came.refusals
    assert came.projects.applicant == ["甲公司", ""]
    assert came.projects.ended_on[1] is None
    assert came.case_project.tolist() == [0, 0, 1, 1]


def test_cells_merged_over_rows_that_repeat_the_code_are_filled_down(tmp_path: Path) -> None:
    """A column that tells nothing of the project, such as the department, goes on over the next project too."""
    profile = OWN.replace("[projects]", '[file]\nfill_down = ["coded", "who"]\n[projects]')
    lines = TABLE + "P1,,C2,,2025-03-05,,\nP2,2025-04-01,C3,,2025-04-02,,\nP3,,C4,B,2025-04-03,,\n"
    found = told(tmp_path, profile, lines)
    assert [day_of(day).isoformat() for day in found.projects.coded_on] == ["2025-03-03", "2025-04-01"]
    assert found.cases.department == ["A", "A", "A"]
    assert refusals(found)[0] == (5, "coded", "", "required")


def test_a_project_with_the_name_of_a_total_is_none(tmp_path: Path) -> None:
    names = ["累计折旧研究楼", "共建共享充电桩项", "Total storage", "TotalEnergies", "小计科技园", "合计"]
    lines = [case(n, code=f"P{n}", name=name) for n, name in enumerate(names)]
    total = ["", "合计", "", "", "", "", "", "", "6"]
    found, profile, came = proposed(table(tmp_path / "list.csv", *lines, total, ["合计", "", "", 6, *[""] * 5]))
    assert came.projects.name == names
    assert profile["file"]["totals"] == {"项目名称": ["合计*"], "项目代码": ["合计*"]}
    assert [key for key, _ in found.doubts].count("file.totals") == 2
    assert came.passed_over.rows == {str(tmp_path / "list.csv"): 2}
    again = read_canonical([tmp_path / "list.csv"], ZONE, profile=shipped()["case-list"])
    assert (len(again.projects), again.passed_over.rows) == (6, {str(tmp_path / "list.csv"): 1})
    assert {(r.row, r.code) for r in again.refusals} >= {(8, "required")}  # 合计 under another column is no code


def test_a_decision_without_its_day_is_refused_and_a_case_under_way_is_open(tmp_path: Path) -> None:
    lines = [case(1, "准予许可", on=""), case(2, "", on=""), case(3, "在办", on=""), case(4, "在办"), case(5, "不批准")]
    path = table(tmp_path / "list.csv", *lines, case(6, ""))
    found = read_canonical([path], ZONE, profile=shipped()["case-list"])
    assert refusals(found) == [
        (2, "办结时间", "", "required"),
        (5, "办理结果", "在办", "under_way"),
        (7, "办理结果", "", "required"),
    ]
    decided = [name for name in found.events.event_id if name.endswith("decided")]
    assert decided == ["A-5#decided"]
    said = OWN.replace('occurred_at = "out"', 'occurred_at = "out"\nmissing = "skip"')
    assert not told(tmp_path, said, TABLE.replace("2025-03-10", "")).refusals  # asked to pass over, it does


DAYS = {
    "10": (10, None),
    "10天": (10, None),
    "10日": (10, None),
    "10个工作日": (10, Unit.WORKING_DAY),
    "5工作日": (5, Unit.WORKING_DAY),
    "15个自然日": (15, Unit.NATURAL_DAY),
    "": (None, None),
}
NO_DAYS = ["3个月", "十个工作日", "法定20承诺10个工作日", "10-15", "约10天", "2小时", "0.5天"]


@pytest.mark.parametrize("suggest", [False, True])
def test_a_limit_is_read_whole_or_refused(tmp_path: Path, suggest: bool) -> None:
    texts = [*DAYS, *NO_DAYS]
    lines = [[*case(n), text] for n, text in enumerate(texts)]
    path = table(tmp_path / "list.csv", *lines, header=[*LISTED, "承诺时限"])
    if suggest:
        found, _profile, came = proposed(path)
        (doubt,) = [doubt for key, doubt in found.doubts if key == "cases.promised_days"]
        assert all(text in doubt for text in NO_DAYS)
    else:
        came = read_canonical([path], ZONE, profile=shipped()["case-list"])
    cases = came.cases
    assert list(zip(cases.promised_days, cases.promised_unit, strict=True)) == list(DAYS.values())
    assert [(r.row, r.value) for r in came.refusals if r.code == "unfit"] == [
        (n, text) for n, text in enumerate(texts, 2) if text in NO_DAYS
    ]
    assert {r.column for r in came.refusals if r.code == "unfit"} == {"承诺时限"}


@pytest.mark.parametrize(
    ("header", "taken"), [("总投资（亿元）", False), ("投资额（元）", False), ("总投资（万元）", True)]
)
def test_amounts_in_other_units_are_left_out_with_a_doubt(tmp_path: Path, header: str, taken: bool) -> None:
    found, profile, _ = proposed(table(tmp_path / "list.csv", [*case(1), "1.2"], header=[*LISTED, header]))
    assert ("investment" in profile["projects"]) is taken
    assert ("projects.investment" in dict(found.doubts)) is not taken


def test_a_derived_day_of_coding_never_becomes_later(database: Database, tmp_path: Path) -> None:
    """The list of the next year holds the later rows alone; an earlier row makes the day earlier."""
    (tmp_path / "own.toml").write_text(
        OWN.replace('coded_on = "coded"', 'coded_on = { column = "in", take = "earliest" }'), "utf-8"
    )
    profile = read(tmp_path / "own.toml")

    def known() -> str:
        ((day,),) = rows(database, "SELECT coded_on FROM project_fact WHERE known_to IS NULL AND project_id = 1")
        return day_of(day).isoformat()

    def add(name: str, *days: str) -> Any:
        lines = [f"P{n},,{name}{n},A,{day},,\n" for n, day in enumerate(days, 1)]
        (tmp_path / f"{name}.csv").write_text(TABLE.partition("\n")[0] + "\n" + "".join(lines), "utf-8")
        return take(database, tmp_path / f"{name}.csv", profile=profile)

    add("a", "2025-03-05")
    assert known() == "2025-03-05"
    later = add("b", "2026-03-05", "2026-03-06")
    assert known() == "2025-03-05"
    assert [(r.row, r.code, r.value, r.params["known"]) for r in later.warnings if r.column == "in"] == [
        (2, "kept_day", "2026-03-05", "2025-03-05")
    ]
    assert (later.outcome, later.counts["projects"].added, later.counts["projects"].known) == ("landed", 1, 1)
    assert "kept_day" not in [r.code for r in add("c", "2024-12-30").warnings]
    assert known() == "2024-12-30"


def test_a_value_taken_of_many_rows_is_refused_by_the_row_in_which_it_stands(tmp_path: Path) -> None:
    profile = OWN.replace('coded_on = "coded"', 'coded_on = { column = "coded", take = "first" }')
    lines = TABLE.replace("2025-03-03", "") + "P1,soon,C2,A,2025-03-05,,\n"
    assert (3, "coded", "soon", "told_date") in refusals(told(tmp_path, profile, lines))


@pytest.mark.parametrize(
    ("zones", "moment", "day"),
    [
        ("", "2026-03-04 16:00:00", "2026-03-04"),
        ("", "2026-03-04T16:00:00Z", "2026-03-05"),  # midnight in Shanghai
        ('time_zone = "UTC"', "2026-03-04 16:00:00", "2026-03-05"),
        ('time_zone = "UTC"', "2026-03-04 15:59:59", "2026-03-04"),
        ('time_zone = "UTC"', "2026-03-04T16:00:00Z", "2026-03-05"),
        ('time_zone = "UTC"', "2026-03-04", "2026-03-04"),
        ('day_zone = "Europe/Amsterdam"', "2026-03-04T23:00:00Z", "2026-03-05"),
        ('day_zone = "Europe/Amsterdam"', "2026-03-04T22:59:59Z", "2026-03-04"),
        ('day_zone = "UTC"\ntime_zone = "Asia/Shanghai"', "2026-03-05 07:59:00", "2026-03-04"),
    ],
)
def test_to_which_day_a_moment_belongs(tmp_path: Path, zones: str, moment: str, day: str) -> None:
    profile = OWN.replace('title = "虚构"', f'title = "虚构"\n{zones}')
    found = told(tmp_path, profile, TABLE.replace("2025-03-04", moment))
    assert day_of(found.events.day[0]).isoformat() == day


def two_rows(path: Path, upper: list[Any], lower: list[Any], *lines: list[Any]) -> Path:
    """A workbook with a title and a header in two rows."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["某区台账（虚构）"], upper, lower, *lines):
        sheet.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("upper", "lower", "names"),
    [
        (["办理时间", None, "办理结果"], ["受理时间", "办结时间", None], ["受理时间", "办结时间"]),
        (["受理", None, "办结", None], ["时间", "说明", "时间", "说明"], ["受理时间", "办结时间"]),
    ],
)
def test_a_header_in_two_rows(tmp_path: Path, upper: list[Any], lower: list[Any], names: list[str]) -> None:
    """Merged across, the lower name is the column's, or both together where the lower one stands twice; merged
    downwards the upper one is."""
    first = ["项目代码", "赋码日期", "办件编号", "阶段", "审批部门"]
    told = [["P1", "2026-03-01", f"A-{n}", "施工许可", "住建局"] for n in (1, 2)]
    days = ["2026-03-05", "准予许可"] if len(lower) == 3 else ["甲", "2026-03-05", "乙"]
    lines = [[*told[0], "2026-03-04", *days], [*told[1], "2026-03-09"]]
    found, profile, came = proposed(two_rows(tmp_path / "in.xlsx", [*first, *upper], [*[None] * 5, *lower], *lines))
    assert profile["file"]["header_rows"] == [2, 3]
    assert "file.header_rows" in dict(found.doubts)
    assert [event["occurred_at"] for event in profile["events"]] == names
    assert not came.refusals
    assert [(s, str(day_of(day))) for s, day in zip(came.events.status, came.events.day, strict=True)] == [
        (Status.ACCEPTED, "2026-03-04"),
        (Status.APPROVED, "2026-03-05"),
        (Status.ACCEPTED, "2026-03-09"),
    ]


def test_hidden_sheets_are_a_doubt_and_a_sheet_of_a_year_means_any_year(tmp_path: Path) -> None:
    book = Workbook()
    book.remove(book.active)
    for name, state in (("2025年", "visible"), ("备份", "veryHidden"), ("旧表", "hidden")):
        sheet = book.create_sheet(name)
        sheet.sheet_state = state
        sheet.append(LISTED)
        sheet.append(case(1, "准予许可"))
    book.save(tmp_path / "in.xlsx")
    found, profile, came = proposed(tmp_path / "in.xlsx")
    assert profile["file"]["sheets"] == ["20??年"]
    assert [doubt.rpartition("/")[2] for key, doubt in found.doubts if key == "file.sheets"] == ["备份", "旧表"]
    assert len(came.cases) == 1
    book["2025年"].title = "2026年"
    book.save(tmp_path / "in.xlsx")
    assert len(read_canonical([tmp_path / "in.xlsx"], ZONE, profile=read(tmp_path / "mine.toml")).cases) == 1
    book["备份"].title = "2024年"  # hidden, and named as the others are: it is read, and said
    book.save(tmp_path / "in.xlsx")
    found, _profile, _came = proposed(tmp_path / "in.xlsx")
    assert len([key for key, _ in found.doubts if key == "file.sheets"]) == 2
