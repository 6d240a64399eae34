"""Values that a driver cannot give, and days that are written in several ways. Rows are made up, expectations written
by hand."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.database import Database
from monitor.exchange import portions as pages
from monitor.exchange.tables import CASES, PROJECTS, RECORDS
from tests.monitor.canonical_files import log_of
from tests.monitor.exchange_tables import CASE, PROJECT, Front, front, record
from tests.monitor.test_pull import events
from tests.monitor.test_pull_works import refused

GBK = "x'" + "陶喆厂房".encode("gb18030").hex() + "'"


@pytest.fixture
def here(sqlite_file: Path, tmp_path: Path) -> Iterator[tuple[Database, Front]]:
    """Our database, and exchange tables in another file of SQLite."""
    shutil.copy(sqlite_file, tmp_path / "monitor.db")
    database, source = Database(f"sqlite:///{tmp_path}/monitor.db"), Front(f"sqlite:///{tmp_path}/front.db").make()
    yield database, source
    source.close()
    database.close()


@pytest.mark.parametrize("kind", ["text", "blob"])
def test_a_text_that_is_none_is_refused_with_its_row(here: tuple[Database, Front], kind: str) -> None:
    database, source = here
    source.add(PROJECTS, PROJECT | {"lsh": "2", "xmdm": "P2", "gcdm": "P2"})
    source.run(f"UPDATE {PROJECTS} SET xmmc = cast({GBK} as {kind}) WHERE lsh = '2'")
    source.run(f"UPDATE {RECORDS} SET blyj = cast(x'ffff' as {kind}) WHERE lsh = '2'")
    done = source.pull(database, partial=True)
    assert refused(done) == {
        (PROJECTS, "2", "xmmc", "陶喆厂房␀", "no_letter"),
        (RECORDS, "2", "blyj", "␀␀", "no_letter"),
    }
    assert (sorted(events(database)), [row[0] for row in log_of(database)["projects"]]) == (["1", "3"], ["P1"])


def test_a_mark_that_is_no_text_is_a_mark_all_the_same(here: tuple[Database, Front]) -> None:
    database, source = here
    source.run(f"UPDATE {PROJECTS} SET lxlx = cast(x'{'机密'.encode('gb18030').hex()}' as text)")
    assert {r.code for r in source.pull(database, partial=True).refusals} == {"secret"}


@pytest.mark.parametrize("portion", [1, 2, 500])
def test_works_whose_code_is_no_text_keep_no_other_from_coming_in(
    here: tuple[Database, Front], monkeypatch: pytest.MonkeyPatch, portion: int
) -> None:
    """In the order of SQLite such a code stands last, and before it those of P1 and P2."""
    database, source = here
    monkeypatch.setattr(pages, "WORKS", portion)
    source.add(PROJECTS, *(PROJECT | {"lsh": str(n), "xmdm": f"P{n}", "gcdm": f"P{n}"} for n in (2, 3)))
    source.add(CASES, *(CASE | {"spsxslbm": f"C{n}"} for n in (2, 3)))
    source.add(RECORDS, *(record(10 * n, 3, "2026-03-04", case=f"C{n}", works=f"P{n}") for n in (2, 3)))
    for table in (PROJECTS, RECORDS):
        source.run(f"UPDATE {table} SET gcdm = cast(x'b3fe' as text) WHERE gcdm = 'P3'")
    done = source.pull(database, partial=True)
    assert {(one[0], one[1], one[4]) for one in refused(done)} == {
        (CASES, "C3", "no_letter"),
        (RECORDS, "30", "unknown_case"),
    }
    assert sorted(events(database)) == ["1", "2", "20", "3"]


@pytest.mark.parametrize("day", ["infinity", "-infinity", "0044-03-15 BC", "20000-01-01"])
def test_a_day_that_no_calendar_has_is_refused_with_its_row(
    database: Database, request: pytest.FixtureRequest, tmp_path: Path, day: str
) -> None:
    with front("postgresql", request, tmp_path) as source:
        source.make().run(f"""UPDATE "{RECORDS}" SET blsj = '{day}' WHERE lsh = '2'""")
        source.run(f"""ALTER TABLE "{PROJECTS}" ALTER sbsj TYPE timestamptz""")
        source.run(f"ALTER DATABASE {source.engine.url.database} SET DateStyle TO 'SQL, DMY'")
        done = source.pull(database, partial=True)
    assert {(one[1], one[2], one[4]) for one in refused(done)} <= {
        ("2", "blsj", "date"),
        ("2", "blsj", "date_range"),
    }
    assert done.refused == 1
    assert {key: told[1] for key, told in events(database).items()} == {
        "1": dt.date(2026, 3, 3),
        "3": dt.date(2026, 3, 13),
    }


@pytest.mark.parametrize(
    ("first", "second", "name"),
    [
        (None, "2026-03-02", "later"),
        ("not yet", "2026-03-02", "later"),
        ("2026-03-02T08:00", "2026-03-02 23:00", "earlier"),
        ("2026-03-02 23:00", "2026-03-02T08:00", "later"),
        ("2026-03-02T08:00:00+08:00", "2026-03-02T01:00:00+00:00", "earlier"),
        ("2026-03-02", "2026-03-02", "earlier"),  # the lower key
    ],
)
def test_a_project_is_its_earliest_row_however_days_are_written(
    here: tuple[Database, Front], first: str | None, second: str, name: str
) -> None:
    database, source = here
    source.add(PROJECTS, PROJECT | {"lsh": "2", "gcdm": "P1-B", "xmmc": "later"})
    source.run(f"UPDATE {PROJECTS} SET xmmc = 'earlier' WHERE lsh = '1'")
    for key, day in (("1", first), ("2", second)):
        with source.engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE {PROJECTS} SET sbsj = ? WHERE lsh = ?", (day, key))
    done = source.pull(database)
    assert (done.refused, [row[1] for row in log_of(database)["projects"]]) == (0, [name])


def test_without_any_day_the_project_is_refused(
    database: Database, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    for kind in ("sqlite", "postgresql"):
        with front(kind, request, tmp_path) as source:
            source.make().change(PROJECTS, "1", sbsj=None)
            assert (PROJECTS, "1", "sbsj", "", "required") in refused(source.pull(database))
