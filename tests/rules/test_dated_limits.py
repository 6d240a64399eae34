"""Versions of limits by hand: which one is in force where, and what an assumption or a plan makes of them.

March 2026 has no holiday: Mondays are the 2nd, 9th, 16th and 23rd.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from rules.document import documents
from rules.pack import Item, Limit, Limits, RulePack
from rules.promises import promises_kept
from rules.vocabulary import ClockStart, Unit
from tests.rules.agreement import differences
from tests.rules.columns import engine, log_of
from tests.rules.common import CALENDAR, PACK
from tests.rules.oracle import judge
from tests.rules.test_by_hand import case
from tests.rules.test_plan import item, nodes

LONG_AGO = dt.date(2020, 1, 1)


def limits(*versions: tuple[int, dt.date], later: bool = False, **more: Any) -> Limits:
    """Limits of so many days since some days."""
    return Limits(tuple(Limit(days, since, "E", "made up", **more) for days, since in versions), later)


def under(code: str, **told: Limits) -> RulePack:
    """The default pack with other limits of one item."""
    known = PACK.catalogue.items
    entry: Item = replace(known[code], **told)  # type: ignore[arg-type]
    return replace(PACK, catalogue=replace(PACK.catalogue, items={**known, code: entry}))


def march(day: int) -> dt.date:
    return dt.date(2026, 3, day)


def test_before_the_first_version_it_holds_unless_there_was_none() -> None:
    long, short = limits((5, LONG_AGO), (3, march(17))), limits((3, march(17)), later=True)
    days = [dt.date(2000, 1, 1), march(16), march(17), march(18)]
    assert [one and one.days for one in map(long.on, days)] == [5, 5, 3, 3]
    assert [one and one.days for one in map(short.on, days)] == [None, None, 3, 3]
    assert (long.changes, short.changes) == ((march(17),), (march(17),))
    assert limits((5, LONG_AGO)).changes == ()


def of_case(found: dict[str, Any], number: int, clock: str) -> dict[str, Any]:
    """One of its own clocks of a case of the project P."""
    told: dict[str, Any] = next(one[clock] for one in found["P"]["cases"] if one["case_id"] == f"P-{number}")
    return told


FROM_RECEIPT = {"start": ClockStart.RECEIVED}


@pytest.mark.parametrize(
    ("told", "more", "limit"),
    [
        ([("accepted", 16)], {}, 5),
        ([("accepted", 17)], {}, 3),
        ([("received", 16), ("accepted", 17)], {}, 3),  # its clock starts with its acceptance
        ([("received", 16), ("accepted", 17)], FROM_RECEIPT, 5),  # its clock had begun by then
        ([("received", 16)], {}, 5),  # not accepted yet: as on the day of its receipt
        ([("received", 17)], {}, 3),
        ([("received", 16), ("approved", 18)], {}, 5),  # accepted, as the law supposes, on the 16th
        ([("accepted", 13), ("withdrawn", 16), ("accepted", 17)], {}, 5),  # the same clock goes on
        ([], {}, 5),  # coded on the 2nd
    ],
)
def test_the_day_whose_limit_holds(told: list[tuple[str, int]], more: dict[str, Any], limit: int) -> None:
    pack = under("B04", statutory=limits((5, LONG_AGO), (3, march(17)), **more))
    row, events = case(1, *((status, march(day).isoformat()) for status, day in told), item_code="B04")
    log = [{"project_code": "P", "coded_on": "2026-03-02"}], [row], events
    for as_of in (march(18), march(31)):
        found = engine(log, pack, CALENDAR, as_of)
        assert of_case(found, 1, "statutory")["limit"] == limit
        assert not differences(found, judge(*log, pack, CALENDAR, as_of), as_of.isoformat())


def test_what_follows_its_predecessor_has_the_limit_of_the_day_on_which_that_was_done() -> None:
    """B01 is approved on the 16th, B04 taken on on the 17th: its clock runs from the 16th. Taken on on the 13th, before
    that, it has the limit of the 13th."""
    pack = under("B04", promised=limits((5, LONG_AGO), (4, march(16)), (3, march(17))))
    follows = {"item_code": "B04", "clock_start": "predecessor"}
    first = case(1, ("accepted", "2026-03-09"), ("approved", "2026-03-16"), item_code="B01")
    for day, limit in ((13, 5), (17, 4)):
        second = case(2, ("accepted", march(day).isoformat()), **follows)
        log = [{"project_code": "P", "coded_on": "2026-03-02"}], [first[0], second[0]], [*first[1], *second[1]]
        found = engine(log, pack, CALENDAR, march(31))
        assert of_case(found, 2, "promised")["limit"] == limit
        assert not differences(found, judge(*log, pack, CALENDAR, march(31)), "")


def test_a_unit_may_change_with_the_version() -> None:
    natural = Limit(3, march(17), "E", "made up", Unit.NATURAL_DAY)
    pack = under("B04", promised=Limits((Limit(5, LONG_AGO, "E", "made up"), natural)))
    for day, used, due in ((13, 2, "2026-03-20"), (18, 4, "2026-03-23")):
        # From Friday the 13th 16 and 17 are two working days. From the 18th three days end on Saturday the 21st.
        row, events = case(1, ("accepted", march(day).isoformat()), item_code="B04")
        log = [{"project_code": "P", "coded_on": "2026-03-02"}], [row], events
        on = march(17) if day == 13 else march(22)
        promised = of_case(engine(log, pack, CALENDAR, on), 1, "promised")
        assert (promised["used"], promised["due_on"]) == (used, due)


@pytest.mark.parametrize(("since", "finish"), [(9, "2026-03-11"), (10, "2026-03-18")])
def test_an_item_to_come_is_planned_by_the_promise_of_its_planned_day(since: int, finish: str) -> None:
    """A08 has 5 days and is planned to end on Monday the 9th. B01 begins then: 7 days to the 18th, or 2 to the 11th."""
    seven = PACK.catalogue.items["B01"].promised
    assert seven
    assert [one.days for one in seven.versions] == [7]
    pack = under("B01", promised=limits((7, LONG_AGO), (2, march(since))))
    found = nodes("2026-03-02", item("A08", ("3", "2026-03-02")), pack=pack)
    assert found["B01"]["planned_finish"] == finish


def test_a_case_that_a_kept_promise_moves_up_keeps_its_limit() -> None:
    """A08 took ten days where five were promised, to the 16th; kept, it ends on the 9th. B01 was taken on on the 16th,
    the first day of a promise of 7, and took 6; moved to the 9th it is not held against the 3 of before."""
    pack = under("B01", promised=limits((3, LONG_AGO), (7, march(16))))
    first = case(1, ("accepted", "2026-03-02"), ("approved", "2026-03-16"), item_code="A08", promised_days="5")
    second = case(2, ("accepted", "2026-03-16"), ("approved", "2026-03-24"), item_code="B01")
    columns, _ = log_of(
        [{"project_code": "P", "coded_on": "2026-03-02"}], [first[0], second[0]], [*first[1], *second[1]]
    )
    (altered,) = promises_kept(columns, pack, CALENDAR, march(31))
    (found,) = documents(altered.assessed, altered.log)
    promised = {one["case_id"]: one["promised"] for one in found["cases"]}
    assert altered.moved_by.tolist() == [0, 5]
    assert (promised["P-2"]["used"], promised["P-2"]["limit"], promised["P-2"]["light"]) == (6, 7, "green")
