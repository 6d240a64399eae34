"""The oracle's two clocks of a case: its limit, the extensions that count, its due day and its light there."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from rules.pack import RulePack
from rules.vocabulary import APPROVALS, CLOSINGS, Light, Status, Unit
from tests.rules.oracle_case import ONE_DAY, PROMISED, STATUTORY, Case


@dataclass(frozen=True)
class Frame:
    """What a project is judged by."""

    pack: RulePack
    works_on: Callable[[dt.date], bool]
    as_of: dt.date


def warning_days(limit: int, day: dt.date, pack: RulePack) -> Fraction:
    """Days left at which it turns yellow: the pack's number, but at most a third of the limit."""
    return min(Fraction(pack.warning_days.on(day).days), Fraction(limit, 3))


def deadlines_of(case: Case, frame: Frame) -> list[dict[str, Any]]:
    """容缺受理 and 告知承诺: what is due beside the limits, and whether it came in time."""
    asked: dict[dt.date, int] = defaultdict(int)
    for event in case.events:
        if event.status is Status.PAPERS_DUE:
            asked[event.day] = max(asked[event.day], event.days)
    without_papers = case.days_of(*(status for status in CLOSINGS if status is not Status.APPROVED_WITH_OMISSION))
    found = [
        deadline("papers", day, days, case.days_of(Status.PAPERS_SUPPLIED), without_papers, frame)
        for day, days in sorted(asked.items())
    ]
    committed, decided = case.days_of(Status.COMMITTED), case.days_of(*APPROVALS)
    if committed and decided:
        on_first = [e.days for e in case.events if e.status is Status.COMMITTED and e.day == committed[0]]
        number = frame.pack.commitment_check
        days = max(on_first) or (number.on(decided[0]).days if number else 0)
        if days:
            checked, revoked = case.days_of(Status.CHECKED), case.days_of(Status.REVOKED)
            found.append(deadline("check", decided[0], days, checked, revoked, frame))
    return found


def deadline(
    kind: str, since: dt.date, days: int, mets: list[dt.date], ends: list[dt.date], frame: Frame
) -> dict[str, Any]:
    """One deadline: red once a working day past it has come before it was met or had ended."""
    met = min((day for day in mets if day >= since), default=None)
    end = min((day for day in ends if day >= since), default=None)
    over = min((d for d in (met, end) if d), default=None)
    count, day, red, yellow, due = 0, since, None, False, None
    while day < frame.as_of:
        day += ONE_DAY
        count += frame.works_on(day)
        due = due or (day if count == days else None)
        if count > days or (count == days and frame.pack.comparison == "at") or (due and due < day == over):
            red = red or day
        yellow |= count > 0 and days - count <= warning_days(days, since, frame.pack)
    light = "red" if red and not (over and over < red) else "yellow" if yellow and not over else "green"
    return {"kind": kind, "since": since.isoformat(), "days": days, "met_on": met and met.isoformat(), "light": light}


def against_limit(case: Case, clock: str, frame: Frame) -> dict[str, Any]:
    """A case's days in one of its own clocks, in the unit of the limit, its due day if reached, and its light there."""
    limit, days, due = due_against(case, clock, frame)
    if limit is None:
        return {"used": len(days), "limit": None, "due_on": None, "light": Light.NONE.word}
    light = limit_light(case, clock, limit, due, days, frame)
    return {"used": len(days), "limit": limit, "due_on": due.isoformat() if due else None, "light": light.word}


def due_against(case: Case, clock: str, frame: Frame) -> tuple[int | None, list[dt.date], dt.date | None]:
    """Of one of a case's own clocks the limit (None: none), the days it ran in the unit, the due day if reached."""
    item = frame.pack.catalogue.items.get(case.item)
    listed = (item.promised if clock == PROMISED else item.statutory) if item else None
    limit, unit = (listed.days, listed.unit) if listed else (None, Unit.WORKING_DAY)
    if case.row.get(f"{clock}_days"):
        limit = int(case.row[f"{clock}_days"])
        unit = Unit[(case.row.get(f"{clock}_unit") or "working_day").upper()]
    elif clock == PROMISED:
        for rule in frame.pack.marks.values():
            short = rule.promised.get(case.item)
            if rule.mark in case.marks and short and (limit is None or limit > short.days):
                limit, unit = short.days, short.unit
    days = [d for d in case.days_run(clock) if unit is Unit.NATURAL_DAY or frame.works_on(d)]
    if case.holder not in frame.pack.clocks[clock].counts:
        limit, days = None, []
    if limit is None:
        return None, days, None
    if clock == STATUTORY or frame.pack.extension.promised:
        limit = prolonged(case, clock, limit, unit, days, frame)
    return limit, days, due_day(case.began.get(clock), limit, unit, days, frame)


def prolonged(case: Case, clock: str, limit: int, unit: Unit, days: list[dt.date], frame: Frame) -> int:
    """The limit with the extensions that count: before it was too late; of the promise, before its due day."""
    more: dict[dt.date, int] = defaultdict(int)
    for event in case.events:
        if event.status is Status.EXTENDED:
            more[event.day] += event.days
    for day in sorted(more):
        due = due_day(case.began.get(clock), limit, unit, days, frame)
        if clock == STATUTORY:
            # Days of rest after the last day of the limit are past it too, though they are not counted.
            ran_on = any(due and due < d <= day for d in case.days_run(clock))
            due = first_late(days, due, frame)
            if ran_on:
                continue
        if not due or day < due:
            limit += more[day]
    return limit


def late_on(case: Case, clock: str, frame: Frame) -> dt.date | None:
    """The first day that ran after the due day (with `at`: on it); None while there is none."""
    limit, days, due = due_against(case, clock, frame)
    return None if limit is None or case.unjudged else first_late(days, due, frame)


def first_late(days: list[dt.date], due: dt.date | None, frame: Frame) -> dt.date | None:
    """The first of the days a clock ran that is past the due day (with `at`: on it)."""
    at = frame.pack.comparison == "at"
    return min((d for d in days if due and (d > due or (at and d == due))), default=None)


def due_day(began: dt.date | None, limit: int, unit: Unit, days: list[dt.date], frame: Frame) -> dt.date | None:
    """The first day whose count is the limit; in natural days, a rest day gives way to the next working day (203)."""
    due = began if not limit else days[limit - 1] if len(days) >= limit else None
    while due and unit is Unit.NATURAL_DAY and not frame.works_on(due):
        due += ONE_DAY
    return due


def limit_light(case: Case, clock: str, limit: int, due: dt.date | None, days: list[dt.date], frame: Frame) -> Light:
    """Red after the due day has passed (with `at`: on it); yellow while open and nearly due, never on day 0."""
    if case.unjudged:
        return Light.GREY
    if late_on(case, clock, frame):
        return Light.RED
    began = case.began.get(clock) or frame.as_of
    nearly = bool(days) and limit - len(days) <= warning_days(limit, case.first_acceptance or began, frame.pack)
    return Light.YELLOW if nearly and clock in case.last.open else Light.GREEN
