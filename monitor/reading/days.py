"""Days used on a day, in SQL: a straight line by the calendar's index."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from monitor.tables import CalendarDay, Standing


def index_on(calendar_id: object, day: object) -> ColumnElement[int]:
    """The working-day index of a day in a calendar."""
    at = aliased(CalendarDay)
    return select(at.idx).where(at.calendar_id == calendar_id, at.day == day).scalar_subquery()


def used_on(day: dt.date) -> ColumnElement[int]:
    """Working days used by a project on ``day``, at or after its last assessment."""
    running = index_on(Standing.calendar_id, day) - index_on(Standing.calendar_id, Standing.since)
    return Standing.base + func.coalesce(running, 0)
