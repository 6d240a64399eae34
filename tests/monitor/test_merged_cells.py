"""Merged cells of a workbook: what they show is read, and what they leave open is refused. All data made up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from monitor.intake import Canonical, read_canonical
from monitor.intake.profiles import read
from rules.workdays import day_of
from tests.monitor.canonical_files import ZONE
from tests.monitor.test_profiles import OWN, refusals

HEADER = ["code", "coded", "case", "who", "in", "out", "how"]
ROWS = [
    ["P1", "2025-03-03", "C1", "A", "2025-03-04", "2025-03-10", "yes"],
    [None, None, "C2", None, None, None, None],
    [None, None, "C3", None, "2025-03-06", None, None],
]


def came(tmp_path: Path, ranges: list[str], rows: list[list[Any]] = ROWS, more: str = "") -> Canonical:
    """A workbook below a title and a header in two rows, with cells merged; its data begins in row 4."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["a list"], HEADER, [None] * len(HEADER), *rows):
        sheet.append(row)
    for one in ["A1:G1", *(f"{letter}2:{letter}3" for letter in "ABCDEFG"), *ranges]:
        sheet.merge_cells(one)
    book.save(tmp_path / "in.xlsx")
    (tmp_path / "own.toml").write_text(
        OWN.replace("[projects]", f"[file]\nheader_rows = [2, 3]\n{more}\n[projects]"), "utf-8"
    )
    return read_canonical([tmp_path / "in.xlsx"], ZONE, profile=read(tmp_path / "own.toml"))


def events(found: Canonical) -> list[tuple[str, str]]:
    days = [day_of(day).isoformat() for day in found.events.day]
    return sorted(zip(found.events.event_id, days, strict=True))


def test_a_day_merged_over_two_rows_is_the_day_of_both(tmp_path: Path) -> None:
    found = came(tmp_path, ["A4:A6", "B4:B6", "D4:D6", "E4:E5"])
    assert refusals(found) == []
    assert found.cases.case_id == ["C1", "C2", "C3"]
    assert events(found) == [
        *(("C1#in", "2025-03-04"), ("C1#out", "2025-03-10"), ("C2#in", "2025-03-04"), ("C3#in", "2025-03-06")),
    ]


@pytest.mark.parametrize("merged", [True, False])
def test_in_a_column_with_merged_cells_a_blank_one_is_blank(tmp_path: Path, merged: bool) -> None:
    """Merged headers alone make no such column."""
    ranges = ["A4:A6", "B4:B6", *(["D4:D5"] if merged else [])]
    found = came(tmp_path, ranges, more='fill_down = ["who"]')
    assert refusals(found)[:1] == ([(6, "who", "", "required")] if merged else [])
    assert found.cases.department == (["A", "A"] if merged else ["A", "A", "A"])


def test_what_is_merged_across_columns_is_refused_where_it_is_needed(tmp_path: Path) -> None:
    """In row 5 the day of acceptance goes over that of the decision, in row 7 a total over the codes."""
    second = [None, None, "C2", None, "2025-03-05", None, "yes"]
    rows: list[list[Any]] = [ROWS[0], second, ROWS[2], ["sum", None, "3", None, None, None, None]]
    found = came(tmp_path, ["A4:A6", "B4:B6", "D4:D6", "E5:F5", "A7:B7"], rows, 'totals = { "code" = ["sum"] }')
    assert refusals(found) == [(5, "out", "2025-03-05", "merged")]
    assert [name for name, _day in events(found)] == ["C1#in", "C1#out", "C3#in"]
    assert list(found.passed_over.rows.values()) == [1]


def test_a_total_below_cells_merged_over_its_row_is_passed_over(tmp_path: Path) -> None:
    rows: list[list[Any]] = [*ROWS, [None, None, None, "sum", None, None, None], [None] * 7]
    found = came(tmp_path, ["A4:A8", "B4:B8", "D4:D6"], rows, 'totals = { "who" = ["sum"] }')
    assert refusals(found) == []
    assert found.cases.case_id == ["C1", "C2", "C3"]
    assert list(found.passed_over.rows.values()) == [1]
