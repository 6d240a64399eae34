"""Notices that are handed in: both forms of file, and what is refused because of what is known already."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.wrongs import allowed_in_words
from rules.almanac import calendar, changed_days, shipped_notices, statutory
from rules.errors import CalendarError
from rules.notice import Notice, from_file, imagined
from rules.overlay import check, leaning
from tests.rules.statute import STATUTE_2026, STATUTE_2027

TODAY = dt.date(2026, 11, 20)
KNOWN = shipped_notices()


def made(**told: Any) -> Notice:
    """A national notice of 2027 (made up) with what is told."""
    days = {"rest": STATUTE_2027, "work": "2027-02-20"} | {k: told.pop(k) for k in ("rest", "work") if k in told}
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
    check(
        made(rest=f"{STATUTE_2027} 2027-01-02 2027-01-03"), KNOWN, "2027.toml"
    )  # a Saturday and a Sunday, as notices do


def without(day: str) -> str:
    """The statutory days of 2027 but for one."""
    return " ".join(kept for kept in STATUTE_2027.split() if kept != day)


def whole(**told: Any) -> Notice:
    """The whole arrangement of 2027 again."""
    return made(**{"document": "再号", "amends": True, "whole": True} | told)


# What has to be named of 2027 if only New Year is: of the thirteen days those on weekdays.
MOST_MISSING = (
    "农历除夕 2027-02-05, 春节 2027-02-08, 清明节 2027-04-05, 端午节 2027-06-09, 中秋节 2027-09-15, 国庆节 2027-10-01"
)


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
        # Saturdays that the notice of 2026 has made days of work
        (made(year=2026, amends=True, rest="", work="2026-02-14"), (), "work", "2026-02-14", "would be a day of rest"),
        (closure(rest="", work="2026-10-10"), (), "work", "2026-10-10", "a day that would be a day of rest"),
        (
            made(document="又号", amends=True, rest="", work="2027-02-20"),
            (made(),),
            "work",
            "2027-02-20",
            "day of rest",
        ),
        # holidays of all citizens that a year leaves out, or on which it works
        (made(rest="2027-01-01"), (), "rest", MOST_MISSING, "these statutory holidays"),
        (made(rest=without("2027-06-09")), (), "rest", "端午节 2027-06-09", "these statutory holidays"),
        (
            made(rest=without("2027-10-02"), work="2027-10-02"),
            (),
            "rest",
            "国庆节 2027-10-02",
            "these statutory holidays",
        ),
        (whole(rest=without("2027-01-01")), (made(),), "rest", "元旦 2027-01-01", "these statutory holidays"),
    ],
)
def test_what_cannot_be_laid_over_what_is_known(
    told: Notice, known: tuple[Notice, ...], key: str, value: object, allowed: str
) -> None:
    with pytest.raises(CalendarError) as refused:
        check(told, [*KNOWN, *known], "some.toml")
    assert (refused.value.where, refused.value.key, refused.value.value) == ("some.toml", key, value)
    assert allowed in refused.value.allowed
    assert allowed_in_words(refused.value.allowed)


def test_every_notice_there_ever_was_rests_on_the_statutory_holidays(shared_data: Path) -> None:
    """Those of 2007 to 2026, and the shipped originals; each with one holiday turned to work is refused."""
    found = [n for n in KNOWN if not n.amends]
    assert [n.year for n in found] == [2019, 2020]
    for year in range(2007, 2027):
        told = {"document": "某号", "source": "某处", "published": dt.date(year, 11, 1), "amends": True}
        found.append(from_file(shared_data / "holiday_cn" / f"{year}.json", TODAY, told))
    for notice in found:
        again = replace(notice, amends=True, whole=True)
        check(again, [], "some.toml")
        first = dt.date(notice.year, 10, 1)
        spoilt = replace(again, rest=again.rest - {first}, work=again.work | ({first} - weekdays(first)))
        with pytest.raises(CalendarError, match=f"国庆节 {first}"):
            check(spoilt, [], "some.toml")


def weekdays(day: dt.date) -> set[dt.date]:
    return {day} if day.weekday() < 5 else set()


def test_so_many_days_are_holidays_of_all_citizens() -> None:
    """全国年节及纪念日放假办法 as of 1999 (10 days), 2007 (11) and 2024 (13)."""
    assert {year: len(statutory(year)) for year in (2007, 2008, 2014, 2024, 2025, 2026, 2027)} == {
        2007: 10, 2008: 11, 2014: 11, 2024: 11, 2025: 13, 2026: 13, 2027: 13,
    }  # fmt: skip
    assert " ".join(day.isoformat() for day in statutory(2027)) == STATUTE_2027


def test_what_could_not_stand_alone_leans_on_what_is_taken_away() -> None:
    year, more, local = made(), made(document="又号", amends=True, rest="2027-03-01", work=""), closure()
    following = made(year=2028, document="次号", rest="2028-01-01", work="")
    shift = closure(document="改号", amends=True, rest="2026-07-07")
    assert leaning(year, [more, following, local], KNOWN) == [more, following]
    assert leaning(more, [year, following, local], KNOWN) == []
    assert leaning(local, [year, shift], KNOWN) == [shift]
    another = closure(document="旁号", rest="2026-07-08")
    assert leaning(local, [another, shift], KNOWN) == []  # a notice of that region and year is there still
    late = replace(more, document="晚号", published=dt.date(2026, 11, 18))
    assert leaning(closure(), [year, more, late], KNOWN) == []


# ---- a whole year again


def of_json(days: dict[dt.date, bool], year: int) -> set[dt.date]:
    """The working days of a notice year by the file alone: the plain week, but for what it names."""
    first, last = dt.date(year - 1, 12, 25), dt.date(year, 12, 24)
    every = [first + dt.timedelta(n) for n in range((last - first).days + 1)]
    return {day for day in every if (not days[day] if day in days else day.weekday() < 5)}


@given(data=st.data())
def test_a_revised_year_in_json_is_the_year_that_it_names(data: st.DataObject) -> None:
    """Over the library's year and an amendment of it, with any days but the statutory ones dropped, added or turned."""
    known = [*KNOWN, made(year=2026, document="前号", amends=True, rest="2026-05-06 2026-08-03", work="2026-08-08")]
    plain = dict.fromkeys((dt.date.fromisoformat(d) for d in STATUTE_2026.split()), True)
    any_day = st.dates(dt.date(2025, 12, 25), dt.date(2026, 12, 24)).filter(lambda day: day not in plain)
    rest = data.draw(st.sets(any_day, max_size=20))
    work = data.draw(st.sets(any_day.filter(lambda day: day.weekday() > 4), max_size=8)) - rest
    days = plain | dict.fromkeys(rest, True) | dict.fromkeys(work, False)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "2026.json"
        path.write_text(written(2026, days), "utf-8")
        found = from_file(path, TODAY, {"document": "再号", "published": dt.date(2026, 11, 18), "amends": True})
    assert (found.whole, found.rest | found.work) == (True, set(days))
    check(found, known, "2026.json")
    made_of_it = calendar(notices=[*known, found])
    first, last = dt.date(2025, 12, 25), dt.date(2026, 12, 24)
    every = [first + dt.timedelta(n) for n in range((last - first).days + 1)]
    assert {day for day in every if made_of_it.is_working_day(day)} == of_json(days, 2026)
    beyond = changed_days(made_of_it, calendar(notices=KNOWN))
    assert all(first <= day <= last for day in beyond)


