"""Departments ranked by days beyond the promise per decided case, each against what others took for the same items.

Indirect standardisation: what would be expected if each case had run as far beyond its promise as the cases of its item
do in the *other* departments. The department is left out of its own yardstick: left in, one that decides half of an
item would be measured half against itself, its excess would look half as large, and the rest would seem quick.

The variance is that of dealing the cases of an item out to the departments by lot (stratified permutation: Lehmann,
Nonparametrics, 1975, chapter 3), so it holds for days of any distribution, however many zeros there are. Days beyond
are skewed, most none and a few many, and the average of thirty such cases is far above oftener than a normal one: the
normal limit of 99.8 % would accuse one small department in two hundred instead of one in a thousand. So limits are
those of the gamma distribution with that mean and variance, which is as skewed as such days are or more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from monitor.analysis.funnel import between, normal, overdispersion, simultaneous
from monitor.analysis.skewed import limit, score
from monitor.analysis.sums import F64, checked, numbered, summed

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.95
ALARM = 0.998
# Days beyond are skewed: most cases none, a few many. Below some thirty cases one of those few decides the place.
MINIMUM = 30
# An item's yardstick from fewer cases of others would be one or two files that lay long.
PEERS = 10
NUMBERS = ("decided", "beyond", "beyond_sq")
OTHERS = ("used", "used_sq")


@dataclass(frozen=True)
class Ranking:
    """``ranked``, worst first, one row a department (or region), days in working days beyond the promise:

    decided, beyond            cases on comparable items, and their days
    per_case, expected         days per case: as it was, and as others take for these items
    difference, low, high      per_case - expected, and its interval at the level asked, chance alone
    ratio                      per_case / expected; NaN where others are never late
    low_95, high_95, low_998,  funnel limits about 0: chance and τ alone keep the difference between them
    high_998
    z                          normal score of the difference, by chance alone
    verdict                    worse_998, worse_95, within, better_95, better_998
    place                      one for all that are not told apart, directly or through others between them
    best, worst                the places it may have; all of these at once hold with the level asked

    An interval without 0 says that a department does differ; a verdict, that it does so by more than departments
    differ anyway, for reasons that may be nobody's fault (τ). Only a verdict accuses.

    ``few``: those below the minimum (department, decided, of which comparable), in no order of merit.
    ``alone``: department and item that nobody else decides, or hardly: days beyond the own promise, not compared.
    ``spread``: τ, standard deviation of what departments differ by beyond chance, days per case.
    ``phi``: overdispersion of the scores.
    """

    ranked: pd.DataFrame
    few: pd.DataFrame
    alone: pd.DataFrame
    spread: float
    phi: float


def rank(frame: pd.DataFrame, *, regions: bool = False, minimum: int = MINIMUM, level: float = LEVEL) -> Ranking:
    """Compares departments, or regions where that is asked for.

    ``frame``: rows of sums over the confirmed decided cases of a period, several rows of one key add up: department (a
    code: names repeat from region to region), item, perhaps region and kind; decided, beyond, beyond_sq (the sum of the
    squares). Like is compared with like: the same item, of the same kind where given. Raises ValueError for columns of
    persons or unknown ones, numbers below 0 or not whole, sums that no cases can have, and a minimum below 2.
    """
    unit = "region" if regions else "department"
    strata = ["item", *(["kind"] if "kind" in frame.columns else [])]
    checked(frame, [unit, *strata], NUMBERS, OTHERS)
    if minimum < 2:
        raise ValueError(f"minimum {minimum}: at least 2 cases")
    (of,), units = numbered([frame], [unit])
    (on,), keys = numbered([frame], strata)
    shape = (len(units), len(keys))
    n, s, q = (summed(frame[name], (of, on), shape) for name in NUMBERS)
    if (n * q < s**2).any() or ((n == 0) & (q > 0)).any():
        raise ValueError("beyond_sq: less than the squares of beyond over decided add up to; no cases have such sums")
    against = _against(n, s, q)
    enough = against.decided >= minimum
    compared = against.only(enough)
    spread = math.sqrt(between(compared.z, compared.by_lot / compared.decided**2))
    return Ranking(
        ranked=_ranked(compared, spread, [u for u, yes in zip(units, enough) if yes], unit, level),
        few=_few(units, n.sum(axis=1), against.decided, ~enough, unit),
        alone=_alone(units, keys, n, s, (n > 0) & ~against.comparable, unit, strata),
        spread=spread,
        phi=overdispersion(compared.z),
    )


@dataclass(frozen=True)
class _Against:
    """Sums a department over its comparable items; variances of ``excess`` = beyond - expected days."""

    decided: F64
    beyond: F64
    excess: F64
    by_lot: F64  # variance if departments are all alike
    third: F64  # third cumulant, likewise
    own: F64  # variance if this one may vary more than the others
    comparable: np.ndarray  # [departments, items]

    def only(self, which: np.ndarray) -> _Against:
        parts = (self.decided, self.beyond, self.excess, self.by_lot, self.third, self.own, self.comparable)
        return _Against(*(part[which] for part in parts))

    @property
    def z(self) -> F64:
        error = np.sqrt(self.by_lot)
        return score(_over(self.excess, error), _over(self.third, error**3))


def _over(above: F64, below: F64) -> F64:
    """A quotient; 0 where nothing varies."""
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def _against(n: F64, s: F64, q: F64) -> _Against:
    """[departments, items] cases, days, squares. Differences of products of whole numbers: nothing is lost by
    subtracting what is nearly equal, and who is exactly like the others differs by exactly 0."""
    everyone = n.sum(axis=0)
    others = everyone - n
    comparable = (n > 0) & (others >= PEERS)
    peers = np.where(comparable, others, 1)
    excess = (s * peers - n * (s.sum(axis=0) - s)) / peers
    spread = (everyone * q.sum(axis=0) - s.sum(axis=0) ** 2) / np.maximum(everyone * (everyone - 1), 1)
    mine = (n * q - s**2) / np.maximum(n * (n - 1), 1)
    theirs = spread * n**2 / peers
    # Of a case, as of the gamma distribution; of a deal, what drawing without putting back leaves of it.
    case = _over(2 * spread**2 * everyone, s.sum(axis=0))
    third = case * n * everyone * (everyone - 2 * n) / peers**2

    def total(part: F64) -> F64:
        return np.where(comparable, part, 0).sum(axis=1)

    return _Against(
        decided=total(n),
        beyond=total(s),
        excess=total(excess),
        by_lot=total(spread * n + theirs),
        third=total(third),
        own=total(np.maximum(spread, mine) * n + theirs),
        comparable=comparable,
    )


def _ranked(of: _Against, spread: float, units: list[Any], unit: str, level: float) -> pd.DataFrame:
    import pandas as pd

    n = of.decided
    difference = of.excess / n
    error, reach = np.sqrt(of.by_lot / n**2 + spread**2), np.sqrt(of.own) / n
    skew = _over(of.third / n**3, error**3)
    low_95, high_95, low_998, high_998 = (
        error * limit(side * normal(width), skew) for width in (LEVEL, ALARM) for side in (-1, 1)
    )
    far = simultaneous(level, len(n)) * reach
    expected = (of.beyond - of.excess) / n
    place, best, worst = _places(difference - far, difference + far)
    table = pd.DataFrame(
        {
            unit: units,
            "decided": n.astype(np.int64),
            "beyond": of.beyond.astype(np.int64),
            "per_case": of.beyond / n,
            "expected": expected,
            "difference": difference,
            "low": difference - normal(level) * reach,
            "high": difference + normal(level) * reach,
            "ratio": np.divide(of.beyond / n, expected, out=np.full(len(n), np.nan), where=expected > 0),
            "low_95": low_95,
            "high_95": high_95,
            "low_998": low_998,
            "high_998": high_998,
            "z": of.z,
            "verdict": np.select(
                [difference > high_998, difference > high_95, difference < low_998, difference < low_95],
                ["worse_998", "worse_95", "better_998", "better_95"],
                "within",
            ),
            "place": place,
            "best": best,
            "worst": worst,
        }
    )
    return table.sort_values(["place", "difference", unit], ascending=[True, False, True], ignore_index=True)


def _places(low: F64, high: F64) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Place, best and worst place from intervals that hold all at once (as Mogstad, Romano, Shaikh and Wilhelm 2024,
    "Inference for ranks", Review of Economic Studies 91, do from differences). Overlapping ones share a place."""
    worse = low[None, :] > high[:, None]  # [i, j]: j is surely worse than i
    order = np.argsort(-high, kind="stable")
    floor = np.minimum.accumulate(low[order])
    starts = np.r_[True, high[order][1:] < floor[:-1]] if len(low) else np.zeros(0, bool)
    place = np.empty(len(low), np.int64)
    place[order] = np.maximum.accumulate(np.where(starts, np.arange(1, len(low) + 1), 0))
    return place, 1 + worse.sum(axis=1), len(low) - worse.sum(axis=0)


def _few(units: list[Any], n: F64, comparable: F64, which: np.ndarray, unit: str) -> pd.DataFrame:
    import pandas as pd

    table = {unit: units, "decided": n.astype(np.int64), "comparable": comparable.astype(np.int64)}
    return pd.DataFrame(table)[which].reset_index(drop=True)


def _alone(
    units: list[Any], keys: list[Any], n: F64, s: F64, which: np.ndarray, unit: str, strata: list[str]
) -> pd.DataFrame:
    import pandas as pd

    of, on = np.nonzero(which)
    told = [key if isinstance(key, tuple) else (key,) for key in keys]
    table: dict[str, Any] = {unit: [units[i] for i in of]}
    table |= {name: [told[j][at] for j in on] for at, name in enumerate(strata)}
    table |= {"decided": n[of, on].astype(np.int64), "beyond": s[of, on].astype(np.int64)}
    return pd.DataFrame(table | {"per_case": s[of, on] / n[of, on]})
