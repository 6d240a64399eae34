"""Logs small enough to count on the fingers: the oracle says what was counted by hand, and the engine the same.

March 2026 has no holiday and no make-up day: Monday the 2nd, Friday the 6th, Monday the 9th.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.rules.agreement import differences
from tests.rules.columns import engine
from tests.rules.common import CALENDAR, PACK
from tests.rules.oracle import judge

Happening = tuple[str, str] | tuple[str, str, dict[str, str]]


def case(number: int, *told: Happening, **columns: str) -> tuple[dict[str, str], list[dict[str, str]]]:
    """A case of the project P with what happened to it: (status, moment) or (status, moment, further columns)."""
    code = f"P-{number}"
    row = {"case_id": code, "project_code": "P", "stage": "planning", "department": f"局{number}", **columns}
    events = []
    for n, (status, moment, *more) in enumerate(told):
        extra: dict[str, str] = dict(more[0]) if more else {}
        events.append({"event_id": f"{code}#{n}", "case_id": code, "status": status, "occurred_at": moment, **extra})
    return row, events


def count(
    as_of: str, *told: tuple[dict[str, str], list[dict[str, str]]], coded_on: str = "2026-03-02", **columns: str
) -> dict[str, Any]:
    """How the project P stands with these cases."""
    project = {"project_code": "P", "coded_on": coded_on, **columns}
    log = [project], [row for row, _ in told], [event for _, events in told for event in events]
    found = judge(*log, PACK, CALENDAR, dt.date.fromisoformat(as_of))
    assert not differences(engine(log, PACK, CALENDAR, dt.date.fromisoformat(as_of)), found, as_of)
    return found["P"]


def ledger(found: dict[str, Any]) -> dict[str, int]:
    """The ledger without its empty lines."""
    return {what: days for what, days in found["ledger"].items() if days}


# ---- days (民法典 201, 行政许可法 82)


def test_the_first_day_is_not_counted_and_a_make_up_saturday_is() -> None:
    # Accepted on Friday 13 February: 14 (make-up Saturday), 24, 25, 26, 27; 15 to 23 are the Spring Festival.
    found = count("2026-02-27", case(1, ("accepted", "2026-02-13")), coded_on="2026-02-13")
    assert found["used"] == 5


@pytest.mark.parametrize(("as_of", "days"), [("2026-01-03", 0), ("2026-01-04", 1), ("2026-01-06", 3)])
def test_accepted_on_a_rest_day_the_next_working_day_is_day_one(as_of: str, days: int) -> None:
    assert count(as_of, case(1, ("accepted", "2026-01-03")), coded_on="2026-01-03")["used"] == days


def test_a_moment_with_an_offset_belongs_to_its_date_in_the_office() -> None:
    abroad = count("2026-03-06", case(1, ("3", "2026-03-03T16:30:00Z")))  # half past midnight on the 4th
    at_home = count("2026-03-06", case(1, ("3", "2026-03-03T16:30:00")))
    assert (abroad["used"], at_home["used"]) == (2, 3)


# ---- lights


@pytest.mark.parametrize(
    ("as_of", "days", "light"),
    [
        ("2026-05-21", 55, "green"),
        ("2026-05-22", 56, "yellow"),
        ("2026-06-26", 80, "yellow"),
        ("2026-06-29", 81, "red"),
    ],
)
def test_55_is_green_and_80_is_yellow(as_of: str, days: int, light: str) -> None:
    found = count(as_of, case(1, ("accepted", "2026-03-02")))
    assert (found["used"], found["light"]) == (days, light)


def test_the_turns_lie_on_the_first_day_past_each_threshold() -> None:
    found = count("2026-11-20", case(1, ("accepted", "2026-03-02")))
    assert found["turns"] == [["2026-05-22", "yellow"], ["2026-06-29", "red"]]


def test_the_group_of_50_turns_yellow_two_days_before_and_red_after_its_budget() -> None:
    group = count("2026-11-20", case(1, ("accepted", "2026-03-02")))["groups"]["pre_construction"]
    assert (group["yellow_on"], group["red_on"], group["light"]) == ("2026-05-12", "2026-05-15", "red")


def test_outside_the_packs_scope_there_is_no_light() -> None:
    found = count("2026-11-20", case(1, ("accepted", "2026-03-02")), kind="approval")
    assert (found["light"], found["turns"], found["used"] > 80) == ("none", [], True)


# ---- pauses


def test_a_correction_stops_the_clock_after_its_first_day() -> None:
    # 3, 4 run; 5, 6 are the correction; 9, 10 run.
    told = [("accepted", "2026-03-02"), ("6", "2026-03-04"), ("7", "2026-03-06"), ("approved", "2026-03-10")]
    found = count("2026-03-20", case(1, *told))
    assert (found["used"], ledger(found)) == (4, {"span": 14, "counted": 4, "correction": 2, "nobody": 8})


def test_a_correction_within_one_day_costs_nothing_and_two_that_touch_run_on() -> None:
    within = [("3", "2026-03-02"), ("6", "2026-03-03"), ("7", "2026-03-03"), ("11", "2026-03-06")]
    touching = [("3", "2026-03-02"), ("6", "2026-03-03"), ("7", "2026-03-05"), ("6", "2026-03-05"), ("7", "2026-03-09")]
    assert count("2026-03-20", case(1, *within))["used"] == 4
    assert count("2026-03-10", case(1, *touching))["used"] == 2  # the 3rd and the 10th


def test_pauses_open_at_once_are_one_pause_and_the_ledger_calls_it_procedure_first() -> None:
    hearing = {"procedure": "hearing"}
    told: list[Happening] = [
        ("accepted", "2026-03-02"),
        ("procedure_started", "2026-03-03", hearing),
        ("correction_started", "2026-03-04"),
        ("procedure_ended", "2026-03-06", hearing),
        ("correction_ended", "2026-03-09"),
        ("approved", "2026-03-11"),
    ]
    found = count("2026-03-11", case(1, *told))
    assert ledger(found) == {"span": 7, "counted": 3, "procedure": 3, "correction": 1}


def test_a_public_notice_runs_on() -> None:
    told: list[Happening] = [("3", "2026-03-02"), ("9", "2026-03-03", {"procedure": "public_notice"})]
    assert count("2026-03-10", case(1, *told))["used"] == 6


def test_an_entrusted_inspection_stops_the_cases_own_clocks_but_not_the_projects() -> None:
    entrusted = {"procedure": "inspection", "holder": "entrusted_intermediary"}
    found = count("2026-03-10", case(1, ("3", "2026-03-02"), ("9", "2026-03-03", entrusted)))
    assert (found["used"], found["limits"]["P-1"]["promised"]["used"]) == (6, 1)
    mixed = count(
        "2026-03-10",
        case(1, ("3", "2026-03-02"), ("9", "2026-03-03", entrusted), ("9", "2026-03-03", {"procedure": "inspection"})),
    )
    assert (mixed["used"], mixed["cases"]["P-1"]) == (1, [1, "procedure"])


def test_an_acceptance_ends_a_correction_of_an_earlier_day_but_not_one_of_its_own_day() -> None:
    earlier = case(1, ("6", "2026-03-02"), ("3", "2026-03-03"))
    same_day = case(1, ("6", "2026-03-02"), ("3", "2026-03-03"), ("6", "2026-03-03"))
    assert count("2026-03-06", earlier)["cases"]["P-1"] == [3, "running"]
    assert count("2026-03-06", same_day)["cases"]["P-1"] == [0, "correction"]


def test_a_close_ends_every_pause_so_that_a_reopened_case_runs() -> None:
    told = [("3", "2026-03-02"), ("6", "2026-03-03"), ("11", "2026-03-05"), ("3", "2026-03-06")]
    assert count("2026-03-10", case(1, *told))["cases"]["P-1"] == [3, "running"]  # the 3rd, the 9th, the 10th


# ---- acceptance and close


def test_accepted_and_approved_on_one_day_used_no_day() -> None:
    assert count("2026-03-10", case(1, ("3", "2026-03-02"), ("11", "2026-03-02")))["cases"]["P-1"] == [0, "decided"]


def test_before_the_first_acceptance_a_refusal_closes_nothing() -> None:
    told = [("5", "2026-03-02"), ("3", "2026-03-03"), ("4", "2026-03-03"), ("11", "2026-03-05")]
    assert count("2026-03-10", case(1, *told))["cases"]["P-1"] == [2, "decided"]


def test_decided_without_acceptance_counts_from_the_first_receipt() -> None:
    told = [("1", "2026-03-02"), ("1", "2026-03-04"), ("11", "2026-03-06")]
    assert count("2026-03-05", case(1, *told))["cases"]["P-1"] == [0, "received"]
    assert count("2026-03-10", case(1, *told))["cases"]["P-1"] == [4, "decided"]


def test_decided_with_neither_acceptance_nor_receipt_is_grey_unless_its_holder_does_not_count() -> None:
    found = count("2026-03-10", case(1, ("11", "2026-03-06")))
    assert (found["light"], found["judged"], found["cases"]["P-1"]) == ("grey", False, [0, "unjudged"])
    assert count("2026-03-10", case(1, ("11", "2026-03-06"), holder="owner"))["light"] == "green"


def test_an_accepted_after_a_close_goes_on_with_the_same_clock() -> None:
    told = [("3", "2026-03-02"), ("11", "2026-03-04"), ("3", "2026-03-06"), ("13", "2026-03-10")]
    assert count("2026-03-20", case(1, *told))["cases"]["P-1"] == [4, "decided"]


def test_a_void_takes_its_event_out_whatever_its_own_day_and_a_voided_void_does_not() -> None:
    told: list[Happening] = [("3", "2026-03-02"), ("11", "2026-03-04"), ("voided", "2026-12-01", {"voids": "P-1#1"})]
    assert count("2026-03-10", case(1, *told))["cases"]["P-1"] == [6, "running"]
    told.append(("voided", "2026-12-02", {"voids": "P-1#2"}))
    assert count("2026-03-10", case(1, *told))["cases"]["P-1"] == [2, "decided"]
    told.append(("voided", "2026-12-03", {"voids": "P-1#3"}))  # the second void is out, so the first one holds
    assert count("2026-03-10", case(1, *told))["cases"]["P-1"] == [6, "running"]


def test_voids_that_name_one_another_in_a_circle_take_nothing_else_out() -> None:
    circle: list[Happening] = [
        ("voided", "2026-03-05", {"voids": "P-1#2"}),
        ("voided", "2026-03-05", {"voids": "P-1#1"}),
    ]
    told: list[Happening] = [("3", "2026-03-02"), *circle, ("11", "2026-03-04")]
    assert count("2026-03-10", case(1, *told))["cases"]["P-1"] == [2, "decided"]


# ---- the project


def test_days_on_which_two_cases_run_count_once_and_are_shared() -> None:
    found = count(
        "2026-03-20",
        case(1, ("3", "2026-03-02"), ("11", "2026-03-06")),
        case(2, ("3", "2026-03-04"), ("11", "2026-03-10")),
    )
    assert (found["used"], found["shares"]) == (6, {"局1": [3, 2], "局2": [3, 2]})


def test_the_joint_acceptance_holds_only_the_days_on_which_none_of_its_parts_runs() -> None:
    found = count(
        "2026-03-20",
        case(1, ("3", "2026-03-02"), ("11", "2026-03-10"), item_code="D08", stage="acceptance"),
        case(2, ("3", "2026-03-02"), ("11", "2026-03-05"), item_code="D01", stage="acceptance"),
    )
    assert (found["acceptance"], found["shares"]) == (6, {"局1": [3, 3], "局2": [3, 3]})


def test_the_construction_permit_ends_its_group_but_neither_stage_nor_total() -> None:
    found = count(
        "2026-03-20",
        case(1, ("3", "2026-03-02"), ("12", "2026-03-06"), item_code="C09", stage="construction"),
        case(2, ("3", "2026-03-02"), ("11", "2026-03-10")),
    )
    assert (found["pre_construction"], found["stages"]["planning"], found["used"]) == (4, 6, 6)


def test_an_owners_case_is_uncounted_and_a_gap_is_nobodys() -> None:
    found = count("2026-03-10", case(1, ("3", "2026-03-03"), ("11", "2026-03-05"), holder="owner"))
    assert (found["used"], ledger(found)) == (0, {"span": 6, "uncounted": 2, "nobody": 4})
    assert found["phase"] == "waiting_owner"


def test_a_project_is_finished_when_all_is_closed_and_one_of_acceptance_was_approved() -> None:
    done = case(1, ("3", "2026-03-02"), ("11", "2026-03-06"), stage="acceptance")
    assert count("2026-03-20", done)["finished"]
    assert ledger(count("2026-03-20", done)) == {"span": 4, "counted": 4}
    assert not count("2026-03-20", done, case(2, ("1", "2026-03-02")))["finished"]
    assert count("2026-03-20", done, case(2, ("11", "2026-03-09")))["finished"]  # cannot be judged, but is closed


@pytest.mark.parametrize(("reason", "phase"), [("completed", "finished"), ("", "finished"), ("terminated", "dropped")])
def test_the_source_says_that_a_project_ended(reason: str, phase: str) -> None:
    told = case(1, ("3", "2026-03-02"))
    assert count("2026-03-20", told, ended_on="2026-03-10", end_reason=reason)["phase"] == phase
    assert count("2026-03-09", told, ended_on="2026-03-10", end_reason=reason)["phase"] == "running"


def test_nothing_of_a_project_runs_after_the_day_on_which_it_ended() -> None:
    told = [
        case(1, ("3", "2026-03-02"), stage="construction"),
        case(2, ("1", "2026-03-02"), clock_start="received", statutory_days="20"),
        case(3, ("3", "2026-03-02"), ("11", "2026-03-04"), ("3", "2026-03-05")),  # reopened
        case(4, ("3", "2026-03-02"), ("11", "2026-03-04")),
    ]
    on_the_day = count("2026-03-10", *told, ended_on="2026-03-10")
    assert (on_the_day["used"], on_the_day["running"], on_the_day["held_by"]) == (6, False, [])
    assert on_the_day["phase"] == "finished"
    found = count("2026-11-20", *told, ended_on="2026-03-10")
    assert (found["used"], found["running"], found["light"], found["turns"]) == (6, False, "green", [])
    assert found["cases"] == {"P-1": [6, "out"], "P-2": [0, "out"], "P-3": [5, "out"], "P-4": [2, "decided"]}
    assert found["limits"]["P-2"]["statutory"] == {"used": 6, "limit": 20, "due_on": None, "light": "green"}
    assert (ledger(found), found["stage"]) == ({"span": 6, "counted": 6}, "construction")


def test_a_project_is_stopped_by_a_pause_of_a_counting_case_alone() -> None:
    paused = [("3", "2026-03-02"), ("6", "2026-03-04")]
    assert count("2026-03-10", case(1, *paused))["phase"] == "stopped"
    assert count("2026-03-10", case(1, *paused, holder="owner"))["phase"] == "waiting_owner"
    assert count("2026-03-10", case(1, *paused), case(2, ("3", "2026-03-02")))["phase"] == "running"


def test_a_works_is_grey_for_its_own_cases_alone() -> None:
    found = count(
        "2026-03-20",
        case(1, ("3", "2026-03-02"), works_code="W1"),
        case(2, ("11", "2026-03-06"), works_code="W2"),
    )
    assert [(w["works_code"], w["light"]) for w in found["works"]] == [("W1", "green"), ("W2", "grey")]
    assert (found["light"], found["judged"]) == ("grey", False)
    assert found["groups"]["pre_construction"]["light"] == "green"  # of the works that is shown


def test_each_works_is_judged_by_itself_and_the_project_shows_the_worst() -> None:
    # In common 4 days; W1 a day more, W2 three more; the union is eight.
    found = count(
        "2026-03-20",
        case(1, ("3", "2026-03-02"), ("11", "2026-03-06")),
        case(2, ("3", "2026-03-06"), ("11", "2026-03-09"), works_code="W1"),
        case(3, ("3", "2026-03-09"), ("11", "2026-03-12"), works_code="W2"),
    )
    assert [(w["works_code"], w["used"]) for w in found["works"]] == [("W1", 5), ("W2", 7)]
    assert (found["used"], found["held_days"]) == (7, 8)


def test_a_project_coded_later_is_left_out_unless_a_case_was_accepted_before() -> None:
    assert count("2026-03-05", case(1, ("3", "2026-03-02")), coded_on="2026-04-01")["used"] == 3
    with pytest.raises(KeyError):
        count("2026-03-05", case(1, ("1", "2026-03-02")), coded_on="2026-04-01")


# ---- a case's own limits


@pytest.mark.parametrize(
    ("as_of", "light"),
    [("2026-03-02", "green"), ("2026-03-05", "green"), ("2026-03-06", "yellow"), ("2026-03-09", "yellow")],
)
def test_yellow_comes_with_a_third_of_the_limit_left_at_most(as_of: str, light: str) -> None:
    # Five days: at most min(2, 5/3) left, so from the fourth day on; the due day itself is still yellow.
    promised = count(as_of, case(1, ("3", "2026-03-02"), promised_days="5"))["limits"]["P-1"]["promised"]
    assert promised["light"] == light


def test_red_is_the_day_after_the_due_day_and_an_extension_moves_the_statutory_one_alone() -> None:
    days = {"promised_days": "5", "statutory_days": "5"}
    late = count("2026-03-10", case(1, ("3", "2026-03-02"), **days))["limits"]["P-1"]
    told = {"used": 6, "limit": 5, "due_on": "2026-03-09", "light": "red"}
    assert (late["promised"], late["statutory"]) == (told, told)
    extended = ("extended", "2026-03-06", {"days": "10"})
    more = count("2026-03-10", case(1, ("3", "2026-03-02"), extended, **days))["limits"]["P-1"]
    assert more["promised"] == told
    assert more["statutory"] == {"used": 6, "limit": 15, "due_on": None, "light": "green"}


def test_a_limit_of_no_days_is_due_on_the_day_of_acceptance() -> None:
    told = case(1, ("3", "2026-03-03"), ("6", "2026-03-03"), ("7", "2026-03-05"), promised_days="0")
    limits = [count(day, told)["limits"]["P-1"]["promised"] for day in ("2026-03-03", "2026-03-05", "2026-03-06")]
    assert [(limit["due_on"], limit["light"]) for limit in limits] == [
        ("2026-03-03", "green"),
        ("2026-03-03", "green"),  # in correction: no day has been used
        ("2026-03-03", "red"),
    ]


@pytest.mark.parametrize(
    ("as_of", "light"), [("2026-03-08", "yellow"), ("2026-03-09", "yellow"), ("2026-03-10", "red")]
)
def test_a_natural_due_day_on_a_sunday_moves_to_monday(as_of: str, light: str) -> None:
    told = case(1, ("3", "2026-03-03"), promised_days="5", promised_unit="natural_day")
    assert count(as_of, told)["limits"]["P-1"]["promised"]["light"] == light


@pytest.mark.parametrize(
    ("as_of", "light"), [("2026-03-09", "yellow"), ("2026-03-11", "yellow"), ("2026-03-12", "red")]
)
def test_after_a_due_day_that_moved_the_first_day_counted_is_too_late(as_of: str, light: str) -> None:
    # Due on Sunday the 8th, hence on Monday the 9th; from the 8th to the 11th nothing counts.
    paused = [("6", "2026-03-08"), ("7", "2026-03-11")]
    told = case(1, ("3", "2026-03-03"), *paused, promised_days="5", promised_unit="natural_day")
    assert count(as_of, told)["limits"]["P-1"]["promised"]["light"] == light


def test_a_statutory_clock_from_receipt_runs_before_acceptance() -> None:
    told = case(1, ("1", "2026-03-02"), ("3", "2026-03-06"), clock_start="received")
    limits = count("2026-03-10", told)["limits"]["P-1"]
    assert (limits["statutory"]["used"], limits["promised"]["used"]) == (6, 2)
