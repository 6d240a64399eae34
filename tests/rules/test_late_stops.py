"""Late stops: a pause told after the light has turned does not put it out until a supervisor confirms it."""

from __future__ import annotations

import datetime as dt
from random import Random

import numpy as np
import pytest

from rules.counted import count
from rules.late import rests_until, withheld
from rules.log import NO_DAY, Chunk, EventLog, chunks
from rules.pack import RulePack
from rules.scene import scene
from rules.workdays import WorkCalendar, day_of
from tests.rules.agreement import differences
from tests.rules.columns import Log, engine, log_of
from tests.rules.common import CALENDAR, PACK, SEEDS, days_about, each
from tests.rules.generate import awkward_log
from tests.rules.oracle import judge
from tests.rules.oracle_case import Row, office_date
from tests.rules.oracle_late import without_late_stops
from tests.rules.variants import awkward_calendar, awkward_pack

PROJECT = [{"project_code": "P", "coded_on": "2026-03-02", "kind": "filing", "region": "330106"}]
CASE = [{"case_id": "A", "project_code": "P", "stage": "planning", "department": "规划"}]


def told(*lines: tuple[str, ...]) -> list[Row]:
    """Events of case A: status, day, the day we learned of it, and more."""
    names = ("status", "occurred_at", "learned", "confirms", "voids")
    return [
        {"event_id": f"e{n}", "case_id": "A", "procedure": "appraisal", **dict(zip(names, line, strict=False))}
        for n, line in enumerate(lines, 1)
    ]


# Accepted Monday 2 March 2026: the 55th day is 21 May, so it turns yellow on 22 May; the 80th is 26 June.
ACCEPTED = ("accepted", "2026-03-02", "2026-03-02")


def stands(events: list[Row], as_of: str) -> dict:
    return engine((PROJECT, CASE, events), PACK, CALENDAR, dt.date.fromisoformat(as_of))["P"]


def test_a_pause_told_after_the_light_turned_waits_for_a_confirmation() -> None:
    events = told(ACCEPTED, ("9", "2026-04-01", "2026-05-25"), ("10", "2026-05-11", "2026-05-25"))
    found = stands(events, "2026-05-25")
    assert (found["light"], found["yellow_on"], found["used"]) == ("yellow", "2026-05-22", 57)
    assert found["late_stops"] == [{"case_id": "A", "event_id": "e2", "on": "2026-04-01", "learned_on": "2026-05-25"}]
    seen = {"on": "2026-04-01", "until": "2026-05-25", "kind": "appraisal"}  # and learned of
    assert {"flag": "late_stop", "case_id": "A", "event_id": "e2", "seen": seen} in found["flags"]
    assert "pause_end_without_start" not in {flag["flag"] for flag in found["flags"]}
    # Stopped from 2 April to 11 May: 25 working days (20 of April after the 1st without Qingming's Monday, 5 to 11 May
    # without the 1st to 5th), so 57 - 25 and no light.
    april = [d for d in range(2, 31) if CALENDAR.is_working_day(dt.date(2026, 4, d))]
    may = [d for d in range(1, 12) if CALENDAR.is_working_day(dt.date(2026, 5, d))]
    confirmed = found["if_confirmed"]
    assert (confirmed["light"], confirmed["used"]) == ("green", 57 - len(april) - len(may))


def test_a_pause_that_was_known_and_is_only_written_otherwise_is_not_late() -> None:
    """Told in time, so no light had turned; weeks later its record is voided and told anew, with another handler."""
    known = told(ACCEPTED, ("9", "2026-04-01", "2026-04-01"))
    voids = ("voided", "2026-06-16", "2026-06-16", "", "e2")
    mended = told(ACCEPTED, ("9", "2026-04-01", "2026-04-01"), voids, ("9", "2026-04-01", "2026-06-16"))
    before, after = stands(known, "2026-06-16"), stands(mended, "2026-06-16")
    # Counted from 3 March to 1 April, when it stopped: 22 working days (21 of March, of which the 2nd is not counted).
    assert (before["light"], before["used"], before["turns"]) == ("green", 22, [])
    assert (after["light"], after["used"], after["turns"]) == ("green", 22, [])
    assert "late_stops" not in after


@pytest.mark.parametrize(("moved_to", "withheld"), [("2026-05-26", False), ("2026-05-25", False), ("2026-04-01", True)])
def test_a_pause_that_is_moved_back_before_a_light_is_late(moved_to: str, withheld: bool) -> None:
    """Told in time on Monday 25 May, when the light was yellow since the 22nd; told for another day on 16 June."""
    voids = ("voided", "2026-06-16", "2026-06-16", "", "e2")
    events = told(ACCEPTED, ("9", "2026-05-25", "2026-05-25"), voids, ("9", moved_to, "2026-06-16"))
    found = stands(events, "2026-06-16")
    assert [turn["on"] for turn in found["turns"]] == ["2026-05-22"]
    stops = [{"case_id": "A", "event_id": "e4", "on": moved_to, "learned_on": "2026-06-16"}] if withheld else []
    assert found.get("late_stops", []) == stops


