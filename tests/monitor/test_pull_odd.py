"""Pulls where things go together badly: rows sent again, records that point elsewhere, sources that fall silent, two
pulls at once, odd addresses. Rows are made up; what is expected is written by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.database import Database
from monitor.exchange import Exchange, ExchangeRefused, exchange_profile
from monitor.exchange import portions as pages
from monitor.exchange.tables import CASES, PROJECTS, RECORDS
from monitor.reading.sources import sources
from monitor.verbs.pulled import Pulled
from rules.workdays import day_number
from tests.monitor.canonical_files import MOMENT, ZONE, rows
from tests.monitor.exchange_tables import CASE, PROJECT, SMALL, Front, at, front, record
from tests.monitor.sweeping import RULES
from tests.monitor.test_pull import DAY, events


@pytest.fixture
def source(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Front]:
    """Exchange tables in the other kind of database than ours."""
    with front("postgresql" if database_url.startswith("sqlite") else "sqlite", request, tmp_path) as one:
        yield one


def later(source: Front) -> None:
    """Another project with a record of 1 May: P1 is none any more of which something was recorded lately."""
    source.add(PROJECTS, PROJECT | {"lsh": "4", "xmdm": "P0", "gcdm": "P0"})
    source.add(CASES, CASE | {"spsxslbm": "C0"})
    source.add(RECORDS, record("5", 3, "2026-05-01", case="C0", works="P0"))


def test_another_row_that_is_not_valid_takes_nothing_away(database: Database, source: Front) -> None:
    """Rows of works and of cases are sent again under other keys: what one valid row says holds."""
    source.make()
    done = source.pull(database)
    source.run(f'DROP TABLE "{CASES}"')  # a key that stands twice, as tables without one have it
    columns = ", ".join(f"{name} VARCHAR(20)" for name in CASE)
    source.run(f'CREATE TABLE "{CASES}" ({columns})')
    for valid in "10":
        told = ", ".join(f"'{value}'" for value in (CASE | {"sjyxbs": valid}).values())
        source.run(f'INSERT INTO "{CASES}" VALUES ({told})')
    source.add(PROJECTS, PROJECT | {"lsh": "0", "sjyxbs": 0}, PROJECT | {"lsh": "2", "xmdm": "P2", "sjyxbs": 0})
    done = source.pull(database, whole=True)
    assert (done.outcome, done.refused, dict(done.invalid)) == ("nothing", 0, {PROJECTS: 2, CASES: 1})
    assert sorted(events(database)) == ["1", "2", "3"]


@pytest.mark.parametrize("works", [None, "", "P1-B"])
def test_a_new_record_is_found_wherever_its_works_code_points(
    database: Database, source: Front, monkeypatch: pytest.MonkeyPatch, works: str | None
) -> None:
    """Its case is read in the portion of its lowest works, which by itself has nothing new."""
    monkeypatch.setattr(pages, "WORKS", 1)
    source.make().add(PROJECTS, *(PROJECT | {"lsh": str(n), "gcdm": f"P1-{c}"} for n, c in ((2, "A"), (3, "B"))))
    later(source)
    source.pull(database)
    source.add(RECORDS, record(99, 15, "2026-05-04", works=works))
    done = source.pull(database, MOMENT + DAY)
    assert (done.since, done.refused, done.counts["events"].added) == (dt.date(2026, 4, 28), 0, 1)
    assert events(database)["99"] == (15, dt.date(2026, 5, 4), None)


def test_what_is_typed_in_late_is_found_by_a_higher_key(database: Database, source: Front) -> None:
    later(source.make())
    source.pull(database)
    source.add(RECORDS, record("9", 15, "2026-01-05"))  # keys are texts; the highest, though it says January
    assert source.pull(database, MOMENT + DAY).counts["events"].added == 1


def test_tables_without_a_record_for_long_say_no_more_until_when(database: Database, source: Front) -> None:
    """The last record is of Friday 13 March; ten days later the source may be dead."""
    profile = exchange_profile("spgl")
    source.make()
    at_once = dt.datetime(2026, 3, 23, 12, tzinfo=dt.UTC)
    assert source.pull(database, at_once, profile=profile).reported_until == dt.date(2026, 3, 23)
    # A day later they are known to be dead: what was confirmed by them after their last record is not any more.
    done = source.pull(database, at_once + DAY, profile=profile)
    assert (done.outcome, done.reported_until, done.touched) == ("landed", dt.date(2026, 3, 13), 0)
    assert rows(database, "SELECT reported_until FROM source") == [(day_number(dt.date(2026, 3, 13)),)]
    assert source.pull(database, at_once + DAY, profile=profile).outcome == "nothing"
    source.add(RECORDS, record(4, 15, "2062-03-16"))  # a day to come is none that it has reported
    late = at_once + 8 * DAY
    assert source.pull(database, late, profile=profile, whole=True).counts["events"].added == 1
    assert rows(database, "SELECT reported_until FROM source") == [(day_number(dt.date(2026, 3, 13)),)]
    source.add(RECORDS, record(5, 15, "2026-03-31"))
    assert source.pull(database, late, profile=profile).reported_until == dt.date(2026, 3, 31)


def test_tables_that_have_nothing_new_have_not_sent(database: Database, source: Front) -> None:
    """They are asked on every Monday from 16 March to 18 May, and had something new for the last time on 6 April."""
    source.make()
    mondays = [dt.datetime(2026, 3, 16, 12, tzinfo=dt.UTC) + 7 * n * DAY for n in range(10)]
    for n, monday in enumerate(mondays):
        if n < 4:
            source.add(RECORDS, record(10 + n, 15, monday.date().isoformat()))
        source.pull(database, monday, whole=True)
    with database.reading() as connection:
        (found,) = sources(connection, RULES.calendar(""), ZONE, dt.date(2026, 5, 18), 5)
    assert (found.last_on, found.silent_for_long) == (dt.date(2026, 4, 6), True)


def test_two_pulls_at_once_do_not_take_back_what_the_other_brought(
    database: Database, source: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second begins while the first has read the tables, and comes through; the first would bring older content."""
    source.make().pull(database)
    inner: list[Pulled] = []

    def meanwhile() -> dt.datetime:
        if not inner:
            inner.append(None)  # type: ignore[arg-type]
            source.change(RECORDS, "3", blsj=at("2026-03-16"))
            inner[0] = source.pull(database, MOMENT + DAY, whole=True)
        return MOMENT + 2 * DAY

    with pytest.raises(ExchangeRefused) as refused:
        source.pull(database, whole=True, clock=meanwhile)
    assert refused.value.problem == "overtaken"
    assert inner[0].counts["events"].changed == 1
    assert events(database)["3"] == (11, dt.date(2026, 3, 16), None)


