"""`assess` of 1,000,000 projects with 10 cases each against a stable argsort of one int64 key of the events.

    python -m tests.benchmarks.assess_million [--projects N] [--json FILE]

Goals (docs/benchmarks.md): clocks and lights <= 2, everything <= 4, peak memory <= 4 GB.
"""

from __future__ import annotations

import argparse
import datetime as dt
import resource
import time

import numpy as np

from rules import almanac, packfile
from rules.assess import assess
from tests.benchmarks.made_up import made_up_log
from tests.benchmarks.table import Row, report

_FLOOR = "stable argsort of the events"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--projects", type=int, default=1_000_000)
    parser.add_argument("--json")
    asked = parser.parse_args()
    until = dt.date(2026, 11, 20)
    rules, calendar = packfile.shipped()["zhejiang-80"], almanac.calendar("33")
    log = made_up_log(asked.projects, rules, until)
    print(f"{len(log.projects):,} projects, {len(log.cases):,} cases, {len(log.events):,} events, shuffled")
    rows = []
    floor = []
    for _ in range(2):
        began = time.perf_counter()
        key = (log.events.case.astype(np.int64) << 20) | (log.events.day.astype(np.int64) << 4)
        np.argsort(key, kind="stable")
        floor.append(time.perf_counter() - began)
        del key
    for name, detail, goal in (("clocks and lights", False, 2.0), ("everything", True, 4.0)):
        began = time.perf_counter()
        seen = 0
        for part in assess(log, rules, calendar, until, detail=detail):
            seen += len(part.light)
            if detail:  # what is found only when it is asked for
                assert part.stage_days.size
                assert part.clocks.promised.due_on.size
                assert part.clocks.statutory.due_on.size
        assert seen == asked.projects
        rows.append(Row(f"assess: {name}", time.perf_counter() - began, min(floor), goal, _FLOOR))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    rows.append(Row("assess: peak memory, GB", peak, 1.0, 4.0, "1 GB"))
    report(rows, asked.json)


if __name__ == "__main__":
    main()
