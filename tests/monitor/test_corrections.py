"""Corrections through the store, on SQLite and PostgreSQL: each late word shows once, with both values.

The days are counted by hand on the calendar of 2026: from Monday 2 March the 20th working day is 30 March, the 25th
7 April (the 6th is off), the 40th 28 April, the 55th 21 May, the 56th 22 May, the 60th 28 May, the 80th 26 June and the
81st 29 June. 1 to 5 May are off, Saturday 9 May works, 19 June is off.
"""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from monitor.database import Database
from monitor.reading.viewer import EVERYONE
from monitor.verbs.notices import take_back
from rules.almanac import almanac
from tests.monitor.canonical_files import PROJECT
from tests.monitor.closures import LABOUR_DAY, SPRING_FESTIVAL, before, closure, landed, running
from tests.monitor.sweeping import RULES, Clock, Office, office

CASE = {"case_id": "C1", "project_code": "P1", "item_code": "B02", "stage": "planning", "department": "住建"}
CASE |= {"promised_days": "40", "statutory_days": "60"}
Json = dict[str, Any]


def event(name: str, status: str, day: str, **told: str) -> dict[str, str]:
    return {"event_id": name, "case_id": "C1", "status": status, "occurred_at": day} | told


ACCEPTED = event("E1", "accepted", "2026-03-02")


def at(here: Office, day: str, hour: int = 12) -> None:
    """Sets the office's clock to an hour of a day in its zone."""
    here.clock.moment = dt.datetime.fromisoformat(f"{day}T{hour:02}:00:00+08:00")


def corrections(here: Office, code: str = "P1") -> list[Json]:
    found, missing = here.reader().corrections(EVERYONE, [code])
    assert not missing
    since = dt.datetime.fromisoformat(found[0]["known_from"]) if found else here.clock.moment
    everybody, _ = here.reader().corrections(EVERYONE, None, since=since)
    assert [one for one in everybody if one["project_code"] == code] == found  # asked of all, it is the same
    return found


def changes(one: Json) -> dict[tuple[str, str], tuple[Any, Any]]:
    """(where, what) -> both values."""
    return {(c["where"], c["what"]): (c["before"], c["after"]) for c in one["changes"]}


@pytest.fixture
def here(database: Database, tmp_path: Path) -> Office:
    """A case accepted on 2 March 2026, known that day."""
    opened = office(database, tmp_path)
    at(opened, "2026-03-02")
    opened.take([PROJECT], [CASE], [ACCEPTED])
    return opened


# ---- what came late


def test_a_decision_entered_late(here: Office) -> None:
    at(here, "2026-06-29")
    decided = event("E2", "approved", "2026-06-05", office="窗口", handler="张三")
    here.take([], [], [decided], source="files")
    [one] = corrections(here)
    # 80 days up to Sunday 28 June; 22 May is the 56th, so Friday 5 June the 66th
    assert changes(one) == {
        ("project", "used"): (80, 66),
        ("project", "red_on"): ("2026-06-29", None),
        ("pre_construction", "used"): (80, 66),
        ("planning", "stage_days"): (80, 66),
        ("住建", "share"): (80.0, 66.0),
    }
    assert (one["as_of"], one["differs_from"]) == ("2026-06-28", "2026-06-05")
    assert one["known_from"] == "2026-06-29T12:00:01+08:00"
    [cause] = one["causes"]
    told = {"cause": "late_entry", "case_id": "C1", "event_id": "E2", "status": "approved", "day": "2026-06-05"}
    assert {**cause, **told, "source": "files", "recorded_by": "窗口 张三"} == cause
    assert cause["file"].endswith("import2")


def test_a_pause_entered_late(here: Office) -> None:
    at(here, "2026-04-01")
    here.take([], [], [event("E2", "correction_started", "2026-03-10"), event("E3", "correction_ended", "2026-03-24")])
    [one] = corrections(here)
    # 21 working days from 2 to 31 March, 10 of them from the 11th to the 24th; every day to come moves by 10
    assert changes(one) == {
        ("project", "used"): (21, 11),
        ("project", "yellow_on"): ("2026-05-22", "2026-06-05"),
        ("project", "red_on"): ("2026-06-29", "2026-07-13"),
        ("pre_construction", "used"): (21, 11),
        ("pre_construction", "yellow_on"): ("2026-05-12", "2026-05-26"),
        ("pre_construction", "red_on"): ("2026-05-15", "2026-05-29"),
        ("planning", "stage_days"): (21, 11),
        ("住建", "share"): (21.0, 11.0),
        ("promised", "due_on"): ("2026-04-28", "2026-05-14"),
        ("statutory", "due_on"): ("2026-05-28", "2026-06-11"),
    }
    assert (one["as_of"], one["differs_from"]) == ("2026-03-31", "2026-03-10")
    assert [(c["cause"], c["event_id"]) for c in one["causes"]] == [("late_entry", "E2"), ("late_entry", "E3")]


