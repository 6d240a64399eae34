"""kill -9 in the middle of a pull, again and again: nothing half, nothing lost, nothing twice.

    python -m tests.faults.kill_pull [--times N] [--postgres] [--seed S]

A child process pulls made-up exchange tables, of which an earlier state was pulled before, so that it meets what is
new, what is known and what was edited in place. It is killed at a random moment. Then the log is that of some number of
whole portions, and the mark is the one of just that number. The next child goes on from there; once a pull is
through, and so is the log, everything begins anew.
"""

from __future__ import annotations

import datetime as dt
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.database import Database, downgrade, upgrade
from monitor.exchange import portions
from monitor.exchange.tables import CASES, PROCEDURES, PROJECTS, RECORDS
from tests.faults.killing import by_command_line, kill, read, sound, start
from tests.monitor.canonical_files import MOMENT, log_of, rows
from tests.monitor.exchange_tables import CASE, PROJECT, Front, Row, record

WORKS = 25
LATER = MOMENT + dt.timedelta(8)  # everything is read again
CHILD = f"""
import datetime as dt, logging, sys, structlog
from zoneinfo import ZoneInfo
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
from monitor.database import Database
from monitor.exchange import Exchange, exchange_profile, portions
from monitor.verbs.pull import pull
portions.WORKS = {WORKS}
now = dt.datetime.fromisoformat("{LATER.isoformat()}")
def advance(done, total):
    print(done, flush=True)
pull(Database(sys.argv[1]), Exchange(sys.argv[2]), exchange_profile("spgl"), source="spgl",
     zone=ZoneInfo("Asia/Shanghai"), clock=lambda: now, chunk=100, advance=advance)
print("end", flush=True)
"""
State = tuple[Any, ...]


@dataclass
class Tally:
    """How the kills fell: before anything landed, between two portions, after the last one; pulls that came through."""

    before: int = 0
    between: int = 0
    after: int = 0
    through: int = 0


def made_up(place: Path, projects: int) -> tuple[Front, Front]:
    """The tables as they were and as they are: half of the projects are new, and some records were edited."""
    fronts = (Front(f"sqlite:///{place}/was.db").make({}), Front(f"sqlite:///{place}/is.db").make({}))
    for n in range(projects):
        code = f"P{n:05d}"
        own = PROJECT | {"lsh": code, "xmdm": code, "gcdm": code}
        case = CASE | {"spsxslbm": f"C{n}"}
        told: list[Row] = [
            record(f"{n}-{k}", status, f"2026-03-{2 + 3 * k:02d}", case=f"C{n}", works=code)
            for k, status in enumerate((1, 3, 9, 10, 11))
        ]
        paused = {"lsh": f"{n}", "spsxslbm": f"C{n}", "tbcx": 8, "tbcxmc": "专家评审", "tbcxkssj": told[2]["blsj"]}
        for front in fronts[n % 2 :]:
            now = front is fronts[1]
            front.add(PROJECTS, own)
            front.add(CASES, case | {"sxblsx": 5 if now and n % 3 == 0 else 7})
            front.add(PROCEDURES, paused)
            front.add(
                RECORDS, *(row | {"blr": "改"} if now and n % 5 == 0 and row["blzt"] == 3 else row for row in told)
            )
    return fronts


def run(url: str, place: Path, times: int, seed: int, projects: int = 200) -> Tally:
    """Kills ``times`` pulls; raises AssertionError as soon as anything is half there, lost, or there twice."""
    draw, tally = random.Random(seed), Tally()
    was, now = made_up(place, projects)
    states, seconds = _states(place, was, now)
    database = Database(url)
    _begin(database, was)
    at = 0
    for _ in range(times):
        child = start(CHILD, url, now.url)
        read(child, draw.randrange(4))
        time.sleep(draw.random() * seconds)
        kill(child, database)
        found = _state(database)
        assert found in states[at:], "half a portion, a lost one, or a mark of another"
        reached = states.index(found, at)
        tally.before += reached == 0
        tally.after += reached == len(states) - 1
        tally.between += 0 < reached < len(states) - 1
        at = reached
        if at == len(states) - 1:
            tally.through += 1
            sound(database)
            _begin(database, was)
            at = 0
    _pull(now, database)
    assert _state(database) == states[-1]
    sound(database)
    database.close()
    return tally


def _pull(front: Front, database: Database, **options: Any) -> None:
    portions.WORKS, kept = WORKS, portions.WORKS
    try:
        front.pull(database, LATER, chunk=100, **options)
    finally:
        portions.WORKS = kept


def _begin(database: Database, was: Front) -> None:
    """A database in which the earlier state was pulled."""
    downgrade(database)
    upgrade(database)
    was.pull(database, MOMENT)


def _state(database: Database) -> State:
    """What is known, when each batch came, and how far the pull has come."""
    mark = rows(database, "SELECT told_until, whole_on, position FROM pull_mark")
    return mark, rows(database, "SELECT id, projects, cases, events FROM batch ORDER BY id"), log_of(database)


def _states(place: Path, was: Front, now: Front) -> tuple[list[State], float]:
    """The state after each portion of a pull that nobody disturbs, and how many seconds a portion takes."""
    database = Database(f"sqlite:///{place}/undisturbed.db")
    upgrade(database)
    was.pull(database, MOMENT)
    states, began = [_state(database)], time.monotonic()
    _pull(now, database, advance=lambda done, total: states.append(_state(database)))
    seconds = (time.monotonic() - began) / len(states)
    database.close()
    return states, seconds


def main() -> None:
    times, tally = by_command_line(run, 100)
    print(f"{times} kills: {tally.before} before anything landed, {tally.between} between two portions, ", end="")
    print(f"{tally.after} after the last; {tally.through} pulls came through; nothing half, lost or twice")


if __name__ == "__main__":
    main()
