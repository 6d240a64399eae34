"""Step 2 for pauses: the channels of corrections and special procedures, and what by law ends or caps them.

A close switches off every pause opened up to its day, an acceptance a correction opened on an earlier day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rules.channels import I64, SHIFT, Acceptance, firsts, statuses
from rules.dated import limit_in_force
from rules.log import I8, I32, NO_DAY, NONE, Bools
from rules.pack import RulePack
from rules.vocabulary import Holder, Pause, Status, Unit
from rules.workdays import WorkCalendar

IS_PAUSE = statuses(
    (Status.CORRECTION_STARTED, Status.CORRECTION_ENDED, Status.PROCEDURE_STARTED, Status.PROCEDURE_ENDED)
)
IS_START = statuses((Status.CORRECTION_STARTED, Status.PROCEDURE_STARTED))


@dataclass
class Pauses:
    """Runs of the pause channels, ``(start, end]``; ``end`` is `until` + 1 where still open."""

    case: I32
    kind: I8
    start: I32
    end: I32
    entrusted: Bools  # each start of the kind on the day names an entrusted intermediary
    based: Bools  # a start of the kind on the day names its legal basis, or nobody asked
    ceiling_on: I32  # the day on which its kind's ceiling is reached; NO_DAY: it has none
    stops_to: I32  # the day to which it can stop a clock: its end, or the day of its ceiling before


def pauses(
    case: I32,
    day: I32,
    status: I8,
    procedure: I8,
    holder: I8,
    accepted: Acceptance,
    until: int,
    basis: Bools | None = None,
) -> Pauses:
    """The runs of the correction and procedure channels, cut where a close or an acceptance switches them off.

    ``basis``: which events name a legal basis; None where no rule asks.
    """
    rows = np.flatnonzero(IS_PAUSE[status])
    correction = (status[rows] == Status.CORRECTION_STARTED) | (status[rows] == Status.CORRECTION_ENDED)
    kind = np.where(correction, np.int8(Pause.CORRECTION), procedure[rows])
    starts = IS_START[status[rows]]
    entrusted = starts & (holder[rows] == Holder.ENTRUSTED_INTERMEDIARY)
    channel = (case[rows].astype(np.int64) << 4) | kind
    packed = (((channel << SHIFT) | day[rows]) << 2) | np.where(starts, 2 - entrusted, 0)
    packed.sort()
    key, mark = packed >> 2, packed & 3
    head = np.flatnonzero(firsts(key))
    if not len(head):
        none = np.empty(0, np.int32)
        no = none.astype(np.bool_)
        return Pauses(none, none.astype(np.int8), none, none, no, no, none, none)
    net = np.add.reduceat(np.where(mark > 0, 1, -1), head)
    by_others = np.maximum.reduceat(mark, head) == 2
    keep = net != 0
    key, net, by_others = key[head][keep], net[keep], by_others[keep]
    based = np.ones(len(key), np.bool_)
    if basis is not None:
        based = np.isin(key, ((channel << SHIFT) | day[rows])[starts & basis[rows]])
    return _runs(key, net > 0, ~by_others, based, accepted, until)


def _runs(key: I64, start: Bools, entrusted: Bools, based: Bools, accepted: Acceptance, until: int) -> Pauses:
    channel, day = key >> SHIFT, (key & 0xFFFF).astype(np.int32)
    case = channel >> 4
    place = np.where(start, len(key), np.arange(len(key)))
    following = np.minimum.accumulate(place[::-1])[::-1]  # the next row that ends, of any channel
    inside = np.minimum(following, len(key) - 1)
    ended = (following < len(key)) & (channel[inside] == channel)
    end = np.where(ended, day[inside], until + 1)
    here = (case << SHIFT) | day
    end = np.minimum(end, _reset(accepted.close_keys, here, case, "left", until))
    corrected = (channel & 15) == Pause.CORRECTION
    # an acceptance ends a correction of an earlier day only: look right of the correction's own day
    end[corrected] = np.minimum(
        end[corrected], _reset(accepted.accept_keys, here[corrected], case[corrected], "right", until)
    )
    again = np.zeros(len(key), np.bool_)
    again[1:] = (channel[1:] == channel[:-1]) & start[:-1] & (end[:-1] > day[1:])
    runs = np.flatnonzero(start & ~again)
    until_day = end[runs].astype(np.int32)
    return Pauses(
        case[runs].astype(np.int32),
        (channel[runs] & 15).astype(np.int8),
        day[runs],
        until_day,
        entrusted[runs],
        based[runs],
        np.full(len(runs), NO_DAY, np.int32),
        until_day,
    )


def capped(paused: Pauses, pack: RulePack, calendar: WorkCalendar) -> None:
    """Pauses stop no clock past the ceiling of their kind, in place: the law writes that the clock runs again.

    The ceiling of a pause is that in force on the day on which it began.
    """
    for kind, rule in pack.pauses.items():
        if rule.ceiling:
            mine = np.flatnonzero(paused.kind == kind)
            most, unit = limit_in_force(rule.ceiling.on, rule.ceiling.changes, paused.start[mine])
            mine, most, unit = mine[most != NONE], most[most != NONE], unit[most != NONE]
            start = paused.start[mine]
            working = calendar.day_at(calendar.index(start) + most)
            paused.ceiling_on[mine] = np.where(unit == Unit.NATURAL_DAY, start + most, working)
    known = paused.ceiling_on != NO_DAY
    paused.stops_to = np.where(known, np.minimum(paused.end, paused.ceiling_on), paused.end)


def _reset(keys: I64, here: I64, case: I64, side: Any, until: int) -> npt.NDArray[Any]:
    """The day of the first reset of the same case at (left) or after (right) each key; `until` + 1 if none."""
    if not len(keys):
        return np.full(len(here), until + 1)
    at = np.searchsorted(keys, here, side=side)
    found = keys[np.minimum(at, len(keys) - 1)]
    return np.where((at < len(keys)) & ((found >> SHIFT) == case), found & 0xFFFF, until + 1)
