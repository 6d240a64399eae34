"""A revised notice among 1,000,000 projects: what it touches, what is assessed again, and that this is all.

    python -m tests.benchmarks.revised_notice [--projects N] [--keep DIR] [--postgres] [--json FILE]

Made-up projects, four in five of them finished, come in through `import`. Then made-up notices land, each through the
verb behind `notices import`: of a past week, of a week to come, and of a past week in one county. For each:

* the standings that were made due are those that rest on a day of it, found a second time by brute force from the
  days of all records and all dates that are stored;
* as many were assessed, and a `tick` after it finds nothing more;
* every table of standings, with the turns that hold, is what a rebuild of everything makes of it.

Timed is the verb: the notice, the marks and the sweep. The floor is the rebuild's time for as many projects.
"""

from __future__ import annotations

import argparse
import datetime as dt
import resource
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sqlalchemy import select

from monitor.database import Database
from monitor.settings import now
from monitor.tables import Sweep
from monitor.verbs.notices import land
from monitor.verbs.tick import rebuild, tick
from rules.notice import Notice, from_file
from rules.vocabulary import Phase
from rules.workdays import day_number
from tests.benchmarks.contents import differing, digests, rows
from tests.benchmarks.stored import DAY, Stored
from tests.benchmarks.table import Row, report
from tests.monitor.servers import postgres_server

FINISHED = 0.8
COUNTY = "330050"
# Made-up arrangements: what it is called, the area code, the days of rest.
NOTICES = (
    ("a past week", "", dt.date(2026, 6, 8)),
    ("a week to come", "", dt.date(2026, 12, 7)),
    ("a past week, one county", COUNTY, dt.date(2026, 8, 10)),
)
_OVER = {int(Phase.FINISHED), int(Phase.DROPPED)}


def write_notice(folder: Path, name: str, region: str, monday: dt.date) -> Notice:
    """The notice of a file: five days of rest that were working days."""
    rest = ", ".join((monday + dt.timedelta(n)).isoformat() for n in range(5))
    file = folder / "notice.toml"
    file.write_text(
        f'region = "{region}"\nyear = {monday.year}\ndocument = "虚构：{name}"\nsource = "made up"\n'
        f"published = {DAY}\namends = {'false' if region else 'true'}\nrest = [{rest}]\nwork = []\n",
        "utf-8",
    )
    return from_file(file, DAY, {})


class Ranges:
    """Of each project, by key, the first and the last day that its records and its stored dates name.

    What begins on a day of rest is counted from the working day before it, which is then the first.
    """

    def __init__(self, database: Database) -> None:
        size = 1 + max(row[0] for _, some in rows(database, "SELECT max(project_id) FROM standing") for row in some)
        self.first, self.last = np.full(size, 2**30), np.full(size, -1)
        self.open, self.region = np.zeros(size, np.bool_), np.zeros(size, np.int64)
        calendar = np.zeros(size, np.int64)
        for _, some in rows(database, "SELECT project_id, phase, region, calendar_id FROM standing"):
            key = np.array([row[0] for row in some])
            self.open[key] = [row[1] not in _OVER for row in some]
            self.region[key] = [int(row[2]) for row in some]
            calendar[key] = [row[3] for row in some]
        self._take(database, "SELECT project_id, coded_on, ended_on FROM project_fact WHERE known_to IS NULL")
        self._take(database, "SELECT project_id, day FROM event WHERE known_to IS NULL")
        self._take(database, "SELECT project_id, last_day, yellow_on, red_on, next_change FROM standing", begins=False)
        self._take(database, "SELECT project_id, yellow_on, red_on FROM group_standing", begins=False)
        own = ", ".join(f"{clock}_{day}_on" for clock in ("promised", "statutory") for day in ("due", "yellow", "red"))
        self._take(database, f"SELECT project_id, {own} FROM case_standing", begins=False)
        for key, works in _working_days(database).items():
            mine = np.flatnonzero((calendar == key) & (self.last >= 0))
            self.first[mine] = works[np.searchsorted(works, self.first[mine], "right") - 1]

    def _take(self, database: Database, sql: str, *, begins: bool = True) -> None:
        for _, some in rows(database, sql):
            key = np.array([row[0] for row in some])
            for column in list(zip(*some, strict=True))[1:]:
                known = np.array([day is not None for day in column])
                day = np.array([-1 if day is None else day for day in column])
                np.maximum.at(self.last, key[known], day[known])
                if begins:
                    np.minimum.at(self.first, key[known], day[known])

    def resting(self, days: list[dt.date], region: str) -> npt.NDArray[np.intp]:
        """The projects of an area that rest on one of the days: an open one also on every day up to DAY."""
        last = np.where(self.open, np.maximum(self.last, day_number(DAY)), self.last)
        there = np.isin(self.region, int(region)) if region else np.ones(len(last), np.bool_)
        rests = np.zeros(len(last), np.bool_)
        for day in map(day_number, days):
            rests |= (self.first <= day) & (day <= last)
        return np.flatnonzero(there & rests)


