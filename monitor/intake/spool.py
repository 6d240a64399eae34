"""Canonical rows that a profile made of a foreign file, on disk until they are taken in.

Each remembers the row of the source that it came from, so that whatever is refused later is told by the source's row,
column and text. A cell that could not be mapped is spooled as a *mark*: why, and what the source said.
"""

from __future__ import annotations

import csv
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

MARK = "\ufdd1"  # begins a cell that could not be mapped (no character at all, so no file holds it)
LONGEST = 20_000  # characters of a cell that are kept: more than any column takes, so what is cut is refused
_PLACE = struct.Struct("<qH")  # row of the source, and which rule of the profile made it


def mark(code: str, text: str, **params: Any) -> str:
    """A cell that says why it could not be made: a code of `refusals.REASONS`, and what the source said."""
    return MARK + orjson.dumps([code, text[:LONGEST], params]).decode()


def marked(cell: str) -> tuple[str, str, dict[str, Any]] | None:
    """Code, the source's text and values of a mark; None for any other cell."""
    if not cell.startswith(MARK):
        return None
    code, text, params = orjson.loads(cell[len(MARK) :])
    return code, text, params


def said(cell: str) -> str:
    """What the source said in a cell, mark or not."""
    found = marked(cell)
    return cell if found is None else found[1]


@dataclass(frozen=True)
class Spooled:
    """Canonical rows of one table of one source. ``labels[rule]`` names the source's column of each canonical one.
    ``untold``: columns that the source does not tell, though a word stands in them where a row is secret."""

    path: Path
    columns: tuple[str, ...]
    labels: tuple[dict[str, str], ...]
    untold: frozenset[str] = frozenset()

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return self.path.stat().st_size

    def rows(self, size: int) -> Iterator[tuple[list[list[str]], int]]:
        """The rows, ``size`` at a time, and how many bytes were read so far."""
        with self.path.open("rb") as binary:
            lines = (line.decode() for line in binary)
            reader = csv.reader(lines)
            while rows := list(islice(reader, size)):
                yield rows, binary.tell()

    def place(self, at: int) -> tuple[int, dict[str, str]]:
        """Row of the source, and its column of each canonical one, of the row at this place (from 0)."""
        with _beside(self.path).open("rb") as file:
            file.seek(at * _PLACE.size)
            row, rule = _PLACE.unpack(file.read(_PLACE.size))
        return row, self.labels[rule]


@dataclass
class Spool:
    """Writes canonical rows of one table of one source; `close` gives them to read."""

    path: Path
    columns: tuple[str, ...]
    untold: frozenset[str] = frozenset()
    count: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._text = self.path.open("w", encoding="utf-8", newline="")
        self._places = _beside(self.path).open("wb")
        # A carriage return within a cell is quoted only where it is part of the line's end.
        self._put = csv.writer(self._text, lineterminator="\r\n").writerow

    def write(self, cells: Sequence[str], row: int, rule: int = 0) -> None:
        """One row, in the order of ``columns``."""
        if max(map(len, cells)) > LONGEST:
            cells = [cell if cell.startswith(MARK) else cell[:LONGEST] for cell in cells]
        self._put(cells)
        self._places.write(_PLACE.pack(row, rule))
        self.count += 1

    def close(self, labels: tuple[dict[str, str], ...]) -> Spooled:
        """What was written."""
        self._text.close()
        self._places.close()
        return Spooled(self.path, self.columns, labels, self.untold)


def _beside(path: Path) -> Path:
    return path.with_suffix(".places")
