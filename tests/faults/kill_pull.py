"""kill -9 in the middle of a pull, again and again: nothing half, nothing lost, nothing twice.

    python -m tests.faults.kill_pull [--times N] [--postgres] [--seed S]

A child process pulls made-up exchange tables, of which an earlier state was pulled before, so that it meets what is
new, what is known, what was edited in place, rows that are refused and a secret project. It is killed at a random
moment. Then a calm database pulls from the same tables, portion by portion, until it is the same, with the rows that
wait and the mark of how far the pull has come. The source goes on editing its tables, and the next child goes on from
there; once a pull is through everything begins anew.
"""

from __future__ import annotations

import datetime as dt
import random
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.database import Database, downgrade, upgrade
from monitor.exchange import portions
from monitor.exchange.tables import CASES, PROCEDURES, PROJECTS, RECORDS
from monitor.reading.pulls import mark
from monitor.verbs.pulled import Pulled
from tests.faults.killing import Tally, by_command_line, kill, read, sound, start
from tests.monitor.canonical_files import MOMENT, everything, log_of, rows
from tests.monitor.exchange_tables import CASE, PROJECT, Front, Row, record

WORKS = 25
LATER = MOMENT + dt.timedelta(8)  # everything is read again
SECRET = "S00000"
CHILD = f"""
import datetime as dt, logging, sys, structlog
from pathlib import Path
from zoneinfo import ZoneInfo
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
from monitor.database import Database
from monitor.exchange import Exchange, portions
from monitor.verbs.pull import pull
from tests.monitor.exchange_tables import patient
portions.WORKS = {WORKS}
now = dt.datetime.fromisoformat("{LATER.isoformat()}")
def advance(done, total):
    print(done, flush=True)
database, exchange = Database(sys.argv[1]), Exchange(sys.argv[2])
print("begin", flush=True)
pull(database, exchange, patient(), source="spgl", zone=ZoneInfo("Asia/Shanghai"), clock=lambda: now,
     partial=True, chunk=100, advance=advance, secret_list=Path(sys.argv[3]))
print("end", flush=True)
"""
State = tuple[Any, ...]


@dataclass
class Pulls(Tally):
    """How the kills fell, and how many pulls came through."""

    through: int = 0


class _Enough(Exception):
    """The calm pull came as far as the one that was killed."""


def made_up(place: Path, projects: int) -> tuple[Front, Front]:
    """The tables as they were and as they are: half of the projects are new, and some records were edited. One record
    is wrong; one project is secret."""
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
    for front in fronts:
        front.add(PROJECTS, PROJECT | {"lsh": SECRET, "xmdm": SECRET, "gcdm": SECRET})
        front.add(CASES, CASE | {"spsxslbm": f"{SECRET}-C"})
        front.add(RECORDS, record(f"{SECRET}-1", 3, "2026-03-04", case=f"{SECRET}-C", works=SECRET))
        front.change(RECORDS, "4-4", blzt=97)
    return fronts


def run(url: str, place: Path, times: int, seed: int, projects: int = 200) -> Pulls:
    """Kills ``times`` pulls; raises AssertionError as soon as anything is half there, lost, or there twice."""
    draw, tally = random.Random(seed), Pulls()
    was, now = made_up(place, projects)
    secret = place / "secret.txt"
    secret.write_text(f"{SECRET}\n", "utf-8")
    killed, calm = Database(url), Database(f"sqlite:///{place}/calm.db")
    _begin(calm, was, secret)
    began = time.monotonic()
    done = _pull(calm, now, secret)
    seconds = (time.monotonic() - began) / len(done.batches)
    for one in (killed, calm):
        _begin(one, was, secret)
    for n in range(times):
        child = start(CHILD, url, now.url, secret)
        said = read(child, draw.randrange(4))
        time.sleep(draw.random() * seconds)
        said += kill(child, killed)
        tally.before += not said
        tally.after += "end" in map(str.strip, said)
        tally.inside += bool(said) and "end" not in map(str.strip, said)
        _follow(calm, now, secret, _state(killed))
        if _through(killed):
            tally.through += 1
            _sound(killed)
            for one in (killed, calm):
                _begin(one, was, secret)
        _edit(now, draw, n, projects)
    _pull(killed, now, secret)
    _follow(calm, now, secret, _state(killed))
    _sound(killed)
    for one in (killed, calm):
        one.close()
    tally.check()
    return tally


def _pull(database: Database, front: Front, secret: Path, **options: Any) -> Pulled:
    portions.WORKS, kept = WORKS, portions.WORKS
    try:
        return front.pull(database, LATER, chunk=100, partial=True, secret_list=secret, **options)
    finally:
        portions.WORKS = kept


def _begin(database: Database, was: Front, secret: Path) -> None:
    """A database in which the earlier state was pulled."""
    downgrade(database)
    upgrade(database)
    assert was.pull(database, MOMENT, partial=True, secret_list=secret).refused


def _edit(front: Front, draw: random.Random, n: int, projects: int) -> None:
    """What the source does between two cuts: one record is edited in place, and one becomes wrong, or right again."""
    front.change(RECORDS, f"{draw.randrange(projects)}-1", blr=f"改{n}")
    front.change(RECORDS, f"{draw.randrange(projects)}-4", blzt=draw.choice((11, 97)))


def _state(database: Database) -> State:
    """What is known and what waits, when each batch came, and how far the pull has come."""
    come = rows(database, "SELECT told_until, whole_on, position FROM pull_mark")
    told = rows(database, "SELECT id, projects, cases, events, refused FROM batch ORDER BY id")
    return come, told, log_of(database), rows(database, "SELECT * FROM refused_row ORDER BY id")


def _follow(calm: Database, front: Front, secret: Path, found: State) -> None:
    """Pulls as many portions as the killed pull did; raises AssertionError where that leads to no such state."""
    if _state(calm) == found:
        return

    def advance(_done: int, _total: int) -> None:
        if _state(calm) == found:
            raise _Enough

    with suppress(_Enough):
        _pull(calm, front, secret, advance=advance)
        raise AssertionError("half a portion, a lost one, or a mark of another")


def _through(database: Database) -> bool:
    with database.reading() as connection:
        return mark(connection, "spgl").whole_on == LATER.date()


def _sound(database: Database) -> None:
    sound(database)
    assert SECRET not in repr(everything(database))


def main() -> None:
    times, tally = by_command_line(run, 100)
    print(
        f"{times} kills: {tally.before} before the pull began, {tally.inside} inside it, {tally.after} after it; ",
        end="",
    )
    print(f"{tally.through} pulls came through; nothing half, lost or twice")


if __name__ == "__main__":
    main()
