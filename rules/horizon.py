"""What time alone will bring about: ceilings of pauses, and receipts that come to be acceptances.

A line drawn from today on would miss them. So the dates ahead of the projects that have any are read from the same
log as of the last of those days, by which everything has come about that will if nothing happens. Silence makes a
case accepted from its receipt on: a date that this brings before the day on which it becomes so is not foreseen, for
on that date nobody will know of it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from rules.cases import OwnClock
from rules.counted import Counted, count
from rules.log import I32, NO_DAY, Bools, Chunk, EventLog
from rules.scene import Scene, scene


def days_ahead(scn: Scene) -> tuple[I32, I32]:
    """Projects, from 0, and the days after as_of on which something comes about in them by itself."""
    paused = scn.paused
    capped = np.flatnonzero((paused.end > scn.as_of) & (paused.ceiling_on > scn.as_of))
    deemed = np.flatnonzero(scn.deemed_on > scn.as_of)
    project = np.concatenate((scn.project[paused.case[capped]], scn.project[deemed]))
    return project, np.concatenate((paused.ceiling_on[capped], scn.deemed_on[deemed]))


def foresee(log: EventLog, found: Counted) -> None:
    """Mends in place the dates that lie ahead of a project in which something comes about by itself."""
    scn = found.scene
    project, day = days_ahead(scn)
    if not len(project):
        return
    at = int(day.max())
    later = count(log, scene(log, _happened(scn), scn.pack, scn.calendar, scn.items, at))
    of_project = np.zeros(scn.projects, np.bool_)
    of_project[project] = True
    of_unit, of_case = of_project[found.units.project], of_project[scn.project]
    known_on = np.full(scn.projects, NO_DAY, np.int32)
    np.maximum.at(known_on, scn.project, np.where(scn.deemed_on > scn.as_of, scn.deemed_on, NO_DAY))
    silent = known_on[found.units.project], known_on[scn.project]
    for mine, theirs in zip((found.total, *found.groups), (later.total, *later.groups), strict=True):
        mine.yellow_on = _ahead(mine.yellow_on, theirs.yellow_on, of_unit, scn.as_of, silent[0])
        mine.red_on = _ahead(mine.red_on, theirs.red_on, of_unit, scn.as_of, silent[0])
    for which in ("promised", "statutory"):
        own, then = getattr(found.clocks, which), getattr(later.clocks, which)
        setattr(found.clocks, which, _foreseen(own, then, of_case, scn.as_of, silent[1]))


def _happened(scn: Scene) -> Chunk:
    """The chunk with what has happened alone."""
    rows = scn.event_rows
    return replace(
        scn.chunk, events=rows, order=np.arange(len(rows)), case=scn.case, day=scn.day, status=scn.status,
        procedure=scn.procedure, holder=scn.holder,
    )  # fmt: skip


def _ahead(now: I32, then: I32, which: Bools, as_of: int, known_on: I32) -> I32:
    """A date that has come stays; one that has not is read from later, but none that silence brings before the day
    ``known_on`` (NO_DAY: no silence) on which the last of it is over."""
    open_ = which & ((now == NO_DAY) | (now > as_of))
    hidden = (then != NO_DAY) & (then < known_on) & (then != now)
    soon = np.where((now > as_of) & (now < known_on), now, NO_DAY)
    read = np.where((then == NO_DAY) | (then > as_of), then, now)
    return np.where(open_, np.where(hidden, soon, read), now)


def _foreseen(own: OwnClock, then: OwnClock, which: Bools, as_of: int, known_on: I32) -> OwnClock:
    def ahead(now: I32, then: I32) -> I32:
        return _ahead(now, then, which, as_of, known_on)

    def find_due() -> Any:
        return ahead(own.due_on, then.due_on)

    return replace(
        own,
        yellow_on=ahead(own.yellow_on, then.yellow_on),
        red_on=ahead(own.red_on, then.red_on),
        find_due=find_due,
    )
