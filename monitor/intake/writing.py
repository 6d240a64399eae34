"""Typed values -> canonical files, as intake reads them: CSV files in a folder, or a workbook of three sheets.

Rows come table by table in any number of calls, each with a value for every column of `columns.TABLES`, in its order.
The same rows give the same bytes, whenever they are written.
"""

from __future__ import annotations

import csv
import datetime as dt
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from shutil import copyfileobj
from typing import Any, Protocol

import xlsxwriter

from monitor.intake.columns import ORDER, TABLES, Column, Kind, TableName, told
from monitor.intake.formulas import guarded

MOST_ROWS = 1_048_575  # of a sheet, below its header
_LONG_AGO = dt.datetime(1980, 1, 1)  # the first moment that a ZIP archive knows; files must not differ by the clock
_TEXTS = (Kind.KEY, Kind.TEXT)
Rows = Sequence[Sequence[Any]]
Cells = Iterable[str]


class TooManyRows(Exception):
    """More rows than a sheet of a workbook has."""

    def __init__(self, table: TableName) -> None:
        self.table = table
        super().__init__(f"{table}: more than {MOST_ROWS} rows")


class Tables(Protocol):
    """Where rows are written to. `close` leaves whole files, on the disk."""

    def add(self, table: TableName, rows: Rows) -> None: ...

    def close(self) -> None: ...


class _Learned(dict[Any, str]):
    """The texts of a column with few distinct values."""

    def __init__(self, column: Column) -> None:
        super().__init__()
        self.column = column

    def __missing__(self, value: Any) -> str:
        text = self[value] = told(self.column, value)
        return text


class _Texts:
    """Typed rows as rows of texts; ``guard`` is laid over what a person may have written."""

    def __init__(self, guard: Callable[[str], str] | None = None) -> None:
        self.guard = guard
        self.learned = {(table, c.name): _Learned(c) for table in ORDER for c in TABLES[table]}

    def __call__(self, table: TableName, rows: Rows) -> Iterator[tuple[str, ...]]:
        if not rows:
            return iter(())
        columns = zip(TABLES[table], zip(*rows, strict=True), strict=True)
        return zip(*(self._column(table, column, values) for column, values in columns), strict=True)

    def _column(self, table: TableName, column: Column, values: Sequence[Any]) -> Cells:
        if column.kind in _TEXTS:
            texts = [value or "" for value in values]
            return map(self.guard, texts) if self.guard else texts
        if column.kind in (Kind.MOMENT, Kind.AMOUNT):  # nearly all of them differ
            return [told(column, value) for value in values]
        return map(self.learned[table, column.name].__getitem__, values)


class CsvTables:
    """projects.csv, cases.csv and events.csv in a folder that is there."""

    def __init__(self, folder: Path) -> None:
        self.files = {t: (folder / f"{t}.csv").open("x", encoding="utf-8", newline="") for t in ORDER}
        # Both characters of a line's end, or a field with a lone carriage return would not be quoted.
        self.writers = {t: csv.writer(file, lineterminator="\r\n") for t, file in self.files.items()}
        self.texts = _Texts(guarded)
        for table, writer in self.writers.items():
            writer.writerow(column.name for column in TABLES[table])

    def add(self, table: TableName, rows: Rows) -> None:
        """Writes rows of a table."""
        self.writers[table].writerows(self.texts(table, rows))

    def close(self) -> None:
        """Ends the files."""
        for file in self.files.values():
            with file:
                file.flush()
                os.fsync(file.fileno())


class WorkbookTables:
    """A workbook with the sheets projects, cases and events; every cell is a text, which no program takes for a number,
    a date or a formula."""

    def __init__(self, path: Path) -> None:
        self.path = path
        options = {"constant_memory": True, "tmpdir": str(path.parent)}
        self.book = xlsxwriter.Workbook(path, options | {"strings_to_formulas": False, "strings_to_urls": False})
        self.book.set_properties({"created": _LONG_AGO})
        self.sheets = {table: self.book.add_worksheet(table) for table in ORDER}
        self.next = dict.fromkeys(ORDER, 0)
        self.texts = _Texts()
        text = self.book.add_format({"num_format": "@"})
        for table, sheet in self.sheets.items():
            sheet.set_column(0, len(TABLES[table]) - 1, 16, text)
            self._write(table, tuple(column.name for column in TABLES[table]))

    def add(self, table: TableName, rows: Rows) -> None:
        """Writes rows of a table; raises TooManyRows."""
        if self.next[table] + len(rows) > MOST_ROWS + 1:
            raise TooManyRows(table)
        for row in self.texts(table, rows):
            self._write(table, row)

    def _write(self, table: TableName, cells: Iterable[str]) -> None:
        sheet, at = self.sheets[table], self.next[table]
        for n, text in enumerate(cells):
            if text:
                sheet.write_string(at, n, text)
        self.next[table] = at + 1

    def close(self) -> None:
        """Ends the workbook."""
        self.book.close()


def packed(folder: Path, archive: Path) -> None:
    """The files of a folder, by name, as a ZIP archive."""
    with zipfile.ZipFile(archive, "x", zipfile.ZIP_DEFLATED) as out:
        for file in sorted(folder.iterdir()):
            entry = zipfile.ZipInfo(file.name, _LONG_AGO.timetuple()[:6])
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            with file.open("rb") as source, out.open(entry, "w", force_zip64=True) as target:
                copyfileobj(source, target, 1 << 20)
