"""On which days a standing rests: a calendar in which another day works leaves it as it is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rules.assess import Assessed
from rules.late import rests_of_voided, rests_until
from rules.log import NO_DAY, EventLog


def rests_on(a: Assessed, log: EventLog) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Of each project, the first and the last day on which what is stored of it rests.

    From the coding or the first event to the last event or the latest of its dates: what is counted ends on one of
    them, but for a stretch that still runs, and that is stored as the day from which it counts.
    """
    s, n = a.scene, a.scene.projects
    first, last = s.coded_on.copy(), s.coded_on.copy()

    def reach(project: npt.NDArray[np.int32], day: npt.NDArray[np.int32]) -> None:
        known = np.flatnonzero(day != NO_DAY)
        np.maximum.at(last, project[known], day[known])

    event = s.project[s.case]
    np.minimum.at(first, event, s.day)
    reach(event, s.day)
    every, unit = np.arange(n, dtype=np.int32), a.units.project
    for day in (a.facts.last_day, s.ended_on, a.next_change):
        reach(every, day)
    for measure in (a.total, *a.groups):
        for day in (measure.yellow_on, measure.red_on):
            reach(unit, day)
    for own in (a.clocks.promised, a.clocks.statutory):
        for day in (own.due_on, own.yellow_on, own.red_on):
            reach(s.project, day)
    # A ceiling and silence after receipt count days up to theirs, and so does whether a stop came late.
    ceiling = np.where(s.paused.ceiling_on <= s.as_of, s.paused.ceiling_on, NO_DAY)
    reach(s.project[s.paused.case], ceiling)
    reach(s.project, s.opening.revealed_on)
    reach(s.project[s.chunk.case], rests_until(log, s.chunk, s.pack))
    case, day = rests_of_voided(log, s.chunk, s.pack)
    reach(s.project[case], day)
    if a.late:
        reach(s.project[a.late.case], log.events.learned[a.late.event])
    return first, last
