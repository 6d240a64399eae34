"""The scheduler: each due moment once for all processes, what was missed on start, new records soon, failures alone."""

from __future__ import annotations

import datetime as dt
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import structlog
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from monitor.database import Database
from monitor.doors import scheduler
from monitor.doors.scheduler import TIMETABLE, Entry, follow, last_due, run_entry, sweep
from monitor.settings import Settings, now, today
from monitor.verbs import tick as verb
from monitor.wiring import Monitor, monitor
from rules.portfolio import Part
from tests.monitor.canonical_files import CASE, PROJECT, rows, take, write

ZONE = ZoneInfo("Asia/Shanghai")
DUE = dt.datetime(2026, 11, 20, 0, 1, tzinfo=ZONE)
MIDNIGHT = CronTrigger(hour=0, minute=1, timezone=ZONE)


@pytest.fixture(autouse=True)
def plain_log() -> Iterator[None]:
    """Traces as plain text: a drawing of every frame takes ten seconds a failure."""
    before = structlog.get_config()["processors"]
    structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()])
    yield
    structlog.configure(processors=before)


@pytest.fixture
def known(database_url: str, tmp_path: Path) -> Iterator[Monitor]:
    """The application on a database of its own."""
    opened = monitor(settings(database_url, tmp_path))
    yield opened
    opened.database.close()


def settings(url: str, folder: Path) -> Settings:
    return Settings(_env_file=None, database_url=url, log_folder=folder / "logs", language="en")  # type: ignore[call-arg]


def accepted(known: Database, folder: Path, n: int) -> str:
    """Imports a project that was accepted twenty days ago; gives its code."""
    code, on = f"P{n}", (now() - dt.timedelta(days=20)).date().isoformat()
    event = {"event_id": f"E{n}", "case_id": f"C{n}", "status": "accepted", "occurred_at": on}
    project, case = PROJECT | {"project_code": code}, CASE | {"case_id": f"C{n}", "project_code": code}
    files = write(folder / code, [project], [case], [event])
    take(known, files, clock=now, today=now().date())
    return code


# ---- when something was due


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        ("2026-11-20T00:01:00", "2026-11-20T00:01:00"),
        ("2026-11-20T00:00:59", "2026-11-19T00:01:00"),
        ("2026-11-20T23:59:59", "2026-11-20T00:01:00"),
        ("2027-01-01T00:00:00", "2026-12-31T00:01:00"),
    ],
)
def test_the_last_due_moment(moment: str, due: str) -> None:
    asked = dt.datetime.fromisoformat(moment).replace(tzinfo=ZONE)
    assert last_due(MIDNIGHT, asked) == dt.datetime.fromisoformat(due).replace(tzinfo=ZONE)


def test_a_trigger_that_was_not_due_for_a_day() -> None:
    weekly = CronTrigger(day_of_week="mon", hour=8, timezone=ZONE)
    assert last_due(weekly, dt.datetime(2026, 11, 18, 9, tzinfo=ZONE)) is None
    assert last_due(weekly, dt.datetime(2026, 11, 16, 9, tzinfo=ZONE)) == dt.datetime(2026, 11, 16, 8, tzinfo=ZONE)


def test_the_timetable_sweeps_just_after_midnight_of_the_office() -> None:
    assert [entry.name for entry in TIMETABLE] == ["sweep", "follow", "errands", "clear_up"]
    trigger = TIMETABLE[0].trigger(ZONE)
    fires = trigger.get_next_fire_time(None, dt.datetime(2026, 11, 20, 12, tzinfo=ZONE))
    assert fires == dt.datetime(2026, 11, 21, 0, 1, tzinfo=ZONE)
    assert fires.astimezone(dt.UTC).date() == dt.date(2026, 11, 20)
    assert isinstance(TIMETABLE[1].trigger(ZONE), IntervalTrigger)
    assert TIMETABLE[0].recorded
    assert not TIMETABLE[1].recorded


# ---- once for all


