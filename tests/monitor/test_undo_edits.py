"""Taking back pulls of tables whose source edits in place: what is known is what the pulls that remain had told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise, permutations
from pathlib import Path
from typing import Any

import pytest

from monitor.database import Database, integrity
from monitor.exchange.tables import CASES, PROJECTS, RECORDS
from monitor.reading.batches import waiting_rows
from monitor.reading.health import health
from monitor.reading.viewer import EVERYONE
from monitor.verbs.import_log import import_log
from monitor.verbs.undo import undo
from rules.portfolio import Rules
from tests.monitor.canonical_files import MOMENT, ZONE, log_of
from tests.monitor.exchange_tables import CASE, PROJECT, Front, at, front, record
from tests.monitor.sweeping import office
from tests.monitor.undoing import log_at

DAY = dt.timedelta(1)
FIRST = {"1": (1, "2026-03-03", None), "2": (3, "2026-03-04", None)}
DAYS = {1: "2026-03-13", 2: "2026-03-16", 3: "2026-03-18"}  # on which record 3 was decided, by what each pull read


@pytest.fixture
def source(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Front]:
    """Exchange tables in the other kind of database than ours."""
    with front("postgresql" if database_url.startswith("sqlite") else "sqlite", request, tmp_path) as one:
        yield one.make()


def pulled(database: Database, source: Front) -> None:
    """Three pulls, between which record 3 was edited: batches 1 to 3, on 20, 21 and 22 November."""
    for number, day in DAYS.items():
        source.change(RECORDS, "3", blsj=at(day))
        assert source.pull(database, MOMENT + (number - 1) * DAY, whole=True).batches == [number]


def told(database: Database) -> dict[str, tuple[Any, ...]]:
    """Status, day and what it voids or confirms, of each known event."""
    return {row[1]: (row[4], row[6][:10], row[17] or row[18]) for row in log_of(database)["events"]}


def expected(left: list[int]) -> dict[str, tuple[Any, ...]]:
    """What these pulls tell by themselves: the last has the word, and of each before it what the next replaced."""
    if not left:
        return {}
    known = FIRST | {"3": (11, DAYS[left[-1]], None)}
    for before, batch in pairwise(left):
        known[f"3~{batch}"] = (11, DAYS[before], None)
        known[f"3~{batch}!"] = (23, f"2026-11-{19 + batch}", f"3~{batch}")
    return known


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))), ids=str)
def test_pulls_taken_back_in_any_order(database: Database, source: Front, order: tuple[int, ...]) -> None:
    pulled(database, source)
    left, seen = [1, 2, 3], [(MOMENT + 2 * DAY, log_of(database))]
    assert told(database) == expected(left)
    for n, number in enumerate(order, 3):
        moment = MOMENT + n * DAY
        undo(database, number, zone=ZONE, clock=lambda moment=moment: moment)
        left.remove(number)
        assert told(database) == expected(left), left
        seen.append((moment, log_of(database)))
    for moment, log in seen:
        assert log_at(database, moment) == log
    assert integrity(database) == []
    with database.reading() as connection:
        assert health(connection, EVERYONE).troubles == {}


def test_what_was_taken_back_is_pulled_again(database: Database, source: Front, tmp_path: Path) -> None:
    pulled(database, source)
    undo(database, 3, zone=ZONE, clock=lambda: MOMENT + 3 * DAY)
    here = office(database, tmp_path)
    # From Wednesday 4 March to Monday 16 March: 5, 6, 9-13 and 16.
    assert here.objects(dt.date(2026, 11, 20))["P1"]["used"] == 8
    (batch,) = source.pull(database, MOMENT + 4 * DAY, whole=True).batches
    known = told(database)
    assert known["3"] == (11, "2026-03-18", None)
    assert known[f"3~{batch}"] == (11, "2026-03-16", None)
    assert known["3~2"] == (11, "2026-03-13", None)
    assert here.objects(dt.date(2026, 11, 20))["P1"]["used"] == 10


def test_what_its_source_took_back_is_known_again(database: Database, source: Front) -> None:
    """And stays taken back when the pull before goes."""
    source.pull(database)
    source.change(RECORDS, "3", sjyxbs=0)
    assert source.pull(database, MOMENT + DAY, whole=True).batches == [2]
    gone = FIRST | {"3~2": (11, "2026-03-13", None), "3~2!": (23, "2026-11-21", "3~2")}
    assert told(database) == gone
    source.change(RECORDS, "2", blsj=at("2026-03-05"))
    assert source.pull(database, MOMENT + 2 * DAY, whole=True).batches == [3]
    undo(database, 3, zone=ZONE, clock=lambda: MOMENT + 3 * DAY)
    assert told(database) == gone
    undo(database, 2, zone=ZONE, clock=lambda: MOMENT + 4 * DAY)
    assert told(database) == FIRST | {"3": (11, "2026-03-13", None)}


@pytest.mark.parametrize("row", [(RECORDS, "3"), (CASES, "C1"), (PROJECTS, "1")], ids=lambda row: row[0])
def test_what_two_pulls_found_invalid_stays_so_without_the_first(
    database: Database, source: Front, row: tuple[str, str]
) -> None:
    """The record itself, or what it hangs on, held no more when pull 2 and pull 3 read it."""
    source.add(PROJECTS, PROJECT | {"lsh": "2", "xmdm": "P2", "gcdm": "P2"})
    source.add(CASES, CASE | {"spsxslbm": "C2"})
    source.pull(database)
    source.change(*row, sjyxbs=0)
    assert source.pull(database, MOMENT + DAY, whole=True).batches == [2]
    source.add(RECORDS, record(4, 3, "2026-03-06", case="C2", works="P2"))
    assert source.pull(database, MOMENT + 2 * DAY, whole=True).batches == [3]
    undo(database, 2, zone=ZONE, clock=lambda: MOMENT + 3 * DAY)
    gone = {"3~3": (11, "2026-03-13", None), "3~3!": (23, "2026-11-22", "3~3")}
    assert {key: row for key, row in told(database).items() if key[0] == "3"} == gone
    undo(database, 3, zone=ZONE, clock=lambda: MOMENT + 4 * DAY)
    assert told(database) == FIRST | {"3": (11, "2026-03-13", None)}
    assert agrees(database)


def test_a_void_speaks_of_what_it_was_told_of(database: Database, source: Front, tmp_path: Path) -> None:
    """The office voided what pull 1 told; pull 2 told otherwise. Without pull 2 the void names the record again."""
    source.pull(database)
    void = {"event_id": "V", "case_id": "C1", "status": "voided", "occurred_at": "2026-11-20", "voids": "3"}
    office(database, tmp_path).take([], [], [void], source="spgl")
    source.change(RECORDS, "3", blsj=at("2026-03-16"))
    assert source.pull(database, MOMENT + DAY, whole=True).batches == [3]
    before = told(database)
    assert before["V"] == (23, "2026-11-20", "3~3")
    source.change(RECORDS, "2", blsj=at("2026-03-05"))
    assert source.pull(database, MOMENT + 2 * DAY, whole=True).batches == [4]
    undo(database, 4, zone=ZONE, clock=lambda: MOMENT + 3 * DAY)
    assert told(database) == before
    undo(database, 3, zone=ZONE, clock=lambda: MOMENT + 4 * DAY)
    assert told(database) == FIRST | {"3": (11, "2026-03-13", None), "V": (23, "2026-11-20", "3")}


@pytest.mark.parametrize("order", [(2,), (3,), (2, 3), (3, 2)], ids=str)
def test_rows_that_waited_while_their_source_edited_them(
    database: Database, source: Front, tmp_path: Path, order: tuple[int, ...]
) -> None:
    """The project of the records is not in the tables: three pulls set them aside, with an edit between each two. When
    files bring the project, all that was told comes in, and the last word is the last pull's."""
    source.run(f'DELETE FROM "{PROJECTS}"')
    for number, day in DAYS.items():
        source.change(RECORDS, "3", blsj=at(day))
        pull = source.pull(database, MOMENT + (number - 1) * DAY, whole=True, partial=True)
        assert (pull.outcome, pull.batches) == ("partial", [number])
    assert told(database) == {}
    (tmp_path / "projects.csv").write_text("project_code,coded_on\nP1,2026-03-02\n", "utf-8")
    moment = MOMENT + 3 * DAY
    import_log(database, [tmp_path / "projects.csv"], zone=ZONE, clock=lambda: moment, today=moment.date())
    assert told(database) == expected([1, 2, 3])
    assert integrity(database) == []
    for number in order:
        undo(database, number, zone=ZONE, clock=lambda: MOMENT + 4 * DAY)
    assert told(database) == expected([n for n in DAYS if n not in order])
    assert integrity(database) == []
    with database.reading() as connection:
        assert health(connection, EVERYONE).troubles == {}


