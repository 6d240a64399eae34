"""The way out: what is exported makes the same log again, whole, from folder, archive and workbook."""

from __future__ import annotations

import csv
import datetime as dt
import json
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.database import Database
from monitor.intake import writing
from monitor.reading.export import Wanted
from monitor.reading.viewer import EVERYONE
from monitor.settings import now
from monitor.verbs.export import export
from tests.monitor.canonical_files import CASE, EVENTS, PROJECT, log_of, small, take, write
from tests.monitor.commands import Run, program, refused
from tests.monitor.going_round import ON, contents, goes_round
from tests.monitor.sweeping import RULES, Clock, office, portions
from tests.rules import generate

DAY = dt.date(2026, 11, 20)


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, database_url: str
) -> Iterator[Run]:
    with program(monkeypatch, capsys, tmp_path, database_url) as call:
        yield call


@pytest.fixture
def other(tmp_path: Path, sqlite_file: Path) -> str:
    """The address of a second database, with nothing in it."""
    shutil.copy(sqlite_file, tmp_path / "other.db")
    return f"sqlite:///{tmp_path}/other.db"


@pytest.mark.parametrize("form", ["out", "out.zip", "out.xlsx"])
def test_an_awkward_log_goes_round(run: Run, tmp_path: Path, other: str, form: str) -> None:
    """Every kind of fact and record, by `generate.awkward_log`, which fills every column somewhere."""
    (tmp_path / "in").mkdir()
    log = generate.awkward_log(5, 25)
    for rows, columns in zip(
        log, (generate.PROJECT_COLUMNS, generate.CASE_COLUMNS, generate.EVENT_COLUMNS), strict=True
    ):
        filled = {name for row in rows for name, value in row.items() if value}
        assert len(set(columns) - filled) < len(columns) / 2
    generate.write(tmp_path / "in", log)
    goes_round(run, tmp_path / "in", other, tmp_path / form)


@pytest.mark.parametrize("form", ["out", "out.zip", "out.xlsx"])
@pytest.mark.parametrize("cases", [False, True])
def test_projects_without_cases_and_cases_without_records_go_round(
    run: Run, tmp_path: Path, other: str, form: str, cases: bool
) -> None:
    write(tmp_path / "in", [PROJECT], [CASE] if cases else [], [])
    goes_round(run, tmp_path / "in", other, tmp_path / form)


@pytest.mark.parametrize("name", ["awkward", "bpic15_1", "receipt"])
def test_the_sample_logs_go_round(run: Run, tmp_path: Path, other: str, shared_data: Path, name: str) -> None:
    goes_round(run, shared_data / "canonical" / name, other, tmp_path / "out")


def test_sources_that_use_the_same_ids_go_round(run: Run, database: Database, tmp_path: Path, other: str) -> None:
    """Two sources know P1 and both have a case C1 with records E1 and E2; only the second has told of P2."""
    small(tmp_path / "a")
    write(tmp_path / "b", [PROJECT, PROJECT | {"project_code": "P2"}], [CASE | {"item_code": "B04"}], EVENTS)
    for source, day in (("省/平台", "2026-04-01"), ("市 平台", "2026-05-01")):
        place = tmp_path / ("a" if source == "省/平台" else "b")
        told = ("--source", source, "--reported-until", day)
        assert run("import", place, *told, MONITOR_DATABASE_URL=other).code == 0
    given = run("export", "--out", "out", "--json", MONITOR_DATABASE_URL=other)
    assert [(of["source"], of["folder"], of["projects"], of["events"]) for of in given.document["sources"]] == [
        ("市 平台", "市_平台", 2, 2),
        ("省/平台", "省_平台", 1, 2),
    ]
    assert given.document["projects"] == 2
    commands = [line.partition("To take it in: approval-monitor ")[2] for line in given.err.splitlines()[:2]]
    for command in commands:
        assert run(*shlex.split(command)).code == 0
    assert log_of(database) == log_of(Database(other))
    for whole in (False, True):
        out = tmp_path / f"again{whole}"
        assert run("export", "--out", out, **({"MONITOR_DATABASE_URL": other} if whole else {})).code == 0
        assert contents(out) == contents(tmp_path / "out")
    listed = json.loads((tmp_path / "out" / "sources.json").read_text("utf-8"))
    assert [(of["source"], of["reported_until"]) for of in listed] == [
        ("市 平台", "2026-05-01"),
        ("省/平台", "2026-04-01"),
    ]
    shutil.make_archive(str(tmp_path / "packed"), "zip", tmp_path / "out")
    for whole_of_it in ("out", "packed.zip"):  # their ids must not run together
        refused(run("import", whole_of_it), "several sources")
    for form in ("one.zip", "one.xlsx"):
        refused(run("export", "--out", form), "省/平台", "市 平台", "--source")
        assert run("export", "--out", form, "--source", "省/平台").code == 0
        again = run("import", form, "--source", "省/平台", "--json").document
        assert (again["outcome"], again["ignored"]) == ("nothing", [])
    refused(run("export", "--out", "x", "--source", "县"), "There is no source 县", "省/平台")
    assert not (tmp_path / "x").exists()


