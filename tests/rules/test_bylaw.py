"""What the law does by itself, counted by hand: acceptances, starts of clocks, ceilings, bases, extensions.

Of March 2026 every weekday works; 2 March is a Monday. The numbers of these packs are made up.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from rules.pack import Dated, ExtensionRule, Limit, Limits, Number, RulePack
from rules.vocabulary import Pause, Unit
from tests.rules.columns import engine
from tests.rules.common import CALENDAR, PACK
from tests.rules.test_by_hand import case

SINCE = dt.date(2019, 1, 1)
FIVE = Dated((Number(5, SINCE, "E", "made up"),))
DEEMS = replace(PACK, deemed_acceptance=FIVE)


def stands(as_of: str, *told: Any, pack: RulePack = PACK, **project: str) -> dict[str, Any]:
    """The project's object; its cases by id."""
    row = {"project_code": "P", "coded_on": "2026-03-02", "kind": "filing", "region": "330106", **project}
    log = [row], [c for c, _ in told], [e for _, events in told for e in events]
    found = engine(log, pack, CALENDAR, dt.date.fromisoformat(as_of))["P"]
    return found | {"cases": {c["case_id"]: c for c in found["cases"]}}


def flagged(found: dict[str, Any], flag: str) -> set[str]:
    return {f["case_id"] for f in found["flags"] if f["flag"] == flag}


# ---- deemed acceptance (行政许可法 32)


def test_no_word_within_the_days_of_the_pack_is_acceptance_on_receipt() -> None:
    silent = case(1, ("1", "2026-03-02"))
    on_the_last_day, after = (stands(day, silent, pack=DEEMS) for day in ("2026-03-09", "2026-03-10"))
    assert (on_the_last_day["cases"]["P-1"]["state"], on_the_last_day["used"]) == ("received", 0)
    assert on_the_last_day["next_change"] == "2026-03-10"
    # Five working days are the 3rd to the 9th; on the 10th six have gone since receipt.
    assert (after["cases"]["P-1"]["state"], after["used"]) == ("running", 6)
    assert flagged(after, "deemed_acceptance") == {"P-1"}
    assert not flagged(on_the_last_day, "deemed_acceptance")


def test_a_day_that_silence_brings_before_it_is_over_is_not_foreseen() -> None:
    """Silence from the 2nd is over on the 10th. Three days end on the 5th, of which nobody knows before the 10th; eight
    end on the 12th, and that can be told at once."""

    def due(as_of: str, days: str) -> Any:
        told = stands(as_of, case(1, ("1", "2026-03-02"), promised_days=days), pack=DEEMS)["cases"]["P-1"]["promised"]
        return told["due_on"], told["light"]

    assert [due(f"2026-03-{n}", "3") for n in ("03", "05", "09")] == [(None, "green")] * 3
    assert due("2026-03-10", "3") == ("2026-03-05", "red")
    assert due("2026-03-03", "8")[0] == due("2026-03-10", "8")[0] == "2026-03-12"


def test_it_is_off_unless_the_pack_says_so() -> None:
    assert stands("2026-06-30", case(1, ("1", "2026-03-02")))["used"] == 0


@pytest.mark.parametrize("word", ["3", "4", "5", "2", "6", "11", "14"])
def test_a_word_on_the_last_day_is_in_time_and_a_day_later_it_is_not(word: str) -> None:
    in_time = stands("2026-03-31", case(1, ("1", "2026-03-02"), (word, "2026-03-09")), pack=DEEMS)
    late = stands("2026-03-31", case(1, ("1", "2026-03-02"), (word, "2026-03-10")), pack=DEEMS)
    assert flagged(in_time, "deemed_acceptance") == set()
    assert flagged(late, "deemed_acceptance") == {"P-1"}
    assert late["used"] == {"3": 21, "6": 6}.get(word, 6)  # to the 31st; a correction stops it; a close ends it


def test_a_turn_that_silence_reveals_carries_both_days() -> None:
    """Two cases: one tells of 54 days, the silent one adds what lies before."""
    long = Dated((Number(60, SINCE, "E", "made up"),))
    pack = replace(PACK, deemed_acceptance=long)
    found = stands("2026-06-10", case(1, ("1", "2026-03-02")), pack=pack)
    # 55 working days are over on 21 May (golden vector), so it is yellow from the 22nd; that it was accepted on
    # 2 March is so only from the day after the sixtieth: 28 May is the 60th, hence the 29th.
    assert found["turns"] == [{"on": "2026-05-22", "light": "yellow", "became_on": "2026-05-29"}]
    assert stands("2026-05-28", case(1, ("1", "2026-03-02")), pack=pack)["turns"] == []
    assert (
        stands("2026-05-28", case(1, ("1", "2026-03-02")), pack=pack)["yellow_on"] is None
    )  # it cannot turn in the past


