"""Pulled cases and the works that their records name. Rows are made up, expectations written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.database import Database
from monitor.exchange import portions as pages
from monitor.exchange.tables import CASES, PROJECTS, RECORDS
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
