"""What a flag saw of a record, and which flags a pack raises."""

from __future__ import annotations

import datetime as dt

import pytest

from rules.flags import NAMES, raised
from rules.packfile import shipped
from tests.rules.columns import engine
from tests.rules.common import CALENDAR, PACK
from tests.rules.flagging import BASIS, HEARING, on_saturday, one, seen
from tests.rules.test_by_hand import Happening, case


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
