"""Files that cannot be used, and rows that cannot be: each said by file, row, column, value and what is allowed."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from monitor.intake import TABLES, FileRefused, read_canonical
from monitor.intake.limits import BLOCK, LONGEST_LINE
from monitor.text import use_language
from tests.monitor.canonical_files import CASE, EVENTS, PROJECT, ZONE, csv_text, small, write

GOOD = csv_text([PROJECT])


def refused(*paths: Path) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read_canonical(paths, ZONE)
    for language in ("en", "zh_CN"):
        with use_language(language):
            assert caught.value.file in str(caught.value)
            assert "{" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\n\n", "no_header"),
        (b"\x00" * 5000, "not_csv"),
        (GOOD.encode("utf-16"), "not_csv"),
        (b"%PDF-1.7 ...", "not_csv"),
        (b"PK\x03\x04 anything", "not_csv"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "not_csv"),
        (b"<html><table><tr><td>project_code</td></tr></table></html>", "not_csv"),
        (b"project_code,coded_on\nP1,2026-03-02\n\xff\xff\xff\n", "encoding"),
        (b"project_code;coded_on\nP1;2026-03-02\n", "separator"),
        (b"project_code,coded_on,colour\nP1,2026-03-02,red\n", "unknown_column"),
        (b"project_code,coded_on,coded_on\nP1,2026-03-02,2026-03-02\n", "double_column"),
        (b"project_code,name\nP1,a\n", "missing_column"),
        (b'project_code,coded_on\n"P1,2026-03-02\n', "quotes"),
        (b'project_code,coded_on\n"P"1,2026-03-02\n', "quotes"),
        (b"project_code,coded_on\nP1," + b"9" * 200_000 + b"\n", "quotes"),
    ],
)
def test_a_csv_file_that_cannot_be_used(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "projects.csv"
    path.write_bytes(content)
    error = refused(path)
    assert (error.code, error.file) == (code, str(path))


TABLE = "project_code,coded_on,name\nP1,2026-03-02,厂房\n"


@pytest.mark.parametrize(
    ("content", "code", "spot"),
    [
        (TABLE.encode("gb18030") + b"P2,2026-03-02,a\xffb\n", "encoding", (3, "name", "a\ufffdb")),
        (TABLE.encode() + b"P2,2026-03-\xff2,a\n\xff,,\n", "encoding", (3, "coded_on", "2026-03-\ufffd2")),
        (TABLE.encode() + b"P2,2026-03-02,a,b,\xff\n", "encoding", (3, "", "\ufffd")),
        (b"project_code,co\xffed_on\nP1,2026-03-02\n", "encoding", (1, "", "co\ufffded_on")),
        (
            TABLE.encode() + b'P2,"2026-03-02,a\nP3,2026-03-02,b\n',
            "quotes",
            (3, "coded_on", "2026-03-02,a\nP3,2026-03-02,b"),
        ),
        (TABLE.encode() + b'P2,"2026"-03-02,a\n', "quotes", (3, "coded_on", "2026-")),
        (TABLE.encode() + b'"P2","2026-03-02","a ""b"" "c"\n', "quotes", (3, "name", 'a "b" c')),
        (TABLE.encode() + b"P2,2026-03-02," + b"9" * 200_000, "quotes", (3, "name", "9" * 65_522)),
        (TABLE.encode() + b"P2," + b"9" * (LONGEST_LINE + BLOCK), "long_line", (3, "coded_on", "9" * 65_533)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_where_a_text_goes_wrong(tmp_path: Path, content: bytes, code: str, spot: tuple[int, str, str]) -> None:
    """Row, column and value of the first cell; a cell without end is looked at for 65,536 characters of its row."""
    path = tmp_path / "projects.csv"
    path.write_bytes(content)
    error = refused(path)
    assert error.spot is not None
    assert (error.code, error.spot.row, error.spot.heading, error.spot.value) == (code, *spot)
    row, column, value, *_rest = spot
    told = error.document()
    assert (told["row"], told["column"]) == (row, column or error.spot.column)
    assert told["value"].removesuffix("…") == value[:200]


@pytest.mark.parametrize("table", list(TABLES))
def test_a_nul_is_refused_in_its_row(tmp_path: Path, table: str) -> None:
    """In keys, words, days and texts alike, and the other rows come in."""
    small(tmp_path)
    path = tmp_path / f"{table}.csv"
    header, row, *others = path.read_text("utf-8").splitlines()
    for at, name in enumerate(header.split(",")):
        cells = row.split(",")
        cells[at] = f"{cells[at]}\x00x"
        path.write_text("\n".join([header, *others, ",".join(cells)]), "utf-8")
        found = read_canonical([tmp_path], ZONE)
        wrong = [r for r in found.refusals if r.file == str(path)]
        assert [(r.row, r.column, r.value, r.code) for r in wrong] == [
            (len(others) + 2, name, cells[at].replace("\x00", "␀"), "no_letter")
        ]


def test_columns_are_named_with_what_is_allowed(tmp_path: Path) -> None:
    path = tmp_path / "projects.csv"
    path.write_text("project_code,coded_on,colour\nP1,2026-03-02,red\n")
    error = refused(path)
    assert "colour" in error.reason
    assert "project_code, name, region" in error.columns
    assert error.document()["column"] == "'colour'"


def test_paths_that_say_nothing(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("hello")
    (tmp_path / "empty").mkdir()
    assert refused(tmp_path / "none").code == "missing"
    assert refused(tmp_path / "letter.txt").code == "name"
    assert refused(tmp_path / "empty").code == "nothing"


def _zip(path: Path, **members: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_csv", ".csv"), content)
    return path


def test_a_zip_that_cannot_be_used(tmp_path: Path) -> None:
    text = tmp_path / "text.zip"
    text.write_text("not an archive")
    assert refused(text).code == "not_zip"
    empty = tmp_path / "none.zip"
    empty.write_bytes(b"")
    assert refused(empty).code == "empty"
    assert refused(_zip(tmp_path / "other.zip", readme="x")).code == "nothing"
    broken = _zip(tmp_path / "broken.zip", projects_csv=csv_text([PROJECT] * 300))
    content = bytearray(broken.read_bytes())
    content[60] ^= 0xFF
    broken.write_bytes(content)
    assert refused(broken).code == "not_zip"


def test_a_workbook_that_cannot_be_used(tmp_path: Path) -> None:
    text = tmp_path / "text.xlsx"
    text.write_text(GOOD)
    assert refused(text).code == "not_xlsx"
    archive = _zip(tmp_path / "zip.xlsx", projects_csv=GOOD)
    assert refused(archive).code == "not_xlsx"
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    book.add_worksheet("Sheet1").write_row(0, 0, ["project_code", "coded_on"])
    book.close()
    strange = tmp_path / "strange.xlsx"
    strange.write_bytes(out.getvalue())
    assert refused(strange).code == "nothing"


ROWS = [
    ("projects", {"project_code": ""}, "required", "project_code"),
    ("projects", {"project_code": "P" * 201}, "long", "project_code"),
    ("projects", {"coded_on": ""}, "required", "coded_on"),
    ("projects", {"coded_on": "2026-02-30"}, "date", "coded_on"),
    ("projects", {"coded_on": "1989-12-31"}, "date_range", "coded_on"),
    ("projects", {"investment": "much"}, "amount", "investment"),
    ("projects", {"pack": "no-such-pack"}, "word", "pack"),
    ("projects", {"end_reason": "bankrupt"}, "word", "end_reason"),
    ("projects", {"end_reason": "completed"}, "needs", "end_reason"),
    ("cases", {"project_code": "P9"}, "unknown_project", "project_code"),
    ("cases", {"case_id": " "}, "required", "case_id"),
    ("cases", {"stage": "somewhere"}, "word", "stage"),
    ("cases", {"department": ""}, "required", "department"),
    ("cases", {"holder": "nobody"}, "word", "holder"),
    ("cases", {"promised_days": "ten"}, "whole", "promised_days"),
    ("cases", {"promised_days": "5", "promised_unit": "week"}, "word", "promised_unit"),
    ("cases", {"clock_start": "decided"}, "word", "clock_start"),
    ("events", {"case_id": "C9"}, "unknown_case", "case_id"),
    ("events", {"status": "thought_about"}, "word", "status"),
    ("events", {"status": ""}, "required", "status"),
    ("events", {"occurred_at": "2026-04-31"}, "date", "occurred_at"),
    ("events", {"occurred_at": "2200-01-01"}, "date_range", "occurred_at"),
    ("events", {"entered_at": "soon"}, "date", "entered_at"),
    ("events", {"status": "extended"}, "needs", "status"),
    ("events", {"status": "extended", "days": "0"}, "whole", "days"),
    ("events", {"status": "papers_due"}, "needs", "status"),
    ("events", {"status": "voided"}, "needs", "status"),
    ("events", {"status": "confirmed"}, "needs", "status"),
    ("events", {"status": "voided", "voids": "E9"}, "unknown_event", "voids"),
    ("events", {"confirms": "E9"}, "unknown_event", "confirms"),
]


@pytest.mark.parametrize(("table", "wrong", "code", "column"), ROWS)
def test_a_bad_row_is_told_with_its_place(
    tmp_path: Path, table: str, wrong: dict[str, str], code: str, column: str
) -> None:
    tables = {"projects": [PROJECT], "cases": [CASE], "events": list(EVENTS)}
    ids = {"projects": "project_code", "cases": "case_id", "events": "event_id"}
    bad = tables[table][0] | {ids[table]: "X"} | wrong
    tables[table] = [tables[table][0], {ids[table]: ""}, bad, *tables[table][1:]]  # row 3 is blank, and counts
    write(tmp_path / "in", **tables)
    found = read_canonical([tmp_path / "in"], ZONE)
    assert [(r.code, r.column, r.row) for r in found.refusals] == [(code, column, 4)]
    refusal = found.refusals[0]
    assert refusal.file == str(tmp_path / "in" / f"{table}.csv")
    assert refusal.value == str(wrong.get(column, bad[column])).strip()
    assert (len(found.projects), len(found.cases), len(found.events)) == (1, 1, 2)
    for language in ("en", "zh_CN"):
        with use_language(language):
            assert "{" not in str(refusal)


def test_a_row_of_spaces_is_blank_whatever_its_neighbours_are(tmp_path: Path) -> None:
    path = tmp_path / "projects.csv"
    for more in ("", "P3\n"):
        path.write_text(f"project_code,coded_on\nP1,2026-03-02\n \u3000,\t\n{more}")
        found = read_canonical([path], ZONE)
        assert [(r.code, r.row) for r in found.refusals] == [("fields", 4)] * bool(more)


def test_every_bad_row_is_listed_and_every_column_of_it(tmp_path: Path) -> None:
    rows = [PROJECT | {"project_code": f"P{n}", "coded_on": "?", "investment": "?"} for n in range(30)]
    write(tmp_path, rows)
    found = read_canonical([tmp_path], ZONE)
    assert [(r.row, r.column) for r in found.refusals] == [
        (n + 2, column) for n in range(30) for column in ("coded_on", "investment")
    ]


def test_a_row_with_too_few_or_too_many_fields(tmp_path: Path) -> None:
    path = tmp_path / "projects.csv"
    path.write_text(
        "project_code,coded_on,name\nP1,2026-03-02\nP2,2026-03-02,a,b\nP3,2026-03-02,a,,\n\n,,\nP4,2026-03-02,\n"
    )
    found = read_canonical([path], ZONE)
    assert [(r.code, r.row) for r in found.refusals] == [("fields", 2), ("fields", 3)]
    assert found.projects.project_code == ["P3", "P4"]
    assert found.projects.row == [4, 7]


def test_an_id_twice_with_other_content(tmp_path: Path) -> None:
    events = [*EVENTS, EVENTS[0] | {"status": "received"}, EVENTS[1]]  # the last says the same again
    write(tmp_path, [PROJECT, PROJECT | {"name": "other"}], [CASE, CASE | {"stage": "planning"}], events)
    found = read_canonical([tmp_path], ZONE)
    assert [(r.code, r.column, r.value, r.row) for r in found.refusals] == [
        ("twice", "project_code", "P1", 3),
        ("twice", "case_id", "C1", 3),
        ("twice", "event_id", "E1", 4),
    ]
    with use_language("en"):
        text = str(found.refusals[2])
    assert "accepted" in text
    assert "received" in text
    assert "row 2" in text
    assert len(found.events) == 2


def test_a_void_of_another_project_is_refused(tmp_path: Path) -> None:
    other = [{"event_id": "E9", "case_id": "C2", "status": "voided", "occurred_at": "2026-03-10", "voids": "E1"}]
    write(
        tmp_path,
        [PROJECT, PROJECT | {"project_code": "P2"}],
        [CASE, CASE | {"case_id": "C2", "project_code": "P2"}],
        [*EVENTS, *other],
    )
    assert [r.code for r in read_canonical([tmp_path], ZONE).refusals] == ["foreign_event"]


def test_files_that_are_passed_over_are_named(tmp_path: Path) -> None:
    from monitor.intake import find

    small(tmp_path / "in")
    (tmp_path / "in" / "Event.csv").write_text("x")
    (tmp_path / "in" / "notes.txt").write_text("x")
    assert find([tmp_path / "in"]).ignored == (str(tmp_path / "in" / "Event.csv"),)