def test_after_an_undo_the_next_pull_reads_everything(database: Database, source: Front) -> None:
    """A pull leaves out what is known already, or waits: what goes with the first one comes back with the next."""
    pulled(database, source)
    assert undo(database, 1, zone=ZONE, clock=lambda: MOMENT + 3 * DAY).read_again
    (batch,) = source.pull(database, MOMENT + 4 * DAY).batches
    known = told(database)
    assert {key: known[key] for key in "123"} == FIRST | {"3": (11, "2026-03-18", None)}
    later = source.pull(database, MOMENT + 5 * DAY)
    assert later.since  # and the one after that is as ever
    for number in (2, 3, batch, *later.batches):
        undo(database, number, zone=ZONE, clock=lambda: MOMENT + 6 * DAY)
    assert told(database) == {}
    assert source.pull(database, MOMENT + 9 * DAY).outcome == "landed"
    assert told(database) == FIRST | {"3": (11, "2026-03-18", None)}


def waits(database: Database) -> list[tuple[int, str, str]]:
    """Batch, event and case of the records that wait."""
    with database.reading() as connection:
        found = waiting_rows(connection)
    return sorted((row.batch, row.content["event_id"], row.content["case_id"]) for row in found if row.content)


def agrees(database: Database) -> bool:
    """Whether the tables agree with one another, and every project can be assessed."""
    with database.reading() as connection:
        return integrity(database) == [] and health(connection, EVERYONE).troubles == {}


