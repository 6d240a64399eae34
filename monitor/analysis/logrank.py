"""Whether two departments take differently long for the same work, by how much, and how sure one can be.

The log-rank test (Mantel 1966, "Evaluation of survival data and two new rank order statistics"; Peto and Peto 1972,
JRSS A 135): on each day on which somebody decided, the decisions are divided between the two in proportion to their
cases still at risk. That is what is *expected* if both go at one pace; summed, it is set against what was *observed*.
Stratified, like is compared with like only: sums are made inside each stratum (a kind in a region) and then added, so
a department is not slow because it has the hard kinds. Open cases count for as long as they were seen; those that
ended otherwise are censored, with the caveat of `durations`.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from monitor.analysis.durations import LEVEL, normal
from monitor.analysis.endings import F64, I64, Bools, Endings, counted, numbered, want

if TYPE_CHECKING:
    import pandas as pd

Stratum = tuple[Hashable, ...]


@dataclass(frozen=True)
class LogRank:
    """Two groups compared; pairs are (first, second). Sums are over the strata used.

    ``statistic`` (chi-square, 1 degree), ``p``, ``slower`` are None where nothing can be compared: no day on which one
    decided while both had cases at risk and it could have been the other. ``ratio`` and its ends are None then too, and
    where one of the two decided nothing while both were at risk: how much slower is beyond measure.
    """

    first: Hashable
    second: Hashable
    cases: tuple[int, int]
    observed: tuple[int, int]  # decisions
    expected: tuple[float, float]  # decisions, at one pace
    statistic: float | None
    p: float | None
    slower: Hashable | None  # decided less than was expected; None also where exactly as much
    ratio: float | None  # pace of the first / pace of the second, a day: below 1 the first is slower
    low: float | None
    high: float | None
    used: tuple[Stratum, ...]  # values of the columns of strata
    dropped: tuple[Stratum, ...]  # only one of the two has cases there


def log_rank(
    frame: pd.DataFrame,
    column: str,
    first: Hashable,
    second: Hashable,
    strata: Iterable[str] = (),
    *,
    level: float = LEVEL,
) -> LogRank:
    """Compares the rows where ``column`` is ``first`` with those where it is ``second``; others are left aside.

    ``frame`` holds one item, with ``column``, ``strata``, ``days`` (whole working days), ``decided`` (bool) and perhaps
    ``count`` (a row stands for so many cases). The size is the ratio of Mantel and Haenszel, days and strata being its
    tables, with the variance of Greenland and Robins (1985, Biometrics 41, 55): unlike (O1/E1)/(O2/E2) it does not
    shrink towards 1 when the slower keeps more and more of those at risk. Raises ValueError as `endings` does, for a
    missing column, and where first and second are one.
    """
    strata = list(strata)
    want(frame, [column, *strata])
    if first == second:
        raise ValueError(f"{column}: {first!r} cannot be compared with itself")
    of_first = (frame[column] == first).to_numpy(bool, na_value=False)
    of_second = (frame[column] == second).to_numpy(bool, na_value=False)
    either = of_first | of_second
    stratum, keys = numbered(frame[either], strata)
    found = counted(frame[either], stratum * 2 + of_second[either])
    cases = _both(found.group, found.ended, len(keys))
    # A stratum all of whose rows stand for no case has neither of the two: nothing is left out with it.
    sides = (cases > 0).sum(axis=1)
    shared, alone = sides == 2, sides == 1
    days = _days(found, shared)
    expected, variance = days.expected(), days.variance()
    observed = _both(found.group, found.decided, len(keys))[shared].sum(axis=0)
    beyond = float(observed[0] - expected[0])
    statistic = beyond**2 / variance if variance > 0 else None
    size, low, high = days.ratio(normal(level)) if statistic is not None else (None, None, None)
    return LogRank(
        first=first,
        second=second,
        cases=(int(cases[shared, 0].sum()), int(cases[shared, 1].sum())),
        observed=(int(observed[0]), int(observed[1])),
        expected=expected,
        statistic=statistic,
        # The upper tail of chi-square with 1 degree of freedom.
        p=None if statistic is None else math.erfc(math.sqrt(statistic / 2)),
        slower=None if statistic is None or math.isclose(beyond, 0, abs_tol=1e-9) else second if beyond > 0 else first,
        ratio=size,
        low=low,
        high=high,
        used=_named(keys, shared),
        dropped=_named(keys, alone),
    )


@dataclass(frozen=True)
class _Days:
    """Each stratum and day on which somebody decided. [rows, 2] of the first and the second; floats: products of
    four counts are too long for integers."""

    risk: F64
    decided: F64

    def expected(self) -> tuple[float, float]:
        share = self.decided.sum(axis=1) / self.risk.sum(axis=1)
        return float(share @ self.risk[:, 0]), float(share @ self.risk[:, 1])

    def variance(self) -> float:
        """Hypergeometric: whoever decides on a day is drawn from those at risk without being put back."""
        n, d = self.risk.sum(axis=1), self.decided.sum(axis=1)
        return float((d * self.risk.prod(axis=1) / n**2 * (n - d) / np.maximum(n - 1, 1)).sum())

    def ratio(self, z: float) -> tuple[float | None, float | None, float | None]:
        n, d = self.risk.sum(axis=1), self.decided.sum(axis=1)
        mine = float((self.decided[:, 0] * self.risk[:, 1] / n).sum())
        theirs = float((self.decided[:, 1] * self.risk[:, 0] / n).sum())
        if not mine or not theirs:
            return None, None, None
        spread = ((d * self.risk.prod(axis=1) - self.decided.prod(axis=1) * n) / n**2).sum()
        reach = math.exp(z * math.sqrt(max(float(spread), 0.0) / (mine * theirs)))
        return mine / theirs, mine / theirs / reach, mine / theirs * reach


def _days(found: Endings, shared: Bools) -> _Days:
    """From groups numbered stratum * 2 + (0 or 1) to strata and days, both sides filled in on each."""
    width = int(found.day.max(initial=0)) + 1
    own = found.group // 2 * width + found.day
    key = np.unique(own)
    row, side = np.searchsorted(key, own), found.group % 2
    decided, ended = np.zeros((len(key), 2), np.int64), np.zeros((len(key), 2), np.int64)
    decided[row, side], ended[row, side] = found.decided, found.ended
    stratum = key // width
    risk = np.stack([Endings(stratum, key % width, ended[:, i], ended[:, i]).at_risk for i in (0, 1)], axis=1)
    kept = shared[stratum] & (decided.sum(axis=1) > 0)
    return _Days(risk[kept].astype(np.float64), decided[kept].astype(np.float64))


def _both(group: I64, many: I64, strata: int) -> I64:
    """[strata, 2] sums of the first and the second."""
    return np.bincount(group, many, strata * 2).astype(np.int64).reshape(strata, 2)


def _named(keys: pd.DataFrame, which: Bools) -> tuple[Stratum, ...]:
    return tuple(keys[which].itertuples(index=False, name=None))
