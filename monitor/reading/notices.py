"""Notices that were entered, and the standings that another calendar touches."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, Integer, func, or_, select, type_coerce

from monitor.reading.light import UNFINISHED
from monitor.tables import Notice, Standing
from monitor.tables.among import among
from rules import notice as law
from rules.almanac import changed_days
from rules.portfolio import Rules
from rules.workdays import WorkCalendar, day_number


@dataclass(frozen=True)
class Entered:
    """A version of a notice that was entered. ``known_to`` None: known still."""

    id: int
    notice: law.Notice
    known_from: dt.datetime
    known_to: dt.datetime | None


def entered(connection: Connection, known_at: dt.datetime | None = None, *, past: bool = False) -> list[Entered]:
    """The notices entered that are known now, or were at a moment; ``past``: every version there ever was."""
    query = select(Notice).order_by(Notice.year, Notice.region, Notice.published, Notice.id)
    if not past and known_at is None:
        query = query.where(Notice.known_to.is_(None))
    elif not past:
        query = query.where(Notice.known_from <= known_at, or_(Notice.known_to.is_(None), Notice.known_to > known_at))
    return [
        Entered(
            row.id,
            law.Notice(
                region=row.region,
                year=row.year,
                document=row.document,
                source=row.source,
                published=row.published,
                rest=_days(row.rest),
                work=_days(row.work),
                known_from=max(row.published, row.known_from.date()),
                amends=row.amends,
                whole=row.whole,
            ),
            row.known_from,
            row.known_to,
        )
        for row in connection.execute(query)
    ]


def _days(written: str) -> frozenset[dt.date]:
    return frozenset(dt.date.fromisoformat(day) for day in json.loads(written))


def stamp(connection: Connection) -> tuple[int, int]:
    """Differs whenever a notice was entered, revised or taken back."""
    found = connection.execute(select(func.max(Notice.id), func.count(Notice.known_to))).one()
    return int(found[0] or 0), int(found[1])


@dataclass(frozen=True)
class Touched:
    """What another calendar touches: the days that change by area code, and the projects, ascending.

    ``regions``: every area code that has a standing.
    """

    regions: list[str]
    days: dict[str, list[dt.date]]
    projects: list[int]


def touched(connection: Connection, before: Rules, after: Rules, as_of: dt.date | None) -> Touched:
    """The standings that rest on a day which works by one of two rules alone.

    An unfinished one also rests on every day up to ``as_of``, the last sweep's: its open stretch is not in its dates.
    What begins on a day of rest is counted from the working day before it, and rests on the days from that one on.
    One that was never assessed is due anyway, and is left out.
    """
    regions = list(connection.execute(select(Standing.region).distinct()).scalars())
    days: dict[str, list[dt.date]] = {}
    alike: defaultdict[_Changed, list[str]] = defaultdict(list)
    found: dict[tuple[str, str], list[dt.date]] = {}
    for region in regions:
        areas = before.area(region), after.area(region)
        was = before.calendar(areas[0])
        if areas not in found:
            found[areas] = changed_days(was, after.calendar(areas[1]))
        if found[areas]:
            days[region] = found[areas]
            alike[_changed(found[areas], was)].append(region)
    projects: list[int] = []
    for changed, codes in alike.items():
        projects += _resting(connection, changed, None if len(codes) == len(regions) else codes, as_of)
    return Touched(sorted(regions), days, sorted(projects))


_Changed = tuple[tuple[int, int], ...]  # days that change, each with the last day on which what rests on it may begin


def _changed(days: list[dt.date], was: WorkCalendar) -> _Changed:
    following = was.day_at(was.index(np.array(days, "datetime64[D]")) + 1)
    return tuple(zip(map(day_number, days), (following - 1).tolist(), strict=True))


def _resting(connection: Connection, changed: _Changed, regions: list[str] | None, as_of: dt.date | None) -> list[int]:
    since, until = type_coerce(Standing.rests_from, Integer), type_coerce(Standing.rests_until, Integer)
    open_ = Standing.phase.in_([int(p) for p in UNFINISHED])
    today = day_number(as_of) if as_of else 0
    earliest = changed[0][0]
    near = [until.is_(None), until >= earliest]
    if today >= earliest:
        near.append(open_)
    query = select(Standing.project_id, since, until, open_).where(
        Standing.assessed_on.is_not(None), or_(*near), or_(since.is_(None), since <= changed[-1][1])
    )
    if regions is not None:
        query = query.where(among(connection, Standing.region, regions))
    rows: list[Any] = list(connection.execute(query))
    if not rows:
        return []
    far = 2**31
    first = np.array([-1 if row[1] is None else row[1] for row in rows])
    last = np.array([far if row[2] is None else max(row[2], today) if row[3] else row[2] for row in rows])
    days, begun = np.array([*changed, (far + 1, far + 1)]).T
    rests = days[np.searchsorted(begun, first)] <= last
    return [row[0] for row, yes in zip(rows, rests.tolist(), strict=True) if yes]
