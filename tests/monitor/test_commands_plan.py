"""plan on the command line: from files and from the database, for a program and for a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.monitor.canonical_files import CASE, PROJECT, small, write
from tests.monitor.commands import Run, program, refused

ON = ("--as-of", "2026-03-20")
CASES = [
    CASE,
    CASE | {"case_id": "C2", "item_code": "A08", "department": "资规"},
    CASE | {"case_id": "C3", "item_code": "", "item_name": "别的事"},
]
EVENTS = [
    {"event_id": f"E{n}", "case_id": case, "status": status, "occurred_at": day}
    for n, (case, status, day) in enumerate(
        [
            ("C1", "accepted", "2026-03-02"),
            ("C1", "approved", "2026-03-02"),
            ("C2", "accepted", "2026-03-04"),
            ("C2", "approved", "2026-03-13"),
        ]
    )
]


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, database_url: str
) -> Iterator[Run]:
    with program(monkeypatch, capsys, tmp_path, database_url) as call:
        yield call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A filing done on the day of coding, and a planning permit four days late."""
    return write(tmp_path / "in", [PROJECT], CASES, EVENTS)


def test_the_plan_of_files_is_the_plan_of_the_database(run: Run, folder: Path) -> None:
    told = run("plan", "P1", "--file", folder, *ON, "--json")
    assert (told.code, told.err) == (0, "")
    assert run("import", folder).code == 0
    assert run("plan", "P1", *ON, "--json").document == told.document
    [one] = told.document["plans"]
    permit = next(item for item in one["items"] if item["item_code"] == "A08")
    assert (permit["planned_finish"], permit["finish"], permit["slip"]) == ("2026-03-09", "2026-03-13", 4)
    assert one["unplanned"] == ["C3"]


def test_what_it_begins_with_goes_by_the_kind(run: Run, tmp_path: Path) -> None:
    folder = write(tmp_path / "in", [PROJECT | {"kind": "verification"}], CASES[1:2], [])
    told = run("plan", "P1", "--file", folder, *ON, "--json")
    assert run("import", folder).code == 0
    assert run("plan", "P1", *ON, "--json").document == told.document
    [one] = told.document["plans"]
    assert [item["item_code"] for item in one["items"] if item["stage"] == "initiation"] == ["A02", "A08"]


def test_a_plan_is_asked_as_known_at_a_moment(run: Run, folder: Path, tmp_path: Path) -> None:
    assert run("import", folder).code == 0
    moment = dt.datetime.now(dt.UTC)
    late = {"event_id": "E9", "case_id": "C2", "status": "voided", "occurred_at": "2026-03-16", "voids": "E3"}
    assert run("import", write(tmp_path / "more", events=[late])).code == 0

    def end(*options: str) -> str | None:
        [one] = run("plan", "P1", *ON, "--json", *options).document["plans"]
        return next(item for item in one["items"] if item["item_code"] == "A08")["finish"]

    assert end() is None
    assert end("--known-at", moment.isoformat()) == "2026-03-13"


def test_a_plan_for_a_person(run: Run, folder: Path) -> None:
    told = run("plan", "P1", "--file", folder, *ON)
    first, second, *lines = told.out.splitlines()
    # 5 + 7 + 10 + 3 = 25 working days from 2 March end on 7 April, after Tomb-sweeping Day on the 6th
    assert first.startswith("Before construction: from 2026-03-02, planned 25 working days until 2026-04-07")
    assert first.endswith("critical chain A08 → B01 → C01 → C09")
    assert second == "Completion acceptance: not planned until it begins"
    [permit] = [line for line in lines if " A08 " in line]
    assert permit.startswith("* ") and permit.endswith("4 late") and "资规" in permit and "5 working days" in permit
    [filing] = [line for line in lines if " A01 " in line]
    assert filing.startswith("  ") and filing.endswith("on plan")
    assert "C3" in lines[-1]
    assert "as of 2026-03-20" in told.err and "blames nobody" in told.err


def test_a_date_without_a_notice_is_marked(run: Run, folder: Path) -> None:
    told = run("plan", "P1", "--file", folder, "--as-of", "2026-12-20").out
    assert "(provisional)" in told
    assert "(provisional)" not in run("plan", "P1", "--file", folder, *ON).out


def test_what_cannot_be_planned_is_said(run: Run, tmp_path: Path) -> None:
    assert run("init").code == 0
    refused(run("plan", "P9", *ON), "P9")
    folder = small(tmp_path / "in")
    refused(run("plan", "P9", "--file", folder, *ON), "P9")
    refused(run("plan", "P1", "--file", folder, "--as-of", "2026-03-01"), "P1")  # coded on the 2nd
    refused(run("plan", "P1", "--file", tmp_path / "nowhere.csv", *ON), "nowhere.csv")
    refused(run("plan", "P1", "--file", folder, "--as-of", "soon"), code=2)
    refused(run("plan"), code=2)
    (folder / "projects.csv").write_text("project_code,coded_on\nP1,2026-02-30\n", "utf-8")
    refused(run("plan", "P1", "--file", folder, *ON), "2026-02-30")