def test_a_decision_without_acceptance_reveals_its_turn_on_its_own_day() -> None:
    found = stands("2026-06-10", case(1, ("1", "2026-03-02"), ("11", "2026-06-01")))
    assert found["turns"] == [{"on": "2026-05-22", "light": "yellow", "became_on": "2026-06-01"}]
    # Another case had brought the light by itself: then it became so on its own day.
    beside = case(2, ("3", "2026-03-02"))
    found = stands("2026-06-10", case(1, ("1", "2026-03-02"), ("11", "2026-06-01")), beside)
    assert found["turns"] == [{"on": "2026-05-22", "light": "yellow"}]


# ---- 统一收件 and 依次办理 (浙江“最多跑一次”规定 5)


def test_items_received_together_are_accepted_at_once_with_the_first() -> None:
    first = case(1, ("3", "2026-03-02"), ("11", "2026-03-04"), clock_start="unified", promised_days="10")
    second = case(2, ("3", "2026-03-12"), clock_start="unified", promised_days="5")
    other_stage = case(3, ("3", "2026-03-12"), clock_start="unified", promised_days="5", stage="construction")
    found = stands("2026-03-10", first, second, other_stage)
    assert found["cases"]["P-2"]["promised"]["used"] == 6  # the 3rd to the 10th
    assert found["cases"]["P-2"]["promised"]["light"] == "red"
    assert (found["cases"]["P-2"]["state"], found["used"]) == ("running", 6)
    assert found["cases"]["P-3"]["state"] == "not_started"


def test_who_was_turned_away_before_is_not_accepted_with_the_others() -> None:
    first = case(1, ("3", "2026-03-04"), clock_start="unified")
    away = case(2, ("1", "2026-03-02"), ("4", "2026-03-03"), clock_start="unified")
    assert stands("2026-03-10", first, away)["cases"]["P-2"]["state"] == "out"


SERIAL = {"clock_start": "predecessor", "promised_days": "5", "statutory_days": "10"}


def test_a_clock_that_waits_for_its_predecessor_runs_from_its_decision() -> None:
    before = case(1, ("3", "2026-03-02"), ("11", "2026-03-09"), item_code="B01")
    early = case(2, ("3", "2026-03-03"), item_code="B04", **SERIAL)
    found = stands("2026-03-06", before, early)
    assert (found["cases"]["P-2"]["promised"]["used"], found["cases"]["P-2"]["promised"]["due_on"]) == (0, None)
    found = stands("2026-03-12", before, early)
    assert found["cases"]["P-2"]["promised"] == {"used": 3, "limit": 5, "due_on": "2026-03-16", "light": "green"}
    assert found["cases"]["P-2"]["used"] == 7  # in the project's clock it counts from its acceptance


def test_it_runs_before_acceptance_too_once_the_predecessor_is_decided() -> None:
    before = case(1, ("3", "2026-03-02"), ("11", "2026-03-04"), item_code="B01")
    idle = case(2, ("3", "2026-03-16"), item_code="B04", **SERIAL)
    found = stands("2026-03-12", before, idle)["cases"]["P-2"]
    assert (found["state"], found["promised"]["used"], found["promised"]["light"]) == ("not_started", 6, "red")
    assert (found["statutory"]["used"], found["statutory"]["due_on"]) == (6, "2026-03-18")


def test_without_a_predecessor_in_the_project_it_runs_from_acceptance() -> None:
    found = stands("2026-03-06", case(2, ("3", "2026-03-03"), item_code="B04", **SERIAL))
    assert found["cases"]["P-2"]["promised"]["used"] == 3


# ---- pauses: a basis that is wanted, a ceiling


def ruled(**changed: Any) -> RulePack:
    rule = replace(PACK.pauses[Pause.APPRAISAL], **changed)
    return replace(PACK, pauses={**PACK.pauses, Pause.APPRAISAL: rule})


def appraised(basis: str, *more: Any) -> Any:
    told = ("9", "2026-03-04", {"procedure": "appraisal", "basis": basis})
    return case(1, ("3", "2026-03-02"), told, *more, promised_days="30")


