"""Rows that another system pushes, as sheets: what they say is read and refused as that of a file would be."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from operator import itemgetter
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
        sha256, made = hashlib.sha256(table.encode()), []
        for columns, numbered in _by_columns(tables.get(table, ())):
            numbers = [number for number, _row in numbered]
            cells = _cells([[row[column] for column in columns] for _number, row in numbered])
            sha256.update(orjson.dumps((columns, numbers, cells)))
            made.append((numbers, Listed(list(columns), cells, FIRST_ROW)))
        hashes[table] = sha256.hexdigest()
        for numbers, listed in made:
            file, rows = f"{name}/{table}", len(numbers)
            sheets.append(PushedSheet(file, table, hashes[table], rows, "json", listed, numbers=numbers))
    return Push(name, hashlib.sha256(orjson.dumps((hashes, beside))).hexdigest(), sheets)


def _by_columns(rows: Sequence[Numbered]) -> list[tuple[tuple[str, ...], list[Numbered]]]:
    """The rows that tell the same columns, in whatever order, together."""
    told: dict[tuple[str, ...], list[Numbered]] = {}
    for one in rows:
        told.setdefault(tuple(one[1]), []).append(one)
    found: dict[tuple[str, ...], list[Numbered]] = {}
    for columns, some in told.items():
        found.setdefault(tuple(sorted(columns)), []).extend(some)
    return [(columns, sorted(some, key=itemgetter(0))) for columns, some in sorted(found.items())]


def _cells(rows: Sequence[Sequence[Value]]) -> list[list[str]]:
    """Values as a file would say them."""
    listed = [[value if type(value) is str else _said(value) for value in row] for row in rows]
    together = "".join(map("".join, listed))
    return listed if lettered(together) == together else [[lettered(cell) for cell in row] for row in listed]


def _said(value: Value) -> str:
    if isinstance(value, Decimal):
        # Written out only where that is short: 1e999999 is refused as it stands.
        plain = value.is_finite() and abs(int(value.as_tuple().exponent)) < 30
        return format(value, "f") if plain else str(value)
    return "" if value is None else str(value)


def kinds(tables: Mapping[TableName, Sequence[Numbered]]) -> int:
    """How many sheets that would be."""
    return sum(len({frozenset(columns) for columns in {tuple(row) for _n, row in rows}}) for rows in tables.values())