def test_a_selection_is_that_of_the_list_of_projects(run: Run, tmp_path: Path) -> None:
    """`projects` reads the stored standings of a sweep; `export` judges for itself, and needs none."""
    (tmp_path / "in").mkdir()
    generate.write(tmp_path / "in", generate.awkward_log(11, 40))
    assert run("import", "in").code == 0
    asked: list[tuple[str, ...]] = [
        *(("--light", light) for light in ("red", "green", "grey", "none")),
        *(("--phase", phase) for phase in ("unfinished", "finished", "dropped", "stopped")),
        *(("--department", name) for name in ("水利", "发展改革")),
        ("--light", "red", "--region", "33"),
    ]
    chosen = []
    for n, words in enumerate(asked):
        ended = run("export", "--out", f"out{n}", *words, *ON)
        codes = _codes(tmp_path / f"out{n}") if ended.code == 0 else []
        assert ended.code == 0 or "no project in this selection" in ended.err
        chosen.append(codes)
    assert run("tick", *ON).code == 0
    for words, codes in zip(asked, chosen, strict=True):
        phases = (
            ((),) if "--phase" in words else (("--phase", phase) for phase in ("unfinished", "finished", "dropped"))
        )
        documents = [run("projects", *words, *phase, *ON, "--json").document for phase in phases]
        listed = [one["project_code"] for document in documents for one in document["projects"]]
        assert sorted(codes) == sorted(listed), words
    assert sum(map(bool, chosen)) > len(chosen) / 2


def _codes(folder: Path) -> list[str]:
    with (folder / "projects.csv").open(encoding="utf-8", newline="") as file:
        return [row["project_code"] for row in csv.DictReader(file)]


def test_named_projects_come_with_all_that_was_told_of_them(run: Run, tmp_path: Path) -> None:
    log = generate.awkward_log(12, 12)
    (tmp_path / "in").mkdir()
    generate.write(tmp_path / "in", log)
    assert run("import", "in").code == 0
    assert run("export", "--out", "out", "--project", "P00012-003", "--project", "P00012-007").code == 0
    assert _codes(tmp_path / "out") == [p["project_code"] for p in log[0] if p["project_code"][-3:] in ("003", "007")]
    cases = {c["case_id"] for c in log[1] if c["project_code"][-3:] in ("003", "007")}
    told = {e["event_id"] for e in log[2] if e["case_id"] in cases}
    with (tmp_path / "out" / "events.csv").open(encoding="utf-8", newline="") as file:
        assert {row["event_id"] for row in csv.DictReader(file)} == told
    refused(run("export", "--out", "x", "--project", "P9"), "There is no project P9")


