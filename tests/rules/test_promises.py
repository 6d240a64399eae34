"""Kept promises: the columns against the definition case by case, and examples counted by hand."""

from __future__ import annotations

import copy
import datetime as dt
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np

from rules.assess import assess
from rules.document import documents
from rules.log import NO_DAY, NONE, Events
from rules.pack import RulePack
from rules.portfolio import parts
from rules.promises import promises_kept
from rules.vocabulary import Status
from rules.workdays import WorkCalendar, day_of
from tests.rules import oracle_promises
from tests.rules.agreement import differences
from tests.rules.columns import Log, log_of, under
from tests.rules.common import CALENDAR, PACK, SEEDS, SIZES, days_about, each
from tests.rules.common import under as law
from tests.rules.generate import awkward_log
from tests.rules.oracle import judge
from tests.rules.oracle_case import office_date
from tests.rules.test_by_hand import case


def kept(
    log: Log, pack: RulePack, calendar: WorkCalendar, as_of: dt.date, departments: set[str] | None, size: int = 8192
) -> tuple[dict[str, Any], dict[str, dt.date], dict[str, int]]:
    """What the engine says of the altered columns, and what was altered, by case id."""
    columns, traits = log_of(*log)
    found, decided, moved = {}, {}, {}
    for part in parts(columns, traits, under(pack, calendar)):
        chosen = None if departments is None else np.array([d in departments for d in part.log.departments], np.bool_)
        for altered in promises_kept(part.log, part.pack, part.calendar, as_of, chosen, size=size):
            ids = [part.log.cases.case_id[n] for n in altered.assessed.scene.chunk.case_rows]
            decided |= {ids[n]: day_of(altered.decided_on[n]) for n in np.flatnonzero(altered.decided_on != NO_DAY)}
            moved |= {ids[n]: int(altered.moved_by[n]) for n in np.flatnonzero(altered.moved_by)}
            found |= {d["project_code"]: d for d in documents(altered.assessed, altered.log)}
    return found, decided, moved


CHAIN = ("A01", "A08", "B01", "B04", "C01", "C02", "C03", "C09", "D01", "D02", "D03", "D08", "D09", "D10")


def in_order(log: Log, seed: int) -> Log:
    """The log with the items of each project in the order of the catalogue's prerequisites, for the most part."""
    rng, first = Random(seed), dict[str, str]()
    for row in log[2]:
        first[row["case_id"]] = min(first.get(row["case_id"], "9"), office_date(row["occurred_at"]).isoformat())
    place: dict[str, int] = {}
    cases = []
    for row in sorted(log[1], key=lambda row: first.get(row["case_id"], "9")):
        at = place.get(row["project_code"], 0)
        place[row["project_code"]] = at + rng.choice([0, 1, 1, 2])
        cases.append({**row, "item_code": CHAIN[min(at, len(CHAIN) - 1)]})
    return log[0], cases, log[2]


@each(SEEDS, SIZES, part=0.4)
def test_the_columns_agree_with_the_definition(seed: int, size: int) -> None:
    log = in_order(awkward_log(seed, 8, works=seed % 4 != 0), seed)
    pack, calendar = law(seed)
    rng = Random(seed)
    some = None if rng.random() < 0.5 else set(rng.sample(sorted({c["department"] for c in log[1]} or {""}), 1))
    for as_of in days_about(log[2], seed):
        definition = oracle_promises.promises_kept(*log, pack, calendar, as_of, some)
        got, decided, moved = kept(log, pack, calendar, as_of, some, size)
        assert decided == definition.decided_on
        assert moved == definition.moved_by
        expected = judge(log[0], definition.cases(log[1]), definition.events, pack, calendar, as_of)
        assert not differences(got, expected, as_of.isoformat()), as_of


def backwards(e: Events) -> Events:
    """The rows from the last to the first; none of them names another."""
    assert (e.voids == NONE).all()
    assert (e.confirms == NONE).all()
    return Events(**{name: column[::-1] for name, column in (vars(e) | {"event_id": list(e.event_id)}).items()})


def test_what_is_assessed_is_what_its_log_means() -> None:
    """The chunk is not cut again from the log that is rewritten; cut again, backwards, it means the same."""
    changed, as_of = 0, dt.date(2026, 11, 20)
    for seed in range(6):
        columns, _traits = log_of(*in_order(awkward_log(seed, 12), seed))
        for altered in promises_kept(columns, PACK, CALENDAR, as_of, size=5):
            if altered.log is columns:
                continue
            changed += 1
            found = list(documents(altered.assessed, altered.log))
            again = replace(altered.log, events=backwards(altered.log.events))
            told = {d["project_code"]: d for a in assess(again, PACK, CALENDAR, as_of) for d in documents(a, again)}
            assert found == [told[d["project_code"]] for d in found]
            assert len(found) == len(altered.assessed.light)
    assert changed > 6


