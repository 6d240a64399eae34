"""What a flag may look at, and what it says it saw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rules.cases import CaseStandings, OwnClocks
from rules.dated import in_force
from rules.deadlines import Deadlines
from rules.log import I32, NO_DAY, NONE, Bools, EventLog
from rules.pausing import IS_PAUSE, IS_START
from rules.scene import Scene
from rules.vocabulary import Pause, Status

_NEVER = np.int32(2**31 - 1)
IS_PROCEDURE = np.zeros(32, np.bool_)
IS_PROCEDURE[[int(Status.PROCEDURE_STARTED), int(Status.PROCEDURE_ENDED)]] = True


@dataclass
class Found:
    """What a flag found: one row a case or event, and what was seen of it (a column that is None: nothing).

    ``on`` and ``until``: the day on which it happened or began, and that to which it went or with which it is compared
    (NO_DAY: none, or still open); ``number``: see `unit_of` (NONE: none); ``kind``: a Pause (NONE: no pause).
    """

    case: npt.NDArray[Any]  # of the chunk
    event: npt.NDArray[Any]  # rows of the log, or -1: of the whole case
    on: npt.NDArray[Any] | None = None
    until: npt.NDArray[Any] | None = None
    number: npt.NDArray[Any] | None = None
    kind: npt.NDArray[Any] | None = None


@dataclass
class View:
    """A chunk after steps 1-5."""

    log: EventLog
    scene: Scene
    cases: CaseStandings
    clocks: OwnClocks
    deadlines: Deadlines
    late: Found  # late stops that wait for a confirmation


def odd_from(scene: Scene, name: str, days: I32) -> I32:
    """The pack's threshold of this name in force on each day; more than anything can be where it gives none."""
    number = scene.pack.oddities.get(name)
    return np.full(len(days), _NEVER) if number is None else in_force(number, days)


def of_cases(which: Bools, on: I32 | None = None, until: I32 | None = None) -> Found:
    """A flag on whole cases; the days by case."""
    cases = np.flatnonzero(which)
    on, until = (day if day is None else day[cases] for day in (on, until))
    return Found(cases, np.full(len(cases), -1), on, until)


def of_events(
    scene: Scene, rows: npt.NDArray[Any], until: I32 | None = None, number: npt.NDArray[Any] | None = None
) -> Found:
    """A flag on events, given as rows of the scene; what is seen of them row by row."""
    status = scene.status[rows]
    kind = np.where(IS_PROCEDURE[status], scene.procedure[rows], np.where(IS_PAUSE[status], Pause.CORRECTION, NONE))
    return Found(scene.case[rows], scene.event_rows[rows], scene.day[rows], until, number, kind)


def of_pauses(scene: Scene, rows: npt.NDArray[Any], number: npt.NDArray[Any] | None = None) -> Found:
    """A flag on pauses, given as rows of the scene's: on the records that opened them on their first day."""
    paused = scene.paused
    starts = np.flatnonzero(IS_START[scene.status])
    kind = np.where(IS_PROCEDURE[scene.status[starts]], scene.procedure[starts], np.int8(Pause.CORRECTION))
    wanted = channel(paused.case[rows], paused.kind[rows], paused.start[rows])
    order = np.argsort(wanted)
    opened = channel(scene.case[starts], kind, scene.day[starts])
    at = np.searchsorted(wanted[order], opened)
    hit = np.flatnonzero(np.append(wanted[order], -1)[at] == opened)
    of = rows[order[at[hit]]]
    end = paused.end[of]
    return Found(
        paused.case[of],
        scene.event_rows[starts[hit]],
        paused.start[of],
        np.where(end > scene.as_of, np.int32(NO_DAY), end),
        None if number is None else number[order[at[hit]]],
        paused.kind[of],
    )


def channel(case: I32, kind: npt.NDArray[Any], day: I32) -> npt.NDArray[np.int64]:
    """One number of each channel of pauses and day."""
    key: npt.NDArray[np.int64] = (((case.astype(np.int64) << 4) | kind) << 16) | day
    return key
