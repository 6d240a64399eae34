"""Tick, overview, list, project and department pages at 1,000,000 open projects against 10,000.

    python -m tests.benchmarks.store_million [--projects N] [--keep DIR] [--json FILE]

Made-up projects come in through `import`; 5,000 of them get a new record and are ticked. Goals: docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import datetime as dt
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from monitor.reading.measures import Wanted
from monitor.reading.projects import ProjectQuery
from monitor.reading.reader import Reader
from monitor.reading.viewer import EVERYONE
from monitor.settings import now
from monitor.tables import Standing
from monitor.verbs.measuring import What, measure
from monitor.verbs.tick import tick
from tests.benchmarks.stored import DAY, Stored
from tests.benchmarks.table import Row, report

DUE = 5_000
# What is recorded of each due project before each tick: a step that moves no day, as when time passes, and a stop and
# a going on, which move its days, its dates and its department's share.
TICKS = {
    "looked at again": ["handling_started"] * 5,
    "clocks stop or go on": ["procedure_started", "procedure_ended"] * 3,
}


def tick_due(stored: Stored, status: str) -> float:
    """Seconds of a tick after one new record for each of DUE projects scattered over all."""
    step = stored.projects // DUE
    path = stored.folder / "events.csv"
    moment = now().strftime("%y%m%d%H%M%S%f")
    lines = [
        f"B{n * step:07d}x{moment},B{n * step:07d}b,{status},{DAY.isoformat()},expert_review\n" for n in range(DUE)
    ]
    path.write_text("event_id,case_id,status,occurred_at,procedure\n" + "".join(lines), "utf-8")
    stored.take(path)
    began = time.perf_counter()
    done = tick(stored.database, stored.rules, DAY, now)
    assert done.projects == DUE
    return time.perf_counter() - began


def bare_count(stored: Stored) -> float:
    """Seconds of the bare count by stage, the floor of pages."""

    def ask() -> None:
        query = select(Standing.stage, func.count()).where(Standing.phase.in_([0, 1, 2, 3]))
        with stored.database.reading() as connection:
            connection.execute(query.group_by(Standing.stage)).all()

    return median(ask)


def median(ask: Callable[[], Any], runs: int = 5) -> float:
    """Median seconds of a question, after one that is not counted."""
    ask()
    seconds = []
    for _ in range(runs):
        began = time.perf_counter()
        ask()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def overview(reader: Reader) -> Callable[[], None]:
    """All that the overview page asks."""

    def ask() -> None:
        reader.sources(EVERYONE, DAY)
        reader.unconfirmed(EVERYONE, DAY)
        reader.lights(EVERYONE, DAY)
        reader.lights(EVERYONE, DAY - dt.timedelta(7))
        reader.lights_by_stage(EVERYONE, DAY)
        reader.lights_by_week(EVERYONE, DAY)
        reader.turning_next(EVERYONE, DAY, limit=8)
        reader.turned(EVERYONE, DAY - dt.timedelta(14), DAY, limit=8)

    return ask


def measured(stored: Stored, what: What, **of: Any) -> float:
    """Seconds of a measure of the year up to DAY."""
    wanted = Wanted(DAY - dt.timedelta(365), DAY, **of)
    figure = "beyond" if what is What.CASES else ""
    return median(lambda: measure(stored.reader.measures, EVERYONE, what, wanted, figure=figure), runs=3)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--projects", type=int, default=1_000_000)
    parser.add_argument("--json")
    parser.add_argument("--keep", help="folder in which the databases are kept, and taken again when they are there")
    asked = parser.parse_args()
    folder = Path(asked.keep or tempfile.mkdtemp(prefix="store-"))
    try:
        small, large = Stored(folder, 10_000), Stored(folder, asked.projects)
        rows = []
        for what, records in TICKS.items():
            little, much = (statistics.median(tick_due(s, one) for one in records) for s in (small, large))
            rows.append(Row(f"tick: 5,000 due, {what}", much, little, 1.5, "5,000 due among 10,000"))
        floor = bare_count(large)
        look = large.reader

        def page(**query: Any) -> Callable[[], None]:
            return lambda: look.projects(EVERYONE, DAY, ProjectQuery(**query)) and None

        code = f"B{asked.projects // 2:07d}"
        rows += [
            Row("overview, all its questions", median(overview(look)), floor, 4, "bare count by stage"),
            Row("counts by light", median(lambda: look.lights(EVERYONE, DAY)), floor, 4, "bare count by stage"),
            Row("list by days used", median(page(sort="used")), floor, 4, "bare count by stage"),
            Row("list of red by day of turn", median(page(light="red", sort="red_on")), 0.040, 1, "40 ms"),
            Row("list by code", median(page(sort="project_code", descending=False)), 0.040, 1, "40 ms"),
            Row(
                "project page",
                median(lambda: look.project(EVERYONE, code, DAY)),
                median(lambda: small.reader.project(EVERYONE, "B0005000", DAY)),
                1.5,
                "the same at 10,000",
            ),
            Row("departments page", median(lambda: look.departments(EVERYONE, DAY)), floor, 3, "bare count by stage"),
        ]
        for what in (What.ATTRIBUTION, What.INDICATORS, What.RANKING):
            rows.append(
                Row(f"{what} of all departments, a year", measured(large, what), floor, 3, "bare count by stage")
            )
        for what in (What.QUEUES, What.DURATIONS, What.CASES):
            one = measured(large, what, department=(1,))
            rows.append(Row(f"{what} of one department, a year", one, floor, 3, "bare count by stage"))
        report(rows, asked.json)
    finally:
        if not asked.keep:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
