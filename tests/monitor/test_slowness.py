"""Who became slower: sums against a count day by day, the score against drawn truths, and who is not to be accused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from monitor.analysis.atrisk import AtRisk, exposures, stretches
from monitor.analysis.paces import LEAN
from monitor.analysis.slowness import MINIMUM, RATE, shifted, slower
from tests.monitor.slowed_province import DAYS, DEPARTMENTS, SMALL, WEEK, province

CASE = st.tuples(st.integers(0, 3), st.integers(0, 12), st.integers(0, 8), st.booleans())


@given(st.lists(CASE, max_size=15), st.integers(0, 14), st.integers(0, 8), st.integers(1, 9))
def test_case_days_are_those_counted_day_by_day(
    cases: list[tuple[int, int, int, bool]], first: int, length: int, ages: int
) -> None:
    at_risk, decided = np.zeros((4, ages)), np.zeros((4, ages))
    for group, accepted, used, done in cases:
        for day in range(max(accepted, first), min(accepted + used, first + length) + 1):
            if day - accepted < ages:
                at_risk[group, day - accepted] += 1
                decided[group, day - accepted] += done and day == accepted + used
    columns = np.array(cases, np.int64).reshape(-1, 4).T
    found = exposures(
        columns[0], columns[1], columns[1] + columns[2], columns[3], (first, first + length), (2, 2, ages)
    )
    assert (found.at_risk.reshape(4, ages) == at_risk).all()
    assert (found.decided.reshape(4, ages) == decided).all()


def one_item(at_risk: list[float], decided: list[float]) -> AtRisk:
    """One item, one age: entries by department."""
    return AtRisk(np.array(at_risk, float).reshape(-1, 1, 1), np.array(decided, float).reshape(-1, 1, 1))


def test_expected_is_what_its_own_pace_and_its_peers_now_would_have_done() -> None:
    """All decided half of their case-days before; of 40 now 20 are expected. The peers decided 18 of them each, so it
    is a slow month for all (0.9), and the first one's 9 are half of the 18 that it too may take."""
    others = 11
    past = one_item([90] * (others + 1), [45] * (others + 1))
    found = shifted(one_item([40] * (others + 1), [9] + [18] * others), [past])
    assert found.pace[0] == pytest.approx(0.5)
    weight = 220 / 240
    assert found.observed[0] == pytest.approx(9 * weight)
    assert found.expected[0] == pytest.approx(18 * weight)
    # The rest lie together: nothing is left for a difference among them.
    assert found.spread == 0
    common, lean = (9 + 18 * others) / 240, 90 + LEAN
    chance, past_chance = 40 / 4 * common, 40**2 / 4 / lean * common**2
    # Nine where eighteen were due, as a negative binomial count in units of its chance variance.
    unit = weight**2 * chance / (18 * weight)
    vague = (weight**2 * past_chance + (20 / 240) ** 2 * others * (chance + past_chance)) / (18 * weight) ** 2
    few, due, shape = 9 * weight / unit, 18 * weight / unit, 1 / vague
    deviance = 2 * (special.xlogy(few, few / due) - special.xlogy(few + shape, (few + shape) / (due + shape)))
    skew = stats.nbinom.stats(shape, shape / (shape + due), moments="s")
    assert found.z[0] == pytest.approx(-np.sqrt(deviance) + skew / 6)
    assert found.p == pytest.approx(stats.norm.cdf(found.z))
    # Nine instead of eighteen is a sign, and with twelve departments not enough of one.
    assert RATE / 12 < found.p[0] < 0.05
    assert not found.slower.any()


def test_when_all_are_slow_nobody_is() -> None:
    past = one_item([900] * 12, [450] * 12)
    found = shifted(one_item([400] * 12, [100] * 12), [past])
    assert found.pace == pytest.approx(1)
    assert not found.slower.any()


def test_who_was_always_slow_did_not_become_slower() -> None:
    past = one_item([900] * 12, [90] + [450] * 11)
    found = shifted(one_item([400] * 12, [40] + [200] * 11), [past])
    assert found.pace[0] == pytest.approx(1, abs=0.05)
    assert not found.slower.any()


def test_slower_by_less_than_a_tenth_is_no_finding_however_sure() -> None:
    past = one_item([10**6] * 12, [5 * 10**5] * 12)
    found = shifted(one_item([10**5] * 12, [46_000] + [50_000] * 11), [past])
    assert found.z[0] < -5
    assert not found.slower.any()
    assert shifted(one_item([10**5] * 12, [45_000] + [50_000] * 11), [past]).slower[0]


def frames(now: list[tuple[str, str, int, int]], past: list[tuple[str, str, int, int]]) -> tuple[Any, Any]:
    columns = ["department", "item", "at_risk", "decided"]
    return tuple(pd.DataFrame(rows, columns=columns).assign(age=1) for rows in (now, past))


