"""Refused rows as a workbook to be mended: each row as it was told, the reason beside it, the wrong cells marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from monitor.intake.columns import TABLES, TableName
from monitor.intake.refusals import Refusal, shorten
from monitor.looks import TOKENS
from monitor.text import N_, _

MOST = 100_000  # rows of a sheet; more are only counted
_HEADS = (N_("File"), N_("Row"), N_("Why it was refused"))
_LONGEST = 32_000  # characters of a cell


class Returned:
    """The workbook, written row by row so that memory stays flat; `close` finishes it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path, self.rows = path, dict.fromkeys(TABLES, 0)
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(str(path), options)
        look = TOKENS["light"]
        self._head = self._book.add_format({"bold": True, "bg_color": look["tint"], "border": 1})
        self._text = self._book.add_format({"num_format": "@"})
        self._why = self._book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self._wrong = self._book.add_format({"num_format": "@", "bg_color": look["alarm"], "border": 1})
        self._sheets: dict[TableName, Any] = {}

    def add(self, table: TableName, refusals: Sequence[Refusal], content: Mapping[str, str]) -> None:
        """A row with all the reasons why it was refused."""
        self.rows[table] += 1
        if self.rows[table] > MOST:
            return
        sheet, at = self._sheet(table), self.rows[table]
        wrong = {refusal.column for refusal in refusals}
        sheet.write_string(at, 0, refusals[0].file, self._text)
        sheet.write_string(at, 1, refusals[0].key or str(refusals[0].row), self._text)
        sheet.write_string(at, 2, "\n".join(map(_reason, refusals))[:_LONGEST], self._why)
        for place, column in enumerate(TABLES[table], len(_HEADS)):
            told = content.get(column.name, "")
            sheet.write_string(at, place, told[:_LONGEST], self._wrong if column.name in wrong else self._text)

    def close(self) -> int:
        """Finishes the workbook; gives how many rows it has. Without any there is none."""
        many = sum(min(n, MOST) for n in self.rows.values())
        self._book.close()
        if not many:
            self.path.unlink()
        return many

    def _sheet(self, table: TableName) -> Any:
        if table not in self._sheets:
            sheet = self._book.add_worksheet(table)
            heads = [*map(_, _HEADS), *(column.name for column in TABLES[table])]
            for place, head in enumerate(heads):
                sheet.set_column(place, place, 60 if place == len(_HEADS) - 1 else 18)
                sheet.write_string(0, place, head, self._head)
            sheet.freeze_panes(1, len(_HEADS))
            self._sheets[table] = sheet
        return self._sheets[table]


def _reason(refusal: Refusal) -> str:
    told = f"{refusal.column} '{shorten(refusal.value)}' {refusal.reason}" if refusal.column else refusal.reason
    return told + (_("; allowed: {allowed}").format(allowed=refusal.allowed) if refusal.allowed else "")
