"""Which department became slower: its decisions of the last weeks against its own pace before and its peers' now.

Cases that are not finished are used like the finished ones. Of the cases that a department had open on a day, at the
age that each of them had, so many would have been decided if they had gone as its cases of that item used to go at that
age: the sum is what was *expected*, the rest of the theory is that of counting processes (observed minus cumulative
hazard is a martingale: Aalen 1978, Annals of Statistics 6, 701; the log-rank test and the monitoring of Biswas and
Kalbfleisch 2008, Statistics in Medicine 27, 3382, are made of it). A department that holds much because it is given
much has more expected of it and is not slower; one whose cases do not end shows before a single late one is decided.

Nor is it blamed for what befell all: observed over expected is set against the same of the other departments on the
same items in the same days (a holiday, a system that stood still). Steps:

1. The chance to be decided, by department, item and age, from the period before; thin ages lean on the item's chance.
2. Observed and expected decisions of the last weeks, with the variances of both.
3. By item, against the others, each weighed by how much it can tell (Mantel and Haenszel 1959); summed over items.
4. A score, as of a count whose pace varies by as much as that of departments does anyway from month to month, which
   is seen from all of them (overdispersion: Spiegelhalter 2005).
5. Named are those that a false discovery rate allows (Benjamini and Hochberg 1995) and that are slower by a tenth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from monitor.analysis.atrisk import AtRisk
from monitor.analysis.funnel import discovered
from monitor.analysis.paces import Paces, compared
from monitor.analysis.skewed import counted
from monitor.analysis.sums import F64, Ints, checked, numbered, summed

if TYPE_CHECKING:
    import pandas as pd

# At most one look in fifty names anybody if nobody is slower: with a look a week, about one a year.
RATE = 0.02
# Of fewer expected decisions not even none at all is much of a sign.
MINIMUM = 10
# Sure to be slower and hardly slower is no finding: many cases make any difference sure.
LEAST = 1.1
# Keeps a division from failing where nothing but chance varies.
TINY = 1e-12
NUMBERS = ("at_risk", "decided")


@dataclass(frozen=True)
class Shift:
    """One entry a department. ``expected`` and ``observed`` count decisions on ``comparable`` items, weighed by what
    each item can tell, at the pace of the peers; ``pace`` is their ratio (below 1: slower; NaN where nothing was
    expected); ``z`` is below 0 for the slower. ``spread``: standard deviation of departments' paces beyond chance."""

    observed: F64
    expected: F64
    pace: F64
    z: F64
    p: F64  # one-sided: how often chance alone would look as slow
    judged: np.ndarray
    slower: np.ndarray
    comparable: np.ndarray  # [departments, items]
    spread: float


def shifted(
    now: AtRisk, past: Sequence[AtRisk], *, rate: float = RATE, minimum: int = MINIMUM, least: float = LEAST
) -> Shift:
    """Compares the period ``now`` with the ``past`` before it, all of one shape.

    The past comes in stretches, each best as long as now: how much paces vary is seen from each of them against the
    others. One look alone shows it badly: it would name the innocent whenever it happened to show little of it.
    Raises ValueError without a past.
    """
    if not past:
        raise ValueError("past: at least one stretch of time before the period that is looked at")
    return _judged(compared(now, past), rate, minimum, least)


def _judged(stretches: Sequence[Paces], rate: float, minimum: float, least: float) -> Shift:
    """Steps 4 and 5, from the paces of now and of the stretches of the past."""
    found = stretches[0]
    variation = float(np.mean([one.variation(minimum) for one in stretches]))
    judged = found.judged(minimum)
    due = np.where(judged, found.expected, 1)
    # In units in which chance alone makes the variance of a count equal to what is expected of it.
    unit = np.where(judged, found.by_chance, 1) / due
    vague = found.by_yardstick / due**2 + variation + TINY
    z = np.where(judged, counted(found.observed / unit, due / unit, vague), 0)
    p = np.array([NormalDist().cdf(x) for x in z])
    pace = np.divide(found.observed, found.expected, out=np.full_like(due, np.nan), where=found.expected > 0)
    named = np.zeros(len(z), bool)
    named[judged] = discovered(p[judged], rate)
    named &= ~(pace * least > 1)
    return Shift(found.observed, found.expected, pace, z, p, judged, named, found.comparable, float(np.sqrt(variation)))


@dataclass(frozen=True)
class Slowness:
    """``departments``, surest first: department, slower (bool), observed, expected, pace, times (1 / pace: 1.4 takes
    40 % longer), z, p; ``few``: departments of which too little was expected, with observed and expected; ``left_out``:
    department and item without a past of its own or without peers now; ``spread``: standard
    deviation of departments' paces beyond chance."""

    departments: pd.DataFrame
    few: pd.DataFrame
    left_out: pd.DataFrame
    spread: float