def _working_days(database: Database) -> dict[int, npt.NDArray[np.int64]]:
    """The stored working days of each calendar, ascending."""
    found: dict[int, list[int]] = {}
    for _, some in rows(database, "SELECT calendar_id, day FROM calendar_day WHERE works ORDER BY calendar_id, day"):
        for key, day in some:
            found.setdefault(key, []).append(day)
    return {key: np.array(days) for key, days in found.items()}


def versions(database: Database) -> npt.NDArray[np.int64]:
    """How often each standing was made due, as rows of key and number."""
    found = [row for _, some in rows(database, "SELECT project_id, log_version FROM standing") for row in some]
    return np.array(sorted(found))


@dataclass
class Done:
    """What one notice did, and how long it took in seconds."""

    touched: int
    changed: int
    turns: int
    seconds: float
    swept: float
    rebuilt: float
    faults: list[str]


def let_hold(stored: Stored, folder: Path, name: str, region: str, monday: dt.date) -> Done:
    """Lands one notice and holds what comes of it against brute force and a rebuild."""
    database, faults = stored.database, []
    notice = write_notice(folder, name, region, monday)
    expected = Ranges(database).resting(sorted(notice.rest), region)
    was = versions(database)
    began = time.perf_counter()
    done = land(database, stored.rules, notice, folder / "notice.toml", now)
    seconds = time.perf_counter() - began
    assert done.swept is not None
    assert sorted(done.days) == sorted(notice.rest)
    with database.reading() as connection:
        begun, ended = connection.execute(select(Sweep.started, Sweep.ended).order_by(Sweep.id.desc()).limit(1)).one()
    is_now = versions(database)
    due = was[was[:, 1] != is_now[:, 1], 0]
    if not np.array_equal(due, expected):
        only = np.setxor1d(due, expected)
        faults.append(f"{len(only)} projects touched that should not, or the other way round; the first is {only[0]}")
    if not len(due) == done.touched == done.swept.projects or done.swept.failed:
        faults.append(f"{len(due)} made due, {done.touched} told, {done.swept.projects} assessed")
    if idle := tick(database, stored.rules, DAY, now).projects:
        faults.append(f"a tick after it finds {idle} more")
    revised = digests(database)
    began = time.perf_counter()
    whole = rebuild(database, stored.rules, DAY, now, lambda done, total: None)
    rebuilt = time.perf_counter() - began
    assert whole.projects == stored.projects
    if whole.turns:
        faults.append(f"the rebuild finds {whole.turns} other turns")
    if places := differing(revised, digests(database)):
        faults.append(f"{len(places)} blocks differ from the rebuild's; the first is {places[0]}")
    swept = (ended - begun).total_seconds()
    return Done(done.touched, done.swept.changed, done.swept.turns, seconds, swept, rebuilt, faults)


def measure(stored: Stored, folder: Path, kind: str) -> tuple[list[Row], bool]:
    """All notices, one after the other, on one database."""
    found, right = [], True
    for name, region, monday in NOTICES:
        d = let_hold(stored, folder, name, region, monday)
        right = right and not d.faults
        told = f"{d.touched:,} of {stored.projects:,} touched and assessed, {d.changed:,} changed, {d.turns:,} turns"
        spent = f"notice {d.seconds - d.swept:.1f} s, sweep {d.swept:.1f} s, rebuild of all {d.rebuilt:.1f} s"
        print(f"{kind}, {name}: {told}; {spent}; {'; '.join(d.faults) or 'as by brute force, equal to the rebuild'}")
        sys.stdout.flush()
        floor = d.rebuilt * d.touched / stored.projects
        found.append(Row(f"{kind}: {name}, s", d.seconds, floor, 1.5, f"the rebuild, for as many: {d.touched:,}"))
    return found, right


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--projects", type=int, default=1_000_000)
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL, not on SQLite")
    parser.add_argument("--keep", help="folder in which the store is kept, and taken again when it is there")
    parser.add_argument("--json")
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="revised-")))
        kept = Path(asked.keep or folder)
        if asked.postgres:
            url = stack.enter_context(postgres_server(folder / "pg"))
            stored = Stored(kept, asked.projects, finished=FINISHED, url=url)
        else:
            original = Stored(kept, asked.projects, finished=FINISHED)
            original.database.close()  # it stays as it is; a copy of it is revised
            shutil.copy(kept / f"{original.name}.db", folder / "revised.db")
            stored = Stored(folder, asked.projects, finished=FINISHED, url=f"sqlite:///{folder / 'revised.db'}")
        found, right = measure(stored, folder, "PostgreSQL" if asked.postgres else "SQLite")
        stored.database.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    found.append(Row("peak memory, GB", peak, 1.0, 4.0, "1 GB"))
    report(found, asked.json)
    sys.exit(0 if right else 1)


if __name__ == "__main__":
    main()
