"""The exchange tables pulled from PostgreSQL and SQLite into both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.database import Database, integrity
from monitor.exchange.tables import RECORDS
from tests.monitor.canonical_files import MOMENT, log_of, rows
from tests.monitor.exchange_tables import Front, at, front

DAY = dt.timedelta(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Front]:
    with front(request.param, request, tmp_path) as one:
        yield one


def test_rows_become_projects_cases_and_events(database: Database, source: Front) -> None:
    done = source.make().pull(database)
    assert (done.outcome, done.refused, done.touched, done.since) == ("landed", 0, 1, None)
    assert done.reported_until == dt.date(2026, 11, 20)
    log = log_of(database)
    day = (dt.date(2026, 3, 2) - dt.date(1970, 1, 1)).days
    assert log["projects"] == [
        ("P1", "陶喆堃厂房", "330100", "", "3011", "某某堃公司", "", "", day, 1200, "", None, None)
    ]
    assert log["cases"] == [
        ("spgl", "C1", "P1", "", "B01", "", 2, "330100", "自然资源", 0, None, None, 7, 0, None)
    ]  # B01 设计方案审查 is of the planning stage
    assert [row[1:8] + row[9:11] for row in log["events"]] == [
        ("1", "C1", "P1", 1, day + 1, "2026-03-03T10:00:00", None, "窗口", "王喆"),
        ("2", "C1", "P1", 3, day + 2, "2026-03-04T11:30:00", None, "窗口", "王喆"),
        ("3", "C1", "P1", 11, day + 11, "2026-03-13T00:00:00", None, "窗口", "王喆"),
    ]


def test_the_same_again_adds_nothing(database: Database, source: Front) -> None:
    source.make().pull(database)
    before = log_of(database), rows(database, "SELECT count(*) FROM batch")
    again = source.pull(database)
    assert (again.outcome, again.touched, again.batches) == ("nothing", 0, [])
    assert (log_of(database), rows(database, "SELECT count(*) FROM batch")) == before


def test_what_was_edited_is_a_void_and_a_new_event(database: Database, source: Front) -> None:
    source.make().pull(database)
    source.change(RECORDS, "3", blsj=at("2026-03-16T00:00:00"))
    done = source.pull(database, MOMENT + DAY, whole=True)
    assert (done.outcome, done.counts["events"].changed, done.touched) == ("landed", 1, 1)
    (batch,) = done.batches
    known = {row[1]: (row[4], row[6], row[17]) for row in log_of(database)["events"]}
    assert known == {
        "1": (1, "2026-03-03T10:00:00", None),
        "2": (3, "2026-03-04T11:30:00", None),
        "3": (11, "2026-03-16T00:00:00", None),
        f"3~{batch}": (11, "2026-03-13T00:00:00", None),
        f"3~{batch}!": (23, "2026-11-21", f"3~{batch}"),
    }
    assert integrity(database) == []
    assert source.pull(database, MOMENT + DAY, whole=True).outcome == "nothing"
