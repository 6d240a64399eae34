"""Which pause each stopped day of a case goes to: its time paused, by kind and by whether a basis was given.

Pauses open at once are one pause, so that a day goes to one kind alone: to the first that holds in the order of the
ledger (special procedures, corrections, the owner's own), and of several of them to the first in the order of
`rules.vocabulary.Pause`. So the days by kind sum to the days on which the case was stopped.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rules.copies import spread
from rules.flags.view import channel
from rules.log import I8, I32, Bools, EventLog
from rules.pack import CLOCKS, PauseRule, RulePack
from rules.pausing import IS_START, Pauses
from rules.pieces import OPEN
from rules.scene import Scene, is_running
from rules.vocabulary import Holder, Ledger, Pause, Status


@dataclass
class Stopped:
    """One row a piece of a pause: the days in ``(since, until]`` that went to it, ``until`` OPEN while it goes on.

    A pause that got no day (before acceptance, beside another one) has one piece of no length, on its first day.
    ``first``: the first piece of its pause, so that pauses are counted once.
    """

    case: I32
    kind: I8  # Pause
    opened_on: I32  # the day on which the pause began
    based: Bools  # a start on that day names its legal basis
    since: I32
    until: I32
    first: Bools


def stopped(scene: Scene, log: EventLog) -> Stopped:
    """The pieces of the pauses of a scene, by case, kind and day."""
    cut, paused = scene.cut, scene.paused
    telling = np.flatnonzero(_stops(paused, scene.pack))  # by case, as all pauses are
    rows = np.flatnonzero(~is_running(cut))
    of = paused.case[telling]
    low, high = (np.searchsorted(of, cut.case[rows], side=side) for side in ("left", "right"))
    stretch, at = spread(rows, low, high)
    pause = telling[at]
    covers = (paused.start[pause] <= cut.start[stretch]) & (paused.stops_to[pause] >= cut.end[stretch])
    stretch, pause = stretch[covers], pause[covers]
    rank = _rank(scene.pack)[paused.kind[pause]]
    order = np.lexsort((rank, stretch))
    stretch, pause = stretch[order], pause[order]
    chosen = np.append(True, stretch[1:] != stretch[:-1])[: len(stretch)]
    stretch, pause = stretch[chosen], pause[chosen]
    joined = np.append(True, (pause[1:] != pause[:-1]) | (cut.start[stretch[1:]] != cut.end[stretch[:-1]]))
    begin = np.flatnonzero(joined[: len(stretch)])
    last = np.append(begin[1:], len(stretch)) - 1 if len(begin) else begin
    until = np.where(cut.current[stretch[last]], np.int32(OPEN), cut.end[stretch[last]])
    return _whole(paused, _based(scene, log), pause[begin], cut.start[stretch[begin]], until)


def _whole(paused: Pauses, based: Bools, pause: npt.NDArray[np.intp], since: I32, until: I32) -> Stopped:
    """These pieces with those of no length, in the order of cases, kinds and days."""
    bare = np.ones(len(paused.case), np.bool_)
    bare[pause] = False
    none = np.flatnonzero(bare)
    pause = np.concatenate((pause, none))
    since = np.concatenate((since, paused.start[none]))
    until = np.concatenate((until, paused.start[none]))
    order = np.lexsort((since, pause))
    pause, since, until = pause[order], since[order], until[order]
    first = np.append(True, pause[1:] != pause[:-1])[: len(pause)]
    return Stopped(paused.case[pause], paused.kind[pause], paused.start[pause], based[pause], since, until, first)


def _based(scene: Scene, log: EventLog) -> Bools:
    """Which pauses name a legal basis in a record that opened them on their first day, whether a rule asks or not."""
    rows = np.flatnonzero(IS_START[scene.status])
    rows = rows[log.events.basis[scene.event_rows[rows]]]
    correction = scene.status[rows] == Status.CORRECTION_STARTED
    kind = np.where(correction, np.int8(Pause.CORRECTION), scene.procedure[rows])
    paused = scene.paused
    found: Bools = np.isin(
        channel(paused.case, paused.kind, paused.start), channel(scene.case[rows], kind, scene.day[rows])
    )
    return found


def _stops(paused: Pauses, pack: RulePack) -> Bools:
    """Which pauses stop `project_total`."""

    def of(rule: PauseRule, entrusted: bool) -> bool:
        runs_on = entrusted and rule.runs_on == (CLOCKS[0], Holder.ENTRUSTED_INTERMEDIARY)
        return CLOCKS[0] in rule.stops and not runs_on

    table = np.array([[of(pack.pauses[kind], entrusted) for entrusted in (False, True)] for kind in Pause])
    needy = np.array([pack.pauses[kind].needs_basis for kind in Pause])
    stops: Bools = table[paused.kind, paused.entrusted.astype(np.int8)] & (paused.based | ~needy[paused.kind])
    return stops


def _rank(pack: RulePack) -> npt.NDArray[np.int64]:
    """The order in which kinds of pause take a day."""

    def category(kind: Pause) -> Ledger:
        if kind is Pause.CORRECTION:
            return Ledger.CORRECTION
        return Ledger.OWNER_WORKS if pack.pauses[kind].whose == "owner" else Ledger.PROCEDURE

    return np.array([int(category(kind)) * len(Pause) + int(kind) for kind in Pause], np.int64)
