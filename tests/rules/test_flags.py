"""Every flag with a log that has it and, beside it, the nearest one that has not.

March 2026 has no holiday and no make-up day: Monday the 2nd, Friday the 6th, Saturday the 7th.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from rules.flags import NAMES, raised
from rules.pack import RulePack
from rules.packfile import shipped
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
        {("P-1", "P-1#1")},
        one(("3", "2026-03-02"), ("6", "2026-03-11"), promised_days="10"),
    ),
    (
        "pause_never_closed",
        one(("3", "2026-03-02"), ("6", "2026-03-03"), ("11", "2026-03-05")),
        {("P-1", "P-1#1")},
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
        [
            case(1, ("3", "2026-03-02"), ("6", "2026-03-03"), ("7", "2026-03-04"), ("6", "2026-03-05")),
            case(2, ("6", "2026-03-03"), ("6", "2026-03-05"), ("7", "2026-03-05"), ("6", "2026-03-09")),
        ],
        {("P-1", "P-1#3"), ("P-2", "P-2#1")},  # on the 9th the second of P-2 was open still
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
        "long_pause",  # after 11 February: 12, 13, 14, 24 to 28 (two Saturdays work), and 22 in March: 30 to the 31st
        [
            case(1, ("3", "2026-02-09"), ("9", "2026-02-10", BASIS), ("11", "2026-03-31")),
            case(2, ("3", "2026-02-09"), ("6", "2026-02-09"), ("7", "2026-03-30")),
            case(3, ("3", "2026-02-09"), ("9", "2026-02-10", BASIS)),  # open still
            case(4, ("3", "2026-02-09"), ("6", "2026-02-09"), ("7", "2026-02-09"), ("6", "2026-02-10")),
        ],
        {("P-1", "P-1#1"), ("P-2", "P-2#1"), ("P-3", "P-3#1"), ("P-4", "P-4#3")},
        [
            case(1, ("3", "2026-02-09"), ("9", "2026-02-11", BASIS), ("11", "2026-03-31")),
            case(5, ("3", "2026-02-09"), ("9", "2026-02-11", BASIS)),  # open still, for 30 days
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
        {("P-1", "P-1#2"), ("P-2", "P-2#2")},  # the one opened into the other
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
            case(  # a day apart, within one minute
                3,
                ("1", "2026-03-02", {"entered_at": "2026-03-05T10:00:00"}),
                ("3", "2026-03-02", {"entered_at": "2026-03-05T10:00:20"}),
                ("11", "2026-03-03", {"entered_at": "2026-03-05T10:00:59"}),
            ),
            case(  # one moment, told in two zones
                4,
                ("3", "2026-03-02", {"entered_at": "2026-03-05T10:00:00+08:00"}),
                ("11", "2026-03-03", {"entered_at": "2026-03-05T02:00:30Z"}),
            ),
            case(  # taken on earlier, accepted and decided within one minute
                5,
                ("1", "2026-03-02", {"entered_at": "2026-03-02T09:00"}),
                ("3", "2026-03-03", {"entered_at": "2026-03-05T09:30"}),
                ("11", "2026-03-04", {"entered_at": "2026-03-05T09:30"}),
            ),
        ],
        {("P-1", "P-1#1"), ("P-2", "P-2#2"), ("P-3", "P-3#2"), ("P-4", "P-4#1"), ("P-5", "P-5#2")},
        [
            case(
                5,
                ("3", "2026-03-02", {"entered_at": "2026-03-05T10:00:59"}),
                ("11", "2026-03-03", {"entered_at": "2026-03-05T10:01:00"}),
            ),
            case(  # decided on the spot
                6,
                ("3", "2026-03-03", {"entered_at": "2026-03-05T10:00:00"}),
                ("11", "2026-03-03", {"entered_at": "2026-03-05T10:00:00"}),
            ),
            case(  # eight hours apart
                7,
                ("3", "2026-03-02", {"entered_at": "2026-03-05T10:00:00+08:00"}),
                ("11", "2026-03-03", {"entered_at": "2026-03-05T10:00:00Z"}),
            ),
            case(  # another day, one time of day
                8,
                ("3", "2026-03-02", {"entered_at": "2026-03-04T10:00:00"}),
                ("11", "2026-03-03", {"entered_at": "2026-03-05T10:00:00"}),
            ),
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
    (
        "unknown_office",
        [
            case(1, ("3", "2026-03-02"), department="未知"),
            case(2, ("3", "2026-03-02"), department=" 其他 "),
            case(3, ("3", "2026-03-02"), department="Unknown"),
        ],
        {("P-1", None), ("P-2", None), ("P-3", None)},
        [case(1, ("3", "2026-03-02"), department="其他行业管理局"), case(2, ("3", "2026-03-02"), department="局2")],
    ),
    (
        "pause_lengthened_late",  # two working days after Thursday the 5th is Monday the 9th
        [
            case(
                1,
                *(("3", "2026-03-02"), ("6", "2026-03-03"), ("7", "2026-03-05")),
                ("voided", "2026-03-10", {"voids": "P-1#2"}),
            ),
            case(
                2,
                *(("3", "2026-03-02"), ("9", "2026-03-03", BASIS), ("10", "2026-03-05", HEARING)),
                *(("voided", "2026-03-10", {"voids": "P-2#2"}), ("10", "2026-03-06", HEARING)),
            ),
            case(  # as of the next day, but we learned of it on the 10th
                3,
                *(("3", "2026-03-02"), ("6", "2026-03-03"), ("7", "2026-03-05")),
                ("voided", "2026-03-06", {"voids": "P-3#2", "learned": "2026-03-10"}),
            ),
        ],
        {("P-1", "P-1#3"), ("P-2", "P-2#3"), ("P-3", "P-3#3")},
        [
            case(
                1,
                *(("3", "2026-03-02"), ("6", "2026-03-03"), ("7", "2026-03-05")),
                ("voided", "2026-03-09", {"voids": "P-1#2"}),
            ),
            case(  # in truth it ended earlier
                2,
                *(("3", "2026-03-02"), ("6", "2026-03-03"), ("7", "2026-03-05")),
                *(("voided", "2026-03-10", {"voids": "P-2#2"}), ("7", "2026-03-04")),
            ),
            case(  # the void was void
                3,
                *(("3", "2026-03-02"), ("6", "2026-03-03"), ("7", "2026-03-05")),
                *(("voided", "2026-03-10", {"voids": "P-3#2"}), ("voided", "2026-03-11", {"voids": "P-3#3"})),
            ),
            case(  # it stops no clock
                4,
                *(("3", "2026-03-02"), ("9", "2026-03-03", {"procedure": "public_notice"})),
                ("10", "2026-03-05", {"procedure": "public_notice"}),
                ("voided", "2026-03-10", {"voids": "P-4#2"}),
            ),
            case(  # told twice: one of the two ends stays
                5,
                *(("3", "2026-03-02"), ("6", "2026-03-03"), ("7", "2026-03-05"), ("7", "2026-03-05")),
                ("voided", "2026-03-10", {"voids": "P-5#2"}),
            ),
        ],
    ),
    ("bulk_on_rest_day", on_saturday(6), {(f"P-{n}", f"P-{n}#0") for n in range(6)}, on_saturday(6, "2026-03-06")),
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


def seen(cases: Cases, flag: str, as_of: str = "2026-03-31") -> list[dict[str, Any]]:
    """What one flag saw, in the order of cases."""
    project = {"project_code": "P", "coded_on": "2026-03-02"}
    log = [project], [row for row, _ in cases], [event for _, events in cases for event in events]
    found = engine(log, PACK, CALENDAR, dt.date.fromisoformat(as_of))["P"]["flags"]
    return [one["seen"] for one in found if one["flag"] == flag]


def test_what_was_seen_of_a_pause() -> None:
    told = ("3", "2026-02-09"), ("9", "2026-02-10", BASIS)
    ended = {"on": "2026-02-10", "until": "2026-03-31", "number": 31, "unit": "working_day", "kind": "hearing"}
    assert seen(one(*told, ("10", "2026-03-31", HEARING)), "long_pause") == [ended]
    open_ = {"on": "2026-02-10", "number": 30, "unit": "working_day", "kind": "hearing"}
    assert seen(one(*told), "long_pause") == [open_]
    assert seen(one(*told), "long_pause", "2026-11-27") == [open_]  # what it has come to would alter day by day
    never = {"on": "2026-02-10", "until": "2026-03-05", "kind": "hearing"}
    assert seen(one(*told, ("11", "2026-03-05")), "pause_never_closed") == [never]
    late = one(("3", "2026-03-02"), ("6", "2026-03-12"), promised_days="10")
    assert seen(late, "pause_opened_late") == [{"on": "2026-03-12", "kind": "correction"}]


def test_what_was_seen_of_records() -> None:
    late = one(("3", "2026-03-02", {"entered_at": "2026-03-10"}))
    assert seen(late, "late_entry") == [{"on": "2026-03-02", "until": "2026-03-10", "number": 6, "unit": "working_day"}]
    assert seen(on_saturday(5), "bulk_on_rest_day")[0] == {"on": "2026-03-07", "number": 5, "unit": "record"}
    asked = [("3", "2026-03-02"), *((status, f"2026-03-0{n}") for n, status in ((3, "6"), (4, "7"), (5, "6")))]
    assert seen(one(*asked), "repeated_correction") == [
        {"on": "2026-03-05", "number": 2, "unit": "time", "kind": "correction"}
    ]
    told: list[Happening] = [("3", "2026-03-02"), ("6", "2026-03-03"), ("7", "2026-03-05")]
    void = one(*told, ("voided", "2026-03-10", {"voids": "P-1#2"}))
    assert seen(void, "pause_lengthened_late") == [
        {"on": "2026-03-05", "until": "2026-03-10", "number": 3, "unit": "working_day", "kind": "correction"}
    ]
    both = [
        ("3", "2026-03-02", {"entered_at": "2026-03-05T10:00"}),
        ("11", "2026-03-03", {"entered_at": "2026-03-05T10:00"}),
    ]
    assert seen(one(*both), "entered_together") == [
        {"on": "2026-03-02", "until": "2026-03-05", "number": 1, "unit": "working_day"}
    ]


def test_a_pause_that_stays_open_changes_its_project_on_the_day_on_which_it_is_too_long() -> None:
    """30 working days after 11 February are up on 31 March, so the first day that is too many is 1 April."""
    row, events = case(1, ("3", "2026-02-09"), ("9", "2026-02-11", BASIS))
    log = [{"project_code": "P", "coded_on": "2026-02-02"}], [row], events
    found = {
        day: engine(log, PACK, CALENDAR, dt.date.fromisoformat(day))["P"]
        for day in ("2026-03-02", "2026-03-31", "2026-04-01")
    }
    assert [one["next_change"] for one in found.values()] == ["2026-04-01", "2026-04-01", None]
    assert [any(f["flag"] == "long_pause" for f in one["flags"]) for one in found.values()] == [False, False, True]


def test_the_packs_raise_all_flags_but_those_of_what_they_do_not_know() -> None:
    silent = {name: {flag for flag in NAMES if not raised(pack, flag)} for name, pack in shipped().items()}
    assert silent["zhejiang-80"] == {"deemed_acceptance", "pause_past_ceiling"}
    assert {"long_pause", "entered_together", "late_entry", "bulk_on_rest_day"} & silent["national-120"] == set()
    assert {"bulk_on_rest_day", "long_pause", "correction_stops", "waived_item"} <= silent["uk-8-weeks"]
    assert {"late_entry", "entered_together"} & silent["uk-8-weeks"] == set()


@pytest.mark.parametrize("name", sorted(shipped()))
def test_a_pack_takes_over_what_it_does_not_name(name: str) -> None:
    pack = shipped()[name]
    numbers = {word: number.on(dt.date(2026, 3, 2)).days for word, number in pack.oddities.items()}
    late = 7 if name == "uk-8-weeks" else 5
    assert numbers == {"late_entry_days": late, "bulk_events": 5, "long_pause_days": 30, "together_days": 2}
    assert all(number.versions[0].since <= pack.scope.coded_from for number in pack.oddities.values())
    assert all(version.flag == "E" and version.source for n in pack.oddities.values() for version in n.versions)
