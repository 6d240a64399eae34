"""kill -9 in the middle of an undo, again and again: the batch is there whole, or taken back whole.

    python -m tests.faults.kill_undo [--times N] [--postgres] [--seed S]

A database holds two batches of a made-up log that overlap; a child process takes the second back, and is killed at a
random moment of its transaction (or just after). At the end the undo runs through, and the log is that of the first
batch alone.
"""

from __future__ import annotations

import random
import time
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.database import Database, upgrade
from monitor.reading.batches import batches
from monitor.settings import now
from monitor.verbs.undo import undo
from tests.faults.kill_import import made_up
from tests.faults.killing import Tally, by_command_line, kill, read, sound, start
from tests.monitor.canonical_files import everything, log_of, small, take

CHILD = """
import logging, sys, structlog
from zoneinfo import ZoneInfo
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
from monitor.database import Database
from monitor.settings import now
from monitor.verbs.undo import undo
print("begin", flush=True)
undo(Database(sys.argv[1]), int(sys.argv[2]), zone=ZoneInfo("Asia/Shanghai"), clock=now,
     advance=lambda done, total: print(done, flush=True))
print("end", flush=True)
"""


def run(url: str, place: Path, times: int, seed: int, projects: int = 2_000) -> Tally:
    """Kills ``times`` undos; raises AssertionError as soon as anything is half there."""
    draw = random.Random(seed)
    database = Database(url)
    upgrade(database)
    take(database, small(place / "first"))
    alone = log_of(database)
    folder = made_up(place / "log", projects)
    assert take(database, folder).outcome == "landed"
    both, number, tally = log_of(database), 2, Tally()
    seconds = _seconds(database, number)
    for _ in range(times):
        before = everything(database)
        child = start(CHILD, url, number)
        seen = []
        if draw.random() < 0.9:
            seen += read(child, 1)
            time.sleep(draw.random() * seconds * 1.3)
        seen += kill(child, database)
        if everything(database) == before:
            assert "end" not in seen
            tally.inside += bool(seen)
            tally.before += not seen
            continue
        assert log_of(database) == alone, "half an undo"
        with database.reading() as connection:
            assert [one.undoes for one in batches(connection)][-1] == number
        tally.after += 1
        done = take(database, folder)  # so that the next kill meets the same log
        assert done.batch is not None
        assert log_of(database) == both
        number = done.batch
    undo(database, number, zone=ZoneInfo("Asia/Shanghai"), clock=now)
    assert log_of(database) == alone
    sound(database)
    database.close()
    tally.check()
    return tally


def _seconds(database: Database, number: int) -> float:
    """How long an undo takes that writes nothing."""
    began = time.monotonic()
    undo(database, number, zone=ZoneInfo("Asia/Shanghai"), clock=now, dry_run=True)
    return time.monotonic() - began


def main() -> None:
    times, tally = by_command_line(run, 50)
    print(f"{times} kills: {tally.before} before the first step, {tally.inside} inside the transaction, ", end="")
    print(f"{tally.after} after it was done; nothing half")


if __name__ == "__main__":
    main()
