"""Kept promises: the log as it would read if departments had decided within the days that they promised.

An assumption, not a finding. The steps, on a log as it stands as of a day:

1. A case is late once its promised clock has run past its due day. A late case of a chosen department is decided on
   that due day, or on the day on which it was taken on, if that was later: as it was decided later, or approved where
   it was not. What was recorded of it after that day is left out. Every other case keeps the days that it had.
2. The predecessors of a case are the cases of the project of any item that its item has for a prerequisite (of the
   same works, or either without a code), closed on or before the day on which it was accepted. A case with
   predecessors is moved up so that it keeps its gap in working days to the close of the latest of them: by the days
   from their latest close now to their latest close before. Whoever was accepted before a predecessor closed does not
   move by that one.
3. A case that is moved keeps everything between its records: each goes to the working day as many working days
   earlier. Not moved are cases still open (how long they would have run from an earlier day on, nobody knows), those
   taken on by law alone (with others, or by silence: the day is not in their own records), those closed after their
   project had ended, and those with records on two days of one working day (a rest day and the working day before it),
   which moving would put on one day. Every case keeps the limits that it had.

What so comes about is a log like any other, and is assessed like any other: chunk by chunk, as it is cut. It is known
all at once, so that nothing in it is a late stop; those that wait for a confirmation stop nothing from the beginning.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from rules import cases
from rules.abreast import abreast
from rules.assess import Assessed, assessed, reached
from rules.counted import Counted, count
from rules.derived import IS_DECISION, first_days
from rules.late import settled
from rules.log import I32, NO_DAY, Bools, Chunk, EventLog
from rules.order import Order, pairs
from rules.pack import Item, RulePack
from rules.rewriting import rewritten
from rules.scene import Scene, scene
from rules.workdays import WorkCalendar, day_number

_FAR = np.int32(2**31 - 1)


@dataclass
class Kept:
    """A chunk of projects of which promises were kept: what it means, and the log of its events as they would read.

    By case of the chunk: the day on which a late case is now decided (NO_DAY: as it was), and by how many working
    days a case is moved up.
    """

    assessed: Assessed
    log: EventLog
    decided_on: I32
    moved_by: I32


def promises_kept(
    log: EventLog,
    pack: RulePack,
    calendar: WorkCalendar,
    as_of: dt.date,
    chosen: Bools | None = None,
    *,
    detail: bool = True,
    size: int = 8192,
) -> Iterator[Kept]:
    """The projects, chunk by chunk, of which the ``chosen`` departments (one entry a department of the log; None: all)
    kept their promises.

    ``detail`` and what is raised: as `rules.assess.assess`. Projects, cases and names keep their rows in every log.
    """
    log.check()
    stand = _Stand(log, pack, calendar, day_number(as_of))
    order = Order.of(stand.items)
    limits_change = any(limits.changes for limits in pack.limits().values())

    def judge(chunk: Chunk) -> Kept:
        scn = stand.scene(chunk)
        due, by = _late(scn, log), np.zeros(scn.cases, np.int32)
        if chosen is not None:
            due[~chosen[scn.department]] = NO_DAY
        told = log
        if (due != NO_DAY).any():
            by = _moved(scn, due, order)
            told, chunk = rewritten(log, scn, due, by)
            if limits_change:
                told = _keeping_limits(told, log, scn)
            scn = replace(stand, log=told).scene_of(chunk)
        return Kept(assessed(told, count(told, scn), detail), told, due, by)

    yield from abreast(judge, log, size)


def late_cases(log: EventLog, pack: RulePack, calendar: WorkCalendar, as_of: dt.date) -> Bools:
    """Which cases of a log are late: what `promises_kept` would have decided earlier."""
    log.check()
    stand = _Stand(log, pack, calendar, day_number(as_of))

    def judge(chunk: Chunk) -> npt.NDArray[np.intp]:
        rows: npt.NDArray[np.intp] = chunk.case_rows[_late(stand.scene(chunk), log) != NO_DAY]
        return rows

    late = np.zeros(len(log.cases), np.bool_)
    for rows in abreast(judge, log, 8192):
        late[rows] = True
    return late


@dataclass
class _Stand:
    """A log as it stands as of a day: late stops that wait for a confirmation stop nothing in it."""

    log: EventLog
    pack: RulePack
    calendar: WorkCalendar
    as_of: int

    @cached_property
    def items(self) -> list[Item | None]:
        return [self.pack.catalogue.items.get(code) for code in self.log.items]

    def scene(self, chunk: Chunk) -> Scene:
        """The scene of a chunk without them."""
        return self.scene_of(settled(self.log, chunk, self.pack, self.calendar, self._count))

    def scene_of(self, chunk: Chunk, until: int | None = None) -> Scene:
        """The scene of a chunk as it is."""
        as_of = self.as_of if until is None else until
        return scene(self.log, chunk, self.pack, self.calendar, self.items, as_of)

    def _count(self, chunk: Chunk, until: int) -> Counted:
        return count(self.log, self.scene_of(chunk, until))


def _keeping_limits(told: EventLog, log: EventLog, scn: Scene) -> EventLog:
    """Every case of a chunk with the limits that it has: what is moved up to a day before a number came into force
    keeps the one by which it was judged."""
    columns = {}
    for which, (limit, unit) in cases.fixed_limits(log, scn).items():
        for name, mine in ((f"{which}_days", limit), (f"{which}_unit", unit)):
            columns[name] = getattr(told.cases, name).copy()
            columns[name][scn.chunk.case_rows] = mine
    return replace(told, cases=replace(told.cases, **columns))


# ---- step 1: who is late


def _late(scn: Scene, log: EventLog) -> I32:
    """The day on which each case whose promised clock has run past its due day would be decided; NO_DAY for others."""
    # Late is the day after the due day, also where a pack's light turns on the due day itself.
    plain = replace(scn, pack=replace(scn.pack, comparison="over"))
    clock = cases.own_clocks(plain, log, cases.standings(plain), statutory=False).promised
    opened = scn.opening.opened
    late = reached(clock.red_on, scn.as_of) & (opened != NO_DAY)
    return np.where(late, np.maximum(clock.due_on, opened), np.int32(NO_DAY))


# ---- steps 2 and 3: who follows, and by how much


def _moved(scn: Scene, due: I32, order: Order) -> I32:
    """By how many working days each case is moved up."""
    opened, capped = scn.opening.opened, due != NO_DAY
    close = _closes(scn)
    closed = close != NO_DAY
    was = np.zeros(scn.cases, np.int32)
    was[closed] = scn.calendar.index(close[closed])
    now = was.copy()
    now[capped] = scn.calendar.index(due[capped])
    late = np.zeros(scn.projects, np.bool_)
    late[scn.project[capped]] = True  # in other projects nothing is saved that could move anything
    can_move = late[scn.project] & (opened != NO_DAY) & ~scn.opening.by_law & (closed | capped)
    can_move &= ~_held(scn, np.where(capped, due, close))
    after, before = pairs(scn, order, can_move, closed)
    in_time = close[before] <= opened[after]
    after, before = after[in_time], before[in_time]
    by = np.zeros(scn.cases, np.int32)
    level = order.level[scn.item[after]]
    for step in range(1, int(level.max(initial=0)) + 1):
        mine = np.flatnonzero(level == step)
        if len(mine):
            case, those = after[mine], before[mine]
            first = np.flatnonzero(np.append(True, case[1:] != case[:-1]))
            days = np.maximum.reduceat(was[those], first) - np.maximum.reduceat(now[those], first)
            by[case[first]] = days
            now[case[first]] -= days
    return by


def _closes(scn: Scene) -> I32:
    """The day on which the last run of each case ended; NO_DAY while it is open or was never taken on.

    Accepted and closed on one day it has no run, and closed on that day; what cannot be judged closed when it was
    first decided.
    """
    close, unjudged = scn.opening.opened.copy(), scn.opening.unjudged
    close[scn.accepted.case] = scn.accepted.end  # ascending: the last run stays
    if unjudged.any():
        decided = first_days(scn.cases, scn.case, scn.day, IS_DECISION[scn.status])
        close[unjudged] = decided[unjudged]
    close[close > scn.as_of] = NO_DAY
    return close


def _held(scn: Scene, close: I32) -> Bools:
    """Cases that stay where they are whatever they follow: closed after their project ended, or that two days of
    records on one working day would make another case of."""
    last = scn.ended_on[scn.project]
    held: Bools = (last != NO_DAY) & (last <= scn.as_of) & (close > last)
    index = scn.calendar.index(scn.day)
    fold = (index[1:] == index[:-1]) & (scn.case[1:] == scn.case[:-1]) & (scn.day[1:] != scn.day[:-1])
    rows = np.flatnonzero(fold) + 1
    rows = rows[scn.day[rows] <= np.where(close == NO_DAY, _FAR, close)[scn.case[rows]]]
    held[scn.case[rows]] = True
    return held
