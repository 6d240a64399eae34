"""Step 2 for acceptance: the channel that is on while a case is taken on, and the one before it.

Only the state at the *end* of each day matters: signs are summed by case and day and carried forward.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rules.derived import Openings
from rules.log import I8, I32, NO_DAY, Bools
from rules.vocabulary import CLOSINGS, TURNED_AWAY, Status

I64 = npt.NDArray[np.int64]
SHIFT = np.int64(16)  # a day and a working-day index both fit 16 bits


def statuses(which: Any) -> Bools:
    """A table by status: whether it is among those."""
    table = np.zeros(32, np.bool_)
    table[[int(s) for s in which]] = True
    return table


IS_CLOSING = statuses(CLOSINGS)
_IS_TURNED_AWAY = statuses(TURNED_AWAY)
_SIGN = np.where(IS_CLOSING, -1, 0).astype(np.int8)  # of the acceptance channel
_SIGN[Status.ACCEPTED] = 1


@dataclass
class Acceptance:
    """The acceptance channel: runs ``(start, end]`` of accepted days, and the days that reset pauses."""

    case: I32
    start: I32
    end: I32  # `until` + 1 where still open
    close_keys: I64  # case << 16 | day of every close, ascending: it ends the pauses opened up to its day
    accept_keys: I64  # of every acceptance: it ends a correction opened on an earlier day


def _days_net(key: I64, sign: I8) -> tuple[I64, I8]:
    """The sign of the sum of the signs of each distinct key (ascending); zero sums left out."""
    first = firsts(key)
    if not first.all():
        total = np.add.reduceat(sign, np.flatnonzero(first), dtype=np.int32)
        key, sign = key[first], np.sign(total).astype(np.int8)
        keep = sign != 0
        key, sign = key[keep], sign[keep]
    return key, sign


def firsts(key: npt.NDArray[Any]) -> Bools:
    """Where each run of equal keys begins."""
    first = np.ones(len(key), np.bool_)
    np.not_equal(key[1:], key[:-1], out=first[1:])
    return first


def acceptance(case: I32, day: I32, status: I8, opening: Openings, until: int) -> Acceptance:
    """The acceptance channel of each case (events sorted by case and day, none after ``until``)."""
    rows = np.flatnonzero(_SIGN[status])
    sign, opened, on = _SIGN[status[rows]], opening.opened[case[rows]], day[rows]
    early = (sign < 0) & ((on < opened) | ((on == opened) & _IS_TURNED_AWAY[status[rows]]))
    early |= opened == NO_DAY
    if early.any():
        rows, sign, on = rows[~early], sign[~early], on[~early]
    key = (case[rows].astype(np.int64) << SHIFT) | on
    derived = np.flatnonzero(opening.derived & (opening.opened != NO_DAY))
    if len(derived):
        more = (derived << SHIFT) | opening.opened[derived]
        at = np.searchsorted(key, more)
        key, sign = np.insert(key, at, more), np.insert(sign, at, np.int8(1))
    return _alternation(key, sign, until)


def application(case: I32, day: I32, status: I8, opened: I32, until: int) -> Acceptance:
    """The application channel before acceptance: +1 received, -1 any closing; it ends on the day of ``opened``."""
    sign = np.where(IS_CLOSING[status], np.int8(-1), np.where(status == Status.RECEIVED, np.int8(1), np.int8(0)))
    rows = np.flatnonzero((sign != 0) & ((opened[case] == NO_DAY) | (day < opened[case])))
    runs = _alternation((case[rows].astype(np.int64) << SHIFT) | day[rows], sign[rows], until)
    last = opened[runs.case]
    runs.end = np.where(last != NO_DAY, np.minimum(runs.end, last), runs.end)
    return runs


def going_on(applied: Acceptance, accepted: Acceptance) -> Acceptance:
    """The runs of both channels by case and start; an acceptance on the day to which the application ran goes on."""
    columns = [np.concatenate(pair) for pair in zip(_runs_of(applied), _runs_of(accepted), strict=True)]
    order = np.argsort((columns[0].astype(np.int64) << SHIFT) | columns[1])
    case, start, end = (column[order] for column in columns)
    begins = np.ones(len(case), np.bool_)
    begins[1:] = (case[1:] != case[:-1]) | (start[1:] != end[:-1])
    ends = np.append(begins[1:], True) if len(case) else begins
    return Acceptance(case[begins], start[begins], end[ends], accepted.close_keys, accepted.accept_keys)


def _runs_of(channel: Acceptance) -> tuple[I32, I32, I32]:
    return channel.case, channel.start, channel.end


def _alternation(key: I64, sign: I8, until: int) -> Acceptance:
    """The runs of a channel without resets, from its signs by case and day."""
    closed, taken = key[sign < 0], key[sign > 0]
    key, sign = _days_net(key, sign)
    of = key >> SHIFT
    change = np.ones(len(key), np.bool_)
    np.not_equal(sign[1:], sign[:-1], out=change[1:])
    first = np.flatnonzero(firsts(of))
    change[first] = sign[first] > 0
    rows = np.flatnonzero(change)
    opens = np.flatnonzero(sign[rows] > 0)
    day = np.append((key[rows] & 0xFFFF).astype(np.int32), np.int32(until + 1))
    shut = np.append(sign[rows] < 0, False)[opens + 1]  # a close that follows an opening is always of the same case
    end = np.where(shut, day[opens + 1], np.int32(until + 1))
    return Acceptance(of[rows[opens]].astype(np.int32), day[opens], end, closed, taken)
