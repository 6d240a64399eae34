"""Texts of rows and columns: what separates the columns, and where such a text goes wrong, as a person finds it."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO, TextIO

from monitor.intake.limits import LONGEST_LINE
from monitor.intake.refusals import Spot

Opener = Callable[[], BinaryIO]
SEPARATORS = ",;\t|"
LOOKED_AT = 50  # rows among which the header is
NO_LETTER = "␀"  # stands for what is none: a NUL, which no database takes, and the codes that we mark cells with
_NO_LETTER = re.compile("[\x00\ufdd0-\ufdef]")
_BROKEN = "\ufdd3"  # stands for bytes that are no letter (no character at all)
_LONGEST = LONGEST_LINE // 4  # characters: none takes more than four bytes
_TOO_LONG = 1 << 16  # characters; nobody looks for the end of a cell farther on


def _mark(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return _BROKEN, error.end


codecs.register_error("approval-monitor-broken", _mark)


def lettered(text: str) -> str:
    """A text from outside, in which every code that is no letter is shown as ``NO_LETTER``; no column takes that."""
    return _NO_LETTER.sub(NO_LETTER, text)


def may_hold_none(block: bytes) -> bool:
    """Whether a text in UTF-8 or GB18030 with these bytes may hold what is no letter."""
    return b"\x00" in block or b"\xef\xb7" in block or b"\x840" in block


def separator(opener: Opener, encoding: str) -> str:
    """The mark that stands most often in the row with the most of it, among the first."""
    with _reading(opener, encoding) as text:
        start = text.read(1 << 16).splitlines()[:LOOKED_AT]
    counts = {mark: max((line.count(mark) for line in start), default=0) for mark in SEPARATORS}
    return max(SEPARATORS, key=lambda mark: counts[mark])


def undecodable(opener: Opener, encoding: str) -> Spot | None:
    """The first cell with bytes that are no letter of ``encoding``."""
    return _find(opener, encoding, lambda cells, _line: _first(cells, lambda cell: _BROKEN in cell))


def cell_at(opener: Opener, encoding: str, line: int, meant: Callable[[str], bool]) -> Spot | None:
    """The first ``meant`` cell from a line of the text (from 1) on, or the first one below it."""

    def wanted(cells: Sequence[str], at: int) -> int | None:
        found = _first(cells, meant) if at >= line else None
        return 0 if found is None and at > line else found

    return _find(opener, encoding, wanted)


def unreadable(opener: Opener, encoding: str, mark: str = "") -> Spot | None:
    """The cell at which quotation marks go wrong, or that does not end."""
    return _find(opener, encoding, lambda _cells, _line: None, mark)


_Wanted = Callable[[Sequence[str], int], int | None]


def _find(opener: Opener, encoding: str, wanted: _Wanted, mark: str = "") -> Spot | None:
    """The first cell that ``wanted`` names by its place, of the rows that can be read; else, the first that cannot."""
    mark = mark or separator(opener, encoding)
    headings: Sequence[str] = ()
    with _reading(opener, encoding) as text:
        lines = _Lines(text)
        reader = csv.reader(lines, delimiter=mark, strict=True)
        row = 0
        while True:
            lines.gone.clear()
            row += 1
            try:
                cells = next(reader)
            except StopIteration:
                return None
            except (csv.Error, _LongLine):
                cells = _as_far_as_it_goes("".join(lines.gone), mark)
                return _spot(row, len(cells) - 1, cells, headings)
            at = wanted(cells, lines.number)
            if at is not None:
                return _spot(row, at, cells, headings)
            if row <= LOOKED_AT and _filled(cells) > _filled(headings):
                headings = cells


def _spot(row: int, at: int, cells: Sequence[str], headings: Sequence[str]) -> Spot:
    heading = headings[at].strip() if at < len(headings) else ""
    value = cells[at] if at < len(cells) else ""
    value = lettered(value.replace(_BROKEN, "\ufffd")).strip()
    return Spot(row, at, heading, value, cells)


def _first(cells: Sequence[str], meant: Callable[[str], bool]) -> int | None:
    return next((at for at, cell in enumerate(cells) if meant(cell)), None)


def _filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


class _LongLine(Exception):
    pass


class _Lines:
    """The lines of a text, none longer than may be. ``gone``: those of the row that is being read, as far as they are
    of any use; ``number``: of the line, as line feeds alone make them."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self.gone: list[str] = []
        self.number = 0
        self._ended = True

    def __iter__(self) -> Iterator[str]:
        while line := self._text.readline(_LONGEST):
            self.number += self._ended
            self._ended = line.endswith("\n")
            if sum(map(len, self.gone)) < _TOO_LONG:
                self.gone.append(line[:_TOO_LONG])
            if len(line) == _LONGEST:
                raise _LongLine
            yield line


def _as_far_as_it_goes(row: str, mark: str) -> list[str]:
    """The cells of a row that cannot be read, up to the one at which it goes wrong."""
    short, long = 0, len(row)
    while short < long:  # the shortest beginning that goes wrong in more than its end
        middle = (short + long) // 2
        if _goes_wrong(row[:middle], mark):
            long = middle
        else:
            short = middle + 1
    return next(csv.reader([row[:short]], delimiter=mark), [""])


def _goes_wrong(start: str, mark: str) -> bool:
    for end in ("", '"'):
        try:
            list(csv.reader([start + end], delimiter=mark, strict=True))
        except csv.Error:
            continue
        return False
    return True


@contextmanager
def _reading(opener: Opener, encoding: str) -> Iterator[TextIO]:
    with (
        opener() as binary,
        io.TextIOWrapper(binary, encoding, errors="approval-monitor-broken", newline="") as text,
    ):
        yield text
