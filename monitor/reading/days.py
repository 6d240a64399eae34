"""Days used on a day, in SQL: a straight line by the calendar's index."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from monitor.tables import CalendarDay, Standing


def used_on(connection: Connection, day: dt.date) -> ColumnElement[int]:
    """Working days used by a project on ``day``, at or after its last assessment; in a query `with_since`.

    The index of the day is looked up here, once a calendar, and not once a row.
    """
    today = dict(
        connection.execute(select(CalendarDay.calendar_id, CalendarDay.idx).where(CalendarDay.day == day)).all()
    )
    if not today:
        return Standing.base + 0
    now = case(today, value=Standing.calendar_id)
    return Standing.base + func.coalesce(now - CalendarDay.idx, 0)


def with_since(query: Any) -> Any:
    """Adds the day since which a standing counts, so that its index can be taken."""
    here = and_(CalendarDay.calendar_id == Standing.calendar_id, CalendarDay.day == Standing.since)
    return query.outerjoin(CalendarDay, here)
