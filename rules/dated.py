"""Numbers of the law that change with time: the version in force on a day, for a column of days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

import numpy as np

from rules.log import I8, I32, NONE
from rules.pack import Dated, Limit
from rules.workdays import day_number


def in_force(number: Dated, days: I32) -> I32:
    """The version of a number in force on each day."""
    value = np.array([v.days for v in number.versions], np.int32)
    if len(value) == 1:
        return np.full(len(days), value[0], np.int32)
    since = np.array([day_number(v.since) for v in number.versions])
    return value[np.maximum(np.searchsorted(since, days, side="right") - 1, 0)]


def limit_in_force(told: Callable[[dt.date], Limit | None], changes: Iterable[dt.date], days: I32) -> tuple[I32, I8]:
    """Days (NONE: no limit) and unit of the limit in force on each day: what ``told`` says of it, which is another on
    the days of ``changes``."""
    since = sorted(set(changes))
    found = [told(day) for day in (dt.date.min, *since)]
    many = np.array([limit.days if limit else NONE for limit in found], np.int32)
    unit = np.array([int(limit.unit) if limit else 0 for limit in found], np.int8)
    at = np.searchsorted(np.array([day_number(day) for day in since], np.int32), days, side="right")
    return many[at], unit[at]
