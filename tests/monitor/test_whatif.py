"""whatif on the command line: from files and from the database alike, writing nothing, refusing what cannot be."""

from __future__ import annotations

import datetime as dt
import json
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
from tests.rules.statute import STATUTE_2026

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
        "used_after": 9, "unit_before": "working_day", "unit_after": "working_day",
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
        "red_to_yellow": 0, "red_to_green": 0, "yellow_to_green": 1, "natural_days": 0,
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


def test_a_year_in_json_takes_days_back(run: Run, folder: Path, tmp_path: Path) -> None:
    """Of 2026 the statutory holidays alone. From 2 March to 22 May (56 days) three more days work, Monday 6 April and
    4 and 5 May, and one less, the make-up Saturday 9 May: 58."""
    off = [{"name": "日", "date": day, "isOffDay": True} for day in STATUTE_2026.split()]
    (tmp_path / "2026.json").write_text(json.dumps({"year": 2026, "papers": ["https://x/"], "days": off}), "utf-8")
    found = told(run, folder, "--notice", "2026.json", "--red", "57")
    assert [(c["before"], c["after"], c["used_after"]) for c in found["changed"]] == [("yellow", "red", 58)]
    assert found["assumed"]["notices"] == ["2026.json"]


def test_a_refused_notice_is_named_by_its_file(run: Run, folder: Path, tmp_path: Path) -> None:
    text = 'region = ""\nyear = 2026\ndocument = "D"\nsource = "made up"\npublished = 2026-03-01\nwork = [2026-02-14]\n'
    (tmp_path / "works.toml").write_text(text + "amends = true\n", "utf-8")
    refused(run("whatif", folder, "--notice", "works.toml", "--as-of", DAY), "works.toml: work is '2026-02-14'")
    refused(run("whatif", folder, "--work", "2026-02-14", "--as-of", DAY), "work is '2026-02-14'", "a day of rest")


def test_days_are_said_in_the_unit_of_the_rule(run: Run, folder: Path) -> None:
    """From 2 March to 22 May 2026 there are 81 natural days: 29 of March, 30 of April, 22 of May."""
    ended = run("whatif", folder, "--pack", "uk-8-weeks", "--yellow", "90", "--as-of", DAY)
    assert "A project turns yellow past 90 natural days." in ended.out
    assert "56 working days → 81 natural days" in ended.out
    assert "days of all projects: 56 working days → 81 natural days" in ended.out
    assert "90 working days" not in ended.out
    spoken = run("whatif", folder, "--pack", "uk-8-weeks", "--yellow", "90", "--as-of", DAY, MONITOR_LANGUAGE="zh_CN")
    assert "项目总用时超过 90 个自然日亮黄灯。" in spoken.out
    assert "56 个工作日 → 81 个自然日" in spoken.out
    found = told(run, folder, "--pack", "uk-8-weeks", "--yellow", "90")
    assert [found[side]["days_by_unit"] for side in ("before", "after")] == [{"working_day": 56}, {"natural_day": 81}]
    [one] = found["changed"]
    assert (one["unit_before"], one["unit_after"]) == ("working_day", "natural_day")
    for pack, said in (("uk-8-weeks", "days are natural days."), ("zhejiang-80", "days are working days.")):
        assert said in run("assess", folder, "--pack", pack, "--force-pack", "--as-of", DAY).err
    each = told(run, folder, "--each-department", "--pack", "uk-8-weeks")["departments"]
    assert all(one["natural_days"] == one["days"] for one in each)


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
