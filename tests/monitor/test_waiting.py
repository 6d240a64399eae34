"""Rows that wait: in which order they come in, and when they are done with. What is expected is what the words mean, by
hand; rows are made up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from monitor.database import Database
from monitor.exchange.tables import CASES, RECORDS
from monitor.reading.batches import batches, waiting_rows
from monitor.store import waiting
from monitor.verbs.undo import undo
from tests.monitor import exchange_tables
from tests.monitor.canonical_files import CASE, EVENTS, MOMENT, PROJECT, ZONE, log_of, rows, take, write
from tests.monitor.exchange_tables import Front, front, record
from tests.monitor.sweeping import Clock
from tests.monitor.undoing import emptied

ACCEPTED, APPROVED = EVENTS
JULY = APPROVED | {"occurred_at": "2026-07-09"}
# What each file tells: projects, cases, events.
WITH_CASES: dict[str, tuple[Any, Any, Any]] = {
    "a": ([PROJECT], [], []),
    "b": ([], [CASE], [ACCEPTED, APPROVED]),
    "c": ([], [CASE], [ACCEPTED, JULY]),
}
ALONE: dict[str, tuple[Any, Any, Any]] = {
    "a": ([PROJECT], [], []),
    "b": ([], [], [APPROVED]),
    "c": ([], [], [JULY]),
    "k": ([], [CASE], []),
}


@pytest.mark.parametrize(("files", "at_once"), [(WITH_CASES, 20_000), (ALONE, 1)], ids=["in one", "in parts"])
def test_the_first_of_two_that_contradict_one_another_has_the_word(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, Any], at_once: int
) -> None:
    """E2 was on 9 March by file b and on 9 July by file c. Both lack the same, so that nothing but their own order
    counts: whichever of the two is told first, however late the project and the case come."""
    monkeypatch.setattr(waiting, "AT_ONCE", at_once)
    for name, tables in files.items():
        write(tmp_path / name, *tables)
    found, expected = {}, {}
    for order in map("".join, permutations(files)):
        clock = Clock()
        emptied(database)
        for name in order:
            take(database, tmp_path / name, partial=True, clock=clock)
        known = rows(database, "SELECT occurred_at, batch_id FROM event WHERE event_id = 'E2' AND known_to IS NULL")
        left = rows(database, "SELECT batch_id, code FROM refused_row WHERE landed_in IS NULL")
        found[order] = known, left
        first, second = sorted(order.index(name) + 1 for name in "bc")
        day = "2026-03-09" if order[first - 1] == "b" else "2026-07-09"
        expected[order] = [(day, first)], [(second, "other_content")]
    assert found == expected


# ---- what a source mends


@pytest.fixture
def source(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Front]:
    """Exchange tables in the other kind of database than ours."""
    with front("postgresql" if database_url.startswith("sqlite") else "sqlite", request, tmp_path) as one:
        yield one.make()


def waits(database: Database) -> list[tuple[str, str]]:
    """Table and own key of the rows that wait, as `refused` lists them; the batches count as many."""
    with database.reading() as connection:
        found, counted = waiting_rows(connection), sum(one.waiting for one in batches(connection))
    assert len(found) == counted
    own = {"cases": "case_id", "events": "event_id"}
    return sorted((row.of, row.content[own[row.of]]) for row in found if row.content)


def pulled(source: Front, database: Database, day: int = 0) -> list[int]:
    """The batches of a pull so many days later."""
    return source.pull(database, MOMENT + dt.timedelta(day), whole=True, partial=True).batches


def known(database: Database) -> list[str]:
    return sorted(row[1] for row in log_of(database)["events"])


def test_a_row_that_its_source_mended_waits_no_more(database: Database, source: Front) -> None:
    """Case C2 has an item that nobody knows, so that record 20 has no case; record 10 has no status that there is."""
    source.add(CASES, exchange_tables.CASE | {"spsxslbm": "C2", "spsxbm": "没有的事项"})
    source.add(RECORDS, record(20, 3, "2026-03-05", case="C2"), record(10, 99, "2026-03-05"))
    assert pulled(source, database) == [1]
    assert waits(database) == [("cases", "C2"), ("events", "10"), ("events", "20")]
    source.change(RECORDS, "10", blzt=97)  # no better than before: both wait
    assert pulled(source, database) == [2]
    assert waits(database) == [("cases", "C2"), ("events", "10"), ("events", "10"), ("events", "20")]
    source.change(RECORDS, "10", blzt=3)
    assert pulled(source, database) == [3]
    assert waits(database) == [("cases", "C2"), ("events", "20")]
    source.change(CASES, "C2", spsxbm="B01")
    assert pulled(source, database) == [4]
    assert (waits(database), known(database)) == ([], ["1", "10", "2", "20", "3"])
    # Taken back, what was mended comes in again with the next pull, which reads everything; till then it waits again,
    # and record 20, which pull 1 had told and pull 4 let in.
    back = undo(database, 4, zone=ZONE, clock=lambda: MOMENT)
    assert (waits(database), known(database)) == ([("cases", "C2"), ("events", "20")], ["1", "10", "2", "3"])
    assert [back.of[table].waiting for table in ("projects", "cases", "events")] == [0, 1, 1]
    assert source.pull(database, MOMENT).batches == [6]
    assert (waits(database), known(database)) == ([], ["1", "10", "2", "20", "3"])


def test_a_row_that_is_as_it_was_or_holds_no_more_waits_no_more(database: Database, source: Front) -> None:
    pulled(source, database)
    source.change(RECORDS, "3", blzt=99)
    source.change(RECORDS, "2", blzt=99)
    assert pulled(source, database) == [2]
    assert waits(database) == [("events", "2"), ("events", "3")]
    source.change(RECORDS, "3", blzt=11)  # as it had been told at first: nothing is new but that it waits no more
    assert pulled(source, database) == [3]
    assert (waits(database), pulled(source, database)) == ([("events", "2")], [])
    source.change(RECORDS, "2", sjyxbs=0)
    assert pulled(source, database) == [4]
    assert (waits(database), known(database)) == ([], ["1", "2~4", "2~4!", "3"])


def test_what_two_pulls_mended_waits_again_without_both(database: Database, source: Front) -> None:
    """Record 10 had no status that there is. Pull 2 read it mended, and pull 3 again, with a record more."""
    source.add(RECORDS, record(10, 99, "2026-03-05"))
    assert pulled(source, database) == [1]
    source.change(RECORDS, "10", blzt=8)
    assert pulled(source, database) == [2]
    source.add(RECORDS, record(11, 8, "2026-03-06"))
    assert pulled(source, database) == [3]
    for number, events, left in ((2, ["1", "10", "11", "2", "3"], []), (3, ["1", "2", "3"], [("events", "10")])):
        back = undo(database, number, zone=ZONE, clock=Clock())
        assert (known(database), waits(database)) == (events, left)
        assert back.of["events"].waiting == len(left)


def test_what_a_later_pull_told_otherwise_does_not_wait(database: Database, source: Front, tmp_path: Path) -> None:
    """A file told record 9 of case CX, a pull of C1. Without CX the file's row waits no more than it would have."""
    pulled(source, database)
    take(database, write(tmp_path / "case", [], [CASE | {"case_id": "CX"}]), source="spgl")
    of_file = {"event_id": "9", "case_id": "CX", "status": "accepted", "occurred_at": "2026-03-09"}
    take(database, write(tmp_path / "event", [], [], [of_file]), source="spgl")
    source.add(RECORDS, record(9, 8, "2026-03-10"))
    assert pulled(source, database, day=1) == [4]
    back = undo(database, 2, zone=ZONE, clock=lambda: MOMENT + dt.timedelta(2))
    assert (back.of["events"].waiting, waits(database), known(database)) == (0, [], ["1", "2", "3", "9"])
    undo(database, 4, zone=ZONE, clock=lambda: MOMENT + dt.timedelta(3))
    assert (waits(database), known(database)) == ([("events", "9")], ["1", "2", "3"])


