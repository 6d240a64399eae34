"""Paths -> the tables in them: a folder, a zip, a workbook, or single files named projects, cases, events.

Each file is read once to the end before any row of it is taken in: that tells its hash and its encoding,
and finds what is broken, so that the second reading meets no surprise.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from monitor.intake.columns import ORDER, TableName
from monitor.intake.extent import MOST_CELLS, extent
from monitor.intake.refusals import FileRefused
from monitor.text import N_

BLOCK = 1 << 20
ENCODINGS = ("utf-8-sig", "gb18030")
# Real workbooks and texts unpack to 5 to 60 times their size, a bomb to 1,000 times and more.
SURELY_FINE, MOST_TIMES, MOST_UNPACKED = 64 << 20, 200, 4 << 30
OF_TEMPLATE = ("lists", "instructions", "填写说明")  # sheets that our own template brings along
Opener = Callable[[], BinaryIO]

_SIGNATURES = (
    (b"PK\x03\x04", N_("a workbook or a ZIP archive")),
    (b"\xd0\xcf\x11\xe0", N_("an old workbook (.xls)")),
    (b"%PDF", N_("a PDF")),
    (b"\xff\xfe", N_("a text in UTF-16")),
    (b"\xfe\xff", N_("a text in UTF-16")),
    (b"\x1f\x8b", N_("a file compressed with gzip")),
    (b"SQLite format 3", N_("a database")),
)
_ARCHIVE_ERRORS = (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, zlib.error)


@dataclass(frozen=True)
class CsvFile:
    """A CSV file whose bytes were read once: their hash and their encoding are known."""

    name: str
    table: TableName
    open: Opener = field(repr=False)
    sha256: str
    size: int
    encoding: str


@dataclass(frozen=True)
class Workbook:
    """An XLSX file; ``sheets`` gives the name under which each table stands in it."""

    name: str
    path: Path
    sheets: dict[TableName, str]
    sha256: str
    size: int


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
        raise FileRefused(str(path), "nothing")


def _archive(path: Path, csv: list[CsvFile], ignored: list[str]) -> None:
    before = len(csv)
    for name, base, opener in archive_members(path):
        if table := _table(base):
            csv.append(_inspect(name, table, opener))
        else:
            ignored.append(name)
    if len(csv) == before:
        raise FileRefused(str(path), "nothing")


def archive_members(path: Path) -> Iterator[tuple[str, str, Opener]]:
    """The files in a ZIP archive: whole name, name without folders, and the way to open each."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except _ARCHIVE_ERRORS as error:
        raise FileRefused(str(path), _trouble(path, "not_zip")) from error
    look_at_sizes(str(path), members)
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
    sha256, size, names = book_sheets(path)
    named = {name.strip().lower(): name for name in names}
    tables: dict[TableName, str] = {table: named[table] for table in ORDER if table in named}
    if not tables:
        raise FileRefused(str(path), "nothing")
    ignored += [f"{path}/{name}" for word, name in named.items() if word not in ORDER and word not in OF_TEMPLATE]
    return Workbook(str(path), path, tables, sha256, size)


def book_sheets(path: Path) -> tuple[str, int, list[str]]:
    """Hash, size and names of the sheets of a workbook; raises FileRefused when it is none, or unpacks to more than
    a workbook would."""
    sha256, size = digest(str(path), lambda: path.open("rb"))
    if not size:
        raise FileRefused(str(path), "empty")
    if not zipfile.is_zipfile(path):
        raise FileRefused(str(path), "not_xlsx")
    try:
        with zipfile.ZipFile(path) as archive:
            look_at_sizes(str(path), archive.infolist())
            _look_at_extents(str(path), archive)
    except _ARCHIVE_ERRORS as error:
        raise FileRefused(str(path), "not_xlsx") from error
    return sha256, size, list(open_workbook(path).sheet_names)


def _look_at_extents(name: str, archive: zipfile.ZipFile) -> None:
    for member in archive.namelist():
        rows, columns = extent(archive, member)
        if rows * columns > MOST_CELLS:
            raise FileRefused(f"{name}/{member}", "far", f"{rows:,} × {columns:,}")


def digest(name: str, opener: Opener) -> tuple[str, int]:
    """Hash and size of a file of any kind."""
    sha256, size = hashlib.sha256(), 0
    for block in _blocks(name, opener):
        sha256.update(block)
        size += len(block)
    return sha256.hexdigest(), size


def look_at_sizes(name: str, members: Iterable[zipfile.ZipInfo]) -> None:
    """Refuses what would unpack to more than files of its kind do: memory and disk are not filled by a trick."""
    members = list(members)
    unpacked, packed = (sum(getattr(member, size) for member in members) for size in ("file_size", "compress_size"))
    if implausible(unpacked, packed):
        raise FileRefused(name, "bomb", f"{unpacked:,}")


def implausible(unpacked: int, packed: int) -> bool:
    """Whether so many bytes do not honestly come out of so few."""
    return unpacked > MOST_UNPACKED or (unpacked > SURELY_FINE and unpacked > MOST_TIMES * packed)


def open_workbook(path: Path) -> CalamineWorkbook:
    """The workbook; raises FileRefused when it is none, or protected."""
    try:
        return CalamineWorkbook.from_path(str(path))
    except PasswordError as error:
        raise FileRefused(str(path), "encrypted") from error
    except (CalamineError, OSError, ValueError) as error:
        raise FileRefused(str(path), "not_xlsx") from error


def _inspect(name: str, table: TableName, opener: Opener) -> CsvFile:
    return CsvFile(name, table, opener, *read_through(name, opener))


def read_through(name: str, opener: Opener, encodings: Sequence[str] = ENCODINGS) -> tuple[str, int, str]:
    """Reads a text file to its end: hash, size and encoding, the first of ``encodings`` that fits strictly.

    Raises FileRefused when it is no text.
    """
    sha256 = hashlib.sha256()
    size = 0
    wide = any(encoding.startswith("utf-16") for encoding in encodings)  # whose texts are full of NUL bytes
    for block in _blocks(name, opener):
        if not size and not wide:
            _look_at_start(name, block)
        if b"\x00" in block and not wide:
            raise FileRefused(name, "not_csv", N_("binary data"))
        sha256.update(block)
        size += len(block)
    if not size:
        raise FileRefused(name, "empty")
    encoding = next((e for e in encodings if _decodes(name, opener, e)), None)
    if encoding is None:
        raise FileRefused(name, "encoding")
    return sha256.hexdigest(), size, encoding


def _look_at_start(name: str, block: bytes) -> None:
    for signature, what in _SIGNATURES:
        if block.startswith(signature):
            raise FileRefused(name, "not_csv", what)
    if block[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<html", b"<!doctype", b"<?xml")):
        raise FileRefused(name, "not_csv", N_("HTML or XML"))


def _decodes(name: str, opener: Opener, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for block in _blocks(name, opener):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _blocks(name: str, opener: Opener) -> Iterator[bytes]:
    try:
        with opener() as file:
            while block := file.read(BLOCK):
                yield block
    except _ARCHIVE_ERRORS as error:
        if isinstance(error, OSError) and not isinstance(error, zipfile.BadZipFile):
            raise FileRefused(name, "unreadable", error.strerror or str(error)) from error
        raise FileRefused(name, "not_zip") from error