def written(year: int, days: dict[dt.date, bool]) -> str:
    """A file in the form of holiday-cn."""
    told = [{"name": "日", "date": day.isoformat(), "isOffDay": off} for day, off in sorted(days.items())]
    return json.dumps({"year": year, "papers": ["https://x/"], "days": told})


def test_a_whole_year_of_a_region_falls_back_to_the_nation() -> None:
    """What the region had arranged before is gone; the nation's Saturday of work and its holidays stay."""
    first = closure(rest="2026-07-06 2026-02-14")
    again = closure(document="再号", amends=True, whole=True, rest="2026-07-07", published=dt.date(2026, 11, 10))
    found = calendar("3303", notices=[*KNOWN, first, again])
    assert changed_days(calendar(notices=KNOWN), found) == [dt.date(2026, 7, 7)]
    both = calendar("3303", notices=[*KNOWN, first, replace(again, whole=False)])
    assert [d.isoformat() for d in changed_days(calendar(notices=KNOWN), both)] == [
        "2026-02-14", "2026-07-06", "2026-07-07",
    ]  # fmt: skip


def test_only_an_amendment_is_a_whole_year_again(tmp_path: Path) -> None:
    path = tmp_path / "2027.toml"
    path.write_text(
        'region = ""\nyear = 2027\ndocument = "某号"\nsource = "某处"\npublished = 2026-11-04\nwhole = true\n'
    )
    with pytest.raises(CalendarError, match=r"2027.toml: whole: True; with amends = true alone"):
        from_file(path, TODAY, {})
    assert from_file(path, TODAY, {"amends": True}).whole


@pytest.mark.parametrize("day", ["1998-11-01", "2024-12-31", "2028-01-01"])
def test_a_notice_is_published_about_its_year(tmp_path: Path, day: str) -> None:
    path = tmp_path / "2027.json"
    path.write_text(written(2027, {dt.date(2027, 1, 1): True}), "utf-8")
    with pytest.raises(CalendarError, match=f"published: '{day}'; a day from 2025-01-01 to 2027-12-31"):
        from_file(path, TODAY, {"document": "某号", "published": dt.date.fromisoformat(day)})


def test_what_is_only_imagined_needs_no_document(tmp_path: Path) -> None:
    path = tmp_path / "2026.json"
    path.write_text(written(2026, {dt.date(2026, 1, 1): True}), "utf-8")
    found = imagined(path, TODAY, dt.date(2026, 12, 24))
    assert (found.document, found.published, found.amends, found.whole) == ("2026.json", TODAY, True, True)
    path.write_text(written(2029, {dt.date(2029, 1, 1): True}), "utf-8")
    found = imagined(path, TODAY, dt.date(2026, 12, 24))
    assert (found.published, found.known_from, found.amends) == (dt.date(2027, 1, 1), dt.date(2027, 1, 1), False)
    path.write_text('{"year": "x", "papers": ["https://x/"], "days": []}', "utf-8")
    with pytest.raises(CalendarError, match=r"2026.json: year: 'x'"):
        imagined(path, TODAY, dt.date(2026, 12, 24))


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
    told = {"document": "某号", "published": dt.date(2024, 12, 31)}
    found = from_file(shared_data / "holiday_cn" / "2024.json", TODAY, told)
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
        'region = ""\nyear = 2027\ndocument = "某号"\nsource = "某处"\npublished = 2026-11-04\n'
        f"rest = [{', '.join(STATUTE_2027.split())}]\n"
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
