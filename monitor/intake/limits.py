"""How much of a file may be unpacked: a small one can be made that fills memory or disk.

An archive says how large its members are, and no more than that is read of them. A sheet of a workbook is laid out in
memory as a rectangle up to its farthest cell, so one stray cell in the last row and column would be the end of the
process: how far the cells reach is looked at before.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError, ParserCreate

from monitor.intake.refusals import FileRefused

BLOCK = 1 << 20
XML_ERRORS = (ExpatError, ValueError, LookupError)  # the last two: an encoding is declared that expat does not know
MOST_UNPACKED = 8 << 30  # bytes; 25,000,000 events are some 2 GB
MOST_OF_WORKBOOK = 2 << 30
LET_PASS = 64 << 20  # what is no larger is no bomb, however well it was packed
MOST_TIMES = 200  # its size; tables are packed to a tenth or a thirtieth
MOST_CELLS = 20_000_000  # of a sheet, rows by columns; a full sheet of events has 15,700,000
LONGEST_LINE = 16 << 20  # bytes

# How programs write a cell and a row. What is written in another way is looked at by a parser, at a tenth of the speed.
# Each begins with a fixed text, which is what makes the search fast.
_OTHER_WAY = (
    re.compile(rb'<c(?=[\s>/])(?! r="[A-Z]{1,3}[0-9]{1,7}")'),
    re.compile(rb'<row(?=[\s>/])(?! r="[0-9]{1,7}")'),
    re.compile(rb":(?:c|row)[\s>/]"),
)
_UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")
_FAR_COLUMN = re.compile(rb'<c r="([P-Z]|[A-Z]{2,3})[0-9]')
_FAR_ROW = (re.compile(rb'<row r="([0-9]+)"'), re.compile(rb'<c r="[A-Z]+([0-9]{6,7})"'))
_CONTENT = ("v", "is", "f")
_ERRORS = (b't="e"', b"t='e'")
# A formula with no value behind it; where it gave a blank text (`str`) that is its value.
_NO_VALUE = (
    re.compile(rb"<c (?![^>]*t=[\"']str)[^>]*>\s*<f(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?!<v>(?:[^<]|\Z))<"),
    re.compile(rb"<c [^>]*>\s*<f(?:[^>]*/>|[^>]*>[^<]*</f>)\s*</c>"),
)
_CELL = re.compile(r"([A-Za-z]+)([0-9]+)")
_COLUMNS = 15  # up to O, which are not looked for: the widest table has as many
_ROWS = 99_999  # a cell may say that it stands in another row than its row does; up to here it is not looked for
_FAR = MOST_CELLS // _ROWS  # columns from which on it matters


def check_archive(name: str, size: int, members: list[zipfile.ZipInfo], most: int = MOST_UNPACKED) -> None:
    """Raises FileRefused where the members of an archive of ``size`` bytes would unpack to too much."""
    check_unpacked(name, size, sum(member.file_size for member in members), most)


def check_unpacked(name: str, size: int, unpacked: int, most: int = MOST_UNPACKED) -> None:
    """Raises FileRefused where a file of ``size`` bytes unpacks to too much."""
    if unpacked > most or (unpacked > LET_PASS and unpacked > size * MOST_TIMES):
        detail = f"{unpacked / 1e6:,.0f} MB ({unpacked / max(size, 1):,.0f} ×)"
        raise FileRefused(name, "unpacked", detail, f"{most / 1e6:,.0f} MB, {MOST_TIMES} ×")


def check_workbook(name: str, path: Path) -> frozenset[str]:
    """The parts of a workbook in which there may be errors, or formulas without a value.

    Raises FileRefused where it would unpack to too much, or its cells reach too far, and what `zipfile` raises for a
    broken archive."""
    suspect = set[str]()
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        check_archive(name, path.stat().st_size, members, MOST_OF_WORKBOOK)
        for member in members:
            rows, columns, faulty = _reach(name, archive, member)
            if rows * columns > MOST_CELLS:
                raise FileRefused(name, "reach", f"{rows:,} × {columns:,}", f"{MOST_CELLS:,}")
            if faulty:
                suspect.add(member.filename)
    return frozenset(suspect)


def _reach(name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> tuple[int, int, bool]:
    """How many rows and columns the cells of a part of a workbook take, from the first on, and whether one of them may
    hold an error, or a formula without a value."""
    rows, columns, rest, faulty, cell = 0, _COLUMNS, b"", False, b""
    for block in _blocks(archive, member):
        text, end, rest = (rest + block).rpartition(b">")
        text += end
        columns = max([columns, *(column_number(found) for found in set(_FAR_COLUMN.findall(text)))])
        other = text.startswith(_UTF_16) or any(way.search(text) for way in _OTHER_WAY)
        if other or columns > _FAR or len(rest) > BLOCK:
            return *_parsed(name, archive, member), True
        if not faulty:
            cells = cell + text
            faulty = any(told in cells for told in _ERRORS)
            faulty = faulty or (b"<f" in cells and any(way.search(cells) for way in _NO_VALUE))
            cell = cells[found:] if (found := cells.rfind(b"<c ")) >= 0 else b""  # it may go on in the next block
        rows = max([rows, *(int(row) for place in _FAR_ROW for row in place.findall(text))])
    return (rows, columns, faulty) if rows * columns <= MOST_CELLS else (*_parsed(name, archive, member), faulty)


def column_number(letters: bytes) -> int:
    """The number of a column of a sheet from its letters: A is 1, AA 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _parsed(name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> tuple[int, int]:
    """The same by a parser: cells may leave out where they stand, and then follow the one before; rows and cells with
    nothing in them do not count, however far they were coloured."""
    parser, at, far = ParserCreate(namespace_separator=" "), [0, 0], [0, 0]

    def begin(tag: str, attributes: dict[str, Any]) -> None:
        tag = tag.rpartition(" ")[2]
        if tag == "row":
            told = attributes.get("r", "")
            at[:] = (int(told[:9]) if told.isdecimal() else at[0] + 1), 0
        elif tag == "c":
            if found := _CELL.fullmatch(attributes.get("r", "")):
                at[:] = int(found[2][:9]), column_number(found[1][:9].encode())
            else:
                at[1] += 1
        elif tag in _CONTENT:
            far[:] = max(far[0], at[0]), max(far[1], at[1])

    parser.StartElementHandler = begin
    try:
        for block in _blocks(archive, member):
            parser.Parse(block, False)
    except XML_ERRORS as error:
        if member.filename.endswith(".xml"):  # whoever reads it may be less strict, and go on to what was not seen
            raise FileRefused(name, "not_xlsx") from error
    return far[0], far[1]


def _blocks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(member) as file:
        while block := file.read(BLOCK):
            yield block
