"""What departments held, decided and have open, against plain Python over what the law says of the files."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from functools import cache

import pytest

from monitor.reading.viewer import EVERYONE
from rules.almanac import shipped as calendar_of
from rules.packfile import shipped
from rules.vocabulary import CLOSINGS, Stage
from tests.monitor.looking import DAY, Json, World, plain_log
from tests.rules import oracle
from tests.rules.oracle_case import PROMISED, Case
from tests.rules.oracle_limits import Frame

CALENDAR, PACK = calendar_of("33"), shipped()["zhejiang-80"]
OPEN = ("running", "correction", "procedure")
LATER = DAY + dt.timedelta(25)
Key = tuple[str, str]


def found(world: World, day: dt.date, **query: object) -> dict[Key, Json]:
    """The frame by region and name."""
    frame = world.reader.departments(EVERYONE, day, **query)  # type: ignore[arg-type]
    columns = "department_id department region share sole decided beyond open_cases longest_open".split()
    assert list(frame.columns) == columns
    assert list(frame["share"]) == sorted(frame["share"], reverse=True)
    return {(row["region"], row["department"]): row for row in frame.to_dict("records")}


@cache
def walked(day: dt.date) -> dict[str, Case]:
    """Every case walked day by day by the oracle."""
    frame = Frame(PACK, cache(CALENDAR.is_working_day), day)
    return {case.id: case for own in oracle.walked(*plain_log(), frame).values() for case in own}


def held(world: World, day: dt.date) -> dict[Key, list[float]]:
    """Share and sole days of each department up to the end of a day."""
    out: dict[Key, list[float]] = defaultdict(lambda: [0.0, 0])
    for code, one in world.objects(day).items():
        for name, part in one["shares"].items():
            at = out[world.region(code), name]
            at[0] += part["share"]
            at[1] += part["sole"]
    return out


@pytest.mark.parametrize("since", [None, dt.date(2026, 5, 1), dt.date(2024, 12, 31)], ids=str)
@pytest.mark.parametrize("day", [DAY, LATER, dt.date(2026, 12, 31)], ids=str)
def test_shares_on_any_day_from_the_last_sweep_on(world: World, day: dt.date, since: dt.date | None) -> None:
    got, told = found(world, day, since=since), held(world, day)
    before = held(world, since) if since else {}
    seen = 0
    for key, (share, sole) in told.items():
        was = before.get(key, [0.0, 0])
        row = got.get(key) or {"share": 0, "sole": 0}
        assert row["share"] == pytest.approx(share - was[0], abs=0.006), key
        assert row["sole"] == sole - was[1], key
        seen += row["share"] > 0
    assert seen > 10
    assert sum(row["share"] for row in got.values()) == pytest.approx(
        sum(s for s, _ in told.values()) - sum(s for s, _ in before.values()), abs=0.5
    )


def test_shares_of_a_past_day(world: World) -> None:
    day = dt.date(2025, 3, 31)
    got, told = found(world, day), held(world, day)
    for key, (share, sole) in told.items():
        row = got.get(key) or {"share": 0, "sole": 0}
        assert (row["share"], row["sole"]) == (pytest.approx(share, abs=0.006), sole), key


def test_after_the_day_asked_for_nothing_is_held(world: World) -> None:
    day = dt.date(2026, 12, 15)
    got = found(world, day, since=day + dt.timedelta(30))
    assert got == found(world, day, since=day)
    assert {(row["share"], row["decided"]) for row in got.values()} == {(0.0, 0)}
    assert sum(row["open_cases"] for row in got.values()) > 20


def test_shares_within_a_region(world: World) -> None:
    everywhere = found(world, DAY)
    for region in ("33", "330106", "99"):
        got = found(world, DAY, region=region)
        assert got == {key: row for key, row in everywhere.items() if key[0].startswith(region)}


def test_stages_add_up_to_the_whole(world: World) -> None:
    for since in (None, dt.date(2025, 12, 31)):
        whole = found(world, DAY, since=since)
        parts: dict[Key, list[float]] = defaultdict(lambda: [0.0, 0, 0, 0, 0])
        for stage in Stage:
            for key, row in found(world, DAY, stage=stage.word, since=since).items():
                for n, name in enumerate(("share", "sole", "decided", "beyond", "open_cases")):
                    parts[key][n] += row[name]
        for key, row in whole.items():
            share, _sole, decided, beyond, open_cases = parts[key]
            assert share == pytest.approx(row["share"], abs=0.03), key
            assert (decided, beyond, open_cases) == (row["decided"], row["beyond"], row["open_cases"]), key


@pytest.mark.parametrize("since", [None, dt.date(2026, 1, 1)], ids=str)
@pytest.mark.parametrize("day", [DAY, LATER], ids=str)
def test_decided_open_and_beyond_the_promise(world: World, day: dt.date, since: dt.date | None) -> None:
    decided: dict[Key, int] = defaultdict(int)
    beyond: dict[Key, int] = defaultdict(int)
    firsts: dict[Key, list[dt.date]] = defaultdict(list)
    for code, one in world.objects(day).items():
        for case in one["cases"]:
            walk_of = walked(day)[case["case_id"]]
            key = world.region(code), world.cases[case["case_id"]]["department"]
            due = case["promised"]["due_on"]
            late = [
                d
                for d in walk_of.days_run(PROMISED)
                if due and d > dt.date.fromisoformat(due) and CALENDAR.is_working_day(d)
            ]
            if case["state"] == "decided":
                closed = max(e.day for e in walk_of.events if e.status in CLOSINGS)
                if since is None or closed > since:
                    decided[key] += 1
                    beyond[key] += len(late)
            elif case["state"] in OPEN:
                firsts[key].append(walk_of.first_acceptance or dt.date.max)
                beyond[key] += len(late)
    got = found(world, day, since=since)
    for key in {*decided, *firsts}:
        row = got[key]
        longest = CALENDAR.count(min(firsts[key]), day) if firsts[key] else 0
        told = decided[key], beyond[key], len(firsts[key]), longest
        assert (row["decided"], row["beyond"], row["open_cases"], row["longest_open"]) == told, key
    assert sum(decided.values()) > 15
    assert sum(beyond.values()) > 50
