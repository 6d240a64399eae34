"""Notices through the store, on SQLite and PostgreSQL: what they touch, and that they say it before. All made up."""

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
from monitor.verbs.notices import StillNeeded, listed, preview, take_back
from rules.almanac import calendar
from rules.errors import CalendarError
from rules.notice import Notice
from rules.portfolio import Rules, parts
from rules.workdays import day_of
from tests.monitor.canonical_files import rows
from tests.monitor.closures import (
    DAY,
    FILE,
    accepted,
    case,
    closure,
    days,
    landed,
    national,
    project,
    running,
    turns,
)
from tests.monitor.looking import FINISHED, judged
from tests.monitor.sweeping import RULES, dump, office, standings
from tests.monitor.tally import tally, tally_as_it_must_be
from tests.rules.columns import log_of
from tests.rules.generate import awkward_log
from tests.rules.oracle_case import office_date
from tests.rules.statute import STATUTE_2027

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
    assert fewer > 12
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
    objects = told_by(log, rules, DAY)
    found = set(region) - set(objects)
    for code, one in objects.items():
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


def test_a_due_day_of_a_case_is_touched_after_all_lights_of_its_project_have_turned(
    database: Database, tmp_path: Path
) -> None:
    here = office(database, tmp_path)
    running(here, "P", since="2024-06-03")
    another = case("P", "20") | {"case_id": "P-D"}
    here.take([], [another], [accepted("P", "2025-03-28") | {"event_id": "P-D", "case_id": "P-D"}])
    here.tick(DAY)
    due = calendar().add(dt.date(2025, 3, 28), 20)
    assert here.objects(DAY)["P"]["next_change"] < due.isoformat()  # the warning comes first
    assert landed(here, national(due.isoformat(), "")).touched == 1
    stored = dict(rows(database, "SELECT promised_limit, promised_due_on FROM case_standing"))
    assert day_of(stored[20]) == calendar().add(dt.date(2025, 3, 28), 21)


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
    amended = replace(closure("", STATUTE_2027, "基", year=2027), amends=False)
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
    everything = dump(database)
    with pytest.raises(StillNeeded) as refused:
        take_back(database, here.rules, 1, here.clock)  # what amends it could not stand alone
    assert (refused.value.notice.document, [one.id for one in refused.value.by]) == ("基", [2])
    assert dump(database) == everything
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
        broken.setattr(verb, "assess_again", lambda *_given, **_options: 1 / 0)
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
    upgrade(database)
    assert rows(database, "SELECT count(*) FROM notice") == [(0,)]
    assert rows(database, "SELECT count(*) FROM case_standing") == [(0,)]  # a copy, and due
    done = landed(here, national("2025-11-12", ""))
    assert (done.touched, done.swept and done.swept.changed) == (20, 0)
    # When a turn became so went with the newer columns; it comes again with the next assessment that writes turns.
    assert {t: r for t, r in standings(database).items() if t != "turn"} == {
        t: r for t, r in stood.items() if t != "turn"
    }
    assert landed(here, replace(national("2025-11-13", ""), document="另号")).touched < 20
