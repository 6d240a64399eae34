"""The calendar of China day by day, the golden vectors, what is known of it, and notices laid over it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from rules.almanac import PUBLISHED, area, calendar, carried, changed_days, shipped_notices
from rules.errors import CalendarError
from rules.notice import Notice
from tests.rules.columns import engine
from tests.rules.common import PACK

NATIONAL = calendar(notices=[])


def test_every_day_of_twenty_years_is_a_working_day_where_the_notices_say_so(shared_data: Path) -> None:
    told: dict[dt.date, bool] = {}
    for year in range(2007, 2027):
        notice = json.loads((shared_data / "holiday_cn" / f"{year}.json").read_text("utf-8"))
        told |= {dt.date.fromisoformat(day["date"]): not day["isOffDay"] for day in notice["days"]}
    day, wrong = dt.date(2007, 1, 1), []
    while day <= dt.date(2026, 12, 31):
        if NATIONAL.is_working_day(day) != told.get(day, day.weekday() < 5):
            wrong.append(day)
        day += dt.timedelta(1)
    assert not wrong


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-02-13", 5, "2026-02-27"),  # 14 February is a Saturday that works; 15 to 23 are off
        ("2026-01-03", 1, "2026-01-04"),  # from a rest day: the Sunday that works is day 1
        ("2026-01-03", 3, "2026-01-06"),
        ("2025-09-26", 5, "2025-10-10"),  # Sunday 28 September works; 1 to 8 October are off
        ("2025-09-30", 1, "2025-10-09"),
        ("2026-04-30", 7, "2026-05-13"),  # 1 to 5 May are off; Saturday the 9th works
        ("2020-01-23", 5, "2020-02-07"),  # as amended on 27 January 2020
        ("2026-03-02", 50, "2026-05-14"),
        ("2026-03-02", 55, "2026-05-21"),
        ("2026-03-02", 80, "2026-06-26"),
    ],
)
def test_a_golden_vector(start: str, days: int, due: str) -> None:
    first, last = dt.date.fromisoformat(start), dt.date.fromisoformat(due)
    assert NATIONAL.add(first, days) == last
    assert NATIONAL.count(first, last) == days


@pytest.mark.parametrize(
    ("year", "days"),
    [(2019, 250), (2020, 249), (2021, 250), (2022, 249), (2023, 249), (2024, 251), (2025, 248), (2026, 248)],
)
def test_working_days_of_a_year(year: int, days: int) -> None:
    assert NATIONAL.count(dt.date(year - 1, 12, 31), dt.date(year, 12, 31)) == days


# ---- what is known


def test_the_last_notice_speaks_until_24_december() -> None:
    assert NATIONAL.known_until == dt.date(2026, 12, 24)


@pytest.mark.parametrize(("days", "due", "provisional"), [("5", "2026-12-21", False), ("45", "2027-02-", True)])
def test_a_due_day_beyond_the_last_notice_is_provisional(days: str, due: str, provisional: bool) -> None:
    case = {"case_id": "C", "project_code": "P", "stage": "planning", "department": "局", "promised_days": days}
    event = {"event_id": "E", "case_id": "C", "status": "accepted", "occurred_at": "2026-12-14"}
    log = [{"project_code": "P", "coded_on": "2026-12-01"}], [case], [event]
    found = engine(log, PACK, NATIONAL, dt.date(2026, 12, 15))["P"]
    assert found["cases"][0]["promised"]["due_on"].startswith(due)
    assert ("cases.C.promised.due_on" in found["provisional"]) == provisional
    assert "yellow_on" in found["provisional"]  # 56 days on is in 2027 either way


# ---- notices laid over it

NOTICE = """
region = "{region}"
year = {year}
document = "国办发明电1号"
source = "https://www.gov.cn/"
published = {published}
rest = [{rest}]
work = [{work}]
"""


def notice(folder: Path, name: str, **told: Any) -> Notice:
    """A notice written to a file and read again."""
    plain = {"region": "", "year": 2027, "published": "2026-11-04", "rest": "", "work": ""}
    path = folder / f"{name}.toml"
    path.write_text(NOTICE.format(**plain | told), "utf-8")
    return Notice.read(path)


def test_next_years_notice_moves_what_is_known_and_replaces_what_was_guessed(tmp_path: Path) -> None:
    rest = "2027-01-01, 2027-02-05, 2027-02-08, 2027-02-09, 2027-02-10, 2027-02-11, 2027-05-03"
    told = notice(tmp_path, "2027", rest=rest, work="2026-12-27, 2027-02-14")
    found = calendar(notices=[told])
    assert found.known_until == dt.date(2027, 12, 24)
    assert not found.is_working_day(dt.date(2027, 2, 11))
    assert found.is_working_day(dt.date(2027, 2, 14))  # a Sunday
    assert found.is_working_day(dt.date(2026, 12, 27))  # a Sunday of the year before
    assert found.is_working_day(dt.date(2027, 10, 4))  # guessed to be a day off, not named by the notice
    assert not NATIONAL.is_working_day(dt.date(2027, 10, 4))
    assert found.version != NATIONAL.version


def test_a_year_that_nobody_told_ends_what_is_known(tmp_path: Path) -> None:
    assert calendar(notices=[notice(tmp_path, "2028", year=2028)]).known_until == dt.date(2026, 12, 24)


@pytest.mark.parametrize(
    ("known_at", "start", "days", "due"),
    [
        # Published on 21 November 2019: off until 30 January, Saturday 1 February works.
        ("2020-01-26", "2020-01-23", 5, "2020-02-05"),
        ("2020-01-27", "2020-01-23", 5, "2020-02-07"),  # prolonged to 2 February
        # Published on 6 December 2018: 1 May alone; from 22 March 2019 1 to 4 May, with 28 April and 5 May to work.
        ("2019-03-21", "2019-04-26", 3, "2019-05-02"),
        ("2019-03-22", "2019-04-26", 3, "2019-04-30"),
        ("2019-03-21", "2019-04-30", 2, "2019-05-03"),
        ("2019-03-22", "2019-04-30", 2, "2019-05-06"),
        # The notice of 2019 arranged the last days of 2018: Saturday 29 December works, Monday 31 is off.
        ("2018-12-06", "2018-12-28", 2, "2019-01-02"),
    ],
)
def test_an_amended_year_as_it_was_known_before(known_at: str, start: str, days: int, due: str) -> None:
    found = calendar(known_at=dt.date.fromisoformat(known_at))
    assert found.add(dt.date.fromisoformat(start), days) == dt.date.fromisoformat(due)


def test_the_shipped_forms_of_the_amended_years_add_up_to_what_is_known_now() -> None:
    assert not changed_days(NATIONAL, calendar())
    before = calendar(known_at=dt.date(2019, 3, 21))
    changed = [dt.date(2019, 4, 28), dt.date(2019, 5, 2), dt.date(2019, 5, 3), dt.date(2019, 5, 5)]
    assert changed_days(before, calendar(known_at=dt.date(2019, 3, 22))) == changed
    before = calendar(known_at=dt.date(2020, 1, 26))
    changed = [dt.date(2020, 1, 31), dt.date(2020, 2, 1)]
    assert changed_days(before, calendar(known_at=dt.date(2020, 1, 27))) == changed


def test_a_year_is_not_known_before_it_was_arranged() -> None:
    """The arrangement of 2026 was published on 4 November 2025: Saturday 14 February works, the 20th and 23rd are off.

    Before, the statutory days alone are guessed: New Year's Eve (16 February) and the three days after it.
    """
    eve, day = (calendar(known_at=dt.date(2025, 11, n)) for n in (3, 4))
    assert (eve.known_until, day.known_until) == (dt.date(2025, 12, 24), dt.date(2026, 12, 24))
    assert not changed_days(day, calendar())
    assert not changed_days(eve, day)[0] < dt.date(2025, 12, 25)
    february = [dt.date(2026, 2, n) for n in range(14, 25)]
    assert [d.day for d in february if eve.is_working_day(d)] == [20, 23, 24]
    assert [d.day for d in february if day.is_working_day(d)] == [14, 24]
    assert eve.version != day.version == calendar().version
    assert eve.add(dt.date(2025, 12, 24), 1) > eve.known_until  # so it is provisional


def test_it_is_known_when_every_arrangement_of_the_library_was_published() -> None:
    """A newer library carries another year: look up when that was published, or last year's readings would know it."""
    assert sorted(PUBLISHED) == list(range(2018, carried() + 1))
    assert all(dt.date(year - 1, 10, 1) < day < dt.date(year, 1, 1) for year, day in PUBLISHED.items())
    originals = {n.year: n.published for n in shipped_notices() if not n.region and not n.amends}
    assert {year: PUBLISHED[year] for year in originals} == originals


