"""A dozen provinces in the ordinary run; 200 by `python -m tests.faults.accusations`, which measured the rates here."""

from __future__ import annotations

from scipy import stats

from tests.faults.accusations import accused

SEEDS = 12


def test_the_slowed_one_is_named_and_the_innocent_are_not() -> None:
    """Measured: named within four weeks 74.5 %; others 0.05 % of department-weeks; the small one never, the one given
    twice as much in one province of 200."""
    found = accused(range(SEEDS))
    assert sum(found.hits) >= stats.binom.ppf(0.001, SEEDS, 0.745)
    # Looks a week apart share three weeks: a false alarm comes three or so at a time.
    assert found.others <= 3 * stats.binom.isf(0.001, found.looks // 3, 0.0005)
    assert not any(found.small)
    assert sum(found.given) <= 1
    assert not any(found.ranked_small)
    assert not any(found.ranked_given)


def test_where_a_departments_weeks_are_alike_hardly_any_slowing_is_missed() -> None:
    """Measured: 50 of 50."""
    found = accused(range(SEEDS), uneven=0)
    assert sum(found.hits) >= SEEDS - 1


def test_where_nobody_is_slowed_nobody_is_named_more_often() -> None:
    found = accused(range(SEEDS), slow=1)
    assert sum(found.hits) <= 1
    assert found.looks_with <= 3 * stats.binom.isf(0.001, found.weeks_looked // 3, 0.05)
