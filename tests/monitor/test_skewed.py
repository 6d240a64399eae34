"""Normal scores of what is skewed, against scipy's own distributions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from monitor.analysis.skewed import counted, limit, score

SKEWS = np.array([-0.8, -0.3, 1e-9, 0.15, 0.5, 0.85])


@pytest.mark.parametrize("z", [-3.09, -1.96, 0.0, 1.0, 1.96, 3.09])
def test_limits_are_those_of_the_gamma_distribution(z: float) -> None:
    there = stats.pearson3.ppf(stats.norm.cdf(z), SKEWS)
    assert limit(z, SKEWS) == pytest.approx(there, abs=0.04)
    assert score(there, SKEWS) == pytest.approx(np.full(len(SKEWS), z), abs=0.08)


@given(st.floats(-5, 5), st.floats(-2, 2))
def test_a_limit_is_where_the_score_is_reached(z: float, skew: float) -> None:
    assert score(limit(z, np.array([skew])), np.array([skew])) == pytest.approx([z], abs=1e-6)


@given(st.integers(0, 400), st.integers(1, 400), st.floats(0.001, 0.5))
def test_a_count_is_scored_by_the_deviance_of_the_negative_binomial(few: int, due: int, varying: float) -> None:
    shape = 1 / varying
    best = stats.nbinom.logpmf(few, shape, shape / (shape + few))
    deviance = 2 * (best - stats.nbinom.logpmf(few, shape, shape / (shape + due)))
    found = counted(np.array([few]), np.array([due]), np.array([varying]))
    skew = stats.nbinom.stats(shape, shape / (shape + due), moments="s")
    root = np.sqrt(max(deviance, 0)) * np.sign(few - due)
    assert found == pytest.approx([root + skew / 6], abs=1e-4)


@pytest.mark.parametrize(
    ("due", "varying", "near"), [(12, 0.01, 0.3), (60, 0.01, 0.1), (300, 0.01, 0.1), (300, 0.04, 0.1)]
)
def test_as_few_are_as_rare_as_the_score_says(due: int, varying: float, near: float) -> None:
    """Half of the probability of the very number counts, as a continuous score stands for its middle; of a dozen that
    were due the steps from number to number are coarse. One in a hundred to one in two thousand."""
    shape = 1 / varying
    for rare in (0.01, 0.001, 0.0005):
        few = int(stats.nbinom.ppf(rare, shape, shape / (shape + due)))
        below = stats.nbinom.cdf(few - 1, shape, shape / (shape + due))
        truly = below + stats.nbinom.pmf(few, shape, shape / (shape + due)) / 2
        p = stats.norm.cdf(counted(np.array([few]), np.array([due]), np.array([varying])))
        assert p == pytest.approx([truly], rel=near)
