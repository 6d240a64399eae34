"""Normal scores of what is not normal: sums of skewed days, and counts whose pace varies."""

from __future__ import annotations

import numpy as np

from monitor.analysis.sums import F64

# Below this a skewness changes no digit that is shown, and the formulas would divide by it.
_NONE = 1e-6


def score(x: F64, skew: F64) -> F64:
    """The normal score that is as far out as ``x``, a difference in standard errors whose distribution is skewed as a
    gamma one is: Wilson and Hilferty 1931, PNAS 17, 684, in the form for Pearson's type III. ``x`` where not skewed."""
    by = np.where(np.abs(skew) > _NONE, skew, 1)
    return np.where(np.abs(skew) > _NONE, 6 / by * (np.cbrt(by * x / 2 + 1) - 1) + by / 6, x)


def limit(z: float, skew: F64) -> F64:
    """The other way: the difference in standard errors, at which the normal score is ``z``."""
    by = np.where(np.abs(skew) > _NONE, skew, 1)
    return np.where(np.abs(skew) > _NONE, 2 / by * ((by / 6 * (z - by / 6) + 1) ** 3 - 1), z)


def counted(observed: F64, expected: F64, varying: F64) -> F64:
    """Normal score of a count, negative for too few: chance makes its variance ``expected`` (above 0), and the pace
    behind it varies as a gamma variable with mean 1 and variance ``varying`` (above 0) does.

    The signed root of the deviance of the negative binomial distribution (McCullagh and Nelder 1989, Generalized Linear
    Models, 11.2), and a sixth of its skewness, which leaves it near to normal (Pierce and Schafer 1986, JASA 81, 977).
    (observed - expected) / error would take few for as likely as many, while a count has the shorter tail below: it
    would pass over who really became slower.
    """
    shape = 1 / varying
    far = (observed + shape) * np.log1p((observed - expected) / (expected + shape))
    some = observed > 0
    own = np.where(some, observed * np.log(np.where(some, observed, 1) / expected), 0)
    root = np.sign(observed - expected) * np.sqrt(2 * np.maximum(own - far, 0))
    return root + (1 + 2 * expected * varying) / np.sqrt(expected * (1 + expected * varying)) / 6