def test_a_pause_without_the_basis_that_is_wanted_stops_nothing() -> None:
    pack = ruled(needs_basis=True)
    bare, based = (stands("2026-03-13", appraised(basis), pack=pack) for basis in ("", "行政许可法45"))
    assert (bare["used"], bare["cases"]["P-1"]["state"]) == (9, "running")
    assert (based["used"], based["cases"]["P-1"]["state"]) == (2, "procedure")
    assert stands("2026-03-13", appraised(""))["used"] == 2  # under the pack as shipped it stops, and is flagged


@pytest.mark.parametrize(("unit", "last"), [(Unit.WORKING_DAY, "2026-03-11"), (Unit.NATURAL_DAY, "2026-03-09")])
def test_past_its_ceiling_a_pause_stops_no_clock(unit: Unit, last: str) -> None:
    pack = ruled(ceiling=Limits((Limit(5, SINCE, "E", "made up", unit),)))
    told = appraised("法", ("10", "2026-03-20", {"procedure": "appraisal", "basis": "法"}), ("11", "2026-03-25"))
    end = dt.date.fromisoformat(last)
    eve = stands((end - dt.timedelta(1)).isoformat(), told, pack=pack)
    assert (eve["used"], eve["cases"]["P-1"]["state"], eve["next_change"]) == (2, "procedure", last)
    on_it = stands(last, told, pack=pack)
    assert (on_it["used"], on_it["cases"]["P-1"]["state"]) == (2, "running")
    assert flagged(on_it, "pause_past_ceiling") == {"P-1"}
    after = CALENDAR.count(end, dt.date(2026, 3, 25))
    assert stands("2026-03-25", told, pack=pack)["used"] == 2 + after
    assert flagged(stands("2026-03-25", told), "pause_past_ceiling") == set()


def test_the_days_ahead_count_on_the_ceiling() -> None:
    """Paused after two days, it goes on when the ceiling is reached on 11 March: the 55th day is 53 days on."""
    pack = ruled(ceiling=Limits((Limit(5, SINCE, "E", "made up"),)))
    found = stands("2026-03-06", appraised("法"), pack=pack)
    assert found["yellow_on"] == CALENDAR.add(dt.date(2026, 3, 11), 54).isoformat()
    assert found["cases"]["P-1"]["promised"]["due_on"] == CALENDAR.add(dt.date(2026, 3, 11), 28).isoformat()
    assert stands("2026-03-06", appraised("法"))["yellow_on"] is None  # without a ceiling nobody knows


# ---- extensions (行政许可法 42)

LIMITS = {"promised_days": "5", "statutory_days": "5"}  # both due on 9 March, past on the 10th


@pytest.mark.parametrize(
    ("approved", "limit", "light"), [("2026-03-09", 15, "green"), ("2026-03-10", 5, "red"), ("2026-04-01", 5, "red")]
)
def test_an_extension_approved_after_the_limit_heals_nothing(approved: str, limit: int, light: str) -> None:
    found = stands("2026-03-12", case(1, ("3", "2026-03-02"), ("extended", approved, {"days": "10"}), **LIMITS))
    statutory = found["cases"]["P-1"]["statutory"]
    if approved > "2026-03-12":
        limit = 5
    assert (statutory["limit"], statutory["light"]) == (limit, light)


def test_extensions_are_judged_one_after_another() -> None:
    told = [("extended", "2026-03-09", {"days": "3"}), ("extended", "2026-03-12", {"days": "2"})]
    found = stands("2026-03-12", case(1, ("3", "2026-03-02"), *told, **LIMITS))["cases"]["P-1"]["statutory"]
    assert (found["limit"], found["due_on"]) == (10, "2026-03-16")
    second_too_late = [told[0], ("extended", "2026-03-13", {"days": "2"})]  # 8 days are over on the 12th
    found = stands("2026-03-13", case(1, ("3", "2026-03-02"), *second_too_late, **LIMITS))
    assert found["cases"]["P-1"]["statutory"]["limit"] == 8
    assert {f["event_id"] for f in found["flags"] if f["flag"] == "extended_after_limit"} == {"P-1#2"}


@pytest.mark.parametrize(("approved", "limit"), [("2026-03-06", 15), ("2026-03-09", 5)])
def test_the_promise_moves_only_before_its_due_day_and_where_the_pack_says_so(approved: str, limit: int) -> None:
    told = case(1, ("3", "2026-03-02"), ("extended", approved, {"days": "10"}), **LIMITS)
    moves = replace(PACK, extension=ExtensionRule(promised=True))
    assert stands("2026-03-12", told, pack=moves)["cases"]["P-1"]["promised"]["limit"] == limit
    assert stands("2026-03-12", told)["cases"]["P-1"]["promised"]["limit"] == 5
