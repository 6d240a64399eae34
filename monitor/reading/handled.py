"""Cases one by one, as the comparisons of paces and of paths want them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, and_, case, select
from sqlalchemy.orm import aliased

from monitor.reading.endings import open_until
from monitor.reading.frames import framed
from monitor.reading.measures import Wanted
from monitor.reading.rollups import WORKING
from monitor.tables import CalendarDay, CaseFact, CaseStanding, Department, Project, Standing
from rules.vocabulary import CaseState, Light, Stage

if TYPE_CHECKING:
    import pandas as pd

PACES = ("department", "item", "kind", "accepted", "ended", "decided")
WAYS = (
    "pack", "project", "works", "item_code", "stage", "department", "received_on", "accepted_on", "closed_on", "state",
    "used", "light",
)  # fmt: skip
_NOWHERE = 0  # index of a day that there is not: never read


def paces(connection: Connection, wanted: Wanted) -> tuple[pd.DataFrame, int]:
    """One row a case that was open on a day of the period (PACES): working-day indices of its decision or other end
    (the day after the last for what is open), and of its acceptance moved on by the days that it rested; with them
    the index of the last day. Departments by key. Raises BeforeLastSweep."""
    one, begun, shut = CaseStanding, aliased(CalendarDay), aliased(CalendarDay)
    now = open_until(connection, wanted)
    if now is None:
        return framed([], PACES), 0
    used = one.base + case((one.since.is_(None), 0), else_=now - begun.idx)
    calendar = WORKING.scalar_subquery()
    query = (
        select(one.department_id, one.item_code, Standing.kind, used, shut.idx, one.state)
        .join(Standing, Standing.project_id == one.project_id)
        .outerjoin(begun, and_(begun.calendar_id == calendar, begun.day == one.since))
        .outerjoin(shut, and_(shut.calendar_id == calendar, shut.day == one.closed_on))
        .where(one.accepted_on <= wanted.until, one.pending.is_(False), *wanted.where(one, Standing))
    )
    if wanted.since:
        query = query.where(one.closed_on.is_(None) | (one.closed_on > wanted.since))
    rows = [
        (department, item, kind, (end or now) - days, end or now + 1, state == CaseState.DECIDED)
        for department, item, kind, days, end, state in connection.execute(query)
    ]
    return framed(rows, PACES), now


def ways(connection: Connection, wanted: Wanted) -> tuple[pd.DataFrame, list[int], list[int]]:
    """One row a case of the projects coded in the period (WAYS), with the working-day indices of its acceptance and its
    close. Lights are those of the last day. Only regions and kinds narrow it: a path is of a whole project."""
    if any(one is not None for one in (wanted.department, wanted.item, wanted.stage)):
        raise ValueError("paths are those of whole projects")
    one, begun, shut = CaseStanding, aliased(CalendarDay), aliased(CalendarDay)
    calendar = WORKING.scalar_subquery()
    query = (
        select(
            Standing.pack, Project.code, CaseFact.works_code, one.item_code, one.stage, Department.name,
            one.received_on, one.accepted_on, one.closed_on, one.state, one.base, Standing.in_scope, Standing.grey,
            Standing.yellow_on, Standing.red_on, begun.idx, shut.idx,
        )
        .join(Standing, Standing.project_id == one.project_id)
        .join(Project, Project.id == one.project_id)
        .join(Department, Department.id == one.department_id)
        .join(CaseFact, and_(CaseFact.case_id == one.case_id, CaseFact.known_to.is_(None)))
        .outerjoin(begun, and_(begun.calendar_id == calendar, begun.day == one.accepted_on))
        .outerjoin(shut, and_(shut.calendar_id == calendar, shut.day == one.closed_on))
        .where(Standing.coded_on <= wanted.until, one.item_code != "", *wanted.where(one, Standing))
        .order_by(Standing.pack, one.project_id, one.case_id)
    )  # fmt: skip
    if wanted.since:
        query = query.where(Standing.coded_on > wanted.since)
    rows, starts, ends = [], [], []
    for row in connection.execute(query):
        *told, base, in_scope, grey, yellow_on, red_on, at, end = row
        pack, code, works, item, stage, department, received, accepted, closed, state = told
        words = Stage(stage).word, CaseState(state).word, _light(wanted, in_scope, grey, yellow_on, red_on)
        rows.append(
            (pack, code, works or "", item, words[0], department, received, accepted, closed, words[1], base, words[2])
        )
        starts.append(_NOWHERE if at is None else at)
        ends.append(_NOWHERE if end is None else end)
    return framed(rows, WAYS), starts, ends


def _light(wanted: Wanted, in_scope: bool, grey: bool, yellow_on: Any, red_on: Any) -> str:
    if not in_scope:
        return Light.NONE.word
    if red_on and red_on <= wanted.until:
        return Light.RED.word
    if yellow_on and yellow_on <= wanted.until:
        return Light.YELLOW.word
    return (Light.GREY if grey else Light.GREEN).word
