"""Two departments on one item: against scipy, a plain brute force, and the textbook."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from monitor.analysis.logrank import log_rank
from tests.monitor.lifetimes import DRUG, PLACEBO, a_case, censored, real_cases, samples


def framed(first: list, second: list) -> pd.DataFrame:
    """Cases of departments A and B."""
    rows = [("A", *case) for case in first] + [("B", *case) for case in second]
    return pd.DataFrame(rows, columns=["department", "days", "decided"])


def by_hand(frame: pd.DataFrame, strata: list[str]) -> dict:
    """The definition, stratum by stratum and day by day."""
    sums = dict.fromkeys(("O1", "O2", "E1", "E2", "V", "R", "S", "spread"), 0.0)
    used, dropped = set(), set()
    cases = frame[frame.department.isin(["A", "B"])].to_dict("records")
    for key in {tuple(case[name] for name in strata) for case in cases}:
        inside = [case for case in cases if tuple(case[name] for name in strata) == key]
        if {case["department"] for case in inside} != {"A", "B"}:
            dropped.add(key)
            continue
        used.add(key)
        for day in {case["days"] for case in inside}:
            at_risk = [case for case in inside if case["days"] >= day]
            hits = [case for case in at_risk if case["days"] == day and case["decided"]]
            n, d = len(at_risk), len(hits)
            n1, d1 = (sum(case["department"] == "A" for case in some) for some in (at_risk, hits))
            n2, d2 = n - n1, d - d1
            sums["O1"] += d1
            sums["O2"] += d2
            sums["E1"] += d * n1 / n
            sums["E2"] += d * n2 / n
            if n > 1:
                sums["V"] += d * (n1 / n) * (n2 / n) * (n - d) / (n - 1)
            sums["R"] += d1 * n2 / n
            sums["S"] += d2 * n1 / n
            sums["spread"] += (d * n1 * n2 - d1 * d2 * n) / n**2
    return sums | {"used": used, "dropped": dropped}


def agrees(found, hand: dict) -> None:
    assert found.observed == (hand["O1"], hand["O2"])
    assert found.expected == pytest.approx((hand["E1"], hand["E2"]), abs=1e-9)
    assert (set(found.used), set(found.dropped)) == (hand["used"], hand["dropped"])
    if hand["V"] == 0:
        assert found.statistic is found.p is found.slower is found.ratio is found.low is None
        return
    gap = hand["O1"] - hand["E1"]
    assert found.statistic == pytest.approx(gap**2 / hand["V"], abs=1e-9)
    assert found.p == pytest.approx(stats.chi2.sf(gap**2 / hand["V"], 1), abs=1e-9)
    assert found.slower == (None if abs(gap) < 1e-9 else "A" if gap < 0 else "B")
    if hand["R"] == 0 or hand["S"] == 0:
        assert found.ratio is found.low is found.high is None
        return
    reach = stats.norm.ppf(0.975) * math.sqrt(max(hand["spread"], 0) / (hand["R"] * hand["S"]))
    size = math.log(hand["R"] / hand["S"])
    logs = [math.log(value) for value in (found.ratio, found.low, found.high)]
    assert logs == pytest.approx([size, size - reach, size + reach], abs=1e-6)


@given(samples, samples)
def test_without_strata_it_is_that_of_scipy(first: list, second: list) -> None:
    found = log_rank(framed(first, second), "department", "A", "B")
    with np.errstate(all="ignore"):
        theirs = stats.logrank(censored(first), censored(second))
    assert (found.used, found.dropped, found.cases) == (((),), (), (len(first), len(second)))
    if found.statistic is None:
        assert not np.isfinite(theirs.statistic)
        return
    assert found.statistic == pytest.approx(theirs.statistic**2, abs=1e-9)
    assert found.p == pytest.approx(theirs.pvalue, abs=1e-9)
    if abs(theirs.statistic) > 1e-6:
        assert found.slower == ("B" if theirs.statistic > 0 else "A")


rows = st.tuples(st.sampled_from("AABBC"), st.sampled_from(["approval", "filing"]), st.integers(1, 3), a_case)


@given(st.lists(rows, min_size=1, max_size=60))
def test_stratified_it_is_the_sum_of_the_definition(made: list) -> None:
    frame = pd.DataFrame(
        [(name, kind, region, *case) for name, kind, region, case in made],
        columns=["department", "kind", "region", "days", "decided"],
    )
    agrees(log_rank(frame, "department", "A", "B", ["kind", "region"]), by_hand(frame, ["kind", "region"]))


@given(st.lists(st.tuples(rows, st.integers(0, 4)), min_size=1, max_size=30))
def test_a_row_with_a_count_is_so_many_cases(made: list) -> None:
    columns = ["department", "kind", "region", "days", "decided", "count"]
    short = pd.DataFrame([(*row[:3], *row[3], many) for row, many in made], columns=columns)
    whole = short.loc[short.index.repeat(short["count"])].drop(columns="count")
    one, other = (log_rank(frame, "department", "A", "B", ["kind", "region"]) for frame in (short, whole))
    assert one == other


@given(samples, samples)
def test_turned_round_it_says_the_same(first: list, second: list) -> None:
    frame = framed(first, second)
    one, other = log_rank(frame, "department", "A", "B"), log_rank(frame, "department", "B", "A")
    assert one.p == pytest.approx(other.p)
    assert one.slower == other.slower
    assert sum(one.observed) == pytest.approx(sum(one.expected))
    if one.ratio is not None:
        assert (one.ratio, one.low, one.high) == pytest.approx((1 / other.ratio, 1 / other.high, 1 / other.low))


def test_the_textbook() -> None:
    """Kleinbaum and Klein, Survival Analysis, chapter 2: observed 9 and 21, expected 19.25 and 10.75, 16.79."""
    found = log_rank(framed(DRUG, PLACEBO), "department", "A", "B")
    assert found.observed == (9, 21)
    assert found.expected == pytest.approx((19.25, 10.75), abs=5e-3)
    assert found.statistic == pytest.approx(16.79, abs=5e-3)
    assert found.slower == "A"
    assert found.low < found.ratio < found.high < 1


def test_harder_work_is_no_slowness_within_strata() -> None:
    """Both take 3 days for the easy kind, 30 for the hard, which A is given: pooled it is slow, compared it is not."""
    kinds = [("A", "hard", 9), ("A", "easy", 3), ("B", "hard", 3), ("B", "easy", 9)]
    made = [
        (name, kind, (30 if kind == "hard" else 3) + i % 3, True) for name, kind, many in kinds for i in range(many)
    ]
    frame = pd.DataFrame(made, columns=["department", "kind", "days", "decided"])
    pooled, fair = log_rank(frame, "department", "A", "B"), log_rank(frame, "department", "A", "B", ["kind"])
    assert pooled.slower == "A" and pooled.p < 0.05
    assert fair.slower is None and fair.p == pytest.approx(1)
    assert fair.ratio == pytest.approx(1)


def test_a_stratum_with_one_of_the_two_is_dropped_and_named() -> None:
    frame = pd.DataFrame(
        [("A", "x", 1, True), ("B", "x", 2, True), ("A", "y", 5, True), ("C", "y", 5, True), ("C", "z", 5, True)],
        columns=["department", "kind", "days", "decided"],
    )
    found = log_rank(frame, "department", "A", "B", ["kind"])
    assert (found.used, found.dropped, found.cases) == ((("x",),), (("y",),), (1, 1))
    # By hand: on day 1 one of two decided, then B alone: 1/2 and 3/2 expected, variance 1/4.
    assert (found.observed, found.expected, found.statistic) == ((1, 1), (0.5, 1.5), 1.0)


@pytest.mark.parametrize(
    ("first", "second"), [([(3, True)], []), ([(3, False)], [(9, False)]), ([(3, False)], [(9, True)])]
)
def test_where_nothing_can_be_compared_nothing_is_said(first: list, second: list) -> None:
    found = log_rank(framed(first, second), "department", "A", "B")
    assert found.statistic is found.p is found.slower is found.ratio is None


def test_one_that_decided_nothing_is_slower_beyond_measure() -> None:
    found = log_rank(framed([(9, False)] * 6, [(2, True)] * 3 + [(4, True)] * 3), "department", "A", "B")
    assert found.slower == "A" and found.p < 0.01
    assert found.ratio is found.low is found.high is None


def test_what_cannot_be_asked_is_refused() -> None:
    frame = framed([(1, True)], [(2, True)])
    with pytest.raises(ValueError, match="with itself"):
        log_rank(frame, "department", "A", "A")
    with pytest.raises(ValueError, match="no column kind"):
        log_rank(frame, "department", "A", "B", ["kind"])
    with pytest.raises(ValueError, match="level"):
        log_rank(frame, "department", "A", "B", level=1.5)


def test_the_size_comes_out_where_it_is_known() -> None:
    """400 times a department at 0.7 of the other's pace: right on average, inside nineteen times in twenty."""
    draw, sizes, inside = np.random.default_rng(6), [], 0
    for _ in range(400):
        days = np.concatenate((draw.exponential(12 / 0.7, 60), draw.exponential(12, 240)))
        seen = draw.uniform(0, 50, 300)
        frame = pd.DataFrame(
            {
                "department": ["A"] * 60 + ["B"] * 240,
                "days": np.floor(np.minimum(days, seen)).astype(int),
                "decided": days <= seen,
            }
        )
        found = log_rank(frame, "department", "A", "B")
        sizes.append(math.log(found.ratio))
        inside += found.low <= 0.7 <= found.high
    assert math.exp(np.mean(sizes)) == pytest.approx(0.7, abs=0.03)
    # The standard error of a rate of 0.95 over 400 is 0.011.
    assert inside / 400 == pytest.approx(0.95, abs=0.035)


def test_the_real_log(shared_data: Path) -> None:
    """The two departments with most cases of each item, by kind of project."""
    frame = real_cases(shared_data / "canonical" / "bpic15_1")
    compared = 0
    for _, part in frame.groupby("item"):
        first, second = part.department.value_counts().index[:2] if part.department.nunique() > 1 else (None, None)
        if first is None or len(part) < 200:
            continue
        part = part.assign(department=part.department.map({first: "A", second: "B"}))
        agrees(log_rank(part, "department", "A", "B", ["kind"]), by_hand(part, ["kind"]))
        compared += 1
    assert compared >= 5
