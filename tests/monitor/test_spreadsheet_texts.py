"""What a spreadsheet makes of texts and numbers, and what comes in of it. All data made up."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from monitor.intake import read_canonical
from monitor.intake.profiles import read, shipped
from tests.monitor.canonical_files import ZONE
from tests.monitor.test_profile_silence import LISTED, case, proposed, table

HEADS = {
    "projects": "project_code,coded_on,credit_code",
    "cases": "case_id,project_code,stage,department,works_code",
    "events": "event_id,case_id,status,occurred_at,voids",
}


def canonical(folder: Path, **rows: str) -> Path:
    """A folder of canonical files with a row each."""
    folder.mkdir()
    for name, head in HEADS.items():
        (folder / f"{name}.csv").write_text(f"{head}\n{rows[name]}\n")
    return folder


@pytest.mark.parametrize("number", ["3.30106E+17", "3e+17", "9.13501E+017"])
def test_a_number_whose_last_digits_a_spreadsheet_left_out_is_no_key(tmp_path: Path, number: str) -> None:
    rows = {
        "projects": f"{number},2026-03-02,{number}",
        "cases": f"{number},{number},planning,A,{number}",
        "events": f"{number},{number},accepted,2026-03-04,{number}",
    }
    found = read_canonical([canonical(tmp_path / "all", **rows)], ZONE)
    assert {(r.code, r.value) for r in found.refusals} == {("exact", number)}
    assert sorted(r.column for r in found.refusals) == sorted(
        ["project_code", "credit_code", "case_id", "project_code", "works_code", "event_id", "case_id", "voids"]
    )


def test_two_cases_whose_numbers_were_cut_to_the_same_do_not_become_one(tmp_path: Path) -> None:
    lines = [[*case(1)[:3], "3.30106E+17", *case(1)[4:6], on, "", ""] for on in ("2026-03-04", "2026-03-05")]
    found = read_canonical([table(tmp_path / "list.csv", *lines)], ZONE, profile=shipped()["case-list"])
    assert {(r.row, r.column, r.code) for r in found.refusals} == {(2, "办件编号", "exact"), (3, "办件编号", "exact")}
    items = [["2.503E+15", "2026-03-01", "施工许可", "施工许可", "住建局", "2026-03-04"]]
    header = ["项目代码", "赋码日期", "事项名称", "阶段", "审批部门", "受理时间"]
    _found, profile, came = proposed(table(tmp_path / "items.csv", *items, header=header))
    assert profile["cases"]["case_id"]["join"] == ["项目代码", "事项名称"]
    assert [r.code for r in came.refusals if r.column == "项目代码 - 事项名称"] == ["exact"] * 2  # case, and its event


@pytest.mark.parametrize("cell", ['="007"', '"=""007"""'])
def test_a_formula_of_a_text_alone_is_that_text(tmp_path: Path, cell: str) -> None:
    rows = {
        "projects": "P1,2026-03-02,",
        "cases": f"{cell},P1,planning,A,",
        "events": f"E1,{cell},accepted,2026-03-04,",
    }
    found = read_canonical([canonical(tmp_path / "all", **rows)], ZONE)
    assert (found.refusals, found.cases.case_id) == ([], ["007"])
    path = table(tmp_path / "list.csv", case(1), case(2))
    path.write_text(path.read_text("utf-8").replace("A-1", cell).replace("A-2", '="1"&"2"'), "utf-8")
    foreign = read_canonical([path], ZONE, profile=shipped()["case-list"])
    assert foreign.cases.case_id == ["007", '="1"&"2"']  # of any other formula nobody has worked out the value


def test_a_moment_before_midnight_is_of_its_day_whatever_the_format_of_the_cell(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "list.xlsx")
    sheet, timed = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for n, line in enumerate([LISTED, case(1), case(2)]):
        sheet.write_row(n, 0, [*line[:7], "", ""] if n else line)
    sheet.write_number(1, 6, 45719.99999997)
    sheet.write_number(2, 6, 45719.99999997, timed)
    book.close()
    found = read_canonical([tmp_path / "list.xlsx"], ZONE, profile=shipped()["case-list"])
    assert found.events.occurred_at == ["2025-03-03T23:59:59"] * 2


@pytest.mark.parametrize("since_1904", [False, True])
@pytest.mark.parametrize("take", ["", ', take = "earliest", of = "case"'])
def test_a_bare_number_is_a_day_in_the_workbook_that_counts_from_1900_alone(
    tmp_path: Path, since_1904: bool, take: str
) -> None:
    """Whatever else is taken in with it: a CSV file, or a workbook that counts from 1904."""
    with xlsxwriter.Workbook(tmp_path / "counted.xlsx") as book:
        sheet = book.add_worksheet()
        for n, line in enumerate([LISTED, [*case(1)[:6], 45720, "", ""]]):
            sheet.write_row(n, 0, line)
    other = table(tmp_path / "other.csv", [*case(2)[:6], "45720", "", ""])
    if since_1904:
        other = tmp_path / "other.xlsx"
        with xlsxwriter.Workbook(other, {"date_1904": True}) as book:
            sheet = book.add_worksheet()
            for n, line in enumerate([LISTED, [*case(2)[:6], 45720, "", ""]]):
                sheet.write_row(n, 0, line)
    text = shipped()["case-list"].text.replace(
        'occurred_at = ["受理时间", "受理日期"]', f'occurred_at = {{ column = ["受理时间", "受理日期"]{take} }}'
    )
    (tmp_path / "mine.toml").write_text(text, "utf-8")
    found = read_canonical([tmp_path / "counted.xlsx", other], ZONE, profile=read(tmp_path / "mine.toml"))
    assert list(zip(found.events.case_id, found.events.occurred_at, strict=True)) == [("A-1", "2025-03-04")]
    assert [(r.row, r.column, r.value, r.code) for r in found.refusals] == [
        (2, "受理时间", "45720", "told_date"),
    ]
