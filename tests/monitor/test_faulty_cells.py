"""Errors and formulas without a value in workbooks: the row is refused by its cell, never read as blank.

All data made up."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from monitor.intake import Canonical, FileRefused, limits, read_canonical
from monitor.intake.limits import check_workbook
from monitor.intake.profiles import read, shipped
from monitor.text import use_language
from tests.monitor.canonical_files import ZONE
from tests.monitor.test_profiles import OWN, TABLE

LISTED = "项目代码,赋码日期,办件编号,阶段,审批部门,受理时间,办结时间,办理结果,备注".split(",")
GOOD = ["P1", "2026-03-01", "A-1", "施工许可", "发改局", "2026-03-05", "2026-03-20", "准予许可", ""]
PROJECT = {"project_code": "P1", "coded_on": "2026-03-01", "ended_on": "", "name": "甲"}


def book(path: Path, sheets: dict[str, list[list[str]]], cells: dict[str, str], at: str = "") -> Path:
    """A workbook of texts in which some ``cells`` (of the last sheet) are written as XML. ``at``: in place of `A1`."""
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    for place in cells:
        made[name][place] = f"cell {place}"
    plain = io.BytesIO()
    made.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            if part == f"xl/worksheets/sheet{len(sheets)}.xml":
                for place, xml in cells.items():
                    start = content.index(f'<c r="{place}"'.encode())
                    end = content.index(b"</c>", start) + 4
                    content = content[:start] + xml.format(at=f'r="{place}"').encode() + content[end:]
            new.writestr(part, content)
    return path


def refusals(found: Canonical) -> list[tuple[int, str, str, str]]:
    """Row, column, text and code of each but those of what merely stands beside; sayable in both languages."""
    for refusal in found.refusals:
        for language in ("en", "zh_CN"):
            with use_language(language):
                assert "\ufdd2" not in str(refusal)
                assert refusal.reason
    return [(r.row, r.column, r.value, r.code) for r in found.refusals if r.code != "beside"]


NEVER = "<c {at}><f>F3+15</f><v></v></c>"  # as a library writes it that does not calculate
NEVER_AT_ALL = '<c {at}><f t="shared" si="0"/></c>'
ERROR, OF_A_FORMULA = '<c {at} t="e"><v>#N/A</v></c>', '<c {at} t="e"><f>1/0</f><v>#DIV/0!</v></c>'
BLANK_TEXT = '<c {at} t="str"><f>IF(A1="","","")</f><v></v></c>'
CALCULATED = "<c {at}><f>F3+15</f><v>46101</v></c>"  # 20 March 2026


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        (ERROR, "#N/A", "error_cell"),
        (OF_A_FORMULA, "#DIV/0!", "error_cell"),
        ("<c {at} t='e'><v>#REF!</v></c>", "#REF!", "error_cell"),
        (NEVER, "=…", "uncalculated"),
        (NEVER_AT_ALL, "=…", "uncalculated"),
    ],
)
def test_a_cell_without_a_value_refuses_its_row(tmp_path: Path, cell: str, value: str, code: str) -> None:
    """G is 办结时间: were it blank, the case would be open and its clock would run on."""
    rows = [LISTED, GOOD, [GOOD[0], GOOD[1], "A-2", *GOOD[3:]]]
    path = book(tmp_path / "list.xlsx", {"一": rows}, {"G3": cell})
    found = read_canonical([path], ZONE, profile=shipped()["case-list"])
    assert refusals(found) == [(3, "办结时间", value, code)]
    assert "A-2#decided" not in found.events.event_id
    assert "A-1#decided" in found.events.event_id

    projects = [list(PROJECT), list(PROJECT.values())]
    path = book(tmp_path / "canonical.xlsx", {"projects": projects}, {"C2": cell})
    assert refusals(read_canonical([path], ZONE)) == [(2, "ended_on", value, code)]


def test_a_formula_with_its_value_is_its_value_and_a_blank_text_is_blank(tmp_path: Path) -> None:
    rows = [LISTED, GOOD, ["P1", "2026-03-01", "A-2", "施工许可", "发改局", "2026-03-05", "", "", ""]]
    cells = {"G2": CALCULATED, "G3": BLANK_TEXT, "H3": BLANK_TEXT}
    found = read_canonical([book(tmp_path / "in.xlsx", {"一": rows}, cells)], ZONE, profile=shipped()["case-list"])
    assert not found.refusals
    told = dict(zip(found.events.event_id, found.events.occurred_at, strict=True))
    assert told == {"A-1#accepted": "2026-03-05", "A-1#decided": "2026-03-20", "A-2#accepted": "2026-03-05"}


def test_a_column_that_nobody_reads_may_hold_anything(tmp_path: Path) -> None:
    """I is 备注, and K has no header; so it is with what stands beside a canonical table."""
    path = book(tmp_path / "in.xlsx", {"一": [LISTED, GOOD]}, {"I2": ERROR, "K2": NEVER})
    assert not read_canonical([path], ZONE, profile=shipped()["case-list"]).refusals
    projects = [list(PROJECT), list(PROJECT.values())]
    path = book(tmp_path / "canonical.xlsx", {"projects": projects}, {"F2": ERROR})
    assert not read_canonical([path], ZONE).refusals


def test_rows_of_nothing_but_formulas_below_the_table_and_a_table_that_does_not_begin_at_the_corner(
    tmp_path: Path,
) -> None:
    shifted = [[], [], *([None, None, *row] for row in (LISTED, GOOD))]
    cells = dict.fromkeys(("C6", "D6"), NEVER) | {"I4": ERROR}  # I: 办结时间, two columns on
    path = book(tmp_path / "in.xlsx", {"封面": [], "一": shifted}, cells)  # type: ignore[list-item]
    found = refusals(read_canonical([path], ZONE, profile=shipped()["case-list"]))
    assert (4, "办结时间", "#N/A", "error_cell") in found
    assert {code for row, _, _, code in found if row == 6} >= {"uncalculated"}


def test_a_cell_that_decides_what_becomes_of_a_row(tmp_path: Path) -> None:
    """Whether the case was decided stands in a column of its own; an error there is no `no`."""
    profile = OWN.replace('name = "out"', 'name = "out"\nwhen = { column = "sure", among = ["y"] }')
    (tmp_path / "own.toml").write_text(profile, "utf-8")
    rows = [[*line.split(","), "sure" if n == 0 else "y"] for n, line in enumerate(TABLE.splitlines())]
    path = book(tmp_path / "in.xlsx", {"一": rows}, {"H2": ERROR})
    found = read_canonical([path], ZONE, profile=read(tmp_path / "own.toml"))
    assert refusals(found) == [(2, "sure", "#N/A", "error_cell")]


def test_merged_cells_take_an_error_from_above_and_joined_texts_have_it(tmp_path: Path) -> None:
    profile = OWN.replace("[projects]", '[file]\nfill_down = ["who"]\n[projects]').replace(
        'case_id = "case"', 'case_id = { join = ["code", "case"], with = "-" }'
    )
    (tmp_path / "own.toml").write_text(profile, "utf-8")
    header, good = (line.split(",") for line in TABLE.splitlines())
    below = ["P1", "2025-03-03", "C2", "", "2025-03-04", "", ""]
    path = book(tmp_path / "in.xlsx", {"一": [header, good, below]}, {"D2": ERROR})
    found = refusals(read_canonical([path], ZONE, profile=read(tmp_path / "own.toml")))
    assert [(row, code) for row, column, _, code in found if column == "who"] == [(2, "error_cell"), (3, "error_cell")]
    path = book(tmp_path / "in.xlsx", {"一": [header, good]}, {"C2": NEVER})
    found = refusals(read_canonical([path], ZONE, profile=read(tmp_path / "own.toml")))
    assert {(row, value, code) for row, _, value, code in found} == {(2, "=…", "uncalculated")}


def test_a_secret_project_is_known_as_one_all_the_same(tmp_path: Path) -> None:
    """Its row has an error; its other rows, which do not say that it is secret, are refused as its own."""
    profile = OWN.replace('coded_on = "coded"', 'kind = "kind"\ncoded_on = "coded"')
    (tmp_path / "own.toml").write_text(profile, "utf-8")
    header, good = (line.split(",") for line in TABLE.splitlines())
    rows: list[list[Any]] = [[*header, "kind"], [*good, "涉密"], [*good, ""]]
    path = book(tmp_path / "in.xlsx", {"一": rows}, {"D2": ERROR})
    found = read_canonical([path], ZONE, profile=read(tmp_path / "own.toml"))
    assert {(r.row, r.column, r.code) for r in found.refusals} >= {(2, "", "secret")}
    assert not len(found.cases) + len(found.events)


@pytest.mark.parametrize(
    ("cell", "suspect"), [(ERROR, True), (NEVER, True), (NEVER_AT_ALL, True), (CALCULATED, False), (BLANK_TEXT, False)]
)
def test_which_sheets_are_looked_through_cell_by_cell_wherever_a_block_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cell: str, suspect: bool
) -> None:
    """Only those with a cell without a value: it takes as long again as reading does. The cell is some 50 bytes long,
    so that among the sizes of a block there is one that ends within it at each of its places."""
    path = book(tmp_path / "in.xlsx", {"一": [LISTED, GOOD]}, {"G2": cell})
    for size in range(200, 260):
        monkeypatch.setattr(limits, "BLOCK", size)
        assert ("xl/worksheets/sheet1.xml" in check_workbook("in", path)) is suspect, size


def test_a_sheet_that_is_no_xml_is_refused(tmp_path: Path) -> None:
    path = book(tmp_path / "in.xlsx", {"一": [LISTED, GOOD]}, {"G2": ERROR})
    broken = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(broken, "w") as new:
        for part in old.namelist():
            new.writestr(part, old.read(part).replace(b"</sheetData>", b"</c></sheetData>"))
    path.write_bytes(broken.getvalue())
    with pytest.raises(FileRefused) as caught:
        read_canonical([path], ZONE, profile=shipped()["case-list"])
    assert caught.value.code == "not_xlsx"
