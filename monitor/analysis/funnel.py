"""Limits that hold over many departments at once: overdispersion, simultaneous intervals, discoveries."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from monitor.analysis.sums import F64

WINSORISED = 0.1
_CUT = NormalDist().inv_cdf(1 - WINSORISED)
# The mean square of a normal score that is pulled in to ±_CUT.
_PULLED_IN = 1 - 2 * WINSORISED - 2 * _CUT * NormalDist().pdf(_CUT) + 2 * WINSORISED * _CUT**2


def normal(level: float) -> float:
    """Half the width, in standard errors, of a two-sided interval at this level. ValueError outside of 0..1."""
    if not 0 < level < 1:
        raise ValueError(f"level {level}: between 0 and 1, as 0.95")
    return NormalDist().inv_cdf((1 + level) / 2)


def simultaneous(level: float, many: int) -> float:
    """The same for ``many`` intervals that are all to hold at once (Šidák 1967, JASA 62, 626; never too narrow)."""
    return normal(level ** (1 / max(many, 1)))


def overdispersion(z: F64) -> float:
    """φ, the variance of departments' scores where chance alone would make it 1; below 1 for less than chance.

    Spiegelhalter (2005, "Handling over-dispersion of performance indicators", Qual Saf Health Care 14, 347): the mean
    of the squared scores, the outer tenth at each end pulled in to where the tenth begins, so that the few who really
    are apart do not widen the limits for themselves. Pulling in makes the squares of normal scores smaller as well, to
    two thirds; that is made good here, or limits would be too narrow just where departments vary. Of fewer than some
    ten nothing can be pulled in: one that is apart cannot be told from all being unequal then, and is rather not named.
    """
    if not len(z):
        return 1.0
    low, high = np.quantile(z, [WINSORISED, 1 - WINSORISED])
    return float(np.mean(np.clip(z, low, high) ** 2)) / _PULLED_IN


def between(z: F64, variance: F64) -> float:
    """τ², the variance among departments beyond chance, in the square of the unit in which ``variance`` is given for
    each; at least 0.

    The additive form of the same paper (moments, as DerSimonian and Laird 1986, Controlled Clinical Trials 7, 177).
    Multiplying everyone's limits by √φ instead would be too narrow for the large and too wide for the small: what
    makes departments unequal does not shrink with the number of their cases, chance does.
    """
    some = variance > 0
    weight = 1 / variance[some]
    if len(weight) < 2:
        return 0.0
    free = weight.sum() - (weight**2).sum() / weight.sum()
    return max(0.0, float((len(weight) * (overdispersion(z[some]) - 1) + 1) / free))


def discovered(p: F64, rate: float) -> np.ndarray:
    """Which of the departments are named when of those named at most ``rate`` may be wrong on the long average
    (Benjamini and Hochberg 1995, JRSS B 57, 289): if none is slower, any is named in at most ``rate`` of looks."""
    if not 0 < rate < 1:
        raise ValueError(f"rate {rate}: between 0 and 1, as 0.05")
    order = np.sort(p)
    fine = np.flatnonzero(order <= rate * np.arange(1, len(p) + 1) / max(len(p), 1))
    return p <= order[fine[-1]] if len(fine) else np.zeros(len(p), bool)