def test_a_due_moment_is_run_once_by_many_threads(known: Monitor) -> None:
    ran, done = [], []

    def slow(_known: Monitor) -> str:
        ran.append(threading.get_ident())
        time.sleep(0.05)
        return "all is well"

    entry = Entry("sweep", lambda zone: MIDNIGHT, slow)
    threads = [threading.Thread(target=lambda: done.append(run_entry(known, entry, DUE))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ran) == 1
    assert sorted(done) == [False] * 5 + [True]
    listed = rows(known.database, "SELECT job, outcome, ended IS NOT NULL FROM job_run")
    assert listed == [("sweep", "all is well", True)]
    assert run_entry(known, entry, DUE + dt.timedelta(days=1))  # another moment is another run
    assert not run_entry(known, entry, DUE.astimezone(dt.UTC))  # the same moment, told in another zone
    assert len(ran) == 2


CLAIM = """
import sys, datetime as dt, structlog, logging
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
from monitor.doors.scheduler import Entry, run_entry
from monitor.settings import Settings
from monitor.wiring import monitor
known = monitor(Settings(_env_file=None, database_url=sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
entry = Entry("sweep", None, lambda known: "done")
ran = [run_entry(known, entry, dt.datetime(2026, 1, n, tzinfo=dt.UTC)) for n in range(1, 16)]
print(sum(ran), flush=True)
"""


def test_due_moments_are_run_once_by_two_processes(database_url: str, top: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-c", CLAIM, database_url]
    both = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=top) for _ in range(2)
    ]
    for process in both:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    outs = []
    for process in both:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    outs = [int(process.communicate(timeout=60)[0]) for process in both]
    assert sum(outs) == 15
    database = Database(database_url)
    assert rows(database, "SELECT count(*), count(DISTINCT due_at), min(outcome) FROM job_run") == [(15, 15, "done")]
    database.close()


# ---- failures


def test_a_failing_job_is_recorded_and_ends_nothing(known: Monitor, caplog: pytest.LogCaptureFixture) -> None:
    def fails(_known: Monitor) -> str:
        raise ValueError("no paper in the printer")

    for recorded in (True, False):
        assert run_entry(known, Entry("report", lambda zone: MIDNIGHT, fails, recorded), DUE) is False
    assert rows(known.database, "SELECT job, outcome, ended IS NOT NULL FROM job_run") == [("report", "failed", True)]
    assert caplog.text.count("no paper in the printer") >= 2
    assert run_entry(known, Entry("report", lambda zone: MIDNIGHT, fails), DUE) is False
    assert len(rows(known.database, "SELECT * FROM job_run")) == 1


# ---- sweeping and following


def test_a_sweep_is_of_today(known: Monitor, tmp_path: Path) -> None:
    accepted(known.database, tmp_path, 1)
    assert sweep(known) == "1 assessed, 0 turns, 0 set aside"
    day = (today(known.settings) - dt.date(1970, 1, 1)).days
    assert rows(known.database, "SELECT as_of FROM sweep") == [(day,)]


def test_following_sweeps_only_when_something_is_new(known: Monitor, tmp_path: Path) -> None:
    assert follow(known) == ""
    accepted(known.database, tmp_path, 1)
    assert follow(known).startswith("1 assessed")
    assert follow(known) == ""
    accepted(known.database, tmp_path, 2)
    assert follow(known).startswith("1 assessed")
    assert len(rows(known.database, "SELECT * FROM sweep")) == 2


