"""tick, rebuild, status and projects on the command line, on SQLite and PostgreSQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.database import Database
from monitor.settings import now
from rules.portfolio import Part
from tests.monitor.canonical_files import CASE, EVENTS, PROJECT, small
from tests.monitor.canonical_files import write as write_rows
from tests.monitor.commands import Run, program, refused
from tests.monitor.looking import unfinished
from tests.monitor.sweeping import assessed, of_the_law
from tests.rules.generate import awkward_log, write

DAY = dt.date(2026, 3, 31)
ON = ("--as-of", DAY)


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, database_url: str
) -> Iterator[Run]:
    with program(monkeypatch, capsys, tmp_path, database_url) as call:
        yield call


@pytest.fixture
def folder(run: Run, tmp_path: Path) -> Path:
    """An awkward log that was imported."""
    place = tmp_path / "in"
    place.mkdir()
    write(place, awkward_log(9, 30))
    assert run("import", place).code == 0
    return place


# ---- tick and rebuild


def test_tick_says_what_it_did_and_a_second_one_does_nothing(run: Run, folder: Path) -> None:
    first = run("tick", *ON, "--json")
    assert (first.code, first.err) == (0, "")
    document = first.document
    assert document.pop("turns") > 5
    assert document == {"as_of": "2026-03-31", "projects": 30, "changed": 30, "failed": 0}
    second = run("tick", *ON, "--json")
    assert second.document == {"as_of": "2026-03-31", "projects": 0, "changed": 0, "turns": 0, "failed": 0}
    plain = run("tick", *ON)
    assert (plain.code, plain.out) == (0, "")
    assert "As of 2026-03-31: 0 projects assessed, 0 standings changed, 0 turns of lights." in plain.err


def test_a_tick_before_the_last_one_is_refused(run: Run, folder: Path) -> None:
    run("tick", *ON)
    before = run("status", "--all", *ON, "--json").out
    for verb in ("tick", "rebuild"):
        for options in ([], ["--json"]):
            refused(run(verb, "--as-of", "2026-03-30", *options), "2026-03-30", "2026-03-31", "Nothing changed")
    assert run("status", "--all", *ON, "--json").out == before
    refused(run("tick", "--as-of", "2026-02-30"), "2026-02-30", code=2)
    refused(run("tick", "--as-of", "yesterday"), code=2)


def test_tick_without_a_day_is_of_today(run: Run, folder: Path) -> None:
    days = [(now() + dt.timedelta(hours=8)).date().isoformat() for _ in range(2)]
    days.insert(1, run("tick", "--json").document["as_of"])
    assert days == sorted(days)


def test_rebuild_finds_nothing_else(run: Run, folder: Path) -> None:
    run("tick", *ON)
    done = run("rebuild", *ON, "--json")
    assert done.code == 0
    assert done.document == {"as_of": "2026-03-31", "projects": 30, "changed": 0, "turns": 0, "failed": 0}
    assert "30 projects assessed" in run("rebuild", *ON).err


def test_a_project_that_fails_is_set_aside_with_exit_3(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Part.assess

    def fails(part: Part, *given: Any, **options: Any) -> Any:
        if "P00009-004" in part.log.projects.code:
            raise ZeroDivisionError("no way")
        return whole(part, *given, **options)

    with monkeypatch.context() as now_broken:
        now_broken.setattr(Part, "assess", fails)
        ended = run("tick", *ON, "--json")
        assert (ended.code, ended.document["projects"], ended.document["failed"]) == (3, 29, 1)
        assert "set aside" in ended.err
        assert "Traceback" not in ended.err
        assert run("tick", *ON).code == 3
    ended = run("tick", *ON, "--json")
    assert (ended.code, ended.document["projects"], ended.document["failed"]) == (0, 1, 0)
    assert "no way" in (folder.parent / "logs" / "approval-monitor.log").read_text("utf-8")


# ---- status


def test_status_gives_the_objects_of_assess(run: Run, folder: Path) -> None:
    run("tick", *ON)
    told = assessed(folder, DAY)
    ended = run("status", "--all", *ON, "--json")
    assert (ended.code, ended.err) == (0, "")
    document = ended.document
    assert of_the_law(document.pop("projects")) == told
    assert document == {"as_of": "2026-03-31", "known_at": None}
    code = sorted(told)[7]
    one = run("status", code, *ON, "--json").document
    assert of_the_law(one["projects"]) == {code: told[code]}
    two = run("status", sorted(told)[9], code, *ON, "--json").document
    assert [p["project_code"] for p in two["projects"]] == [code, sorted(told)[9]]
    past = run("status", "--all", "--as-of", "2025-03-31", "--json").document
    assert of_the_law(past["projects"]) == assessed(folder, dt.date(2025, 3, 31))
    lines = run("status", "--all", *ON)
    assert len(lines.out.splitlines()) == len(told)
    assert f"{len(told)} projects as of 2026-03-31" in lines.err


def test_a_damaged_project_does_not_end_status(run: Run, tmp_path: Path, database: Database) -> None:
    """Nothing is known of case C1 any more, but of its events: they are not those of C0, nor of C2."""
    cases = [CASE | {"case_id": case} for case in ("C0", "C1", "C2")]
    here = write_rows(tmp_path / "two", [PROJECT, PROJECT | {"project_code": "P2"}], cases, EVENTS)
    assert run("import", here).code == 0
    with database.writing() as connection:
        lost = "(SELECT id FROM approval_case WHERE case_id = 'C1')"
        connection.exec_driver_sql(f"UPDATE case_fact SET known_to = known_from WHERE case_id = {lost}")
    for _swept in range(2):
        for words in (("--all",), ("P2", "P1")):
            ended = run("status", *words, *ON, "--json")
            assert (ended.code, [one["project_code"] for one in ended.document["projects"]]) == (3, ["P2"])
            assert ended.err == "1 project could not be assessed and was left out: P1; the log has the reason.\n"
        assert run("tick", *ON).code == 3
    assert "case_id of 'E1'" in (tmp_path / "logs" / "approval-monitor.log").read_text("utf-8")


def test_status_as_known_at_a_moment(run: Run, tmp_path: Path) -> None:
    run("import", write_rows(tmp_path / "1", [PROJECT], [CASE], EVENTS[:1]))
    between = now()
    run("import", write_rows(tmp_path / "2", [], [], EVENTS[1:]))

    def used(*options: object) -> list[int]:
        ended = run("status", "--all", *ON, "--json", *options)
        return [one["used"] for one in ended.document["projects"]]

    assert used() == [4]
    assert used("--known-at", between.isoformat()) == [20]
    assert used("--known-at", "2020-01-01T00:00:00") == []
    office = (between + dt.timedelta(hours=8)).replace(tzinfo=None).isoformat()  # without an offset: of the office
    assert used("--known-at", office) == [20]
    stamp = run("status", "--all", *ON, "--json", "--known-at", office).document["known_at"]
    assert dt.datetime.fromisoformat(stamp) == between
    refused(run("status", "--all", "--known-at", "noon"), "--known-at", code=2)


def test_status_asked_wrongly(run: Run, folder: Path) -> None:
    refused(run("status", "P9", "P00009-001", "P8"), "P9, P8")
    refused(run("status"), "--all", code=2)
    refused(run("status", "P1", "--all"), "--all", code=2)
    refused(run("status", "--all", "--as-of", "2026-02-30"), "2026-02-30", code=2)


def test_before_there_is_a_database(run: Run, tmp_path: Path) -> None:
    missing = f"sqlite:///{tmp_path}/none/monitor.db"
    for words in (["tick"], ["rebuild"], ["status", "--all"], ["projects"], ["schedule"], ["serve"]):
        refused(run(*words, MONITOR_DATABASE_URL=missing), "approval-monitor init")
    assert not (tmp_path / "none").exists()


# ---- projects


def codes(document: Any) -> set[str]:
    found = [one["project_code"] for one in document["projects"]]
    assert document["total"] == len(found) == len(set(found))
    return set(found)


def test_projects_by_light_region_department_phase_and_stage(run: Run, folder: Path) -> None:
    run("tick", *ON)
    told = assessed(folder, DAY)
    open_ones = unfinished(told)

    def listed(*options: str) -> set[str]:
        ended = run("projects", *ON, "--json", *options)
        assert (ended.code, ended.err) == (0, "")
        return codes(ended.document)

    assert listed() == set(open_ones)
    assert listed("--phase", "unfinished") == set(open_ones)
    for light in ("red", "yellow", "green", "grey", "none"):
        assert listed("--light", light) == {code for code, one in open_ones.items() if one["light"] == light}
    for phase in ("finished", "running", "DROPPED"):
        assert listed("--phase", phase) == {code for code, one in told.items() if one["phase"] == phase.lower()}
    assert listed("--stage", "planning") == {code for code, one in open_ones.items() if one["stage"] == "planning"}
    whole = run("projects", *ON, "--json").document["projects"]
    assert listed("--region", "3301") == {one["project_code"] for one in whole if one["region"].startswith("3301")}
    used = [(-["none", "grey", "green", "yellow", "red"].index(one["light"]), -one["used"]) for one in whole]
    assert used == sorted(used)
    for one in whole:
        assert {name: one[name] for name in ("phase", "stage", "light", "used", "yellow_on", "red_on")} == {
            name: told[one["project_code"]][name] for name in ("phase", "stage", "light", "used", "yellow_on", "red_on")
        }


def test_projects_of_a_department(run: Run, tmp_path: Path) -> None:
    projects = [PROJECT, PROJECT | {"project_code": "P2", "region": "330200"}, PROJECT | {"project_code": "P3"}]
    cases = [CASE, CASE | {"case_id": "C2", "project_code": "P2"}]
    cases += [CASE | {"case_id": "C3", "project_code": "P3", "department": "水利"}]
    events = [EVENTS[0] | {"event_id": c["case_id"], "case_id": c["case_id"]} for c in cases]
    run("import", write_rows(tmp_path / "in", projects, cases, events))
    run("tick", *ON)
    assert codes(run("projects", *ON, "--department", "发改", "--json").document) == {"P1", "P2"}
    assert codes(run("projects", *ON, "--department", "发改", "--region", "3302", "--json").document) == {"P2"}
    refused(run("projects", "--department", "no such"), "no such")


def test_projects_for_a_person_also_without_a_stage(run: Run, tmp_path: Path) -> None:
    run("import", write_rows(tmp_path / "in", [PROJECT, PROJECT | {"project_code": "P2"}], [CASE], EVENTS[:1]))
    waiting = run("projects", *ON)
    assert (waiting.code, waiting.out) == (0, "")  # not assessed yet
    run("tick", *ON)
    ended = run("projects", *ON)
    assert (ended.code, len(ended.out.splitlines())) == (0, 2)
    assert "20 working days" in ended.out.splitlines()[0]
    assert "2 projects as of 2026-03-31" in ended.err
    document = run("projects", *ON, "--json").document
    assert [one["stage"] for one in document["projects"]] == ["initiation", None]


def test_projects_of_a_past_day(run: Run, folder: Path) -> None:
    run("tick", *ON)
    day = dt.date(2024, 9, 9)
    document = run("projects", "--as-of", day, "--json").document
    told = unfinished(assessed(folder, day))
    assert codes(document) == set(told)
    assert {one["project_code"]: one["used"] for one in document["projects"]} == {c: o["used"] for c, o in told.items()}
    assert run("projects", "--as-of", day).code == 0


def test_projects_asked_wrongly(run: Run, tmp_path: Path) -> None:
    run("import", small(tmp_path / "in"))
    refused(run("projects", "--light", "blue"), "red", "yellow", "grey", code=2)
    refused(run("projects", "--phase", "asleep"), "running", code=2)
    refused(run("projects", "--stage", "roof"), "planning", code=2)
    refused(run("projects", "--as-of", "2026-02-30"), code=2)
    assert codes(run("projects", "--region", "99", *ON, "--json").document) == set()
