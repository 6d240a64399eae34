"""A batch taken back, case by case, on SQLite and PostgreSQL. What is expected is what the words mean, by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from monitor.database import Database, downgrade, integrity, upgrade
from monitor.intake import read_canonical
from monitor.reading import rewinding
from monitor.reading.health import health
from monitor.reading.viewer import EVERYONE
from monitor.store import waiting
from monitor.store.events import OPTIONAL
from monitor.store.facts import CASE_BLANKS, PROJECT_BLANKS
from monitor.verbs.undo import CannotUndo, Undone, undo
from tests.monitor.canonical_files import CASE, EVENTS, PROJECT, ZONE, everything, log_of, rows, take, write
from tests.monitor.sweeping import Office, office, standings

DAY = dt.date(2026, 11, 20)
VOID = {"event_id": "V1", "case_id": "C1", "status": "voided", "occurred_at": "2026-03-10", "voids": "E2"}


@pytest.fixture
def here(database: Database, tmp_path: Path) -> Office:
    return office(database, tmp_path)


def back(here: Office, number: int, **options: Any) -> Undone:
    return undo(here.database, number, zone=ZONE, clock=here.clock, **options)


def partly(here: Office, projects: Any = (), cases: Any = (), events: Any = (), **options: Any) -> Any:
    """Imports with `--partial`."""
    here.imports += 1
    files = write(here.folder / f"partly{here.imports}", projects, cases, events)
    return take(here.database, files, clock=here.clock, partial=True, **options)


def fact(here: Office, column: str, table: str = "project_fact") -> list[Any]:
    return [row[0] for row in rows(here.database, f"SELECT {column} FROM {table} WHERE known_to IS NULL")]


def known_events(here: Office) -> list[str]:
    return sorted(fact(here, "event_id", "event"))


def waits(here: Office) -> list[tuple[str, str]]:
    """Code and what is lacking of the rows that wait."""
    found = rows(
        here.database,
        "SELECT code, lacks FROM refused_row JOIN batch b ON b.id = batch_id "
        "WHERE landed_in IS NULL AND b.undone_at IS NULL ORDER BY refused_row.id",
    )
    return [(code, lacks) for code, lacks in found]


def well(here: Office) -> None:
    with here.database.reading() as connection:
        assert health(connection, EVERYONE).troubles == {}
    assert integrity(here.database) == []


# ---- what goes and what stays


def test_the_only_batch_leaves_nothing_known_and_nothing_deleted(here: Office) -> None:
    here.take([PROJECT], [CASE], [*EVENTS])
    here.tick(DAY)
    before, moment = log_of(here.database), here.clock.moment
    object_before = here.objects(DAY)
    done = back(here, 1)
    assert {name: change.gone for name, change in done.of.items()} == {"projects": 1, "cases": 1, "events": 2}
    assert (done.undo, done.touched, done.reported_until) == (2, 1, None)
    assert log_of(here.database) == {"projects": [], "cases": [], "events": []}
    here.tick(DAY)
    assert not any(standings(here.database).values())
    assert here.objects(DAY) == {}
    assert here.objects(DAY, moment) == object_before
    assert len(rows(here.database, "SELECT 1 FROM event")) == 2
    well(here)
    assert here.take([PROJECT], [CASE], [*EVENTS]).counts["events"].added == 2
    assert log_of(here.database) == before
    here.tick(DAY)
    assert here.objects(DAY) == object_before
    well(here)


def test_told_again_before_a_sweep_came_by(here: Office) -> None:
    """The old standing is there still; it is assessed again, not made twice."""
    here.take([PROJECT], [CASE], [*EVENTS])
    here.tick(DAY)
    expected = standings(here.database)
    back(here, 1)
    here.take([PROJECT], [CASE], [*EVENTS])
    assert here.tick(DAY).projects == 1
    assert standings(here.database) == expected


def test_what_a_later_batch_told_as_well_stays(here: Office) -> None:
    """A weekly export overlaps the last one; each event has the day of its occurrence as that until which was told."""
    here.take([PROJECT], [CASE], [EVENTS[0]])
    here.take([PROJECT], [CASE], [*EVENTS])
    before = log_of(here.database)
    done = back(here, 1)
    assert all((c.gone, c.changed, c.waiting) == (0, 0, 0) for c in done.of.values())
    assert log_of(here.database) == before
    assert done.reported_until == dt.date(2026, 3, 9)
    assert back(here, 2).reported_until is None
    assert log_of(here.database)["projects"] == []
    well(here)


def test_until_when_a_source_has_reported_falls_back(here: Office) -> None:
    here.take([PROJECT], [CASE], [EVENTS[0]])
    here.take([], [], [EVENTS[1]])
    assert rows(here.database, "SELECT reported_until FROM source") == [
        ((dt.date(2026, 3, 9) - dt.date(1970, 1, 1)).days,)
    ]
    assert back(here, 2).reported_until == dt.date(2026, 3, 3)
    assert known_events(here) == ["E1"]


def test_what_it_had_replaced_is_known_again(here: Office) -> None:
    here.take([PROJECT], [CASE], [])
    here.take([PROJECT | {"name": "wrong"}], [CASE | {"department": "住建"}], [])
    done = back(here, 2)
    assert (done.of["projects"].changed, done.of["cases"].changed) == (1, 1)
    assert fact(here, "name") == ["厂房"]
    assert log_of(here.database)["cases"][0][8] == "发改"


def test_what_came_after_it_stays_the_last_word(here: Office) -> None:
    for name in ("one", "two", "three"):
        here.take([PROJECT | {"name": name}], [], [])
    assert back(here, 2).touched == 0
    assert fact(here, "name") == ["three"]
    back(here, 3)
    assert fact(here, "name") == ["one"]


def test_columns_are_taken_back_one_by_one(here: Office) -> None:
    """A file without a column says nothing of it: the name of the first stays while it is there, and is blank after."""
    here.take([{"project_code": "P1", "coded_on": "2026-03-02", "name": "first", "region": "330100"}], [], [])
    here.take([{"project_code": "P1", "coded_on": "2026-03-05", "region": "330200"}], [], [])
    assert fact(here, "name") == ["first"]
    back(here, 1)
    assert (fact(here, "name"), fact(here, "region")) == ([""], ["330200"])


def test_columns_that_only_the_first_told_of_an_event_go_with_it(here: Office) -> None:
    paused = {"event_id": "E1", "case_id": "C1", "status": "procedure_started", "occurred_at": "2026-03-03"}
    here.take([PROJECT], [CASE], [paused | {"procedure": "hearing", "office": "窗口"}])
    here.take([PROJECT | {"name": "new"}], [CASE], [paused])
    assert fact(here, "office", "event") == ["窗口"]
    assert back(here, 1).of["events"].changed == 1
    assert rows(here.database, "SELECT office, procedure, batch_id FROM event WHERE known_to IS NULL") == [("", 13, 2)]


def test_departments_go_back_to_the_region_of_their_project(here: Office) -> None:
    here.take([PROJECT], [CASE], [])
    here.take([{"project_code": "P1", "coded_on": "2026-03-02", "region": "330200"}], [], [])
    assert log_of(here.database)["cases"][0][7:9] == ("330200", "发改")
    assert back(here, 2).of["cases"].changed == 1
    assert log_of(here.database)["cases"][0][7:9] == ("330100", "发改")
    well(here)


def test_a_void_taken_back_lets_its_event_count_again(here: Office) -> None:
    here.take([PROJECT], [CASE], [*EVENTS])
    here.tick(DAY)
    counted = standings(here.database)
    here.take([], [], [VOID])
    here.tick(DAY)
    assert standings(here.database) != counted
    back(here, 2)
    here.tick(DAY)
    assert standings(here.database) == counted


def test_an_event_is_learned_of_on_the_day_of_the_batch_that_remains(here: Office) -> None:
    here.take([PROJECT], [CASE], [*EVENTS])
    here.clock.moment += dt.timedelta(days=7)
    here.take([PROJECT | {"name": "later"}], [CASE], [*EVENTS])
    back(here, 1)
    days = rows(
        here.database, "SELECT b.known_on FROM event e JOIN batch b ON b.id = e.batch_id WHERE e.known_to IS NULL"
    )
    assert set(days) == {((dt.date(2026, 11, 27) - dt.date(1970, 1, 1)).days,)}


# ---- what hangs on it


def test_cases_of_others_wait_for_their_project_and_come_in_again(here: Office) -> None:
    """Whoever brings the project: another source here. What waited says what it said."""
    here.take([PROJECT], [], [])
    here.take([], [CASE | {"promised_days": "20", "holder": "owner"}], [*EVENTS, VOID])
    before = log_of(here.database)
    done = back(here, 1)
    assert (done.of["cases"].waiting, done.of["events"].waiting) == (1, 3)
    assert waits(here) == [("unknown_project", "P1"), *[("unknown_case", "C1")] * 3]
    assert log_of(here.database)["cases"] == []
    well(here)
    result = here.take([PROJECT], [], [], source="other")
    assert (result.fed, result.touched) == (4, 1)
    assert log_of(here.database) == before
    assert waits(here) == []
    well(here)
    back(here, 2)  # what came in again is still what batch 2 told
    assert log_of(here.database)["cases"] == []


def test_a_void_waits_for_its_event(here: Office) -> None:
    here.take([PROJECT], [CASE], [EVENTS[0]])
    here.take([], [], [EVENTS[1]])
    here.take([], [], [VOID, VOID | {"event_id": "V2", "voids": "V1"}])
    done = back(here, 2)
    assert (known_events(here), done.of["events"].waiting) == (["E1"], 2)
    assert waits(here) == [("unknown_event", "E2"), ("unknown_event", "V1")]
    assert here.take([], [], [EVENTS[1]]).fed == 2
    assert known_events(here) == ["E1", "E2", "V1", "V2"]
    well(here)


def test_a_case_may_come_in_for_another_project_once_nothing_is_known_of_it(
    here: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.take([PROJECT, PROJECT | {"project_code": "P2"}], [], [])
    here.take([], [CASE], [*EVENTS])
    moment = here.clock.moment
    back(here, 2)
    here.take([], [CASE | {"project_code": "P2"}], [*EVENTS])
    assert log_of(here.database)["cases"][0][2] == "P2"
    well(here)
    monkeypatch.setattr(rewinding, "AT_ONCE", 1)  # one project after the other into the store of a reading
    for at, code in ((moment, "P1"), (None, "P2")):
        then = here.reader().as_known_at(at, DAY)
        objects, _missing = then.status(EVERYONE, None, DAY)
        assert [one["project_code"] for one in objects if one["cases"]] == [code]


@pytest.mark.parametrize("at_once", [1, 20_000])
def test_rows_that_lacked_something_come_in(here: Office, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    """Refused by `--partial`: an event without its case, a case without its project, a void without its event."""
    monkeypatch.setattr(waiting, "AT_ONCE", at_once)
    assert partly(here, [], [CASE], [*EVENTS, VOID]).refused == 4
    assert partly(here, [], [], [VOID | {"event_id": "V9"}]).refused == 1
    result = here.take([PROJECT], [], [])
    assert (result.fed, waits(here)) == (5, [])
    assert known_events(here) == ["E1", "E2", "V1", "V9"]
    assert rows(here.database, "SELECT DISTINCT landed_in FROM refused_row") == [(3,)]
    # What came in counts as told by the batch that brought it first.
    assert set(fact(here, "batch_id", "event")) == {1, 2}
    assert back(here, 1).of["events"].gone == 4
    assert waits(here) == [("unknown_case", "C1")]


def test_the_result_of_a_dry_run_tells_what_would_come_in(here: Office) -> None:
    partly(here, [], [CASE], [*EVENTS])
    before = everything(here.database)
    here.imports += 1
    files = write(here.folder / "dry", [PROJECT])
    assert take(here.database, files, dry_run=True).fed == 3
    assert everything(here.database) == before


def test_a_row_that_clashes_when_it_is_fed_waits_for_another_reason(here: Office) -> None:
    partly(here, [], [], [*EVENTS])
    result = here.take([PROJECT], [CASE], [EVENTS[0] | {"occurred_at": "2026-03-04"}])
    assert (result.fed, waits(here)) == (1, [("other_content", None)])
    assert fact(here, "occurred_at", "event") == ["2026-03-04", "2026-03-09"]
    back(here, 2)
    assert (known_events(here), len(waits(here))) == ([], 2)


def test_what_waited_does_not_overrule_what_came_later(here: Office) -> None:
    """The department is that of the later word; the promised days nobody else told."""
    partly(here, [], [CASE | {"department": "旧", "promised_days": "20"}], [])
    here.take([PROJECT], [CASE | {"department": "新"}], [])
    assert fact(here, "promised_days", "case_fact") == [20]
    assert log_of(here.database)["cases"][0][8] == "新"


def test_refused_for_what_is_taken_back_a_row_comes_in(here: Office) -> None:
    other = EVENTS[0] | {"occurred_at": "2026-03-04"}
    here.take([PROJECT], [CASE], [])
    here.take([], [], [EVENTS[0]])
    assert partly(here, [], [], [other]).refused == 1
    here.take([], [], [*EVENTS])  # tells the first word again
    done = back(here, 2)
    assert fact(here, "occurred_at", "event") == ["2026-03-04", "2026-03-09"]
    assert (done.fed, waits(here)) == (1, [("other_content", None)])


def test_secret_rows_wait_for_nothing(here: Office) -> None:
    secret = PROJECT | {"project_code": "S1", "kind": "涉密"}
    assert partly(here, [secret, PROJECT], [CASE | {"case_id": "C7", "project_code": "S1"}], []).refused == 2
    here.take([PROJECT | {"name": "again"}], [CASE], [])
    assert back(here, 2).fed == 0
    assert [row[0] for row in rows(here.database, "SELECT content FROM refused_row")] == [None, None]


def test_a_row_in_the_columns_of_another_form_hinders_nobody(here: Office) -> None:
    partly(here, [], [CASE], [])
    with here.database.writing() as connection:
        connection.exec_driver_sql("""UPDATE refused_row SET content = '{"办件编号": "C1"}'""")
    assert here.take([PROJECT], [], []).fed == 0
    assert waits(here) == [("unknown_project", "P1")]


def test_rows_that_waited_go_with_their_batch(here: Office) -> None:
    partly(here, [PROJECT], [CASE | {"case_id": "C7", "project_code": "P7"}], [])
    assert back(here, 1).dropped == 1
    assert here.take([PROJECT | {"project_code": "P7"}], [], []).fed == 0
    assert log_of(here.database)["cases"] == []


# ---- what cannot be, and what is not written


@pytest.mark.parametrize(("number", "why"), [(7, "unknown"), (1, "undone"), (2, "an_undo")])
def test_what_cannot_be_taken_back(here: Office, number: int, why: str) -> None:
    here.take([PROJECT], [CASE], [*EVENTS])
    back(here, 1)
    before = everything(here.database)
    with pytest.raises(CannotUndo) as refused:
        back(here, number)
    assert refused.value.why == why
    assert everything(here.database) == before


def test_a_dry_run_writes_nothing(here: Office) -> None:
    here.take([PROJECT], [], [])
    here.take([], [CASE], [*EVENTS])
    before = everything(here.database)
    done = back(here, 1, dry_run=True)
    assert (done.undo, done.of["projects"].gone, done.of["events"].waiting) == (None, 1, 2)
    assert everything(here.database) == before


def test_a_case_is_assessed_though_an_event_beside_it_was_refused(here: Office) -> None:
    """The event that names nothing goes again; the case that came with it is still something new."""
    here.take([PROJECT], [], [])
    here.tick(DAY)
    assert partly(here, [], [CASE], [VOID]).touched == 1
    assert here.tick(DAY).projects == 1


def test_files_with_and_without_a_kind_of_procedure_by_turns(here: Office) -> None:
    """Each chunk of one row: the events of a procedure have one column more than those between them."""
    started = {"event_id": "S", "case_id": "C1", "status": "procedure_started", "occurred_at": "2026-03-04"}
    ended = {"event_id": "T", "case_id": "C1", "status": "procedure_ended", "occurred_at": "2026-03-05"}
    files = write(here.folder / "turns", [PROJECT], [CASE], [started, EVENTS[0], ended, EVENTS[1]])
    assert take(here.database, files, chunk=1).counts["events"].added == 4


def test_blank_is_what_a_file_without_the_column_says(tmp_path: Path) -> None:
    """What falls back to blank when nobody tells it any more is what it would be, had nobody ever told it."""
    told = (
        {name: PROJECT[name] for name in ("project_code", "coded_on")},
        {name: CASE[name] for name in ("case_id", "project_code", "stage", "department")},
        EVENTS[0],
    )
    found = read_canonical([write(tmp_path, *([row] for row in told))], ZONE)
    tables = ((PROJECT_BLANKS, found.projects), (CASE_BLANKS, found.cases), (OPTIONAL, found.events))
    for (blanks, taken), row in zip(tables, told, strict=True):
        expected = {name: getattr(taken, name)[0] for name in blanks if name != "department_id" and name not in row}
        assert {name: blanks[name] for name in expected} == expected


# ---- down and up again


def test_an_older_schema_keeps_what_was_taken_back(here: Office) -> None:
    here.take([PROJECT], [CASE], [*EVENTS])
    here.take([PROJECT | {"name": "wrong"}], [CASE], [*EVENTS, VOID])
    partly(
        here, [], [CASE | {"case_id": "C8", "project_code": "P8"}, CASE | {"case_id": "C9", "project_code": "P9"}], []
    )
    back(here, 2)
    here.take([PROJECT | {"project_code": "P8"}], [], [])
    expected = log_of(here.database)
    downgrade(here.database, "0007")
    assert log_of(here.database) == expected
    upgrade(here.database)
    assert log_of(here.database) == expected
    assert waits(here) == [("unknown_project", "P9")]
    assert here.take([PROJECT | {"project_code": "P9"}], [], []).fed == 1
    well(here)
    # What batch 1 told is not forgotten, though not which columns: it is taken to have told all of them.
    assert back(here, 1).of["events"].gone == 2
