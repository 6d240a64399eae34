"""The command line of the way in: exit codes, one JSON document on stdout, messages on stderr."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.monitor.canonical_files import CASE, EVENTS, PROJECT, small, write
from tests.monitor.commands import Ended, Run, program

PROGRAM = "from monitor.doors.cli.main import main; main()"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Iterator[Run]:
    """The program within this process, on a SQLite database that is not there yet."""
    with program(monkeypatch, capsys, tmp_path, f"sqlite:///{tmp_path}/data/monitor.db") as call:
        yield call


@pytest.fixture
def start(tmp_path: Path, top: Path) -> Callable[..., Ended]:
    """The program as a process of its own, on a SQLite database that is not there yet."""

    def call(*words: object, **settings: str) -> Ended:
        told = {
            "MONITOR_DATABASE_URL": f"sqlite:///{tmp_path}/data/monitor.db",
            "MONITOR_LOG_FOLDER": str(tmp_path / "logs"),
            "MONITOR_LANGUAGE": "en",
            "PYTHONPATH": str(top),
            "PYTHONUTF8": "1",
        }
        environment = {k: v for k, v in os.environ.items() if not k.startswith("MONITOR_")} | told | settings
        command = [sys.executable, "-c", PROGRAM, *map(str, words)]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=120)
        return Ended(done.returncode, done.stdout, done.stderr)

    return call


def contents(file: Path) -> list[str]:
    """Everything that a SQLite file holds."""
    with closing(sqlite3.connect(file)) as connection:
        return list(connection.iterdump())


def test_from_nothing_to_a_log(run: Run, tmp_path: Path) -> None:
    assert run("check").code == 1
    assert "approval-monitor init" in run("check").err
    assert not (tmp_path / "data").exists()
    made = run("init", "--json")
    assert made.code == 0
    assert made.document["before"] is None
    done = run("import", small(tmp_path / "in"), "--json")
    assert done.code == 0
    assert done.document["outcome"] == "landed"
    assert "Batch 1 landed" in done.err
    again = run("import", tmp_path / "in")
    assert (again.code, again.out) == (0, "")
    assert "known already" in again.err
    found = run("check", "--json")
    assert found.code == 0
    document = found.document
    assert document["well"]
    assert document["counts"]["event"] == 2
    assert run("upgrade").code == 0


def test_a_process_ends_with_its_code_and_keeps_stdout_for_the_document(
    start: Callable[..., Ended], tmp_path: Path
) -> None:
    done = start("import", small(tmp_path / "in"), "--json")
    assert (done.code, done.document["outcome"]) == (0, "landed")
    assert "Batch 1 landed" in done.err
    bad = write(tmp_path / "bad", [PROJECT | {"coded_on": "2026-02-30"}], [CASE], EVENTS)
    refused = start("import", bad, MONITOR_LANGUAGE="zh_CN")
    assert (refused.code, refused.out) == (1, "")
    assert "coded_on" in refused.err and "导入被退回" in refused.err
    assert start("import").code == 2
    assert start("import", bad, "--partial").code == 3
    with closing(sqlite3.connect(tmp_path / "data" / "monitor.db")) as connection:
        connection.execute("DROP TABLE batch")
    fault = start("batches")
    assert (fault.code, fault.out) == (70, "")
    assert "Traceback" not in fault.err


def test_bad_input_is_exit_1_and_nothing_changes(run: Run, tmp_path: Path) -> None:
    run("init")
    before = contents(tmp_path / "data" / "monitor.db")
    bad = write(tmp_path / "in", [PROJECT | {"coded_on": "2026-02-30"}], [CASE], EVENTS)
    done = run("import", bad)
    assert (done.code, done.out) == (1, "")
    assert "projects.csv, row 2: coded_on '2026-02-30' is not a date" in done.err
    listed = run("import", bad, "--json")
    assert listed.code == 1
    assert [r["code"] for r in listed.document["refusals"]] == [
        *("date", "unknown_project", "unknown_case", "unknown_case")
    ]
    none = run("import", tmp_path / "none.csv", "--json")
    assert (none.code, none.document["outcome"]) == (1, "refused")
    assert contents(tmp_path / "data" / "monitor.db") == before
    assert run("import", bad, "--partial").code == 3


def test_bad_usage_is_exit_2(run: Run, tmp_path: Path) -> None:
    assert run("import").code == 2
    assert run("import", small(tmp_path / "in"), "--profile", "magic").code == 2
    assert run("import", tmp_path / "in", "--reported-until", "soon").code == 2
    to_come = run("import", tmp_path / "in", "--reported-until", "2099-01-01")
    assert (to_come.code, "2099-01-01" in to_come.err, "--reported-until" in to_come.err) == (2, True, True)
    assert run("template", "--out", "x.doc").code == 2
    wrong = run("check", MONITOR_TIMEZONE="Mars/Base")
    assert wrong.code == 2
    assert "MONITOR_TIMEZONE" in wrong.err


def test_our_own_fault_is_exit_70_with_the_trace_in_the_log(run: Run, tmp_path: Path) -> None:
    run("init")
    database = tmp_path / "data" / "monitor.db"

    with sqlite3.connect(database) as connection:
        connection.execute("DROP TABLE batch")
    done = run("import", small(tmp_path / "in"))
    assert done.code == 70
    assert "Traceback" not in done.err
    assert "Traceback" in (tmp_path / "logs" / "approval-monitor.log").read_text("utf-8")


def test_an_import_makes_the_database_but_a_dry_run_does_not(run: Run, tmp_path: Path) -> None:
    tried = run("import", small(tmp_path / "in"), "--dry-run", "--json")
    assert tried.code == 0
    assert tried.document["events"]["added"] == 2
    assert run("import", tmp_path / "nothing").code == 1
    assert not (tmp_path / "data").exists()
    assert run("import", tmp_path / "in").code == 0
    assert (tmp_path / "data" / "monitor.db").exists()


def test_gb18030_in_and_chinese_out(run: Run, tmp_path: Path) -> None:
    folder = write(tmp_path / "in", [PROJECT], [CASE], EVENTS, encoding="gb18030")
    done = run("import", folder, "--json", MONITOR_LANGUAGE="zh_CN")
    assert done.code == 0
    assert {file["encoding"] for file in done.document["files"]} == {"utf-8", "gb18030"}
    help_text = run("import", "--help", MONITOR_LANGUAGE="zh_CN").out
    assert any("\u4e00" <= letter <= "\u9fff" for letter in help_text)


def test_the_template_goes_round(run: Run, tmp_path: Path) -> None:
    assert run("template", "--out", tmp_path / "t.xlsx").code == 0
    assert run("template", "--out", tmp_path / "t.xlsx").code == 1
    assert run("template", "--out", tmp_path / "t.xlsx", "--force").code == 0
    assert run("import", tmp_path / "t.xlsx").code == 0


def test_the_log_never_holds_what_rows_say(run: Run, tmp_path: Path) -> None:
    folder = write(tmp_path / "in", [PROJECT | {"name": "机密厂", "kind": "涉密"}], [CASE], EVENTS)
    done = run("import", folder, "--json")
    assert done.code == 1
    told = done.out + done.err + (tmp_path / "logs" / "approval-monitor.log").read_text("utf-8")
    assert not any(word in told for word in ("机密厂", "P1", "C1", "E1"))
