"""Rows that another system pushes, as sheets: what they say is read and refused as that of a file would be."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import orjson

from monitor.intake.columns import ORDER, OWN_KEY, TableName
from monitor.intake.delimited import lettered
from monitor.intake.refusals import Refusal
from monitor.intake.secret_projects import Secrets, withholding
from monitor.intake.sheets import FIRST_ROW, Listed, PassedOver, Sheet

Value = str | int | Decimal | None
Numbered = tuple[int, Mapping[str, Value]]  # where its sender finds a row, from 1; column -> value, None: blank


@dataclass(frozen=True)
class PushedSheet(Sheet):
    """Rows of one table that tell the same columns: what a row leaves out it says nothing of. ``objected``: rows that
    are refused whatever they say, by their place in the sheet."""

    numbers: Sequence[int] = field(default=(), kw_only=True)
    objected: dict[int, Refusal] = field(default_factory=dict, kw_only=True)

    @property
    def listed(self) -> Listed:
        """Its rows."""
        assert isinstance(self.source, Listed)
        return self.source

    def place(self, row: int, column: str = "") -> tuple[int, str]:
        return self.numbers[row - FIRST_ROW], column

    def objections(self, numbers: range) -> list[Refusal]:
        return [one for row, one in self.objected.items() if row in numbers]

    def object(self, at: int, code: str, column: str, value: str, **params: Any) -> None:
        """Refuses the row at this place (from 0)."""
        row = at + FIRST_ROW
        self.objected[row] = self.refusal(row, code, column, value, params)

    def told(self, column: str) -> list[str] | None:
        """What its rows say in a column; None where they do not tell it."""
        if column not in self.listed.header:
            return None
        at = self.listed.header.index(column)
        return [cells[at].strip() for cells in self.listed.rows]


@dataclass(frozen=True)
class Push:
    """What was pushed at once, under a name by which what waits of it is found."""

    name: str
    sha256: str
    sheets: list[PushedSheet]

    @contextmanager
    def incoming(self, secrets: Secrets) -> Iterator[tuple[list[Sheet], PassedOver]]:
        """As `monitor.intake.incoming` gives files."""
        with withholding(secrets):
            yield list(self.sheets), PassedOver()

    def rows(self) -> Iterator[tuple[TableName, int, str]]:
        """Table, number and own key of all rows, in the order in which they were sent."""
        for table in ORDER:
            found: list[tuple[int, str]] = []
            for sheet in self.sheets:
                if sheet.table == table:
                    found += zip(sheet.numbers, sheet.told(OWN_KEY[table]) or (), strict=True)
            yield from ((table, number, key) for number, key in sorted(found))


def pushed(name: str, tables: Mapping[TableName, Sequence[Numbered]], beside: object = None) -> Push:
    """Rows by table as sheets. ``beside``: what was told beside them, so that it is a push of the same content only
    where that is the same too."""
    sheets = []
    hashes: dict[str, str] = {}
    for table in ORDER:
        by_columns: defaultdict[tuple[str, ...], tuple[list[int], list[list[str]]]] = defaultdict(lambda: ([], []))
        sha256 = hashlib.sha256(table.encode())
        for number, row in tables.get(table, ()):
            columns = tuple(sorted(row))
            cells = [_cell(row[column]) for column in columns]
            sha256.update(orjson.dumps((number, columns, cells)))
            numbers, listed = by_columns[columns]
            numbers.append(number)
            listed.append(cells)
        hashes[table] = sha256.hexdigest()
        for columns, (numbers, listed) in by_columns.items():
            source = Listed(list(columns), listed, FIRST_ROW)
            file = f"{name}/{table}"
            sheets.append(PushedSheet(file, table, hashes[table], len(listed), "json", source, numbers=numbers))
    return Push(name, hashlib.sha256(orjson.dumps((hashes, beside))).hexdigest(), sheets)


def _cell(value: Value) -> str:
    """A value as a file would say it."""
    if isinstance(value, str):
        return lettered(value)
    if isinstance(value, Decimal):
        # Written out only where that is short: 1e999999 is refused as it stands.
        plain = value.is_finite() and abs(int(value.as_tuple().exponent)) < 30
        return format(value, "f") if plain else str(value)
    return "" if value is None else str(value)


def kinds(tables: Mapping[TableName, Sequence[Numbered]]) -> int:
    """How many sheets that would be."""
    return len({(table, tuple(sorted(row))) for table, rows in tables.items() for _number, row in rows})
