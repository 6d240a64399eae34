"""kill -9 in the middle of a tick, again and again: nothing half, nothing lost, nothing twice.

    python -m tests.faults.kill_tick [--times N] [--only sqlite|postgresql] [--seed S]

A log comes in by portions; after each a child process sweeps as of a later day and is killed at a random moment.
Beside it an undisturbed office takes the same portions and sweeps as of the same days. After every kill each
project stands in the tables exactly as the undisturbed office had it on the day as of which it was last assessed,
and the tally is the sum of what stands there. At the end one tick brings both to the same.
"""

from __future__ import annotations

import argparse
import datetime as dt
import logging
import random
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import structlog

from monitor.database import Database, integrity, upgrade
from rules.workdays import day_number
from tests.faults.killing import Tally, kill, read, start
from tests.monitor.canonical_files import rows
from tests.monitor.servers import postgres_server
from tests.monitor.sweeping import Office, Row, office, portions, standings
from tests.monitor.tally import SUMS, tally, tally_as_it_must_be
from tests.rules.generate import awkward_log

FIRST = dt.date(2022, 6, 1)
CHILD = """
import datetime as dt, logging, sys, structlog
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
from monitor.database import Database
from monitor.settings import now
from monitor.verbs import tick
from rules.portfolio import Rules
tick.CHUNK = 15
def advance(done, total):
    print(done, flush=True)
database, rules = Database(sys.argv[1]), Rules.shipped()
print("ready", flush=True)
sys.stdin.readline()
tick.tick(database, rules, dt.date.fromisoformat(sys.argv[2]), now, advance)
print("end", flush=True)
"""


def by_project(database: Database) -> dict[str, tuple[Row, ...]]:
    """All rows of each project, its turns known now among them. When a project is due, that is no part of it."""
    found: dict[str, list[Row]] = defaultdict(list)
    for table, listed in standings(database).items():
        if table not in SUMS:
            for code, *values in listed:
                found[code].append((table, *(values[:-2] if table == "standing" else values)))
    return {code: tuple(of) for code, of in found.items()}


def run(url: str, place: Path, times: int, seed: int, projects: int = 200) -> Tally:
    """Kills ``times`` ticks; raises AssertionError as soon as anything is half there, lost, or there twice."""
    draw = random.Random(seed)
    log = portions(awkward_log(seed, projects), seed, times + 1)
    days = [FIRST + dt.timedelta(n * 1500 // times) for n in range(times + 1)]
    killed, calm = office(_made(url), place / "killed"), office(_made(f"sqlite:///{place}/calm.db"), place / "calm")
    whole: dict[int | None, dict[str, tuple[Row, ...]]] = {}
    kills = Tally()
    for day, part in zip(days, log, strict=True):
        for here in (calm, killed):
            here.take(*part)
        if None not in whole:
            whole[None] = by_project(killed.database)
            killed.tick(day)
        calm.tick(day)
        whole[day_number(day)] = by_project(calm.database)
        if day != days[0]:
            _kill(killed, url, day, draw, kills)
        _nothing_half(killed, whole)
    killed.tick(days[-1])
    got, told = standings(killed.database), standings(calm.database)
    assert got == told, [table for table in told if got[table] != told[table]]
    known = rows(killed.database, 'SELECT project_id, scope, "on", to_light FROM turn WHERE known_to IS NULL')
    assert len(known) == len(set(known)), "a turn twice"
    assert integrity(killed.database) == []
    for here in (calm, killed):
        here.database.close()
    kills.check()
    return kills


def _made(url: str) -> Database:
    database = Database(url)
    upgrade(database)
    return database


def _kill(here: Office, url: str, day: dt.date, draw: random.Random, kills: Tally) -> None:
    """Starts a tick and kills it: before its first chunk, between two, inside one, or after the last."""
    ((due,),) = rows(here.database, f"SELECT count(*) FROM standing WHERE next_change <= {day_number(day)}")
    child = start(CHILD, url, day)
    assert read(child, 1) == ["ready\n"]
    assert child.stdin is not None
    child.stdin.write("go\n")
    child.stdin.flush()
    seen = read(child, draw.randrange(-(-due // 15)))
    time.sleep(draw.random() * 0.08)
    seen += kill(child, here.database)
    if "end" in seen:
        kills.after += 1
    else:
        ended = rows(here.database, "SELECT as_of, ended FROM sweep ORDER BY id DESC LIMIT 1")
        begun = ended[0] == (day_number(day), None)
        kills.inside += begun
        kills.before += not begun


def _nothing_half(here: Office, whole: dict[int | None, dict[str, tuple[Row, ...]]]) -> None:
    when = "SELECT p.code, s.assessed_on FROM standing s JOIN project p ON p.id = s.project_id"
    assessed = dict(rows(here.database, when))
    for code, found in by_project(here.database).items():
        if assessed[code] is None:
            assert [row[0] for row in found] == ["standing"], f"{code}: half assessed"
        else:
            assert found == whole[assessed[code]][code], f"{code}: not as of {assessed[code]}"
    assert tally(here.database) == tally_as_it_must_be(here.database), "the tally is not the sum"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    for kind in [asked.only] if asked.only else ["sqlite", "postgresql"]:
        with tempfile.TemporaryDirectory() as given:
            place = Path(given)
            if kind == "postgresql":
                with postgres_server(place / "pg") as url:
                    kills = run(url, place, asked.times, asked.seed)
            else:
                kills = run(f"sqlite:///{place}/monitor.db", place, asked.times, asked.seed)
        print(f"{kind}: {asked.times} kills: {kills.before} before the sweep began, {kills.inside} at work, ", end="")
        print(f"{kills.after} after its end; nothing half, nothing lost, nothing twice", flush=True)


if __name__ == "__main__":
    main()
