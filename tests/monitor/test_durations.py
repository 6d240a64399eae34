"""Durations with open cases: against scipy, against the definition in fractions, against printed textbook values."""

from __future__ import annotations

import warnings
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from monitor.analysis.durations import curve, durations, quantile
from tests.monitor.lifetimes import DRUG, a_case, censored, exact, real_cases, samples, split

SHARES = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(9, 10))


def first_day(cases: list[tuple[int, bool]], share: Fraction) -> int | None:
    """The definition: the first day after which no more than the rest is undecided."""
    return next((day for day, left in exact(cases) if left <= 1 - share), None)


@given(samples)
def test_the_curve_is_that_of_scipy(cases: list[tuple[int, bool]]) -> None:
    ours, theirs = curve(*split(cases)), stats.ecdf(censored(cases)).sf
    assert ours.day.tolist() == theirs.quantiles.tolist()
    assert np.abs(ours.survival - theirs.probabilities).max() < 1e-9
    days, decided = split(cases)
    assert ours.at_risk.tolist() == [sum(d >= day for d in days) for day in ours.day]
    assert ours.decided.tolist() == [cases.count((day, True)) for day in ours.day]
    assert ours.decided.sum() == sum(decided)


@given(samples, st.sampled_from([0.8, 0.95, 0.99]))
def test_the_interval_is_that_of_scipy_and_is_defined_at_both_ends(cases: list[tuple[int, bool]], level: float) -> None:
    ours = curve(*split(cases), level=level)
    with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
        theirs = stats.ecdf(censored(cases)).sf.confidence_interval(level, method="log-log")
    inside = (ours.survival > 0) & (ours.survival < 1)
    assert np.allclose(ours.low[inside], theirs.low.probabilities[inside], rtol=0, atol=1e-9)
    assert np.allclose(ours.high[inside], theirs.high.probabilities[inside], rtol=0, atol=1e-9)
    whole, gone = ours.survival == 1, ours.survival == 0
    assert (ours.low[whole] == 1).all() and (ours.high[whole] == 1).all()
    assert (ours.low[gone] == 0).all()
    assert (ours.high[gone] == (ours.high[~gone][-1] if (~gone).any() else 1)).all()
    assert ((ours.low >= 0) & (ours.low <= ours.survival) & (ours.survival <= ours.high) & (ours.high <= 1)).all()


def test_the_textbook() -> None:
    """Survival and intervals as Stata prints them of Freireich's patients (sts list; stci for the median)."""
    line = curve(*split(DRUG))
    printed = {
        6: (0.8571, 0.6197, 0.9516),
        7: (0.8067, 0.5631, 0.9228),
        10: (0.7529, 0.5032, 0.8894),
        13: (0.6902, 0.4316, 0.8491),
        16: (0.6275, 0.3675, 0.8049),
        22: (0.5378, 0.2678, 0.7468),
        23: (0.4482, 0.1881, 0.6801),
    }
    found = {day: row for day, *row in zip(line.day, line.survival, line.low, line.high) if day in printed}
    assert found == {day: pytest.approx(row, abs=6e-5) for day, row in printed.items()}
    median = quantile(line, 0.5)
    assert (median.day, median.low, median.high) == (23, 13, None)


@given(samples)
def test_a_quantile_is_the_first_day_with_that_share_decided(cases: list[tuple[int, bool]]) -> None:
    line = curve(*split(cases))
    for share in SHARES:
        found = quantile(line, float(share))
        assert found.day == first_day(cases, share)
        assert found.day is None or (found.low is not None and found.low <= found.day)
        assert found.high is None or (found.day is not None and found.day <= found.high)


def test_a_half_that_a_product_just_misses_is_a_half() -> None:
    """24 decided one a day: exactly half are left after day 12, and the product of the floats is just above."""
    days = list(range(1, 25))
    assert quantile(curve(days, [True] * 24), 0.5).day == 12


def test_more_than_half_still_open_has_no_median() -> None:
    line = curve([3, 5, 40, 40, 40], [True, True, False, False, False])
    assert line.survival.tolist() == pytest.approx([0.8, 0.6, 0.6])
    assert quantile(line, 0.5).day is None
    assert quantile(line, 0.25).day == 5


def test_decided_and_censored_on_one_day_the_decided_come_first() -> None:
    assert curve([4, 4], [False, True]).survival.tolist() == [0.5]


def test_one_case_decided_on_the_day_of_acceptance() -> None:
    line = curve([0], [True])
    assert [a.tolist() for a in (line.day, line.survival, line.low, line.high)] == [[0], [0.0], [0.0], [1.0]]
    found = quantile(line, 0.5)
    assert (found.day, found.low, found.high) == (0, 0, None)


def test_no_case_gives_an_empty_curve_and_reaches_nothing() -> None:
    line = curve([], [])
    assert not len(line.day) and not len(line.survival)
    assert quantile(line, 0.5).day is None


