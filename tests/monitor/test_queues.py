"""Age bands, days to clear, and the weeks of the year before, on the fingers."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from monitor.analysis.queues import band_names, banded, change, days_to_clear, spring_festival, year_before
from rules.almanac import shipped
from rules.workdays import WorkCalendar

CALENDAR = shipped("33")


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_a_case_is_in_the_band_up_to_its_age() -> None:
    ages = {0: 1, 5: 2, 6: 4, 10: 8, 11: 16, 40: 32, 80: 64, 81: 128}
    assert banded(ages) == {"to_5": 3, "to_10": 12, "to_20": 16, "to_40": 32, "to_80": 64, "over_80": 128}
    assert list(banded({})) == band_names()


def test_days_to_clear_are_the_heap_by_the_pace() -> None:
    assert days_to_clear(5, 8, 20) == Fraction(25, 2)
    assert days_to_clear(0, 0, 20) == 0
    assert days_to_clear(3, 0, 20) is None


def test_change_is_on_what_was() -> None:
    assert (change(9, 6), change(3, 6), change(4, 0)) == (Fraction(1, 2), Fraction(-1, 2), None)


# As the State Council arranged it: 10 to 17 February 2024, 28 January to 4 February 2025, 15 to 23 February 2026.
@pytest.mark.parametrize(("year", "first"), [(2024, "2024-02-10"), (2025, "2025-01-28"), (2026, "2026-02-15")])
def test_the_festival_begins_with_its_break(year: int, first: str) -> None:
    assert spring_festival(CALENDAR, year) == day(first)


def test_near_the_festival_the_weeks_are_those_as_far_from_it() -> None:
    """2026 back at work on Tuesday 24 February, the fifth day is Saturday 28 (it works); 2025 back on Wednesday
    5 February, and Saturday 8 works: the fifth day is Sunday's Monday, the 10th, after the 5th, 6th, 7th and 8th."""
    assert [d for d in range(24, 29) if CALENDAR.is_working_day(dt.date(2026, 2, d))] == [24, 25, 26, 27, 28]
    assert [d for d in range(5, 11) if CALENDAR.is_working_day(dt.date(2025, 2, d))] == [5, 6, 7, 8, 10]
    begins, ends = year_before(CALENDAR, day("2026-02-23"), day("2026-02-28"))
    assert ends == day("2025-02-10")
    assert CALENDAR.count(begins, ends) == 5
    assert CALENDAR.count(day("2025-02-04"), ends) == 5


def test_away_from_it_they_are_fifty_two_weeks_before() -> None:
    begins, ends = year_before(CALENDAR, day("2026-10-23"), day("2026-11-20"))
    assert ends == day("2025-11-21")  # a Friday as well
    assert CALENDAR.count(begins, ends) == CALENDAR.count(day("2026-10-23"), day("2026-11-20")) == 20


def test_a_calendar_without_a_festival_goes_by_weeks() -> None:
    plain = WorkCalendar.of()
    assert spring_festival(plain, 2026) is None
    assert year_before(plain, day("2026-02-13"), day("2026-02-20")) == (day("2025-02-14"), day("2025-02-21"))
