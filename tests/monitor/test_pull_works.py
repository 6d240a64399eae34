"""Pulled cases and the works that their records name. Rows are made up, expectations written by hand."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.database import Database
from monitor.exchange import Exchange, exchange_profile
from monitor.exchange import portions as pages
from monitor.exchange.lines import text
from monitor.exchange.tables import CASES, FIELDS, PROCEDURES, PROJECTS, RECORDS
from monitor.verbs.pulled import Pulled
from tests.monitor.canonical_files import log_of, rows
from tests.monitor.exchange_tables import CASE, PROJECT, Front, at, front, record


@pytest.fixture
def source(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Front]:
    """Exchange tables in the other kind of database than ours."""
    with front("postgresql" if database_url.startswith("sqlite") else "sqlite", request, tmp_path) as one:
        yield one


def refused(done: Pulled) -> set[tuple[str, str | None, str, str, str]]:
    """Table, key, column, value and code of what was refused."""
    return {(r.file, r.key, r.column, r.value, r.code) for r in done.refusals}


@pytest.mark.parametrize("works", [None, ""])
def test_that_a_record_and_a_project_have_no_works_code_says_nothing(
    database: Database, source: Front, works: str | None
) -> None:
    source.make().add(PROJECTS, PROJECT | {"lsh": "2", "xmdm": "P2", "gcdm": works})
    source.add(CASES, CASE | {"spsxslbm": "C2"})
    source.add(RECORDS, record(20, 3, "2026-07-01", case="C2", works=works))
    done = source.pull(database, partial=True)
    assert refused(done) == {
        (CASES, "C2", f"{RECORDS}.gcdm", "", "required"),
        (RECORDS, "20", "spsxslbm", "C2", "unknown_case"),
    }
    source.add(RECORDS, record(21, 8, "2026-07-02", case="C2", works="P1"))  # another record of the case names it
    assert source.pull(database, partial=True, whole=True).refused == 0
    assert rows(database, "SELECT count(*) FROM refused_row WHERE landed_in IS NULL") == [(0,)]
    source.run(f"""DELETE FROM "{RECORDS}" WHERE lsh = '21'""")
    source.change(RECORDS, "20", blsj=at("2026-07-03"))
    done = source.pull(database, partial=True, whole=True)  # the case is known by now
    assert (refused(done), done.counts["events"].changed) == ({(CASES, "C2", f"{RECORDS}.gcdm", "", "required")}, 1)


@pytest.mark.parametrize("portion", [1, 500])
@pytest.mark.parametrize("works", ["P0", "P2"])  # before and after P1 in the order of works
def test_a_case_of_works_of_two_projects_is_refused_with_all_its_records(
    database: Database, source: Front, monkeypatch: pytest.MonkeyPatch, works: str, portion: int
) -> None:
    monkeypatch.setattr(pages, "WORKS", portion)
    source.make().add(PROJECTS, PROJECT | {"lsh": "2", "xmdm": "PX", "gcdm": works})
    source.pull(database)
    known = log_of(database)
    source.add(RECORDS, record(4, 15, "2026-03-16", works=works))
    done = source.pull(database, partial=True, whole=True)
    everything = {(CASES, "C1"), *((RECORDS, key) for key in "1234")}
    assert refused(done) == {(*one, "spsxslbm", "C1", "several_projects") for one in everything}
    assert {refusal.params["known"] for refusal in done.refusals} == {"P1, PX"}
    assert log_of(database) == known
    source.change(RECORDS, "4", gcdm="P1")
    done = source.pull(database, partial=True, whole=True)
    assert (done.refused, done.counts["events"].added) == (0, 1)
    assert rows(database, "SELECT count(*) FROM refused_row WHERE landed_in IS NULL") == [(0,)]


def without_a_key(source: Front, table: str) -> None:
    """The same table, whose database does not mind a key that stands twice."""
    source.run(f"""ALTER TABLE "{table}" RENAME TO keyed""")
    source.run(f"""CREATE TABLE "{table}" AS SELECT * FROM keyed""")
    source.run("DROP TABLE keyed")


@pytest.mark.parametrize("portion", [1, 500])
@pytest.mark.parametrize("whole", [True, False])
def test_a_key_of_two_cases_is_refused_in_every_portion(
    database: Database, source: Front, monkeypatch: pytest.MonkeyPatch, portion: int, whole: bool
) -> None:
    monkeypatch.setattr(pages, "WORKS", portion)
    source.make().add(PROJECTS, PROJECT | {"lsh": "2", "xmdm": "P2", "gcdm": "P2"})
    source.add(CASES, CASE | {"spsxslbm": "C2"})
    source.add(RECORDS, record("20", 3, "2026-11-16", case="C2", works="P2"))
    without_a_key(source, RECORDS)
    source.pull(database)
    known = log_of(database)
    source.add(RECORDS, record("3", 11, "2026-11-19", case="C2", works="P2"))
    source.add(RECORDS, record("2", 11, "2026-11-19", case="C2", works="P2", sjyxbs=0))  # claims nothing
    done = source.pull(database, partial=True, whole=whole)
    assert {refusal.code for refusal in done.refusals} == {"twice"}
    assert {(r.file, r.key, r.column, r.value) for r in done.refusals} == {(RECORDS, "3", "lsh", "3")}
    # C1 is read again only where everything is.
    assert {r.params["told"] for r in done.refusals} == ({"C1", "C2"} if whole else {"C2"})
    assert "spsxslbm" in done.refusals[0].reason
    assert log_of(database) == known
    source.run(f"""UPDATE "{RECORDS}" SET lsh = '4' WHERE lsh = '3' AND spsxslbm = 'C2'""")
    done = source.pull(database, partial=True, whole=True)
    assert (done.refused, done.counts["events"].added, done.counts["events"].changed) == (0, 1, 0)


@pytest.mark.parametrize("unique", [None, "lsh", "lsh, blzt", "lsh) WHERE (blzt > 0"])
def test_a_table_whose_keys_are_its_own_is_not_searched(source: Front, unique: str | None) -> None:
    source.make()
    without_a_key(source, RECORDS)
    if unique:
        source.run(f"""CREATE UNIQUE INDEX one ON "{RECORDS}" ({unique})""")
    exchange = Exchange(source.url)
    queries = pages.Queries(exchange, None)
    assert (queries.doubled(RECORDS) is None, queries.doubled(PROCEDURES)) == (unique == "lsh", None)
    exchange.close()


@pytest.mark.parametrize(
    ("told", "holds"),
    [(0, False), ("0", False), ("0.0", False), ("否", False), ("N", False), ("False", False), ("无效", False),
     ("０", False), (None, True), ("", True), (1, True), ("1.0", True), ("是", True), ("Ｙ", True), ("TRUE", True),
     (2, None), (-1, None), ("00", None), ("作废", None)],
)  # fmt: skip
def test_a_row_says_in_words_that_are_known_whether_it_holds(
    sqlite_file: Path, tmp_path: Path, told: object, holds: bool | None
) -> None:
    shutil.copy(sqlite_file, tmp_path / "monitor.db")
    database, source = Database(f"sqlite:///{tmp_path}/monitor.db"), Front(f"sqlite:///{tmp_path}/front.db").make()
    for table in (PROJECTS, CASES, RECORDS, PROCEDURES):
        source.run(f"ALTER TABLE {table} RENAME TO told")
        source.run(f"CREATE TABLE {table} ({', '.join(FIELDS[table])})")  # columns that take anything
        source.run(f"INSERT INTO {table} SELECT {', '.join(FIELDS[table])} FROM told")
        source.run("DROP TABLE told")
    named = {"spsxslbm": "C1", "tbcx": 8, "tbcxkssj": at("2026-03-10")}
    source.add(PROCEDURES, named | {"lsh": "9"})
    source.pull(database)
    assert sorted(row[1] for row in log_of(database)["events"]) == ["1", "2", "3", "tbc:9"]
    for table, key in ((RECORDS, "3"), (PROCEDURES, "9")):
        with source.engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE {table} SET sjyxbs = ? WHERE lsh = ?", (told, key))
    done = source.pull(database, partial=True, whole=True)
    odd = {(table, key, "sjyxbs", str(told), "word") for table, key in ((RECORDS, "3"), (PROCEDURES, "9"))}
    assert refused(done) == (odd if holds is None else set())
    assert (done.invalid.total(), done.counts["events"].changed) == ((2, 2) if holds is False else (0, 0))
    if holds is None:
        assert "0.0, false, f, no, n, 否, 无效, 1" in str(done.refusals[0])
    source.close()
    database.close()


@pytest.mark.parametrize("told", [False, True, 0.0, 1.0, b"\0", b"\1"])
def test_what_a_driver_makes_of_a_bit(told: object) -> None:
    expected = not (told == 0 or told == b"\0")
    assert exchange_profile("spgl").holds(text(told)) is expected


@pytest.mark.parametrize("table", [PROJECTS, CASES])
def test_where_a_project_or_a_case_is_doubtful_nothing_is_taken_away(
    database: Database, source: Front, table: str
) -> None:
    source.make().pull(database)
    known = log_of(database)
    source.change(table, "1" if table == PROJECTS else "C1", sjyxbs=2)
    done = source.pull(database, partial=True, whole=True)
    assert (table, "sjyxbs", "2", "word") in {(one[0], *one[2:]) for one in refused(done)}
    assert log_of(database) == known
