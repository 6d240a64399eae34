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
4. A score; its error widened by how much the pace of departments varies anyway from month to month, which is seen
   from all of them (overdispersion: Spiegelhalter 2005).
5. Named are those that a false discovery rate allows (Benjamini and Hochberg 1995) and that are slower by a tenth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from monitor.analysis.atrisk import AtRisk
from monitor.analysis.funnel import between, discovered
from monitor.analysis.sums import F64, checked, numbered, summed

if TYPE_CHECKING:
    import pandas as pd

# With 40 departments and a look a week: at most one look in twenty names anybody if nobody is slower.
RATE = 0.05
# Of fewer expected decisions not even none at all is much of a sign.
MINIMUM = 10
# Decisions of an item before, of the department itself, and of others now: below it their pace is anybody's guess.
PAST = 20
PEERS = 10
# Sure to be slower and hardly slower is no finding: many cases make any difference sure.
LEAST = 1.1
# So many case-days of the item's common chance are added to the department's own at each age.
LEAN = 10.0
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


def shifted(now: AtRisk, past: AtRisk, *, rate: float = RATE, minimum: int = MINIMUM, least: float = LEAST) -> Shift:
    """Compares the period ``now`` with the period ``past`` that ended before it, both of one shape."""
    chance, lean = _chance(past)
    observed = np.where(np.isnan(chance), 0, now.decided).sum(axis=2)
    chance = np.nan_to_num(chance)
    expected = (now.at_risk * chance).sum(axis=2)
    by_chance = (now.at_risk * chance * (1 - chance)).sum(axis=2)
    by_past = (now.at_risk**2 * chance * (1 - chance) / lean).sum(axis=2)
    seen = past.decided.sum(axis=2) >= PAST
    o, e, v, u = (np.where(seen, part, 0) for part in (observed, expected, by_chance, by_past))
    o_, e_, v_, u_ = (part.sum(axis=0) - part for part in (o, e, v, u))
    comparable = seen & (e > 0) & (e_ >= PEERS)
    both = np.where(comparable, e + e_, 1)
    common = (o + o_) / both

    def total(part: F64) -> F64:
        return np.where(comparable, part, 0).sum(axis=1)

    mine, due = total(o * e_ / both), total(o_ * e / both)
    weighed = e_**2 * (common * v + common**2 * u) + e**2 * (common * v_ + common**2 * u_)
    variance = total(weighed / both**2)
    judged = (total(e) >= minimum) & (variance > 0) & (due > 0)
    z = np.divide(mine - due, np.sqrt(variance), out=np.zeros_like(due), where=judged)
    spread = np.sqrt(between(z[judged], (variance / np.where(judged, due, 1) ** 2)[judged]))
    z = np.divide(mine - due, np.sqrt(variance + (spread * due) ** 2), out=np.zeros_like(due), where=judged)
    p = np.array([NormalDist().cdf(x) for x in z])
    pace = np.divide(mine, due, out=np.full_like(due, np.nan), where=due > 0)
    slower = np.zeros(len(z), bool)
    slower[judged] = discovered(p[judged], rate)
    slower &= ~(pace * least > 1)
    return Shift(mine, due, pace, z, p, judged, slower, comparable, float(spread))


def _chance(past: AtRisk) -> tuple[F64, F64]:
    """Chance to be decided on a day, by department, item and age, and the case-days that it rests on. NaN at ages that
    nobody's case of the item reached before: what is usual there is not known."""
    risk, decided = past.at_risk.sum(axis=0), past.decided.sum(axis=0)
    common = np.divide(decided, risk, out=np.full_like(risk, np.nan), where=risk > 0)
    lean = past.at_risk + LEAN
    return (past.decided + LEAN * common) / lean, lean


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

    ``now`` is best four weeks long; ``past`` ends before it and is best a year. Raises ValueError for columns of
    persons or unknown ones, numbers below 0 or not whole, and more decided than at risk.
    """
    strata = ["item", *(["kind"] if "kind" in now.columns else [])]
    for frame in (now, past):
        checked(frame, ["department", *strata], ("age", *NUMBERS))
        if (frame["decided"] > frame["at_risk"]).any():
            raise ValueError("decided: more than were at risk; a case is at risk on the day of its decision too")
    of, departments = numbered([now, past], ["department"])
    on, items = numbered([now, past], strata)
    ages = 1 + int(max((frame["age"].max() for frame in (now, past) if len(frame)), default=0))
    shape = (len(departments), len(items), ages)
    sums = [
        AtRisk(*(summed(frame[name], (d, i, frame["age"].to_numpy(np.int64)), shape) for name in NUMBERS))
        for frame, d, i in zip((now, past), of, on)
    ]
    found = shifted(*sums, rate=rate, minimum=minimum, least=least)
    active = sums[0].at_risk.sum(axis=2) > 0
    return _told(found, active, departments, items, strata)


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
