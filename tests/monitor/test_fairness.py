"""The ranking of departments is fair: by hand, against every deal by lot, and against scipy."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from monitor.analysis import fairness
from monitor.analysis.fairness import MINIMUM, rank
from monitor.analysis.funnel import between, discovered, overdispersion, simultaneous


def sums(*cases: tuple[str, str, list[int]]) -> pd.DataFrame:
    """Department, item and the days beyond of each case."""
    return pd.DataFrame(
        [
            {"department": d, "item": i, "decided": len(x), "beyond": sum(x), "beyond_sq": sum(y * y for y in x)}
            for d, i, x in cases
        ]
    )


def row(frame: pd.DataFrame, department: str) -> Any:
    return frame.set_index("department").loc[department]


def test_each_is_measured_by_what_the_others_take_for_its_items() -> None:
    """The quick item takes the others 1 day beyond, the slow one 4 and 2 (60 over 20 cases: 3). A has 30 quick and 10
    slow: expected 30 * 1 + 10 * 3 = 60 days, and it took 30 * 1 + 10 * 5 = 80."""
    found = rank(
        sums(
            ("A", "quick", [1] * 30),
            ("A", "slow", [5] * 10),
            ("B", "quick", [1] * 20),
            ("B", "slow", [4] * 10),
            ("C", "quick", [0, 2] * 10),
            ("C", "slow", [2] * 10),
        )
    )
    a = row(found.ranked, "A")
    assert (a["decided"], a["beyond"]) == (40, 80)
    assert a["per_case"] == pytest.approx(2)
    assert a["expected"] == pytest.approx(1.5)
    assert a["difference"] == pytest.approx(0.5)
    assert a["ratio"] == pytest.approx(80 / 60)
    # B against A and C: 20 * (30 + 20) / 50 quick, 10 * (50 + 20) / 20 slow = 55 days in 30 cases.
    assert row(found.ranked, "B")["expected"] == pytest.approx(55 / 30)


def test_the_one_with_the_long_items_is_not_behind_for_that() -> None:
    """Raw, A runs over by 8.2 days a case and B by 1.8; on each item both take the same."""
    found = rank(sums(("A", "l", [9] * 90), ("A", "s", [1] * 10), ("B", "l", [9] * 10), ("B", "s", [1] * 90))).ranked
    assert list(found["difference"]) == [0, 0]
    assert list(found["place"]) == [1, 1]
    assert set(found["verdict"]) == {"within"}


def test_the_score_is_that_of_every_deal_by_lot() -> None:
    """Two of twelve cases to A, in each of the 66 ways: mean and variance of its days above expectation."""
    days = [0, 0, 0, 0, 1, 1, 2, 3, 5, 8, 0, 9]
    dealt = np.array(
        [
            sum(days[i] for i in own) - 2 * sum(days[i] for i in set(range(12)) - set(own)) / 10
            for own in combinations(range(12), 2)
        ]
    )
    assert dealt.mean() == pytest.approx(0)
    found = rank(sums(("A", "x", [8, 9]), ("B", "x", [*days[:9], 0])), minimum=2)
    excess = 17 - 2 * 12 / 10
    # A gamma variable with the days' mean and variance has the third cumulant 2 variance² / mean; what is left of it
    # in a deal is what is left of the days' own.
    spread = np.var(days, ddof=1)
    left = stats.moment(dealt, 3) / stats.kstat(days, 3)
    skew = 2 * spread**2 / np.mean(days) * left / dealt.std() ** 3
    far = stats.pearson3.sf(excess / dealt.std(), skew)
    assert row(found.ranked, "A")["z"] == pytest.approx(stats.norm.isf(far), abs=0.02)


def test_limits_are_those_of_scipy() -> None:
    draw = np.random.default_rng(4)
    cases = [(f"D{d:02}", "x", draw.poisson(2 + (d % 3) / 2, 40 + 5 * d).tolist()) for d in range(11)]
    found = rank(sums(*cases))
    table = found.ranked.sort_values("department")
    z, n = table["z"].to_numpy(), table["decided"].to_numpy()
    everyone = np.concatenate([x for _, _, x in cases])
    variance, many = everyone.var(ddof=1), len(everyone)
    error = np.sqrt(variance * (1 / n + 1 / (many - n)))
    # The third cumulant of a gamma variable's mean over n, less that over the rest.
    third = 2 * variance**2 / everyone.mean() * (1 / n**2 - 1 / (many - n) ** 2)
    far = stats.pearson3.sf(table["difference"].to_numpy() / error, third / error**3)
    assert z == pytest.approx(stats.norm.isf(far), abs=0.01)
    # Of eleven, scipy pulls in one at each end, as the quantiles do.
    pulled = np.asarray(stats.mstats.winsorize(z, limits=(0.1, 0.1)))
    cut = stats.norm.ppf(0.9)
    phi = (pulled**2).mean() / stats.norm.expect(lambda x: np.clip(x, -cut, cut) ** 2)
    assert found.phi == pytest.approx(phi)
    w = error**-2.0
    tau2 = (11 * phi - 10) / (w.sum() - (w**2).sum() / w.sum())
    assert tau2 > 0
    assert found.spread == pytest.approx(np.sqrt(tau2))
    wide = np.sqrt(error**2 + tau2)
    for at, level in (("95", 0.95), ("998", 0.998)):
        low, high = stats.pearson3.interval(level, third / wide**3)
        assert table[f"low_{at}"].to_numpy() == pytest.approx(low * wide, rel=0.01)
        assert table[f"high_{at}"].to_numpy() == pytest.approx(high * wide, rel=0.01)
    own = [max(np.var(x, ddof=1), everyone.var(ddof=1)) / len(x) for _, _, x in cases]
    others = everyone.var(ddof=1) / (len(everyone) - n)
    width = np.sqrt(np.array(own) + others)
    assert (table["high"] - table["low"]).to_numpy() / 2 == pytest.approx(stats.norm.ppf(0.975) * width)
    # All eleven at once: by Šidák each at the eleventh root.
    far = stats.norm.interval(0.95 ** (1 / 11))[1] * width
    low, high = table["difference"].to_numpy() - far, table["difference"].to_numpy() + far
    surely_worse = [(low > one).sum() for one in high]
    assert sum(surely_worse) > 0
    assert list(table["best"]) == [1 + many for many in surely_worse]


def test_overdispersion_of_normal_scores_is_one_and_of_wider_ones_their_variance() -> None:
    z = np.random.default_rng(0).normal(size=100_000)
    assert overdispersion(z) == pytest.approx(1, abs=0.02)
    assert overdispersion(2 * z) == pytest.approx(4, abs=0.08)
    assert overdispersion(np.r_[z[:90], np.full(5, 50.0)]) < 2


def test_what_departments_differ_by_is_found_again() -> None:
    draw = np.random.default_rng(1)
    variance = draw.uniform(0.5, 2, 50_000)
    difference = draw.normal(0, np.sqrt(variance + 3))
    assert between(difference / np.sqrt(variance), variance) == pytest.approx(3, rel=0.1)
    assert between(draw.normal(size=50_000) / 2, variance) == 0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.sampled_from([0.01, 0.05, 0.3]))
def test_discoveries_are_those_of_scipy(p: list[float], rate: float) -> None:
    adjusted = stats.false_discovery_control(p)
    # At the rate itself the two may round to different sides.
    clear = np.abs(adjusted - rate) > 1e-9
    assert (discovered(np.array(p), rate) == (adjusted <= rate))[clear].all()


def test_nobody_below_the_minimum_is_ranked() -> None:
    found = rank(
        sums(("A", "x", [9] * (MINIMUM - 1)), ("B", "x", [0] * MINIMUM), ("C", "x", [1] * 50), ("C", "own", [3] * 50))
    )
    assert set(found.ranked["department"]) == {"B", "C"}
    assert found.few.to_dict("records") == [{"department": "A", "decided": 29, "comparable": 29}]
    # What nobody else decides says nothing: not in C's 50 cases, and told apart against its own promise.
    assert row(found.ranked, "C")["decided"] == 50
    assert found.alone.to_dict("records") == [
        {"department": "C", "item": "own", "decided": 50, "beyond": 150, "per_case": 3.0}
    ]


def test_kinds_are_compared_with_their_like() -> None:
    cases = sums(("A", "x", [4] * 40), ("B", "x", [4] * 10), ("A", "x", [1] * 10), ("B", "x", [1] * 40))
    assert rank(cases).ranked["difference"].abs().min() > 1
    found = rank(cases.assign(kind=["hard", "hard", "easy", "easy"])).ranked
    assert list(found["difference"]) == [0, 0]


def test_regions_are_ranked_only_when_asked() -> None:
    cases = sums(("A", "x", [4] * 40), ("B", "x", [1] * 40)).assign(region=["330100", "330200"])
    assert "region" not in rank(cases).ranked
    assert list(rank(cases, regions=True).ranked["region"]) == ["330100", "330200"]


@pytest.mark.parametrize("column", ["handler", "agent", "office", "Handler"])
def test_persons_are_never_compared(column: str) -> None:
    with pytest.raises(ValueError, match="never persons"):
        rank(sums(("A", "x", [1] * 40), ("B", "x", [2] * 40)).assign(**{column: "x"}))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"mood": 1}, "mood: unknown column"),
        ({"decided": -1}, "decided: whole numbers"),
        ({"beyond": 0.5}, "beyond: whole numbers"),
        ({"beyond_sq": 10}, "beyond_sq: less than"),
        ({"decided": 0}, "beyond_sq: less than"),
        ({"item": None}, "item: empty"),
    ],
)
def test_what_no_cases_can_have_is_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        rank(sums(("A", "x", [1] * 40), ("B", "x", [2] * 40)).assign(**change))
    with pytest.raises(ValueError, match="beyond: column missing"):
        rank(sums(("A", "x", [1])).drop(columns="beyond"))


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(0, 4)), min_size=1, max_size=12))
def test_places_never_order_what_is_not_told_apart(drawn: list[tuple[int, int]]) -> None:
    low, high = (np.array([m - r for m, r in drawn], float), np.array([m + r for m, r in drawn], float))
    place, best, worst = fairness._places(low, high)
    n = range(len(drawn))
    for i in n:
        assert best[i] == 1 + sum(low[j] > high[i] for j in n)
        assert worst[i] == len(drawn) - sum(high[j] < low[i] for j in n)
        assert place[i] == 1 + sum(place[j] < place[i] for j in n)
        for j in n:
            if low[i] <= high[j] and low[j] <= high[i]:
                assert place[i] == place[j]
            if place[i] < place[j]:
                assert low[i] > high[j]
    # And no more is put together than must be: a place of several is held together by overlaps.
    for value in set(place):
        inside = [i for i in n if place[i] == value]
        for cut in sorted(high[i] for i in inside)[:-1]:
            above = [i for i in inside if high[i] > cut]
            below = [i for i in inside if high[i] <= cut]
            assert not above or min(low[i] for i in above) <= max(high[i] for i in below)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_rows_add_up_in_any_order(seed: int) -> None:
    draw = np.random.default_rng(seed)
    beyond = draw.poisson(1.5, 300)
    cases = pd.DataFrame(
        {"department": draw.choice(list("ABC"), 300), "item": draw.choice(list("xy"), 300), "decided": 1}
        | {"beyond": beyond, "beyond_sq": beyond**2}
    )
    whole = cases.groupby(["department", "item"], as_index=False).sum()
    one, other = rank(cases).ranked, rank(whole.iloc[::-1]).ranked
    pd.testing.assert_frame_equal(one, other)


@pytest.mark.parametrize("many", [1, 5, 40])
def test_intervals_that_hold_all_at_once(many: int) -> None:
    assert (1 - 2 * stats.norm.sf(simultaneous(0.95, many))) ** many == pytest.approx(0.95)


@pytest.mark.parametrize(("others", "compared"), [(9, False), (10, True)])
def test_an_item_is_compared_where_others_decide_ten_of_it(others: int, compared: bool) -> None:
    rows = [("A", "x", 40), ("B", "x", others), ("A", "y", 40), ("B", "y", 40)]
    frame = pd.DataFrame(
        [(department, item, n, n, n) for department, item, n in rows],
        columns=["department", "item", "decided", "beyond", "beyond_sq"],
    )
    found = rank(frame)
    alone = set(zip(found.alone["department"], found.alone["item"], strict=True))
    assert (("A", "x") in alone) is not compared
    decided = dict(zip(found.ranked["department"], found.ranked["decided"], strict=True))
    assert decided["A"] == (80 if compared else 40)
