"""`whatif` with all promises kept over 100,000 simulated projects against one `assess` of them.

    python -m tests.benchmarks.whatif_promises [--projects N] [--json FILE]

The projects are those of the made-up province, 5,000 of them repeated, events shuffled. Timed is the scenario: the
altered log made from the log, and assessed; the floor is `assess` of the log as it is. Goal (docs/benchmarks.md): <= 2.
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
import time
from collections.abc import Callable
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from monitor.simulate.province import write_province
from monitor.verbs.whatif import file_logs
from rules import almanac, packfile
from rules.assess import assess
from rules.log import NO_DAY, Cases, EventLog, Events, Projects
from rules.promises import promises_kept
from rules.vocabulary import Light
from tests.benchmarks.table import Row, report

_DRAWN = 5_000
_TIMES = 4


def province(projects: int, until: dt.date) -> EventLog:
    """So many projects as columns, in whole repetitions; names are numbers."""
    with tempfile.TemporaryDirectory() as folder:
        write_province(Path(folder), projects=min(projects, _DRAWN), until=until)
        [(log, _traits)], _refused = file_logs([Path(folder)], ZoneInfo("Asia/Shanghai"))
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


def fastest(*calls: Callable[[], Any]) -> list[tuple[float, Any]]:
    """Of each call the shortest of some runs in turns, in seconds, and what it gave: a busy moment hits all alike."""
    best: list[tuple[float, Any]] = [(float("inf"), None)] * len(calls)
    for _ in range(_TIMES):
        for n, call in enumerate(calls):
            began = time.perf_counter()
            found = call()
            best[n] = min(best[n][0], time.perf_counter() - began), found
    return best


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--projects", type=int, default=100_000)
    parser.add_argument("--json")
    asked = parser.parse_args()
    until = dt.date(2026, 11, 20)
    rules, calendar = packfile.shipped()["zhejiang-80"], almanac.calendar("33")
    log = province(asked.projects, until)
    print(f"{len(log.projects):,} projects, {len(log.cases):,} cases, {len(log.events):,} events, made up, shuffled")
    rows = []
    for name, detail in (("clocks and lights", False), ("everything", True)):

        def lights(of: EventLog, detail: bool = detail) -> np.ndarray[Any, Any]:
            found = [
                np.bincount(a.light, minlength=len(Light)) for a in assess(of, rules, calendar, until, detail=detail)
            ]
            return np.sum(found, axis=0)

        def imagined(lights: Callable[[EventLog], Any] = lights) -> Any:
            kept = promises_kept(log, rules, calendar, until)
            return kept, lights(kept.log)

        (floor, before), (figure, (kept, after)) = fastest(partial(lights, log), imagined)
        rows.append(
            Row(f"all promises kept: {name}", figure, floor, 2.0, "assess of the log as it is, the same detail")
        )
    decided, moved = int((kept.decided_on != NO_DAY).sum()), int((kept.moved_by > 0).sum())
    print(f"{decided:,} cases decided earlier, {moved:,} moved up; red {before[Light.RED]:,} -> {after[Light.RED]:,}")
    report(rows, asked.json)


if __name__ == "__main__":
    main()
