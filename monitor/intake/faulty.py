"""Cells of a workbook that hold no value to go by: errors such as #N/A, and formulas that were never calculated.

A reader of workbooks gives them as blank, and a blank cell means something: a day that has not come, a limit that was
not promised. So they are looked for in the sheet itself, and laid over its rows as texts that no column takes.
"""

from __future__ import annotations

import re
import zipfile
from array import array
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import Any
from xml.parsers.expat import ParserCreate

from monitor.intake.limits import BLOCK, XML_ERRORS, column_number
from monitor.intake.refusals import FileRefused

FAULT = "\ufdd2"  # begins the text of such a cell (no character at all)
FORMULA = "=…"  # what is shown of a formula: it may name what nobody may read
MERGED_ACROSS = FAULT + "\ufdd4"  # begins the text of a cell beside the first of merged ones
_BOOK, _PARTS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_MOST_TEXTS = 200  # distinct errors; Excel has about twenty


def faulty(text: str) -> tuple[str, str] | None:
    """Why such a cell has no value, a code of `refusals.REASONS`, and what it shows; None: any other text."""
    if not text.startswith(FAULT):
        return None
    if text.startswith(MERGED_ACROSS):
        return "merged", text.removeprefix(MERGED_ACROSS)
    said = text[len(FAULT) :]
    return ("uncalculated" if said == FORMULA else "error_cell"), said


class Faults:
    """Those of one sheet, looked for when they are first asked for. ``part``: its file within the workbook."""

    def __init__(self, name: str, path: Path, part: str) -> None:
        self.name, self.path, self.part = name, path, part
        self._said: list[str] = [FORMULA]

    def over(self, rows: Iterator[list[str]], left: int) -> Iterator[list[str]]:
        """The rows of the sheet, from its first on, with what is wrong in the cells. ``left``: column of their first
        cell, from 0. Cells beside the rows are of no account, rows below them are."""
        found = iter(self._cells)
        row, column, text = self._next(found)
        number = width = 0
        for number, cells in enumerate(rows, 1):
            width = len(cells)
            while row == number:
                if 0 <= column - left < width:
                    cells[column - left] = text
                row, column, text = self._next(found)
            yield cells
        while row:
            number += 1
            cells = [""] * width
            while row == number:
                if 0 <= column - left < width:
                    cells[column - left] = text
                row, column, text = self._next(found)
            yield cells

    def _next(self, found: Iterator[int]) -> tuple[int, int, str]:
        cell = next(found, 0)
        return cell >> 24, cell >> 8 & 0xFFFF, FAULT + self._said[cell & 0xFF]

    @cached_property
    def _cells(self) -> Sequence[int]:
        """Row (from 1), column (from 0) and place of the text of each, in one number, by rows."""
        reader = _Reader(self._said)
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(self.part) as file:
                while block := file.read(BLOCK):
                    reader.parser.Parse(block, False)
        except (*XML_ERRORS, zipfile.BadZipFile) as error:
            raise FileRefused(self.name, "not_xlsx") from error
        in_order = all(one < other for one, other in pairwise(reader.found))
        return reader.found if in_order else sorted(reader.found)


class _Reader:
    """What expat meets in a sheet -> the cells without a value."""

    def __init__(self, said: list[str]) -> None:
        self.found = array("Q")
        self.said = said
        self.parser = ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self._row = self._column = 0
        self._kind, self._formula, self._told, self._text = "", False, False, ""

    def _start(self, tag: str, attributes: dict[str, Any]) -> None:
        tag = tag.rpartition(" ")[2]
        if tag == "c":
            place = _PLACE.fullmatch(attributes.get("r", ""))
            self._row, self._column = (
                (int(place[2]), column_number(place[1].encode())) if place else (self._row, self._column + 1)
            )
            self._kind, self._formula, self._told, self._text = attributes.get("t", ""), False, False, ""
            self.parser.CharacterDataHandler = None
        elif tag == "row":
            told = attributes.get("r", "")
            self._row, self._column = (int(told[:9]) if told.isdecimal() else self._row + 1), 0
        elif tag == "f":
            self._formula = True
        elif tag == "v":
            self._told = True
            if self._formula or self._kind == "e":
                self.parser.CharacterDataHandler = self._read

    def _read(self, text: str) -> None:
        self._text += text

    def _end(self, tag: str) -> None:
        if not tag.endswith("c") or tag.rpartition(" ")[2] != "c":
            return
        text = self._text.strip()
        if self._kind == "e":
            self._add(text[:20] or "#")
        elif self._formula and not text and not (self._kind == "str" and self._told):  # that one is a blank text
            self._add(FORMULA)

    def _add(self, text: str) -> None:
        if text not in self.said and len(self.said) < _MOST_TEXTS:
            self.said.append(text)
        if not self._row:
            return
        at = self.said.index(text) if text in self.said else len(self.said) - 1
        self.found.append(self._row << 24 | (self._column - 1) << 8 | at)


def parts(name: str, path: Path) -> dict[str, str]:
    """The file within a workbook of each of its sheets, by name. Raises FileRefused for a broken workbook."""
    sheets: dict[str, str] = {}
    targets: dict[str, str] = {}

    def begin(tag: str, told: dict[str, str]) -> None:
        tag = tag.rpartition(" ")[2]
        if tag == "sheet" and "name" in told:
            sheets[told["name"]] = next((value for key, value in told.items() if key.endswith(" id")), "")
        elif tag == "Relationship":
            target = told.get("Target", "")
            targets[told.get("Id", "")] = normpath(str(PurePosixPath("/xl") / target)).lstrip("/")

    try:
        with zipfile.ZipFile(path) as archive:
            for part in (_BOOK, _PARTS):
                parser = ParserCreate(namespace_separator=" ")
                parser.StartElementHandler = begin
                parser.Parse(archive.read(part), True)
    except (*XML_ERRORS, zipfile.BadZipFile) as error:
        raise FileRefused(name, "not_xlsx") from error
    return {sheet: targets.get(key, "") for sheet, key in sheets.items()}