def test_an_edit_that_lost_its_case_waits_alone(database: Database, source: Front, tmp_path: Path) -> None:
    """Record 3 was moved to case C2 when the tables had that case no more. Without the pull that told C2 the edit
    waits, as it would have, and what was said before holds: also whenever the project is worked out anew later."""
    source.pull(database)
    source.add(CASES, CASE | {"spsxslbm": "C2"})
    source.add(RECORDS, record(4, 1, "2026-03-05", case="C2"))
    assert source.pull(database, MOMENT + DAY, whole=True).batches == [2]
    source.run(f"DELETE FROM \"{CASES}\" WHERE spsxslbm = 'C2'")
    source.change(RECORDS, "3", spsxslbm="C2")
    assert source.pull(database, MOMENT + 2 * DAY, whole=True, partial=True).batches == [3]
    foreseen = {"dry_run": True, "foresee": Rules.shipped(), "zone": ZONE, "clock": lambda: MOMENT + 3 * DAY}
    assert undo(database, 2, **foreseen).of["events"].waiting == 2
    undo(database, 2, zone=ZONE, clock=lambda: MOMENT + 3 * DAY)
    without = FIRST | {"3": (11, "2026-03-13", None)}
    assert told(database) == without
    assert waits(database) == [(3, "3", "C2"), (3, "4", "C2")]
    source.add(RECORDS, record(5, 8, "2026-03-06"))
    (batch,) = source.pull(database, MOMENT + 4 * DAY, whole=True, partial=True).batches
    assert told(database) == without | {"5": (8, "2026-03-06", None)}
    undo(database, batch, zone=ZONE, clock=lambda: MOMENT + 5 * DAY)
    assert told(database) == without
    assert agrees(database)
    # Accepted on Wednesday 4 March, decided on Friday 13 March: 5, 6, 9, 10, 11, 12 and 13.
    assert office(database, tmp_path).objects(dt.date(2026, 11, 20))["P1"]["used"] == 7


def test_what_was_edited_to_a_known_case_stays(database: Database, source: Front, tmp_path: Path) -> None:
    """A file told record 9 of case CX, a pull of C1. Without CX the file's row waits, and the pull's stays."""
    source.pull(database)
    case = {"case_id": "CX", "project_code": "P1", "stage": "planning", "department": "住建"}
    here = office(database, tmp_path)
    here.take([], [case], [], source="spgl")
    event = {"event_id": "9", "case_id": "CX", "status": "accepted", "occurred_at": "2026-03-09"}
    here.take([], [], [event], source="spgl")
    source.add(RECORDS, record(9, 8, "2026-03-10"))
    assert source.pull(database, MOMENT + DAY, whole=True).batches == [4]
    undo(database, 2, zone=ZONE, clock=lambda: MOMENT + 2 * DAY)
    assert told(database) == FIRST | {"3": (11, "2026-03-13", None), "9": (8, "2026-03-10", None)}
    assert agrees(database)