def test_a_project_set_aside_is_tried_again_when_something_is_new_and_not_at_every_look(
    known: Monitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Part.assess

    def fails(part: Part, *given: Any, **options: Any) -> Any:
        if "P1" in part.log.projects.code:
            raise ZeroDivisionError
        return whole(part, *given, **options)

    monkeypatch.setattr(Part, "assess", fails)
    accepted(known.database, tmp_path, 1)
    assert follow(known) == "0 assessed, 0 turns, 1 set aside"
    assert [follow(known) for _ in range(3)] == ["", "", ""]
    accepted(known.database, tmp_path, 2)
    assert follow(known) == "1 assessed, 0 turns, 1 set aside"
    assert rows(known.database, "SELECT tries FROM set_aside") == [(2,)]
    monkeypatch.undo()
    assert sweep(known) == "1 assessed, 0 turns, 0 set aside"  # every night in any case


def test_nothing_is_followed_before_the_day_of_the_last_sweep(known: Monitor, tmp_path: Path) -> None:
    later = today(known.settings) + dt.timedelta(10)
    verb.tick(known.database, known.rules, later, now)
    accepted(known.database, tmp_path, 1)
    assert follow(known) == ""
    assert run_entry(known, TIMETABLE[0], DUE) is False  # refused, logged, and the process goes on


# ---- the process

PROGRAM = """
import sys
from monitor.doors import scheduler
from apscheduler.triggers.interval import IntervalTrigger
scheduler.LOOK_EVERY = 0.5
def fails(known):
    raise RuntimeError("a job that fails")
scheduler.TIMETABLE += (scheduler.Entry("faulty", lambda zone: IntervalTrigger(seconds=0.2, timezone=zone), fails),)
sys.argv = ["approval-monitor", "schedule"]
from monitor.doors.cli.main import main
main()
"""


class Process:
    """`approval-monitor schedule` as a process, with a faulty job in its timetable."""

    def __init__(self, url: str, folder: Path, top: Path) -> None:
        told = settings(url, folder).environment() | {"PYTHONPATH": str(top), "PYTHONUTF8": "1"}
        told |= {"PYTHONWARNINGS": "ignore", "MONITOR_LOG_LEVEL": "info"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM], stderr=subprocess.PIPE, stdout=subprocess.PIPE, env=told, cwd=folder
        )
        assert self.process.stderr is not None
        os.set_blocking(self.process.stderr.fileno(), False)
        self.said = ""

    def hears(self, text: str, seconds: float = 30) -> bool:
        """Waits until the process has said something."""
        assert self.process.stderr is not None
        end = time.monotonic() + seconds
        with selectors.DefaultSelector() as ready:
            ready.register(self.process.stderr, selectors.EVENT_READ)
            while text not in self.said and time.monotonic() < end:
                if ready.select(0.1):
                    self.said += (self.process.stderr.read() or b"").decode()
        return text in self.said

    def stop(self, how: int) -> int:
        self.process.send_signal(how)
        code = self.process.wait(20)
        for stream in (self.process.stderr, self.process.stdout):
            assert stream is not None
            stream.close()
        return code


def assessed(database: Database) -> set[str]:
    """Codes of the projects that were assessed."""
    found = "SELECT p.code FROM standing s JOIN project p ON p.id = s.project_id WHERE s.assessed_on IS NOT NULL"
    return {code for (code,) in rows(database, found)}


def until(condition: Any, seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return bool(condition())


def test_the_process_sweeps_on_start_follows_imports_survives_a_faulty_job_and_stops(
    database: Database, database_url: str, tmp_path: Path, top: Path
) -> None:
    accepted(database, tmp_path, 1)
    process = Process(database_url, tmp_path, top)
    try:
        assert process.hears("at work"), process.said
        assert assessed(database) == {"P1"}  # on start
        ((outcome,),) = rows(database, "SELECT outcome FROM job_run WHERE job = 'sweep'")
        assert outcome == "1 assessed, 0 turns, 0 set aside"  # what was due at midnight, claimed now
        assert process.hears("a job that fails")
        accepted(database, tmp_path, 2)
        assert until(lambda: assessed(database) == {"P1", "P2"})
        assert process.hears("job=follow outcome='1 assessed"), process.said
        assert process.process.poll() is None
    finally:
        code = process.stop(signal.SIGTERM)
    assert code == 0, process.said
    assert "apscheduler" not in process.said

    again = Process(database_url, tmp_path, top)
    try:
        assert again.hears("at work"), again.said
    finally:
        code = again.stop(signal.SIGINT)
    assert code == 0, again.said
    assert len(rows(database, "SELECT * FROM job_run WHERE job = 'sweep'")) == 1  # midnight was claimed already
    assert scheduler.LOOK_EVERY <= 60
