"""Foreign files through a profile: what becomes of their rows, and each refusal told by the file's own row, column and
text. All data made up."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from monitor.database import Database
from monitor.intake import Canonical, FileRefused, Refusal, read_canonical
from monitor.intake.profiles import read, shipped
from monitor.text import use_language
from rules.workdays import day_number
from tests.monitor.canonical_files import ZONE, codes, log_of, rows, take, write

CASES = """某区投资项目审批台账（虚构）,,,,,,,,,
项目代码,项目名称,赋码日期,办件编号,事项名称,阶段,审批部门,受理时间,办结时间,办理结果
P1,厂房,2025年3月3日,A-1,备案,立项用地规划许可,发改局,2025/3/4,2025.3.10,准予许可
,,,,,,,,,
P1,厂房,2025年3月3日,A-2,施工许可,施工许可,住建局,2025-3-5 09:30,,
P2,仓库,20250304,A-3,施工许可,施工许可,住建局,2025-03-06,2025-03-09,不予许可
合计,,,,,,,,,
"""
# The same by hand, in canonical files.
SAME: dict[str, list[dict[str, str]]] = {
    "projects": [
        {"project_code": "P1", "name": "厂房", "coded_on": "2025-03-03"},
        {"project_code": "P2", "name": "仓库", "coded_on": "2025-03-04"},
    ],
    "cases": [
        {"case_id": "A-1", "project_code": "P1", "item_name": "备案", "stage": "initiation", "department": "发改局"},
        {
            "case_id": "A-2",
            "project_code": "P1",
            "item_name": "施工许可",
            "stage": "construction",
            "department": "住建局",
        },
        {
            "case_id": "A-3",
            "project_code": "P2",
            "item_name": "施工许可",
            "stage": "construction",
            "department": "住建局",
        },
    ],
    "events": [
        {"event_id": "A-1#accepted", "case_id": "A-1", "status": "accepted", "occurred_at": "2025-03-04"},
        {"event_id": "A-1#decided", "case_id": "A-1", "status": "approved", "occurred_at": "2025-03-10"},
        {"event_id": "A-2#accepted", "case_id": "A-2", "status": "accepted", "occurred_at": "2025-03-05T09:30:00"},
        {"event_id": "A-3#accepted", "case_id": "A-3", "status": "accepted", "occurred_at": "2025-03-06"},
        {"event_id": "A-3#decided", "case_id": "A-3", "status": "rejected", "occurred_at": "2025-03-09"},
    ],
}
OWN = """id = "own"
title = "虚构"
[projects]
project_code = "code"
coded_on = "coded"
[cases]
case_id = "case"
stage = { value = "planning" }
department = "who"
[[events]]
name = "in"
status = "accepted"
occurred_at = "in"
[[events]]
name = "out"
status = { column = "how", words = { "yes" = "approved", "no*" = "rejected" } }
occurred_at = "out"
"""
TABLE = "code,coded,case,who,in,out,how\nP1,2025-03-03,C1,A,2025-03-04,2025-03-10,yes\n"


def told(tmp_path: Path, profile: str, table: str, name: str = "in.csv") -> Canonical:
    """A table through a profile, both as texts."""
    (tmp_path / "own.toml").write_text(profile, "utf-8")
    (tmp_path / name).write_text(table, "utf-8")
    return read_canonical([tmp_path / name], ZONE, profile=read(tmp_path / "own.toml"))


def refusals(found: Canonical) -> list[tuple[int, str, str, str]]:
    """Row, column, text and code of each refusal but those of what merely stands beside; each can be said in both
    languages."""
    for refusal in found.refusals:
        for language in ("en", "zh_CN"):
            with use_language(language):
                assert "{" not in str(refusal)
    return [(r.row, r.column, r.value, r.code) for r in found.refusals if r.code != "beside"]


def test_a_list_of_cases_is_the_same_as_canonical_files(database: Database, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_bytes(CASES.encode("gb18030"))
    done = take(database, tmp_path / "list.csv", profile=shipped()["case-list"])
    assert (done.outcome, done.profile, codes(done)) == ("landed", "case-list", [])
    through = log_of(database)
    again = take(database, tmp_path / "list.csv", profile=shipped()["case-list"])
    assert (again.outcome, again.batch) == ("nothing", None)
    canonical = take(database, write(tmp_path / "same", **SAME))
    assert (canonical.outcome, codes(canonical)) == ("nothing", [])
    assert log_of(database) == through
    assert [len(through[name]) for name in ("projects", "cases", "events")] == [2, 3, 5]


def test_a_refused_row_is_told_by_the_row_the_column_and_the_text_of_the_file(
    database: Database, tmp_path: Path
) -> None:
    wrong = CASES.replace("2025/3/4", "2025/13/4").replace("不予许可", "再议")
    (tmp_path / "list.csv").write_text(wrong, "utf-8")
    done = take(database, tmp_path / "list.csv", profile=shipped()["case-list"])
    assert done.outcome == "refused"
    assert {(r.row, r.column, r.value, r.code) for r in done.refusals} == {  # type: ignore[union-attr]
        (3, "受理时间", "2025/13/4", "told_date"),
        (3, "办结时间", "2025.3.10", "beside"),
        (6, "办理结果", "再议", "word"),
        (6, "受理时间", "2025-03-06", "beside"),
    }
    allowed = next(r for r in done.refusals if r.code == "word").document()["allowed"]
    assert "准予许可" in allowed
    assert rows(database, "SELECT count(*) FROM project") == [(0,)]
    partial = take(database, tmp_path / "list.csv", profile=shipped()["case-list"], partial=True)
    assert (partial.outcome, partial.refused, partial.counts["events"].added) == ("partial", 4, 1)
    kept = rows(database, "SELECT row, content FROM refused_row ORDER BY row")
    assert [row for row, _ in kept] == [3, 3, 6, 6]
    for row, said in ((3, "2025/13/4"), (3, "2025.3.10"), (6, "再议"), (6, "2025-03-06")):
        assert any(said in content for at, content in kept if at == row)


@pytest.mark.parametrize("gathered", [False, True])
@pytest.mark.parametrize(
    ("told", "said", "wrong"),
    [
        ("2025-03-04,early 2026,yes", [("in", "2025-03-04")], "out"),
        ("2025-03-04,,yes", [("in", "2025-03-04")], "out"),
        ("2025-03-04,2025-03-10,perhaps", [("in", "2025-03-04")], "how"),
        ("2025-03-04,2025-03-10,", [("in", "2025-03-04")], "how"),
        ("soon,2025-03-10,yes", [("out", "2025-03-10")], "in"),
        ("soon,early 2026,yes", [], ""),
    ],
)
def test_a_row_comes_in_whole_or_waits_whole(
    database: Database, tmp_path: Path, gathered: bool, told: str, said: list[tuple[str, str]], wrong: str
) -> None:
    """The other row of the case is another row. Mended, the row brings all."""
    profile = OWN.replace("[projects]\n", '[projects]\ndiffering = "last"\n') if gathered else OWN
    (tmp_path / "own.toml").write_text(profile, "utf-8")
    header, row = TABLE.splitlines()
    path = tmp_path / "in.csv"
    path.write_text(f"{header}\nP1,2025-03-03,C1,A,{told}\n{row.replace('C1', 'C2')}\n", "utf-8")
    done = take(database, path, profile=read(tmp_path / "own.toml"), partial=True)
    beside = [r for r in done.refusals if isinstance(r, Refusal) and r.code == "beside"]
    assert [(r.row, r.column, r.value) for r in beside] == [(2, *one) for one in said]
    assert [r.params for r in beside] == [{"wrong": wrong}] * len(said)
    assert (done.refused, done.counts["events"].added) == (2, 2)
    path.write_text(f"{header}\n{row}\n{row.replace('C1', 'C2')}\n", "utf-8")
    mended = take(database, path, profile=read(tmp_path / "own.toml"))
    assert (mended.outcome, mended.counts["events"].added, mended.counts["events"].known) == ("landed", 2, 2)


def test_what_names_nothing_is_told_by_the_row_of_the_file(database: Database, tmp_path: Path) -> None:
    """A list of cases alone, whose project is not known."""
    profile = OWN.replace('[projects]\nproject_code = "code"\ncoded_on = "coded"\n', "").replace(
        'case_id = "case"\n', 'case_id = "case"\nproject_code = "code"\n'
    )
    (tmp_path / "own.toml").write_text(profile, "utf-8")
    (tmp_path / "in.csv").write_text(TABLE, "utf-8")
    done = take(database, tmp_path / "in.csv", profile=read(tmp_path / "own.toml"))
    assert [(r.row, r.column, r.value, r.code) for r in done.refusals] == [  # type: ignore[union-attr]
        (2, "code", "P1", "unknown_project"),
        (2, "case", "C1", "unknown_case"),
        (2, "case", "C1", "unknown_case"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "refused"),
    [
        ("2025-03-04,", "04/03/2025,", [(2, "in", "04/03/2025", "told_date")]),
        ("2025-03-04,", "1899-03-04,", [(2, "in", "1899-03-04", "date_range")]),
        ("2025-03-04,", "2100-01-01,", [(2, "in", "2100-01-01", "date_range")]),
        (",yes", ",perhaps", [(2, "how", "perhaps", "word")]),
        (",yes", ",", [(2, "how", "", "required")]),
        (",A,", ",,", [(2, "who", "", "required")]),
        ('case_id = "case"', 'case_id = { column = "case", words = { "D*" = "=" } }', [(2, "case", "C1", "word")] * 5),
        (",C1,", f",{'C' * 201},", [(2, "case", "C" * 201, "long")]),
        (",C1,", ",\ufdd1,", [(2, "case", "␀", "no_letter")] * 5),
        ("2025-03-03,", "soon,", [(2, "coded", "soon", "told_date"), (2, "code", "P1", "unknown_project")]),
    ],
)
def test_each_way_in_which_a_row_can_be_wrong(
    tmp_path: Path, old: str, new: str, refused: list[tuple[int, str, str, str]]
) -> None:
    found = refusals(told(tmp_path, OWN.replace(old, new), TABLE.replace(old, new)))
    assert found[: len(refused)] == refused
    assert {(row, code) for row, _, _, code in found[len(refused) :]} <= {(2, "unknown_case"), (2, "long")}


def test_a_blank_day_is_nothing_that_happened_unless_the_profile_refuses_it(tmp_path: Path) -> None:
    table = TABLE.replace("2025-03-10,yes", ",")
    assert told(tmp_path, OWN, table).events.event_id == ["C1#in"]
    strict = OWN.replace('occurred_at = "out"', 'occurred_at = "out"\nmissing = "refuse"')
    assert (2, "out", "", "required") in refusals(told(tmp_path, strict, table))


def test_two_rows_that_contradict_one_another(tmp_path: Path) -> None:
    table = TABLE + "P1,2025-03-09,C2,B,2025-03-05,,\n"
    found = told(tmp_path, OWN, table)
    assert refusals(found) == [(3, "code", "P1", "twice")]
    with use_language("en"):
        text = str(found.refusals[0])
    assert "coded is 2025-03-03 in" in text
    assert "in.csv, row 2 and 2025-03-09 here" in text
    for how, day in (("first", "2025-03-03"), ("last", "2025-03-09")):
        agreed = told(tmp_path, OWN.replace("[projects]\n", f'[projects]\ndiffering = "{how}"\n'), table)
        assert not agreed.refusals
        (number,) = agreed.projects.coded_on
        assert number == told(tmp_path, OWN, TABLE.replace("2025-03-03", day)).projects.coded_on[0]


@pytest.mark.parametrize(
    ("header", "code", "words"),
    [
        ("code,coded,case,who,in,Outt,how", "no_source_column", ["'out'", "~ 'Outt'", "code, coded, case"]),
        ("code,coded,case,who,xyz,abc,how", "no_source_columns", ["'in'", "'out'"]),
        ("code,coded,case,who,in,out,out", "no_source_column", ["'how'"]),
        ("code,coded,case,who,in,out,how,out", "double_column", ["out"]),
    ],
)
def test_a_header_that_lacks_a_column(tmp_path: Path, header: str, code: str, words: list[str]) -> None:
    with pytest.raises(FileRefused) as caught:
        told(tmp_path, OWN, header + "\n" + TABLE.partition("\n")[2])
    assert caught.value.code == code
    for language in ("en", "zh_CN"):
        with use_language(language):
            assert all(word in str(caught.value) for word in words), str(caught.value)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_any_separator_and_a_header_written_a_little_otherwise(tmp_path: Path, separator: str) -> None:
    table = TABLE.replace("code,coded", "* Code ,CODED：").replace(",", separator)
    assert told(tmp_path, OWN, table).events.event_id == ["C1#in", "C1#out"]


def test_values_from_above_joined_cut_and_of_a_constant(tmp_path: Path) -> None:
    profile = """id = "own"
