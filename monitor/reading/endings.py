"""How long cases took, or have taken so far, counted by day: what curves of durations are drawn from."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, and_, case, func, select
from sqlalchemy.orm import aliased

from monitor.reading.frames import framed
from monitor.reading.measures import BY, Wanted, worded
from monitor.reading.rollups import WEEK, WORKING, index
from monitor.reading.sweeps import last_sweep
from monitor.tables import CalendarDay, CaseStanding, Standing
from rules.vocabulary import CaseState

if TYPE_CHECKING:
    import pandas as pd

ENDINGS = ("days", "decided", "open", "count")


class BeforeLastSweep(ValueError):
    """A day before the last sweep: how long an open case had taken on it is known to that day's store alone."""

    def __init__(self, day: dt.date, last: dt.date) -> None:
        self.day, self.last = day, last
        super().__init__(f"{day} is before the last sweep, {last}")


def endings(connection: Connection, wanted: Wanted) -> pd.DataFrame:
    """One row a key, day and ending with ENDINGS: cases accepted in the period that used so many working days of the
    project clock until they were decided, ended otherwise, or to the last day of it while they are ``open``.

    Raises BeforeLastSweep, and ValueError for weeks.
    """
    one, begun = CaseStanding, aliased(CalendarDay)
    now = open_until(connection, wanted)
    days = one.base + case((one.since.is_(None), 0), else_=now - begun.idx)
    is_open = one.closed_on.is_(None)
    decided = one.state == int(CaseState.DECIDED)
    columns = [_column(word) for word in wanted.by]
    query = (
        select(*columns, days.label("days"), decided.label("decided"), is_open.label("open"), func.count())
        .select_from(one)
        .join(Standing, Standing.project_id == one.project_id)
        .outerjoin(begun, and_(begun.calendar_id == WORKING.scalar_subquery(), begun.day == one.since))
        .where(one.accepted_on <= wanted.until, one.pending.is_(False), *wanted.where(CaseStanding, Standing))
        .group_by(*columns, "days", "decided", "open")
        .order_by(*columns, "days", "decided", "open")
    )
    if wanted.since:
        query = query.where(one.accepted_on > wanted.since)
    rows = list(connection.execute(query)) if now is not None else []
    n = len(wanted.by)
    told = [(*row[:n], int(row[n]), bool(row[n + 1]), bool(row[n + 2]), int(row[n + 3])) for row in rows]
    return worded(connection, wanted, framed(told, [*wanted.by, *ENDINGS]))


def ages(connection: Connection, wanted: Wanted) -> pd.DataFrame:
    """One row a key and ``days``: how many cases (``count``) are open at the end of the period that were accepted so
    many working days before it. Raises BeforeLastSweep, and ValueError for weeks."""
    one, begun = CaseStanding, aliased(CalendarDay)
    now = open_until(connection, wanted)
    columns = [_column(word) for word in wanted.by]
    days = now - begun.idx
    query = (
        select(*columns, days.label("days"), func.count())
        .select_from(one)
        .join(Standing, Standing.project_id == one.project_id)
        .join(begun, and_(begun.calendar_id == WORKING.scalar_subquery(), begun.day == one.accepted_on))
        .where(one.closed_on.is_(None), one.accepted_on <= wanted.until, *wanted.where(CaseStanding, Standing))
        .group_by(*columns, "days")
        .order_by(*columns, "days")
    )
    n = len(wanted.by)
    told = [(*row[:n], int(row[n]), int(row[n + 1])) for row in (connection.execute(query) if now is not None else ())]
    return worded(connection, wanted, framed(told, [*wanted.by, "days", "count"]))


def open_until(connection: Connection, wanted: Wanted) -> int | None:
    """The index of the last day; None where no day is kept. Raises BeforeLastSweep, and ValueError for weeks."""
    last = last_sweep(connection)
    if last is not None and wanted.until < last:
        raise BeforeLastSweep(wanted.until, last)
    if WEEK in wanted.by:
        raise ValueError("durations are not cut by week: choose the period in which cases were accepted")
    return index(connection, connection.execute(WORKING).scalar(), wanted.until)


def _column(word: str) -> Any:
    return getattr(Standing if word in ("region", "kind") else CaseStanding, BY[word])
