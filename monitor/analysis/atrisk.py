"""How many cases could have been decided at which age, and how many were: the sums that the pace is judged by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from monitor.analysis.sums import F64, numbered

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class AtRisk:
    """[departments, items, ages] sums of a period; age in working days used, 0 on the day of acceptance."""

    at_risk: F64  # case-days: a case open on a day is at risk on it, at the age that it has then
    decided: F64  # of these, decided on the day


def exposures(
    group: npt.ArrayLike,
    accepted: npt.ArrayLike,
    ended: npt.ArrayLike,
    decided: npt.ArrayLike,
    period: tuple[int, int],
    shape: tuple[int, int, int],
) -> AtRisk:
    """Sums over the working days first..last of ``period`` (indices, both counted), from one entry a case.

    ``group``: department * items + item; ``accepted``, ``ended``: working-day indices (ended after ``period`` or a
    later one for what is still open: what ends later is not looked at); ``decided``: False for other endings. Cases
    that rest (corrections, procedures) grow older here all the same: a caller that has days used gives the accepted
    index moved on by the days rested. Ages past the last of ``shape`` are left out.
    """
    group, accepted, ended = (np.asarray(x, np.int64) for x in (group, accepted, ended))
    first, last = period
    ages = shape[2]
    low = np.maximum(first - accepted, 0)
    high = np.minimum(ended, last) - accepted
    seen = (high >= low) & (low < ages)
    rows = int(np.prod(shape[:2]))
    cells, place = rows * (ages + 1), group * (ages + 1)
    steps = np.bincount((place + low)[seen], minlength=cells).astype(np.float64)
    steps -= np.bincount((place + np.minimum(high + 1, ages))[seen], minlength=cells)
    done = seen & np.asarray(decided, bool) & (ended <= last) & (ended - accepted < ages)
    ends = np.bincount((place + ended - accepted)[done], minlength=cells).astype(np.float64)
    at_risk = np.cumsum(steps.reshape(rows, ages + 1), axis=1)[:, :ages]
    return AtRisk(at_risk.reshape(shape), ends.reshape(rows, ages + 1)[:, :ages].reshape(shape))


def at_risk(frame: pd.DataFrame, period: tuple[int, int]) -> pd.DataFrame:
    """The sums of `exposures` as rows for `monitor.analysis.slowness.slower`: department, item, kind, age, at_risk,
    decided. ``frame``: one row a case with department, item, kind, and accepted, ended, decided as there."""
    import pandas as pd

    keys = ["department", "item", "kind"]
    (of,), known = numbered([frame], keys)
    ended = np.minimum(frame["ended"].to_numpy(np.int64), period[1] + 1)
    accepted = frame["accepted"].to_numpy(np.int64)
    ages = int(max((ended - accepted).max(initial=0), 0)) + 1
    found = exposures(of, accepted, ended, frame["decided"].to_numpy(bool), period, (len(known), 1, ages))
    group, _one, age = np.nonzero(found.at_risk)
    told: dict[str, Any] = {name: [known[n][at] for n in group] for at, name in enumerate(keys)}
    told |= {"age": age, "at_risk": found.at_risk[group, 0, age].astype(np.int64)}
    return pd.DataFrame(told | {"decided": found.decided[group, 0, age].astype(np.int64)})


def stretches(frame: pd.DataFrame, last: int, length: int, before: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What `monitor.analysis.slowness.slower` compares: the sums of the ``length`` working days up to ``last``, and of
    the ``before`` days before these by stretches of that length (``period``; what is over goes with the earliest)."""
    import pandas as pd

    begun = last - length - before
    ends = range(last - length, begun + length - 1, -length) or (last - length,)
    firsts = [end - length + 1 for end in ends[:-1]] + [begun + 1]
    past = [at_risk(frame, period).assign(period=n) for n, period in enumerate(zip(firsts, ends))]
    return at_risk(frame, (last - length + 1, last)), pd.concat(past, ignore_index=True)
