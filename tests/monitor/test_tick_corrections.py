"""What was said is a record: a correction closes a turn and adds the new one, and what was known then can be asked."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from monitor.database import Database
from monitor.reading.viewer import EVERYONE
from rules.vocabulary import Light
from rules.workdays import day_of
from tests.monitor.canonical_files import CASE, MOMENT, PROJECT, rows
from tests.monitor.sweeping import Office, office, portions
from tests.rules.generate import awkward_log

ACCEPTED = {"event_id": "E1", "case_id": "C1", "status": "accepted", "occurred_at": "2026-03-02"}
# From Monday 2 March 2026 the 56th working day is 22 May, the 81st 29 June.
YELLOW, RED = dt.date(2026, 5, 22), dt.date(2026, 6, 29)


@pytest.fixture
def here(database: Database, tmp_path: Path) -> Office:
    """A project that turned yellow and red while the office looked on."""
    opened = office(database, tmp_path)
    opened.take([PROJECT], [CASE], [ACCEPTED])
    for day in (YELLOW, RED):
        opened.tick(day)
    return opened


def turns(here: Office) -> list[tuple[dt.date, str, bool]]:
    """Every turn of the project: day, light, whether it still holds."""
    columns = '"on", to_light, known_to IS NULL'
    found = rows(here.database, f"SELECT {columns} FROM turn WHERE scope = 'project' ORDER BY id")
    return [(day_of(on), Light(light).word, bool(now)) for on, light, now in found]


def lights(here: Office, day: dt.date, known_at: dt.datetime | None = None) -> tuple[str, list[str]]:
    one = here.objects(day, known_at)["P1"]
    return one["light"], [turn["on"] for turn in one["turns"]]


def test_each_turn_was_recorded_once(here: Office) -> None:
    assert turns(here) == [(YELLOW, "yellow", True), (RED, "red", True)]
    assert rows(here.database, "SELECT scope, count(*) FROM turn GROUP BY scope ORDER BY scope") == [
        ("pre_construction", 2),
        ("project", 2),
    ]


def test_a_late_decision_unmakes_the_turns_after_it(here: Office) -> None:
    before = here.clock.moment
    here.take([], [], [ACCEPTED | {"event_id": "E2", "status": "approved", "occurred_at": "2026-06-05"}])
    done = here.tick(RED)
    assert done.turns == 1
    assert turns(here) == [(YELLOW, "yellow", True), (RED, "red", False)]
    (closed,) = rows(here.database, "SELECT known_from, known_to FROM turn WHERE known_to IS NOT NULL")
    assert closed[0] < closed[1]
    assert lights(here, RED) == ("yellow", ["2026-05-22"])
    assert lights(here, RED, before) == ("red", ["2026-05-22", "2026-06-29"])


def test_a_void_takes_the_turns_back_and_a_new_acceptance_makes_new_ones(here: Office) -> None:
    before = here.clock.moment
    void = {"event_id": "V1", "case_id": "C1", "status": "voided", "occurred_at": "2026-06-29", "voids": "E1"}
    again = ACCEPTED | {"event_id": "E2", "occurred_at": "2026-03-04"}
    here.take([], [], [void, again])
    here.tick(RED)
    later = dt.date(2026, 5, 26)
    assert turns(here) == [(YELLOW, "yellow", False), (RED, "red", False), (later, "yellow", True)]
    assert lights(here, RED) == ("yellow", ["2026-05-26"])
    assert lights(here, RED, before)[0] == "red"
    here.tick(dt.date(2026, 7, 1))
    assert turns(here)[3:] == [(dt.date(2026, 7, 1), "red", True)]


def test_the_same_turn_may_be_taken_back_and_come_again(here: Office) -> None:
    here.take([], [], [ACCEPTED | {"event_id": "E2", "status": "approved", "occurred_at": "2026-05-22"}])
    here.tick(RED)
    void = {"event_id": "V1", "case_id": "C1", "status": "voided", "occurred_at": "2026-06-29", "voids": "E2"}
    here.take([], [], [void])
    here.tick(RED)
    assert turns(here) == [(YELLOW, "yellow", True), (RED, "red", False), (RED, "red", True)]
    shown = here.reader().turned(EVERYONE, dt.date(2026, 1, 1), RED)
    assert list(shown["on"]) == [RED, YELLOW]


def test_a_project_that_leaves_the_scope_of_the_pack_loses_its_turns(here: Office) -> None:
    here.take([PROJECT | {"kind": "approval"}], [], [])
    here.tick(RED)
    assert [holds for _, _, holds in turns(here)] == [False, False]
    assert lights(here, RED) == ("none", [])
    assert rows(here.database, "SELECT count(*) FROM group_standing") == [(0,)]


@pytest.mark.parametrize("seed", range(2))
def test_what_was_known_at_each_sweep_can_be_asked_for_ever(database: Database, tmp_path: Path, seed: int) -> None:
    here = office(database, tmp_path)
    days = [dt.date(2023, 5, 1), dt.date(2024, 9, 9), dt.date(2024, 9, 9), dt.date(2025, 3, 31), dt.date(2026, 11, 20)]
    said: list[tuple[dt.date, dt.datetime, Any]] = []
    for part, day in zip(portions(awkward_log(300 + seed, 30), seed, 5), days, strict=True):
        here.take(*part)
        here.tick(day)
        said.append((day, here.clock.moment, here.objects(day)))
        here.clock.moment += dt.timedelta(days=1)
    columns = 'p.code, t."on", t.to_light, t.known_from, t.known_to'
    record = rows(
        database, f"SELECT {columns} FROM turn t JOIN project p ON p.id = t.project_id WHERE t.scope = 'project'"
    )
    for day, moment, objects in said:
        assert here.objects(day, moment) == objects
        told = {(code, t["on"], t["light"]) for code, one in objects.items() for t in one["turns"]}
        held = {
            (code, day_of(on).isoformat(), Light(light).word)
            for code, on, light, known_from, known_to in record
            if aware(known_from) <= moment and (known_to is None or aware(known_to) > moment)
        }
        assert held == told
    assert any(known_to for *_, known_to in record)
    assert here.objects(days[-1], MOMENT - dt.timedelta(days=1)) == {}


def aware(moment: Any) -> dt.datetime:
    """A moment as either database gives it to plain SQL."""
    found = dt.datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)
