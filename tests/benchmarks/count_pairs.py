"""`WorkCalendar.count` of 1,000,000 pairs against numpy.busday_count with the same days.

    python -m tests.benchmarks.count_pairs [--pairs N] [--json FILE]

Both must give the same counts: make-up weekends are given to numpy by counting them apart. Goal: <= 0.25.
"""

from __future__ import annotations

import argparse
import datetime as dt
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from rules import almanac
from tests.benchmarks.table import Row, report


def median(ask: Callable[[], Any], runs: int = 7) -> float:
    """Median seconds of a call, after one that is not counted."""
    ask()
    seconds = []
    for _ in range(runs):
        began = time.perf_counter()
        ask()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=1_000_000)
    parser.add_argument("--json")
    asked = parser.parse_args()
    calendar = almanac.calendar("33")
    every = [dt.date(2007, 1, 1) + dt.timedelta(n) for n in range(20 * 365)]
    rest = [d for d in every if d.weekday() < 5 and not calendar.is_working_day(d)]
    makeup = np.array([d for d in every if d.weekday() >= 5 and calendar.is_working_day(d)], "datetime64[D]")
    draw = np.random.default_rng(1)
    start = np.datetime64("2007-01-01") + draw.integers(0, 19 * 365, asked.pairs)
    end = start + draw.integers(0, 300, asked.pairs)
    plain = np.busdaycalendar(holidays=np.array(rest, "datetime64[D]"))
    first, last = start + 1, end + 1  # numpy counts [first, last): ours is (start, end]

    def by_numpy() -> Any:
        return np.busday_count(first, last, busdaycal=plain)

    extra = np.searchsorted(makeup, end, side="right") - np.searchsorted(makeup, start, side="right")
    assert (calendar.count(start, end) == by_numpy() + extra).all()
    numbers = start.astype(np.int64), end.astype(np.int64)
    floor = median(by_numpy)
    report(
        [
            Row("count, day numbers", median(lambda: calendar.count(*numbers)), floor, 0.25, "numpy.busday_count"),
            Row("count, datetime64", median(lambda: calendar.count(start, end)), floor, 0.25, "numpy.busday_count"),
        ],
        asked.json,
    )


if __name__ == "__main__":
    main()