def test_moments_in_the_zone_of_the_tables(database: Database, source: Front) -> None:
    """Half past four in the afternoon of UTC is half past midnight of the next day at the office; a day is a day."""
    source.make(SMALL | {RECORDS: [record(1, 3, "2026-03-04T16:30:00"), record(2, 11, "2026-03-13")]})
    source.pull(database, profile=replace(exchange_profile("spgl"), time_zone=ZoneInfo("UTC")))
    assert {key: told[1] for key, told in events(database).items()} == {
        "1": dt.date(2026, 3, 5),
        "2": dt.date(2026, 3, 13),
    }


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://127.0.0.1:1/db?password=GEHEIM", "postgresql://127.0.0.1:1/db"),
        ("postgresql://reader:GEHEIM@127.0.0.1:1/db?connect_timeout=1", "postgresql://reader:***@127.0.0.1:1/db"),
    ],
)
def test_no_password_is_shown_wherever_it_stands(url: str, shown: str) -> None:
    exchange = Exchange(url)
    assert exchange.address == shown
    with pytest.raises(ExchangeRefused) as refused, exchange.reading():
        pass
    assert "GEHEIM" not in str(refused.value)


def test_an_address_that_is_none_and_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ExchangeRefused) as refused:
        Exchange("postgresql://h:abc/db")
    assert refused.value.problem == "address"
    with pytest.raises(ExchangeRefused) as refused, Exchange(f"sqlite:///{tmp_path}/none.db").reading():
        pass
    assert refused.value.problem == "missing"
    assert list(tmp_path.iterdir()) == []


def test_a_secret_project_does_not_end_the_pulls(database: Database, source: Front, tmp_path: Path) -> None:
    """Its rows are refused each time; of nothing new there is no batch, and what is new comes in."""
    (tmp_path / "secret.txt").write_text("P2\n", "utf-8")
    told = {"secret_list": tmp_path / "secret.txt", "partial": True}
    source.make().add(PROJECTS, PROJECT | {"lsh": "2", "xmdm": "P2", "gcdm": "P2", "xmmc": "绝密工程"})
    first = source.pull(database, **told)
    assert (first.outcome, first.refused) == ("partial", 1)
    for n in (1, 2):
        assert source.pull(database, MOMENT + n * DAY, whole=True, **told).refused == 1
    assert rows(database, "SELECT count(*) FROM refused_row") == [(1,)]
    source.add(RECORDS, record(4, 15, "2026-03-16"))
    assert source.pull(database, MOMENT + 3 * DAY, **told).counts["events"].added == 1
    assert rows(database, "SELECT content FROM refused_row") == [(None,)]
