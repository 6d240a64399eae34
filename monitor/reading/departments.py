"""What departments held: from the tally and the open cases, never from events."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, and_, case, func, literal, select, union_all
from sqlalchemy.orm import aliased

from monitor.reading.frames import framed
from monitor.reading.viewer import Viewer, looking
from monitor.tables import Calendar, CalendarDay, CaseStanding, Department, Share, Tally
from monitor.tables.among import among
from rules.pack import NATURAL
from rules.shares import WHOLE_DAY
from rules.vocabulary import CaseState, Stage

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
    """From the tally by department: each change of a rate weighs the working days from it to ``as_of``."""
    calendar = connection.execute(_WORKING).scalar()
    now, begun = _index(connection, calendar, as_of), _index(connection, calendar, since) if since else 0
    if now is None or begun is None:
        return {}
    own = now - CalendarDay.idx
    weight = case((CalendarDay.idx > begun, own), else_=now - begun) if since else own
    tally = _tally(looking(connection))
    inside = case((tally.day > since, 1), else_=0) if since else literal(1)
    query = (
        select(
            tally.department_id,
            func.sum(tally.rate * weight).label("share"),
            func.sum(tally.sole * weight).label("sole"),
            func.sum(tally.decided * inside).label("decided"),
            func.sum(tally.beyond * inside + tally.overdue * own + tally.overdue_days).label("beyond"),
            func.sum(tally.opened - tally.closed).label("open_cases"),
        )
        .join(CalendarDay, and_(CalendarDay.calendar_id == calendar, CalendarDay.day == tally.day))
        .where(tally.day <= as_of)
        .group_by(tally.department_id)
    )
    return {
        row.department_id: {
            **{name: round(int(getattr(row, name)) / WHOLE_DAY, 2) for name in ("share", "sole")},
            **{name: int(getattr(row, name)) for name in ("decided", "beyond", "open_cases")},
        }
        for row in connection.execute(_of_stage(query, tally.stage, stage))
    }


def _tally(viewer: Viewer) -> Any:
    """The tally, or columns of the same names. It lies by the regions of its time: as known before a project moved it
    holds one that is not the viewer's by now, so there it is summed anew, over the shares and cases that are seen."""
    if viewer.keys is None or not viewer.sees_sums:
        return Tally
    cases = CaseStanding
    open_, decided = cases.closed_on.is_(None), cases.state == int(CaseState.DECIDED)
    parts = (
        _part(Share, Share.since, rate=Share.rate, sole=Share.sole),
        _part(Share, Share.until, rate=-Share.rate, sole=-Share.sole),
        _part(cases, cases.accepted_on, opened=literal(1), overdue_days=case((open_, cases.beyond), else_=0)),
        _part(
            cases,
            cases.closed_on,
            closed=case((cases.accepted_on.is_not(None), 1), else_=0),
            decided=case((decided, 1), else_=0),
            beyond=case((decided, cases.beyond), else_=0),
        ),
        _part(cases, cases.beyond_since, overdue=literal(1)),
    )
    return union_all(*parts).subquery().c


_NUMBERS = ("rate", "sole", "opened", "closed", "decided", "beyond", "overdue", "overdue_days")


def _part(of: type[Share | CaseStanding], day: Any, **says: Any) -> Any:
    """What the rows of a class say of a day, as the tally has it."""
    numbers = (says.get(name, literal(0)).label(name) for name in _NUMBERS)
    return select(day.label("day"), of.department_id, of.stage, *numbers).where(day.is_not(None))


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
