"""A made-up province whose truth is known: who was slowed and when, who is small, who is given much. NOT REAL.

40 departments, 12 items, 250 working days. A case needs so much work, around the habit of its item and department; a
department does a day's work a day, some weeks more and some less, everybody less in two weeks of the year. From a day
on one department works 1.4 times as slowly, and another is given twice as many cases at its old pace.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from monitor.analysis.atrisk import AtRisk, exposures

DEPARTMENTS, ITEMS, DAYS, WEEK, MOST = 40, 12, 250, 5, 90
SMALL = 8  # the departments 32..39 are given little, and yet enough to be judged
EACH = 4  # items that a department handles
Ints = np.ndarray


@dataclass(frozen=True)
class Province:
    """Cases as arrays of one length; days are working-day indices from 0; ``ended`` may lie after the last day."""

    department: Ints
    item: Ints
    accepted: Ints
    ended: Ints
    promise: Ints  # by item, working days
    slowed: int
    since: int  # the first slowed day, and the first on which ``given_much`` is given twice as much
    given_much: int
    a_day: np.ndarray  # cases a working day, by department

    @property
    def beyond(self) -> Ints:
        return np.maximum(self.ended - self.accepted - self.promise[self.item], 0)

    @cached_property
    def until(self) -> tuple[np.ndarray, np.ndarray]:
        """At risk and decided before each week, [weeks + 1, departments, items, ages]."""
        group = self.department * ITEMS + self.item
        weeks = [
            exposures(
                group,
                self.accepted,
                self.ended,
                np.ones(len(group), bool),
                (first, first + WEEK - 1),
                (DEPARTMENTS, ITEMS, MOST),
            )
            for first in range(0, DAYS, WEEK)
        ]
        nothing = np.zeros((1, DEPARTMENTS, ITEMS, MOST))
        at_risk, decided = ([getattr(week, name) for week in weeks] for name in ("at_risk", "decided"))
        return np.cumsum(np.r_[nothing, at_risk], axis=0), np.cumsum(np.r_[nothing, decided], axis=0)

    def sums(self, first: int, last: int) -> AtRisk:
        """At risk and decided on the days first..last, which are whole weeks; nothing is known of later days."""
        if first % WEEK or (last + 1) % WEEK:
            raise ValueError(f"{first}..{last}: whole weeks")
        low, high = first // WEEK, (last + 1) // WEEK
        return AtRisk(*(sums[high] - sums[low] for sums in self.until))

    def stretches(self, day: int, length: int) -> tuple[AtRisk, list[AtRisk]]:
        """The last days up to one, and all before them in stretches of the same length; what is over at the beginning
        goes with the first."""
        ends = list(range(day - length, length - 1, -length))
        firsts = [end - length + 1 for end in ends[:-1]] + [0]
        return self.sums(day - length + 1, day), [self.sums(first, end) for first, end in zip(firsts, ends)]

    def decided_in(self, first: int, last: int) -> dict[str, Any]:
        """Columns of the sums of days beyond the promise of what was decided on these days, one row a case."""
        of = (self.ended >= first) & (self.ended <= last)
        beyond = self.beyond[of]
        return {
            "department": self.department[of],
            "item": self.item[of],
            "decided": np.ones(len(beyond), np.int64),
            "beyond": beyond,
            "beyond_sq": beyond**2,
        }


def province(seed: int, *, slow: float = 1.4, uneven: float = 0.1, habits: float = 0.15) -> Province:
    """One seed's province. ``uneven``: how much a department's pace varies from week to week; ``habits``: how much
    departments differ for good (both as the standard deviation of the logarithm)."""
    draw = np.random.default_rng(seed)
    habit = draw.uniform(5, 20, ITEMS)
    promise = np.ceil(habit * draw.uniform(1.2, 1.6, ITEMS)).astype(np.int64)
    handles = np.array([draw.permutation(ITEMS)[:EACH] for _ in range(DEPARTMENTS)])
    a_day = draw.lognormal(np.log(10), 0.5, DEPARTMENTS)
    a_day[-SMALL:] = draw.uniform(0.5, 1.5, SMALL)
    slowed, given_much = draw.choice(DEPARTMENTS - SMALL, 2, replace=False)
    since = int(draw.integers(24, 36)) * WEEK
    arrivals = np.repeat(a_day[:, None], DAYS, axis=1)
    arrivals[given_much, since:] *= 2
    given = draw.poisson(arrivals)
    department, accepted = (np.repeat(x.ravel(), given.ravel()) for x in np.indices(given.shape))
    item = handles[department, draw.integers(0, EACH, len(department))]
    own = draw.lognormal(0, habits, (DEPARTMENTS, ITEMS))
    # The small ones are like the others for good: what is bad about them is chance.
    own[-SMALL:] = 1
    work = habit[item] * own[department, item] * draw.gamma(4, 0.25, len(item))
    pace = np.repeat(draw.lognormal(0, uneven, (DEPARTMENTS, DAYS // WEEK)), WEEK, axis=1)
    quiet = int(draw.integers(0, DAYS // WEEK - 2)) * WEEK
    pace[:, quiet : quiet + 2 * WEEK] *= 0.7
    pace[slowed, since:] /= slow
    done = np.cumsum(np.c_[pace, np.full((DEPARTMENTS, 2 * MOST), 0.7)], axis=1)
    width = done[:, -1].max() + 1
    line = (done + np.arange(DEPARTMENTS)[:, None] * width).ravel()
    reached = done[department, accepted] + work
    found = np.searchsorted(line, reached + department * width) - department * done.shape[1]
    ended = np.minimum(found, done.shape[1] - 1)
    return Province(department, item, accepted, ended, promise, int(slowed), since, int(given_much), a_day)
