"""kill -9 in the middle of restoring, again and again: the database is the old one or the new one, nothing half.

    python -m tests.faults.kill_restore [--times N] [--postgres] [--seed S]

A child process puts a backup in the place of a database that holds other data, and is killed at a random moment. Then
either what was there is there, or what the backup holds, and it is as `check` wants it; at the end it runs through.
"""

from __future__ import annotations

import random
import time
from pathlib import Path

from monitor.database import Database, upgrade
from monitor.settings import now
from monitor.verbs.backup import backup, restore
from tests.faults.backup_import import made_up
from tests.faults.killing import Tally, by_command_line, kill, read, sound, start
from tests.monitor.canonical_files import log_of, take
from tests.monitor.servers import programs
from tests.monitor.trails import looked_at, told

CHILD = """
import os, sys
from pathlib import Path
from monitor.database import Database
from monitor.settings import now
from monitor.verbs.backup import restore
print("begin", flush=True)
restore(Database(sys.argv[1]), Path(sys.argv[2]), over=True, environment=os.environ | {"PATH": sys.argv[3]}, clock=now,
        advance=lambda done, total: print(done, flush=True))
print("end", flush=True)
"""


def run(url: str, place: Path, times: int, seed: int, projects: int = 400) -> Tally:
    """Kills ``times`` restorings; raises AssertionError as soon as one leaves anything half."""
    draw, path = random.Random(seed), programs()["PATH"]
    database = Database(url)
    upgrade(database)
    take(database, made_up(place / "new", 1, projects))
    backup(database, place / "new.backup", environment=programs(), clock=now)
    new = log_of(database)
    take(database, made_up(place / "old", 2, projects))
    backup(database, place / "old.backup", environment=programs(), clock=now)
    old = log_of(database)
    assert old != new
    database.close()  # what somebody has open is not replaced
    seconds = _time_one(url, place, path)
    tally = Tally()
    for _ in range(times):
        restore(database, place / "old.backup", over=True, environment=programs(), clock=now)
        database.close()
        child = start(CHILD, url, place / "new.backup", path)
        read(child, 1)
        time.sleep(draw.random() * seconds * 0.8)
        ended = "end" in kill(child, database)
        found = log_of(database)
        assert found in (old, new), "half a database"
        sound(database)
        assert looked_at(database).sound
        tally.after += ended
        tally.inside += not ended
        if ended:
            assert found == new and told(database)[-1].verb == "restore"
    restore(database, place / "new.backup", over=True, environment=programs(), clock=now)
    assert log_of(database) == new
    database.close()
    return tally


def _time_one(url: str, place: Path, path: str) -> float:
    """Seconds from the beginning of a restoring to its end."""
    child = start(CHILD, url, place / "old.backup", path)
    read(child, 1)
    begun = time.monotonic()
    assert "end\n" in read(child, 1_000)
    child.wait()
    return time.monotonic() - begun


def main() -> None:
    times, tally = by_command_line(run, 20)
    tally.check()
    print(f"{times} kills: {tally.inside} inside the work, {tally.after} after it; the old one or the new one, whole")


if __name__ == "__main__":
    main()
