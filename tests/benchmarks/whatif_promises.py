"""`whatif` with all promises kept over 100,000 simulated projects against one `assess` of them.

    python -m tests.benchmarks.whatif_promises [--projects N] [--pairs N] [--json FILE]

The projects are those of the made-up province, 5,000 of them repeated, events shuffled. Timed is the scenario, from
the log as it is to the lights with promises kept; the floor is `assess` of the log as it is. The two run in turns, and
the pair with the median ratio is told. Goal (docs/benchmarks.md): <= 2.
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from monitor.intake import SecretList
from monitor.simulate.province import write_province
from monitor.verbs.whatif import file_logs
from rules import almanac, packfile
from rules.assess import assess
from rules.log import NO_DAY, Cases, EventLog, Events, Projects
from rules.promises import promises_kept
from rules.vocabulary import Light
from tests.benchmarks.table import Row, report

_DRAWN = 5_000


def province(projects: int, until: dt.date) -> EventLog:
    """So many projects as columns, in whole repetitions; names are numbers."""
    with tempfile.TemporaryDirectory() as folder:
        write_province(Path(folder), projects=min(projects, _DRAWN), until=until)
        [(log, _traits)], _refused = file_logs([Path(folder)], ZoneInfo("Asia/Shanghai"), SecretList())
    times = max(projects // len(log.projects), 1)
    p = _repeated(Projects, log.projects, times, {})
    c = _repeated(Cases, log.cases, times, {"project": len(log.projects)})
    e = _repeated(
        Events, log.events, times, {"case": len(log.cases), "voids": len(log.events), "confirms": len(log.events)}
    )
    order = np.random.default_rng(1).permutation(len(e))
    place = np.append(np.argsort(order), -1).astype(np.int32)
    for field in fields(Events):
        if field.name != "event_id":
            setattr(e, field.name, getattr(e, field.name)[order])
    e.voids, e.confirms = place[e.voids], place[e.confirms]
    return EventLog(p, c, e, log.departments, log.items, log.works)


def _repeated(kind: Any, table: Any, times: int, steps: dict[str, int]) -> Any:
    n = len(table)
    columns: dict[str, Any] = {}
    for field in fields(table):
        values = getattr(table, field.name)
        if not isinstance(values, np.ndarray):
            columns[field.name] = range(n * times)
            continue
        many = np.tile(values, times)
        step = np.repeat(np.arange(times) * steps.get(field.name, 0), n)
        columns[field.name] = np.where(many >= 0, many + step, many).astype(values.dtype) if steps else many
    return kind(**columns)


def pairs(floor: Callable[[], Any], call: Callable[[], Any], runs: int) -> list[tuple[float, float]]:
    """Seconds of both calls in each of some runs in turns, by their ratio: a busy moment hits both alike."""
    found = []
    for _ in range(runs):
        began = time.perf_counter()
        floor()
        between = time.perf_counter()
        call()
        found.append((between - began, time.perf_counter() - between))
    return sorted(found, key=lambda pair: pair[1] / pair[0])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--projects", type=int, default=100_000)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--json")
    asked = parser.parse_args()
    until = dt.date(2026, 11, 20)
    rules, calendar = packfile.shipped()["zhejiang-80"], almanac.calendar("33")
    log = province(asked.projects, until)
    print(f"{len(log.projects):,} projects, {len(log.cases):,} cases, {len(log.events):,} events, made up, shuffled")
    rows, told = [], Counter[str]()
    for name, detail in (("clocks and lights", False), ("everything", True)):

        def as_it_is(detail: bool = detail) -> None:
            told["red"] = 0
            for a in assess(log, rules, calendar, until, detail=detail):
                told["red"] += int((a.light == Light.RED).sum())

        def imagined(detail: bool = detail) -> None:
            told["red then"] = told["decided"] = told["moved"] = 0
            for kept in promises_kept(log, rules, calendar, until, detail=detail):
                told["red then"] += int((kept.assessed.light == Light.RED).sum())
                told["decided"] += int((kept.decided_on != NO_DAY).sum())
                told["moved"] += int((kept.moved_by > 0).sum())

        found = pairs(as_it_is, imagined, asked.pairs)
        floor, figure = found[len(found) // 2]
        ratios = ", ".join(f"{figure / floor:.2f}" for floor, figure in found)
        print(f"{name}: ratios of {len(found)} pairs: {ratios}")
        against = "assess of the log as it is, the same detail"
        rows.append(Row(f"all promises kept: {name}", figure, floor, 2.0, against))
    decided, moved = f"{told['decided']:,} cases decided earlier", f"{told['moved']:,} moved up"
    print(f"{decided}, {moved}; red {told['red']:,} -> {told['red then']:,}")
    report(rows, asked.json)


if __name__ == "__main__":
    main()
