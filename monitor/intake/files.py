"""Paths -> the tables in them: a folder, a zip, a workbook, or single files named projects, cases, events.

Each file is read once to the end before any row of it is taken in: that tells its hash and its encoding,
and finds what is broken, so that the second reading meets no surprise.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple, cast

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from monitor.intake.charset import ENCODINGS, encoding_of, look_at_start
from monitor.intake.columns import ORDER, TableName
from monitor.intake.delimited import Opener, may_hold_none, unreadable
from monitor.intake.faulty import Faults, parts
from monitor.intake.limits import BLOCK, LONGEST_LINE, check_archive, check_workbook
from monitor.intake.refusals import FileRefused
from monitor.text import N_

OF_TEMPLATE = ("lists", "instructions", "填写说明")  # sheets that our own template brings along
OF_EXPORT = "sources.json"  # the file that an export has beside its tables

_BOOK, _FROM_1904 = "xl/workbook.xml", re.compile(rb"""\bdate1904\s*=\s*["'](?:1|true|on)["']""")
_BOTH_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ARCHIVE_ERRORS = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError),
    *(NotImplementedError, RuntimeError, ValueError, KeyError),  # what `zipfile` lets through from broken directories
)


class Book(NamedTuple):
    """What looking through a workbook told. ``faults``: cells without a value, by the name of the sheet, where there
    may be any; ``hidden``: sheets that nobody sees."""

    sha256: str
    size: int
    sheets: list[str]
    hidden: frozenset[str]
    faults: dict[str, Faults]


class Read(NamedTuple):
    """What reading a text to its end told. ``odd``: whether there may be an apostrophe, a formula of a text, or a code
    that is no letter."""

    sha256: str
    size: int
    encoding: str
    odd: bool


@dataclass(frozen=True)
class CsvFile:
    """A CSV file whose bytes were read once: their hash and their encoding are known."""

    name: str
    table: TableName
    open: Opener = field(repr=False)
    sha256: str
    size: int
    encoding: str
    odd: bool = False  # may hold an apostrophe, `="…"`, or what is no letter; else no cell need be looked at for one


@dataclass(frozen=True)
class Workbook:
    """An XLSX file; ``sheets`` gives the name under which each table stands in it."""

    name: str
    path: Path
    sheets: dict[TableName, str]
    sha256: str
    size: int
    faults: Mapping[str, Faults] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Found:
    """What lies under the paths: in the order in which it must be read. ``ignored``: names passed over."""

    csv: tuple[CsvFile, ...]
    workbooks: tuple[Workbook, ...]
    ignored: tuple[str, ...]


def find(paths: Iterable[Path]) -> Found:
    """The tables under ``paths``; raises FileRefused for a file that is not what its name says."""
    csv: list[CsvFile] = []
    books: list[Workbook] = []
    ignored: list[str] = []
    for path in paths:
        if path.is_dir():
            _folder(path, csv, ignored)
        elif not path.exists():
            raise FileRefused(str(path), "missing")
        elif path.suffix.lower() == ".zip":
            _archive(path, csv, ignored)
        elif path.suffix.lower() == ".xlsx":
            books.append(_workbook(path, ignored))
        elif table := _table(path.name):
            csv.append(_inspect(str(path), table, _opener(path)))
        else:
            raise FileRefused(str(path), "name")
    csv.sort(key=lambda file: ORDER.index(file.table))
    return Found(tuple(csv), tuple(books), tuple(ignored))


def _table(name: str) -> TableName | None:
    word = PurePosixPath(name.lower())
    if word.suffix != ".csv":
        return None
    return next((table for table in ORDER if table == word.stem), None)


def _opener(path: Path) -> Opener:
    return lambda: path.open("rb")


def _folder(path: Path, csv: list[CsvFile], ignored: list[str]) -> None:
    before = len(csv)
    try:
        inside = sorted(path.iterdir())
    except OSError as error:
        raise FileRefused(str(path), "unreadable", error.strerror or "") from error
    for file in inside:
        if table := _table(file.name):
            csv.append(_inspect(str(file), table, _opener(file)))
        elif file.suffix.lower() in (".csv", ".xlsx", ".zip"):
            ignored.append(str(file))
    if len(csv) == before:
        raise FileRefused(str(path), "several" if (path / OF_EXPORT).exists() else "nothing")


def _archive(path: Path, csv: list[CsvFile], ignored: list[str]) -> None:
    before, exported = len(csv), False
    for name, base, opener in archive_members(path):
        if table := _table(base):
            csv.append(_inspect(name, table, opener))
        elif base == OF_EXPORT:
            exported = True
        else:
            ignored.append(name)
    if len(csv) == before:
        raise FileRefused(str(path), "nothing")
    if exported and len({PurePosixPath(file.name).parent for file in csv[before:]}) > 1:
        raise FileRefused(str(path), "several")


def archive_members(path: Path) -> Iterator[tuple[str, str, Opener]]:
    """The files in a ZIP archive: whole name, name without folders, and the way to open each."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except _ARCHIVE_ERRORS as error:
        raise FileRefused(str(path), _trouble(path, "not_zip")) from error
    check_archive(str(path), path.stat().st_size, members)
    for member in members:
        base = PurePosixPath(member.filename).name
        if member.is_dir() or member.filename.startswith("__MACOSX/") or base.startswith("."):
            continue
        name = f"{path}/{member.filename}"
        if member.flag_bits & 1:
            raise FileRefused(name, "encrypted")
        yield name, base, _member_opener(path, member.filename)


class _Member(io.BufferedReader):
    """A member of an archive, which closes the archive with itself."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        super().__init__(cast(io.RawIOBase, archive.open(name)), BLOCK)
        self._archive = archive

    def close(self) -> None:
        super().close()
        self._archive.close()


