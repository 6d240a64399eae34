"""The forms in which canonical files may come: all read as the same rows."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import xlsxwriter

from monitor.intake import TABLES, Canonical, FileRefused, numbers, read_canonical
from monitor.intake.template import template_bytes
from monitor.text import use_language
from tests.monitor.canonical_files import CASE, EVENTS, PROJECT, ZONE, csv_text, small, write


def read(*paths: Path) -> Canonical:
    found = read_canonical(paths, ZONE)
    assert not found.refusals, [str(r) for r in found.refusals]
    return found


def content(found: Canonical) -> tuple[Any, ...]:
    return tuple(
        {k: v for k, v in vars(rows).items() if k != "row"} for rows in (found.projects, found.cases, found.events)
    )


@pytest.fixture
def plain(tmp_path: Path) -> Canonical:
    return read(small(tmp_path / "plain"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings(tmp_path: Path, plain: Canonical, encoding: str) -> None:
    found = read(write(tmp_path / "in", [PROJECT], [CASE], EVENTS, encoding=encoding))
    assert content(found) == content(plain)
    assert found.projects.name == ["厂房"]


def test_gb18030_is_taken_only_for_what_is_not_utf8_throughout(tmp_path: Path) -> None:
    """One stray byte at the end of a long file decides, not a guess from its beginning."""
    rows = [PROJECT | {"project_code": f"P{n}", "name": "改扩建㐀𠀀"} for n in range(3000)]
    found = read(write(tmp_path / "utf8", rows))
    assert set(found.projects.name) == {"改扩建㐀𠀀"}
    found = read(write(tmp_path / "gb", rows, encoding="gb18030"))
    assert set(found.projects.name) == {"改扩建㐀𠀀"}
    (tmp_path / "utf8" / "projects.csv").open("ab").write(b"\x81,x\n")
    with pytest.raises(FileRefused):
        read(tmp_path / "utf8")


def test_line_ends_quotes_and_headers_of_other_programs(tmp_path: Path, plain: Canonical) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, rows in (("projects", [PROJECT]), ("cases", [CASE]), ("events", EVENTS)):
        text = csv_text(rows).replace("\n", "\r\n").replace("project_code", " Project_Code ", 1)
        (folder / f"{name.upper()}.CSV").write_bytes(text.replace("厂房", '"厂房"').encode())
    assert content(read(folder)) == content(plain)


def test_line_breaks_and_quotes_inside_a_field(tmp_path: Path) -> None:
    rows = [PROJECT | {"name": '第一行\n第二行，"引号"'}, PROJECT | {"project_code": "P2"}]
    found = read(write(tmp_path / "in", rows))
    assert found.projects.name[0] == '第一行\n第二行，"引号"'
    assert found.projects.row == [2, 3]  # as a spreadsheet numbers them


def test_a_zip_with_or_without_a_folder(tmp_path: Path, plain: Canonical) -> None:
    for inside in ("", "export/2026/"):
        path = tmp_path / f"z{len(inside)}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in (small(tmp_path / "again")).iterdir():
                archive.write(file, inside + file.name)
            archive.writestr("__MACOSX/._events.csv", b"\x00\x05")
        assert content(read(path)) == content(plain)


def test_single_files_in_any_order(tmp_path: Path, plain: Canonical) -> None:
    folder = small(tmp_path / "in")
    found = read(*(folder / f"{name}.csv" for name in ("events", "cases", "projects")))
    assert content(found) == content(plain)


def _workbook(path: Path, tables: dict[str, list[list[Any]]]) -> Path:
    out = xlsxwriter.Workbook(path)
    day = out.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in tables.items():
        sheet = out.add_worksheet(name)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if hasattr(value, "year"):
                    sheet.write_datetime(r, c, value, day)
                else:
                    sheet.write(r, c, value)
    out.close()
    return path


def test_a_workbook(tmp_path: Path, plain: Canonical) -> None:
    tables = {
        "Projects": [list(PROJECT), ["P1", "厂房", 330100, "filing", dt.date(2026, 3, 2)]],
        "cases": [list(CASE), list(CASE.values())],
        "events": [list(EVENTS[0]), *(["E1", "C1", 3, dt.date(2026, 3, 3)], ["E2", "C1", 11.0, "2026-03-09"])],
        "说明": [["project_code", "not a row"]],
    }
    found = read(_workbook(tmp_path / "a.xlsx", tables))
    assert content(found) == content(plain)
    assert found.projects.region == ["330100"]


def test_a_moment_in_a_workbook_is_local(tmp_path: Path) -> None:
    tables = {
        "projects": [list(PROJECT), list(PROJECT.values())],
        "cases": [list(CASE), list(CASE.values())],
        "events": [list(EVENTS[0]), ["E1", "C1", "accepted", dt.datetime(2026, 3, 3, 23, 30)]],
    }
    found = read(_workbook(tmp_path / "a.xlsx", tables))
    assert found.events.occurred_at == ["2026-03-03T23:30:00"]
    assert found.events.day == [20515]


def test_a_number_too_long_for_a_workbook_is_not_guessed(tmp_path: Path) -> None:
    tables = {"projects": [["project_code", "coded_on"], [202603021234567890, "2026-03-02"]]}
    refusals = read_canonical([_workbook(tmp_path / "a.xlsx", tables)], ZONE).refusals
    assert [(r.code, r.column) for r in refusals] == [("exact", "project_code")]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_template_is_taken_in_as_it_is_and_filled(tmp_path: Path, plain: Canonical, language: str) -> None:
    with use_language(language):
        path = tmp_path / "template.xlsx"
        path.write_bytes(template_bytes())
    assert content(read(path)) == content(Canonical())
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[1:4] == list(TABLES)
    for table, columns in TABLES.items():
        header = next(book[table].iter_rows(max_row=1))
        assert [cell.value for cell in header] == [column.name for column in columns]
        assert all(cell.comment for cell in header)
        lists = {str(v.sqref).split(":")[0][:-1] for v in book[table].data_validations.dataValidation}
        assert len(lists) == sum(1 for column in columns if column.words)
    for table, rows in (("projects", [PROJECT]), ("cases", [CASE]), ("events", EVENTS)):
        names = [column.name for column in TABLES[table]]  # type: ignore[index]
        for r, row in enumerate(rows, 2):
            for name, value in row.items():
                book[table].cell(r, names.index(name) + 1, value)
    book.save(path)
    assert content(read(path)) == content(plain)


def test_columns_that_are_absent_say_nothing(tmp_path: Path) -> None:
    found = read(write(tmp_path / "in", [{"project_code": "P1", "coded_on": "2026-03-02"}], [CASE], EVENTS))
    assert found.projects.name == [""]
    assert found.projects.investment == [None]
    assert found.cases.holder == [0]
    assert found.cases.statutory_unit == [None]
    assert found.events.voids == [None, None]
    assert found.events.entered_day == [None, None]


def test_a_procedure_without_a_kind_is_another_one(tmp_path: Path) -> None:
    more = [{"event_id": f"X{s}", "case_id": "C1", "status": s, "occurred_at": "2026-03-04"} for s in ("9", "10")]
    found = read(write(tmp_path / "in", [PROJECT], [CASE], [*EVENTS, *more]))
    assert found.events.procedure == [None, None, 13, 13]


def test_references_as_places(tmp_path: Path) -> None:
    projects = [PROJECT, PROJECT | {"project_code": "P2"}]
    cases = [CASE | {"case_id": "C2", "project_code": "P2"}, CASE]
    found = read(write(tmp_path / "in", projects, cases, EVENTS))
    assert found.case_project.tolist() == [1, 0]
    assert found.event_case.tolist() == [1, 1]
    assert numbers([1, None, 3]).tolist() == [1, -1, 3]
    assert numbers([0, None], np.int8).dtype == np.int8


def test_secret_projects_leave_nothing_but_a_row_number(tmp_path: Path) -> None:
    projects = [PROJECT, PROJECT | {"project_code": "S-7", "name": "机要楼", "kind": "涉密", "coded_on": "bad"}]
    cases = [CASE, CASE | {"case_id": "CS", "project_code": "S-7", "stage": "bad"}]
    events = [*EVENTS, EVENTS[0] | {"event_id": "ES", "case_id": "CS", "status": "bad"}]
    write(tmp_path / "in", projects, cases, events)
    found = read_canonical([tmp_path / "in"], ZONE)
    assert [(r.code, r.row, r.column, r.value, r.params) for r in found.refusals] == [
        ("secret", 3, "", "", {}),
        ("secret", 3, "", "", {}),
        ("secret", 4, "", "", {}),
    ]
    told = "".join(str(r) + str(r.document()) for r in found.refusals)
    assert not any(word in told for word in ("S-7", "机要楼", "CS", "ES", "bad"))
    assert found.projects.project_code == ["P1"]


@pytest.mark.parametrize("name", ["bpic15_1", "awkward", "receipt"])
def test_the_sample_logs_are_read_whole(shared_data: Path, name: str) -> None:
    folder = shared_data / "canonical" / name
    found = read(folder)
    lines = [sum(1 for _ in (folder / f"{table}.csv").open(encoding="utf-8")) - 1 for table in TABLES]
    assert [len(found.projects), len(found.cases), len(found.events)] == lines
