"""Kept promises by the definition, case by case and day by day in plain Python: the answer key of `rules.promises`."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from rules.pack import RulePack
from rules.vocabulary import DECISIONS, Status
from rules.workdays import WorkCalendar
from tests.rules.oracle import ended, marks_of
from tests.rules.oracle_bylaw import accept_by_law, wait_for
from tests.rules.oracle_case import (
    ONE_DAY,
    PROMISED,
    STATUTORY,
    TOTAL,
    Case,
    Row,
    office_date,
    read_case,
    read_event,
    read_status,
    suppose_acceptance,
    walk,
    without_voided,
)
from tests.rules.oracle_limits import Frame, due_against, limit_of

KNOWLEDGE = {Status.VOIDED, Status.CONFIRMED}


@dataclass
class Told:
    """The rows of events as they would read; by case id the day of a decision in time, and the days moved up."""

    events: list[Row] = field(default_factory=list)
    decided_on: dict[str, dt.date] = field(default_factory=dict)
    moved_by: dict[str, int] = field(default_factory=dict)
    limits: dict[str, dict[str, str]] = field(default_factory=dict)  # columns of a case: it keeps the limits it had

    def cases(self, rows: Sequence[Row]) -> list[Row]:
        """The rows of cases with the limits that each keeps."""
        return [{**row, **self.limits[row["case_id"]]} for row in rows]


class WorkDays:
    """Working days asked for one by one."""

    def __init__(self, calendar: WorkCalendar) -> None:
        self.works = calendar.is_working_day

    def at(self, day: dt.date) -> dt.date:
        """The day itself if it works, else the working day before it."""
        while not self.works(day):
            day -= ONE_DAY
        return day

    def between(self, start: dt.date, end: dt.date) -> int:
        """Working days d with start < d <= end (start not after end)."""
        return sum(self.works(start + ONE_DAY * n) for n in range(1, (end - start).days + 1))

    def earlier(self, day: dt.date, days: int) -> dt.date:
        """The working day so many working days before."""
        day = self.at(day)
        for _ in range(days):
            day = self.at(day - ONE_DAY)
        return day


def promises_kept(
    projects: Sequence[Row],
    cases: Sequence[Row],
    events: Sequence[Row],
    pack: RulePack,
    calendar: WorkCalendar,
    as_of: dt.date,
    departments: Collection[str] | None = None,
) -> Told:
    """What the events would read if these departments (None: all) had decided within what they promised."""
    days, told = WorkDays(calendar), Told()
    frame = Frame(pack, calendar.is_working_day, as_of)
    standing: dict[str, list[Row]] = defaultdict(list)
    for row in without_voided(events):
        if read_status(row["status"]) not in KNOWLEDGE:
            standing[row["case_id"]].append(row)
    of_project: dict[str, list[_Case]] = {}
    for project in projects:
        rows = [row for row in cases if row["project_code"] == project["project_code"]]
        ended_on = ended(project, as_of)
        (walked, by_law), (free, _) = (_walked(project, rows, standing, frame, until) for until in (ended_on, None))
        of_project[project["project_code"]] = own = [
            _Case(one, other, standing[one.id], one.id in by_law, frame, ended_on)
            for one, other in zip(walked, free, strict=True)
        ]
        for case in own:
            if departments is not None and case.case.department not in departments:
                case.due = None
    for own in of_project.values():
        for case in own:
            case.move(own, pack, days, set())
            if case.due:
                told.decided_on[case.id] = case.due
            told.limits[case.id] = case.limits
            if case.by:
                told.moved_by[case.id] = case.by
    known = {case.id: case for own in of_project.values() for case in own}
    valid = {row["event_id"] for rows in standing.values() for row in rows}
    for row in events:
        if read_status(row["status"]) in KNOWLEDGE or row["event_id"] not in valid:
            told.events.append(row)
    for case in known.values():
        told.events += case.rewritten(days)
    return told


def _walked(
    project: Row, rows: Sequence[Row], events: Mapping[str, list[Row]], frame: Frame, ended_on: dt.date | None
) -> tuple[list[Case], set[str]]:
    """The cases of a project, each walked to as_of, and which of them were taken on by law alone."""
    found = []
    for row in rows:
        case = read_case(row, [e for e in map(read_event, events[row["case_id"]]) if e.day <= frame.as_of], frame.pack)
        case.marks, case.coded_on = marks_of(project), dt.date.fromisoformat(project["coded_on"])
        found.append(case)
    told = {case.id: case.days_of(Status.ACCEPTED) for case in found}
    accept_by_law(found, frame)
    wait_for(found, frame)
    by_law = {case.id: set(case.days_of(Status.ACCEPTED)) - set(told[case.id]) for case in found}
    for case in found:
        suppose_acceptance(case)
        walk(case, frame.pack, frame.as_of, ended_on, frame.works_on)
    return found, {case.id for case in found if case.first_acceptance in by_law[case.id]}


class _Case:
    def __init__(
        self, case: Case, free: Case, rows: list[Row], by_law: bool, frame: Frame, ended_on: dt.date | None
    ) -> None:
        self.case, self.id, self.rows, self.as_of, self.ended_on = case, case.id, rows, frame.as_of, ended_on
        self.by_law, self.moved, self.by = by_law, False, 0
        self.opened = None if case.unjudged else case.first_acceptance
        self.due: dt.date | None = None
        self.limits: dict[str, str] = {}
        for clock in (PROMISED, STATUTORY):
            kept, unit = limit_of(case, clock, frame)
            if kept is not None:
                self.limits |= {f"{clock}_days": str(kept), f"{clock}_unit": unit.word}
        limit, ran, due = due_against(case, PROMISED, frame)
        if limit is not None and due and self.opened and any(day > due for day in ran):
            self.due = max(due, self.opened)
        self.close = self._close(free)

    def _close(self, free: Case) -> dt.date | None:
        """The evening on which it was closed for the last time."""
        if free.unjudged:
            return min(free.days_of(*DECISIONS))
        if not free.first_acceptance or TOTAL in free.last.open:
            return None
        ran = [day for day, eve in free.eve.items() if TOTAL in eve.open]
        return max(ran, default=free.first_acceptance)

    def days(self) -> list[dt.date]:
        """The days of records up to the close, or up to the decision in time."""
        last = self.due or self.close or self.as_of
        return [d for d in map(_day, self.rows) if d <= min(last, self.as_of)]

    def move(self, own: list[_Case], pack: RulePack, days: WorkDays, asked: set[str]) -> None:
        if self.moved or self.opened is None or self.by_law or not (self.close or self.due):
            return
        self.moved = True
        if self.ended_on and (self.due or self.close or self.as_of) > self.ended_on:
            return
        records = set(self.days())
        if len({days.at(d) for d in records}) < len(records):
            return
        item = pack.catalogue.items.get(self.case.item)
        wanted = {code for group in item.prerequisites for code in group} if item else set()
        before = [
            c
            for c in own
            if c.case.item in wanted
            and c.close
            and c.close <= self.opened
            and (not c.case.works or not self.case.works or c.case.works == self.case.works)
        ]
        for case in before:
            case.move(own, pack, days, asked)
        if before:
            was = max(days.at(c.close) for c in before if c.close)
            self.by = days.between(max(days.at(c.ends(days)) for c in before), was)

    def ends(self, days: WorkDays) -> dt.date:
        """When it closes as it would have been."""
        last = self.due or self.close
        assert last
        return days.earlier(last, self.by) if self.by else last

    def rewritten(self, days: WorkDays) -> list[Row]:
        """Its events as they would read."""
        rows = [dict(row) for row in self.rows]
        if self.due:
            rows = self._decided_in_time(rows, self.due)
        for row in rows:
            if self.by and _day(row) <= self.as_of:
                row["occurred_at"] = days.earlier(_day(row), self.by).isoformat()
                row["entered_at"] = ""
        return rows

    def _decided_in_time(self, rows: list[dict[str, str]], due: dt.date) -> list[dict[str, str]]:
        later = [r for r in rows if due < _day(r) <= self.as_of and read_status(r["status"]) in DECISIONS]
        later.sort(key=lambda r: (_day(r), read_status(r["status"])))
        as_decided = {**later[0]} if later else {"event_id": f"{self.id}@due", "case_id": self.id, "status": "approved"}
        as_decided["occurred_at"] = due.isoformat()
        taken_on = [r for r in rows if _day(r) == due and read_status(r["status"]) is Status.ACCEPTED]
        rest = [r for r in rows if _day(r) <= due and r not in taken_on]
        if self.by_law:
            taken_on = [{**as_decided, "event_id": f"{self.id}@accepted", "status": "accepted"}]
        return [*rest, *(taken_on[:1] if self.opened == due else []), as_decided]


def _day(row: Row) -> dt.date:
    return office_date(row["occurred_at"])
