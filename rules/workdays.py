"""WorkCalendar: working days numbered, so that a count is a difference and a due day one look-up.

Convention (民法典 201: the day something starts is not counted, the day it ends is): the count from
``s`` to ``e`` is the number of working days ``d`` with ``s < d <= e``. Example: accepted Friday
2026-02-13 with five working days; 14 February is a make-up Saturday, 15-23 are off, so the days
are 14, 24, 25, 26, 27 and the due day is 2026-02-27.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from rules.errors import CalendarError

Days = npt.NDArray[np.integer[Any]] | npt.NDArray[np.datetime64]
Ints = npt.NDArray[np.int32]

FIRST = dt.date(1990, 1, 1)  # the epoch: index 0 is the eve of the first working day from here on
LAST = dt.date(2149, 6, 6)  # day number 65,535, so that a day fits 16 bits in a sort key
_EPOCH = dt.date(1970, 1, 1)
_LO, _HI = (FIRST - _EPOCH).days, (LAST - _EPOCH).days


def day_number(day: dt.date) -> int:
    """Days since 1970-01-01, the form in which columns and tables hold a date."""
    return (day - _EPOCH).days


def day_of(number: int) -> dt.date:
    """The date of a day number."""
    return _EPOCH + dt.timedelta(int(number))


def _numbers(days: Days) -> npt.NDArray[np.integer[Any]]:
    moments: npt.NDArray[Any] = days
    return moments.astype("datetime64[D]").astype(np.int64) if moments.dtype.kind == "M" else moments


@dataclass(frozen=True, eq=False)
class WorkCalendar:
    """Which days are working days, with their numbers; made by `of`, never changed.

    ``known_until`` is the last day for which a published notice speaks: beyond it the calendar
    guesses from the plain week, and what rests on such days is provisional (暂定).
    Day arguments are `datetime.date`, or arrays of day numbers (since 1970-01-01) or datetime64.
    """

    known_until: dt.date
    name: str
    version: str
    works: npt.NDArray[np.bool_]  # one entry a day from FIRST to LAST
    prefix: Ints  # working days up to and including each day from FIRST to LAST
    ordinal: Ints  # day number of the n-th working day; entry 0 is the eve of FIRST

    @classmethod
    def of(
        cls,
        week: str = "1111100",
        rest: Iterable[dt.date] = (),
        work: Iterable[dt.date] = (),
        known_until: dt.date = LAST,
        *,
        name: str = "plain",
        version: str = "1",
    ) -> WorkCalendar:
        """A calendar from a week (Monday first, 1 works), days of rest and days of work.

        Raises CalendarError when the week is not seven digits 0 or 1 with a 1 among them, a day is
        both rest and work, or a day lies outside FIRST..LAST.
        """
        if len(week) != 7 or set(week) - set("01") or "1" not in week:
            raise CalendarError(name, "week", week, "seven digits 0 or 1, Monday first, at least one 1")
        rest, work = frozenset(rest), frozenset(work)
        if both := rest & work:
            raise CalendarError(name, "rest and work", min(both).isoformat(), "a day is one of the two")
        weekday = (np.arange(_LO, _HI + 1) + 3) % 7  # 1970-01-01 was a Thursday
        works = np.array([c == "1" for c in week])[weekday]
        for days, value in ((rest, False), (work, True)):
            for day in days:
                if not FIRST <= day <= LAST:
                    raise CalendarError(name, "day", day.isoformat(), f"between {FIRST} and {LAST}")
                works[day_number(day) - _LO] = value
        prefix = np.cumsum(works, dtype=np.int32)
        ordinal = np.concatenate(([_LO - 1], np.flatnonzero(works) + _LO)).astype(np.int32)
        for array in (works, prefix, ordinal):
            array.setflags(write=False)
        return cls(known_until, name, version, works, prefix, ordinal)

    @overload
    def index(self, day: dt.date) -> int: ...
    @overload
    def index(self, day: Days) -> Ints: ...
    def index(self, day: dt.date | Days) -> int | Ints:
        """Working days up to and including ``day`` since the epoch. A coordinate, never stored."""
        if isinstance(day, dt.date):
            return int(self.prefix[self._offset(day)])
        at = _numbers(day) - _LO
        if at.size and (at.min() < 0 or at.max() > _HI - _LO):
            raise CalendarError(self.name, "day", "an array", f"days between {FIRST} and {LAST}")
        found: Ints = self.prefix[at]
        return found

    @overload
    def count(self, start: dt.date, end: dt.date) -> int: ...
    @overload
    def count(self, start: Days, end: Days) -> Ints: ...
    def count(self, start: Any, end: Any) -> Any:
        """Working days ``d`` with ``start < d <= end``; negative when ``end`` is before ``start``."""
        return self.index(end) - self.index(start)

    @overload
    def add(self, start: dt.date, n: int) -> dt.date: ...
    @overload
    def add(self, start: Days, n: int | Ints) -> npt.NDArray[Any]: ...
    def add(self, start: Any, n: Any) -> Any:
        """The first day whose count from ``start`` is ``n``; for n = 0 that is ``start`` itself.

        Arrays keep the kind of ``start`` (day numbers or datetime64). Raises CalendarError beyond LAST.
        """
        if isinstance(start, dt.date):
            return start if n == 0 else day_of(int(self._at(np.asarray(self.index(start) + n))))
        at = self._at(self.index(start) + n)
        due = np.where(np.asarray(n) == 0, _numbers(start), at)
        return due.astype("datetime64[D]") if start.dtype.kind == "M" else due

    def is_working_day(self, day: dt.date) -> bool:
        """Whether ``day`` counts."""
        return bool(self.works[self._offset(day)])

    def following(self, numbers: Ints) -> Ints:
        """Each day number itself if it works, else the next working day (民法典 203)."""
        return self._at(self.prefix[numbers - _LO - 1] + 1)

    def day_at(self, index: Ints) -> Ints:
        """Day numbers of the working days with these indices: the inverse of `index`."""
        return self._at(index)

    def _at(self, index: npt.NDArray[Any]) -> Ints:
        if index.size and (index.min() < 0 or index.max() >= len(self.ordinal)):
            raise CalendarError(self.name, "working-day index", "out of range", f"a day between {FIRST} and {LAST}")
        days: Ints = self.ordinal[index]
        return days

    def _offset(self, day: dt.date) -> int:
        at = day_number(day) - _LO
        if not 0 <= at <= _HI - _LO:
            raise CalendarError(self.name, "day", day.isoformat(), f"between {FIRST} and {LAST}")
        return at


def natural_days() -> WorkCalendar:
    """The calendar in which every day works: limits in natural days are counted on it."""
    return WorkCalendar.of(week="1111111", name="natural", version="1")
