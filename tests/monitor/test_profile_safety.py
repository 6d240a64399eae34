"""Files that mean harm, and files of any content: refused in words, never a traceback."""

from __future__ import annotations

import io
import re
import tomllib
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import Workbook

from monitor.intake import FileRefused, limits, read_canonical
from monitor.intake.profiles import read, shipped, suggested
from monitor.intake.spool import MARK
from monitor.text import use_language
from tests.monitor.canonical_files import ZONE, small
from tests.monitor.test_profiles import OWN, TABLE, told


def refused(tmp_path: Path, name: str, content: bytes, profile: str = "case-list") -> FileRefused:
    """A file that is refused whole, by its name, in both languages."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileRefused) as caught:
        read_canonical([path], ZONE, profile=shipped()[profile])
    for language in ("en", "zh_CN"):
        with use_language(language):
            assert str(path) in str(caught.value)
            assert "{" not in str(caught.value)
    return caught.value


def packed(name: str, size: int) -> bytes:
    """A ZIP archive with one member of so many spaces."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, b" " * size)
    return out.getvalue()


def test_an_archive_or_a_workbook_that_would_unpack_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Spaces pack a thousandfold. The least size that is looked at is made small, so that the test is quick."""
    monkeypatch.setattr(limits, "LET_PASS", 1 << 20)
    for name, member in (
        ("bomb.xlsx", "xl/worksheets/sheet1.xml"),
        ("bomb.zip", "in.csv"),
        ("bomb.zip", "projects.csv"),
    ):
        error = refused(tmp_path, name, packed(member, 3 << 20))
        assert error.code == "unpacked"
        assert error.detail.startswith("3 MB")
    with pytest.raises(FileRefused) as caught:
        read_canonical([tmp_path / "bomb.zip"], ZONE)
    assert caught.value.code == "unpacked"
    with zipfile.ZipFile(tmp_path / "fine.zip", "w") as archive:
        for path in small(tmp_path / "small").iterdir():
            archive.write(path, path.name)
    assert len(read_canonical([tmp_path / "fine.zip"], ZONE).events) == 2


@pytest.mark.parametrize(
    "cell",
    [
        "<c r='XFD1048576'><v>1</v></c>",
        '<c r="XFD1048576"><v>1</v></c>',
        '<c r="A1048576"><v>1</v></c><c r="ZZ1"><v>1</v></c>',
        '<c r="&#88;FD1048576"><v>1</v></c>',
        '<x:c xmlns:x="x" r="XFD1048576"><x:v>1</x:v></x:c>',
        '</row><row r="1048576">' + "<c><v>1</v></c>" * 30,
    ],
)
def test_a_cell_in_the_farthest_corner_does_not_ask_for_all_memory(tmp_path: Path, cell: str) -> None:
    """Each spreads over more than 20,000,000 cells: 1,048,576 rows and at least 30 columns."""
    book = Workbook()
    assert book.active is not None
    book.active["A1"] = "项目代码"
    book.save(tmp_path / "near.xlsx")
    out = io.BytesIO()
    with zipfile.ZipFile(tmp_path / "near.xlsx") as near, zipfile.ZipFile(out, "w") as far:
        for name in near.namelist():
            content = near.read(name)
            far.writestr(name, content.replace(b"</row>", cell.encode() + b"</row>"))
    error = refused(tmp_path, "far.xlsx", out.getvalue())
    assert error.code == "reach"
    assert "1,048,576" in error.detail


def test_a_packed_log_that_would_unpack_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import gzip

    monkeypatch.setattr(limits, "LET_PASS", 1 << 20)
    assert refused(tmp_path, "bomb.xes.gz", gzip.compress(b"<log>" + b" " * (8 << 20)), "xes").code == "unpacked"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'<!DOCTYPE log [<!ENTITY a "aaaa">]><log><trace/></log>', "entities"),
        (b'<!DOCTYPE log SYSTEM "http://example.org/x.dtd"><log/>', "entities"),
        (b"<log><trace></log>", "xml"),
        (b"<html/>", "xml"),
        (b"<log></log>", "empty"),
        (b"", "empty"),
        (b"<log>" + b"<list>" * 500, "xml"),
        (b"<log><trace>\x00</trace></log>", "xml"),
        (b"\xff\xfe<\x00", "xml"),
        (b"<log>&undefined;</log>", "xml"),
    ],
)
def test_a_log_that_is_none_or_would_have_something_expanded(tmp_path: Path, content: bytes, code: str) -> None:
    assert refused(tmp_path, "log.xes", content, "xes").code == code


def test_a_cut_archive(tmp_path: Path) -> None:
    import gzip

    whole = gzip.compress(b"<log><trace></trace></log>" * 100)
    assert refused(tmp_path, "log.xes.gz", whole[:-20], "xes").code == "xml"
    assert refused(tmp_path, "log.xes.gz", b"\x1f\x8bnothing", "xes").code == "xml"
    assert refused(tmp_path, "book.xlsx", packed("xl/workbook.xml", 100)).code == "not_xlsx"
    assert refused(tmp_path, "list.pdf", b"%PDF").code == "kind"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n\n\n", "empty"),
        (",".join(f"c{n}" for n in range(10_000)).encode(), "wide"),
        ("项目代码\x00,办件编号\n".encode(), "not_csv"),
        (b"\xff\xff\xff", "encoding"),
        ('项目代码,"办件编号\n'.encode() * 3, "quotes"),
        ("项目代码".encode("utf-16"), "not_csv"),
    ],
)
def test_a_table_that_cannot_be_read(tmp_path: Path, content: bytes, code: str) -> None:
    assert refused(tmp_path, "in.csv", content).code == code


def test_cells_that_look_like_formulas_or_like_our_own_marks_are_not_taken_for_any(tmp_path: Path) -> None:
    table = TABLE.replace("P1", "=1+1").replace(",A,", f",{MARK}[1] 堃喆,")
    found = told(tmp_path, OWN, table)
    assert found.projects.project_code == ["=1+1"]
    first = found.refusals[0]
    assert (first.row, first.column, first.value, first.code) == (2, "who", "␀[1] 堃喆", "no_letter")


def test_a_formula_of_a_workbook_is_its_last_value_and_refused_without_one(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in TABLE.splitlines():
        sheet.append(row.split(","))
    sheet["D2"] = '=HYPERLINK("http://example.org","A")'
    book.save(tmp_path / "in.xlsx")
    (tmp_path / "own.toml").write_text(OWN, "utf-8")
    found = read_canonical([tmp_path / "in.xlsx"], ZONE, profile=read(tmp_path / "own.toml"))
    assert [(r.row, r.column, r.code) for r in found.refusals][:1] == [(2, "who", "uncalculated")]


CELLS = st.one_of(
    st.sampled_from(
        ["", "P1", "2025-03-03", "2025年3月4日", "yes", "no way", "涉密", "=1+1", MARK, "\ufdd0", "\ufdd2", '"', ","]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)
HEADERS = st.permutations("code coded case who in out how kind".split())


def _csv(header: list[str], cells: list[list[str]], folder: Path) -> Path:
    import csv

    with (folder / "in.csv").open("w", encoding="utf-8", newline="") as text:
        csv.writer(text).writerows([header, *cells])
    return folder / "in.csv"


def _book(header: list[str], cells: list[list[str]], folder: Path) -> Path:
    import xlsxwriter

    book = xlsxwriter.Workbook(folder / "in.xlsx", {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("一")
    for n, row in enumerate([header, *cells]):
        for at, cell in enumerate(row):
            sheet.write_string(n, at, "".join(c for c in cell if c.isprintable()))
    book.close()
    return folder / "in.xlsx"


def _said(cell: str, of_csv: bool) -> str:
    """A cell as a refusal shows it: what is no letter is shown as ␀, and a workbook holds what can be seen alone."""
    if not of_csv:
        cell = "".join(letter for letter in cell if letter.isprintable())
    return re.sub("[\x00\ufdd0-\ufdef]", "␀", cell).strip()


@pytest.mark.parametrize("make", [_csv, _book], ids=["csv", "workbook"])
@pytest.mark.parametrize("gathers", [False, True])
@given(header=HEADERS, cells=st.lists(st.lists(CELLS, min_size=0, max_size=10), max_size=6))
@example(header="case how code coded who in out kind".split(), cells=[["\ufdd1", "yes"]])
def test_whatever_stands_in_a_file_each_refusal_names_row_column_value_and_reason(
    make: Callable[[list[str], list[list[str]], Path], Path], gathers: bool, header: list[str], cells: list[list[str]]
) -> None:
    profile = OWN.replace('coded_on = "coded"', 'coded_on = { column = "coded", take = "first" }') if gathers else OWN
    profile = profile.replace("coded_on", 'kind = "kind"\ncoded_on', 1)
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "own.toml").write_text(profile, "utf-8")
        path = make(list(header), cells, folder)
        with suppress(FileRefused):
            tomllib.loads(suggested([path], "any").text)
        try:
            found = read_canonical([path], ZONE, profile=read(folder / "own.toml"))
        except FileRefused:
            return
        stood = [[*row, *[""] * len(header)] for row in cells]
        for refusal in found.refusals:
            assert 2 <= refusal.row <= len(cells) + 1
            assert refusal.reason
            assert refusal.column in {*header, ""}
            assert refusal.column or refusal.code in ("secret", "fields")
            assert str(refusal)
            if refusal.column:
                assert refusal.value == _said(stood[refusal.row - 2][header.index(refusal.column)], make is _csv)


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_in_words(content: bytes) -> None:
    with TemporaryDirectory() as name:
        for ending, profile in (("csv", "case-list"), ("xlsx", "wide-log"), ("zip", "case-list"), ("xes", "xes")):
            path = Path(name) / f"in.{ending}"
            path.write_bytes(content)
            with pytest.raises(FileRefused):
                read_canonical([path], ZONE, profile=shipped()[profile])


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), min_size=2, max_size=6))
def test_a_profile_that_is_proposed_can_be_read_whatever_the_headers(names: list[str]) -> None:
    with TemporaryDirectory() as name:
        path = _csv(["项目代码", "受理\n时间", *names], [["P1", "2025-03-04", *names]], Path(name))
        with suppress(FileRefused):  # a NUL byte
            tomllib.loads(suggested([path], "any").text)