def test_a_voided_acceptance(here: Office) -> None:
    at(here, "2026-03-20")
    here.take([], [], [event("V1", "voided", "2026-03-20", voids="E1"), event("E2", "accepted", "2026-03-12")])
    [one] = corrections(here)
    # 13 days from 2 to 19 March, 8 of them up to the 12th: every day to come moves by 8
    found = changes(one)
    assert found["project", "used"] == (13, 5)
    assert found["project", "yellow_on"] == ("2026-05-22", "2026-06-03")
    assert found["project", "red_on"] == ("2026-06-29", "2026-07-09")
    assert found["promised", "due_on"] == ("2026-04-28", "2026-05-12")
    assert (one["as_of"], one["differs_from"]) == ("2026-03-19", "2026-03-02")
    assert {(c["cause"], c["event_id"], c["names"]) for c in one["causes"]} == {
        ("voided", "V1", "E1"),
        ("late_entry", "E2", None),
    }


def test_a_void_of_a_void_brings_back_what_was_said_first(here: Office) -> None:
    at(here, "2026-03-20")
    here.take([], [], [event("V1", "voided", "2026-03-20", voids="E1")])
    at(here, "2026-03-20", 15)
    here.take([], [], [event("V2", "voided", "2026-03-20", voids="V1")])
    gone, back = corrections(here)
    assert changes(gone)["project", "used"] == (13, 0)
    assert changes(gone)["project", "yellow_on"] == ("2026-05-22", None)
    assert {key: was for key, (was, _now) in changes(gone).items()} == {
        key: now for key, (_was, now) in changes(back).items()
    }
    assert [c["names"] for c in back["causes"]] == ["V1"]
    assert back["differs_from"] == "2026-03-02"


@pytest.mark.parametrize(
    ("told", "expected", "first"),
    [
        ({"promised_days": "25"}, {("promised", "due_on"): ("2026-04-28", "2026-04-07")}, "2026-03-02"),
        # Nobody held a day before the 3rd.
        ({"department": "资规"}, {("住建", "share"): (13.0, 0.0), ("资规", "share"): (0.0, 13.0)}, "2026-03-03"),
    ],
)
def test_a_changed_fact(
    here: Office, told: dict[str, str], expected: dict[tuple[str, str], tuple[Any, Any]], first: str
) -> None:
    at(here, "2026-03-20")
    here.take([], [CASE | told], [])
    [one] = corrections(here)
    assert changes(one) == expected
    assert one["differs_from"] == first
    [cause] = one["causes"]
    [(column, now)] = told.items()
    assert (cause["cause"], cause["case_id"], cause["column"]) == ("changed_fact", "C1", column)
    assert (cause["before"], cause["after"]) == (CASE[column], now)


def test_a_project_that_leaves_the_scope(here: Office) -> None:
    at(here, "2026-03-20")
    here.take([PROJECT | {"kind": "approval"}], [], [])
    [one] = corrections(here)
    found = changes(one)
    assert found["project", "light"] == ("green", "none")
    assert found["project", "yellow_on"] == ("2026-05-22", None)
    assert one["causes"][0]["column"] == "kind"
    assert one["differs_from"] == "2026-03-02"  # coded that day


# ---- what is no correction


def test_batches_in_order_correct_nothing(here: Office) -> None:
    at(here, "2026-03-10", 1)  # just after midnight, the events of the day before
    here.take([], [], [event("E2", "correction_started", "2026-03-09")])
    at(here, "2026-03-24")
    here.take([], [], [event("E3", "correction_ended", "2026-03-24")])
    at(here, "2026-05-20")
    here.take([], [], [event("E4", "approved", "2026-05-19")])
    assert corrections(here) == []


def test_the_same_batch_again_corrects_nothing(here: Office) -> None:
    at(here, "2026-05-20")
    here.take([PROJECT], [CASE], [ACCEPTED])
    here.take([PROJECT | {"name": "改名"}], [], [])  # the law does not read names
    assert corrections(here) == []