def _member_opener(path: Path, member: str) -> Opener:
    return lambda: cast(BinaryIO, _Member(zipfile.ZipFile(path), member))


def _trouble(path: Path, otherwise: str) -> str:
    return otherwise if path.stat().st_size else "empty"


def _workbook(path: Path, ignored: list[str]) -> Workbook:
    book = look_through(path)
    named = {name.strip().lower(): name for name in book.sheets}
    tables: dict[TableName, str] = {table: named[table] for table in ORDER if table in named}
    if not tables:
        raise FileRefused(str(path), "nothing")
    ignored += [f"{path}/{name}" for word, name in named.items() if word not in ORDER and word not in OF_TEMPLATE]
    return Workbook(str(path), path, tables, book.sha256, book.size, book.faults)


def look_through(path: Path) -> Book:
    """A workbook; raises FileRefused when it is none, or unpacks to more than a workbook would."""
    sha256, size = digest(str(path), lambda: path.open("rb"))
    if not size:
        raise FileRefused(str(path), "empty")
    try:
        suspect = check_workbook(str(path), path)
    except _ARCHIVE_ERRORS as error:
        raise FileRefused(str(path), "not_xlsx") from error
    listed = open_workbook(path).sheets_metadata
    faults = {}
    if suspect:
        faults = {
            sheet: Faults(str(path), path, part) for sheet, part in parts(str(path), path).items() if part in suspect
        }
    hidden = frozenset(sheet.name for sheet in listed if sheet.visible != SheetVisibleEnum.Visible)
    return Book(sha256, size, [sheet.name for sheet in listed], hidden, faults)


def counts_from_1900(path: Path) -> bool:
    """Whether a bare number of days in this workbook counts from 1900; one of old Macintosh counts from 1904."""
    with zipfile.ZipFile(path) as archive:
        start = archive.open(_BOOK).read(BLOCK) if _BOOK in archive.namelist() else b""
    return _FROM_1904.search(start) is None


def digest(name: str, opener: Opener) -> tuple[str, int]:
    """Hash and size of a file of any kind."""
    sha256, size = hashlib.sha256(), 0
    for block in _blocks(name, opener):
        sha256.update(block)
        size += len(block)
    return sha256.hexdigest(), size


def open_workbook(path: Path) -> CalamineWorkbook:
    """The workbook; raises FileRefused when it is none, or protected."""
    with reading_workbook(str(path)):
        return CalamineWorkbook.from_path(str(path))


@contextmanager
def reading_workbook(name: str) -> Iterator[None]:
    """Raises FileRefused in place of the reader's errors, of its own faults too."""
    try:
        yield
    except PasswordError as error:
        raise FileRefused(name, "encrypted") from error
    except (CalamineError, OSError, ValueError) as error:
        raise FileRefused(name, "not_xlsx") from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # a fault in Rust arrives so, and cannot be imported
            raise FileRefused(name, "not_xlsx") from error
        raise


def _inspect(name: str, table: TableName, opener: Opener) -> CsvFile:
    return CsvFile(name, table, opener, *read_through(name, opener))


def read_through(name: str, opener: Opener, encodings: Sequence[str] = ENCODINGS) -> Read:
    """Reads a text file to its end; its encoding is the first of ``encodings`` that fits strictly.

    Raises FileRefused when it is no text.
    """
    sha256, size, odd, line, seam = hashlib.sha256(), 0, False, 0, b""
    wide = any(encoding.startswith("utf-16") for encoding in encodings)  # whose texts are full of NUL bytes
    for block in _blocks(name, opener):
        if not size and "utf-16" in encodings and not block.startswith(_BOTH_UTF_16):
            raise FileRefused(name, "encoding", "UTF-16 (BOM)")
        if not size and not wide:
            look_at_start(name, block)
            if b"\x00" in block.partition(b"\n")[0]:
                raise FileRefused(name, "not_csv", N_("binary data"))
        ends = max(block.rfind(b"\n"), block.rfind(b"\r"))
        line = line + len(block) if ends < 0 else len(block) - ends
        if line > LONGEST_LINE:
            spot = unreadable(opener, encodings[0])
            raise FileRefused(name, "long_line", f"{LONGEST_LINE / 1e6:.0f}", spot=spot)
        for some in (block, seam + block[:1]):
            odd = odd or wide or b"'" in some or b'="' in some or may_hold_none(some)
        seam = block[-1:]
        sha256.update(block)
        size += len(block)
    if not size:
        raise FileRefused(name, "empty")
    encoding = encoding_of(name, lambda: _blocks(name, opener), opener, encodings)
    return Read(sha256.hexdigest(), size, encoding, odd)


def _blocks(name: str, opener: Opener) -> Iterator[bytes]:
    try:
        with opener() as file:
            while block := file.read(BLOCK):
                yield block
    except _ARCHIVE_ERRORS as error:
        if isinstance(error, OSError) and not isinstance(error, zipfile.BadZipFile):
            raise FileRefused(name, "unreadable", error.strerror or str(error)) from error
        raise FileRefused(name, "not_zip") from error