# ---- counted on the fingers: March 2026 has no holiday; Monday the 2nd, 9th, 16th, 23rd

DONE_LATE = (("accepted", "2026-03-02"), ("approved", "2026-03-16"))  # 10 days where 5 were promised: due on the 9th


def told(number: int, item: str, promised: str, *what: Any, **columns: str) -> tuple[Any, Any]:
    """A case of the project P for an item, with its promise."""
    return case(number, *what, item_code=item, promised_days=promised, **columns)


def imagined(
    *cases: tuple[Any, Any], departments: set[str] | None = None, as_of: str = "2026-03-31", **columns: str
) -> dict[str, Any]:
    """P with promises kept, and what was decided in time and moved, by number of case."""
    project = {"project_code": "P", "coded_on": "2026-03-02", **columns}
    log = [project], [row for row, _ in cases], [event for _, events in cases for event in events]
    found, decided, moved = kept(log, PACK, CALENDAR, dt.date.fromisoformat(as_of), departments)
    by_number = {code[2:]: day.isoformat() for code, day in decided.items()}
    return {"used": found["P"]["used"], "decided": by_number, "moved": {code[2:]: n for code, n in moved.items()}}


def test_what_follows_keeps_its_gap_and_its_pauses() -> None:
    follows = (
        *(("accepted", "2026-03-18"), ("correction_started", "2026-03-19")),
        *(("correction_ended", "2026-03-23"), ("approved", "2026-03-25")),
    )
    # 10 + 3 days become 5 + 3: accepted on the 11th, two days after the 9th, corrected from the 12th to the 16th.
    assert imagined(told(1, "A08", "5", *DONE_LATE), told(2, "B01", "7", *follows)) == {
        "used": 8,
        "decided": {"1": "2026-03-09"},
        "moved": {"2": 5},
    }


def test_a_chain_moves_by_what_all_before_it_saved() -> None:
    second = (("accepted", "2026-03-16"), ("approved", "2026-03-20"))  # 4 days, 2 promised: due on the 18th
    third = (("accepted", "2026-03-23"), ("approved", "2026-03-24"))  # one working day after the 20th
    found = imagined(told(1, "A08", "5", *DONE_LATE), told(2, "B01", "2", *second), told(3, "B04", "7", *third))
    assert found == {"used": 5 + 2 + 1, "decided": {"1": "2026-03-09", "2": "2026-03-18"}, "moved": {"2": 5, "3": 7}}


def test_what_was_accepted_before_the_close_or_is_still_open_does_not_move() -> None:
    early = told(2, "B01", "30", ("accepted", "2026-03-13"), ("approved", "2026-03-25"))
    assert imagined(told(1, "A08", "5", *DONE_LATE), early)["moved"] == {}
    on_the_day = told(2, "B01", "30", ("accepted", "2026-03-16"), ("approved", "2026-03-25"))
    assert imagined(told(1, "A08", "5", *DONE_LATE), on_the_day)["moved"] == {"2": 5}
    still_open = told(2, "B01", "30", ("accepted", "2026-03-18"))
    assert imagined(told(1, "A08", "5", *DONE_LATE), still_open) == {
        "used": 5 + 9,
        "decided": {"1": "2026-03-09"},
        "moved": {},
    }


def test_the_latest_of_several_predecessors_counts() -> None:
    # The permit C09 wants B04 and C01: B04 late (on the 16th, due on the 9th), C01 in time on the 12th.
    late = told(1, "B04", "5", *DONE_LATE)
    other = told(2, "C01", "9", ("accepted", "2026-03-03"), ("approved", "2026-03-12"))
    permit = told(3, "C09", "3", ("accepted", "2026-03-17"), ("approved", "2026-03-18"))
    assert imagined(late, other, permit)["moved"] == {"3": 2}


def test_nothing_moves_by_another_works() -> None:
    own = {"works_code": "W1"}
    late = told(1, "A08", "5", *DONE_LATE, **own)
    after = (("accepted", "2026-03-18"), ("approved", "2026-03-20"))
    assert imagined(late, told(2, "B01", "7", *after, works_code="W2"))["moved"] == {}
    assert imagined(late, told(2, "B01", "7", *after, works_code="W1"))["moved"] == {"2": 5}
    assert imagined(late, told(2, "B01", "7", *after))["moved"] == {"2": 5}


