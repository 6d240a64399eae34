"""Files made to break whoever opens them, or put together badly: refused at once, with what is allowed."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from monitor.intake import TABLES, FileRefused, read_canonical
from monitor.intake import files as files_room
from monitor.intake.limits import LET_PASS, LONGEST_LINE, MOST_CELLS
from monitor.text import use_language
from tests.monitor.canonical_files import PROJECT, ZONE, csv_text
from tests.monitor.test_fuzz_files import packed, workbook

PLAIN = [list(PROJECT), list(PROJECT.values())]
SHEET = "xl/worksheets/sheet1.xml"


def refused(path: Path, code: str, *words: str) -> FileRefused:
    with pytest.raises(FileRefused) as caught, use_language("en"):
        read_canonical([path], ZONE)
    error = caught.value
    assert error.code == code
    for language in ("en", "zh_CN"):
        with use_language(language):
            assert str(path) in str(error)
            assert "{" not in str(error)
            assert all(word in str(error) for word in words)
    return error


def changed(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """A workbook of one project, one part of it changed."""
    with zipfile.ZipFile(io.BytesIO(workbook({"projects": PLAIN}))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert change(parts[part]) != parts[part]
    path.write_bytes(packed(parts | {part: change(parts[part])}))
    return path


def test_an_archive_that_unpacks_to_far_more_than_its_size(tmp_path: Path) -> None:
    """70 MB of one letter are packed to some 70 kB, a thousandth: nothing of it is unpacked."""
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("projects.csv", b"A" * (LET_PASS + 1))
    assert path.stat().st_size < 100_000
    tracemalloc.start()
    refused(path, "unpacked", "67 MB", "200 ×", "8,590 MB")
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def test_one_that_says_less_than_it_holds_is_broken(tmp_path: Path) -> None:
    """The directory says ten bytes; no more are read, and their check sum is not that of the whole."""
    path = tmp_path / "lying.zip"
    content = bytearray(packed({"projects.csv": b"project_code,coded_on\n" + b"P1,2026-03-02\n" * 1_000}))
    for start, at in ((content.find(b"PK\x03\x04"), 22), (content.find(b"PK\x01\x02"), 24)):
        content[start + at : start + at + 4] = (10).to_bytes(4, "little")
    path.write_bytes(content)
    refused(path, "not_zip")


def test_well_packed_tables_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "good.zip"
    path.write_bytes(packed({"projects.csv": csv_text([PROJECT]).encode() + b"\n" * 500_000}))
    assert read_canonical([path], ZONE).projects.project_code == ["P1"]


MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRAY = {
    "as Excel writes it": (b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', "16,384"),
    "in one of the usual columns": (b'<row r="1048576"><c r="Z1048576"><v>1</v></c></row>', "26"),
    "in another row than its row's": (b'<row r="3"><c r="Z999999"><v>1</v></c></row>', "999,999"),
    "with a prefix": (b'<x:row xmlns:x="%s" r="900000"><x:c r="AA900000"><x:v>1</x:v></x:c></x:row>' % MAIN, "900,000"),
    "with other quotation marks": (b"<row r='900000'><c r='AA900000'><v>1</v></c></row>", "900,000"),
    "with spaces": (b'<row r = "900000"><c  r = "AA900000"><v>1</v></c></row>', "900,000"),
    "past all columns": (b'<row r="9"><c r="ZZZZZZZZ9"><v>1</v></c></row>', "9 ×"),
    "without saying where": (b'<row r="900000">' + b"<c><v>1</v></c>" * 30 + b"</row>", "30"),
}


def cell(sheet: bytes, more: bytes) -> bytes:
    """The sheet with more rows at its end."""
    return sheet.replace(b"</sheetData>", more + b"</sheetData>")


@pytest.mark.parametrize(("row", "word"), STRAY.values(), ids=STRAY)
def test_a_stray_cell_far_away(tmp_path: Path, row: bytes, word: str) -> None:
    """The reader would lay out all cells up to it, and end the process where memory ends."""
    path = changed(tmp_path / "stray.xlsx", SHEET, lambda sheet: cell(sheet, row))
    refused(path, "reach", word, f"{MOST_CELLS:,}")


def test_cells_within_reach_are_read_however_they_are_written(tmp_path: Path) -> None:
    path = changed(tmp_path / "a.xlsx", SHEET, lambda d: cell(d, b'<row r="99999"><c r="A99999"><v>1</v></c></row>'))
    assert [r.row for r in read_canonical([path], ZONE).refusals] == [99_999]
    other = changed(tmp_path / "b.xlsx", SHEET, lambda d: d.replace(b'<c r="A2"', b"<c"))
    assert read_canonical([other], ZONE).projects.project_code == ["P1"]


def test_cells_that_were_only_coloured_do_not_count(tmp_path: Path) -> None:
    coloured = b'<row r="1048576" ht="9"><c r="XFD1048576" s="1"/><c r="A1048576" s="1"></c></row>'
    path = changed(tmp_path / "a.xlsx", SHEET, lambda sheet: cell(sheet, coloured))
    assert read_canonical([path], ZONE).projects.project_code == ["P1"]


def test_entities_are_not_followed(tmp_path: Path) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'

    def in_texts(told: bytes) -> bytes:
        head, end, rest = told.partition(b"?>")
        return head + end + bomb + rest.replace(b"P1", b"P&b;&f;")

    refused(changed(tmp_path / "texts.xlsx", "xl/sharedStrings.xml", in_texts), "not_xlsx")


def test_a_fault_of_the_reader_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):
        pass

    def panic(path: str) -> Any:
        raise PanicException("capacity overflow")

    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook({"projects": PLAIN}))
    monkeypatch.setattr(files_room, "CalamineWorkbook", type("Reader", (), {"from_path": staticmethod(panic)}))
    refused(path, "not_xlsx")


@pytest.mark.parametrize("table", list(TABLES))
def test_a_header_of_ten_thousand_columns(tmp_path: Path, table: str) -> None:
    path = tmp_path / f"{table}.csv"
    known = [column.name for column in TABLES[table]]  # type: ignore[index]
    path.write_text(",".join([*known, *(f"column {n}" for n in range(10_000))]))
    assert refused(path, "unknown_column").detail == "'column 0'"
    path.write_text(",".join(known * 1_000))
    refused(path, "double_column")
    path.write_text(f"{','.join(known)},{'x' * 100_000}")
    assert len(str(refused(path, "unknown_column"))) < 1_000


def test_a_line_without_end(tmp_path: Path) -> None:
    path = tmp_path / "projects.csv"
    path.write_bytes(b"project_code,coded_on\n" + b"," * (LONGEST_LINE + (2 << 20)))
    refused(path, "long_line")


@pytest.mark.parametrize(("first", "second", "line"), [("utf-8", "gb18030", 2), ("gb18030", "utf-8", 3)])
def test_two_encodings_in_one_file(tmp_path: Path, first: str, second: str, line: int) -> None:
    """The six bytes of 厂房 in UTF-8 are GB18030 too, for 鍘傛埧: another name would come in without a word."""
    path = tmp_path / "projects.csv"
    rows = [
        (f"P{n},2026-03-02,{name}\n", code) for n, (name, code) in enumerate([("厂房", first), ("改建", second)] * 3)
    ]
    path.write_bytes(b"project_code,coded_on,name\n" + b"".join(text.encode(code) for text, code in rows))
    assert "鍘傛埧" in path.read_bytes().decode("gb18030") or first != "utf-8"
    error = refused(path, "mixed", f" {line} ")
    name = "厂房" if first == "utf-8" else "改建"
    assert error.spot is not None
    assert (error.spot.row, error.spot.column, error.spot.value) == (line, "name", name)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_rare_names_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    """堃 and 喆 are not in GB 2312; 𠮷 is not in GBK either."""
    names = ["赵堃", "陶喆", "𠮷田", "联通", "㛃"]
    path = tmp_path / "projects.csv"
    path.write_bytes(csv_text([PROJECT | {"project_code": n, "name": n, "agent": n} for n in names]).encode(encoding))
    found = read_canonical([path], ZONE)
    assert (found.projects.name, found.projects.agent) == (names, names)