def test_the_whole_arrangement_of_a_year_takes_the_place_of_what_was_told(tmp_path: Path) -> None:
    again = notice(tmp_path, "2020", year=2020, rest="2020-10-01", work="2020-01-18", published="2020-11-04")
    found = calendar(notices=[again])
    assert found.count(dt.date(2019, 12, 31), dt.date(2020, 12, 31)) == 262  # 262 weekdays, one off, one Saturday
    assert not changed_days(found, NATIONAL)[0] < dt.date(2019, 12, 25)


def test_a_regional_notice_holds_in_its_region_alone(tmp_path: Path) -> None:
    local = notice(tmp_path, "3303", region="3303", year=2026, rest="2026-07-06")
    monday = dt.date(2026, 7, 6)
    assert not calendar("330381", notices=[local]).is_working_day(monday)
    assert calendar("330106", notices=[local]).is_working_day(monday)
    assert calendar("", notices=[local]).is_working_day(monday)
    assert calendar("330381", notices=[local]).known_until == NATIONAL.known_until
    assert area("330381", [local]) == "3303"
    assert area("330106", [local]) == ""


def test_of_two_notices_the_later_and_the_narrower_hold(tmp_path: Path) -> None:
    first = notice(tmp_path, "1", rest="2027-03-01", published="2026-11-01")
    second = notice(tmp_path, "2", work="2027-03-01", published="2026-12-01")
    local = notice(tmp_path, "3", region="33", rest="2027-03-01", published="2026-11-15")
    monday = dt.date(2027, 3, 1)
    assert calendar(notices=[second, first]).is_working_day(monday)
    assert not calendar("33", notices=[local, second, first]).is_working_day(monday)
    assert not calendar(notices=[first, second], known_at=dt.date(2026, 11, 20)).is_working_day(monday)


