"""Dates as people write them: each form by hand, and what could mean two days refused."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from monitor.intake.profiles.days import iso
from monitor.intake.profiles.definition import Order

ZONE = ZoneInfo("Asia/Shanghai")


def read(text: str, order: Order = "ymd", *, move: int = 0, serials: bool = False, zone: ZoneInfo = ZONE) -> str | None:
    return iso(text, order, zone, move, serials)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-03-05", "2024-03-05"),
        ("2024年3月5日", "2024-03-05"),
        ("２０２４年３月５日", "2024-03-05"),
        ("2024 年 3 月 5 日", "2024-03-05"),
        ("2024年3月5日上午9:30", "2024-03-05T09:30:00"),
        ("2024年3月5日 下午2时05分", "2024-03-05T14:05:00"),
        ("2024年3月5日9时30分15秒", "2024-03-05T09:30:15"),
        ("2024/3/5", "2024-03-05"),
        ("2024.3.5", "2024-03-05"),
        ("20240305", "2024-03-05"),
        ("202403051430", "2024-03-05T14:30:00"),
        ("2024-3-5 9:05", "2024-03-05T09:05:00"),
        ("2024-03-05T09:05:07", "2024-03-05T09:05:07"),
        ("14-May-12", "2012-05-14"),
        ("14-May-92", "1992-05-14"),
        ("3 March 2024", "2024-03-03"),
        ("2024-02-29", "2024-02-29"),
    ],
)
def test_what_is_understood(text: str, day: str) -> None:
    assert read(text) == day


@pytest.mark.parametrize(
    "text",
    [
        *("2024-02-30", "2023-02-29", "2024-13-01", "2024年3月", "3月5日", "24.3.5", "05/03/2024", "5/3/24", "45356"),
        *("2024-03/05", "2024年3-5", "2024-03-05 25:00", "next week", "", "2024-03-05T09:30:00+99:00", "1e400"),
        *("20240230", "14-Mai-12", "九月三日", "2024-03-05-06", "99999-01-01", "２", "0000-00-00"),
    ],
)
def test_what_is_not_a_day_or_could_be_two_is_not_guessed(text: str) -> None:
    assert read(text) is None


def test_where_the_year_stands_last_the_profile_says_the_order() -> None:
    assert read("05/03/2024", "dmy") == "2024-03-05"
    assert read("05/03/2024", "mdy") == "2024-05-03"
    assert read("5.3.2024 09:30 PM", "dmy") == "2024-03-05T21:30:00"
    assert read("13/13/2024", "dmy") is None


def test_a_workbook_counts_days() -> None:
    """Day 1 is 1 January 1900, and 1900 is wrongly a leap year: 45292 is 1 January 2024."""
    assert read("45292", serials=True) == "2024-01-01"
    assert read("45292.75", serials=True) == "2024-01-01T18:00:00"
    assert read("45719.99999997", serials=True) == "2025-03-03T23:59:59"  # 2.6 ms before midnight
    assert read("45719.9999999999", serials=True) == "2025-03-04"  # 9 µs before: no workbook tells it from midnight
    assert read("45719.4", serials=True) == "2025-03-03T09:36:00"
    assert read("12", serials=True) is None
    assert read("99999", serials=True) is None


def test_a_moment_belongs_to_its_date_in_the_zone() -> None:
    """Midnight in Amsterdam, stored as 22:00 of the day before in UTC."""
    amsterdam = ZoneInfo("Europe/Amsterdam")
    assert read("2014-07-17T22:00:00Z", zone=amsterdam) == "2014-07-18T00:00:00"
    assert read("2014-01-17 23:00:00+00:00", zone=amsterdam) == "2014-01-18T00:00:00"
    assert read("2014-07-17T22:00:00", zone=amsterdam) == "2014-07-17T22:00:00"
    assert read("2014-07-17T22:00:00+02:00", zone=amsterdam, move=1) == "2014-07-18T22:00:00"
    assert read("9999-12-31", move=1) is None
