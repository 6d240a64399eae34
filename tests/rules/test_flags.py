"""Every flag with a log that has it and, beside it, the nearest one that has not.

March 2026 has no holiday and no make-up day: Monday the 2nd, Friday the 6th, Saturday the 7th.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.rules.common import PACK
from tests.rules.flagging import BASIS, HEARING, Cases, Shown, flags, on_saturday, one
from tests.rules.flags_of_entries import ENTRIES
from tests.rules.flags_of_pauses import PAUSES
from tests.rules.test_by_hand import Happening, case

SHOWN: Shown = [
    *PAUSES,
    *ENTRIES,
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
            case(5, ("3", "2026-03-02"), ("2", "2026-03-04"), item_code="A09"),  # taken back after it was accepted
            case(6, ("3", "2026-03-05"), item_code="A09"),
        ],
        {("P-2", None), ("P-4", None), ("P-6", None)},
        [
            case(7, ("1", "2026-03-02"), ("2", "2026-03-04"), item_code="A09"),  # and before: it had run no clock
            case(8, ("3", "2026-03-05"), item_code="A09"),
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
        "accepted_before_predecessor",  # 统一收件: with the others of its stage the law takes it on
        [
            case(1, ("3", "2026-03-02"), ("11", "2026-03-06"), item_code="B01"),
            case(2, ("3", "2026-03-05"), item_code="B04", clock_start="unified"),
        ],
        {("P-2", None)},
        [
            case(1, ("3", "2026-03-02"), item_code="B01", clock_start="unified"),
            case(2, item_code="B04", clock_start="unified"),  # nobody recorded anything of it
            case(3, ("1", "2026-03-02"), item_code="B05", clock_start="unified"),
        ],
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
            # taken back, not accepted, refused: whoever does it, the limit begins anew
            *(
                made
                for n, (status, item) in enumerate((("2", "C02"), ("4", "C04"), ("5", "C05")))
                for made in (
                    case(10 + n, ("3", "2026-03-02"), (status, "2026-03-12"), item_code=item, promised_days="10"),
                    case(20 + n, ("3", "2026-03-13"), item_code=item),
                )
            ),
        ],
        {
            *(("P-1", "P-1#1"), ("P-3", "P-3#1"), ("P-5", "P-5#1"), ("P-7", "P-7#3")),
            *(("P-10", "P-10#1"), ("P-11", "P-11#1"), ("P-12", "P-12#1")),
        },
        [
            case(11, ("3", "2026-03-02"), ("2", "2026-03-11"), item_code="C02", promised_days="10"),  # three are left
            case(12, ("3", "2026-03-12"), item_code="C02"),
            case(13, ("1", "2026-03-02"), ("2", "2026-03-12"), item_code="C04", promised_days="10"),  # never accepted
            case(14, ("3", "2026-03-13"), item_code="C04"),
            case(15, ("3", "2026-03-02"), ("15", "2026-03-12"), item_code="C05", promised_days="10"),  # revoked
            case(16, ("3", "2026-03-13"), item_code="C05"),
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
]


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
    assert ("long_pause", "P-1", "P-1#1") in flags(one(*told), ended_on="2026-03-31", **ended)
    assert ("long_pause", "P-1", "P-1#1") not in flags(one(*told), ended_on="2026-03-30", **ended)


def test_what_a_pack_names_no_threshold_for_is_not_flagged() -> None:
    pack = replace(PACK, oddities={})
    assert not flags(on_saturday(6), pack=pack)
    assert not flags(one(("3", "2026-03-02", {"entered_at": "2026-03-20"})), pack=pack)


def test_what_has_not_happened_yet_shows_no_flag() -> None:
    told: list[Happening] = [("3", "2026-03-02"), ("9", "2026-03-10", HEARING)]
    assert not flags(one(*told), "2026-03-09")
    assert flags(one(*told), "2026-03-10") == {("pause_without_basis", "P-1", "P-1#1")}