def test_what_cannot_be_compared_is_said() -> None:
    usual = [(d, "x", 400, 200) for d in "BCDE"]
    now = [*usual, ("A", "x", 10, 0), ("B", "own", 400, 0), ("F", "x", 400, 0)]
    past = [*usual, ("A", "x", 400, 200), ("B", "own", 400, 200), ("F", "x", 20, 10), ("G", "x", 400, 200)]
    found = slower(*frames(now, past))
    # Five are expected of A, and none came: too little to say. F is new, B's own item has no peers, G is at rest.
    assert found.few.set_index("department").loc["A", "expected"] < MINIMUM
    assert set(found.departments["department"]) == set("BCDE")
    assert not found.departments["slower"].any()
    assert set(found.few["department"]) == {"A", "F"}
    assert sorted(found.left_out.itertuples(index=False, name=None)) == [("B", "own"), ("F", "x")]


def test_a_frame_says_what_the_arrays_say() -> None:
    made = province(3)
    day = made.since + 19
    now, past = made.stretches(day, 20)
    earlier = pd.concat([framed(sums).assign(period=n) for n, sums in enumerate(past)])
    told = slower(*(frame.sample(frac=1, random_state=1) for frame in (framed(now), earlier)))
    found = shifted(now, past)
    assert told.spread == pytest.approx(found.spread)
    table = told.departments.set_index("department").sort_index()
    assert list(table.index) == list(np.flatnonzero(found.judged))
    for name in ("slower", "observed", "expected", "pace", "z", "p"):
        assert table[name].to_numpy(float) == pytest.approx(getattr(found, name)[found.judged].astype(float))
    assert (table["times"] * table["pace"]).to_numpy() == pytest.approx(1)
    assert told.departments["p"].is_monotonic_increasing


def framed(sums: AtRisk) -> pd.DataFrame:
    department, item, age = np.nonzero(sums.at_risk)
    at = (department, item, age)
    return pd.DataFrame(
        {"department": department, "item": item, "age": age}
        | {"at_risk": sums.at_risk[at].astype(int), "decided": sums.decided[at].astype(int)}
    )


def test_persons_and_impossible_sums_are_refused() -> None:
    now, past = frames([("A", "x", 4, 2)], [("A", "x", 4, 2)])
    with pytest.raises(ValueError, match="never persons"):
        slower(now.assign(handler="x"), past)
    with pytest.raises(ValueError, match="more than were at risk"):
        slower(now.assign(decided=5), past)
    with pytest.raises(ValueError, match="age: column missing"):
        slower(now, past.drop(columns="age"))
    with pytest.raises(ValueError, match="period: unknown column"):
        slower(now.assign(period=1), past)
    with pytest.raises(ValueError, match="at least one stretch"):
        shifted(one_item([4], [2]), [])


def test_scores_of_the_unchanged_are_those_of_chance() -> None:
    """Nobody slowed, no good and bad weeks but those that all share: the score is a standard normal one, no matter how
    departments differ for good. One look a province, so scores do not hang together in time."""
    z = []
    for seed in range(25):
        made = province(seed, slow=1, uneven=0)
        day = DAYS - WEEK - 1
        found = shifted(*made.stretches(day, 20))
        z.append(found.z[found.judged & (np.arange(DEPARTMENTS) < DEPARTMENTS - SMALL)])
    scores = np.concatenate(z)
    assert abs(scores.mean()) < 0.15
    assert 0.85 < scores.std() < 1.1
    assert (scores < stats.norm.ppf(0.01)).sum() <= stats.binom.isf(0.001, len(scores), 0.01)


def test_how_much_paces_vary_is_seen_from_all_stretches() -> None:
    made = province(5)
    now, past = made.stretches(179, 20)

    def alone(one: AtRisk, others: list[AtRisk]) -> float:
        whole = AtRisk(sum(o.at_risk for o in others), sum(o.decided for o in others))
        return shifted(one, [whole]).spread ** 2

    looks = [alone(now, past), *(alone(one, [o for o in past if o is not one]) for one in past)]
    assert len(set(looks)) > 5
    assert shifted(now, past).spread ** 2 == pytest.approx(np.mean(looks))


@given(st.integers(20, 60), st.integers(3, 9), st.integers(0, 30))
def test_stretches_are_the_days_before_each_once(last: int, length: int, before: int) -> None:
    """One case that is open all the time: a case-day a day, at the age of that day."""
    frame = pd.DataFrame({"department": ["A"], "item": ["x"], "kind": ["k"], "accepted": [0], "ended": [99]})
    before = max(before, length)
    now, past = stretches(frame.assign(decided=False), last, length, min(before, last - length))
    assert sorted(now["age"]) == list(range(last - length + 1, last + 1))
    whole = min(before, last - length)
    assert sorted(past["age"]) == list(range(last - length - whole + 1, last - length + 1))
    days = past.groupby("period")["age"].agg(["count", "min", "max"])
    assert (days["max"] - days["min"] + 1 == days["count"]).all()
    assert (days["count"][:-1] == length).all()
    assert whole < length or days["count"].iloc[-1] < 2 * length
