"""Merged cells of a sheet: the value stands in the first of them, and a reader of workbooks gives the others as blank.

A blank cell means something: a day that has not come. So what a merged cell shows is laid over the cells below its
first one; in those beside it nobody can tell whether the value is meant for them too, and a row that needs one is
refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.intake.faulty import MERGED_ACROSS

_BELOW = "\ufdd3"  # begins what is laid over a cell (no character at all)

Range = tuple[tuple[int, int], tuple[int, int]]  # row and column of the first and of the last cell, from 0


class Merged:
    """Those of one sheet. ``there``, known with its first row: whether it has any."""

    def __init__(self) -> None:
        self.there = False
        self._downwards: list[tuple[int, int]] = []

    def columns(self, row: int) -> frozenset[int]:
        """Places of the cells of a row that are merged with others downwards, somewhere from a ``row`` (from 0) on."""
        return frozenset(place for top, place in self._downwards if top >= row)

    def over(self, rows: Iterator[list[str]], ranges: Sequence[Range], left: int) -> Iterator[list[str]]:
        """The rows of the sheet, from its first on, with what is laid over their cells. ``left``: column of their first
        cell, from 0."""
        self.there = True
        self._downwards = [(top, first - left) for (top, first), (bottom, _last) in ranges if bottom > top]
        coming = sorted(ranges)
        over: dict[int, tuple[int, str]] = {}  # by place: the last row, and the text
        at = 0
        for number, cells in enumerate(rows):
            while at < len(coming) and coming[at][0][0] <= number:
                (_top, first), (bottom, last) = coming[at]
                at += 1
                place = first - left
                if 0 <= place < len(cells) and (text := cells[place]).strip():
                    over[place] = (bottom, text)
                    across = range(place + 1, min(last - left + 1, len(cells)))
                    over |= dict.fromkeys(across, (bottom, MERGED_ACROSS + text))
            for place, (bottom, text) in list(over.items()):
                if number > bottom:
                    del over[place]
                elif place < len(cells) and not cells[place].strip():
                    cells[place] = _BELOW + text
            yield cells


def alone(cells: Sequence[str]) -> list[str]:
    """The cells as they stand in the file."""
    return ["" if cell.startswith(_BELOW) else cell for cell in cells]


def shown(cells: Sequence[str]) -> tuple[str, ...]:
    """The cells as they are meant."""
    return tuple(cell.removeprefix(_BELOW) for cell in cells)
