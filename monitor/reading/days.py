"""Days used on a day, in SQL: a straight line by the calendar's index."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.orm import aliased

from monitor.tables import CalendarDay, Standing


def _index_on(day: object) -> ColumnElement[int]:
    """The working-day index of a day in the calendar of the standing."""
    at = aliased(CalendarDay)
    return select(at.idx).where(at.calendar_id == Standing.calendar_id, at.day == day).scalar_subquery()


def used_on(day: dt.date) -> ColumnElement[int]:
    """Working days used by a project on ``day``, at or after its last assessment."""
    gone = case((Standing.since.is_(None), 0), else_=_index_on(day) - _index_on(Standing.since))
    return Standing.base + gone