@pytest.mark.parametrize(
    ("written", "key", "value", "allowed"),
    [
        ({"rest": "2027-01-01", "work": "2027-01-01"}, "work", "2027-01-01", "not both"),
        ({"rest": '"2027-01-01"'}, "rest", "2027-01-01", "without quotes"),
        ({"rest": "2072-01-01"}, "rest", "2072-01-01", "from 2026-12-25 to 2027-12-31"),
        ({"work": "7"}, "work", 7, "dates such as"),
        ({"year": '"2027"'}, "year", "2027", "a year from 2007"),
        ({"year": 1997}, "year", 1997, "a year from 2007"),
        ({"region": "浙江"}, "region", "浙江", "digits of an area code"),
        ({"published": '"soon"'}, "published", "soon", "a date such as"),
    ],
)
def test_a_notice_that_cannot_be_is_refused(
    tmp_path: Path, written: dict[str, Any], key: str, value: object, allowed: str
) -> None:
    with pytest.raises(CalendarError) as refused:
        notice(tmp_path, "bad", **written)
    assert (refused.value.where, refused.value.key, refused.value.value) == ("bad.toml", key, value)
    assert allowed in refused.value.allowed


@pytest.mark.parametrize(
    ("line", "key", "value", "allowed"),
    [
        ("holiday = true", "holiday", True, "region, year, document"),
        ('amends = "yes"', "amends", "yes", "true or false"),
        ("known_from = 2027", "known_from", 2027, "a date such as"),
        ("rest =", "file", None, "a TOML file"),
    ],
)
def test_an_unknown_or_unreadable_line_is_refused(
    tmp_path: Path, line: str, key: str, value: object, allowed: str
) -> None:
    path = tmp_path / "odd.toml"
    text = NOTICE.format(region="", year=2027, published="2026-11-04", rest="", work="")
    path.write_text(f"{text}{line}\n", "utf-8")
    with pytest.raises(CalendarError) as refused:
        Notice.read(path)
    assert (refused.value.where, refused.value.key) == ("odd.toml", key)
    assert value is None or refused.value.value == value
    assert allowed in refused.value.allowed


@pytest.mark.parametrize("key", ["region", "year", "document", "source", "published"])
def test_what_is_missing_is_named(tmp_path: Path, key: str) -> None:
    text = NOTICE.format(region="", year=2027, published="2026-11-04", rest="", work="")
    path = tmp_path / "short.toml"
    path.write_text("\n".join(line for line in text.splitlines() if not line.startswith(key)), "utf-8")
    with pytest.raises(CalendarError, match=f"short.toml: {key}: None; required"):
        Notice.read(path)
