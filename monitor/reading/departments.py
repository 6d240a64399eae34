"""What departments held: from the tally and the open cases, never from events."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
from sqlalchemy import Connection, and_, case, func, literal, select
from sqlalchemy.orm import aliased

from monitor.reading.viewer import Viewer
from monitor.tables import Calendar, CalendarDay, CaseStanding, Department, Tally
from rules.shares import WHOLE_DAY
from rules.vocabulary import CaseState, Stage

OPEN_STATES = [int(s) for s in (CaseState.RUNNING, CaseState.CORRECTION, CaseState.PROCEDURE)]
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
    calendar_id = connection.execute(select(func.max(Calendar.id))).scalar()
    names = select(Department.id, Department.name, Department.region)
    if region:
        names = names.where(Department.region.startswith(region, autoescape=True))
    found: dict[int, dict[str, Any]] = {
        key: dict.fromkeys(COLUMNS, 0) | {"department_id": key, "department": name, "region": area}
        for key, name, area in connection.execute(names)
    }
    for key, values in _held(connection, calendar_id, as_of, stage, since):
        if key in found:
            found[key] |= values
    for key, values in _open(connection, calendar_id, as_of, stage):
        if key in found:
            values["beyond"] += found[key]["beyond"]
            found[key] |= values
    rows = [row for row in found.values() if row["share"] or row["decided"] or row["open_cases"]]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.sort_values("share", ascending=False, ignore_index=True)


def _of_stage(query: Any, column: Any, stage: str | None) -> Any:
    return query.where(column == int(Stage[stage.upper()])) if stage else query


def _held(
    connection: Connection, calendar_id: int | None, as_of: dt.date, stage: str | None, since: dt.date | None
) -> list[tuple[int, dict[str, Any]]]:
    """Share and sole days, decisions: each change of a rate weighs the working days from it to ``as_of``."""
    at = {d.day: d.idx for d in _indices(connection, calendar_id, [as_of, *([since] if since else [])])}
    if as_of not in at:
        return []
    start = at[since] if since else 0
    weight = at[as_of] - _later(CalendarDay.idx, start)
    inside = case((Tally.day > since, 1), else_=0) if since else literal(1)
    query = (
        select(
            Tally.department_id,
            func.sum(Tally.rate * weight),
            func.sum(Tally.sole * weight),
            func.sum(Tally.decided * inside),
            func.sum(Tally.beyond * inside),
        )
        .join(CalendarDay, and_(CalendarDay.calendar_id == calendar_id, CalendarDay.day == Tally.day))
        .where(Tally.day <= as_of)
        .group_by(Tally.department_id)
    )
    out = []
    for key, rate, sole, decided, beyond in connection.execute(_of_stage(query, Tally.stage, stage)):
        share, alone = int(rate) / WHOLE_DAY, int(sole) / WHOLE_DAY
        out.append(
            (
                int(key),
                {"share": round(share, 2), "sole": round(alone, 2), "decided": int(decided), "beyond": int(beyond)},
            )
        )
    return out


def _later(index: Any, start: int) -> Any:
    """The later of an index and the start of the period."""
    return case((index > start, index), else_=start) if start else index


def _indices(connection: Connection, calendar_id: int | None, days: list[dt.date]) -> Any:
    query = select(CalendarDay.day, CalendarDay.idx)
    return connection.execute(query.where(CalendarDay.calendar_id == calendar_id, CalendarDay.day.in_(days))).all()


def _open(
    connection: Connection, calendar_id: int | None, as_of: dt.date, stage: str | None
) -> list[tuple[int, dict[str, Any]]]:
    """Open cases, the longest of them in working days since acceptance, and their days beyond the promise."""
    c = CaseStanding
    query = (
        select(c.department_id, func.count(), func.min(c.accepted_on))
        .where(c.closed_on.is_(None), c.state.in_(OPEN_STATES), c.accepted_on <= as_of)
        .group_by(c.department_id)
    )
    counted = connection.execute(_of_stage(query, c.stage, stage)).all()
    days = sorted({first for _, _, first in counted} | {as_of})
    at = {d.day: d.idx for d in _indices(connection, calendar_id, days)}
    begun = aliased(CalendarDay)
    running = case((c.beyond_since < as_of, at.get(as_of, 0) - begun.idx), else_=0)
    late = (
        select(c.department_id, func.sum(c.beyond + running))
        .join(begun, and_(begun.calendar_id == calendar_id, begun.day == c.beyond_since), isouter=True)
        .where(c.closed_on.is_(None), c.state.in_(OPEN_STATES), c.promised_due_on < as_of)
        .group_by(c.department_id)
    )
    beyond: dict[int, Any] = dict(connection.execute(_of_stage(late, c.stage, stage)).all())
    return [
        (
            key,
            {
                "open_cases": n,
                "longest_open": at.get(as_of, 0) - at.get(first, 0),
                "beyond": int(beyond.get(key) or 0),
            },
        )
        for key, n, first in counted
    ]