def test_only_the_chosen_departments_keep_their_promises() -> None:
    first = told(1, "A08", "5", *DONE_LATE)
    second = told(2, "B01", "1", ("accepted", "2026-03-18"), ("approved", "2026-03-20"))
    assert imagined(first, second, departments={"局2"}) == {"used": 11, "decided": {"2": "2026-03-19"}, "moved": {}}
    assert imagined(first, second, departments={"局1"}) == {
        "used": 7,
        "decided": {"1": "2026-03-09"},
        "moved": {"2": 5},
    }


def test_decided_at_once_a_case_uses_no_day_and_an_open_one_is_approved() -> None:
    at_once = told(1, "A01", "0", ("accepted", "2026-03-02"), ("accepted", "2026-03-02"), ("approved", "2026-03-04"))
    assert imagined(at_once) == {"used": 0, "decided": {"1": "2026-03-02"}, "moved": {}}
    never_decided = told(1, "C09", "3", ("accepted", "2026-03-02"))
    assert imagined(never_decided) == {"used": 3, "decided": {"1": "2026-03-05"}, "moved": {}}


def test_a_promise_in_natural_days_is_kept_on_the_working_day_after_a_rest_day() -> None:
    # Five natural days from Monday the 2nd end on Saturday the 7th; there was time until Monday the 9th.
    natural = {"promised_unit": "natural_day"}
    in_time = told(1, "A08", "5", ("accepted", "2026-03-02"), ("approved", "2026-03-09"), **natural)
    assert imagined(in_time) == {"used": 5, "decided": {}, "moved": {}}
    late = told(1, "A08", "5", ("accepted", "2026-03-02"), ("approved", "2026-03-10"), **natural)
    assert imagined(late) == {"used": 5, "decided": {"1": "2026-03-09"}, "moved": {}}


def test_two_days_of_records_on_one_working_day_are_not_moved_onto_each_other() -> None:
    late = told(1, "A08", "5", *DONE_LATE)
    follows = told(2, "B01", "7", ("received", "2026-03-20"), ("accepted", "2026-03-21"), ("approved", "2026-03-25"))
    assert imagined(late, follows)["moved"] == {}
    alone = told(2, "B01", "7", ("accepted", "2026-03-21"), ("approved", "2026-03-25"))
    assert imagined(late, alone) == {"used": 5 + 3, "decided": {"1": "2026-03-09"}, "moved": {"2": 5}}


def test_what_was_closed_after_its_project_ended_does_not_move() -> None:
    late = told(1, "A08", "5", *DONE_LATE)
    follows = told(2, "B01", "7", ("accepted", "2026-03-18"), ("approved", "2026-03-25"))
    assert imagined(late, follows, ended_on="2026-03-20")["moved"] == {}
    assert imagined(late, follows, ended_on="2026-03-25")["moved"] == {"2": 5}


def test_what_was_taken_on_after_its_due_day_is_decided_on_the_day_on_which_it_was_taken_on() -> None:
    before = told(1, "A08", "5", ("accepted", "2026-03-02"), ("approved", "2026-03-04"))
    # Its promise runs from the 4th: the 5th, 6th and 9th are three days, and it was taken on three days later.
    after = (("accepted", "2026-03-12"), ("approved", "2026-03-20"))
    follows = told(2, "B01", "3", *after, clock_start="predecessor")
    assert imagined(before, follows) == {"used": 2, "decided": {"2": "2026-03-12"}, "moved": {}}
    waits = told(2, "B01", "3", clock_start="predecessor")
    assert imagined(before, waits) == {"used": 2, "decided": {}, "moved": {}}


def test_what_the_law_takes_on_does_not_move_and_can_be_decided_at_once() -> None:
    at_once = {"clock_start": "unified"}
    first = told(1, "B04", "9", ("accepted", "2026-03-18"), ("approved", "2026-03-20"), **at_once)
    second = told(2, "B01", "0", ("approved", "2026-03-25"), **at_once)  # accepted with the first, on the 18th
    assert imagined(first, second) == {"used": 2, "decided": {"2": "2026-03-18"}, "moved": {}}
    rewritten_rows = rewritten(first, second)
    assert [line for line in rewritten_rows if line[1].startswith("P-2")] == [
        ("2026-03-18", "P-2#0", "approved"),
        ("2026-03-18", "P-2@accepted", "accepted"),
    ]
    in_time = told(2, "B01", "9", ("approved", "2026-03-25"), **at_once)
    late = told(3, "A08", "5", *DONE_LATE)
    assert imagined(late, first, in_time)["moved"] == {}


