"""Each flag on how and by whom a record was entered, with the nearest log that has it not; told by test_flags.

March 2026 has no holiday and no make-up day: Monday the 2nd, Friday the 6th, Saturday the 7th.
"""

from __future__ import annotations

from tests.rules.flagging import Shown, on_saturday, one
from tests.rules.test_by_hand import case

ENTRIES: Shown = [
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
    ("bulk_on_rest_day", on_saturday(6), {(f"P-{n}", f"P-{n}#0") for n in range(6)}, on_saturday(6, "2026-03-06")),
]
