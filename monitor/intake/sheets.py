"""Streams of raw rows: from a CSV text, or from a sheet of a workbook. Every cell is a text here.

Rows are numbered as a person sees them: the header is row 1, and an empty row counts.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, cast

from monitor.intake.cells import LOST
from monitor.intake.columns import ORDER, TableName
from monitor.intake.delimited import lettered, unreadable
from monitor.intake.faulty import Faults
from monitor.intake.files import CsvFile, Found, Workbook, open_workbook, reading_workbook
from monitor.intake.formulas import unguarded
from monitor.intake.merged import Merged
from monitor.intake.refusals import FileRefused, Refusal
from monitor.intake.spool import Spooled, said

FIRST_ROW = 2  # below the header
EXACT = 10**15  # a workbook keeps numbers as floats: from here on their last digits are lost


@dataclass(frozen=True)
class RawChunk:
    """Some rows of a table: ``rows[i]`` is row ``numbers[i]`` of the file; ``read`` bytes were read so far."""

    numbers: Sequence[int]
    rows: list[list[str]]
    read: int


@dataclass(frozen=True)
class PassedOver:
    """What was not taken in: names of ``files`` and sheets, and by file how many ``rows`` a profile passes over."""

    files: tuple[str, ...] = ()
    rows: dict[str, int] = field(default_factory=dict)

    def listed(self) -> list[dict[str, Any]]:
        """The rows as JSON wants them."""
        return [{"file": file, "rows": rows} for file, rows in self.rows.items()]


@dataclass(frozen=True)
class Listed:
    """Rows that are in memory; the first of them is row ``first``."""

    header: list[str]
    rows: list[list[str]]
    first: int


@dataclass(frozen=True)
class Sheet:
    """One table of one file: its header and the way to its rows. Without a ``source`` a kind of its own brings them.

    ``derived``: columns that tell no more than the earliest day of the rows that the file happens to have. ``blanks``:
    of events, those that a list could tell and for which it has no day (event_id and case_id).
    """

    file: str
    table: TableName
    sha256: str
    size: int
    encoding: str
    source: CsvFile | tuple[Workbook, str] | Listed | Spooled | None = None
    derived: frozenset[str] = field(default=frozenset(), kw_only=True)
    blanks: Spooled | None = field(default=None, kw_only=True)
    once: ClassVar[bool] = False  # whether its rows can be read only once

    def header(self) -> list[str]:
        """The first row; raises FileRefused when there is none."""
        if isinstance(self.source, Spooled):
            return list(self.source.columns)
        first = next(self.chunks(1, header=True), None)
        if first is None:
            raise FileRefused(self.file, "empty")
        return first.rows[0]

    def chunks(self, size: int, *, header: bool = False) -> Iterator[RawChunk]:
        """The rows after the header (or from it on), ``size`` at a time."""
        if isinstance(self.source, CsvFile):
            return _csv_chunks(self.source, size, header)
        if isinstance(self.source, Listed):
            return _listed_chunks(self.source, size, header)
        if isinstance(self.source, Spooled):
            return _spooled_chunks(self.source, size)
        assert self.source is not None
        return _sheet_chunks(self.file, *self.source, size, header)

    def place(self, row: int, column: str = "") -> tuple[int, str]:
        """Where a person finds a row and a column of this table: in the source, if a profile made it of one."""
        if not isinstance(self.source, Spooled):
            return row, column
        told, labels = self.source.place(row - FIRST_ROW)
        return told, labels.get(column, column)

    def objections(self, numbers: range) -> list[Refusal]:
        """Refusals of rows as they stand, whatever their cells say: of these the chunk that was read last."""
        return []

    def refusal(self, row: int, code: str, column: str, value: str, params: dict[str, Any]) -> Refusal:
        """A refusal of a row, by the names under which a person finds it."""
        told, name = self.place(row, column)
        if isinstance(self.source, Spooled):
            params = params | {key: self.place(row, params[key])[1] for key in ("column", "other") if key in params}
            value = said(value)
        return Refusal(self.file, self.sha256, told, code, name, value, params, at=row)


def sheets(found: Found) -> list[Sheet]:
    """All tables found, projects first, then cases, then events."""
    listed = [Sheet(f.name, f.table, f.sha256, f.size, f.encoding.removesuffix("-sig"), f) for f in found.csv]
    for book in found.workbooks:
        listed += [
            Sheet(f"{book.name}/{table}", table, book.sha256, book.size, "xlsx", (book, name))
            for table, name in book.sheets.items()
        ]
    return sorted(listed, key=lambda sheet: ORDER.index(sheet.table))


def _listed_chunks(listed: Listed, size: int, header: bool) -> Iterator[RawChunk]:
    if header:
        yield RawChunk([1], [listed.header], 0)
    for at in range(0, len(listed.rows), size):
        some = listed.rows[at : at + size]
        yield RawChunk(range(listed.first + at, listed.first + at + len(some)), some, 0)


def _csv_chunks(file: CsvFile, size: int, header: bool) -> Iterator[RawChunk]:
    with file.open() as binary, io.TextIOWrapper(binary, file.encoding, newline="") as text:
        reader = csv.reader(text, strict=True)
        number = 1
        try:
            if not header:
                next(reader, None)
                number = FIRST_ROW
            while rows := list(islice(reader, size)):
                if file.odd:
                    rows = [[lettered(unguarded(cell)) for cell in row] for row in rows]
                # The position inside an archive cannot be asked for; lines tell enough there.
                yield RawChunk(range(number, number + len(rows)), rows, binary.tell() if binary.seekable() else 0)
                number += len(rows)
        except csv.Error as error:
            spot = unreadable(file.open, file.encoding, ",")
            raise FileRefused(file.name, "quotes", spot=spot) from error
        except UnicodeDecodeError as error:  # it decoded a moment ago
            raise FileRefused(file.name, "changed") from error


def _spooled_chunks(spooled: Spooled, size: int) -> Iterator[RawChunk]:
    number = FIRST_ROW
    for rows, read in spooled.rows(size):
        yield RawChunk(range(number, number + len(rows)), rows, read)
        number += len(rows)


def _sheet_chunks(name: str, book: Workbook, sheet_name: str, size: int, header: bool) -> Iterator[RawChunk]:
    rows = sheet_rows(name, book.path, sheet_name, book.faults.get(sheet_name))
    number = 1
    if not header:
        next(rows, None)
        number = FIRST_ROW
    while some := list(islice(rows, size)):
        yield RawChunk(range(number, number + len(some)), some, 0)
        number += len(some)


def sheet_rows(
    name: str, path: Path, sheet_name: str, faults: Faults | None, merged: Merged | None = None
) -> Iterator[list[str]]:
    """The rows of a sheet of a workbook as texts, from the first on; raises FileRefused when it is broken. ``merged``:
    lays what merged cells show over them."""
    with reading_workbook(name):
        sheet = open_workbook(path).get_sheet_by_name(sheet_name)
        rows = ([as_text(cell) for cell in row] for row in cast(Iterator[list[Any]], sheet.iter_rows()))
        left = sheet.start[1] if sheet.start else 0
        laid = faults.over(rows, left) if faults else rows
        ranges = sheet.merged_cell_ranges if merged else None
        yield from merged.over(laid, ranges, left) if merged and ranges else laid


def as_text(cell: Any) -> str:
    """A cell as a CSV file would say it."""
    if isinstance(cell, str):
        return lettered(cell)
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        if not cell.is_integer():
            return repr(cell)
        return f"{int(cell)}{LOST}" if abs(cell) >= EXACT else str(int(cell))
    if isinstance(cell, dt.datetime):
        at_midnight = cell.time() == dt.time(0)
        return cell.date().isoformat() if at_midnight else cell.isoformat(timespec="seconds")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return str(cell)
