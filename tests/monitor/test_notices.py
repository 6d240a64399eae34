"""Notices through the store, on SQLite and PostgreSQL: what they touch, what they say they will, what was known before.

Notices and projects are made up, but for the two revisions of 22 March 2019 and 27 January 2020.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from monitor.database import Database, downgrade, upgrade
from monitor.reading.notices import entered
from monitor.verbs import notices as verb
from monitor.verbs import tick as sweeping_verb
from monitor.verbs.notices import Landed, NoSuchNotice, land, listed, preview, take_back
from rules.almanac import almanac, calendar, shipped_notices
from rules.errors import CalendarError
from rules.notice import Notice
from rules.portfolio import Rules, parts
from rules.vocabulary import Light
from rules.workdays import day_of
from tests.monitor.canonical_files import rows
from tests.monitor.looking import FINISHED, judged
from tests.monitor.sweeping import RULES, Clock, Office, office, standings
from tests.monitor.tally import tally, tally_as_it_must_be
from tests.rules.columns import log_of
from tests.rules.generate import awkward_log
from tests.rules.oracle_case import office_date

FILE = Path("notice.toml")
DAY = dt.date(2025, 3, 31)
ORIGINAL = {n.document: n for n in shipped_notices()}
LABOUR_DAY, SPRING_FESTIVAL = ORIGINAL["国办发明电〔2019〕3号"], ORIGINAL["国办发明电〔2020〕1号"]


def before(notice: Notice) -> Rules:
    """The rules of the day before a shipped notice was published."""
    made = almanac(tuple(n for n in shipped_notices() if n.published < notice.published))
    return replace(RULES, base=made.notices, calendar=made.calendar, area=made.area)


def days(text: str) -> frozenset[dt.date]:
    return frozenset(dt.date.fromisoformat(day) for day in text.split())


def closure(region: str, rest: str, document: str = "某市〔2025〕1号", **told: Any) -> Notice:
    """Days on which a region is closed."""
    plain = {"year": 2025, "source": "虚构", "published": dt.date(2025, 1, 2), "work": frozenset()}
    plain["known_from"] = dt.date(2026, 11, 20)
    return Notice(region=region, document=document, rest=days(rest), **plain | told)


def national(rest: str, work: str, **told: Any) -> Notice:
    """A national notice; it amends 2025."""
    return closure("", rest, "国办〔2025〕虚构1号", work=days(work), amends=True, **told)


def landed(here: Office, notice: Notice) -> Landed:
    return land(here.database, here.rules, notice, FILE, here.clock)


def project(code: str, coded_on: str = "2025-01-02", region: str = "330106") -> dict[str, str]:
    row = {"project_code": code, "coded_on": coded_on, "kind": "filing", "region": region}
    return row | {"pack": "zhejiang-80"}


def case(code: str, promised: str = "") -> dict[str, str]:
    row = {"case_id": f"{code}-C", "project_code": code, "stage": "planning", "department": "局"}
    return row | {"promised_days": promised}


def accepted(code: str, day: str) -> dict[str, str]:
    return {"event_id": f"{code}-E", "case_id": f"{code}-C", "status": "accepted", "occurred_at": day}


def running(here: Office, *codes: str, since: str, promised: str = "", regions: dict[str, str] | None = None) -> None:
    """Takes in projects that have been running from one acceptance on."""
    regions = regions or {}
    projects = [project(code, since, regions.get(code, "330106")) for code in codes]
    here.take(projects, [case(code, promised) for code in codes], [accepted(code, since) for code in codes])


def turns(here: Office) -> list[tuple[Any, ...]]:
    """Code, day, light, why, and whether it is known still, of the turns of projects."""
    sql = """SELECT p.code, t."on", t.to_light, t.why, t.known_to IS NULL
        FROM turn t JOIN project p ON p.id = t.project_id WHERE t.scope = 'project'"""
    found = rows(here.database, sql)
    return sorted((c, day_of(on), Light(light).word, why, bool(known)) for c, on, light, why, known in found)


# ---- the tables after a notice are those of a full rebuild, and no more was assessed than could change


def some_notices(rng: Random) -> list[Notice]:
    """National and local ones, in the past and the future of DAY."""
    weekdays = [DAY + dt.timedelta(n) for n in range(-120, 120)]
    weekdays = [day for day in weekdays if day.year == 2025 and calendar().is_working_day(day) and day.weekday() < 5]
    weekends = [DAY + dt.timedelta(n) for n in range(-60, 60)]
    weekends = [d for d in weekends if d.year == 2025 and d.weekday() > 4 and not calendar().is_working_day(d)]
    found = []
    for n in range(4):
        rest = " ".join(day.isoformat() for day in rng.sample(weekdays, rng.choice((1, 2, 5))))
        work = frozenset(rng.sample(weekends, rng.choice((0, 1))))
        told = {"work": work, "document": f"虚构{n}号", "amends": n % 2 == 0}
        found.append(closure("" if n % 2 == 0 else rng.choice(("33", "3301", "330106", "32")), rest, **told))
    return [n if n.region else replace(n, amends=True) for n in found]


@pytest.mark.parametrize("seed", range(3))
def test_after_a_notice_the_tables_are_those_of_a_rebuild(database: Database, tmp_path: Path, seed: int) -> None:
    log = awkward_log(100 + seed, 50)
    here = office(database, tmp_path)
    here.take(*log)
    here.tick(DAY)
    now, fewer = RULES, 0
    told: list[Notice] = []
    for notice in some_notices(Random(seed)):
        could = could_change(log, now, notice)
        told.append(notice)
        done = landed(here, notice)
        now = RULES.laid_over(told)
        assert done.touched <= len(could)
        assert done.swept is None or (done.swept.projects, done.swept.failed) == (done.touched, 0)
        fewer += len(judged(log, DAY)) - done.touched
        stood = standings(database)
        assert here.objects(DAY) == told_by(log, now, DAY)
        assert tally(database) == tally_as_it_must_be(database)
        here.rebuild(DAY)
        assert standings(database) == stood
    assert fewer > 20
    later = DAY + dt.timedelta(60)
    here.tick(later)
    assert here.objects(later) == told_by(log, now, later)
    stood = standings(database)
    here.rebuild(later)
    assert standings(database) == stood


def told_by(log: Any, rules: Rules, day: dt.date) -> dict[str, Any]:
    """What the law says of the rows under some rules."""
    from monitor.verbs.assess import standing_documents

    columns, traits = log_of(*log)
    return {one["project_code"]: one for one in standing_documents(parts(columns, traits, rules), day)}


def could_change(log: Any, rules: Rules, notice: Notice) -> set[str]:
    """Projects with an event, a date or an open stretch on or after the first day of a notice of their region."""
    first = min(notice.rest | notice.work)
    last_event: dict[str, dt.date] = {}
    code_of = {row["case_id"]: row["project_code"] for row in log[1]}
    for row in log[2]:
        code = code_of[row["case_id"]]
        last_event[code] = max(last_event.get(code, dt.date.min), office_date(row["occurred_at"]))
    region = {row["project_code"]: row.get("region") or "" for row in log[0]}
    found = {code for code in region if code not in told_by(log, rules, DAY)}
    for code, one in told_by(log, rules, DAY).items():
        groups = [g[k] for g in one["groups"].values() for k in ("yellow_on", "red_on")]
        dates = [one["yellow_on"], one["red_on"], one["next_change"], *groups]
        dates += [c[clock]["due_on"] for c in one["cases"] for clock in ("promised", "statutory")]
        latest = max([d for d in dates if d] or [""])
        # A case turns red on a working day after its due day, at most a long holiday later.
        beyond = latest >= (first - dt.timedelta(12)).isoformat()
        if beyond or last_event.get(code, first) >= first or (one["phase"] not in FINISHED and first <= DAY):
            found.add(code)
    return {code for code in found if region[code].startswith(notice.region)}


def test_what_rests_on_earlier_days_is_left_alone(database: Database, tmp_path: Path) -> None:
    """Forty finished projects and one that runs: a day of the future touches the one."""
    here = office(database, tmp_path)
    codes = [f"P{n:02d}" for n in range(40)]
    running(here, *codes, since="2025-01-06")
    ends = [accepted(c, "2025-01-09") | {"event_id": f"{c}-A", "status": "approved"} for c in codes]
    here.take([p | {"ended_on": "2025-01-10", "end_reason": "completed"} for p in map(project, codes)], [], ends)
    running(here, "R", since="2025-02-10")
    here.tick(DAY)
    done = landed(here, national("2025-04-22", ""))
    assert (done.touched, done.swept and done.swept.projects) == (1, 1)
    assert (landed(here, closure("3302", "2025-04-23")).touched, done.days) == (0, {dt.date(2025, 4, 22): False})
    assert landed(here, closure("3301", "2025-01-08", "再号")).touched == 40


# ---- what the preview says is what the notice does


def test_a_preview_changes_nothing_and_says_what_will_be(database: Database, tmp_path: Path) -> None:
    log = awkward_log(7, 50)
    here = office(database, tmp_path)
    here.take(*log)
    here.tick(DAY)
    notice = national("2025-03-03 2025-03-04 2025-04-22", "2025-03-09")
    was, stood = here.objects(DAY), standings(database)
    found = preview(database, here.rules, notice, FILE)
    assert standings(database) == stood
    with database.reading() as connection:
        assert not entered(connection)
    assert found.days == {d: d == dt.date(2025, 3, 9) for d in sorted(notice.rest | notice.work)}
    landed(here, notice)
    now = here.objects(DAY)
    expected = set()
    for code, one in now.items():
        old = was[code]
        for what in ("used", "light", "yellow_on", "red_on"):
            expected.add((code, "project", None, what, old[what], one[what]))
            for group in one["groups"]:
                expected.add((code, group, None, what, old["groups"][group][what], one["groups"][group][what]))
        for a, b in zip(old["cases"], one["cases"], strict=True):
            for clock in ("promised", "statutory"):
                for what in ("due_on", "light"):
                    expected.add((code, clock, a["case_id"], what, a[clock][what], b[clock][what]))
    expected = {row for row in expected if row[4] != row[5]}
    effect = found.effect
    assert effect is not None
    assert {tuple(vars(change).values()) for change in effect.changes} == expected
    assert len(effect.changes) == len(expected) > 20
    assert effect.projects == len({row[0] for row in expected})
    assert effect.used == len({row[0] for row in expected if row[3] == "used"})
    assert effect.cases_due == len({row[2] for row in expected if row[3] == "due_on"})
    assert effect.turn_days == len({row[0] for row in expected if row[3] in ("yellow_on", "red_on")})
    assert effect.lights == len({row[0] for row in expected if row[3] == "light" and row[2] is None})
    again = preview(database, here.rules, notice, FILE)
    assert (again.known, again.effect) == (True, None)


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
    rest = "2027-01-01 2027-01-02 2027-01-03 2027-02-05 2027-02-08 2027-02-09 2027-02-10 2027-02-11"
    told = closure("", rest, "虚构", year=2027, published=dt.date(2026, 11, 4), work=days("2026-12-27 2027-02-14"))
    here.clock.moment = dt.datetime(2026, 12, 22, tzinfo=dt.UTC)
    done = landed(here, replace(told, known_from=dt.date(2026, 12, 22)))
    assert dt.date(2026, 12, 27) in done.days
    assert done.touched == 1
    now = here.objects(dt.date(2026, 12, 22))["P"]
    assert now["cases"][0]["promised"]["due_on"] == "2026-12-28"  # Sunday 27 December works
    assert now["provisional"] == []
    assert now["calendar"]["known_until"] == "2027-12-24"
    assert here.reader().horizon(None).known_until == dt.date(2027, 12, 24)  # type: ignore[arg-type]


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
    from monitor.reading.projects import ProjectQuery
    from monitor.reading.viewer import EVERYONE

    listed_days = here.reader().projects(EVERYONE, day, ProjectQuery()).rows["used"].tolist()
    assert listed_days == [here.objects(day)["P"]["used"]]
    assert listed_days[0] == calendar().count(dt.date(2024, 6, 3), day) - 1


# ---- versions


def test_a_new_version_of_a_document_takes_the_place_of_the_old_one(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    running(here, "P", since="2025-03-10")
    here.tick(DAY)
    first, second = closure("33", "2025-03-12 2025-03-13"), closure("33", "2025-03-13 2025-03-14 2025-03-17")
    used = here.objects(DAY)["P"]["used"]
    landed(here, first)
    assert landed(here, first).known
    assert here.objects(DAY)["P"]["used"] == used - 2
    done = landed(here, second)
    assert done.days == dict(zip(sorted(days("2025-03-12 2025-03-14 2025-03-17")), (True, False, False), strict=True))
    assert here.objects(DAY)["P"]["used"] == used - 3
    found = [(one.id, one.known_to is None) for one in listed(database, here.rules, past=True) if one.id]
    assert found == [(1, False), (2, True)]
    assert sum(one.id is not None for one in listed(database, here.rules)) == 1


def test_what_is_refused_changes_nothing(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    running(here, "P", since="2025-03-10")
    here.tick(DAY)
    stood = standings(database)
    amended = replace(closure("", "2027-01-01", "基", year=2027), amends=False)
    landed(here, amended)
    landed(here, replace(closure("", "2027-02-08", "调", year=2027, amends=True), published=dt.date(2025, 1, 3)))
    for bad in (
        closure("33", "", work=frozenset(days("2025-03-12"))),
        replace(national("2025-03-12", ""), amends=False),
        closure("", "2029-01-01", year=2029),
    ):
        with pytest.raises(CalendarError, match=r"notice.toml"):
            landed(here, bad)
        with pytest.raises(CalendarError, match=r"notice.toml"):
            preview(database, here.rules, bad, FILE)
    with pytest.raises(CalendarError, match="调: amends"):
        take_back(database, here.rules, 1, here.clock)  # what amends it could not stand alone
    with database.reading() as connection:
        assert [one.id for one in entered(connection)] == [1, 2]
    assert standings(database) == stood
    amendment = next(one for one in listed(database, here.rules) if one.id == 2)
    assert amendment.amends == ["基"]


def test_a_notice_before_the_first_sweep_waits_for_it(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    running(here, "P", since="2025-03-10")
    assert preview(database, here.rules, closure("33", "2025-03-12"), FILE).effect is None
    done = landed(here, closure("33", "2025-03-12"))
    assert (done.touched, done.swept) == (0, None)
    here.tick(DAY)
    assert here.objects(DAY)["P"]["used"] == calendar().count(dt.date(2025, 3, 10), DAY) - 1


# ---- when something comes between


def test_a_notice_that_lands_while_a_sweep_reads(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = office(database, tmp_path)
    running(here, "P", since="2025-01-06")
    notice, read = national("2025-02-12", ""), sweeping_verb.load
    read_times = []

    def load_and_land(*given: Any) -> Any:
        found = read(*given)
        read_times.append(1)
        if len(read_times) == 1:
            landed(here, notice)
        return found

    monkeypatch.setattr(sweeping_verb, "load", load_and_land)
    here.tick(DAY)
    assert len(read_times) == 2
    stood = standings(database)
    here.rebuild(DAY)
    assert standings(database) == stood
    assert here.objects(DAY)["P"]["used"] == calendar().count(dt.date(2025, 1, 6), DAY) - 1


def test_a_sweep_that_is_cut_short_leaves_the_reason(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = office(database, tmp_path)
    since = calendar().add(DAY, -56)  # yellow on DAY itself
    running(here, "P", since=since.isoformat())
    here.tick(DAY)
    with monkeypatch.context() as broken:
        broken.setattr(verb, "tick", lambda *_given, **_options: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            landed(here, national("2025-03-12", ""))
    assert turns(here) == [("P", DAY, "yellow", "zhejiang-80", True)]
    here.tick(DAY)
    assert turns(here) == [("P", DAY, "yellow", "zhejiang-80 / 国办〔2025〕虚构1号", False)]
    assert rows(database, "SELECT due_because FROM standing") == [(None,)]


def test_standings_of_an_older_schema_are_all_touched_once(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    here.take(*awkward_log(3, 20))
    here.tick(DAY)
    stood = standings(database)
    landed(here, closure("99", "2025-05-06"))
    downgrade(database, "0003")
    assert standings(database) == stood
    upgrade(database)
    assert standings(database) == stood
    assert rows(database, "SELECT count(*) FROM notice") == [(0,)]
    done = landed(here, national("2025-11-12", ""))
    assert (done.touched, done.swept and done.swept.changed) == (20, 0)
    assert landed(here, replace(national("2025-11-13", ""), document="另号")).touched < 20
