"""What departments held: from the tally and the open cases, never from events."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, and_, case, literal, select, union_all
from sqlalchemy.orm import aliased

from monitor.reading.frames import framed
from monitor.reading.rollups import WORKING, Asked, Period, summed
from monitor.reading.viewer import Viewer, looking
from monitor.tables import CalendarDay, CaseStanding, Department, Outcome, Share, Tally
from monitor.tables.among import among
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
    period = Period.of(connection, since and min(since, as_of), as_of)  # nothing is held after the day asked for
    if period is None:
        return {}
    by, (tally, outcome) = ["department_id"], _rollups(looking(connection))
    overdue = tally.overdue * (period.now - CalendarDay.idx) + tally.overdue_days
    inside, among_decided = ([one.stage == int(Stage[stage.upper()])] if stage else [] for one in (tally, outcome))
    held = Asked(
        tally,
        by,
        rates={"share": tally.rate, "sole": tally.sole},
        stocks={"beyond": overdue, "open_cases": tally.opened - tally.closed},
        where=inside,
    )
    decided = Asked(outcome, by, counts={"decided": outcome.decided, "beyond": outcome.beyond}, where=among_decided)
    found: dict[int, dict[str, Any]] = defaultdict(lambda: dict.fromkeys(_SUMS, 0))
    for row in summed(connection, period, held):
        days = {name: round(row[name] / WHOLE_DAY, 2) for name in ("share", "sole")}
        found[row["department_id"]] |= days | {name: row[name] for name in ("beyond", "open_cases")}
    for row in summed(connection, period, decided):
        of = found[row["department_id"]]
        of["decided"] = row["decided"]
        of["beyond"] += row["beyond"]
    return found


_SUMS = ("share", "sole", "decided", "beyond", "open_cases")


def _rollups(viewer: Viewer) -> tuple[Any, Any]:
    """The tally and the outcomes, or columns of the same names. They lie by the regions of their time: as known before
    a project moved they hold one that is not the viewer's by now, so there they are summed anew, over the shares and
    cases that are seen."""
    if viewer.keys is None or not viewer.sees_sums:
        return Tally, Outcome
    cases = CaseStanding
    open_ = cases.closed_on.is_(None)
    held = (
        _part(Share, Share.since, _HELD, rate=Share.rate, sole=Share.sole),
        _part(Share, Share.until, _HELD, rate=-Share.rate, sole=-Share.sole),
        _part(cases, cases.accepted_on, _HELD, opened=literal(1), overdue_days=case((open_, cases.beyond), else_=0)),
        _part(cases, cases.closed_on, _HELD, closed=case((cases.accepted_on.is_not(None), 1), else_=0)),
        _part(cases, cases.beyond_since, _HELD, overdue=literal(1)),
    )
    decided = _part(cases, cases.closed_on, ("decided", "beyond"), decided=literal(1), beyond=cases.beyond)
    decided = decided.where(cases.state == int(CaseState.DECIDED))
    return union_all(*held).subquery().c, decided.subquery().c


_HELD = ("rate", "sole", "opened", "closed", "overdue", "overdue_days")


def _part(of: type[Share | CaseStanding], day: Any, numbers: Sequence[str], **says: Any) -> Any:
    """What the rows of a class say of a day, as a rollup has it."""
    told = (says.get(name, literal(0)).label(name) for name in numbers)
    return select(day.label("day"), of.department_id, of.stage, *told).where(day.is_not(None))


def _longest(connection: Connection, departments: list[int], as_of: dt.date, stage: str | None) -> dict[int, int]:
    """Working days since acceptance of the case that has been open longest, by department; one look-up each."""
    first = select(CaseStanding.accepted_on).where(
        CaseStanding.department_id == Department.id, CaseStanding.closed_on.is_(None), CaseStanding.accepted_on <= as_of
    )
    first = _of_stage(first, CaseStanding.stage, stage).order_by(CaseStanding.accepted_on).limit(1)
    wanted = among(connection, Department.id, departments)
    oldest = select(Department.id, first.scalar_subquery().label("day")).where(wanted).subquery()
    now, begun = aliased(CalendarDay), aliased(CalendarDay)
    calendar = WORKING.scalar_subquery()
    query = (
        select(oldest.c.id, now.idx - begun.idx)
        .select_from(oldest)
        .join(begun, and_(begun.calendar_id == calendar, begun.day == oldest.c.day))
        .join(now, and_(now.calendar_id == calendar, now.day == as_of))
    )
    return {key: int(days) for key, days in connection.execute(query)}
