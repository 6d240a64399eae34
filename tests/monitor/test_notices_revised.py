"""Revised notices through the store, on SQLite and PostgreSQL: as known before and after, and for one region.

Notices and projects are made up, but for the two revisions of 22 March 2019 and 27 January 2020.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.database import Database, downgrade, upgrade
from monitor.reading.notices import entered
from monitor.reading.projects import ProjectQuery
from monitor.reading.viewer import EVERYONE
from monitor.verbs.notices import NoSuchNotice, listed, preview, take_back
from rules.almanac import calendar
from rules.notice import Notice, from_file
from tests.monitor.canonical_files import rows
from tests.monitor.closures import (
    DAY,
    FILE,
    LABOUR_DAY,
    SPRING_FESTIVAL,
    before,
    closure,
    days,
    landed,
    national,
    running,
    turns,
)
from tests.monitor.sweeping import RULES, Clock, Office, dump, office, standings
from tests.rules.statute import STATUTE_2027

# ---- the true revisions, as known before and after


def test_labour_day_2019_moves_a_yellow_light_and_the_history_says_why(database: Database, tmp_path: Path) -> None:
    rules = before(LABOUR_DAY)
    here = Office(database, tmp_path, Clock(dt.datetime(2019, 3, 1, tzinfo=dt.UTC)), rules)
    original = rules.calendar("")
    assert original.is_working_day(dt.date(2019, 5, 3))
    since = original.add(dt.date(2019, 5, 3), -56)  # Friday 3 May would have been its 56th day
    running(here, "P", since=since.isoformat())
    here.clock.moment = dt.datetime(2019, 5, 4, tzinfo=dt.UTC)
    here.tick(dt.date(2019, 5, 4))
    seen = dt.datetime(2019, 5, 4, 12, tzinfo=dt.UTC)
    here.clock.moment = dt.datetime(2019, 5, 5, tzinfo=dt.UTC)
    assert turns(here) == [("P", dt.date(2019, 5, 3), "yellow", "zhejiang-80", True)]
    done = landed(here, replace(LABOUR_DAY, known_from=dt.date(2019, 5, 5)))
    assert done.swept and (done.swept.projects, done.swept.as_of) == (1, dt.date(2019, 5, 4))
    why = f"zhejiang-80 / {LABOUR_DAY.document}"
    assert turns(here) == [("P", dt.date(2019, 5, 3), "yellow", why, False)]  # 28 April worked, 2 and 3 May did not
    here.tick(dt.date(2019, 5, 5))  # a Sunday that works: day 56
    assert turns(here)[1:] == [("P", dt.date(2019, 5, 5), "yellow", "zhejiang-80", True)]
    assert here.objects(dt.date(2019, 5, 5))["P"]["yellow_on"] == "2019-05-05"
    then = here.objects(dt.date(2019, 5, 5), seen)["P"]
    assert (then["yellow_on"], then["light"]) == ("2019-05-03", "yellow")


def test_spring_festival_2020_moves_a_due_day(database: Database, tmp_path: Path) -> None:
    here = Office(database, tmp_path, Clock(dt.datetime(2020, 1, 23, tzinfo=dt.UTC)), before(SPRING_FESTIVAL))
    running(here, "P", since="2020-01-23", promised="5")
    here.tick(dt.date(2020, 1, 23))

    def due(known_at: dt.datetime | None = None) -> str:
        return str(here.objects(dt.date(2020, 1, 23), known_at)["P"]["cases"][0]["promised"]["due_on"])

    assert due() == "2020-02-05"
    here.clock.moment = dt.datetime(2020, 1, 27, tzinfo=dt.UTC)
    found = preview(database, here.rules, SPRING_FESTIVAL, FILE)
    assert found.effect and [
        (c.before, c.after) for c in found.effect.changes if c.what == "due_on" and c.where == "promised"
    ] == [("2020-02-05", "2020-02-07")]
    landed(here, SPRING_FESTIVAL)
    assert due() == "2020-02-07"
    assert due(dt.datetime(2020, 1, 26, tzinfo=dt.UTC)) == "2020-02-05"
    assert due(dt.datetime(2020, 1, 28, tzinfo=dt.UTC)) == "2020-02-07"
    stored = rows(database, "SELECT promised_due_on FROM case_standing")
    assert stored == [((dt.date(2020, 2, 7) - dt.date(1970, 1, 1)).days,)]


def test_the_shipped_revisions_are_known_from_their_day(database: Database, tmp_path: Path) -> None:
    here = Office(database, tmp_path, Clock(dt.datetime(2020, 1, 23, tzinfo=dt.UTC)), RULES)
    running(here, "P", since="2020-01-23", promised="5")
    for known_at, due in (("2020-01-26", "2020-02-05"), ("2020-01-27", "2020-02-07")):
        moment = dt.datetime.fromisoformat(f"{known_at}T12:00:00+08:00")
        assert here.objects(dt.date(2020, 1, 23), moment)["P"]["cases"][0]["promised"]["due_on"] == due


# ---- next year's notice


def test_next_years_notice_settles_what_is_provisional(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    running(here, "P", since="2026-12-21", promised="6")
    here.tick(dt.date(2026, 12, 22))
    one = here.objects(dt.date(2026, 12, 22))["P"]
    assert one["cases"][0]["promised"]["due_on"] == "2026-12-29"
    assert {"cases.P-C.promised.due_on", "yellow_on"} <= set(one["provisional"])
    rest = f"{STATUTE_2027} 2027-01-02 2027-01-03 2027-02-09 2027-02-10 2027-02-11"
    told = closure("", rest, "虚构", year=2027, published=dt.date(2026, 11, 4), work=days("2026-12-27 2027-02-14"))
    here.clock.moment = dt.datetime(2026, 12, 22, tzinfo=dt.UTC)
    done = landed(here, replace(told, known_from=dt.date(2026, 12, 22)))
    assert dt.date(2026, 12, 27) in done.days
    assert done.touched == 1
    now = here.objects(dt.date(2026, 12, 22))["P"]
    assert now["cases"][0]["promised"]["due_on"] == "2026-12-28"  # Sunday 27 December works
    assert now["provisional"] == []
    assert now["calendar"]["known_until"] == "2027-12-24"
    assert here.reader().horizon(EVERYONE).known_until == dt.date(2027, 12, 24)


# ---- what begins on a day of rest


@pytest.mark.parametrize(
    ("notice", "used"),
    [
        # Accepted on Sunday 16 March 2025: Friday the 14th is day 0, and the 17th to the 31st of March are 11 days.
        (closure("", "2025-03-14", amends=True), 11),
        (closure("", "", work=days("2025-03-15"), amends=True), 11),
        (closure("", "2025-03-17", amends=True), 10),
        (closure("", "2025-03-13", amends=True), 11),
    ],
    ids=("the day before rests", "the Saturday works", "the Monday rests", "the Thursday rests"),
)
def test_a_record_on_a_day_of_rest_counts_from_the_working_day_before_it(
    database: Database, tmp_path: Path, notice: Notice, used: int
) -> None:
    here = office(database, tmp_path)
    running(here, "P", since="2025-03-16")
    here.tick(DAY)
    assert listed_used(here) == 11
    done = landed(here, notice)
    assert listed_used(here) == used
    assert done.touched == (dt.date(2025, 3, 13) not in notice.rest)
    stood = standings(database)
    here.rebuild(DAY)
    assert standings(database) == stood


def listed_used(here: Office) -> int:
    """Days used of the only project, as the list tells them from the stored dates."""
    (used,) = here.reader().projects(EVERYONE, DAY, ProjectQuery()).rows["used"].tolist()
    return int(used)


# ---- a whole year again


def year_in_json(folder: Path, year: int, dropped: str) -> Path:
    """The year as the program knows it in the form of holiday-cn, but for the days that are dropped."""
    first, plain = dt.date(year - 1, 12, 25), calendar()
    every = [first + dt.timedelta(n) for n in range((dt.date(year, 12, 25) - first).days)]
    told = [
        {"name": "日", "date": day.isoformat(), "isOffDay": not plain.is_working_day(day)}
        for day in every
        if plain.is_working_day(day) != (day.weekday() < 5) and day not in days(dropped)
    ]
    file = folder / f"{year}.json"
    file.write_text(json.dumps({"year": year, "papers": ["https://虚构/"], "days": told}), "utf-8")
    return file


def test_a_revised_year_in_json_takes_days_back(database: Database, tmp_path: Path) -> None:
    """Without 3, 4 and 8 February 2025: Monday and Tuesday work, the Saturday rests, and from then on every count is
    one day higher. Day 56 was Monday 31 March; now it is the Friday before."""
    here = office(database, tmp_path)
    running(here, "P", since=calendar().add(DAY, -56).isoformat())
    here.tick(DAY)
    stood, objects = standings(database), here.objects(DAY)
    told = {"document": "国办〔2025〕虚构9号", "published": dt.date(2025, 3, 1), "amends": True}
    notice = from_file(year_in_json(tmp_path, 2025, "2025-02-03 2025-02-04 2025-02-08"), DAY, told)
    everything = dump(database)
    found = preview(database, here.rules, notice, FILE)
    changed = dict(zip(sorted(days("2025-02-03 2025-02-04 2025-02-08")), (True, True, False), strict=True))
    assert found.days == changed
    assert found.effect
    seen = {(c.where, c.what): (c.before, c.after) for c in found.effect.changes}
    assert seen[("project", "yellow_on")] == ("2025-03-31", "2025-03-28")
    assert seen[("project", "used")] == (56, 57)
    assert dump(database) == everything

    done = landed(here, notice)
    assert (done.days, done.touched) == (changed, 1)
    why = f"zhejiang-80 / {notice.document}"
    assert turns(here) == [
        ("P", dt.date(2025, 3, 28), "yellow", why, True), ("P", DAY, "yellow", why, False),
    ]  # fmt: skip
    with database.reading() as connection:
        (row,) = entered(connection)
    assert (row.notice.whole, row.notice.rest, row.notice.work) == (True, notice.rest, notice.work)
    assert landed(here, notice).known
    after = standings(database)
    here.rebuild(DAY)
    assert standings(database) == after
    assert take_back(database, here.rules, row.id, here.clock).days == {
        day: not works for day, works in changed.items()
    }
    assert here.objects(DAY) == objects
    assert {t: r for t, r in standings(database).items() if t != "turn"} == {
        t: r for t, r in stood.items() if t != "turn"
    }
    assert here.objects(DAY, row.known_from)["P"]["yellow_on"] == "2025-03-28"
    assert here.objects(DAY, row.known_from - dt.timedelta(milliseconds=1))["P"]["yellow_on"] == "2025-03-31"


def test_an_older_program_judges_without_a_whole_year(database: Database, tmp_path: Path) -> None:
    """It would take the notice for a change of single days."""
    here = office(database, tmp_path)
    running(here, "P", since="2025-01-06")
    here.tick(DAY)
    used = listed_used(here)
    told = {"document": "国办〔2025〕虚构9号", "published": dt.date(2025, 3, 1), "amends": True}
    landed(here, from_file(year_in_json(tmp_path, 2025, "2025-02-03"), DAY, told))
    assert listed_used(here) == used + 1
    downgrade(database, "0006")
    upgrade(database)
    with database.reading() as connection:
        assert entered(connection) == []
    here.tick(DAY)
    assert listed_used(here) == used


# ---- a closure of one region


def test_a_closure_holds_in_its_region_alone_until_it_is_taken_back(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    regions = {"A": "330381", "B": "330302", "C": "330106", "D": "3303"}
    running(here, *"ABCD", since="2025-03-10", regions=regions)
    here.tick(DAY)
    stood, objects = standings(database), here.objects(DAY)
    done = landed(here, closure("3303", "2025-03-12 2025-04-23"))
    assert done.touched == 3
    now = here.objects(DAY)
    assert [now[c]["used"] - objects[c]["used"] for c in "ABCD"] == [-1, -1, 0, -1]
    assert [now[c]["calendar"]["region"] for c in "ABCD"] == ["CN-3303", "CN-3303", "CN", "CN-3303"]
    kept = rows(database, "SELECT p.code, c.name FROM standing s JOIN project p ON p.id = s.project_id "
                "JOIN calendar c ON c.id = s.calendar_id")  # fmt: skip
    assert sorted(kept) == [("A", "CN-3303"), ("B", "CN-3303"), ("C", "CN"), ("D", "CN-3303")]
    with database.reading() as connection:
        (row,) = entered(connection)
    with pytest.raises(NoSuchNotice):
        take_back(database, here.rules, row.id + 1, here.clock)
    assert take_back(database, here.rules, row.id, here.clock).touched == 3
    assert (standings(database), here.objects(DAY)) == (stood, objects)
    assert here.objects(DAY, row.known_from) == here.objects(DAY, row.known_from + dt.timedelta(milliseconds=1)) == now
    with pytest.raises(NoSuchNotice):
        take_back(database, here.rules, row.id, here.clock)
    assert [(one.id, one.known_to is None) for one in listed(database, here.rules, past=True) if one.id] == [(1, False)]


def test_a_standing_that_is_left_alone_counts_by_the_new_days(database: Database, tmp_path: Path) -> None:
    """Red long ago, so no date lies ahead: its line goes on over a day that came to be off."""
    here = office(database, tmp_path)
    running(here, "P", since="2024-06-03")
    here.tick(DAY)
    assert landed(here, national("2025-04-22", "")).touched == 0
    day = dt.date(2025, 4, 30)
    listed_days = here.reader().projects(EVERYONE, day, ProjectQuery()).rows["used"].tolist()
    assert listed_days == [here.objects(day)["P"]["used"]]
    assert listed_days[0] == calendar().count(dt.date(2024, 6, 3), day) - 1
