"""What a pull reads anew, and until when its tables have told. Rows are made up, expectations written by hand."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.database import Database
from monitor.exchange import exchange_profile
from monitor.exchange import portions as pages
from monitor.exchange.tables import CASES, PROJECTS, RECORDS
from monitor.reading.rewinding import reported_until, sources
from monitor.reading.sources import reported
from monitor.verbs.undo import undo
from tests.monitor.canonical_files import MOMENT, ZONE, log_of, rows
from tests.monitor.exchange_tables import CASE, PROJECT, Front, front, patient, record
from tests.monitor.test_pull import DAY, events
from tests.monitor.test_pull_odd import later


@pytest.fixture
def source(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Front]:
    """Exchange tables in the other kind of database than ours."""
    with front("postgresql" if database_url.startswith("sqlite") else "sqlite", request, tmp_path) as one:
        yield one


def test_after_a_first_pull_that_was_cut_late_records_are_found(
    database: Database, source: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P0 is read before the cut; what is typed in there afterwards, of long ago, has a higher key than all before."""
    monkeypatch.setattr(pages, "WORKS", 1)
    later(source.make())
    source.change(RECORDS, "3", blzt=97)
    assert source.pull(database).outcome == "refused"
    source.change(RECORDS, "3", blzt=11)
    source.add(RECORDS, record("6", 8, "2026-01-05", case="C0", works="P0"))
    done = source.pull(database)
    assert (done.resumed, sorted(events(database))) == (True, ["1", "2", "3", "5"])
    done = source.pull(database, MOMENT + DAY)
    # From three days before the latest record, of 1 May, which came in before the cut.
    assert (done.since, done.counts["events"].added) == (dt.date(2026, 4, 28), 1)


def test_tables_that_are_known_to_be_dead_confirm_nothing_any_more(database: Database, source: Front) -> None:
    """Their last record is of Friday 13 March; pulled on the 20th they said so of that day, on the 24th they do not."""
    profile, noon = exchange_profile("spgl"), dt.datetime(2026, 3, 20, 4, tzinfo=dt.UTC)

    def until(at: dt.datetime | None = None) -> set[dt.date | int | None]:
        with database.reading() as connection:
            told = {reported(connection, [1], at).get(1), {row[2] for row in sources(connection, at)}.pop()}
            told |= {reported_until(connection, at)} if at else set()
        return {day if isinstance(day, dt.date) else dt.date(1970, 1, 1) + dt.timedelta(day or 0) for day in told}

    source.make()
    assert source.pull(database, noon, profile=profile).reported_until == dt.date(2026, 3, 20)
    fell = source.pull(database, noon + 4 * DAY, profile=profile)
    assert (fell.reported_until, until()) == (dt.date(2026, 3, 13), {dt.date(2026, 3, 13)})
    assert until(noon + 3 * DAY) == {dt.date(2026, 3, 20)}  # what was known before stays
    assert until(noon + 5 * DAY) == {dt.date(2026, 3, 13)}
    (batch,) = fell.batches
    undo(database, batch, zone=ZONE, clock=lambda: noon + 6 * DAY)
    assert until() == {dt.date(2026, 3, 20)}
    assert until(noon + 5 * DAY) == {dt.date(2026, 3, 13)}
    source.add(RECORDS, record(4, 15, "2026-03-26"))  # they live again
    assert source.pull(database, noon + 7 * DAY, profile=profile).reported_until == dt.date(2026, 3, 27)
    assert until() == {dt.date(2026, 3, 27)}


def test_by_another_profile_everything_is_read_anew(database: Database, source: Front) -> None:
    """Of P1, which has nothing new, 11 is taken for 13."""
    later(source.make())
    source.pull(database)
    other = patient()
    other = replace(other, text=other.text + "\n", statuses=other.statuses | {"11": other.statuses["13"]})
    done = source.pull(database, MOMENT + DAY, profile=other)
    assert (done.since, events(database)["3"][0]) == (None, 13)
    assert source.pull(database, MOMENT + DAY, profile=other).since == dt.date(2026, 4, 28)


def test_another_database_is_read_whole(sqlite_file: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_file, tmp_path / "monitor.db")
    database = Database(f"sqlite:///{tmp_path}/monitor.db")
    one, other = (Front(f"sqlite:///{tmp_path}/{name}.db").make() for name in ("one", "other"))
    later(one)
    later(other)
    one.pull(database)
    other.add(RECORDS, record("0", 1, "2026-03-03"))  # neither late nor of a high key
    assert other.pull(database, MOMENT + DAY).since is None
    assert "0" in events(database)
    for each in (one, other, database):
        each.close()


@pytest.mark.parametrize(("works", "project"), [("G9", "P1"), ("P9", "P9")])
def test_what_waits_for_its_works_comes_in_with_it(database: Database, source: Front, works: str, project: str) -> None:
    """The row of the works is of March, and comes in May: nothing else of it is new."""
    later(source.make())
    source.add(CASES, CASE | {"spsxslbm": "C9"})
    source.add(RECORDS, record("0", 3, "2026-03-09", case="C9", works=works))
    done = source.pull(database, partial=True)
    assert {refusal.code for refusal in done.refusals} == {"unknown_project", "unknown_case"}
    assert source.pull(database, MOMENT + DAY, partial=True).read[RECORDS] == 1  # it waits, and is not read in vain
    source.add(PROJECTS, PROJECT | {"lsh": "9", "xmdm": project, "gcdm": works})
    done = source.pull(database, MOMENT + DAY, partial=True)
    assert (done.since, done.refused) == (dt.date(2026, 4, 28), 0)
    assert {row[1]: row[2] for row in log_of(database)["cases"]}["C9"] == project
    assert "0" in events(database)
    assert rows(database, "SELECT count(*) FROM refused_row WHERE landed_in IS NULL") == [(0,)]
