"""Queues: what comes, what goes, what waits and how long it has waited, and how long the heap takes at this pace.

Load is held against the same weeks of the year before. Those are not the same dates: the Spring Festival moves by up
to a month, and with it the weeks in which nobody works and those in which everybody comes. Near it days are matched by
their distance from it in working days, else by the weekday 52 weeks before.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping
from fractions import Fraction

from rules.workdays import WorkCalendar

PACE = 20  # working days over which the present pace is taken: four weeks, so that a holiday week does not set it
NEAR = 40  # working days from the Spring Festival within which days are matched by it
BANDS = (5, 10, 20, 40, 80)  # working days since acceptance: up to each, and more than the last
_WEEKS = dt.timedelta(364)


def band(days: int) -> int:
    """The number of the age band of a case that was accepted so many working days ago."""
    return next((n for n, most in enumerate(BANDS) if days <= most), len(BANDS))


def band_names() -> list[str]:
    """Of each band: `to_5`, `to_10` …, `over_80`."""
    return [*(f"to_{most}" for most in BANDS), f"over_{BANDS[-1]}"]


def banded(ages: Mapping[int, int]) -> dict[str, int]:
    """Open cases by age band, from their counts by working days since acceptance."""
    found = dict.fromkeys(band_names(), 0)
    names = band_names()
    for days, many in ages.items():
        found[names[band(days)]] += many
    return found


def days_to_clear(open_cases: int, closed: int, days: int) -> Fraction | None:
    """Working days until what is open is closed, at the pace of ``closed`` cases in ``days`` working days; None where
    nothing was closed in them, so that at this pace it never is."""
    if not open_cases:
        return Fraction(0)
    return Fraction(open_cases * days, closed) if closed else None


def spring_festival(calendar: WorkCalendar, year: int) -> dt.date | None:
    """The first day of the Spring Festival's break: of the longest stretch of rest days that begins between 10 January
    and 5 March. None for a calendar that has none longer than a weekend."""
    first, last = dt.date(year, 1, 10), dt.date(year, 3, 5)
    days = [first + dt.timedelta(n) for n in range((last - first).days + 21)]
    longest: list[dt.date] = []
    for works, run in itertools.groupby(days, calendar.is_working_day):
        stretch = list(run)
        if not works and first < stretch[0] <= last and len(stretch) > len(longest):
            longest = stretch
    return longest[0] if len(longest) > 3 else None


def year_before(calendar: WorkCalendar, since: dt.date, until: dt.date) -> tuple[dt.date, dt.date]:
    """The days of the year before that are like those of ``(since, until]``: as many working days, ending on the day
    that lies as many working days from the Spring Festival where ``until`` is near it, else 364 days before."""
    ends = until - _WEEKS
    now, then = (spring_festival(calendar, year) for year in (until.year, until.year - 1))
    if now and then:
        away = calendar.index(until) - calendar.index(now)
        if abs(away) <= NEAR:
            ends = calendar.add(then, away)
    return calendar.add(ends, -calendar.count(since, until)), ends


def change(now: int, before: int) -> Fraction | None:
    """By what part a number is more (or, below nothing, less) than it was; None where there was nothing."""
    return Fraction(now - before, before) if before else None
