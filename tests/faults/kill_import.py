"""kill -9 in the middle of an import, again and again: nothing half, nothing twice.

    python -m tests.faults.kill_import [--times N] [--postgres] [--seed S]

A child process imports a made-up log into a database that holds one batch already; it is killed at a random
moment of its transaction (or just after). Then either nothing of the batch is there, or all of it.
At the end the import runs through, and the log is the one that an undisturbed import gives.
"""

from __future__ import annotations

import datetime as dt
import random
import time
from pathlib import Path
from typing import Any

from monitor.database import Database, upgrade
from tests.faults.killing import Tally, by_command_line, kill, read, sound, start
from tests.monitor.canonical_files import EVENTS, everything, log_of, small, take, write

CHILD = """
import logging, sys, structlog
from pathlib import Path
from zoneinfo import ZoneInfo
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
from monitor.database import Database
from monitor.settings import now
from monitor.verbs.import_log import import_log
def advance(done, total):
    print(done, flush=True)
done = import_log(Database(sys.argv[1]), [Path(sys.argv[2])], zone=ZoneInfo("Asia/Shanghai"), clock=now,
                  today=now().date(), chunk=200, advance=advance)
print("end", done.outcome, flush=True)
"""


def made_up(folder: Path, projects: int) -> Path:
    """A log of ``projects`` with three cases each; some change or repeat what the first batch said."""
    first = dt.date(2026, 1, 5)
    codes = ["P1", *(f"Q{n:05d}" for n in range(projects))]
    cases = [
        {"case_id": f"{code}-{k}", "project_code": code, "stage": "planning", "department": f"D{k}"}
        for code in codes
        for k in range(3)
    ]
    events = [
        {
            "event_id": f"{c['case_id']}#{n}",
            "case_id": c["case_id"],
            "status": status,
            "occurred_at": str(first + dt.timedelta(n)),
        }
        for c in cases
        for n, status in enumerate(("received", "accepted", "approved"))
    ]
    random.Random(7).shuffle(events)
    rows = [{"project_code": code, "coded_on": "2026-01-02", "name": f"made up {code}"} for code in codes]
    return write(folder, rows, cases, [*EVENTS, *events])


def run(url: str, place: Path, times: int, seed: int, projects: int = 700) -> Tally:
    """Kills ``times`` imports; raises AssertionError as soon as anything is half there or there twice."""
    draw = random.Random(seed)
    folder = made_up(place / "log", projects)
    database = Database(url)
    upgrade(database)
    take(database, small(place / "first"))
    before = everything(database)
    whole = _whole(place, folder)
    seconds, steps = _time_one(place, folder)
    tally = Tally()
    for _ in range(times):
        child = start(CHILD, url, folder)
        seen = read(child, draw.randrange(steps + 1))
        time.sleep(draw.random() * seconds / 3)
        seen += kill(child, database)
        now = everything(database)
        if now == before:
            tally.inside += bool(seen)
            tally.before += not seen
            continue
        assert log_of(database) == whole, "half a batch"
        assert len(now["batch"]) == 2
        tally.after += 1
        _forget(database, before)
    assert take(database, folder).outcome == "landed"
    assert log_of(database) == whole
    sound(database)
    database.close()
    tally.check()
    return tally


def _whole(place: Path, folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The log of an import that nobody disturbed."""
    undisturbed = Database(f"sqlite:///{place}/undisturbed.db")
    upgrade(undisturbed)
    take(undisturbed, place / "first")
    assert take(undisturbed, folder).outcome == "landed"
    log = log_of(undisturbed)
    undisturbed.close()
    return log


def _time_one(place: Path, folder: Path) -> tuple[float, int]:
    """Seconds from the first step of an import to its end, and how many steps it reports."""
    database = Database(f"sqlite:///{place}/timed.db")
    upgrade(database)
    times: list[float] = []
    take(database, folder, chunk=200, advance=lambda done, total: times.append(time.monotonic()))
    database.close()
    return time.monotonic() - times[0], len(times)


def _forget(database: Database, before: dict[str, list[tuple[Any, ...]]]) -> None:
    """Takes the second batch out again, so that the next kill meets the same state."""
    with database.writing() as connection:
        for table in ("event", "case_fact", "project_fact", "batch_known"):
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE batch_id = 2")
        for table in ("project_fact", "case_fact"):
            connection.exec_driver_sql(f"UPDATE {table} SET known_to = NULL")
        for table, key in (
            ("standing", "project_id"),
            ("approval_case", "id"),
            ("project", "id"),
            ("department", "id"),
        ):
            kept = ", ".join(str(row[0]) for row in before[table])
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE {key} NOT IN ({kept})")
        connection.exec_driver_sql("UPDATE standing SET log_version = 1, next_change = 0")
        connection.exec_driver_sql("DELETE FROM batch WHERE id = 2")
        until = before["source"][0][2]
        connection.exec_driver_sql(f"UPDATE source SET reported_until = {until}")
    assert everything(database) == before


def main() -> None:
    times, tally = by_command_line(run, 50)
    print(f"{times} kills: {tally.before} before the first step, {tally.inside} inside the transaction, ", end="")
    print(f"{tally.after} after it landed; nothing half, nothing twice")


if __name__ == "__main__":
    main()