def test_a_record_that_comes_in_parts_on_its_first_day_corrects_nothing(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    at(here, "2026-11-20")
    here.take([PROJECT], [], [])
    here.take([], [CASE], [])
    here.take([], [], [ACCEPTED])
    assert corrections(here) == []
    here.take([], [], [event("E2", "approved", "2026-06-05")])  # now something had been said
    assert [changes(one)["planning", "stage_days"][1] for one in corrections(here)] == [66]


def test_a_project_of_which_nothing_had_begun_for_days_is_corrected(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    at(here, "2026-03-02")
    here.take([PROJECT], [CASE], [])
    at(here, "2026-03-20")
    here.take([], [], [ACCEPTED])
    [one] = corrections(here)
    assert changes(one)["project", "used"] == (0, 13)
    assert changes(one)["promised", "due_on"] == (None, "2026-04-28")


def test_what_came_late_and_changed_nothing_is_no_correction(here: Office) -> None:
    at(here, "2026-05-20")
    here.take([], [], [event("E2", "handling_started", "2026-03-04"), event("E3", "received", "2026-03-02")])
    assert corrections(here) == []


# ---- notices


def test_the_true_revision_of_labour_day_2019(database: Database, tmp_path: Path) -> None:
    here = Office(database, tmp_path, Clock(), RULES)
    at(here, "2019-02-12")
    running(here, "P", since="2019-02-12")  # in the first form of 2019 Friday 3 May is its 56th day
    [one] = corrections(here, "P")
    # 28 April works, 1 to 4 May are off, 5 May works: the 56th day; the 81st stays 10 June
    assert changes(one) == {("project", "yellow_on"): ("2019-05-03", "2019-05-05")}
    assert (one["known_from"], one["as_of"]) == ("2019-03-22T00:00:00+08:00", "2019-03-21")
    assert one["differs_from"] == "2019-02-12"
    assert [(c["cause"], c["document"]) for c in one["causes"]] == [("notice", LABOUR_DAY.document)]


def test_the_same_revision_entered_only_after_its_days(database: Database, tmp_path: Path) -> None:
    here = Office(database, tmp_path, Clock(), before(LABOUR_DAY))
    at(here, "2019-02-12")
    running(here, "P", since="2019-02-12")
    at(here, "2019-05-04")
    here.tick(dt.date(2019, 5, 4))
    at(here, "2019-05-05")
    landed(here, LABOUR_DAY)
    [one] = corrections(here, "P")
    assert changes(one) == {
        ("project", "used"): (56, 55),
        ("project", "light"): ("yellow", "green"),
        ("project", "yellow_on"): ("2019-05-03", "2019-05-05"),
        ("pre_construction", "used"): (56, 55),
        ("planning", "stage_days"): (56, 55),
        ("局", "share"): (56.0, 55.0),
    }
    assert (one["as_of"], one["differs_from"]) == ("2019-05-04", "2019-02-12")


def test_the_true_revision_of_spring_festival_2020(database: Database, tmp_path: Path) -> None:
    here = Office(database, tmp_path, Clock(), before(SPRING_FESTIVAL))
    at(here, "2020-01-23")
    running(here, "P", since="2020-01-23", promised="5")
    here.tick(dt.date(2020, 1, 23))
    at(here, "2020-01-27")
    landed(here, SPRING_FESTIVAL)
    [one] = corrections(here, "P")
    # Friday 31 January and Saturday 1 February are off now: every day to come moves by two working days.
    assert changes(one) == {
        ("project", "yellow_on"): ("2020-04-17", "2020-04-21"),
        ("project", "red_on"): ("2020-05-25", "2020-05-27"),
        ("pre_construction", "yellow_on"): ("2020-04-07", "2020-04-09"),
        ("pre_construction", "red_on"): ("2020-04-10", "2020-04-14"),
        ("promised", "due_on"): ("2020-02-05", "2020-02-07"),
    }
    assert (one["as_of"], one["differs_from"]) == ("2020-01-26", "2020-01-23")
    shipped = Office(database, tmp_path, here.clock, RULES).reader().corrections(EVERYONE, ["P"])[0]
    assert [changes(c) for c in shipped[:1]] == [changes(one)]
    assert shipped[0]["known_from"] == "2020-01-27T00:00:00+08:00"


def test_a_notice_of_one_region_that_is_revised_and_taken_back(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    at(here, "2025-03-10")
    running(here, "A", "C", since="2025-03-10", regions={"A": "330381", "C": "330106"})
    here.tick(dt.date(2025, 3, 31))
    at(here, "2025-04-01")
    landed(here, closure("3303", "2025-03-12"))
    at(here, "2025-04-02")
    landed(here, closure("3303", "2025-03-12 2025-03-13"))
    at(here, "2025-04-03")
    take_back(database, here.rules, 2, here.clock)
    found = corrections(here, "A")
    assert [one["causes"][0]["cause"] for one in found] == ["notice", "notice_revised", "notice_withdrawn"]
    # 15 working days from 10 to 31 March, 16 to 1 April, 17 to 2 April
    assert [changes(one)["project", "used"] for one in found] == [(15, 14), (15, 14), (15, 17)]
    assert corrections(here, "C") == []


def test_of_two_notices_of_one_day_each_is_told_where_it_holds(database: Database, tmp_path: Path) -> None:
    known = dt.date(2025, 4, 1)
    both = [closure(region, "2025-03-12", f"某地〔2025〕{region}号", known_from=known) for region in ("3301", "3303")]
    made = almanac((*(RULES.base or ()), *both))
    rules = replace(RULES, base=made.notices, calendar=made.calendar, area=made.area)
    here = Office(database, tmp_path, Clock(), rules)
    at(here, "2025-03-10")
    running(here, "A", "C", since="2025-03-10", regions={"A": "330381", "C": "330106"})
    for code, region in (("A", "3303"), ("C", "3301")):
        [one] = corrections(here, code)
        assert [cause["document"] for cause in one["causes"]] == [f"某地〔2025〕{region}号"]
        assert changes(one)["project", "used"] == (15, 14)


# ---- several


BATCHES = {
    "decision": [event("E9", "approved", "2026-06-05")],
    "pause": [  # told after the light had turned, so it comes with its confirmation
        *(event("E2", "correction_started", "2026-03-10"), event("E3", "correction_ended", "2026-03-24")),
        event("E5", "confirmed", "2026-03-24", confirms="E2"),
    ],
    "void": [event("V1", "voided", "2026-03-20", voids="E1"), event("E4", "accepted", "2026-03-04")],
}


@pytest.mark.parametrize("order", list(itertools.permutations(BATCHES)), ids="-".join)
def test_the_order_of_batches_changes_no_final_figure(here: Office, order: tuple[str, ...]) -> None:
    for hour, name in enumerate(order, 9):
        at(here, "2026-07-01", hour)
        here.take([], [], BATCHES[name])
    found = corrections(here)
    told = [{cause["event_id"] for cause in one["causes"]} for one in found]
    assert told == [{row["event_id"] for row in BATCHES[name]} for name in order]
    used = [changes(one)["project", "used"] for one in found]
    # 82 days up to 30 June; from 4 March to 5 June 64 without a pause of 10
    assert (used[0][0], used[-1][1]) == (82, 54)
    assert [now for _was, now in used[:-1]] == [was for was, _now in used[1:]]
    assert here.objects(dt.date(2026, 6, 30))["P1"]["used"] == 54


def test_before_and_after_are_what_status_says_of_the_two_moments(here: Office) -> None:
    at(here, "2026-06-29")
    here.take([], [], [event("E2", "approved", "2026-06-05")])
    [one] = corrections(here)
    day = dt.date.fromisoformat(one["as_of"])
    used = [
        here.objects(day, dt.datetime.fromisoformat(one[key]))["P1"]["used"] for key in ("known_before", "known_from")
    ]
    assert used == [80, 66]


def test_what_had_been_said_without_the_source_is_marked(here: Office) -> None:
    at(here, "2026-03-12")
    here.take([], [], [event("E2", "handling_started", "2026-03-11")], reported_until=dt.date(2026, 3, 19))
    at(here, "2026-03-20")
    here.take([], [], [event("E3", "approved", "2026-03-12")])
    at(here, "2026-03-25")
    here.take([], [], [event("V1", "voided", "2026-03-25", voids="E3")])
    assert [(one["as_of"], one["unconfirmed"]) for one in corrections(here)] == [
        ("2026-03-19", False),  # reported until that day, so it had been confirmed
        ("2026-03-24", True),
    ]


def test_only_what_became_known_in_between_is_asked_for(here: Office) -> None:
    for day, name in (("2026-07-01", "decision"), ("2026-07-02", "pause"), ("2026-07-03", "void")):
        at(here, day)
        here.take([], [], BATCHES[name])
    since, until = (dt.datetime.fromisoformat(f"2026-07-0{n}T15:00:00+08:00") for n in (1, 2))

    def known(codes: list[str] | None, **asked: dt.datetime) -> list[str]:
        return [one["as_of"] for one in here.reader().corrections(EVERYONE, codes, **asked)[0]]

    for codes in (["P1"], None):
        assert known(codes, since=since) == ["2026-07-01", "2026-07-02"]
        assert known(codes, until=until) == ["2026-06-30", "2026-07-01"]
        assert known(codes, since=since, until=until) == ["2026-07-01"]
    assert here.reader().corrections(EVERYONE, ["P1", "P9"])[1] == ["P9"]
