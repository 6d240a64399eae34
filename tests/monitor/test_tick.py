"""`tick` and `rebuild` on SQLite and PostgreSQL: the tables hold what the law says, however the log came in."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from monitor.database import Database
from monitor.verbs.tick import TickRefused
from rules.almanac import shipped as calendar_of
from rules.workdays import day_of
from tests.monitor.canonical_files import rows, take
from tests.monitor.sweeping import Office, assessed, dump, office, portions, standings
from tests.monitor.tally import SUMS, tally, tally_as_it_must_be
from tests.rules.generate import awkward_log, write
from tests.rules.test_promises import in_order

DAYS = [dt.date(2025, 3, 31), dt.date(2026, 11, 20)]


# ---- the same objects from the tables as from the files


@pytest.mark.parametrize("name", ["bpic15_1", "awkward", "receipt"])
def test_the_sample_logs_mean_the_same_in_the_tables(
    database: Database, tmp_path: Path, shared_data: Path, name: str
) -> None:
    folder = shared_data / "canonical" / name
    here = office(database, tmp_path)
    take(database, folder)
    for day in DAYS:
        here.tick(day)
        objects = here.objects(day)
        assert objects == assessed(folder, day)
        if not (key := folder / f"expected_{day}.json").exists():
            continue
        for code, told in json.loads(key.read_text("utf-8")).items():
            found = objects[code]
            turns = [[turn["on"], turn["light"]] for turn in found["turns"]]
            assert (found["used"], found["light"], turns) == (told["used"], told["light"], told["turns"]), code


@pytest.mark.parametrize("seed", range(3))
def test_a_made_up_log_means_the_same_in_the_tables(database: Database, tmp_path: Path, seed: int) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    write(folder, awkward_log(seed, 30))
    here = office(database, tmp_path)
    take(database, folder)
    for day in DAYS:
        here.tick(day)
        assert here.objects(day) == assessed(folder, day)
    for past in (dt.date(2024, 2, 9), DAYS[0]):
        assert here.objects(past) == assessed(folder, past)


# ---- however it came in


@pytest.fixture
def second(sqlite_file: Path, tmp_path: Path) -> Iterator[Database]:
    """Another database to compare with, always SQLite, so that the two kinds are compared as well."""
    shutil.copy(sqlite_file, tmp_path / "second.db")
    opened = Database(f"sqlite:///{tmp_path}/second.db")
    yield opened
    opened.close()


def by_parts(here: Office, log: Any, seed: int, days: list[dt.date]) -> None:
    """The log taken in by parts, swept on each of the days in between, and twice on the last."""
    for part, day in zip(portions(log, seed, len(days)), days, strict=True):
        here.take(*part, chunk=Random(seed).randrange(1, 200))
        here.tick(day)


@pytest.mark.parametrize("seed", range(3))
def test_batches_of_any_size_with_ticks_in_between_leave_the_same(
    database: Database, second: Database, tmp_path: Path, seed: int
) -> None:
    log = awkward_log(100 + seed, 30)
    days = [dt.date(2023, 5, 1), dt.date(2024, 9, 9), dt.date(2025, 3, 31), dt.date(2025, 3, 31), dt.date(2026, 11, 20)]
    at_once, piecemeal = office(second, tmp_path / "at once"), office(database, tmp_path / "piecemeal")
    at_once.take(*log)
    at_once.tick(days[-1])
    by_parts(piecemeal, log, seed, days)
    assert piecemeal.objects(days[-1]) == at_once.objects(days[-1])
    got, told = standings(database), standings(second)
    for table in told:
        assert got[table] == told[table], table


# ---- stored = rebuilt


def copies(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """What `rebuild` must bring back to the letter."""
    found = {table: list(table_rows) for table, table_rows in standings(database).items()}
    found["every turn"] = dump(database, ["turn"])["turn"]
    return found


@pytest.mark.parametrize("seed", range(3))
def test_what_is_stored_is_what_a_rebuild_stores(database: Database, tmp_path: Path, seed: int) -> None:
    here = office(database, tmp_path)
    days = [dt.date(2022, 12, 31), dt.date(2024, 9, 9), dt.date(2025, 3, 31), dt.date(2026, 2, 14), dt.date(2026, 6, 1)]
    by_parts(here, awkward_log(200 + seed, 30), seed, days)
    for later in (0, 1, 45):
        day = days[-1] + dt.timedelta(later)
        here.tick(day)
        before = copies(database)
        done = here.rebuild(day)
        after = copies(database)
        for table in before:
            assert after[table] == before[table], table
        assert (done.turns, done.failed) == (0, 0)


def test_the_tally_is_the_sum_of_shares_and_cases(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    log = in_order(awkward_log(7, 40), 7)
    by_parts(here, log, 7, [dt.date(2024, 1, 1), dt.date(2025, 1, 1), dt.date(2026, 6, 30)])
    assert tally(database) == tally_as_it_must_be(database)
    assert {table: len(found) > 20 for table, found in tally(database).items()} == dict.fromkeys(SUMS, True)


# ---- time


def with_plain_ones(log: Any, first: dt.date) -> tuple[Any, dict[str, list[dt.date]]]:
    """The log with projects that run from one acceptance on, and the days on which each of them turns."""
    projects, cases, events = (list(rows) for rows in log)
    calendar, told = calendar_of("33"), {}
    for n in range(40):
        code, accepted = f"Q{n:02d}", calendar.add(first, -85 + 3 * n)
        projects.append({"project_code": code, "coded_on": "2024-01-02", "kind": "filing", "region": "33"})
        cases.append({"case_id": code, "project_code": code, "stage": "planning", "department": "住建"})
        events.append({"event_id": code, "case_id": code, "status": "accepted", "occurred_at": accepted.isoformat()})
        told[code] = [calendar.add(accepted, 56), calendar.add(accepted, 81)]
    return (projects, cases, events), told


def test_a_scheduler_that_was_off_for_forty_days_writes_each_turn_on_its_true_day(
    database: Database, second: Database, tmp_path: Path
) -> None:
    first = dt.date(2025, 3, 3)
    log, told = with_plain_ones(awkward_log(31, 40), first)
    awake, asleep = office(second, tmp_path / "awake"), office(database, tmp_path / "asleep")
    for here in (awake, asleep):
        here.take(*log)
        here.tick(first)
    known = 'SELECT p.code, t."on" FROM turn t JOIN project p ON p.id = t.project_id WHERE t.known_to IS NULL'
    before = len(rows(database, known))
    days = [first + dt.timedelta(n) for n in range(1, 41)]
    swept = [awake.tick(day) for day in days]
    asleep.tick(days[-1])
    assert standings(database) == standings(second)
    found = rows(database, known + " AND t.scope = 'project'")
    for code, turns in told.items():
        assert sorted(day_of(on) for c, on in found if c == code) == [d for d in turns if d <= days[-1]]
    assert len(rows(database, known)) - before == sum(done.turns for done in swept) > 20
    # Time alone takes nothing back: what was told on its day still holds.
    assert rows(second, "SELECT * FROM turn WHERE known_to IS NOT NULL") == []


def test_a_second_tick_changes_nothing(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    here.take(*awkward_log(5, 30))
    day = dt.date(2026, 11, 20)
    assert here.tick(day).projects == 30
    before = dump(database)
    again = here.tick(day)
    assert (again.projects, again.changed, again.turns, again.failed) == (0, 0, 0, 0)
    assert dump(database) == before


def test_a_tick_before_the_last_one_is_refused_and_changes_nothing(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    first, more = portions(awkward_log(5, 20), 0, 2)
    here.take(*first)
    here.tick(dt.date(2026, 3, 31))
    here.take(*more)
    before = dump(database, ["standing", "turn", "tally", "share", "sweep", "group_standing", "case_standing"])
    for verb in (here.tick, here.rebuild):
        with pytest.raises(TickRefused) as refused:
            verb(dt.date(2026, 3, 30))
        assert (refused.value.as_of, refused.value.last) == (dt.date(2026, 3, 30), dt.date(2026, 3, 31))
    assert dump(database, before) == before
