"""Expressions of a profile made ready: texts of a row in, the canonical text out, or a mark that says why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from operator import itemgetter
from zoneinfo import ZoneInfo

from monitor.codes.secret import SECRET, is_secret, says_secret
from monitor.intake.cells import LOST, REMEMBERED, cut_short
from monitor.intake.columns import Column, Kind
from monitor.intake.faulty import faulty
from monitor.intake.profiles.days import iso
from monitor.intake.profiles.definition import ITSELF, SECRECY, Condition, Expression, Order
from monitor.intake.spool import MARK, mark
from rules.tomlread import LATEST
from rules.workdays import FIRST

Cells = Sequence[str]


@dataclass(frozen=True)
class Dating:
    """How the dates of one source are to be understood."""

    order: Order
    told_in: ZoneInfo  # times without an offset
    zone: ZoneInfo
    move: int
    serials: bool


class Value:
    """One expression for one canonical column. ``at``: the place of each column of the source among the cells."""

    def __init__(self, told: Expression, column: Column, at: Mapping[str, int], dating: Dating) -> None:
        self.told, self.column, self.dating = told, column, dating
        self.at = [at[name] for name in told.columns]
        self.first = at[told.first] if told.first else None
        self._finished: dict[str, str] = {}
        self.constant = None if told.columns else told.value
        self._read = self._reader()

    def __call__(self, cells: Cells) -> str:
        """The canonical text of a row."""
        text = self._read(cells)
        found = self._finished.get(text)
        return self.finish(text) if found is None else found

    def label(self, present: frozenset[str]) -> str:
        """How a person finds it in a source that has the columns ``present``."""
        there = [name for name in self.told.columns if name in present] or self.told.columns
        return (f" {self.told.between} " if self.told.joined else " / ").join(there) or self.column.name

    def text(self, cells: Cells) -> str:
        """What the source says in a row, before anything is made of it."""
        return self._read(cells)

    def _reader(self) -> Callable[[Cells], str]:
        at, between = self.at, self.told.between
        if self.constant is not None:
            constant = self.constant
            return lambda cells: constant
        if self.told.joined:
            return lambda cells: _joined([cells[i].strip() for i in at], between)
        return itemgetter(at[0]) if len(at) == 1 else _first_filled(at)

    def finish(self, text: str) -> str:
        """The canonical text of what a source says."""
        found = self._finished.get(text)
        if found is None:
            if len(self._finished) > REMEMBERED:
                self._finished.clear()
            found = self._finished[text] = self._finish(text.strip())
        return found

    def says_secret(self, cells: Cells) -> bool:
        """Of a kind or a column of secrecy: whether any of its columns says that the project is secret."""
        return self.constant == SECRET or any(self.finish(cells[place]) == SECRET for place in self.at)

    def _finish(self, text: str) -> str:
        if self.column is SECRECY:
            word = self._worded(text)
            return SECRET if says_secret(text if word.startswith(MARK) else word) else ""
        if self.column.name == "kind" and is_secret(text):
            return SECRET
        return text if self.constant is not None else self._worded(text)

    def _worded(self, text: str) -> str:
        if text.startswith(MARK):
            return text
        if found := faulty(text):
            return mark(found[0], found[1])
        if self.told.pattern is not None and text:
            match = self.told.pattern.search(text)
            lost = LOST if text.endswith(LOST) else ""
            if match is None and self.told.strict and not lost:
                return mark("unfit", text, pattern=self.told.pattern.pattern)
            text = (match[1] or "") + lost if match else ""
        if self.told.words or self.told.otherwise is not None:
            text = self._word(text)
        if text and self.column.kind in (Kind.DAY, Kind.MOMENT) and not text.startswith(MARK):
            text = self._day(text)
        return text

    def _word(self, text: str) -> str:
        folded = text.casefold()
        for pattern, word in self.told.words:
            if fnmatchcase(folded, pattern.casefold()):
                return text if word == ITSELF else word
        if self.told.otherwise is not None:
            return self.told.otherwise
        return mark("word", text, words=", ".join(p for p, _ in self.told.words)) if text else ""

    def _day(self, text: str) -> str:
        if text.endswith(LOST):
            return mark("exact", text.removesuffix(LOST))
        dating = self.dating
        found = iso(text, dating.order, dating.zone, dating.move, dating.serials, dating.told_in)
        if found is None:
            return mark("told_date", text, order=dating.order)
        if not FIRST.isoformat() <= found[:10] <= LATEST.isoformat():
            return mark("date_range", text, last=LATEST.isoformat())
        return found if self.column.kind is Kind.MOMENT else found[:10]


def _first_filled(at: Sequence[int]) -> Callable[[Cells], str]:
    def read(cells: Cells) -> str:
        for place in at:
            text = cells[place]
            if text and not text.isspace():
                return text
        return ""

    return read


def _joined(parts: Sequence[str], between: str) -> str:
    filled = [part for part in parts if part]
    if wrong := [part for part in filled if faulty(part)]:
        return wrong[0]
    text = between.join(part.removesuffix(LOST) for part in filled)
    return text + LOST if any(map(cut_short, filled)) else text


def condition(told: Condition, at: Mapping[str, int]) -> Callable[[Cells], bool]:
    """Whether a row is one that a condition means."""
    place, among = at[told.column], [pattern.casefold() for pattern in told.among]
    known: dict[str, bool] = {}

    def fits(cells: Cells) -> bool:
        text = cells[place]
        found = known.get(text)
        if found is None:
            if len(known) > REMEMBERED:
                known.clear()
            folded = text.strip().casefold()
            found = any(fnmatchcase(folded, pattern) for pattern in among) if among else bool(folded)
            known[text] = found
        return found

    return fits