def test_as_known_at_a_moment(run: Run, tmp_path: Path) -> None:
    assert run("import", small(tmp_path / "1")).code == 0
    then = now().isoformat()
    more = [EVENTS[0] | {"event_id": "E3", "status": "voided", "voids": "E2"}]
    assert (
        run("import", write(tmp_path / "2", [PROJECT | {"name": "新厂房"}], [CASE | {"stage": "planning"}], more)).code
        == 0
    )
    assert run("export", "--out", "before", "--known-at", then).code == 0
    assert run("export", "--out", "after").code == 0
    for place, words, not_there in (
        ("before", ("厂房", "initiation"), ("新厂房", "E3")),
        ("after", ("新厂房", "E3"), ()),
    ):
        text = b"".join(contents(tmp_path / place).values()).decode()
        assert all(word in text for word in words)
        assert not any(word in text for word in not_there)
    refused(run("export", "--out", "x", "--known-at", "2020-01-01"), "no project in this selection")


def test_what_is_there_is_not_overwritten_and_half_a_file_is_never_seen(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("import", small(tmp_path / "in")).code == 0
    (tmp_path / "there.zip").write_text("mine")
    refused(run("export", "--out", "there.zip"), "there.zip is there already")
    refused(run("export", "--out", "in"), "is there already")
    assert (tmp_path / "there.zip").read_text() == "mine"
    refused(run("export", "--out", "no/such/place"), "cannot be written")
    refused(run("export", "--out", "x.csv"), ".zip or .xlsx", code=2)
    refused(run("export", "--out", "x", "--light", "blue"), "red", code=2)
    before = beside(tmp_path)

    def full(*told: Any, **more: Any) -> None:
        raise OSError(28, "No space left on device")

    for form, what in (("x", "CsvTables.close"), ("x.zip", "CsvTables.add"), ("x.xlsx", "WorkbookTables.close")):
        with monkeypatch.context() as broken:
            broken.setattr(f"monitor.intake.writing.{what}", full)
            refused(run("export", "--out", form), "No space left on device")
    with monkeypatch.context() as narrow:
        narrow.setattr(writing, "MOST_ROWS", 1)
        refused(run("export", "--out", "x.xlsx"), "events")
    assert beside(tmp_path) == before


def beside(folder: Path) -> list[str]:
    """What lies in a folder, but for the database and what it keeps beside itself for a while."""
    return sorted(p.name for p in folder.iterdir() if not p.name.startswith("monitor.db"))


def test_a_late_pause_that_waits_is_said(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("import", small(tmp_path / "in")).code == 0
    assert run("export", "--out", "1", "--json").document["waiting"] == []
    monkeypatch.setattr("monitor.reading.late_stops.waiting", lambda connection, rules: ["P0", "P1"])
    told = run("export", "--out", "2", "--json")
    assert told.document["waiting"] == ["P1"]
    assert "1 project has a late pause" in told.err


def test_only_projects_with_a_late_pause_that_waits_stand_otherwise_elsewhere(
    database: Database, tmp_path: Path, other: str
) -> None:
    """A log that came in over four years, in four portions: elsewhere all of it is learned on one day."""
    of, elsewhere = office(database, tmp_path), office(Database(other), tmp_path / "elsewhere")
    for n, portion in enumerate(portions(generate.awkward_log(5, 14), 5, 4)):
        of.clock = Clock(dt.datetime(2023 + n, 6, 1, tzinfo=dt.UTC))
        of.take(*portion)
    of.tick(DAY)
    done = export(database, RULES, tmp_path / "out", Wanted(), DAY, of.clock, viewer=EVERYONE)
    assert take(elsewhere.database, tmp_path / "out").refused == 0
    here, there = of.objects(DAY), elsewhere.objects(DAY)
    assert here.keys() == there.keys()
    assert sorted(done.waiting) == sorted(code for code, one in here.items() if one != there[code])
    assert 0 < len(done.waiting) < len(here) / 2
