"""Acceptances by law: days on which a case counts as accepted though nobody said so.

* 统一收件 (浙江“最多跑一次”规定 5): items handled together are taken on by all departments at once, on the day on
  which the first of those of one stage and works is accepted. A case closed by then is none of them.
* Deemed acceptance (行政许可法 32(4)): who is not told within the days of the pack what is missing has been accepted
  on the day of receipt. A word is an acceptance, a closing, or the start of a correction, up to the last of those
  days; it counts as accepted only from the day after. Only where the pack says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rules import channels
from rules.channels import IS_CLOSING, SHIFT
from rules.dated import in_force
from rules.derived import ByLaw, first_days
from rules.log import I8, I32, NO_DAY, NONE, Bools
from rules.pack import Dated
from rules.vocabulary import Status
from rules.workdays import WorkCalendar

_FAR = np.int32(2**31 - 1)


@dataclass
class Told:
    """The events of the cases of a scene, by case and day, none after ``as_of``."""

    cases: int
    case: I32
    day: I32
    status: I8
    as_of: int


def accepted_by_law(
    told: Told, days: Dated | None, calendar: WorkCalendar, together: Bools, project: I32, stage: I8, works: I32
) -> tuple[ByLaw | None, I32]:
    """Acceptances by law, None where no rule asks; and of each case the day on which it will be deemed accepted if
    nothing happens (NO_DAY: it will not).

    ``days``: without a word so long, a receipt is an acceptance; ``together``: cases taken on at once (统一收件).
    """
    ahead = np.full(told.cases, NO_DAY, np.int32)
    if days is None and not together.any():
        return None, ahead
    accepted = first_days(told.cases, told.case, told.day, told.status == Status.ACCEPTED)
    on, revealed = np.full(told.cases, NO_DAY, np.int32), np.full(told.cases, NO_DAY, np.int32)
    if together.any():
        at_once = _at_once(accepted, together, project, stage, works)
        closed = np.full(told.cases, _FAR, np.int32)
        first = first_days(told.cases, told.case, told.day, IS_CLOSING[told.status])
        closed[first != NO_DAY] = first[first != NO_DAY]
        at_once[(at_once != NO_DAY) & (closed <= at_once)] = NO_DAY
        on = at_once
        known = on != NO_DAY
        accepted = np.where(known & ((accepted == NO_DAY) | (on < accepted)), on, accepted)
    if days is not None:
        start, by, ahead = _silent(told, days, calendar, accepted)
        better = (start != NO_DAY) & ((on == NO_DAY) | (start < on))
        on, revealed = np.where(better, start, on), np.where(better, by, revealed)
    return ByLaw(on, revealed), ahead


def _at_once(accepted: I32, together: Bools, project: I32, stage: I8, works: I32) -> I32:
    """Of the cases taken on together, the day of the first acceptance among those of their stage and works.

    A case without a works code is one of every works.
    """
    out = np.full(len(accepted), NO_DAY, np.int32)
    mine = np.flatnonzero(together)
    group = (project[mine].astype(np.int64) << 4) | stage[mine]
    blank = works[mine] == NONE
    day = np.where(accepted[mine] == NO_DAY, _FAR, accepted[mine])
    code = (group << 32) | (works[mine] + 1)

    def earliest(key: np.ndarray, which: Bools) -> I32:
        keys, at = np.unique(key, return_inverse=True)
        first = np.full(len(keys), _FAR, np.int32)
        np.minimum.at(first, at[which], day[which])
        found: I32 = first[at]
        return found

    every = np.ones(len(mine), np.bool_)
    of_works = np.minimum(earliest(code, every), earliest(group, blank))
    first = np.where(blank, earliest(group, every), of_works)
    out[mine] = np.where(first == _FAR, NO_DAY, first)
    return out


def _silent(told: Told, days: Dated, calendar: WorkCalendar, accepted: I32) -> tuple[I32, I32, I32]:
    """Of each case: the receipt to which nobody said a word in time, the day on which that became so, and, while the
    time still runs, the day on which it will."""
    receipts = channels.application(told.case, told.day, told.status, accepted, told.as_of)
    last = calendar.day_at(calendar.index(receipts.start) + in_force(days, receipts.start))
    corrections = np.flatnonzero(told.status == Status.CORRECTION_STARTED)
    keys = (told.case[corrections].astype(np.int64) << SHIFT) | told.day[corrections]
    begin, end = ((receipts.case.astype(np.int64) << SHIFT) | day for day in (receipts.start, last))
    asked = np.searchsorted(keys, end, side="right") > np.searchsorted(keys, begin)
    silent = ~asked & (receipts.end > last) & (last < told.as_of)
    start, by, ahead = (np.full(told.cases, NO_DAY, np.int32) for _ in range(3))
    rows = np.flatnonzero(silent)[::-1]  # ascending: of several receipts the first is written last and stays
    start[receipts.case[rows]], by[receipts.case[rows]] = receipts.start[rows], last[rows] + 1
    waits = np.flatnonzero(~asked & (receipts.end > told.as_of) & (last >= told.as_of))
    ahead[receipts.case[waits]] = last[waits] + 1
    ahead[start != NO_DAY] = NO_DAY
    return start, by, ahead