def test_what_is_void_now_was_a_late_stop_while_it_was_known() -> None:
    """Withheld when it came on 25 May, and written otherwise in June: the light that had turned stands."""
    voids = ("voided", "2026-06-16", "2026-06-16", "", "e2")
    events = told(ACCEPTED, ("9", "2026-04-01", "2026-05-25"), voids, ("9", "2026-04-01", "2026-06-16"))
    found = stands(events, "2026-06-16")
    assert [turn["on"] for turn in found["turns"]] == ["2026-05-22"]
    assert [stop["event_id"] for stop in found["late_stops"]] == ["e4"]


def test_a_confirmation_lets_it_stop() -> None:
    late = told(ACCEPTED, ("9", "2026-04-01", "2026-05-25"), ("10", "2026-05-11", "2026-05-25"))
    confirmed = [
        *late,
        {
            "event_id": "c",
            "case_id": "A",
            "status": "confirmed",
            "occurred_at": "2026-05-26",
            "learned": "2026-05-26",
            "confirms": "e2",
        },
    ]
    found = stands(confirmed, "2026-05-26")
    assert "late_stops" not in found
    assert found["light"] == "green"
    assert found["used"] == stands(late, "2026-05-26")["if_confirmed"]["used"]


def test_a_confirmation_that_was_void_confirms_nothing() -> None:
    late = told(ACCEPTED, ("9", "2026-04-01", "2026-05-25"), ("confirmed", "2026-05-26", "2026-05-26", "e2"))
    void = {"event_id": "v", "case_id": "A", "status": "voided", "occurred_at": "2026-05-27", "voids": "e3"}
    assert "late_stops" not in stands(late, "2026-05-27")
    assert [stop["event_id"] for stop in stands([*late, void], "2026-05-27")["late_stops"]] == ["e2"]


@pytest.mark.parametrize(
    ("pause", "learned", "why"),
    [
        ("2026-05-20", "2026-05-22", "two working days late, and late_stop_days is 2"),
        ("2026-04-01", "2026-05-11", "learned on the 47th day, the eve of the day on which the group turns yellow"),
        ("2026-05-26", "2026-06-15", "begun after the light turned, it takes nothing back"),
    ],
)
def test_what_takes_back_no_light_stops_the_clock(pause: str, learned: str, why: str) -> None:
    found = stands(told(ACCEPTED, ("9", pause, learned)), "2026-06-16")
    assert "late_stops" not in found, why
    assert found["cases"][0]["state"] == "procedure"


def test_on_the_day_on_which_a_light_turns_it_has_turned() -> None:
    """The group is yellow from the 48th day on, 12 May: who tells the pause on that day does not put it out."""
    [stop] = stands(told(ACCEPTED, ("9", "2026-04-01", "2026-05-12")), "2026-05-12")["late_stops"]
    assert (stop["event_id"], stop["learned_on"]) == ("e2", "2026-05-12")


def test_a_log_that_comes_in_whole_has_no_late_stop() -> None:
    on = "2026-09-01"
    events = told(("accepted", "2026-03-02", on), ("9", "2026-04-01", on), ("10", "2026-05-11", on))
    assert "late_stops" not in stands(events, on)


def test_two_late_stops_are_judged_together_since_neither_alone_saves_the_light() -> None:
    """Two cases run side by side; each is stopped for the same weeks. A day counts while either runs."""
    cases = [CASE[0], {**CASE[0], "case_id": "B", "department": "住建"}]
    both = [
        {**event, "event_id": f"{name}{event['event_id']}", "case_id": name}
        for name in "AB"
        for event in told(ACCEPTED, ("9", "2026-04-01", "2026-05-25"))
    ]
    found = engine((PROJECT, cases, both), PACK, CALENDAR, dt.date(2026, 5, 25))["P"]
    assert [stop["event_id"] for stop in found["late_stops"]] == ["Ae2", "Be2"]
    one = [event for event in both if event["event_id"] != "Be2"]
    assert "late_stops" not in engine((PROJECT, cases, one), PACK, CALENDAR, dt.date(2026, 5, 25))["P"]


def test_a_case_limit_that_had_passed_is_not_taken_back_either() -> None:
    cases = [{**CASE[0], "promised_days": "5"}]  # due 9 March, past on the 10th
    events = told(ACCEPTED, ("9", "2026-03-05", "2026-03-12"))
    found = engine((PROJECT, cases, events), PACK, CALENDAR, dt.date(2026, 3, 12))["P"]
    assert [stop["event_id"] for stop in found["late_stops"]] == ["e2"]
    assert found["cases"][0]["promised"]["light"] == "red"
    assert found["if_confirmed"]["cases"][0]["promised"]["light"] == "green"


