"""A chunk with what its rows need from the log, and steps 1-3 done on it: where every later step starts."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
import numpy.typing as npt

from rules import bylaw, channels, clock, derived, pausing
from rules.log import I8, I32, NO_DAY, NONE, Bools, Chunk, EventLog
from rules.pack import CLOCKS, Item, RulePack
from rules.vocabulary import CaseState, ClockStart, Holder
from rules.workdays import WorkCalendar, day_of


@dataclass
class Scene:
    """Columns by case are in the order of the chunk's cases, by project from its first project."""

    chunk: Chunk
    pack: RulePack
    calendar: WorkCalendar
    items: list[Item | None]  # the catalogue's entry of each item name of the log
    as_of: int
    now: int  # index of as_of
    project: I32
    stage: I8
    item: I32
    works: I32
    department: I32
    counts: Bools  # the holder's days count in project_total
    coded_on: I32
    ended_on: I32
    end_reason: I8
    in_scope: Bools
    marks: I8  # of each project, bits of Mark
    # events up to as_of, by case and day
    case: I32
    day: I32
    status: I8
    procedure: I8
    holder: I8
    past: npt.NDArray[np.intp] | None  # which events of the chunk these are; None: all
    next_event: I32  # of each project, the first day after as_of on which something is recorded; NO_DAY
    # steps 1-3
    opening: derived.Openings
    deemed_on: I32  # of each case, the day on which it will be deemed accepted if nothing happens; NO_DAY
    accepted: channels.Acceptance
    paused: pausing.Pauses
    cut: clock.Stretches
    runs: channels.Acceptance  # the runs of days on which the project clock is open, whether paused or not
    begun: I32  # of each case, the day on which its project clock opened first; NO_DAY
    start: I32  # of each stretch, as working-day indices
    end: I32

    @cached_property
    def event_rows(self) -> npt.NDArray[np.intp]:
        """The row in the log of each event."""
        rows = self.chunk.event_rows
        return rows if self.past is None else rows[self.past]

    @property
    def cases(self) -> int:
        return len(self.project)

    @property
    def projects(self) -> int:
        return self.chunk.projects


def scene(
    log: EventLog, chunk: Chunk, pack: RulePack, calendar: WorkCalendar, items: list[Item | None], as_of: int
) -> Scene:
    """Steps 1-3 on one chunk as of the end of day ``as_of``."""
    n = len(chunk.case_rows)
    case, day, status, procedure, holder = chunk.case, chunk.day, chunk.status, chunk.procedure, chunk.holder
    past = day <= as_of
    rows_past = None
    next_event = np.full(chunk.projects, NO_DAY, np.int32)
    if not past.all():
        later = np.flatnonzero(~past)
        later = later[np.argsort(-day[later], kind="stable")]
        next_event[chunk.project[case[later]]] = day[later]
        rows_past = np.flatnonzero(past)
        case, day, status = case[rows_past], day[rows_past], status[rows_past]
        procedure, holder = procedure[rows_past], holder[rows_past]
    rows, span = chunk.case_rows, chunk.project_rows
    stage, works = log.cases.stage[rows], log.cases.works[rows]
    by_law, deemed_on = bylaw.accepted_by_law(
        bylaw.Told(n, case, day, status, as_of), pack.deemed_acceptance, calendar,
        _together(log, rows, items), chunk.project, stage, works,
    )  # fmt: skip
    opening = derived.openings(n, case, day, status, by_law)
    accepted = channels.acceptance(case, day, status, opening, as_of)
    basis = None
    if any(rule.needs_basis for rule in pack.pauses.values()):
        events = chunk.event_rows if rows_past is None else chunk.event_rows[rows_past]
        basis = log.events.basis[events]
    paused = pausing.pauses(case, day, status, procedure, holder, accepted, as_of, basis)
    if any(rule.ceiling for rule in pack.pauses.values()):
        pausing.capped(paused, pack, calendar)
    cut = clock.stretches(accepted, paused, pack, as_of)
    runs, begun = accepted, opening.opened
    if pack.clocks[CLOCKS[0]].start is ClockStart.RECEIVED:
        told = np.flatnonzero(~opening.unjudged[case])
        applied = channels.application(case[told], day[told], status[told], opening.opened, as_of)
        begun = opening.opened.copy()
        begun[applied.case[::-1]] = applied.start[::-1]  # ascending: of several runs the first is written last
        cut = clock.with_application(cut, clock.stretches(applied, paused, pack, as_of))
        runs = channels.going_on(applied, accepted)
    ended_on = log.projects.ended_on[span]
    if (ended_on != NO_DAY).any():
        cut = until_ended(cut, chunk.project, ended_on, as_of)
    counting = np.zeros(len(Holder), np.bool_)
    counting[[int(h) for h in pack.clocks["project_total"].counts]] = True
    return Scene(
        chunk, pack, calendar, items, as_of, int(calendar.index(day_of(as_of))),
        chunk.project, stage, log.cases.item[rows], works, log.cases.department[rows],
        counting[log.cases.holder[rows]],
        log.projects.coded_on[span], ended_on, log.projects.end_reason[span], log.projects.in_scope[span],
        log.projects.marks[span],
        case, day, status, procedure, holder, rows_past, next_event,
        opening, deemed_on, accepted, paused, cut, runs, begun, calendar.index(cut.start), calendar.index(cut.end),
    )  # fmt: skip


def _together(log: EventLog, rows: npt.NDArray[np.intp], items: list[Item | None]) -> Bools:
    """Which cases are taken on at once with the others of their stage (统一收件)."""
    told = log.cases.clock_start[rows]
    limits = [(i.statutory, i.promised) if i else () for i in items]
    listed = np.array([any(x and x.start is ClockStart.UNIFIED for x in both) for both in limits] or [False])
    found: Bools = (told == ClockStart.UNIFIED) | ((told == NONE) & listed[log.cases.item[rows]])
    return found


def until_ended(cut: clock.Stretches, project: I32, ended_on: I32, as_of: int) -> clock.Stretches:
    """Nothing runs after the day on which the source says that the project ended."""
    last = ended_on[project][cut.case]
    over = (last != NO_DAY) & (last <= as_of)
    cut.end = np.where(over, np.minimum(cut.end, last), cut.end)
    cut.current &= ~over
    keep = ~over | (cut.start < cut.end)
    return clock.Stretches(*(getattr(cut, f.name)[keep] for f in fields(cut)))


def is_running(cut: clock.Stretches) -> Bools:
    """Stretches in which the project clock of the case runs."""
    running: Bools = cut.state == CaseState.RUNNING
    return running
