"""How long cases take, with those counted in that are not finished: Kaplan-Meier curves and what is read off them.

An average of closed cases alone flatters whoever leaves the hard ones lying: each open case says "longer than this".
The estimator of Kaplan and Meier (1958, "Nonparametric estimation from incomplete observations", JASA 53) uses that:
at each day the share of the cases still at risk that was decided, the survivors multiplied up.

A case that ended otherwise (withdrawn, not accepted, dropped) is censored at its day: what is estimated is how long a
decision takes *if no other ending comes in between*. That holds as long as those that leave would have been decided
like those that stay. Where a department talks hopeless cases into withdrawal it does not, and the curve flatters; so
the table says beside it how many ended otherwise (``otherwise``). It is not the share decided by a day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from monitor.analysis.endings import DECIDED, F64, I64, OPEN, Endings, counted, endings, numbered, truths

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.95
# With fewer decisions the quartiles hang on one or two cases, and the intervals, true of many, are not of so few.
MINIMUM = 10
QUANTILES = {"p25": 0.25, "median": 0.5, "p75": 0.75, "p90": 0.9}


@dataclass(frozen=True)
class Curve:
    """The share of cases not decided after each day on which one ended, with its interval at each day by itself.

    Constant between the days; 1 before the first. All arrays of one length, empty for no case.
    """

    day: I64  # working days used
    at_risk: I64  # cases that had used at least as many
    decided: I64  # of these, on this day
    survival: F64  # 0..1
    low: F64
    high: F64


@dataclass(frozen=True)
class Quantile:
    """The day by which a share of cases is decided. None: not reached, more than the rest is still open at the end
    of what was seen; so for the ends of its interval."""

    share: float
    day: int | None
    low: int | None
    high: int | None


def curve(
    days: npt.ArrayLike, decided: npt.ArrayLike, count: npt.ArrayLike | None = None, level: float = LEVEL
) -> Curve:
    """The Kaplan-Meier curve of cases (or of rows that stand for ``count`` cases), in working days.

    ``decided`` is False for the right-censored; decided and censored on one day: the decided come first. Raises
    ValueError as `endings` does, and for a level outside of 0..1. Intervals as in `of`.
    """
    return of(endings(days, decided, count), level)


def of(found: Endings, level: float = LEVEL) -> Curve:
    """The curve of the endings of one group.

    Intervals: Greenwood's variance under log(-log S), which keeps them inside 0..1 (Kalbfleisch and Prentice, The
    Statistical Analysis of Failure Time Data, 1.4). At S = 1 nothing has been seen to vary: both ends are 1. At S = 0
    the variance is infinite: the low end is 0, and the high end stays where it was before, as sure as we then were.
    """
    z = normal(level)
    n, d = found.at_risk, found.decided
    survival = np.cumprod((n - d) / n, dtype=np.float64)
    inside = (survival > 0) & (survival < 1)
    left = np.where(n > d, n - d, 1).astype(np.float64)
    variance = np.cumsum(d / (n * left))
    log = np.log(np.where(inside, survival, 0.5))
    reach = z * np.sqrt(variance) / -log
    low: F64 = np.where(inside, np.exp(log * np.exp(reach)), survival)
    high: F64 = np.where(inside, np.exp(log * np.exp(-reach)), survival)
    gone = survival == 0
    if gone.any():
        first = int(gone.argmax())
        high[first:] = high[first - 1] if first else 1.0
    return Curve(found.day, n, d, survival, low, high)


def quantile(line: Curve, share: float) -> Quantile:
    """The first day on which at least ``share`` (0..1, both excluded) of the cases is decided, by the curve.

    The interval is that of Brookmeyer and Crowley (1982, "A confidence interval for the median survival time",
    Biometrics 38) in its transformed form: from the first day on which the low end of the curve is down to the rest,
    to the first on which its high end is. Raises ValueError for another share.
    """
    if not 0 < share < 1:
        raise ValueError(f"share: {share} is not between 0 and 1")
    return Quantile(share, *(_down_to(line.day, one, 1 - share) for one in (line.survival, line.low, line.high)))


def durations(
    frame: pd.DataFrame, by: Iterable[str] = (), *, minimum: int = MINIMUM, level: float = LEVEL
) -> pd.DataFrame:
    """One row a group of ``by``, in its order; without ``by`` one row for all.

    ``frame``: ``days`` (whole working days used), ``decided`` (bool), perhaps ``count`` (a row stands for so many
    cases) and ``open`` (bool: still open; where there is no such column all that are not decided are). Columns given:

    * ``by``; then ``n`` cases, of these ``decided``, ``open`` and ``otherwise`` (ended without a decision);
    * ``enough``: at least ``minimum`` of them decided; the others are shown, and compared with nobody;
    * ``p25``, ``median``, ``p75``, ``p90``, each with ``_low`` and ``_high``: working days by the curve, as `quantile`
      has them; NA: not reached, so many are still open;
    * ``mean_closed_only``: working days of the decided alone, which flatters whoever leaves cases lying; NA: none;
    * ``oldest_open``: working days of the case that has been open longest; NA: none.

    Raises ValueError as `endings` does, for a missing column, and for a case that is decided and open.
    """
    import pandas as pd

    group, table = numbered(frame, by)
    parts, still = counted(frame, group).parted(len(table)), _open(frame, group).parted(len(table))
    table["n"] = np.array([part.ended.sum() for part in parts], np.int64)
    table["decided"] = np.array([part.decided.sum() for part in parts], np.int64)
    table["open"] = np.array([part.ended.sum() for part in still], np.int64)
    table["otherwise"] = table["n"] - table["decided"] - table["open"]
    table["enough"] = table["decided"] >= minimum
    curves = [of(part, level) for part in parts]
    for name, share in QUANTILES.items():
        read = [quantile(line, share) for line in curves]
        for column, end in ((name, "day"), (f"{name}_low", "low"), (f"{name}_high", "high")):
            table[column] = pd.array([getattr(one, end) for one in read], "Int64")
    sums = [(int(part.day @ part.decided), int(part.decided.sum())) for part in parts]
    table["mean_closed_only"] = pd.array([days / cases if cases else None for days, cases in sums], "Float64")
    table["oldest_open"] = pd.array([int(part.day[-1]) if len(part.day) else None for part in still], "Int64")
    return table


def _open(frame: pd.DataFrame, group: I64) -> Endings:
    """The cases that are still open, as endings."""
    decided = truths(frame[DECIDED], DECIDED)
    waiting = truths(frame[OPEN], OPEN) if OPEN in frame else ~decided
    if (waiting & decided).any():
        raise ValueError(f"{OPEN}: {int((waiting & decided).sum())} rows are both decided and open")
    return counted(frame[waiting], group[waiting])


def normal(level: float) -> float:
    """Standard deviations to either side that hold ``level`` of a normal distribution. Raises ValueError."""
    if not 0 < level < 1:
        raise ValueError(f"level: {level} is not between 0 and 1")
    return NormalDist().inv_cdf((1 + level) / 2)


def _down_to(day: I64, line: F64, rest: float) -> int | None:
    # A product of fractions that is one half on paper may end just above it.
    there = np.flatnonzero(line <= rest + 1e-9)
    return int(day[there[0]]) if len(there) else None
