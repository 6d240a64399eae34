"""`demo`: a made-up province taken in by the ordinary way, into a database of its own.

It comes in as two deliveries a week apart, so that there is something to see of what became known late.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from monitor.database import Database
from monitor.progress import Advance
from monitor.settings import Settings
from monitor.simulate import Province, deliveries, write_province
from monitor.verbs.import_log import import_log
from monitor.verbs.schema import bring_up
from monitor.verbs.tick import tick
from rules.portfolio import Rules

SOURCE = "演示数据"


@dataclass(frozen=True)
class Demo:
    """What was made: the province and the settings under which it is shown."""

    province: Province
    settings: Settings
    turns: int


def make_demo(
    settings: Settings,
    folder: Path,
    projects: int,
    seed: int,
    today: dt.date,
    now: Callable[[], dt.datetime],
    step: Callable[[str], Advance],
) -> Demo:
    """Makes the demo afresh in ``folder``, which is emptied first. ``step`` names each step and gives its progress."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    province = write_province(folder / "files", projects=projects, seed=seed, until=today)
    shown = settings.model_copy(
        update={
            "database_url": f"sqlite:///{folder / 'demo.db'}",
            "demo": True,
            "regions_file": folder / "files" / "regions.json",
            "office_name": settings.office_name or "演示省发展和改革委员会",
            "region": "33",
        }
    )
    database = Database(shown.database_url, busy_seconds=shown.busy_seconds)
    week_ago = today - dt.timedelta(7)
    came_in = dt.datetime.combine(week_ago, dt.time(18), shown.zone)
    bring_up(database, lambda: came_in)
    files = deliveries(province.folder, week_ago)
    turns = 0
    for day, clock, delivery, until in (
        (week_ago, lambda: came_in, files.earlier, week_ago),
        (today, now, files.later, province.reported_until),
    ):
        taken = import_log(
            database, delivery, zone=shown.zone, clock=clock, today=day, source=SOURCE,
            reported_until=until, advance=step("import"),
        )  # fmt: skip
        if taken.refusals:
            raise RuntimeError(f"the intake refused the made-up province: {taken.refusals[0]}")
        turns += tick(database, Rules.shipped(), day, clock, step("assess")).turns
    database.close()
    return Demo(province, shown, turns)
