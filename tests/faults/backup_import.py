"""Backups of a database into which another process imports, again and again: each is one state of it, nothing half.

    python -m tests.faults.backup_import [--times N] [--postgres] [--seed S]

A child process imports one made-up log after the other, while backups are taken. Each is restored, looked at by
`check` and `trail verify`, and compared: it must hold exactly the batches that it says, as an import that nobody
disturbed has them.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from monitor.database import Database, upgrade
from monitor.reading.verified import verify
from monitor.settings import now
from monitor.verbs.backup import backup, restore
from tests.faults.killing import by_command_line, sound, start
from tests.monitor.canonical_files import log_of, take, write
from tests.monitor.servers import programs

CHILD = """
import logging, sys, structlog
from pathlib import Path
from zoneinfo import ZoneInfo
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
from monitor.database import Database
from monitor.settings import now
from monitor.verbs.import_log import import_log
database = Database(sys.argv[1])
for folder in sys.argv[2:]:
    sys.stdin.readline()
    print("begin", flush=True)
    done = import_log(database, [Path(folder)], zone=ZoneInfo("Asia/Shanghai"), clock=now, today=now().date(), chunk=50)
    print("end", done.outcome, flush=True)
"""


@dataclass
class Taken:
    """Backups by what the other process did when their copy was made."""

    inside: int = 0  # an import was under way, at its beginning and at its end
    between: int = 0
    states: int = 0  # different numbers of batches in them


def made_up(folder: Path, n: int, projects: int) -> Path:
    """A log of projects with a case each, all new to the one before, and one that each tells anew."""
    codes = [f"Q{n:03d}{k:04d}" for k in range(projects)]
    told = [{"project_code": code, "coded_on": "2026-01-02", "name": f"made up {n}"} for code in ["P1", *codes]]
    cases = [{"case_id": f"{code}-1", "project_code": code, "stage": "planning", "department": "D"} for code in codes]
    events = [
        {"event_id": f"{case['case_id']}#{k}", "case_id": case["case_id"], "status": status, "occurred_at": day}
        for case in cases
        for k, (status, day) in enumerate((("accepted", "2026-01-05"), ("approved", "2026-01-09")))
    ]
    return write(folder, told, cases, events)


def run(url: str, place: Path, times: int, seed: int, projects: int = 400, *, enough: int | None = None) -> Taken:
    """Takes ``times`` backups, or until ``enough`` fell into an import; raises AssertionError as soon as one holds
    anything half. Without ``enough`` a third of them must."""
    draw = random.Random(seed)
    folders = [made_up(place / f"log{n:02d}", n, projects) for n in range(times)]
    whole = _undisturbed(place, folders)
    database, environment = Database(url), programs()
    upgrade(database)
    lines: list[str] = []
    child = start(CHILD, url, *folders)
    reader = threading.Thread(target=lambda: lines.extend(iter(child.stdout.readline, "")))
    reader.start()
    taken, seen, lasts = Taken(), set(), 0.3
    try:
        for n in range(times):
            child.stdin.write("go on\n")
            child.stdin.flush()
            _wait(child, lines, 2 * n + 1)
            begun = time.monotonic()
            time.sleep(draw.random() * lasts)
            file, copied = place / f"{n}.backup", []
            under_way = _under_way(lines)
            backup(
                database, file, environment=environment, clock=now,
                advance=lambda _done, _total, c=copied: c.append(_under_way(lines)),
            )  # fmt: skip
            inside = under_way and copied[0]
            taken.inside += inside
            taken.between += not inside
            _wait(child, lines, 2 * n + 2)
            lasts = min(lasts, time.monotonic() - begun)
            seen.add(_look(database, file, place / f"restored{n}", whole, environment))
            file.unlink()
            if enough is not None and taken.inside >= enough:
                break
    finally:
        child.kill()
        child.wait()
        reader.join()
        database.close()
    taken.states = len(seen)
    wanted = -(-times // 3) if enough is None else enough
    assert taken.inside >= wanted, f"too few backups during an import: {taken}"
    return taken


def _wait(child: Any, lines: list[str], many: int) -> None:
    """Waits until the child has said so many lines."""
    while len(lines) < many:
        assert child.poll() is None or len(lines) >= many, "the import ended too early"
        time.sleep(0.005)


def _under_way(lines: list[str]) -> bool:
    return bool(lines) and lines[-1].startswith("begin")


def _undisturbed(place: Path, folders: list[Path]) -> list[dict[str, list[tuple[Any, ...]]]]:
    """The log after so many batches, of imports one after the other."""
    database = Database(f"sqlite:///{place}/undisturbed.db")
    upgrade(database)
    told = [log_of(database)]
    for folder in folders:
        assert take(database, folder).outcome == "landed"
        told.append(log_of(database))
    database.close()
    return told


def _look(
    database: Database, file: Path, folder: Path, whole: list[dict[str, list[tuple[Any, ...]]]], told: Mapping[str, str]
) -> int:
    """Restores a backup and looks at it; gives how many batches it holds."""
    if database.dialect == "sqlite":
        url = f"sqlite:///{folder}.db"
    else:
        name = folder.name.lower()
        _command(database, f"CREATE DATABASE {name}")
        url = make_url(str(database.engine.url)).set(database=name).render_as_string(hide_password=False)
    restored = Database(url)
    try:
        done = restore(restored, file, environment=told, clock=now)
        sound(restored)
        with restored.reading() as connection:
            batches = int(connection.execute(text("SELECT count(*) FROM batch")).scalar_one())
            imports = connection.execute(text("SELECT count(*) FROM trail_entry WHERE verb = 'import'")).scalar_one()
            assert verify(connection, done.manifest.trail.hash).sound
        assert imports == batches == done.manifest.counts["batch"]
        assert log_of(restored) == whole[batches], "half a batch"
    finally:
        restored.close()
        if database.dialect != "sqlite":
            _command(database, f"DROP DATABASE {name}")
        for left in folder.parent.glob(f"{folder.name}.db*"):
            with suppress(FileNotFoundError):
                left.unlink()
    return batches


def _command(database: Database, statement: str) -> None:
    engine = create_engine(database.engine.url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def main() -> None:
    times, taken = by_command_line(run, 20)
    print(f"{times} backups: {taken.inside} while an import was under way, {taken.between} between two; ", end="")
    print(f"{taken.states} different states; each whole, nothing half")


if __name__ == "__main__":
    main()
