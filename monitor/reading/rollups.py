"""Sums of a rollup over a period, by what its key tells and by week: never from events.

What runs is kept as its changes by day. Its working days in a stretch of time are what ran at the beginning times the
length of the stretch, and each change within it times the working days from the change to the end.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Integer, and_, case, func, literal, select, type_coerce

from monitor.tables import Calendar, CalendarDay
from rules.pack import NATURAL
from rules.workdays import day_number

WEEK = "week"
_SUNDAY = 3  # of week 0: day 0, 1970-01-01, was a Thursday
# The latest working calendar; what departments do is not measured in the natural days of some pack.
WORKING = select(Calendar.id).order_by(Calendar.name == NATURAL, func.length(Calendar.name)).limit(1)

Key = tuple[Any, ...]


def index(connection: Connection, calendar: int | None, day: dt.date) -> int | None:
    """The working-day index of a day; None outside of the days that are kept."""
    query = select(CalendarDay.idx).where(CalendarDay.calendar_id == calendar, CalendarDay.day == day)
    return connection.execute(query).scalar()


@dataclass(frozen=True)
class Period:
    """The days of ``(since, until]`` (``since`` None: from the first record on) with their working-day indices, whole
    or by weeks: each ``(first day before it, last day, its index before it, its index at the end)``, by number."""

    since: dt.date | None
    until: dt.date
    calendar: int
    parts: dict[int, tuple[dt.date | None, dt.date, int, int]]
    weekly: bool

    @classmethod
    def of(
        cls, connection: Connection, since: dt.date | None, until: dt.date, *, weekly: bool = False
    ) -> Period | None:
        """The period, None where no sweep has counted yet or the days are not kept. Weeks need a first day.

        Raises ValueError for a period that ends before it begins, and for weeks without a first day.
        """
        if since and since > until:
            raise ValueError(f"a period from {since} to {until}")
        if weekly and since is None:
            raise ValueError("weeks want a first day")
        calendar = connection.execute(WORKING).scalar()
        if calendar is None:
            return None
        ends = [until]
        if weekly and since:
            sunday = dt.timedelta(6 - (since + dt.timedelta(1)).weekday()) + since + dt.timedelta(1)
            ends = []
            while sunday < until:
                ends.append(sunday)
                sunday += dt.timedelta(7)
            ends.append(until)
        days = [since, *ends] if since else ends
        query = select(CalendarDay.day, CalendarDay.idx).where(CalendarDay.calendar_id == calendar)
        at = dict(connection.execute(query.where(CalendarDay.day.in_(days))).all())
        if len(at) < len(set(days)):
            return None
        begins: list[dt.date | None] = [since, *ends[:-1]]
        parts = {
            _week(end) if weekly else 0: (begin, end, at[begin] if begin else 0, at[end])
            for begin, end in zip(begins, ends, strict=True)
        }
        return cls(since, until, int(calendar), parts, weekly)

    @property
    def now(self) -> int:
        """The index of the last day."""
        return max(end for *_, end in self.parts.values())


def _week(day: dt.date) -> int:
    return (day_number(day) + 6 - _SUNDAY) // 7


@dataclass(frozen=True)
class Asked:
    """What is summed of a rollup: ``rates`` are changes of what runs, ``counts`` happen on a day, ``stocks`` are what
    is there at the end (label -> expression over the table's columns)."""

    table: Any
    by: Sequence[str]
    rates: dict[str, Any] = field(default_factory=dict)
    counts: dict[str, Any] = field(default_factory=dict)
    stocks: dict[str, Any] = field(default_factory=dict)
    where: Sequence[Any] = ()


def summed(connection: Connection, period: Period, asked: Asked) -> Iterator[dict[str, Any]]:
    """One row a key (and a week, as the Monday it begins on, where ``period`` is by weeks) with every label; rates are
    working days times their unit. A key of which nothing is in a part of the period has no row for it."""
    table, n = asked.table, len(asked.by)
    columns = [getattr(table, name) for name in asked.by]
    own = period.now - CalendarDay.idx
    query = (
        select(
            *columns,
            _part(table, period).label("part"),
            *(func.sum(one).label(f"{name}_sum") for name, one in asked.rates.items()),
            *(func.sum(one * own).label(f"{name}_weight") for name, one in asked.rates.items()),
            *(func.sum(one).label(name) for name, one in (asked.counts | asked.stocks).items()),
        )
        .where(table.day <= period.until, *asked.where)
        .group_by(*columns, "part")  # by its name: PostgreSQL takes no two bound values for one
    )
    if asked.rates:
        on = and_(CalendarDay.calendar_id == period.calendar, CalendarDay.day == table.day)
        query = query.join(CalendarDay, on)
    found: dict[Key, dict[int, Any]] = defaultdict(dict)
    for row in connection.execute(query):
        found[tuple(row[:n])][int(row.part)] = row
    for key, by_part in found.items():
        yield from _parts(period, asked, dict(zip(asked.by, key, strict=True)), by_part)


def _part(table: Any, period: Period) -> Any:
    """The number of the part of the period in which a day lies; -1 before it."""
    number = (type_coerce(table.day, Integer) + (6 - _SUNDAY)) // 7 if period.weekly else literal(0)
    return number if period.since is None else case((table.day > period.since, number), else_=-1)


def _parts(period: Period, asked: Asked, key: dict[str, Any], found: dict[int, Any]) -> Iterator[dict[str, Any]]:
    running, there = dict.fromkeys(asked.rates, 0), dict.fromkeys(asked.stocks, 0)

    def add(row: Any) -> None:
        for name in running:
            running[name] += int(getattr(row, f"{name}_sum"))
        for name in there:
            there[name] += int(getattr(row, name))

    if -1 in found:
        add(found[-1])
    for number, (_begin, last, before, end) in period.parts.items():
        row = found.get(number)
        days = {name: rate * (end - before) for name, rate in running.items()}
        if row is not None:
            for name in days:
                changed, weight = int(getattr(row, f"{name}_sum")), int(getattr(row, f"{name}_weight"))
                days[name] += weight - changed * (period.now - end)
            add(row)
        counts = {name: int(getattr(row, name)) if row is not None else 0 for name in asked.counts}
        if any(days.values()) or any(counts.values()) or any(there.values()):
            monday = {WEEK: last - dt.timedelta(last.weekday())} if period.weekly else {}
            yield key | monday | days | counts | there
