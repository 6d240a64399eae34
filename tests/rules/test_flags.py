"""Every flag with a log that has it and, beside it, the nearest one that has not.

March 2026 has no holiday and no make-up day: Monday the 2nd, Friday the 6th, Saturday the 7th.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from rules.flags import NAMES
from rules.pack import RulePack
from tests.rules import test_bylaw, test_late_stops
from tests.rules.columns import engine
from tests.rules.common import CALENDAR, PACK
from tests.rules.test_by_hand import Happening, case

Cases = list[tuple[dict[str, str], list[dict[str, str]]]]
HEARING = {"procedure": "hearing"}
BASIS = HEARING | {"basis": "《行政许可法》第四十六条"}


def flags(
    cases: Cases, as_of: str = "2026-03-31", pack: RulePack = PACK, **columns: str
) -> set[tuple[str, str, str | None]]:
    """(flag, case, event) of the project P with these cases, coded on 2 March."""
    project = {"project_code": "P", "coded_on": "2026-03-02", **columns}
    log = [project], [row for row, _ in cases], [event for _, events in cases for event in events]
    found = engine(log, pack, CALENDAR, dt.date.fromisoformat(as_of))["P"]
    return {(flag["flag"], flag["case_id"], flag["event_id"]) for flag in found["flags"]}


def one(*told: Happening, **columns: str) -> Cases:
    """One case."""
    return [case(1, *told, **columns)]


def on_saturday(many: int, day: str = "2026-03-07") -> Cases:
    """So many records of one project on one day."""
    return [case(n, ("handling_started", day)) for n in range(many)]


SHOWN: list[tuple[str, Cases, set[tuple[str, str | None]], Cases]] = [
    (
        "cannot_be_judged",
        one(("11", "2026-03-04")),
        {("P-1", None)},
        one(("1", "2026-03-04"), ("11", "2026-03-04")),
    ),
    (
        "supposed_acceptance",
        one(("1", "2026-03-02"), ("11", "2026-03-04")),
        {("P-1", None)},
        one(("1", "2026-03-02"), ("3", "2026-03-04"), ("11", "2026-03-04")),
    ),
    (
        "reopened",
        [
            case(0, ("3", "2026-03-05")),
            case(1, ("3", "2026-03-02"), ("11", "2026-03-04"), ("3", "2026-03-05"), ("11", "2026-03-06")),
            case(2, ("3", "2026-03-02"), ("11", "2026-03-04"), ("3", "2026-03-09")),
        ],
        {("P-1", "P-1#2"), ("P-2", "P-2#2")},
        one(("3", "2026-03-02"), ("11", "2026-03-04"), ("3", "2026-03-04")),  # on one day: it simply runs on
    ),
    (
        "resubmitted",
        [
            case(1, ("3", "2026-03-02"), ("14", "2026-03-04"), item_code="B04"),
            case(2, ("3", "2026-03-05"), item_code="B04"),
            case(3, ("3", "2026-03-02"), ("14", "2026-03-04"), item_code="A08"),
            case(4, ("3", "2026-03-04"), item_code="A08"),  # on the same day
        ],
        {("P-2", None), ("P-4", None)},
        [
            case(1, ("3", "2026-03-02"), ("14", "2026-03-04"), item_code="B04"),
            case(2, ("3", "2026-03-05"), item_code="B05"),
            case(3, ("3", "2026-03-02"), ("14", "2026-03-04")),  # of cases without a code nobody knows the item
            case(4, ("3", "2026-03-05")),
            case(5, ("3", "2026-03-02"), ("13", "2026-03-04"), item_code="A08"),  # refused, not withdrawn
            case(6, ("3", "2026-03-05"), item_code="A08"),
        ],
    ),
    (
        "accepted_before_coding",
        one(("3", "2026-03-01")),
        {("P-1", None)},
        one(("1", "2026-03-01"), ("3", "2026-03-02")),
    ),
    (
        "accepted_before_predecessor",
        [
            case(1, ("3", "2026-03-02"), ("11", "2026-03-06"), item_code="B01"),
            case(2, ("3", "2026-03-05"), item_code="B04"),
        ],
        {("P-2", None)},
        [
            case(1, ("3", "2026-03-02"), ("11", "2026-03-06"), item_code="B01"),
            case(2, ("3", "2026-03-06"), item_code="B04"),
            case(3, ("3", "2026-03-02"), item_code="P02"),  # none of its prerequisites is in the log
        ],
    ),
    (
        "accepted_before_predecessor",
        [  # C09 waits for B04, C01, C02 and C03
            case(1, ("3", "2026-03-02"), ("13", "2026-03-04"), item_code="C01"),
            case(2, ("3", "2026-03-05"), item_code="C09"),
        ],
        {("P-2", None)},
        [  # of alternatives one is enough; what is wrapped runs beside
            case(1, ("3", "2026-03-05"), item_code="D08"),
            case(2, ("3", "2026-03-05"), item_code="D01"),
        ],
    ),
    (
        "pause_end_without_start",
        one(
            ("3", "2026-03-02"),
            ("6", "2026-03-03"),
            ("7", "2026-03-04"),
            ("7", "2026-03-05"),
            ("10", "2026-03-05", HEARING),
        ),
        {("P-1", "P-1#3"), ("P-1", "P-1#4")},
        one(("3", "2026-03-02"), ("7", "2026-03-04"), ("6", "2026-03-04")),  # nobody knows the order within a day
    ),
    (
        "pause_end_without_start",  # of another kind than what was started
        one(("3", "2026-03-02"), ("6", "2026-03-03"), ("10", "2026-03-04", HEARING)),
        {("P-1", "P-1#2")},
        one(("3", "2026-03-02"), ("9", "2026-03-03", HEARING), ("10", "2026-03-04", HEARING)),
    ),
    (
        "pause_opened_late",  # of ten days eight are used on the 12th
        one(("3", "2026-03-02"), ("6", "2026-03-12"), promised_days="10"),
        {("P-1", None)},
        one(("3", "2026-03-02"), ("6", "2026-03-11"), promised_days="10"),
    ),
    (
        "pause_never_closed",
        one(("3", "2026-03-02"), ("6", "2026-03-03"), ("11", "2026-03-05")),
        {("P-1", None)},
        one(("3", "2026-03-02"), ("6", "2026-03-03"), ("7", "2026-03-05"), ("11", "2026-03-05")),
    ),
    (
        "pause_without_basis",
        one(("3", "2026-03-02"), ("9", "2026-03-03", HEARING)),
        {("P-1", "P-1#1")},
        one(("3", "2026-03-02"), ("9", "2026-03-03", BASIS), ("9", "2026-03-04", {"procedure": "public_notice"})),
    ),
    (
        "correction_stops",
        one(("3", "2026-03-02"), ("6", "2026-03-03"), ("7", "2026-03-04")),
        {("P-1", None)},
        one(("6", "2026-03-02"), ("7", "2026-03-03"), ("3", "2026-03-04"), ("6", "2026-03-05"), ("7", "2026-03-05")),
    ),
    (
        "repeated_correction",
        one(("3", "2026-03-02"), ("6", "2026-03-03"), ("7", "2026-03-04"), ("6", "2026-03-05")),
        {("P-1", None)},
        one(("3", "2026-03-02"), ("6", "2026-03-03"), ("6", "2026-03-04"), ("7", "2026-03-05")),
    ),
    (
        "late_entry",  # five working days on is the 9th
        one(("3", "2026-03-02", {"entered_at": "2026-03-10"})),
        {("P-1", "P-1#0")},
        one(("3", "2026-03-02", {"entered_at": "2026-03-09T23:59:59"})),
    ),
    (
        "bulk_on_rest_day",
        on_saturday(5),
        {(f"P-{n}", f"P-{n}#0") for n in range(5)},
        [*on_saturday(4), case(9, ("handling_started", "2026-03-08"))],
    ),
    (
        "decided_before_acceptance",
        one(("1", "2026-03-02"), ("11", "2026-03-04"), ("3", "2026-03-06")),
        {("P-1", "P-1#1")},
        [  # on one day; never accepted; decided again after it was taken up again
            case(1, ("3", "2026-03-04"), ("11", "2026-03-04")),
            case(2, ("1", "2026-03-02"), ("11", "2026-03-04")),
            case(3, ("3", "2026-03-02"), ("11", "2026-03-04"), ("3", "2026-03-05"), ("11", "2026-03-06")),
        ],
    ),
    (
        "withdrawn_before_limit",  # of ten days eight are used on the 12th
        [
            case(1, ("3", "2026-03-02"), ("14", "2026-03-12"), item_code="B04", promised_days="10"),
            case(2, ("3", "2026-03-16"), item_code="B04"),
            case(3, ("3", "2026-03-02"), ("14", "2026-03-20"), item_code="A08", promised_days="10"),  # past it
            case(4, ("3", "2026-03-20"), item_code="A08"),
            case(
                5, ("3", "2026-03-02"), ("14", "2026-03-12"), item_code="P02", promised_days="30", statutory_days="10"
            ),
            case(6, ("3", "2026-03-16"), item_code="P02"),
            case(  # the first time it was in no hurry
                7,
                ("3", "2026-03-02"),
                ("14", "2026-03-03"),
                ("3", "2026-03-04"),
                ("14", "2026-03-13"),
                item_code="B01",
                promised_days="10",
            ),
            case(8, ("3", "2026-03-16"), item_code="B01"),
        ],
        {("P-1", "P-1#1"), ("P-3", "P-3#1"), ("P-5", "P-5#1"), ("P-7", "P-7#3")},
        [
            case(1, ("3", "2026-03-02"), ("14", "2026-03-11"), item_code="B04", promised_days="10"),  # three are left
            case(2, ("3", "2026-03-16"), item_code="B04"),
            case(3, ("3", "2026-03-02"), ("14", "2026-03-12"), item_code="A08", promised_days="10"),  # nothing fresh
            case(4, ("3", "2026-03-05"), item_code="A08"),  # this one ran beside it
            case(5, ("3", "2026-03-02"), ("13", "2026-03-12"), item_code="B01", promised_days="10"),  # rejected
            case(6, ("3", "2026-03-16"), item_code="B01"),
            case(7, ("3", "2026-03-02"), ("14", "2026-03-12"), promised_days="10"),  # of no item that anybody knows
            case(8, ("3", "2026-03-16")),
            case(9, ("3", "2026-03-02"), ("14", "2026-03-12"), item_code="A07"),  # without any limit
            case(10, ("3", "2026-03-16"), item_code="A07"),
        ],
    ),
    (
        "long_pause",  # after 11 February: 12, 13, 14, 24 to 28 (two Saturdays work), and 22 in March: 30 to the 31st
        [
            case(1, ("3", "2026-02-09"), ("9", "2026-02-10", BASIS), ("11", "2026-03-31")),
            case(2, ("3", "2026-02-09"), ("6", "2026-02-09"), ("7", "2026-03-30")),
        ],
        {("P-1", None), ("P-2", None)},
        [
            case(1, ("3", "2026-02-09"), ("9", "2026-02-11", BASIS), ("11", "2026-03-31")),
            case(5, ("3", "2026-02-09"), ("9", "2026-02-10", BASIS)),  # still open
            case(2, ("9", "2026-02-02", BASIS), ("3", "2026-03-02"), ("11", "2026-03-31")),  # counts from acceptance
            case(3, ("3", "2026-02-02"), ("9", "2026-02-03", {"procedure": "public_notice"}), ("11", "2026-03-31")),
            case(4, ("6", "2026-02-02"), ("7", "2026-03-31")),  # never accepted
        ],
    ),
    (
        "overlapping_pauses",
        [
            case(1, ("3", "2026-03-02"), ("6", "2026-03-03"), ("9", "2026-03-04", BASIS), ("7", "2026-03-05")),
            case(2, ("3", "2026-03-02"), ("9", "2026-03-03", BASIS), ("6", "2026-03-09"), ("7", "2026-03-10")),
        ],
        {("P-1", None), ("P-2", None)},
        [
            case(1, ("3", "2026-03-02"), ("6", "2026-03-03"), ("7", "2026-03-04"), ("9", "2026-03-04", BASIS)),
            case(2, ("3", "2026-03-02"), ("6", "2026-03-03"), ("9", "2026-03-04", {"procedure": "site_survey"})),
            case(3, ("3", "2026-03-02"), ("9", "2026-03-03", BASIS), ("9", "2026-03-04", BASIS)),  # told twice
        ],
    ),
    (
        "extended_after_limit",  # ten working days after the 2nd are the 16th
        [
            case(1, ("3", "2026-03-02"), ("21", "2026-03-17", {"days": "5"}), statutory_days="10"),
            case(
                2,
                ("3", "2026-03-02"),
                ("21", "2026-03-16", {"days": "2"}),  # in time: to the 18th
                ("21", "2026-03-19", {"days": "5"}),
                statutory_days="10",
            ),
            case(  # ten natural days end on the 12th
                3,
                ("3", "2026-03-02"),
                ("21", "2026-03-13", {"days": "5"}),
                statutory_days="10",
                statutory_unit="natural_day",
            ),
            case(  # received on the 2nd and counted from then, accepted on the 4th
                4,
                ("1", "2026-03-02"),
                ("3", "2026-03-04"),
                ("21", "2026-03-17", {"days": "5"}),
                statutory_days="10",
                clock_start="received",
            ),
            case(  # paused after it
                5, ("3", "2026-03-02"), ("21", "2026-03-17", {"days": "5"}), ("6", "2026-03-18"), statutory_days="10"
            ),
        ],
        {("P-1", "P-1#1"), ("P-2", "P-2#2"), ("P-3", "P-3#1"), ("P-4", "P-4#2"), ("P-5", "P-5#1")},
        [
            case(1, ("3", "2026-03-02"), ("21", "2026-03-16", {"days": "5"}), statutory_days="10"),
            case(
                2,
                ("3", "2026-03-02"),
                ("21", "2026-03-16", {"days": "2"}),
                ("21", "2026-03-18", {"days": "5"}),
                statutory_days="10",
            ),
            case(  # twelve natural days end on Saturday the 14th, and so on Monday
                3,
                ("3", "2026-03-02"),
                ("21", "2026-03-16", {"days": "5"}),
                statutory_days="12",
                statutory_unit="natural_day",
            ),
            case(  # a correction stopped the clock for two days
                4,
                ("3", "2026-03-02"),
                ("6", "2026-03-03"),
                ("7", "2026-03-05"),
                ("21", "2026-03-18", {"days": "5"}),
                statutory_days="10",
            ),
            case(5, ("3", "2026-03-02"), ("21", "2026-03-31", {"days": "5"})),  # no limit is known
            case(  # told before acceptance, six days after receipt
                6,
                ("1", "2026-03-02"),
                ("21", "2026-03-10", {"days": "5"}),
                ("3", "2026-03-19"),
                statutory_days="10",
                clock_start="received",
            ),
        ],
    ),
    (
        "entered_ahead",
        one(("3", "2026-03-03", {"entered_at": "2026-03-02T23:59:59"})),
        {("P-1", "P-1#0")},
        one(("3", "2026-03-03", {"entered_at": "2026-03-03T00:00:01"}), ("11", "2026-03-04")),
    ),
    (
        "entered_together",
        [
            case(
                1, ("3", "2026-03-02", {"entered_at": "2026-03-04"}), ("11", "2026-03-04", {"entered_at": "2026-03-04"})
            ),
            case(
                2,
                ("1", "2026-03-02", {"entered_at": "2026-03-06"}),
                ("3", "2026-03-04", {"entered_at": "2026-03-06"}),
                ("13", "2026-03-05", {"entered_at": "2026-03-06"}),
            ),
        ],
        {("P-1", "P-1#1"), ("P-2", "P-2#2")},
        [
            case(
                1, ("3", "2026-03-03", {"entered_at": "2026-03-04"}), ("11", "2026-03-04", {"entered_at": "2026-03-04"})
            ),
            case(
                2, ("3", "2026-03-02", {"entered_at": "2026-03-04"}), ("11", "2026-03-04", {"entered_at": "2026-03-05"})
            ),
            case(3, ("3", "2026-03-02"), ("11", "2026-03-04")),  # nobody said when it was typed in
            case(
                4, ("3", "2026-03-02", {"entered_at": "2026-03-04"}), ("6", "2026-03-04", {"entered_at": "2026-03-04"})
            ),
        ],
    ),
    ("bulk_on_rest_day", on_saturday(6), {(f"P-{n}", f"P-{n}#0") for n in range(6)}, on_saturday(6, "2026-03-06")),
]


# Flags of what only some packs ask for, or only the store knows.
ELSEWHERE = {
    "deemed_acceptance": test_bylaw.test_no_word_within_the_days_of_the_pack_is_acceptance_on_receipt,
    "pause_past_ceiling": test_bylaw.test_past_its_ceiling_a_pause_stops_no_clock,
    "late_stop": test_late_stops.test_a_pause_told_after_the_light_turned_waits_for_a_confirmation,
}


def test_every_flag_is_shown() -> None:
    assert {flag for flag, *_ in SHOWN} | set(ELSEWHERE) == set(NAMES)


@pytest.mark.parametrize(("flag", "odd", "named", "plain"), SHOWN)
def test_a_flag(flag: str, odd: Cases, named: set[tuple[str, str | None]], plain: Cases) -> None:
    assert {(case_id, event) for name, case_id, event in flags(odd) if name == flag} == named
    assert not {found for found in flags(plain) if found[0] == flag}


def test_an_ordinary_case_has_no_flag() -> None:
    told: list[Any] = [
        ("1", "2026-03-02"),
        ("3", "2026-03-03"),
        ("9", "2026-03-04", BASIS),
        ("10", "2026-03-06", BASIS),
    ]
    assert not flags([case(1, *told, ("11", "2026-03-09"), promised_days="10")])


def test_what_is_voided_shows_no_flag() -> None:
    told: list[Happening] = [
        ("3", "2026-03-02"),
        ("9", "2026-03-03", HEARING),
        ("voided", "2026-03-20", {"voids": "P-1#1"}),
    ]
    assert not flags(one(*told))


def test_a_pause_ends_with_its_project() -> None:
    told: list[Happening] = [("3", "2026-02-09"), ("9", "2026-02-10", BASIS)]
    ended = {"end_reason": "terminated"}
    assert ("long_pause", "P-1", None) in flags(one(*told), ended_on="2026-03-31", **ended)
    assert ("long_pause", "P-1", None) not in flags(one(*told), ended_on="2026-03-30", **ended)


def test_what_a_pack_names_no_threshold_for_is_not_flagged() -> None:
    pack = replace(PACK, oddities={})
    assert not flags(on_saturday(6), pack=pack)
    assert not flags(one(("3", "2026-03-02", {"entered_at": "2026-03-20"})), pack=pack)


def test_what_has_not_happened_yet_shows_no_flag() -> None:
    told: list[Happening] = [("3", "2026-03-02"), ("9", "2026-03-10", HEARING)]
    assert not flags(one(*told), "2026-03-09")
    assert flags(one(*told), "2026-03-10") == {("pause_without_basis", "P-1", "P-1#1")}