# ---- against the oracle


def learned_late(log: Log, seed: int) -> Log:
    """The log with the days on which we learned of its events, some of pauses late, some of them confirmed."""
    rng = Random(seed)
    events = []
    for event in log[2]:
        gap = rng.choice([0, 0, 0, 1, 3, 10, 40, 90]) if rng.random() < 0.5 else rng.choice([0, 0, 1])
        row = {**event, "learned": (office_date(event["occurred_at"]) + dt.timedelta(gap)).isoformat()}
        if rng.random() < 0.1:
            row["learned"] = ""
        events.append(row)
        if gap > 3 and rng.random() < 0.2:
            events.append(
                {
                    **event,
                    "event_id": f"{event['event_id']}ok",
                    "status": "confirmed",
                    "confirms": event["event_id"],
                    "procedure": "",
                }
            )
    return log[0], log[1], events


def agree(log: Log, pack: RulePack, calendar: WorkCalendar, seed: int) -> int:
    """Engine and oracle on a log in which we learned late; gives how many stops the oracle withheld."""
    rest = without_late_stops(log, pack, calendar)
    for as_of in days_about(log[2], seed):
        got = engine(log, pack, calendar, as_of, size=5)
        assert not differences(got, judge(*rest, pack, calendar, as_of), as_of.isoformat()), as_of
    return len(log[2]) - len(rest[2])


@each(SEEDS, part=0.2)
def test_engine_and_oracle_withhold_the_same(seed: int) -> None:
    agree(learned_late(awkward_log(seed, 8, works=seed % 4 != 0), seed), PACK, CALENDAR, seed)


@each(SEEDS, part=0.2)
def test_under_any_pack_too(seed: int) -> None:
    log = learned_late(awkward_log(seed, 6, works=seed % 4 != 0), seed)
    agree(log, awkward_pack(seed, PACK), awkward_calendar(seed), seed)


def test_the_made_up_logs_have_late_stops_to_withhold() -> None:
    held = [agree(learned_late(awkward_log(seed, 8), seed), PACK, CALENDAR, seed) for seed in range(6)]
    assert sum(held) >= 3


# ---- the days on which it rests


def held(columns: EventLog, chunk: Chunk, calendar: WorkCalendar) -> set[int]:
    """The rows of a chunk that are withheld."""
    items = [PACK.catalogue.items.get(code) for code in columns.items]
    found = withheld(
        columns, chunk, PACK, calendar,
        lambda part, until: count(columns, scene(columns, part, PACK, calendar, items, until)),
    )  # fmt: skip
    return set() if found is None else set(found.rows.tolist())


def test_another_working_day_changes_only_stops_that_rest_on_it() -> None:
    """Days around late stops made days of rest or of work, one by one, on a plain week."""
    plain, differ = WorkCalendar.of(), 0
    for seed in range(10):
        columns, _ = log_of(*learned_late(awkward_log(seed, 8), seed))
        (chunk,) = chunks(columns)
        rests, was = rests_until(columns, chunk, PACK), held(columns, chunk, plain)
        learned = columns.events.learned[chunk.event_rows]
        late = np.flatnonzero((rests != NO_DAY) & (learned > chunk.day + 2))
        for day in {int(chunk.day[n]) + after for n in late[:8] for after in (1, 2, 3)}:
            flipped = {day_of(day)}
            other = WorkCalendar.of(rest=flipped) if day_of(day).weekday() < 5 else WorkCalendar.of(work=flipped)
            for row in was ^ held(columns, chunk, other):
                differ += 1
                assert rests[row] >= day, (seed, day_of(day))
    assert differ


@pytest.mark.parametrize(
    ("learned", "until"),
    [
        ("2026-05-27", "2026-05-27"),  # three working days late, after the light turned on the 22nd: withheld by it
        ("2026-06-30", "2026-06-30"),
        ("2026-05-25", "2026-05-25"),  # one working day late: had it been three, it would be withheld
        ("2026-05-22", None),  # not late at all
    ],
)
def test_a_stop_rests_on_the_days_up_to_that_on_which_we_learned_of_it(learned: str, until: str | None) -> None:
    assert rest_of(told(ACCEPTED, ("9", "2026-05-22", learned))) == until


def test_a_stop_that_came_with_the_first_word_of_its_project_rests_on_none() -> None:
    whole = [{**event, "learned": "2026-09-01"} for event in told(ACCEPTED, ("9", "2026-05-22", ""))]
    assert rest_of(whole) is None


def rest_of(events: list[Row]) -> str | None:
    """The last day on which the second event rests."""
    columns, _ = log_of(PROJECT, CASE, events)
    (chunk,) = chunks(columns)
    (day,) = rests_until(columns, chunk, PACK)[chunk.event_rows == 1].tolist()
    return None if day == NO_DAY else day_of(day).isoformat()