def test_what_a_pull_reads_to_be_invalid_does_not_come_in_with_it(
    database: Database, source: Front, tmp_path: Path
) -> None:
    """Record 9 of a file lacked case C2. The pull that brings the case reads that the record does not hold."""
    pulled(source, database)
    of_file = {"event_id": "9", "case_id": "C2", "status": "accepted", "occurred_at": "2026-03-09"}
    take(database, write(tmp_path / "event", [], [], [of_file]), source="spgl", partial=True)
    assert waits(database) == [("events", "9")]
    source.add(CASES, exchange_tables.CASE | {"spsxslbm": "C2"})
    source.add(RECORDS, record(4, 1, "2026-03-05", case="C2"), record(9, 3, "2026-03-09", sjyxbs=0))
    assert pulled(source, database) == [3]
    assert (waits(database), known(database)) == ([], ["1", "2", "3", "4"])


def test_a_key_that_stands_twice_waits_while_it_does(database: Database, source: Front) -> None:
    """One of the two is known, and no mending of the other one."""
    pulled(source, database)
    source.run(f'ALTER TABLE "{RECORDS}" RENAME TO old')
    source.run(f'CREATE TABLE "{RECORDS}" AS SELECT * FROM old')  # without its primary key
    source.add(RECORDS, record(3, 12, "2026-03-17"))
    assert [pulled(source, database) for _ in range(3)] == [[2], [], []]
    assert waits(database) == [("events", "3")]
    source.run(f"DELETE FROM \"{RECORDS}\" WHERE lsh = '3' AND blzt = 12")
    assert pulled(source, database) == [3]
    assert waits(database) == []


# ---- rows of files, of a source that is pulled


def test_a_file_never_edits_what_was_pulled(database: Database, source: Front, tmp_path: Path) -> None:
    """A row of a file that says otherwise of a record waits until its batch is taken back, whatever else is."""
    pulled(source, database)
    before = log_of(database)["events"]
    late = {"event_id": "3", "case_id": "C1", "status": "approved", "occurred_at": "2026-11-19"}
    assert take(database, write(tmp_path / "late", [], [], [late]), source="spgl", partial=True).batch == 2
    elsewhere = take(database, write(tmp_path / "else", [PROJECT | {"project_code": "P9"}]), source="else")
    for number, left in ((elsewhere.batch, [("events", "3")]), (2, [])):
        undo(database, number, zone=ZONE, clock=Clock())
        assert log_of(database)["events"] == before
        assert waits(database) == left


def test_nor_when_its_case_arrives(database: Database, source: Front, tmp_path: Path) -> None:
    """The case that it lacked was its only reason; with that known there is the other one."""
    pulled(source, database)
    before = log_of(database)["events"]
    late = {"event_id": "3", "case_id": "CX", "status": "approved", "occurred_at": "2026-11-19"}
    take(database, write(tmp_path / "late", [], [], [late]), source="spgl", partial=True)
    assert rows(database, "SELECT code FROM refused_row") == [("unknown_case",)]
    take(database, write(tmp_path / "case", [], [CASE | {"case_id": "CX"}]), source="spgl")
    assert log_of(database)["events"] == before
    assert rows(database, "SELECT code, landed_in FROM refused_row") == [("other_content", None)]
