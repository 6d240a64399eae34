"""The law's arithmetic counted day by day, as it is written, in plain Python: the tests' answer key.

It shares no step with the engine: no intervals, no indices, no arrays; `oracle_case` walks each case through its days.
Late stops and confirmations ask when we learned of an event; a file does not say, so they are not here.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

from rules.pack import GroupRule, RulePack, Scope
from rules.vocabulary import CLOSINGS, Applies, CaseState, Group, Ledger, Light, Mark, Pause, Phase, Stage
from rules.workdays import WorkCalendar
from tests.rules.oracle_bylaw import accept_by_law, wait_for
from tests.rules.oracle_case import (
    ASLEEP,
    CLOSED,
    ONE_DAY,
    PROMISED,
    STATUTORY,
    TOTAL,
    UNDER_WAY,
    Case,
    Event,
    Row,
    office_date,
    read_case,
    read_event,
    suppose_acceptance,
    walk,
    without_voided,
)
from tests.rules.oracle_limits import Frame, against_limit, deadlines_of, late_on, warning_days

Running = Mapping[dt.date, list[Case]]  # of each working day, the counted cases that ran on it


def judge(
    projects: Sequence[Row],
    cases: Sequence[Row],
    events: Sequence[Row],
    pack: RulePack,
    calendar: WorkCalendar,
    as_of: dt.date,
) -> dict[str, dict[str, Any]]:
    """How each project stands at the end of ``as_of``: rows of the canonical files in, one dict a project out.

    Dates are ISO texts, days are working days, words are lower case; ``shares`` are exact fractions. The keys:
    phase, stage, light, judged, used, held_days, running, held_by [[case, department, since]], stages {stage: days},
    groups {group: used, budget, light, yellow_on, red_on}, pre_construction and acceptance (their days), yellow_on,
    red_on, turns [[on, light]] (crossings up to ``as_of``), shares {department: [share, sole]}, ledger, finished,
    cases {id: [used, state]}, limits {id: {promised, statutory: {used, limit, due_on, light}}},
    passed {(id, clock): day}, deadlines {id: list}, works [the same
    measures each, where there are several]. A project coded after ``as_of`` is left out, unless a case was accepted
    before.
    """
    frame = Frame(pack, cache(calendar.is_working_day), as_of)
    of_project = walked(projects, cases, events, frame)
    found = {}
    for row in projects:
        own = of_project[row["project_code"]]
        if dt.date.fromisoformat(row["coded_on"]) <= as_of or any(c.first_day for c in own):
            found[row["project_code"]] = standing(row, own, frame)
    return found


def walked(projects: Sequence[Row], cases: Sequence[Row], events: Sequence[Row], frame: Frame) -> dict[str, list[Case]]:
    """The cases of each project, every day of them walked."""
    happened: dict[str, list[Event]] = defaultdict(list)
    for row in without_voided(events):
        event = read_event(row)
        if event.day <= frame.as_of:
            happened[row["case_id"]].append(event)
    of_project: dict[str, list[Case]] = defaultdict(list)
    marks = {row["project_code"]: marks_of(row) for row in projects}
    coded_on = {row["project_code"]: dt.date.fromisoformat(row["coded_on"]) for row in projects}
    ended_on = {row["project_code"]: ended(row, frame.as_of) for row in projects}
    for row in cases:
        case = read_case(row, happened[row["case_id"]], frame.pack)
        case.marks, case.coded_on = marks[row["project_code"]], coded_on[row["project_code"]]
        of_project[row["project_code"]].append(case)
    for code, own in of_project.items():
        accept_by_law(own, frame)
        wait_for(own, frame)
        for case in own:
            suppose_acceptance(case)
            walk(case, frame.pack, frame.as_of, ended_on[code], frame.works_on)
    return of_project


def marks_of(row: Row) -> frozenset[Mark]:
    """What is marked on a project."""
    return frozenset(Mark[word.strip().upper()] for word in (row.get("marks") or "").split(";") if word)


def standing(row: Row, cases: list[Case], frame: Frame) -> dict[str, Any]:
    """Everything that is asked of one project."""
    coded_on = dt.date.fromisoformat(row["coded_on"])
    first_day = min([coded_on, *(min(c.eve) for c in cases if c.eve)])
    days = [d for d in days_after(first_day, frame.as_of) if frame.works_on(d)]
    running: dict[dt.date, list[Case]] = {d: [] for d in days}
    for case in cases:
        for day in case.days_run(TOTAL):
            if case.counts and day in running:
                running[day].append(case)

    phase = phase_of(row, cases, frame.as_of)
    named = row.get("pack") == frame.pack.id
    in_scope = named or holds(frame.pack.scope, row.get("kind") or "", row.get("region") or "", coded_on)
    codes = sorted({c.works for c in cases if c.works}) or [""]
    works = []
    for code in codes:
        own = [c for c in cases if len(codes) == 1 or c.works in ("", code)]
        found = measure(own, running, coded_on, in_scope, phase, frame)
        works.append({"works_code": code, **found})
    worst = min(works, key=lambda w: (-Light[w["light"].upper()], -w["used"], w["works_code"]))
    judged = not any(c.unjudged and c.counts for c in cases)
    first = {name: min((w[name] for w in works if w[name]), default=None) for name in ("yellow_on", "red_on")}

    shares: dict[str, list[Any]] = defaultdict(lambda: [Fraction(0), 0])
    for today in running.values():
        holders = {c.department for c in leading(today, frame.pack)}
        for department in holders:
            shares[department][0] += Fraction(1, len(holders))
            shares[department][1] += len(holders) == 1
    ledger = ledger_of(row, cases, running, phase, frame)
    held_by = [c for c in cases if runs_and_counts(c)]
    return {
        "phase": phase.word,
        "stage": stage_of(cases),
        "light": "grey" if worst["light"] == "green" and not judged else worst["light"],
        "judged": judged,
        "used": worst["used"],
        "held_days": sum(1 for today in running.values() if today),
        "running": any(runs_and_counts(c) for c in cases),
        "held_by": sorted(
            [c.id, c.department, c.open_since(frame.as_of).isoformat()] for c in leading(held_by, frame.pack)
        ),
        "stages": worst["stages"],
        "groups": worst["groups"],
        **{name: group["used"] for name, group in worst["groups"].items()},
        **first,
        "turns": [[on, name.removesuffix("_on")] for name, on in first.items() if on],
        "shares": dict(shares),
        "ledger": {"span": sum(ledger.values()), **ledger},
        "finished": phase is Phase.FINISHED,
        "cases": {c.id: [sum(map(frame.works_on, c.days_run(TOTAL))), c.last.state.word] for c in cases},
        "limits": {c.id: {clock: against_limit(c, clock, frame) for clock in (PROMISED, STATUTORY)} for c in cases},
        "deadlines": {c.id: deadlines_of(c, frame) for c in cases if deadlines_of(c, frame)},
        "passed": {(c.id, clock): late_on(c, clock, frame) for c in cases for clock in (PROMISED, STATUTORY)},
        "works": works if len(works) > 1 else [],
    }


def days_after(start: dt.date, end: dt.date) -> list[dt.date]:
    """The days d with start < d <= end."""
    return [start + ONE_DAY * n for n in range(1, (end - start).days + 1)]


def runs_and_counts(case: Case) -> bool:
    """Whether a case whose holder counts is in state running."""
    return case.counts and case.last.state is CaseState.RUNNING


# ---- days and lights


def holds(scope: Scope, kind: str, region: str, coded_on: dt.date) -> bool:
    """Whether a project that names no pack is in scope; a blank contradicts nothing, unless it has to be told."""
    if scope.applies is Applies.NAMED or coded_on < scope.coded_from:
        return False
    if scope.kinds and kind not in scope.kinds and (kind or scope.applies is Applies.TOLD):
        return False
    inside = any(region.startswith(prefix) for prefix in scope.regions)
    return not scope.regions or inside or (not region and scope.applies is Applies.FITS)


def measure(
    cases: list[Case], running: Running, coded_on: dt.date, in_scope: bool, phase: Phase, frame: Frame
) -> dict[str, Any]:
    """One works: its days, stages, groups and light. A day on which several cases run counts once."""
    members, pack = {c.id for c in cases}, frame.pack
    yellow, red = (n.on(coded_on).days + 1 if n else None for n in (pack.yellow, pack.red))
    total = Tally(yellow, red, pack.comparison)
    stages = dict.fromkeys((stage.word for stage in Stage), 0)
    groups = {rule.group: Tally.of_group(rule, coded_on, pack) for rule in pack.groups}
    ends = {rule.group: first_approval(cases, rule.milestone) for rule in pack.groups}
    for day, counted in running.items():
        today = {c.stage for c in counted if c.id in members}
        if today:
            total.add(day)
        for stage in today:
            stages[stage.word] += 1
        for rule in pack.groups:
            end = ends[rule.group]
            if today & rule.stages and (end is None or day <= end):
                groups[rule.group].add(day)

    found: dict[str, Any] = {}
    for rule in pack.groups:
        group, dark = groups[rule.group], [c for c in cases if c.stage in rule.stages and c.unjudged and c.counts]
        over = ends[rule.group] is not None or phase in (Phase.FINISHED, Phase.DROPPED)
        light = light_of(group, bool(dark), in_scope, attention=not over)
        found[rule.group.word] = {"used": group.used, "budget": group.budget, "light": light, **group.turns(in_scope)}
    if pack.red_by == STATUTORY:
        late = [day for c in cases if c.counts and (day := late_on(c, STATUTORY, frame))]
        total.reach("red_on", min(late, default=None))
    elif pack.red_by:
        total.reach("red_on", groups[Group[pack.red_by.upper()]].on("red_on"))
    dark = [c for c in cases if c.unjudged and c.counts]
    lit = in_scope and bool(pack.yellow or pack.red or pack.red_by)
    light = light_of(total, bool(dark), lit, attention=True)
    named = {group.word: found[group.word] for group in Group if group.word in found}
    return {"used": total.used, "light": light, "stages": stages, "groups": named, **total.turns(in_scope)}


class Tally:
    """Counted days, and the first day on which each light was reached."""

    def __init__(
        self, yellow: int | Fraction | None, red: int | None, comparison: str, budget: int | None = None
    ) -> None:
        less = 1 if comparison == "at" else 0
        self.used, self.budget = 0, budget
        if yellow is not None and budget is None:
            yellow -= less
        self._reach = {"yellow_on": yellow, "red_on": None if red is None else red - less}
        self._on: dict[str, dt.date] = {}

    @classmethod
    def of_group(cls, rule: GroupRule, coded_on: dt.date, pack: RulePack) -> Tally:
        """A group: yellow when the days left are at most the warning days, red past its budget."""
        budget = rule.budget.on(coded_on).days
        return cls(budget - warning_days(budget, coded_on, pack), budget + 1, pack.comparison, budget)

    def add(self, day: dt.date) -> None:
        """One more day."""
        self.used += 1
        for name, reach in self._reach.items():
            if reach is not None and self.used >= reach:
                self._on.setdefault(name, day)

    def reach(self, name: str, day: dt.date | None) -> None:
        """A day that is reached for a reason other than the count."""
        if day:
            self._on[name] = day

    def on(self, name: str) -> dt.date | None:
        """The day on which it was reached."""
        return self._on.get(name)

    def turns(self, in_scope: bool) -> dict[str, str | None]:
        """The crossings as ISO dates."""
        return {n: self._on[n].isoformat() if in_scope and n in self._on else None for n in self._reach}


def light_of(tally: Tally, dark: bool, in_scope: bool, *, attention: bool) -> str:
    """Yellow and red stand; what would be green is grey where a case cannot be judged.

    ``attention``: yellow is shown; a group that is over within its budget is green.
    """
    crossed = tally.turns(in_scope)
    if not in_scope:
        return Light.NONE.word
    light = Light.GREY if dark else Light.GREEN
    if crossed["yellow_on"] and attention:
        light = Light.YELLOW
    return Light.RED.word if crossed["red_on"] else light.word


def first_approval(cases: list[Case], item: str) -> dt.date | None:
    """The day on which an item was first approved."""
    return min((day for c in cases if item and c.item == item for day in c.approvals()), default=None)


# ---- where the project is, and whose its days are


def ended(row: Row, as_of: dt.date) -> dt.date | None:
    """The day on which the source says that the project ended, once that day has come."""
    day = office_date(row["ended_on"]) if row.get("ended_on") else None
    return day if day and day <= as_of else None


def phase_of(row: Row, cases: list[Case], as_of: dt.date) -> Phase:
    """办理状态: the first that holds."""
    states = {c.last.state for c in cases}
    completed = any(c.stage is Stage.ACCEPTANCE and c.approvals() for c in cases) and states <= CLOSED
    if ended(row, as_of):
        return Phase.DROPPED if row.get("end_reason") == "terminated" else Phase.FINISHED
    if completed:
        return Phase.FINISHED
    if any(runs_and_counts(c) for c in cases):
        return Phase.RUNNING
    if any(c.counts and c.last.state in UNDER_WAY for c in cases):
        return Phase.STOPPED
    return Phase.NOT_STARTED if states <= {CaseState.NOT_STARTED, CaseState.RECEIVED} else Phase.WAITING_OWNER


def stage_of(cases: list[Case]) -> str | None:
    """The latest stage with a case under way, else the latest ever reached; never `parallel`."""
    staged = [c for c in cases if c.stage is not Stage.PARALLEL and not c.unjudged]
    under_way = [c.stage for c in staged if c.last.state in UNDER_WAY]
    reached = [c.stage for c in staged if c.first_day]
    return max(under_way or reached).word if reached else None


def leading(running: list[Case], pack: RulePack) -> list[Case]:
    """The cases that hold a day; one that merely wraps others holds only when none of its parts runs."""

    def wraps_one_that_runs(case: Case) -> bool:
        item = pack.catalogue.items.get(case.item)
        parts = [c for c in running if item and c.item in item.wraps]
        return any(not part.works or not case.works or part.works == case.works for part in parts)

    return [c for c in running if not wraps_one_that_runs(c)]


def ledger_of(row: Row, cases: list[Case], running: Running, phase: Phase, frame: Frame) -> dict[str, int]:
    """What each working day of the span was: exactly one thing, the first that holds."""
    accepted = [c.first_day for c in cases if c.first_day]
    start = min([dt.date.fromisoformat(row["coded_on"]), *accepted])
    end = ended(row, frame.as_of)
    if not end:
        last_close = max((day for c in cases for day in c.days_of(*CLOSINGS)), default=frame.as_of)
        end = last_close if phase is Phase.FINISHED else frame.as_of
    ledger = dict.fromkeys((word.word for word in Ledger), 0)
    for day, counted in running.items():
        if start < day <= end:
            eves = [c.eve.get(day, ASLEEP) for c in cases]
            stops = {kind for eve in eves for kind in eve.stopped_by}
            if counted:
                what = Ledger.COUNTED
            elif any(frame.pack.pauses[kind].whose != "owner" for kind in stops - {Pause.CORRECTION}):
                what = Ledger.PROCEDURE
            elif Pause.CORRECTION in stops:
                what = Ledger.CORRECTION
            elif stops:
                what = Ledger.OWNER_WORKS
            elif any(TOTAL in eve.running for eve in eves):
                what = Ledger.UNCOUNTED
            else:
                what = Ledger.NOBODY
            ledger[what.word] += 1
    return ledger