def test_a_late_stop_that_nobody_confirmed_stops_no_promise() -> None:
    stop = {"learned": "2026-03-20"}  # ten days after the light of the promise had turned
    happened = (
        *(("accepted", "2026-03-02"), ("correction_started", "2026-03-04", stop)),
        *(("correction_ended", "2026-03-18", stop), ("approved", "2026-03-20")),
    )
    assert imagined(told(1, "A08", "5", *happened)) == {"used": 5, "decided": {"1": "2026-03-09"}, "moved": {}}
    at_once = [(status, day) for status, day, *_ in happened]
    assert imagined(told(1, "A08", "5", *at_once)) == {"used": 4, "decided": {}, "moved": {}}


def rewritten(*cases: tuple[Any, Any], as_of: str = "2026-03-31") -> list[tuple[str, str, str]]:
    """The events of P as they would read: day, id and status."""
    project = {"project_code": "P", "coded_on": "2026-03-02"}
    log = [project], [row for row, _ in cases], [event for _, events in cases for event in events]
    (altered,) = promises_kept(log_of(*log)[0], PACK, CALENDAR, dt.date.fromisoformat(as_of))
    events = altered.log.events
    rows = zip(events.day.tolist(), events.event_id, events.status.tolist(), strict=True)
    return sorted((day_of(day).isoformat(), code, Status(status).word) for day, code, status in rows)


def test_of_later_decisions_the_first_is_taken_whatever_the_order_of_rows() -> None:
    row, events = told(
        1, "A08", "5", ("accepted", "2026-03-02"), ("rejected", "2026-03-18"), ("approved", "2026-03-16")
    )
    expected = [("2026-03-02", "P-1#0", "accepted"), ("2026-03-09", "P-1#2", "approved")]
    assert rewritten((row, events)) == rewritten((row, events[::-1])) == expected


def test_what_has_not_happened_yet_neither_decides_nor_moves() -> None:
    late = told(1, "A08", "5", ("accepted", "2026-03-02"), ("rejected", "2026-03-16"))
    expected = [("2026-03-02", "P-1#0", "accepted"), ("2026-03-09", "P-1@due", "approved")]
    assert rewritten(late, as_of="2026-03-12") == expected
    follows = (("accepted", "2026-03-18"), ("approved", "2026-03-20"), ("revoked", "2026-04-20"))
    moved = rewritten(told(1, "A08", "5", *DONE_LATE), told(2, "B01", "7", *follows))
    assert moved[2:] == [
        *(("2026-03-11", "P-2#0", "accepted"), ("2026-03-13", "P-2#1", "approved")),
        ("2026-04-20", "P-2#2", "revoked"),
    ]


def test_when_a_record_that_is_moved_would_have_been_typed_in_nobody_knows() -> None:
    late = told(1, "A08", "5", ("accepted", "2026-03-02", {"entered_at": "2026-03-02"}), *DONE_LATE[1:])
    follows = told(2, "B01", "7", ("accepted", "2026-03-18", {"entered_at": "2026-03-20"}), ("approved", "2026-03-25"))
    log = [{"project_code": "P", "coded_on": "2026-03-02"}], [late[0], follows[0]], [*late[1], *follows[1]]
    (altered,) = promises_kept(log_of(*log)[0], PACK, CALENDAR, dt.date(2026, 3, 31))
    e = altered.log.events
    entered = {code: day for code, day in zip(e.event_id, e.entered.tolist(), strict=True) if day != NO_DAY}
    assert {code: day_of(day).isoformat() for code, day in entered.items()} == {"P-1#0": "2026-03-02"}


def test_an_acceptance_that_was_void_does_not_stand_for_the_one_that_holds() -> None:
    row, events = told(
        1, "A01", "0", ("accepted", "2026-03-02"), ("accepted", "2026-03-02"), ("approved", "2026-03-04"),
        ("voided", "2026-03-03", {"voids": "P-1#0"}),
    )  # fmt: skip
    assert rewritten((row, events)) == [("2026-03-02", "P-1#1", "accepted"), ("2026-03-02", "P-1#2", "approved")]


def test_the_log_itself_is_left_alone() -> None:
    log = in_order(awkward_log(5, 10), 5)
    columns, _traits = log_of(*log)
    before = copy.deepcopy(columns)
    (altered,) = promises_kept(columns, PACK, CALENDAR, dt.date(2026, 11, 20))
    assert (altered.decided_on != NO_DAY).any()
    for table in ("projects", "cases", "events"):
        for name, column in vars(getattr(columns, table)).items():
            assert np.array_equal(column, getattr(getattr(before, table), name)), name
