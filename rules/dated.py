"""Numbers of the law that change with time: the version in force on a day, for a column of days."""

from __future__ import annotations

import numpy as np

from rules.log import I32
from rules.pack import Dated
from rules.workdays import day_number


def in_force(number: Dated, days: I32) -> I32:
    """The version of a number in force on each day."""
    value = np.array([v.days for v in number.versions], np.int32)
    if len(value) == 1:
        return np.full(len(days), value[0], np.int32)
    since = np.array([day_number(v.since) for v in number.versions])
    return value[np.maximum(np.searchsorted(since, days, side="right") - 1, 0)]
