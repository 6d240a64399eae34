"""What the programs that kill have in common: the child and its end, and the words of their command lines."""

from __future__ import annotations

import argparse
import logging
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import structlog

from monitor.database import Database, integrity
from monitor.reading.health import health
from monitor.reading.viewer import EVERYONE
from tests.monitor.servers import postgres_server

TOP = Path(__file__).resolve().parents[2]
Fallen = TypeVar("Fallen")


@dataclass
class Tally:
    """How the kills fell: before the work began, inside it, after it was done."""

    before: int = 0
    inside: int = 0
    after: int = 0

    def check(self) -> None:
        """Raises AssertionError where hardly a third of the kills, or of a few not one, fell inside the work: then
        little was tried. On a busy machine a few may fall anywhere."""
        every = self.before + self.inside + self.after
        assert self.inside and (every < 10 or 3 * self.inside >= every), f"too few kills inside the work: {self}"


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    """A child process of this code, whose lines are read one by one."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=TOP)


def read(child: subprocess.Popen[str], lines: int) -> list[str]:
    """So many lines of progress, or all there are, so that the kill falls anywhere in the work."""
    assert child.stdout is not None
    seen = (child.stdout.readline() for _ in range(lines))
    return [line for line in seen if line]


def kill(child: subprocess.Popen[str], database: Database) -> list[str]:
    """Kills the child and waits until its database has done with it; gives the lines that nobody had read."""
    child.send_signal(signal.SIGKILL)
    with child:
        assert child.stdout is not None
        left = child.stdout.read().splitlines()
    settle(database)
    return left


def settle(database: Database) -> None:
    """PostgreSQL finishes what a dead client began (undoing it, or its commit) a moment after it died."""
    if database.dialect != "postgresql":
        return
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    database.close()
    for _ in range(600):
        with database.reading() as connection:
            if not connection.exec_driver_sql(others + " AND backend_type = 'client backend'").scalar():
                return
        time.sleep(0.05)
    raise AssertionError("the killed client's session did not end")


def sound(database: Database) -> None:
    """Raises AssertionError where the database, or what lies in it, is not as it must be."""
    assert integrity(database) == []
    with database.reading() as connection:
        assert health(connection, EVERYONE).troubles == {}


def by_command_line(run: Callable[[str, Path, int, int], Fallen], times: int) -> tuple[int, Fallen]:
    """Runs as asked by `--times`, `--seed` and `--postgres`; gives how many kills there were, and how they fell."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=times)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgres", action="store_true")
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as given:
        place = Path(given)
        if not asked.postgres:
            return asked.times, run(f"sqlite:///{place}/monitor.db", place, asked.times, asked.seed)
        with postgres_server(place / "pg") as url:
            return asked.times, run(url, place, asked.times, asked.seed)