@given(st.lists(st.tuples(a_case, st.integers(0, 5)), min_size=1, max_size=20))
def test_a_row_with_a_count_is_so_many_cases(rows: list[tuple[tuple[int, bool], int]]) -> None:
    days, decided = split([case for case, _ in rows])
    whole = curve(*split([case for case, many in rows for _ in range(many)]))
    short = curve(days, decided, [many for _, many in rows])
    for name in ("day", "at_risk", "decided", "survival", "low", "high"):
        assert getattr(short, name).tolist() == getattr(whole, name).tolist(), name


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (([-1], [True]), "-1 is negative"),
        (([1.5], [True]), "whole numbers"),
        (([float("nan")], [True]), "without blanks"),
        ((["soon"], [True]), "whole numbers"),
        (([[1]], [True]), "one row"),
        (([1], [2]), "True or False"),
        (([1], [None]), "True or False"),
        (([1, 2], [True]), "of one length"),
        (([1], [True], [0.5]), "count: whole numbers"),
        (([1], [True], [-1]), "count: -1"),
        (([1], [True], None, 1.0), "level"),
    ],
)
def test_what_is_no_duration_is_refused(arguments: tuple, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        curve(*arguments)


@pytest.mark.parametrize("share", [0, 1, -0.5])
def test_a_share_of_nothing_or_all_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        quantile(curve([1], [True]), share)


rows = st.tuples(st.sampled_from("AB"), st.sampled_from(["one", "two", None]), a_case, st.booleans(), st.integers(1, 3))


@given(st.lists(rows, min_size=1, max_size=40))
def test_the_table_says_of_each_group_what_its_cases_say(made: list) -> None:
    frame = pd.DataFrame(
        [(item, name, day, hit, not hit and wait, many) for item, name, (day, hit), wait, many in made],
        columns=["item", "department", "days", "decided", "open", "count"],
    )
    table = durations(frame, ["item", "department"], minimum=5)
    groups: dict[tuple, list] = {}
    for item, name, (day, hit), wait, many in made:
        groups.setdefault((item, name), []).extend([(day, hit, not hit and wait)] * many)
    assert len(table) == len(groups)
    for row in table.to_dict("records"):
        cases = groups[row["item"], None if pd.isna(row["department"]) else row["department"]]
        closed = [day for day, hit, _ in cases if hit]
        waiting = [day for day, _, wait in cases if wait]
        assert (row["n"], row["decided"], row["open"]) == (len(cases), len(closed), len(waiting))
        assert row["otherwise"] == len(cases) - len(closed) - len(waiting)
        assert row["enough"] == (len(closed) >= 5)
        for name, share in zip(("p25", "median", "p75", "p90"), SHARES):
            day = first_day([(day, hit) for day, hit, _ in cases], share)
            assert pd.isna(row[name]) if day is None else row[name] == day
        assert pd.isna(row["oldest_open"]) if not waiting else row["oldest_open"] == max(waiting)
        if closed:
            assert row["mean_closed_only"] == pytest.approx(sum(closed) / len(closed))
        else:
            assert pd.isna(row["mean_closed_only"])


def test_the_average_of_the_closed_flatters_where_the_median_does_not() -> None:
    """Nine quick ones and ten left lying for 80 days: 4 days on average, says who counts what is finished."""
    frame = pd.DataFrame({"days": [4] * 9 + [80] * 10, "decided": [True] * 9 + [False] * 10})
    row = durations(frame).iloc[0]
    assert (row["mean_closed_only"], row["oldest_open"], row["open"]) == (4, 80, 10)
    assert pd.isna(row["median"]) and row["p25"] == 4
    assert not row["enough"]
    # log(-log) by hand: S = 10/19, Greenwood's sum 9 / (19 * 10), z = 1.959964: 0.2872 .. 0.7188.
    assert row["median_low"] == 4 and pd.isna(row["median_high"])
    assert (row["p25_low"], row["p25_high"]) == (4, 4)


def test_a_table_of_nothing_has_its_columns_and_no_row() -> None:
    frame = pd.DataFrame({"item": [], "days": [], "decided": []})
    assert len(durations(frame, ["item"])) == 0
    assert {"item", "n", "median", "median_low", "p90_high", "oldest_open"} <= set(durations(frame, ["item"]).columns)


def test_a_missing_column_and_a_case_both_decided_and_open_are_refused() -> None:
    frame = pd.DataFrame({"days": [1], "decided": [True], "open": [True]})
    with pytest.raises(ValueError, match="no column item"):
        durations(frame, ["item"])
    with pytest.raises(ValueError, match="both decided and open"):
        durations(frame)
    with pytest.raises(ValueError, match="no column decided"):
        durations(frame[["days"]])


def test_the_real_log_by_item_and_department(shared_data: Path) -> None:
    frame = real_cases(shared_data / "canonical" / "bpic15_1")
    table = durations(frame, ["item", "department"]).set_index(["item", "department"])
    assert len(table) > 100 and 0 < table["open"].sum() < table["n"].sum() == len(frame)
    for key, part in frame.groupby(["item", "department"]):
        cases = [(int(day), bool(hit)) for day, hit in zip(part.days, part.decided)]
        theirs = stats.ecdf(censored(cases)).sf
        ours = curve(part.days, part.decided)
        assert ours.day.tolist() == theirs.quantiles.tolist()
        assert np.abs(ours.survival - theirs.probabilities).max() < 1e-9
        day = first_day(cases, Fraction(1, 2))
        assert pd.isna(table.loc[key, "median"]) if day is None else table.loc[key, "median"] == day
