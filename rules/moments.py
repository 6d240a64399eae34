"""The minute of the day in which a record was typed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

NONE = -1
_MINUTE = dt.timedelta(minutes=1)
MINUTES = dt.timedelta(days=1) // _MINUTE


def minutes(moments: Sequence[str | None]) -> npt.NDArray[np.int16]:
    """The minute of the day of each moment as it was told (ISO); NONE where it tells a day alone, or nothing.

    Two of one day are of one minute if these are equal: where an offset is told the minute is that of Greenwich, and
    comes after those of no offset, with which it cannot be compared.
    """
    known: dict[str, int] = {}

    def of(time: str) -> int:
        told = dt.time.fromisoformat(time)
        minute, offset = dt.timedelta(hours=told.hour, minutes=told.minute) // _MINUTE, told.utcoffset()
        return minute if offset is None else MINUTES + (minute - offset // _MINUTE) % MINUTES

    def read(moment: str | None) -> int:
        time = moment[11:] if moment else ""
        if time and time not in known:
            known[time] = of(time)
        return known.get(time, NONE)

    return np.fromiter((read(moment) for moment in moments), np.int16, len(moments))
