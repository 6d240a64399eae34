"""Who is accused in a made-up province: `python -m tests.faults.accusations [--seeds 200] [--slow 1.4] [--uneven 0.1]`.

Each week from the 20th on the last 20 working days are compared with all days before them. A hit: the slowed department
is named at one of the four looks after it was slowed. All else that is named is a false alarm.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from monitor.analysis.fairness import rank
from monitor.analysis.slowness import RATE, shifted
from tests.monitor.slowed_province import DAYS, DEPARTMENTS, SMALL, WEEK, Province, province

WINDOW = 20
FIRST_LOOK = 20 * WEEK


@dataclass
class Found:
    """Counts over seeds. Looks are department-weeks. The slowed one's looks after its date are in none of these."""

    seeds: int = 0
    hits: list[bool] = field(default_factory=list)
    volumes: list[float] = field(default_factory=list)
    weeks: list[int] = field(default_factory=list)  # looks that it took
    small: list[bool] = field(default_factory=list)  # the small office that looks worst: named at any look
    small_looks: int = 0  # any of the small offices
    given: list[bool] = field(default_factory=list)
    others: int = 0
    looks: int = 0
    looks_with: int = 0
    weeks_looked: int = 0
    ranked_small: list[bool] = field(default_factory=list)
    ranked_given: list[bool] = field(default_factory=list)


def looked(province: Province, rate: float = RATE) -> dict[int, np.ndarray]:
    """Who is named at the look at the end of each day."""
    days = range(FIRST_LOOK - 1, DAYS, WEEK)
    return {day: shifted(*province.stretches(day, WINDOW), rate=rate).slower for day in days}


def worst_small(province: Province, day: int) -> tuple[int, pd.DataFrame]:
    """The small office with the worst raw average of days beyond over the quarter that ends on a day."""
    table = pd.DataFrame(province.decided_in(day - 59, day))
    sums = table.groupby("department")[["decided", "beyond"]].sum()
    small = sums[sums.index >= DEPARTMENTS - SMALL]
    return int((small["beyond"] / small["decided"]).idxmax()), table


def accused(seeds: range, slow: float = 1.4, rate: float = RATE, uneven: float = 0.1) -> Found:
    found = Found()
    for seed in seeds:
        made = province(seed, slow=slow, uneven=uneven)
        found.seeds += 1
        named = looked(made, rate)
        after = [day for day in named if made.since <= day < made.since + WINDOW]
        hit = [bool(named[day][made.slowed]) for day in after]
        found.hits.append(any(hit))
        found.volumes.append(float(made.a_day[made.slowed]))
        if any(hit):
            found.weeks.append(hit.index(True) + 1)
        small, table = worst_small(made, made.since - 1)
        found.small.append(any(bool(who[small]) for who in named.values()))
        found.given.append(any(bool(who[made.given_much]) for day, who in named.items() if day >= made.since))
        for day, who in named.items():
            innocent = np.ones(DEPARTMENTS, bool)
            innocent[made.slowed] = day < made.since
            found.small_looks += int(who[DEPARTMENTS - SMALL :].sum())
            found.others += int(who[innocent].sum())
            found.looks += int(innocent.sum())
            found.looks_with += bool(who[innocent].any())
            found.weeks_looked += 1
        # The quarter before the slowing: nothing but chance and the habits of departments is behind the ranking.
        ranked = rank(table).ranked
        worse = set(ranked.loc[ranked["verdict"] == "worse_998", "department"])
        found.ranked_small.append(small in worse)
        found.ranked_given.append(made.given_much in worse)
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--slow", type=float, default=1.4)
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--uneven", type=float, default=0.1, help="how much a department's weeks differ")
    asked = parser.parse_args()
    found = accused(range(asked.first, asked.first + asked.seeds), asked.slow, asked.rate, asked.uneven)
    hits, volumes = np.array(found.hits), np.array(found.volumes)
    how = f"slowed {asked.slow} times, weeks uneven by {asked.uneven:.0%}, rate {asked.rate}"
    print(f"A made-up province: {found.seeds} seeds, {how}")
    print(f"  found within four weeks      {hits.mean():7.1%}  after weeks {np.bincount(found.weeks, minlength=5)[1:]}")
    for low, high in ((0, 5), (5, 10), (10, 20), (20, 99)):
        of = (volumes >= low) & (volumes < high)
        print(f"    {low}-{high} cases a day: {hits[of].mean() if of.any() else float('nan'):7.1%} of {of.sum()}")
    print(f"  worst small office named     {np.mean(found.small):7.1%}  in any week of 31")
    print(f"  any small office, a week     {found.small_looks / (SMALL * found.weeks_looked):9.4%}")
    print(f"  one given twice as much      {np.mean(found.given):7.1%}  in any week since")
    print(f"  others, a department a week  {found.others / found.looks:9.4%}  ({found.others} of {found.looks})")
    print(f"  weeks in which any innocent  {found.looks_with / found.weeks_looked:7.2%}")
    print(
        f"  ranked beyond 99.8 %: the worst small {np.mean(found.ranked_small):.1%}, "
        f"the one given much {np.mean(found.ranked_given):.1%}"
    )


if __name__ == "__main__":
    main()
