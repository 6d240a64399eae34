"""A real server process on loopback over a small made-up province, and one browser for all tests."""

from __future__ import annotations

import datetime as dt
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, expect

from rules.workdays import day_of
from tests.browser.chromium import chromium

SECONDS = 120
expect.set_options(timeout=30_000)  # of a machine that does other things as well
COMMAND = "from monitor.doors.cli.main import main; main()"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the demo keeps its data."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="session")
def demo_day(demo: str, demo_home: Path) -> dt.date:
    """The day on which the demo was made: the office's, and another one may begin before the tests have ended."""
    with closing(sqlite3.connect(demo_home / "approval-monitor" / "demo" / "demo.db")) as connection:
        ((known_on,),) = connection.execute("SELECT max(known_on) FROM batch")
    return day_of(known_on)


@pytest.fixture(scope="session")
def demo(demo_home: Path) -> Iterator[str]:
    """The address of a demo that runs for the length of the session."""
    home = demo_home
    port, said = _free_port(), home / "said.txt"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
    with said.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, "demo", "--projects", "200", "--port", str(port)],
            env=kept | {"XDG_DATA_HOME": str(home)},
            stdout=out,
            stderr=out,
            cwd=Path(__file__).parents[2],
        )
    base = f"http://127.0.0.1:{port}"
    try:
        _answering(process, base, said)
        yield base
    finally:
        process.terminate()
        process.wait(30)


def _answering(process: subprocess.Popen[bytes], base: str, said: Path) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, said.read_text()
        try:
            with urlopen(base + "/sign-in", timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.3)
    raise AssertionError(f"the demo did not answer within {SECONDS} seconds:\n{said.read_text()}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one
