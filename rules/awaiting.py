"""What runs in a case's own clocks before its acceptance, where they start from something else.

From receipt (环评法 22, 建筑法 8): while the application is received and neither accepted nor closed. From the
predecessor (浙江“最多跑一次”规定 5: 依次办理的，自收到上一环节办结通知起): from the day on which the last of its
predecessors was approved, whether the case was taken on by then or not, and never before. Pauses stop either by the
same table. From the day of acceptance on the acceptance channel goes on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rules import channels, clock
from rules.channels import IS_CLOSING, Acceptance
from rules.derived import first_days
from rules.log import I8, I32, NO_DAY, NONE, Bools, EventLog
from rules.predecessors import FAR, ready_on
from rules.scene import Scene, until_ended
from rules.vocabulary import ClockStart


@dataclass
class Waiting:
    """The stretches before acceptance, as days, by case and start."""

    case: I32
    start: I32
    end: I32
    current: Bools
    open: Bools  # of each case: begun, and neither accepted nor closed
    begun: I32  # of each case, the day on which it was so first; NO_DAY
    ready: I32 | None  # of each case that follows its predecessors, the day they were done (FAR: not); else NO_DAY


def started_by(scene: Scene, log: EventLog, which: str) -> I8:
    """From which event a clock of each case runs (`ClockStart`): as the case says, else its item.

    That it runs from receipt or acceptance a case says of its statutory clock alone.
    """
    told = log.cases.clock_start[scene.chunk.case_rows]
    limits = [getattr(item, which) if item else None for item in scene.items]
    listed = np.array([int(x.start) if x else 0 for x in limits] or [0], np.int8)[scene.item]
    says = told >= ClockStart.PREDECESSOR if which == "promised" else told != NONE
    found: I8 = np.where(says, told, listed).astype(np.int8)
    return found


def await_acceptance(scene: Scene, start: I8, which: str) -> Waiting | None:
    """What runs before acceptance in the clock ``which``; None where every case starts with its acceptance."""
    received, after = start == ClockStart.RECEIVED, start == ClockStart.PREDECESSOR
    opened, n = scene.opening.opened, scene.cases
    mine = received & (scene.opening.received != NO_DAY) & ~scene.opening.unjudged
    mine &= (opened == NO_DAY) | (scene.opening.received < opened)
    after &= ~scene.opening.unjudged
    ready = None
    if after.any():
        ready = np.where(after, ready_on(scene), np.int32(NO_DAY))
    if ready is None and not mine.any():
        return None
    rows = np.flatnonzero(mine[scene.case])
    runs = channels.application(scene.case[rows], scene.day[rows], scene.status[rows], opened, scene.as_of)
    if ready is not None:
        runs = _both(runs, _from_predecessor(scene, ready))
    cut = until_ended(
        clock.stretches(runs, scene.paused, scene.pack, scene.as_of), scene.project, scene.ended_on, scene.as_of
    )
    open_, begun = np.zeros(n, np.bool_), np.full(n, NO_DAY, np.int32)
    open_[cut.case[cut.current]] = True
    begun[runs.case[::-1]] = runs.start[::-1]  # ascending: of several runs the first is written last and stays
    keep = np.flatnonzero(getattr(cut, which))
    return Waiting(cut.case[keep], cut.start[keep], cut.end[keep], cut.current[keep], open_, begun, ready)


def _from_predecessor(scene: Scene, ready: I32) -> Acceptance:
    """Runs from the day the predecessors were done to acceptance, or to a closing before it."""
    opened = scene.opening.opened
    begins = (ready != NO_DAY) & (ready != FAR) & ((opened == NO_DAY) | (ready < opened))
    end = np.where(opened == NO_DAY, np.int32(scene.as_of + 1), opened)
    closing = first_days(
        scene.cases, scene.case, scene.day, IS_CLOSING[scene.status] & (scene.day >= ready[scene.case])
    )
    end = np.where(closing != NO_DAY, np.minimum(end, closing), end)
    case = np.flatnonzero(begins & (ready < end)).astype(np.int32)
    none = np.empty(0, np.int64)
    return Acceptance(case, ready[case], end[case], none, none)


def _both(one: Acceptance, other: Acceptance) -> Acceptance:
    """The runs of both, by case and start."""
    case, start, end = (np.concatenate((getattr(one, c), getattr(other, c))) for c in ("case", "start", "end"))
    order = np.argsort((case.astype(np.int64) << 16) | start)
    return Acceptance(case[order], start[order], end[order], one.close_keys, one.accept_keys)
