"""What departments held: from the tally and the open cases, never from events."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, and_, case, func, select
from sqlalchemy.orm import aliased

from monitor.reading.frames import framed
from monitor.reading.viewer import Viewer
from monitor.tables import Calendar, CalendarDay, CaseStanding, Department, Outcome, Tally
from monitor.tables.among import among
from rules.pack import NATURAL
from rules.shares import WHOLE_DAY
from rules.vocabulary import Stage

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "department_id", "department", "region", "share", "sole", "decided", "beyond", "open_cases", "longest_open",
)  # fmt: skip


def departments(
    connection: Connection,
    viewer: Viewer,
    as_of: dt.date,
    *,
    region: str | None = None,
    stage: str | None = None,
    since: dt.date | None = None,
) -> pd.DataFrame:
    """One row a department (COLUMNS), days in working days as of a day: shares and decisions after ``since``.

    ``beyond`` adds the days beyond the promise of cases decided in the period and of those open now.
    """
    names = select(Department.id, Department.name, Department.region)
    if region:
        names = names.where(Department.region.startswith(region, autoescape=True))
    found: dict[int, dict[str, Any]] = {
        key: dict.fromkeys(COLUMNS, 0) | {"department_id": key, "department": name, "region": area}
        for key, name, area in connection.execute(names)
    }
    sums = _sums(connection, as_of, stage, since)
    for key in found.keys() & sums.keys():
        found[key] |= sums[key]
    longest = _longest(connection, [key for key in found if found[key]["open_cases"]], as_of, stage)
    for key, days in longest.items():
        found[key]["longest_open"] = days
    rows = [row for row in found.values() if row["share"] or row["decided"] or row["open_cases"]]
    frame = framed(rows, COLUMNS)
    return frame.sort_values("share", ascending=False, ignore_index=True)


def _of_stage(query: Any, column: Any, stage: str | None) -> Any:
    return query.where(column == int(Stage[stage.upper()])) if stage else query


def _sums(
    connection: Connection, as_of: dt.date, stage: str | None, since: dt.date | None
) -> dict[int, dict[str, Any]]:
    """From the rollups by department: each change of a rate weighs the working days from it to ``as_of``."""
    calendar = connection.execute(_WORKING).scalar()
    now, begun = _index(connection, calendar, as_of), _index(connection, calendar, since) if since else 0
    if now is None or begun is None:
        return {}
    own = now - CalendarDay.idx
    weight = case((CalendarDay.idx > begun, own), else_=now - begun) if since else own
    query = (
        select(
            Tally.department_id,
            func.sum(Tally.rate * weight).label("share"),
            func.sum(Tally.sole * weight).label("sole"),
            func.sum(Tally.overdue * own + Tally.overdue_days).label("beyond"),
            func.sum(Tally.opened - Tally.closed).label("open_cases"),
        )
        .join(CalendarDay, and_(CalendarDay.calendar_id == calendar, CalendarDay.day == Tally.day))
        .where(Tally.day <= as_of)
        .group_by(Tally.department_id)
    )
    found = {
        row.department_id: {
            **{name: round(int(getattr(row, name)) / WHOLE_DAY, 2) for name in ("share", "sole")},
            **{name: int(getattr(row, name)) for name in ("beyond", "open_cases")},
            "decided": 0,
        }
        for row in connection.execute(_of_stage(query, Tally.stage, stage))
    }
    for key, decided, beyond in connection.execute(_decided(as_of, stage, since)):
        found[key]["decided"] = int(decided)
        found[key]["beyond"] += int(beyond)
    return found


def _decided(as_of: dt.date, stage: str | None, since: dt.date | None) -> Any:
    """Cases decided by department, and their days beyond the promise."""
    query = select(Outcome.department_id, func.sum(Outcome.decided), func.sum(Outcome.beyond))
    query = query.where(Outcome.day <= as_of).group_by(Outcome.department_id)
    if since:
        query = query.where(Outcome.day > since)
    return _of_stage(query, Outcome.stage, stage)


# The latest working calendar; departments are not measured in the natural days of some pack.
_WORKING = select(Calendar.id).order_by(Calendar.name == NATURAL, func.length(Calendar.name)).limit(1)


def _index(connection: Connection, calendar: int | None, day: dt.date) -> int | None:
    """The working-day index of a day; None outside of the days that are kept."""
    return connection.execute(
        select(CalendarDay.idx).where(CalendarDay.calendar_id == calendar, CalendarDay.day == day)
    ).scalar()


def _longest(connection: Connection, departments: list[int], as_of: dt.date, stage: str | None) -> dict[int, int]:
    """Working days since acceptance of the case that has been open longest, by department; one look-up each."""
    first = select(CaseStanding.accepted_on).where(
        CaseStanding.department_id == Department.id, CaseStanding.closed_on.is_(None), CaseStanding.accepted_on <= as_of
    )
    first = _of_stage(first, CaseStanding.stage, stage).order_by(CaseStanding.accepted_on).limit(1)
    wanted = among(connection, Department.id, departments)
    oldest = select(Department.id, first.scalar_subquery().label("day")).where(wanted).subquery()
    now, begun = aliased(CalendarDay), aliased(CalendarDay)
    calendar = _WORKING.scalar_subquery()
    query = (
        select(oldest.c.id, now.idx - begun.idx)
        .select_from(oldest)
        .join(begun, and_(begun.calendar_id == calendar, begun.day == oldest.c.day))
        .join(now, and_(now.calendar_id == calendar, now.day == as_of))
    )
    return {key: int(days) for key, days in connection.execute(query)}
