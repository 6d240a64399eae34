"""The cases behind a figure: which they are, and how many days or cases of it each is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, and_, case, func, literal, select
from sqlalchemy.orm import aliased

from monitor.reading.endings import BeforeLastSweep
from monitor.reading.frames import framed
from monitor.reading.measures import Wanted
from monitor.reading.rollups import WORKING, Period
from monitor.reading.sweeps import last_sweep
from monitor.tables import (
    ApprovalCase,
    CalendarDay,
    CaseStanding,
    Department,
    HandoverGap,
    PausePiece,
    Project,
    Share,
    Standing,
)
from rules.shares import WHOLE_DAY
from rules.vocabulary import CaseState, Pause, Stage

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("project_code", "case_id", "department", "item", "stage", "value")
_C = CaseStanding
_DECIDED = and_(_C.state == int(CaseState.DECIDED), _C.closed_on.is_not(None))
# Of single cases by a day of theirs: the day, the condition, and how much each is of the figure.
_ON_A_DAY: dict[str, tuple[Any, Any, Any]] = {
    "received": (_C.received_on, literal(True), literal(1)),
    "accepted": (_C.accepted_on, literal(True), literal(1)),
    "resubmitted": (_C.accepted_on, _C.resubmitted.is_(True), literal(1)),
    "closed": (_C.closed_on, _C.accepted_on.is_not(None), literal(1)),
    "decided": (_C.closed_on, _DECIDED, literal(1)),
    "used": (_C.closed_on, _DECIDED, _C.base),
    "beyond": (_C.closed_on, _DECIDED, _C.beyond),
    "beyond_statute": (_C.closed_on, _DECIDED, _C.beyond_statute),
}
# Of days that run from one day to another: the class, and whether it is known by its case.
_RUNNING: dict[str, tuple[Any, Any, Any]] = {
    "share": (Share, Share.rate, None),
    "sole": (Share, Share.sole, None),
    "paused": (PausePiece, literal(1), PausePiece.case_id),
    "waited": (HandoverGap, literal(1), HandoverGap.case_id),
}
_OPEN = {"open": (None, None), "overdue": (_C.beyond, _C.beyond_since),
         "overdue_statute": (_C.beyond_statute, _C.beyond_statute_since)}  # fmt: skip
FIGURES = (*_RUNNING, *_ON_A_DAY, *_OPEN, "corrections")


def behind(connection: Connection, wanted: Wanted, figure: str, most: int = 1_000) -> pd.DataFrame:
    """The ``most`` cases that are most of a figure (FIGURES) in the period, the largest first: COLUMNS, ``value`` in
    days (of `share` and `sole` in parts of them, and by project and item, for a day is held by departments) or cases.

    Their values sum to the figure, where not more cases are behind it. ``wanted.by`` is not looked at. Raises
    ValueError for another figure, BeforeLastSweep for what is open on a day before the last sweep.
    """
    if figure not in FIGURES:
        raise ValueError(f"{figure}: allowed are {', '.join(FIGURES)}")
    period = Period.of(connection, wanted.since, wanted.until)
    if period is None:
        return framed([], COLUMNS)
    if figure in _RUNNING:
        query = _running(wanted, period, *_RUNNING[figure])
    elif figure in _OPEN:
        query = _open(connection, wanted, period, *_OPEN[figure])
    elif figure == "corrections":
        one = PausePiece
        begun = and_(one.first.is_(True), one.pause == int(Pause.CORRECTION), _inside(wanted, one.opened_on))
        query = _of(one, one.case_id, func.sum(1), wanted).where(begun)
    else:
        day, condition, value = _ON_A_DAY[figure]
        query = _of(_C, _C.case_id, func.sum(value), wanted).where(condition, _inside(wanted, day))
    found = connection.execute(query.having(query.selected_columns.value != 0).limit(most))
    unit = WHOLE_DAY if figure in ("share", "sole") else 1
    rows = [
        (code, case_id, department, item, Stage(stage).word, int(value) / unit if unit > 1 else int(value))
        for code, case_id, department, item, stage, value in found
    ]
    return framed(rows, COLUMNS)


def _of(one: Any, case_id: Any, value: Any, wanted: Wanted) -> Any:
    """A question of a class of rows with project, department, item and stage, by case, the largest value first."""
    named = literal(None) if case_id is None else ApprovalCase.case_id
    keys = [Project.code, Department.name, one.item_code, one.stage]
    query = (
        select(Project.code, named.label("case_id"), Department.name, one.item_code, one.stage, value.label("value"))
        .select_from(one)
        .join(Project, Project.id == one.project_id)
        .join(Department, Department.id == one.department_id)
        .join(Standing, Standing.project_id == one.project_id)
    )
    if case_id is not None:
        query = query.join(ApprovalCase, ApprovalCase.id == case_id)
        keys.append(ApprovalCase.case_id)
    return query.where(*wanted.where(one, Standing)).group_by(*keys).order_by(value.desc(), *keys)


def _inside(wanted: Wanted, day: Any) -> Any:
    return and_(day <= wanted.until, day > wanted.since) if wanted.since else day <= wanted.until


def _running(wanted: Wanted, period: Period, one: Any, rate: Any, case_id: Any) -> Any:
    begun, ended = aliased(CalendarDay), aliased(CalendarDay)
    first = period.parts[0][2]
    start = case((begun.idx > first, begun.idx), else_=first)
    end = case((and_(ended.idx.is_not(None), ended.idx < period.now), ended.idx), else_=period.now)
    days = case((end > start, end - start), else_=0)
    query = _of(one, case_id, func.sum(rate * days), wanted)
    query = query.join(begun, and_(begun.calendar_id == period.calendar, begun.day == one.since))
    query = query.outerjoin(ended, and_(ended.calendar_id == period.calendar, ended.day == one.until))
    return query.where(one.since <= wanted.until)


def _open(connection: Connection, wanted: Wanted, period: Period, before: Any, since: Any) -> Any:
    last = last_sweep(connection)
    if last is not None and wanted.until < last and before is not None:
        raise BeforeLastSweep(wanted.until, last)
    if before is None:
        still = _C.closed_on.is_(None) | (_C.closed_on > wanted.until)
        return _of(_C, _C.case_id, func.sum(1), wanted).where(_C.accepted_on <= wanted.until, still)
    begun = aliased(CalendarDay)
    value = before + case((and_(begun.idx.is_not(None), begun.idx < period.now), period.now - begun.idx), else_=0)
    on = and_(begun.calendar_id == WORKING.scalar_subquery(), begun.day == since)
    return _of(_C, _C.case_id, func.sum(value), wanted).outerjoin(begun, on).where(_C.closed_on.is_(None))
