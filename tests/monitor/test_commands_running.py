"""serve, schedule and demo on the command line: what is refused before anything starts, and the demo's database."""

from __future__ import annotations

import json
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.doors.web import is_loopback
from tests.monitor.commands import Run, program, refused


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Iterator[Run]:
    with program(monkeypatch, capsys, tmp_path, f"sqlite:///{tmp_path}/monitor.db") as call:
        yield call


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "::", "example.org", "127.0.0.1.example.org", "10.1"])
def test_an_address_that_others_can_reach_is_refused(run: Run, host: str) -> None:
    run("init")
    refused(run("serve", MONITOR_HOST=host), host, "MONITOR_PUBLIC_URL")
    refused(run("serve", MONITOR_HOST=host, MONITOR_PUBLIC_URL="http://monitor.example.org"), host, "https")
    refused(run("demo", "--projects", 1, MONITOR_HOST=host), host, "this machine only")
    refused(run("demo", "--projects", 1, MONITOR_HOST=host, MONITOR_PUBLIC_URL="https://monitor.example.org"), host)
    assert not is_loopback(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_this_machines_own_addresses(host: str) -> None:
    assert is_loopback(host)


def test_a_port_that_is_taken_is_refused(run: Run, taken: int, tmp_path: Path) -> None:
    run("init")
    refused(run("serve", "--port", taken), str(taken), "--port")
    refused(run("serve", MONITOR_PORT=str(taken)), str(taken))
    refused(run("demo", "--port", taken, "--projects", 1), str(taken))
    assert not (tmp_path / "home").exists()  # nothing was made up before
    refused(run("serve", "--port", 0), code=2)
    refused(run("serve", "--port", 70_000), code=2)


def test_there_is_no_usual_key(run: Run) -> None:
    run("init")
    refused(run("serve"), "MONITOR_SECRET_KEY")
    refused(run("serve", MONITOR_SECRET_KEY="too short"), "MONITOR_SECRET_KEY", code=2)


@pytest.mark.parametrize("wrong", ["monitor.example.org", "ftp://monitor.example.org", "https://", "https://x/?y=1"])
def test_an_address_that_is_none_is_refused(run: Run, wrong: str) -> None:
    refused(run("serve", MONITOR_PUBLIC_URL=wrong), "MONITOR_PUBLIC_URL", code=2)


def test_serve_and_schedule_need_a_database(run: Run) -> None:
    refused(run("serve"), "approval-monitor init")
    refused(run("schedule"), "approval-monitor init")


def documents(run: Run, url: str) -> list[Any]:
    ended = run("status", "--all", "--json", MONITOR_DATABASE_URL=url)
    assert ended.code == 0
    found: list[Any] = ended.document["projects"]
    return found


def test_the_demo_makes_a_database_and_makes_it_again(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "home" / "approval-monitor" / "demo"
    url = f"sqlite:///{place}/demo.db"
    first = run("demo", "--no-serve", "--projects", 60)
    assert (first.code, first.out) == (0, "")
    assert "60 projects" in first.err
    assert url in first.err
    assert json.loads((place / "files" / "regions.json").read_text("utf-8"))
    told = documents(run, url)
    assert 40 < len(told) <= 60
    lights = {one["light"] for one in told}
    assert {"red", "green"} <= lights
    with sqlite3.connect(place / "demo.db") as connection:
        assert connection.execute("SELECT name FROM source").fetchall() == [("演示数据",)]
        assert connection.execute("SELECT count(*) FROM standing WHERE assessed_on IS NULL").fetchone() == (0,)
        connection.execute("CREATE TABLE mark (id)")
    assert run("tick", "--json", MONITOR_DATABASE_URL=url).document["projects"] == 0

    (place / "files" / "left over").write_text("of the first run")
    assert run("demo", "--no-serve", "--projects", 60).code == 0
    assert documents(run, url) == told  # reproducible by seed
    assert not (place / "files" / "left over").exists()
    with sqlite3.connect(place / "demo.db") as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'mark'").fetchone() == (0,)
    other = run("demo", "--no-serve", "--projects", 60, "--seed", 81)
    assert other.code == 0
    assert documents(run, url) != told
    assert not (tmp_path / "monitor.db").exists()  # the office's own database is left alone


def test_the_demo_asked_wrongly(run: Run) -> None:
    refused(run("demo", "--no-serve", "--projects", 0), code=2)
    refused(run("demo", "--no-serve", "--projects", "many"), code=2)
