"""What time alone will bring about: ceilings of pauses, and receipts that come to be acceptances.

A line drawn from today on would miss them. So the dates ahead of the projects that have any are read from the same
log as of the last of those days, by which everything has come about that will if nothing happens.
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
    for mine, theirs in zip((found.total, *found.groups), (later.total, *later.groups), strict=True):
        mine.yellow_on = _ahead(mine.yellow_on, theirs.yellow_on, of_unit, scn.as_of)
        mine.red_on = _ahead(mine.red_on, theirs.red_on, of_unit, scn.as_of)
    for which in ("promised", "statutory"):
        own, then = getattr(found.clocks, which), getattr(later.clocks, which)
        setattr(found.clocks, which, _foreseen(own, then, of_case, scn.as_of))


def _happened(scn: Scene) -> Chunk:
    """The chunk with what has happened alone."""
    rows = scn.event_rows
    return replace(
        scn.chunk, events=rows, order=np.arange(len(rows)), case=scn.case, day=scn.day, status=scn.status,
        procedure=scn.procedure, holder=scn.holder,
    )  # fmt: skip


def _ahead(now: I32, then: I32, which: Bools, as_of: int) -> I32:
    """A date that has come stays; one that has not is read from later."""
    open_ = which & ((now == NO_DAY) | (now > as_of))
    return np.where(open_ & ((then == NO_DAY) | (then > as_of)), then, now)


def _foreseen(own: OwnClock, then: OwnClock, which: Bools, as_of: int) -> OwnClock:
    def find_due() -> Any:
        return _ahead(own.due_on, then.due_on, which, as_of)

    return replace(
        own,
        yellow_on=_ahead(own.yellow_on, then.yellow_on, which, as_of),
        red_on=_ahead(own.red_on, then.red_on, which, as_of),
        find_due=find_due,
    )