title = "虚构"
[file]
fill_down = ["code", "coded"]
skip = { "case" = ["小计*"] }
[projects]
project_code = "code"
kind = { column = "kind", words = { "备案*" = "filing", "*" = "=" } }
coded_on = "coded"
[cases]
case_id = { join = ["code", "case"], with = "/" }
item_code = { column = "case", pattern = '^([A-Z]+)' }
stage = { column = ["late", "early"], words = { "施工*" = "construction" }, otherwise = "parallel" }
department = { value = "住建局" }
[[events]]
name = "in"
status = "accepted"
when = { column = "case", among = ["AB*"] }
occurred_at = "in"
"""
    table = (
        "code,kind,coded,case,early,late,in\n"
        "P1,备案类,2025-03-03,AB7,施工,,2025-03-04\n,备案类,,AC8,,别的,2025-03-05\n"
        ",,,小计 2,,,\nP2,other,2025-03-03,AB1,,,\n"
    )
    found = told(tmp_path, profile, table)
    assert not found.refusals
    assert found.projects.kind == ["filing", "other"]
    assert found.cases.case_id == ["P1/AB7", "P1/AC8", "P2/AB1"]
    assert found.cases.item_code == ["AB", "AC", "AB"]
    assert found.cases.stage == [3, 0, 0]  # construction, parallel
    assert found.events.event_id == ["P1/AB7#in"]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5", "utf-16", "utf-16-le", "windows-1252"])
def test_the_encoding_that_the_profile_says(tmp_path: Path, encoding: str) -> None:
    name = "Mülheim" if encoding == "windows-1252" else "發改"
    if encoding in ("utf-8", "gb18030"):
        name = "堃喆"
    (tmp_path / "own.toml").write_text(
        OWN.replace("[projects]", f'[file]\nencoding = "{encoding}"\n[projects]'), "utf-8"
    )
    (tmp_path / "in.csv").write_bytes(TABLE.replace(",A,", f",{name},").encode(encoding))
    assert read_canonical([tmp_path / "in.csv"], ZONE, profile=read(tmp_path / "own.toml")).cases.department == [name]
    (tmp_path / "in.csv").write_bytes(TABLE.replace(",A,", ",\x00,").encode(encoding))
    found = read_canonical([tmp_path / "in.csv"], ZONE, profile=read(tmp_path / "own.toml"))
    assert [(r.row, r.column, r.value, r.code) for r in found.refusals] == [
        (2, "who", "␀", "no_letter"),
        (2, "case", "C1", "unknown_case"),
        (2, "case", "C1", "unknown_case"),
    ]


def test_rows_without_a_project_are_refused_one_by_one(tmp_path: Path) -> None:
    profile = OWN.replace('coded_on = "coded"', 'coded_on = { column = "coded", take = "first" }')
    found = told(tmp_path, profile, TABLE + ",2025-03-03,C2,A,2025-03-04,,\n,2025-03-04,C3,A,2025-03-04,,\n")
    assert {(row, column, code) for row, column, _, code in refusals(found) if column == "code"} == {
        *((3, "code", "required"), (4, "code", "required"))
    }
    assert found.events.event_id == ["C1#in", "C1#out"]


@pytest.mark.parametrize("gathers", [False, True])
def test_a_row_with_more_or_fewer_fields_than_the_header_is_refused_not_shifted(tmp_path: Path, gathers: bool) -> None:
    profile = OWN.replace('coded_on = "coded"', 'coded_on = { column = "coded", take = "first" }') if gathers else OWN
    table = TABLE + "P2,2025-03-03,C2,A, B,2025-03-04,,yes\nP3,2025-03-03,C3,A\nP4,2025-03-03,C4,A,,,,,,\n"
    found = told(tmp_path, profile, table)
    assert refusals(found) == [(3, "", "", "fields"), (4, "", "", "fields")]
    assert [(r.params["n"], r.params["m"]) for r in found.refusals] == [(8, 7), (4, 7)]
    assert found.cases.case_id == ["C1", "C4"]


@pytest.mark.parametrize("word", ["涉密", "机密"])
def test_a_secret_project_leaves_no_trace(database: Database, tmp_path: Path, word: str) -> None:
    profile = OWN.replace(
        'coded_on = "coded"', 'coded_on = "coded"\nkind = { column = "kind", words = { "备案" = "filing" } }'
    )
    (tmp_path / "own.toml").write_text(profile, "utf-8")
    secret = f"P1,2025-13-03,C1,A,2025-13-04,,nonsense,{word}"
    table = f"code,coded,case,who,in,out,how,kind\n{secret}\nP2,2025-03-03,C2,A,,,,备案\n"
    (tmp_path / "in.csv").write_text(table, "utf-8")
    done = take(database, tmp_path / "in.csv", profile=read(tmp_path / "own.toml"), partial=True)
    assert {(r.row, r.column, r.value, r.code) for r in done.refusals} == {(2, "", "", "secret")}  # type: ignore[union-attr]
    kept: list[Any] = rows(database, "SELECT row, content, reasons FROM refused_row")
    assert {(row, content) for row, content, _ in kept} == {(2, None)}
    assert not any(word in str(kept) for word in ("2025-13", "nonsense", "C1", "P1"))


@pytest.mark.parametrize("since_1904", [False, True])
def test_a_workbook_that_counts_from_1904(tmp_path: Path, since_1904: bool) -> None:
    """A day is a day in it; a bare number of days is understood where days are counted from 1900, else refused."""
    (tmp_path / "own.toml").write_text(OWN, "utf-8")
    book = xlsxwriter.Workbook(tmp_path / "in.xlsx", {"date_1904": since_1904})
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
    for n, row in enumerate(TABLE.splitlines()):
        sheet.write_row(n, 0, row.split(","))
    sheet.write_datetime(1, 4, dt.datetime(2025, 3, 4), day)
    sheet.write_number(1, 5, 45726)  # counted from 1900: 10 March 2025; from 1904: 11 March 2029
    book.close()
    found = read_canonical([tmp_path / "in.xlsx"], ZONE, profile=read(tmp_path / "own.toml"))
    if since_1904:
        assert refusals(found) == [(2, "out", "45726", "told_date")]
        assert [r.value for r in found.refusals if r.code == "beside"] == ["2025-03-04"]
    else:
        assert found.events.day[0] == day_number(dt.date(2025, 3, 4))
        assert found.events.day[1] == day_number(dt.date(2025, 3, 10))
