"""Notices that are handed in: both forms of file, and what is refused because of what is known already."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rules.almanac import calendar, check, shipped_notices
from rules.errors import CalendarError
from rules.notice import Notice, from_file

TODAY = dt.date(2026, 11, 20)
KNOWN = shipped_notices()


def made(**told: Any) -> Notice:
    """A national notice of 2027 (made up) with what is told."""
    days = {"rest": "2027-01-01", "work": "2027-02-20"} | {k: told.pop(k) for k in ("rest", "work") if k in told}
    sets = {key: frozenset(dt.date.fromisoformat(d) for d in text.split()) for key, text in days.items()}
    plain = {"region": "", "year": 2027, "document": "某号", "source": "某处", "published": dt.date(2026, 11, 4)}
    return Notice(**plain | {"known_from": TODAY} | sets | told)


def closure(**told: Any) -> Notice:
    """A day on which one city is closed (made up)."""
    return made(**{"region": "3303", "year": 2026, "rest": "2026-07-06", "work": ""} | told)


def test_what_can_be_laid_over_what_is_known() -> None:
    national = made()
    check(national, KNOWN, "2027.toml")
    check(made(amends=True, rest="2027-02-08", work=""), [*KNOWN, national], "more.toml")
    check(made(year=2026, amends=True, rest="2026-12-28", work="2026-12-27"), KNOWN, "2026.toml")
    check(closure(), KNOWN, "closure.toml")
    check(closure(rest="2026-07-07", document="又号"), [*KNOWN, closure()], "closure.toml")
    check(closure(amends=True), [*KNOWN, closure()], "closure.toml")
    check(made(rest="2027-01-01 2027-01-02 2027-01-03"), KNOWN, "2027.toml")  # a Saturday and a Sunday, as notices do


@pytest.mark.parametrize(
    ("told", "known", "key", "value", "allowed"),
    [
        (made(rest="", work=""), (), "rest", None, "at least one day"),
        (made(published=dt.date(2026, 11, 21)), (), "published", "2026-11-21", "a day up to 2026-11-20"),
        (made(year=2028, rest="2028-01-03", work=""), (), "year", 2028, "a year up to 2027: its notice comes first"),
        (made(year=2026, rest="2026-12-28", work=""), (), "year", 2026, "amends = true"),
        (made(document="又号"), (made(),), "year", 2027, "amends = true"),
        (made(amends=True), (), "amends", True, "false"),
        (closure(amends=True), (), "amends", True, "false"),
        (closure(document="又号"), (closure(),), "rest", "2026-07-06", "amends = true: 某号 has arranged"),
        (made(amends=True, published=dt.date(2026, 11, 3)), (made(),), "published", "2026-11-03", "from 2026-11-04"),
        (made(work="2027-02-19"), (), "work", "2027-02-19", "a day that would be a day of rest"),  # a Friday
        (made(work="2026-12-28"), (), "work", "2026-12-28", "a day that would be a day of rest"),  # a Monday
        (made(work="2027-10-04"), (), "work", "2027-10-04", "a day that would be"),  # off by a guess alone
        (closure(rest="", work="2026-07-06"), (), "work", "2026-07-06", "a day that would be a day of rest"),
    ],
)
def test_what_cannot_be_laid_over_what_is_known(
    told: Notice, known: tuple[Notice, ...], key: str, value: object, allowed: str
) -> None:
    with pytest.raises(CalendarError) as refused:
        check(told, [*KNOWN, *known], "some.toml")
    assert (refused.value.where, refused.value.key, refused.value.value) == ("some.toml", key, value)
    assert allowed in refused.value.allowed


def test_a_holiday_taken_back_is_a_day_of_work() -> None:
    back = made(amends=True, rest="", work="2027-01-01")
    check(back, [*KNOWN, made()], "back.toml")
    day = dt.date(2027, 1, 1)
    assert not calendar(notices=[*KNOWN, made()]).is_working_day(day)
    assert calendar(notices=[*KNOWN, made(), back]).is_working_day(day)


# ---- the two forms of file


def test_the_json_form_gives_the_days_of_its_year(shared_data: Path) -> None:
    for year in range(2008, 2027):
        path = shared_data / "holiday_cn" / f"{year}.json"
        told = json.loads(path.read_text("utf-8"))
        found = from_file(path, TODAY, {"document": "某号", "published": dt.date(year - 1, 12, 1)})
        assert (found.year, found.region, found.source) == (year, "", told["papers"][-1])
        for days, off in ((found.rest, True), (found.work, False)):
            assert days == {dt.date.fromisoformat(d["date"]) for d in told["days"] if d["isOffDay"] is off}
        assert found.known_from == TODAY


def test_the_address_of_a_paper_tells_the_day_where_it_can(shared_data: Path) -> None:
    found = from_file(shared_data / "holiday_cn" / "2023.json", TODAY, {"document": "某号"})
    assert found.published == dt.date(2022, 12, 8)
    with pytest.raises(CalendarError, match=r"2026.json: published: None; required"):
        from_file(shared_data / "holiday_cn" / "2026.json", TODAY, {"document": "某号"})
    with pytest.raises(CalendarError, match=r"2023.json: document: None; required"):
        from_file(shared_data / "holiday_cn" / "2023.json", TODAY, {})


def test_a_whole_year_in_json_makes_the_calendar_of_that_year(shared_data: Path) -> None:
    """2024 again through the notice alone: the same as the library has it."""
    found = from_file(shared_data / "holiday_cn" / "2024.json", TODAY, {"document": "某号", "published": TODAY})
    assert calendar(notices=[found]).count(dt.date(2023, 12, 31), dt.date(2024, 12, 31)) == 251
    assert not (calendar(notices=[found]).works != calendar(notices=[]).works).any()
    fewer = replace(found, work=found.work - {dt.date(2024, 2, 4)})
    assert calendar(notices=[fewer]).count(dt.date(2023, 12, 31), dt.date(2024, 12, 31)) == 250


@pytest.mark.parametrize(
    ("told", "key", "allowed"),
    [
        ({"holiday": 1}, "holiday", "a known key"),
        ({"year": "2027"}, "year", "a year from"),
        ({"days": [{"date": "2027-02-30", "isOffDay": True}]}, "days[0].date", "a date such as"),
        ({"days": [{"date": "2029-01-01", "isOffDay": True}]}, "rest", "a day from 2026-12-25"),
        ({"days": [{"date": "2027-01-01"}]}, "days[0].isOffDay", "required"),
        ({"days": [{"date": "2027-01-01", "isOffDay": "yes"}]}, "days[0].isOffDay", "true or false"),
        ({"days": [{"date": "2027-01-01", "isOffDay": True, "off": 1}]}, "days[0].off", "a known key"),
        ({"days": [{"date": "2027-01-01", "isOffDay": True}] * 2}, "rest", "each day once"),
        ({"days": [{"date": "2027-01-01", "isOffDay": v} for v in (True, False)]}, "work", "not both"),
        ({"papers": "x"}, "papers", "a list of texts"),
        ({"papers": []}, "source", "required"),
    ],
)
def test_a_json_that_cannot_be_is_refused(tmp_path: Path, told: dict[str, Any], key: str, allowed: str) -> None:
    plain = {"year": 2027, "papers": ["https://x/"], "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": True}]}
    path = tmp_path / "2027.json"
    path.write_text(json.dumps(plain | told), "utf-8")
    with pytest.raises(CalendarError) as refused:
        from_file(path, TODAY, {"document": "某号", "published": dt.date(2026, 11, 4)})
    assert (refused.value.where, refused.value.key) == ("2027.json", key)
    assert allowed in refused.value.allowed


def test_our_own_clock_says_when_we_knew(tmp_path: Path) -> None:
    path = tmp_path / "2027.toml"
    lines = (
        'region = ""\nyear = 2027\ndocument = "某号"\nsource = "某处"\npublished = 2026-11-04\nrest = [2027-01-01]\n'
    )
    path.write_text(lines, "utf-8")
    assert from_file(path, TODAY, {}) == made(work="")
    assert from_file(path, TODAY, {"region": "33", "amends": True}).amends
    path.write_text(lines + "known_from = 2026-11-01\n", "utf-8")
    with pytest.raises(CalendarError, match="known_from"):
        from_file(path, TODAY, {})
    for bad in (b"\xff", b"{", b"[1]"):
        (tmp_path / "bad.json").write_bytes(bad)
        with pytest.raises(CalendarError, match=r"bad.json: file"):
            from_file(tmp_path / "bad.json", TODAY, {})
    with pytest.raises(CalendarError, match=r"none.toml: file"):
        from_file(tmp_path / "none.toml", TODAY, {})
