"""Turns that became so only after their day: what an acceptance by law counts from the day of receipt on.

Days that a decision without acceptance or a deemed acceptance reveals lie before the day on which anybody could know
of them. A turn that rests on them carries both: its day as counted, and the day on which it became so.
"""

from __future__ import annotations

import numpy as np

from rules.copies import copies
from rules.counted import Counted, count, earliest_of
from rules.log import I32, NO_DAY, Bools, EventLog
from rules.scene import scene


def became_on(log: EventLog, found: Counted) -> list[I32] | None:
    """For each of `Counted.turns`, of each project: the day on which the turn became so where that is later than the
    day on which it is counted, else NO_DAY. None where there is none at all."""
    scn = found.scene
    revealed = np.where(scn.counts, scn.opening.revealed_on, NO_DAY)
    turns = [earliest_of(found.units, day) for day in found.turns()]
    latest = np.full(scn.projects, NO_DAY, np.int32)
    np.maximum.at(latest, scn.project, revealed)
    asked = np.zeros(scn.projects, np.bool_)
    for turn in turns:
        asked |= (turn != NO_DAY) & (turn <= scn.as_of) & (turn < latest)
    if not asked.any():
        return None
    cases = np.flatnonzero(asked[scn.project] & (revealed != NO_DAY))
    key = (scn.project[cases].astype(np.int64) << 32) | revealed[cases]
    key = np.unique(np.concatenate((key, (np.flatnonzero(asked) << 32) | 0)))
    project, day = (key >> 32).astype(np.int32), (key & 0xFFFFFFFF).astype(np.int32)
    chunk = scn.chunk

    def keeps(copy: np.ndarray, events: np.ndarray) -> Bools:
        known: Bools = scn.opening.revealed_on[chunk.case[events]] <= day[copy]
        return known

    copied, _ = copies(chunk, project, keeps)
    then = count(log, scene(log, copied, scn.pack, scn.calendar, scn.items, scn.as_of))
    out = []
    for turn, again in zip(turns, then.turns(), strict=True):
        same = earliest_of(then.units, again) == turn[project]
        first = np.full(scn.projects, NO_DAY, np.int32)
        rows = np.flatnonzero(same)[::-1]  # ascending by day: the first is written last and stays
        first[project[rows]] = day[rows]
        late = asked & (turn != NO_DAY) & (turn <= scn.as_of) & (first > turn)
        out.append(np.where(late, first, np.int32(NO_DAY)))
    return out
