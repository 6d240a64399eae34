"""What a standing says of the days ahead: nothing alters before `next_change`, and what it foresees comes true."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from tests.rules.columns import engine
from tests.rules.common import CALENDAR, PACK, SEEDS, days_about, each, revealed, under, until
from tests.rules.generate import awkward_log
from tests.rules.oracle_case import office_date
from tests.rules.test_by_hand import case

Json = dict[str, Any]
Path = tuple[str, ...]
# What goes on by a straight line between two changes; everything else stays as it is.
COUNTS = {"used", "held_days", "stages", "shares", "ledger"}
AHEAD = 40


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every single value of a document with the way to it; an empty list or table is a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not inner:
        yield path, value
    for key, below in inner:
        yield from leaves(below, (*path, str(key)))


def parted(document: Json) -> tuple[dict[Path, Any], dict[Path, float]]:
    """What stays and what counts. A department without a day yet counts from nothing."""
    found = {path: value for path, value in leaves(document) if path[0] != "next_change"}
    counts = {path: value for path, value in found.items() if COUNTS & set(path) and value not in ({}, [])}
    fixed = {path: value for path, value in found.items() if path not in counts and path != ("shares",)}
    return fixed, counts


@each(SEEDS, part=0.25)
def test_nothing_alters_before_next_change_and_something_does_on_it(seed: int) -> None:
    log, (pack, calendar) = awkward_log(seed, 6, works=seed % 4 != 0), under(seed)
    [start] = days_about(log[2], seed, 1)
    told_on = {(e["case_id"], office_date(e["occurred_at"])) for e in log[2]}
    project_of = {case["case_id"]: case["project_code"] for case in log[1]}
    told = {(project_of[case], day) for case, day in told_on}
    told |= {(p["project_code"], office_date(p["ended_on"])) for p in log[0] if p.get("ended_on")}
    before: dict[str, Json] = {}
    slope: dict[tuple[str, bool, Path], float] = {}
    for day in (start + dt.timedelta(n) for n in range(AHEAD)):
        works = calendar.is_working_day(day)
        documents = engine(log, pack, calendar, day)
        for code in before.keys() & documents.keys():
            was, now, change = before[code], documents[code], before[code]["next_change"]
            (fixed, counts), (fixed_now, counts_now) = parted(was), parted(now)
            if change == day.isoformat():
                # A day on which something was told may bring nothing new; any other day named must.
                assert fixed != fixed_now or (code, day) in told, (code, day)
                for key in [key for key in slope if key[0] == code]:
                    del slope[key]
                continue
            assert fixed == fixed_now, (code, day)
            assert now["next_change"] == change, (code, day)
            for path, value in counts_now.items():
                step = value - counts.get(path, 0)
                assert slope.setdefault((code, works, path), step) == pytest.approx(step, abs=3e-6), (code, day, path)
        before = documents


@pytest.mark.parametrize(("stopped", "running", "day"), [("W1", "W2", "2026-03-12"), ("W2", "W1", "2026-03-11")])
def test_the_day_is_foreseen_on_which_another_works_comes_to_be_shown(stopped: str, running: str, day: str) -> None:
    # One works has its four days; the other has one on the 6th, four on the 11th, and of equals the first is shown.
    told = [
        case(1, ("3", "2026-03-02"), ("11", "2026-03-06"), works_code=stopped),
        case(2, ("3", "2026-03-05"), works_code=running),
    ]
    log = [{"project_code": "P", "coded_on": "2026-03-02"}], [row for row, _ in told], [e for _, es in told for e in es]
    shown = {n: engine(log, PACK, CALENDAR, dt.date(2026, 3, n))["P"] for n in (6, 10, 11, 12)}
    assert shown[6]["next_change"] == shown[10]["next_change"] == day
    assert shown[10]["shown_works"] == stopped
    assert shown[12]["shown_works"] == running


def test_a_grey_works_is_not_shown_for_its_days_before_a_green_one() -> None:
    told = [
        case(1, ("3", "2026-03-02"), ("11", "2026-03-06"), works_code="W1"),
        case(2, ("3", "2026-03-05"), works_code="W2"),
        case(3, ("11", "2026-03-05"), works_code="W2"),
    ]
    log = [{"project_code": "P", "coded_on": "2026-03-02"}], [row for row, _ in told], [e for _, es in told for e in es]
    soon, later = (engine(log, PACK, CALENDAR, day)["P"] for day in (dt.date(2026, 3, 6), dt.date(2026, 3, 31)))
    assert soon["shown_works"] == later["shown_works"] == "W1"
    assert soon["next_change"] == later["next_change"] == "2026-05-15"  # 48 days of W2: the group's yellow


@each(SEEDS, part=0.25)
def test_a_turn_foreseen_comes_on_its_day_if_nothing_happens(seed: int) -> None:
    log, (pack, calendar) = awkward_log(seed, 6, works=seed % 4 != 0), under(seed)
    [as_of] = days_about(log[2], seed, 1)
    log = until(log, as_of)
    ended = {p["project_code"] for p in log[0] if p.get("ended_on") and office_date(p["ended_on"]) > as_of}
    foreseen: dict[str, list[tuple[str, Path]]] = defaultdict(list)
    for code, document in engine(log, pack, calendar, as_of).items():
        for path, value in leaves(document):
            if path[-1] in ("yellow_on", "red_on", "due_on") and value and value > as_of.isoformat():
                foreseen[value].append((code, path))
    for day, named in sorted(foreseen.items())[:12]:
        on, eve = (engine(log, pack, calendar, dt.date.fromisoformat(day) - dt.timedelta(n)) for n in (0, 1))
        for code, path in named:
            if code in ended:
                continue
            assert dict(leaves(on[code]))[path] == dict(leaves(eve[code]))[path] == day
            if len(path) == 1:
                light = path[0].removesuffix("_on")
                assert {"on": day, "light": light} in on[code]["turns"]
                assert {"on": day, "light": light} not in eve[code]["turns"]
                assert on[code]["light"] in (light, "red")


@each(SEEDS, part=0.25)
def test_the_light_of_any_day_can_be_read_from_the_dates(seed: int) -> None:
    """red_on <= D, else yellow_on <= D, else grey, else green: as if it had been assessed on D."""
    log = awkward_log(seed, 12, works=seed % 4 != 0)
    pack, calendar = under(seed)
    last = max(days_about(log[2], seed))
    later = engine(until(log, last), pack, calendar, last)
    for back in (0, 1, 7, 30, 200):
        day = last - dt.timedelta(back)
        as_of = day.isoformat()
        for code, then in engine(until(log, day), pack, calendar, day).items():
            now = later[code]
            if then["light"] == "none" or revealed(then) != revealed(now):
                continue  # what was decided without acceptance is known only when it is decided
            dates = [now[f"{light}_on"] and now[f"{light}_on"] <= as_of for light in ("red", "yellow")]
            light = "red" if dates[0] else "yellow" if dates[1] else "green" if now["judged"] else "grey"
            assert light == then["light"], (code, day)
