"""Single cells: dates, words, numbers, secret kinds."""

from __future__ import annotations

import datetime as dt

import pytest

from monitor.intake.cells import BAD, Cells, converter
from monitor.intake.columns import TABLES
from rules.vocabulary import Holder, Pause, Stage, Status
from rules.workdays import day_number
from tests.monitor.canonical_files import ZONE

COLUMNS = {(table, column.name): column for table, columns in TABLES.items() for column in columns}


def cells(table: str, name: str) -> Cells:
    return converter(COLUMNS[table, name], ZONE)  # type: ignore[index]


@pytest.mark.parametrize(
    ("told", "day"),
    [
        ("2026-03-02", "2026-03-02"),
        (" 2026-03-02\t", "2026-03-02"),
        ("2024-02-29", "2024-02-29"),
        ("1990-01-01", "1990-01-01"),
        ("2149-06-06", "2149-06-06"),
        # without an offset: local
        ("2026-03-02T23:59:59", "2026-03-02"),
        ("2026-03-02 09:30", "2026-03-02"),
        # with one: the date in Shanghai, never the date of UTC
        ("2026-03-02T15:59:59Z", "2026-03-02"),
        ("2026-03-02T16:00:00Z", "2026-03-03"),
        ("2026-03-02T00:30:00+08:00", "2026-03-02"),
        ("2026-03-02T00:30:00+0900", "2026-03-01"),
        ("2026-03-02T23:00:00.123456-05:00", "2026-03-03"),
        ("1991-07-01T15:30:00Z", "1991-07-02"),  # Shanghai kept summer time in 1991
    ],
)
def test_a_moment_belongs_to_its_date_in_the_zone_of_the_office(told: str, day: str) -> None:
    assert cells("events", "occurred_at")[told] == day_number(dt.date.fromisoformat(day))


NO_DAYS = (
    "2026-02-30 2026-13-01 2026-00-10 2025-02-29 20260302 2026/03/02 2026-3-2 02.03.2026 46083 2026-W10-1 "
    "2026-03-02T25:00:00 2026-03-02T24:00:00 2026-03-02T09:61 2026-03-02T 昨天 0000-01-01 2026-03-02T09:30:00+25:00 "
    "２０２６-０３-０２ 2026-03-02T09:30:00_+08:00"
)


@pytest.mark.parametrize("told", [word.replace("_", " ") for word in NO_DAYS.split()])
def test_what_is_no_day(told: str) -> None:
    column = cells("events", "occurred_at")
    assert column[told] is BAD
    assert column.wrong[told].code == "date"


@pytest.mark.parametrize("told", ["1989-12-31", "2149-06-07", "9999-12-31", "0001-01-01T00:00:00Z", "1989-12-31T00:00"])
def test_a_day_that_no_calendar_knows(told: str) -> None:
    column = cells("projects", "coded_on")
    assert column[told] is BAD
    assert column.wrong[told].code == "date_range"


@pytest.mark.parametrize(
    ("table", "name", "told", "value"),
    [
        ("events", "status", "accepted", Status.ACCEPTED),
        ("events", "status", "3", Status.ACCEPTED),
        ("events", "status", "15", Status.REVOKED),
        ("events", "status", "voided", Status.VOIDED),
        ("events", "procedure", "expert_review", Pause.EXPERT_REVIEW),
        ("events", "procedure", "", None),
        ("events", "holder", "", None),
        ("cases", "holder", "", Holder.AGENCY),
        ("cases", "holder", "owner_intermediary", Holder.OWNER_INTERMEDIARY),
        ("cases", "stage", "parallel", Stage.PARALLEL),
        ("cases", "clock_start", "", None),
        ("cases", "promised_days", "0", 0),
        ("cases", "promised_days", "", None),
        ("projects", "end_reason", "terminated", 1),
        ("projects", "investment", "1250.5", 1250.5),
        ("projects", "investment", "", None),
        ("projects", "name", "", ""),
        ("events", "voids", "", None),
    ],
)
def test_words_and_numbers(table: str, name: str, told: str, value: object) -> None:
    found = cells(table, name)[told]
    assert found == value
    assert type(found) is (type(None) if value is None else (int if isinstance(value, int) else type(value)))


@pytest.mark.parametrize(
    ("table", "name", "told", "code"),
    [
        ("events", "status", "approve", "word"),
        ("events", "status", "16", "word"),
        ("events", "status", "21", "word"),  # our own words have no national code
        ("events", "status", "", "required"),
        ("events", "procedure", "correction", "word"),
        ("cases", "stage", "5", "word"),
        ("cases", "promised_days", "2.5", "whole"),
        ("cases", "promised_days", "-1", "whole"),
        ("cases", "promised_days", "3661", "whole"),
        ("events", "days", "0", "whole"),
        ("projects", "investment", "1,000", "amount"),
        ("projects", "investment", "1e6", "amount"),
        ("projects", "investment", "-5", "amount"),
        ("projects", "investment", "nan", "amount"),
        ("projects", "coded_on", " ", "required"),
        ("projects", "region", "3" * 201, "long"),
        ("projects", "name", "x" * 10_001, "long"),
    ],
)
def test_what_is_refused(table: str, name: str, told: str, code: str) -> None:
    column = cells(table, name)
    assert column[told] is BAD
    assert column.wrong[told].code == code
