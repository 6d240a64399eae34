"""The command line of the way in: exit codes, one JSON document on stdout, messages on stderr."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.monitor.canonical_files import CASE, EVENTS, PROJECT, small, write

PROGRAM = "from monitor.doors.cli.main import main; main()"


@pytest.fixture
def run(tmp_path: Path, top: Path) -> Any:
    """Runs the program on a SQLite database of its own."""

    def call(*words: object, **settings: str) -> subprocess.CompletedProcess[str]:
        told = {
            "MONITOR_DATABASE_URL": f"sqlite:///{tmp_path}/data/monitor.db",
            "MONITOR_LOG_FOLDER": str(tmp_path / "logs"),
            "MONITOR_LANGUAGE": "en",
            "PYTHONPATH": str(top),
            "PYTHONUTF8": "1",
        }
        environment = {k: v for k, v in os.environ.items() if not k.startswith("MONITOR_")} | told | settings
        command = [sys.executable, "-c", PROGRAM, *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=120)

    return call


def test_from_nothing_to_a_log(run: Any, tmp_path: Path) -> None:
    assert run("check").returncode == 1
    assert "approval-monitor init" in run("check").stderr
    assert not (tmp_path / "data").exists()
    made = run("init", "--json")
    assert made.returncode == 0
    assert json.loads(made.stdout)["before"] is None
    done = run("import", small(tmp_path / "in"), "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["outcome"] == "landed"
    assert "Batch 1 landed" in done.stderr
    again = run("import", tmp_path / "in")
    assert (again.returncode, again.stdout) == (0, "")
    assert "known already" in again.stderr
    found = run("check", "--json")
    assert found.returncode == 0
    document = json.loads(found.stdout)
    assert document["well"]
    assert document["counts"]["event"] == 2
    assert run("upgrade").returncode == 0


def test_bad_input_is_exit_1_and_nothing_changes(run: Any, tmp_path: Path) -> None:
    run("init")
    before = (tmp_path / "data" / "monitor.db").read_bytes()
    bad = write(tmp_path / "in", [PROJECT | {"coded_on": "2026-02-30"}], [CASE], EVENTS)
    done = run("import", bad)
    assert (done.returncode, done.stdout) == (1, "")
    assert "projects.csv, row 2: coded_on '2026-02-30' is not a date" in done.stderr
    listed = run("import", bad, "--json")
    assert listed.returncode == 1
    assert [r["code"] for r in json.loads(listed.stdout)["refusals"]] == [
        *("date", "unknown_project", "unknown_case", "unknown_case")
    ]
    none = run("import", tmp_path / "none.csv", "--json")
    assert (none.returncode, json.loads(none.stdout)["outcome"]) == (1, "refused")
    assert (tmp_path / "data" / "monitor.db").read_bytes() == before
    assert run("import", bad, "--partial").returncode == 3


def test_bad_usage_is_exit_2(run: Any, tmp_path: Path) -> None:
    assert run("import").returncode == 2
    assert run("import", small(tmp_path / "in"), "--profile", "magic").returncode == 2
    assert run("import", tmp_path / "in", "--reported-until", "soon").returncode == 2
    assert run("template", "--out", "x.doc").returncode == 2
    wrong = run("check", MONITOR_TIMEZONE="Mars/Base")
    assert wrong.returncode == 2
    assert "MONITOR_TIMEZONE" in wrong.stderr


def test_our_own_fault_is_exit_70_with_the_trace_in_the_log(run: Any, tmp_path: Path) -> None:
    run("init")
    database = tmp_path / "data" / "monitor.db"

    with sqlite3.connect(database) as connection:
        connection.execute("DROP TABLE batch")
    done = run("import", small(tmp_path / "in"))
    assert done.returncode == 70
    assert "Traceback" not in done.stderr
    assert "Traceback" in (tmp_path / "logs" / "approval-monitor.log").read_text("utf-8")


def test_an_import_makes_the_database_but_a_dry_run_does_not(run: Any, tmp_path: Path) -> None:
    tried = run("import", small(tmp_path / "in"), "--dry-run", "--json")
    assert tried.returncode == 0
    assert json.loads(tried.stdout)["events"]["added"] == 2
    assert run("import", tmp_path / "nothing").returncode == 1
    assert not (tmp_path / "data").exists()
    assert run("import", tmp_path / "in").returncode == 0
    assert (tmp_path / "data" / "monitor.db").exists()


def test_gb18030_in_and_chinese_out(run: Any, tmp_path: Path) -> None:
    folder = write(tmp_path / "in", [PROJECT], [CASE], EVENTS, encoding="gb18030")
    done = run("import", folder, "--json", MONITOR_LANGUAGE="zh_CN")
    assert done.returncode == 0
    assert {file["encoding"] for file in json.loads(done.stdout)["files"]} == {"utf-8", "gb18030"}
    help_text = run("import", "--help", MONITOR_LANGUAGE="zh_CN").stdout
    assert any("\u4e00" <= letter <= "\u9fff" for letter in help_text)


def test_the_template_goes_round(run: Any, tmp_path: Path) -> None:
    assert run("template", "--out", tmp_path / "t.xlsx").returncode == 0
    assert run("template", "--out", tmp_path / "t.xlsx").returncode == 1
    assert run("template", "--out", tmp_path / "t.xlsx", "--force").returncode == 0
    assert run("import", tmp_path / "t.xlsx").returncode == 0


def test_the_log_never_holds_what_rows_say(run: Any, tmp_path: Path) -> None:
    folder = write(tmp_path / "in", [PROJECT | {"name": "机密厂", "kind": "涉密"}], [CASE], EVENTS)
    done = run("import", folder, "--json")
    assert done.returncode == 1
    told = done.stdout + done.stderr + (tmp_path / "logs" / "approval-monitor.log").read_text("utf-8")
    assert not any(word in told for word in ("机密厂", "P1", "C1", "E1"))
