"""whatif on the command line: from files and from the database alike, writing nothing, refusing what cannot be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.database import Database
from monitor.reading import past
from tests.monitor.canonical_files import take, write
from tests.monitor.commands import Run, program, refused
from tests.monitor.sweeping import assessed, dump
from tests.rules.generate import awkward_log
from tests.rules.generate import write as write_log

DAY = "2026-05-22"  # the 56th working day after 2 March
PAST = dt.date(2026, 5, 22)
PROJECT = {"project_code": "P1", "region": "330100", "kind": "filing", "coded_on": "2026-03-02"}
CASES = [
    {"case_id": "C1", "project_code": "P1", "item_code": "A08", "stage": "planning", "department": "甲局"},
    {"case_id": "C2", "project_code": "P1", "item_code": "B01", "stage": "planning", "department": "乙局"},
]
EVENTS = [
    {"event_id": "E1", "case_id": "C1", "status": "accepted", "occurred_at": "2026-03-02"},
    {"event_id": "E2", "case_id": "C1", "status": "approved", "occurred_at": "2026-05-18"},  # 5 promised: 9 March
    {"event_id": "E3", "case_id": "C2", "status": "accepted", "occurred_at": "2026-05-18"},
    {"event_id": "E4", "case_id": "C2", "status": "approved", "occurred_at": "2026-05-22"},  # 4 days, 7 promised
]


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, database_url: str
) -> Iterator[Run]:
    with program(monkeypatch, capsys, tmp_path, database_url) as call:
        yield call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One project of two cases that follow one another."""
    return write(tmp_path / "in", [PROJECT], CASES, EVENTS)


def told(run: Run, *words: object) -> Any:
    """The document."""
    ended = run("whatif", *words, "--as-of", DAY, "--json")
    assert (ended.code, ended.err) == (0, ""), ended
    return ended.document


def test_a_project_that_would_be_green(run: Run, folder: Path) -> None:
    found = told(run, folder, "--promises")
    # From 2 to 9 March and four days behind it instead of 56.
    changed = {
        "project_code": "P1", "stage": "planning", "before": "yellow", "after": "green", "used_before": 56,
        "used_after": 9,
    }  # fmt: skip
    assert found["changed"] == [changed]
    assert (found["decided_earlier"], found["moved_up"]) == (1, 1)
    assert [found[side]["yellow"] for side in ("before", "after")] == [1, 0]
    assert [found[side]["days"] for side in ("before", "after")] == [56, 9]
    assert [found[side]["over_budget"]["pre_construction"] for side in ("before", "after")] == [1, 0]
    assert told(run, folder, "--department", "甲局")["changed"] == [changed]
    assert told(run, folder, "--department", "乙局")["changed"] == []


def test_each_department_by_the_lights_it_would_save(run: Run, folder: Path) -> None:
    [one] = told(run, folder, "--each-department")["departments"]
    assert one == {
        "department": "甲局", "lights": 1, "cases": 1, "days": 47, "worse": 0,
        "red_to_yellow": 0, "red_to_green": 0, "yellow_to_green": 1,
    }  # fmt: skip


def test_a_person_is_told_the_same_and_what_was_assumed(run: Run, folder: Path) -> None:
    ended = run("whatif", folder, "--promises", "--as-of", DAY)
    assert ended.code == 0
    for words in (
        "under assumptions",
        "Every department keeps its promises",
        "still open do not move",
        "P1  ",
        "56 → 9",
    ):
        assert words in ended.out
    assert "1 of 1 projects" in ended.err
    spoken = run("whatif", folder, "--each-department", "--as-of", DAY, MONITOR_LANGUAGE="zh_CN")
    assert "甲局  可减少亮灯 1 个" in spoken.out
    assert "不是项目的实际计时结果" in spoken.out
    budgets = run("whatif", folder, "--budget", "pre_construction=60", "--as-of", DAY).out
    assert "Before construction, past its budget: 1 → 0" in budgets


def test_a_notice_file_takes_a_day_out(run: Run, folder: Path, tmp_path: Path) -> None:
    text = 'region = ""\nyear = 2026\ndocument = "D"\nsource = "made up"\npublished = 2026-03-01\nrest = [2026-03-11]\n'
    text += "amends = true\n"
    (tmp_path / "closed.toml").write_text(text, "utf-8")
    found = told(run, folder, "--notice", "closed.toml")
    assert [(c["before"], c["after"], c["used_after"]) for c in found["changed"]] == [("yellow", "green", 55)]
    assert found["assumed"]["notices"] == ["D"]
    assert "The notice D holds as well." in found["assumptions"]


def test_so_does_a_single_day(run: Run, folder: Path) -> None:
    found = told(run, folder, "--rest", "2026-03-11")
    assert [(c["before"], c["after"], c["used_after"]) for c in found["changed"]] == [("yellow", "green", 55)]
    assert (found["assumed"]["rest"], found["assumed"]["work"]) == (["2026-03-11"], [])
    assert "Days of rest as well: 2026-03-11." in found["assumptions"]
    assert told(run, folder, "--rest", "2026-03-11", "--work", "2026-03-14")["after"]["days"] == 56


def test_another_pack_by_its_file(run: Run, folder: Path, top: Path) -> None:
    file = top / "rules" / "packs" / "zhejiang-90.toml"
    assert told(run, folder, "--pack", str(file)) == told(run, folder, "--pack", "zhejiang-90")


def test_from_the_database_it_is_the_same_and_writes_nothing(
    run: Run, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past, "AT_ONCE", 7)  # several parts
    (tmp_path / "log").mkdir()
    folder = write_log(tmp_path / "log", awkward_log(11, 25))
    take(database, folder)
    before = dump(database)
    for scenario in (["--promises"], ["--yellow", "20", "--red", "30"], ["--each-department"]):
        assert told(run, "--from-database", *scenario) == told(run, folder, *scenario)
    codes = sorted(assessed(folder, PAST))[:2]
    some = told(run, "--from-database", *codes, "--promises")
    assert some["before"]["projects"] == 2
    assert dump(database) == before


def test_what_cannot_be_is_refused(run: Run, folder: Path) -> None:
    refused(run("whatif", folder), "say what is assumed", code=2)
    refused(run("whatif", "--promises"), "--from-database", code=2)
    refused(run("whatif", folder, "--promises", "--each-department"), "one of --promises", code=2)
    refused(run("whatif", folder, "--budget", "planning=3"), "pre_construction=N", code=2)
    refused(run("whatif", folder, "--yellow", "80"), "yellow below red")
    refused(run("whatif", folder, "--pack", "none"), "zhejiang-80")
    refused(run("whatif", folder, "--pack", "none.toml"), "none.toml")
    refused(run("whatif", folder, "--notice", "none.toml"), "none.toml")
    refused(run("whatif", folder, "--rest", "2026-03-11,soon"), "soon: write days as", code=2)
    refused(run("whatif", folder, "--work", "2026-03-11"), "2026-03-11")
    refused(run("whatif", folder, "--rest", "2040-03-11"), "2040-03-11")
    refused(run("whatif", folder, "--department", "丙局"), "丙局")
    refused(run("whatif", folder / "none.csv", "--promises"), "none.csv")
    refused(run("whatif", "--from-database", "P9", "--promises"), "P9")
