"""A database of made-up projects that came in through `import`, assessed as of DAY."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

from monitor.database import Database, upgrade
from monitor.reading.reader import Reader
from monitor.reading.sweeps import last_sweep
from monitor.settings import Settings, now
from monitor.verbs.import_log import import_log
from monitor.verbs.rewind import Rewinder
from monitor.verbs.tick import tick
from rules.portfolio import Rules
from tests.benchmarks.made_up_files import write_files

DAY = dt.date(2026, 11, 20)
MOMENT = dt.datetime.combine(DAY, dt.time(12), tzinfo=dt.UTC)  # of every import: what is told of DAY is not told late


class Stored:
    """A store with so many projects, of which a share is ``finished``: a SQLite file in ``folder``, or where ``url``
    says. One that is there already is taken again."""

    def __init__(self, folder: Path, projects: int, *, finished: float = 0, url: str | None = None) -> None:
        self.folder, self.projects, self.finished = folder, projects, finished
        self.settings, self.rules = Settings(), Rules.shipped()
        self.name = f"{projects}-{finished:g}" if finished else str(projects)
        self.database = Database(url or f"sqlite:///{folder / self.name}.db")
        upgrade(self.database)
        with self.database.reading() as connection:
            there = last_sweep(connection) is not None
        if there:
            tick(self.database, self.rules, DAY, now)  # idle, unless it was assessed by other rules
        else:
            self._make()
        zone = self.settings.zone
        rewinder = Rewinder(self.database, self.rules, zone, now)
        told = {"region": "33", "zone": zone, "place_names": {}, "demo": False, "office": ""}
        self.reader = Reader(self.database, self.rules, rewinder, **told)

    def _make(self) -> None:
        path = self.folder / self.name
        write_files(path, self.projects, DAY, finished=self.finished)
        began = time.perf_counter()
        self.take(path)
        taken = time.perf_counter()
        tick(self.database, self.rules, DAY, now)
        ticked = time.perf_counter()
        spent = f"import {taken - began:.1f} s, first tick {ticked - taken:.1f} s"
        if self.database.dialect == "sqlite":
            spent += f", {sum(file.stat().st_size for file in self.folder.glob(f'{self.name}.db*')) / 1e6:.0f} MB"
        print(f"{self.projects:,} projects: {spent}", flush=True)

    def take(self, path: Path) -> None:
        """Imports files; nothing may be refused."""
        done = import_log(self.database, [path], zone=self.settings.zone, clock=lambda: MOMENT, today=DAY)
        assert not done.refusals, done.refusals[0]
