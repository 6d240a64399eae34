"""One converter a column: text -> typed value, each distinct text once.

A file of a million rows has few distinct statuses, days and departments, so a converter is a dictionary
that learns: a text seen before costs one look-up. What cannot be converted becomes `BAD`, and `wrong`
remembers why.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any, Final
from zoneinfo import ZoneInfo

from monitor.intake.columns import Column, Kind
from monitor.intake.delimited import NO_LETTER
from monitor.intake.faulty import faulty
from monitor.intake.spool import marked
from rules.tomlread import MOST_DAYS
from rules.vocabulary import NATIONAL_CODES, Status
from rules.workdays import FIRST, LAST, day_number

REMEMBERED = 50_000  # distinct texts a converter keeps between chunks: memory stays flat on any file
KEY_LENGTH = 200  # keys are indexed, and an index of PostgreSQL takes no long ones
TEXT_LENGTH = 10_000
LOST = "\ufdd0"  # ends a text that a workbook kept as a number, without its last digits (no character at all)

# 3.30106E+17: how a spreadsheet writes a long number into a CSV file. Of a key no digit may be missing.
_SHORTENED = re.compile(r"[0-9](\.[0-9]+)?[Ee]\+[0-9]{2,3}")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(r"[T ]((?:[01][0-9]|2[0-3]):[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?)(Z|[+-][0-9]{2}:?[0-9]{2})?")
_AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")
_BETWEEN = re.compile("[;；,，、]")
_WHOLE = re.compile(r"[0-9]{1,9}")
_LOW, _HIGH = day_number(FIRST), day_number(LAST)


class _Bad:
    __slots__ = ()

    def __repr__(self) -> str:
        return "BAD"


BAD: Final[Any] = _Bad()


class Wrong(Exception):
    """A text that cannot be converted: a code of `refusals.REASONS` and its values."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code, self.params = code, params
        super().__init__(code)


class Cells(dict[str, Any]):
    """A column's converter; ``blank`` is the value of an empty cell (`BAD` where one is required)."""

    def __init__(self, read: Callable[[str], Any], *, required: bool, blank: Any) -> None:
        super().__init__()
        self.read, self.required, self.blank = read, required, blank
        self.wrong: dict[str, Wrong] = {}

    def __missing__(self, told: str) -> Any:
        text = told.strip()
        try:
            if found := marked(text):
                raise Wrong(found[0], **found[2])
            if text.endswith(LOST):
                raise Wrong("exact")
            if NO_LETTER in text:
                raise Wrong("no_letter")
            if why := faulty(text):
                raise Wrong(why[0])
            if text:
                value = self.read(text)
            elif self.required:
                raise Wrong("required")
            else:
                value = self.blank
        except Wrong as wrong:
            self.wrong[told] = wrong
            value = BAD
        self[told] = value
        return value

    def tidy(self) -> None:
        """Between chunks: forgets all when there is too much of it."""
        if len(self) > REMEMBERED:
            self.clear()
            self.wrong.clear()


def converter(column: Column, zone: ZoneInfo, allowed: Callable[[], frozenset[str]] | None = None) -> Cells:
    """The converter of a column. ``allowed`` (of column `pack`) gives the names that may stand there."""
    blank: Any = column.blank
    read: Callable[[str], Any] = _amount
    if column.kind in (Kind.KEY, Kind.TEXT):
        blank = None if column.name in ("voids", "confirms") else ""
        key = column.kind is Kind.KEY
        read = _text(KEY_LENGTH if key else TEXT_LENGTH, allowed, exact=key or column.name == "credit_code")
    elif column.kind in (Kind.DAY, Kind.MOMENT):
        read = days(zone)
    elif column.kind is Kind.WORD:
        read = _word(column)
    elif column.kind is Kind.WORDS:
        read = _words(column)
    elif column.kind is Kind.WHOLE:
        read = _whole(column.least)
    return Cells(read, required=column.required, blank=blank)


def cut_short(text: str) -> bool:
    """Whether a text is a number whose last digits are lost, in a workbook or in a CSV file that was made of one."""
    return text.endswith(LOST) or _SHORTENED.fullmatch(text) is not None


def _text(longest: int, allowed: Callable[[], frozenset[str]] | None, *, exact: bool) -> Callable[[str], str]:
    def read(text: str) -> str:
        if exact and cut_short(text):
            raise Wrong("exact")
        if len(text) > longest:
            raise Wrong("long", most=longest)
        if allowed is not None and text not in (names := allowed()):
            raise Wrong("word", words=", ".join(sorted(names)))
        return text

    return read


def _word(column: Column) -> Callable[[str], int]:
    known = {word.name.lower(): int(word) for word in column.words}
    shown = list(known)
    if isinstance(column.words[0], Status):  # `in` would find ACCEPTED among other words of the same number
        known |= {str(code): code for code in NATIONAL_CODES}
        shown = [f"{name} ({n})" if n in NATIONAL_CODES else name for name, n in known.items() if not name.isdigit()]

    def read(text: str) -> int:
        value = known.get(text.lower())
        if value is None:
            raise Wrong("word", words=", ".join(shown))
        return value

    return read


def _words(column: Column) -> Callable[[str], int]:
    """Several words of which each is a bit."""
    one = _word(column)

    def read(text: str) -> int:
        found = 0
        for told in _BETWEEN.split(text):
            found |= one(told.strip())
        return found

    return read


def _whole(least: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not _WHOLE.fullmatch(text) or not least <= int(text) <= MOST_DAYS:
            raise Wrong("whole", least=least, most=MOST_DAYS)
        return int(text)

    return read


def _amount(text: str) -> float:
    if not _AMOUNT.fullmatch(text):
        raise Wrong("amount")
    return float(text)


def days(zone: ZoneInfo) -> Callable[[str], int]:
    """Day numbers of dates and moments; a moment with an offset belongs to its date in ``zone``."""
    dates: dict[str, int] = {}

    def date(text: str) -> int:
        number = dates.get(text)
        if number is None:
            found = _DATE.fullmatch(text)
            try:
                if not found:
                    raise Wrong("date")
                number = day_number(dt.date(*map(int, found.groups())))
            except ValueError as error:
                raise Wrong("date") from error
            dates[text] = number
        return number

    def read(text: str) -> int:
        number = date(text[:10])
        if len(text) > 10:
            time = _TIME.fullmatch(text, 10)
            try:
                if not time:
                    raise Wrong("date")
                if time[4] is None:
                    dt.time.fromisoformat(time[1])
                else:
                    moment = dt.datetime.fromisoformat(text)
                    number = day_number(moment.astimezone(zone).date())
            except (ValueError, OverflowError) as error:
                raise Wrong("date") from error
        if not _LOW <= number <= _HIGH:
            raise Wrong("date_range")
        return number

    return read
