"""Texts that spreadsheets, CSV or XML would alter come out of an export and back in as they were."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from monitor.database import Database
from monitor.intake.formulas import guarded, unguarded
from tests.monitor.canonical_files import CASE, EVENTS, PROJECT, log_of
from tests.monitor.commands import Run, program
from tests.monitor.going_round import goes_round

# Texts that a spreadsheet would run, that CSV or XML would break, and characters beyond GB 2312.
ODD = [
    *('=HYPERLINK("http://x","y")', "+1", "-", "-2+3", "@SUM(A1)", "'=1", "''=1", "'", "'quoted'", "＝1+1", "－"),
    *(
        '第一行\n第二行，"引号"',
        "a\rb",
        "a\r\nb",
        "a,b;c\td",
        "_x0041_",
        "a\x01b",
        "</t><t>&amp;",
        "007",
        "1e5",
        "TRUE",
    ),
    *("堃喆𠀀㐀", "e\u0301", "2026-03-02", "\u202ereversed", "🏗"),
]


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, database_url: str
) -> Iterator[Run]:
    with program(monkeypatch, capsys, tmp_path, database_url) as call:
        yield call


@pytest.fixture
def other(tmp_path: Path, sqlite_file: Path) -> str:
    """The address of a second database, with nothing in it."""
    shutil.copy(sqlite_file, tmp_path / "other.db")
    return f"sqlite:///{tmp_path}/other.db"


@pytest.mark.parametrize("form", ["out", "out.zip", "out.xlsx"])
def test_odd_texts_come_back_as_they_were(run: Run, database: Database, tmp_path: Path, other: str, form: str) -> None:
    goes_round(run, odd_files(tmp_path / "in"), other, tmp_path / form)
    log = log_of(database)
    assert sorted(row[1] for row in log["projects"]) == sorted(ODD)
    assert {(row[1], row[13]) for row in log["events"]} == {(f"-{n}", text) for n, text in enumerate(ODD)}
    assert {row[1] for row in log["cases"]} == {f"={n}" for n in range(len(ODD))}


def odd_files(folder: Path) -> Path:
    """A project, a case and an event for each of the odd texts; every field in quotes."""
    folder.mkdir()
    tables = {
        "projects": [PROJECT | {"project_code": f"P{n}", "name": text} for n, text in enumerate(ODD)],
        "cases": [
            CASE | {"case_id": f"={n}", "project_code": f"P{n}", "item_name": text} for n, text in enumerate(ODD)
        ],
        "events": [EVENTS[0] | {"event_id": f"-{n}", "case_id": f"={n}", "reason": text} for n, text in enumerate(ODD)],
    }
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL)
            writer.writerow(rows[0])
            writer.writerows([guarded(str(cell)) for cell in row.values()] for row in rows)
    return folder


@pytest.mark.parametrize(
    ("text", "held"),
    [
        *(
            ("=1", "'=1"),
            ("'=1", "''=1"),
            ("''=1", "'''=1"),
            ("+1", "'+1"),
            ("-", "'-"),
            ("@a", "'@a"),
            ("＝1", "'＝1"),
        ),
        *(("", ""), ("'", "'"), ("'a", "'a"), ("1=1", "1=1"), ("''", "''"), ("厂房", "厂房")),
    ],
)
def test_a_text_that_a_spreadsheet_would_run_is_held_with_an_apostrophe(text: str, held: str) -> None:
    assert (guarded(text), unguarded(held)) == (held, text)


def test_no_cell_of_a_csv_file_runs_and_every_cell_of_a_workbook_is_a_text(run: Run, tmp_path: Path) -> None:
    assert run("import", odd_files(tmp_path / "in")).code == 0
    assert run("export", "--out", "out").code == 0
    for name in ("projects", "cases", "events"):
        with (tmp_path / "out" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            assert not [cell for row in csv.reader(file) for cell in row if cell[:1] and cell[0] in "=+-@\t\r＝＋－＠"]
    assert run("export", "--out", "out.xlsx").code == 0
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {"007", "-", "1e5", "+1", "'=1"} <= {cell.value for cell in cells}