def slower(
    now: pd.DataFrame, past: pd.DataFrame, *, rate: float = RATE, minimum: int = MINIMUM, least: float = LEAST
) -> Slowness:
    """Compares two periods, each a frame with rows of sums: department, item, perhaps kind, age (working days used),
    at_risk (case-days), decided. Several rows of one key add up.

    ``now`` is best four weeks long; ``past`` ends before it and is best a year, with a column ``period`` that numbers
    its stretches of four weeks (without, it is one stretch). Raises ValueError for columns of
    persons or unknown ones, numbers below 0 or not whole, and more decided than at risk.
    """
    strata = ["item", *(["kind"] if "kind" in now.columns else [])]
    for frame in (now, past):
        checked(frame, ["department", *strata], ("age", *NUMBERS), [] if frame is now else ["period"])
        if (frame["decided"] > frame["at_risk"]).any():
            raise ValueError("decided: more than were at risk; a case is at risk on the day of its decision too")
    of, departments = numbered([now, past], ["department"])
    on, items = numbered([now, past], strata)
    # Stretches of the past from 1 on; what is now is 0.
    if "period" in past.columns:
        (stretch,), periods = numbered([past], ["period"])
    else:
        stretch, periods = np.zeros(len(past), np.int64), [None]
    rows = _Rows(
        *(np.concatenate(parts) for parts in ((np.zeros(len(now), np.int64), stretch + 1), of, on)),
        *(np.concatenate([f[name].to_numpy(np.int64) for f in (now, past)]) for name in ("age", *NUMBERS)),
    )
    found = _judged(rows.paces(1 + len(periods), len(departments), len(items)), rate, minimum, least)
    active = (
        summed(rows.at_risk[rows.when == 0], (rows.of[rows.when == 0], rows.on[rows.when == 0]), found.comparable.shape)
        > 0
    )
    return _told(found, active, departments, items, strata)


@dataclass(frozen=True)
class _Rows:
    """Rows of both frames: their stretch, department and item by number, their age and sums."""

    when: Ints
    of: Ints
    on: Ints
    age: Ints
    at_risk: Ints
    decided: Ints

    def paces(self, stretches: int, departments: int, items: int) -> list[Paces]:
        """Item by item, each with the departments that have it: all at once would be an array of every department of a
        province with every item at every age."""
        names = ("observed", "expected", "by_chance", "by_yardstick", "own")
        sums = {name: np.zeros((stretches, departments)) for name in names}
        comparable = np.zeros((stretches, departments, items), bool)
        order = np.argsort(self.on, kind="stable")
        for item, rows in enumerate(np.split(order, np.searchsorted(self.on[order], np.arange(1, items)))):
            if not len(rows):
                continue
            here, place = np.unique(self.of[rows], return_inverse=True)
            shape = (stretches, len(here), 1, int(self.age[rows].max()) + 1)
            at = (self.when[rows], place, np.zeros(len(rows), np.int64), self.age[rows])
            at_risk, decided = (summed(part[rows], at, shape) for part in (self.at_risk, self.decided))
            parts = [AtRisk(at_risk[t], decided[t]) for t in range(stretches)]
            for t, found in enumerate(compared(parts[0], parts[1:])):
                for name in names:
                    sums[name][t, here] += getattr(found, name)
                comparable[t, here, item] = found.comparable[:, 0]
        compared_stretches = range(stretches if stretches > 2 else 1)
        return [Paces(**{name: sums[name][t] for name in names}, comparable=comparable[t]) for t in compared_stretches]


def _told(
    found: Shift, active: np.ndarray, departments: list[Any], items: list[Any], strata: Sequence[str]
) -> Slowness:
    import pandas as pd

    table = pd.DataFrame(
        {
            "department": departments,
            "slower": found.slower,
            "observed": found.observed,
            "expected": found.expected,
            "pace": found.pace,
            "times": np.divide(1, found.pace, out=np.full_like(found.pace, np.inf), where=found.pace > 0),
            "z": found.z,
            "p": found.p,
        }
    )
    few = table.loc[~found.judged & active.any(axis=1), ["department", "observed", "expected"]]
    of, on = np.nonzero(active & ~found.comparable)
    told = [item if isinstance(item, tuple) else (item,) for item in items]
    left: dict[str, Any] = {"department": [departments[i] for i in of]}
    left |= {name: [told[j][at] for j in on] for at, name in enumerate(strata)}
    return Slowness(
        departments=table[found.judged].sort_values(["p", "department"], ignore_index=True),
        few=few.reset_index(drop=True),
        left_out=pd.DataFrame(left),
        spread=found.spread,
    )
