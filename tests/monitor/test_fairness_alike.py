"""If departments are alike, who is named is named by chance, and that no oftener than the limits say."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from monitor.analysis.fairness import rank

DEPARTMENTS, ITEMS, CASES = 12, 3, 1500


def cases(seed: int) -> pd.DataFrame:
    """One row a case: most none beyond, some many; items differ, departments do not, but in size and items."""
    draw = np.random.default_rng(seed)
    item = draw.integers(0, ITEMS, CASES)
    size = draw.dirichlet(np.full(DEPARTMENTS, 4.0), ITEMS).cumsum(axis=1)
    department = (draw.random(CASES)[:, None] > size[item]).sum(axis=1).clip(0, DEPARTMENTS - 1)
    beyond = np.floor(draw.exponential(1 + 2 * item) * (draw.random(CASES) < 0.4)).astype(np.int64)
    return pd.DataFrame(
        {"department": department, "item": item, "decided": 1, "beyond": beyond, "beyond_sq": beyond**2}
    )


def test_a_permutation_test_says_the_same() -> None:
    """Departments dealt anew to the cases of each item, 4,000 times: how often any is as far above."""
    given = cases(0)
    ranked = rank(given).ranked.sort_values("department")
    draw = np.random.default_rng(1)
    department, item, beyond = (given[name].to_numpy() for name in ("department", "item", "beyond"))
    n = pd.crosstab(department, item).to_numpy()

    def excess(of: np.ndarray) -> np.ndarray:
        s = np.bincount(of * ITEMS + item, beyond, DEPARTMENTS * ITEMS).reshape(DEPARTMENTS, ITEMS)
        return (s - n * (s.sum(axis=0) - s) / (n.sum(axis=0) - n)).sum(axis=1)

    seen, times = excess(department), 4000
    above = np.zeros(DEPARTMENTS)
    for _ in range(times):
        dealt = department.copy()
        for one in range(ITEMS):
            dealt[item == one] = draw.permutation(dealt[item == one])
        above += excess(dealt) >= seen - 1e-9
    assert np.allclose(above / times, stats.norm.sf(ranked["z"]), atol=0.03)


def test_the_innocent_are_named_no_oftener_than_the_limits_say() -> None:
    ranked = [rank(cases(seed)).ranked for seed in range(200)]
    table = pd.concat(ranked)
    looks = len(table)
    outside = table["difference"].abs() > table["limit_95"]
    alarms = table["verdict"] == "worse_998"
    # More than this is a matter of one in a thousand at 5 % and 0.1 %; skewed days put more on the upper side.
    assert outside.sum() <= stats.binom.isf(0.001, looks, 0.05)
    assert outside.sum() >= looks * 0.01
    assert alarms.sum() <= stats.binom.isf(0.001, looks, 0.002)
    apart = sum(frame["place"].nunique() > 1 for frame in ranked)
    assert apart <= stats.binom.isf(0.001, 200, 0.05)


def test_one_that_really_takes_longer_stands_alone_at_the_top() -> None:
    """Eight days more in every case of a middling department: not hidden by its own excess, and no other is blamed."""
    for seed in range(20):
        given = cases(seed)
        given.loc[given["department"] == 4, "beyond"] += 8
        found = rank(given.assign(beyond_sq=given["beyond"] ** 2)).ranked
        assert (found["department"][0], found["verdict"][0]) == (4, "worse_998")
        assert list(found["place"][:2]) == [1, 2]
        assert (found["best"][0], found["worst"][0]) == (1, 1)
        assert not (found["verdict"][1:] == "worse_998").any()
