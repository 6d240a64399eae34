"""The only comparison of days with a limit, and the day on which a count passes it.

A light is a matter of counts: with comparison ``over`` the threshold is passed by the first day whose
count is *more* than it (55 is green, 56 yellow); with ``at`` by the day that reaches it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from rules.clock import United
from rules.log import I32, NO_DAY, Bools
from rules.workdays import WorkCalendar


def passing_count(threshold: npt.NDArray[Any], comparison: str) -> npt.NDArray[Any]:
    """The count with which a threshold is passed."""
    count: npt.NDArray[Any] = threshold + 1 if comparison == "over" else np.maximum(threshold, 1)
    return count


def passing_days(
    united: United, target: npt.NDArray[Any], used: I32, running: Bools, now: int, calendar: WorkCalendar
) -> I32:
    """The day on which each key's count reaches ``target`` (one a key; below 1: never), or will if it runs on.

    ``now`` is the index of as_of. NO_DAY where it has not and nothing runs.
    """
    out = np.full(len(target), NO_DAY, np.int32)
    length = united.end - united.start
    total = np.cumsum(length, dtype=np.int64)
    first = np.ones(len(length), np.bool_)
    np.not_equal(united.key[1:], united.key[:-1], out=first[1:])
    heads = np.flatnonzero(first)
    base = np.repeat((total - length)[heads], np.diff(np.append(heads, len(length))))
    before = total - length - base
    wanted = target[united.key]
    hit = np.flatnonzero((wanted > before) & (wanted <= before + length))
    out[united.key[hit]] = calendar.day_at(united.start[hit] + (wanted - before)[hit])
    ahead = np.flatnonzero(running & (used < target) & (target > 0))
    out[ahead] = calendar.day_at(now + (target - used)[ahead])
    return out


def warning_count(limit: npt.NDArray[Any], pack_days: int | I32) -> npt.NDArray[Any]:
    """The count at which the days left are at most the warning days, min(pack, a third of the limit); never day 0."""
    count: npt.NDArray[Any] = np.maximum(limit - np.minimum(pack_days, limit // 3), 1)
    return count
