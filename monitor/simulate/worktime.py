"""Working days as whole numbers, for plain loops: n is the n-th working day of the made-up span."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right

from rules.workdays import WorkCalendar, day_number, day_of

_SPRING_REST = 6  # natural days off in a row that, in January or February, are the Spring Festival


class WorkTime:
    """The working days between two dates, numbered from 0, and the numbers of the days between."""

    def __init__(self, calendar: WorkCalendar, first: dt.date, last: dt.date) -> None:
        lo, hi = calendar.index(first), calendar.index(last)
        self._days: list[int] = calendar.ordinal[lo : hi + 1].tolist()
        self.eves_of_spring = tuple(
            n
            for n, (day, following) in enumerate(zip(self._days, self._days[1:], strict=False))
            if following - day > _SPRING_REST and day_of(day).month <= 2
        )

    def day(self, n: int) -> int:
        """The day number of working day ``n``; beyond the span its last one."""
        return self._days[min(n, len(self._days) - 1)]

    def at(self, day: int) -> int:
        """The working day that ``day`` is, or the last one before it."""
        return bisect_right(self._days, day) - 1

    def after(self, day: int) -> int:
        """The first working day on or after ``day``."""
        n = self.at(day)
        return n if self._days[n] == day else n + 1

    def working_days(self, first: dt.date, last: dt.date) -> range:
        """The numbers of the working days from ``first`` to ``last``."""
        return range(self.after(day_number(first)), self.at(day_number(last)) + 1)

    def spans_spring(self, start: int, end: int) -> bool:
        """Whether the Spring Festival lies between two working days."""
        return any(start <= eve < end for eve in self.eves_of_spring)
