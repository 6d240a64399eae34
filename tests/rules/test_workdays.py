"""Properties of WorkCalendar on arbitrary calendars: counts add up, and a due day is the inverse of a count."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.errors import CalendarError
from rules.workdays import FIRST, LAST, WorkCalendar, day_number, day_of, natural_days

DAYS = st.dates(dt.date(2019, 1, 1), dt.date(2021, 12, 31))
WEEKS = st.lists(st.booleans(), min_size=7, max_size=7).filter(any).map(lambda w: "".join("01"[on] for on in w))
KINDS = ["int32", "int64", "datetime64[D]", "datetime64[s]"]


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    """A calendar with any week, and days of rest and of work strewn over three years."""
    odd = draw(st.dictionaries(DAYS, st.booleans(), max_size=60))
    return WorkCalendar.of(draw(WEEKS), [d for d, works in odd.items() if not works], [d for d, w in odd.items() if w])


def array(days: list[dt.date], kind: str) -> Any:
    """Days as an array of day numbers or of datetime64."""
    return np.array([day_number(day) for day in days]).astype("datetime64[D]" if "64[" in kind else kind).astype(kind)


@given(calendars(), DAYS, DAYS)
def test_a_count_is_the_number_of_working_days_after_the_first_up_to_the_last(
    calendar: WorkCalendar, start: dt.date, end: dt.date
) -> None:
    start, end = sorted((start, end))
    days = [start + dt.timedelta(n + 1) for n in range((end - start).days)]
    assert calendar.count(start, end) == sum(calendar.is_working_day(day) for day in days)
    assert calendar.count(end, start) == -calendar.count(start, end)


@given(calendars(), DAYS, DAYS, DAYS)
def test_counts_add_up(calendar: WorkCalendar, a: dt.date, b: dt.date, c: dt.date) -> None:
    assert calendar.count(a, c) == calendar.count(a, b) + calendar.count(b, c)


@given(calendars(), DAYS, st.integers(0, 400))
def test_the_due_day_is_the_first_whose_count_is_the_limit(calendar: WorkCalendar, start: dt.date, n: int) -> None:
    due = calendar.add(start, n)
    assert calendar.count(start, due) == n
    if n:
        assert calendar.is_working_day(due)
        assert calendar.count(start, due - dt.timedelta(1)) == n - 1
    else:
        assert due == start


@given(calendars(), DAYS, DAYS)
def test_adding_what_was_counted_comes_back(calendar: WorkCalendar, start: dt.date, end: dt.date) -> None:
    start, end = sorted((start, end))
    due = calendar.add(start, calendar.count(start, end))
    assert due <= end
    assert calendar.count(due, end) == 0
    assert due == end or not calendar.is_working_day(end)


@given(calendars(), st.lists(st.tuples(DAYS, DAYS, st.integers(0, 300)), min_size=1), st.sampled_from(KINDS))
def test_arrays_say_what_single_days_say(
    calendar: WorkCalendar, rows: list[tuple[dt.date, dt.date, int]], kind: str
) -> None:
    starts, ends, limits = ([row[n] for row in rows] for n in range(3))  # type: ignore[var-annotated]
    start, end = array(starts, kind), array(ends, kind)
    assert calendar.index(start).tolist() == [calendar.index(day) for day in starts]
    assert calendar.count(start, end).tolist() == [calendar.count(s, e) for s, e in zip(starts, ends, strict=True)]
    due = calendar.add(start, np.array(limits, np.int32))
    assert due.dtype.kind == start.dtype.kind
    told = [calendar.add(s, n) for s, n in zip(starts, limits, strict=True)]
    assert due.astype("datetime64[D]").tolist() == told
    works = [day for day in starts if calendar.is_working_day(day)]
    numbers = array(works, "int32")
    assert calendar.day_at(calendar.index(numbers)).tolist() == numbers.tolist()


@given(calendars(), DAYS)
def test_the_next_working_day_is_the_day_itself_if_it_works(calendar: WorkCalendar, day: dt.date) -> None:
    [following] = calendar.following(array([day], "int32")).tolist()
    told = day
    while not calendar.is_working_day(told):
        told += dt.timedelta(1)
    assert day_of(following) == told


@given(DAYS, DAYS)
def test_in_natural_days_every_day_counts(start: dt.date, end: dt.date) -> None:
    calendar = natural_days()
    assert calendar.count(start, end) == (end - start).days
    assert calendar.add(start, 10) == start + dt.timedelta(10)


def test_empty_arrays_are_counted() -> None:
    none = np.empty(0, np.int32)
    assert WorkCalendar.of().count(none, none).tolist() == []
    assert WorkCalendar.of().add(none, none).tolist() == []


@pytest.mark.parametrize(
    ("told", "key", "value", "allowed"),
    [
        ({"week": "11111"}, "week", "11111", "seven digits 0 or 1"),
        ({"week": "1111102"}, "week", "1111102", "seven digits 0 or 1"),
        ({"week": "0000000"}, "week", "0000000", "at least one 1"),
        (
            {"rest": [dt.date(2026, 1, 1)], "work": [dt.date(2026, 1, 1)]},
            "rest and work",
            "2026-01-01",
            "one of the two",
        ),
        ({"rest": [dt.date(1980, 1, 1)]}, "day", "1980-01-01", f"between {FIRST} and {LAST}"),
        ({"work": [dt.date(2222, 2, 2)]}, "day", "2222-02-02", f"between {FIRST} and {LAST}"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused(told: dict[str, Any], key: str, value: str, allowed: str) -> None:
    with pytest.raises(CalendarError) as refused:
        WorkCalendar.of(**told, name="here")
    assert (refused.value.where, refused.value.key, refused.value.value) == ("here", key, value)
    assert allowed in refused.value.allowed


def test_days_outside_of_a_calendar_are_refused() -> None:
    calendar, early = WorkCalendar.of(), FIRST - dt.timedelta(1)
    for ask in (calendar.index, calendar.is_working_day):
        with pytest.raises(CalendarError):
            ask(early)
    with pytest.raises(CalendarError):
        calendar.index(np.array([day_number(LAST) + 1]))
    with pytest.raises(CalendarError):
        calendar.add(LAST, 1)
    with pytest.raises(CalendarError):
        calendar.add(np.array([day_number(LAST)], np.int32), 1)


def test_a_calendar_never_changes() -> None:
    calendar = WorkCalendar.of()
    for column in (calendar.works, calendar.prefix, calendar.ordinal):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 1
