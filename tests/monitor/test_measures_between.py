"""Pauses, hand-over gaps, durations and queues of a swept office, against the days of its files."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from typing import Any

import pytest

from monitor.analysis.durations import curve
from monitor.reading.endings import BeforeLastSweep
from monitor.reading.measures import Wanted
from monitor.reading.viewer import EVERYONE, Viewer
from monitor.verbs import measures as verbs
from monitor.verbs.measuring import What, measure
from rules.vocabulary import CaseState, Stage
from tests.monitor.looking import DAY, World
from tests.monitor.test_measures import CALENDAR, FRAME, PACK, SINCE, closed_on, walked
from tests.rules.oracle import ended
from tests.rules.oracle_case import TOTAL, Case
from tests.rules.test_stopped import gaps, order


def working(since: dt.date, until: dt.date) -> list[dt.date]:
    """The working days of (since, until]."""
    days = [since + dt.timedelta(n) for n in range(1, (until - since).days + 1)]
    return [day for day in days if FRAME.works_on(day)]


@pytest.mark.parametrize("since", [None, SINCE], ids=str)
def test_pauses_are_the_days_on_which_they_stopped_a_case(world: World, since: dt.date | None) -> None:
    wanted: Counter[tuple[str, str]] = Counter()
    for own in walked().values():
        for case in own:
            for day, eve in case.eve.items():
                if eve.stopped_by and FRAME.works_on(day) and (since is None or day > since):
                    wanted[case.stage.word, min(eve.stopped_by, key=lambda kind: order(PACK, kind)).word] += 1
    rows = verbs.pause_rows(world.reader.measures, EVERYONE, Wanted(since, DAY, ("stage",)))
    got: Counter[tuple[str, str]] = Counter()
    for row in rows:
        got[row["stage"], row["pause"]] += row["days"]
    assert +got == wanted
    assert len(wanted) > 10
    assert {row["based"] for row in rows} == {True, False}


@pytest.mark.parametrize("since", [None, SINCE], ids=str)
def test_hand_overs_are_the_days_between(world: World, since: dt.date | None) -> None:
    of = {row["case_id"]: row for row in world.log[1]}
    wanted: dict[str, Counter[str]] = defaultdict(Counter)
    for case, begun, until, received, _before in gaps(world.log, PACK, CALENDAR, DAY):
        row = wanted[of[case]["item_code"]]
        inside = [day for day in working(begun, until or DAY) if since is None or day > since]
        row["days"] += len(inside)
        row["lay"] += sum(1 for day in inside if received and day > received)
        row["begun"] += since is None or begun > since
        row["ended"] += until is not None and (since is None or until > since)
    got: dict[str, Counter[str]] = defaultdict(Counter)
    for row in verbs.handover_rows(world.reader.measures, EVERYONE, Wanted(since, DAY, ("item",))):
        got[row["item"]].update({name: row[name] for name in ("days", "lay", "begun", "ended")})
        assert row["before_department"]
        assert row["before_item"]
    assert {item: +row for item, row in got.items() if +row} == {item: +row for item, row in wanted.items() if +row}
    assert sum(row["days"] for row in wanted.values()) > 20


def test_whoever_sees_a_department_alone_is_told_of_the_others_before_it_as_one(world: World) -> None:
    everybody = Wanted(None, DAY, ("department",))
    whole = verbs.handover_rows(world.reader.measures, EVERYONE, everybody)
    (key,) = {row["department_id"] for row in whole[:1]}
    own = [row for row in whole if row["department_id"] == key]
    seen = verbs.handover_rows(world.reader.measures, Viewer("one", departments=(key,)), everybody)
    assert {row["department_id"] for row in seen} == {key}
    assert sum(row["days"] for row in seen) == sum(row["days"] for row in own)
    name = own[0]["department"]
    assert {row["before_department"] for row in seen} <= {name, "其他部门"}
    assert any(row["before_department"] != name for row in own)


def cases() -> list[tuple[str, Case]]:
    return [(code, case) for code, own in walked().items() for case in own]


@pytest.mark.parametrize("since", [None, SINCE], ids=str)
def test_durations_are_those_of_the_cases_accepted_then(world: World, since: dt.date | None) -> None:
    told: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    for _code, case in cases():
        opened = None if case.unjudged else case.first_acceptance
        if opened and (since is None or opened > since):
            used = sum(map(FRAME.works_on, case.days_run(TOTAL)))
            told[case.stage.word].append((used, case.last.state is CaseState.DECIDED))
    rows = verbs.duration_rows(world.reader.measures, EVERYONE, Wanted(since, DAY, ("stage",)))
    assert {row["stage"] for row in rows} == told.keys()
    for row in rows:
        own = told[row["stage"]]
        assert (row["n"], row["decided"]) == (len(own), sum(decided for _, decided in own))
        line = curve([used for used, _ in own], [decided for _, decided in own])
        reached = [int(day) for day, left in zip(line.day, line.survival, strict=True) if left <= 0.5 + 1e-12]
        assert row["median"] == (reached[0] if reached else None)
    assert sum(row["open"] for row in rows) > 20


def test_durations_of_a_day_before_the_last_sweep_are_not_kept(world: World) -> None:
    with pytest.raises(BeforeLastSweep):
        verbs.duration_rows(world.reader.measures, EVERYONE, Wanted(None, DAY - dt.timedelta(1), ("stage",)))
    with pytest.raises(ValueError, match="not cut by week"):
        verbs.duration_rows(world.reader.measures, EVERYONE, Wanted(SINCE, DAY, ("week",)))


def test_queues_are_what_came_went_and_waits(world: World) -> None:
    since = CALENDAR.add(DAY, -20)
    wanted: Counter[str] = Counter()
    for code, case in cases():
        opened = None if case.unjudged else case.first_acceptance
        if not opened:
            continue
        closed = closed_on(case, ended(world.projects[code], DAY))
        wanted["accepted"] += opened > since
        wanted["closed"] += bool(closed and closed > since)
        if closed is None:
            age = len(working(opened, DAY))
            wanted["open"] += 1
            wanted[next((f"to_{most}" for most in (5, 10, 20, 40, 80) if age <= most), "over_80")] += 1
    rows = verbs.queue_rows(world.reader.measures, EVERYONE, Wanted(None, DAY, ("department",)))
    for name in ("accepted", "closed", "open", "to_5", "to_10", "to_20", "to_40", "to_80", "over_80"):
        assert sum(row[name] for row in rows) == wanted[name], name
    assert all(wanted[name] for name in ("accepted", "open", "to_20", "over_80"))
    for row in rows:
        clear = row["days_to_clear"]
        assert (clear is None) == (row["open"] > 0 and not row["closed"])
        if clear:
            assert clear == row["open"] * 20 / row["closed"]


def test_nothing_is_told_of_what_is_not_there(world: World) -> None:
    nobody: Any = Wanted(None, DAY, ("department",), region="99")
    reader = world.reader.measures
    for rows in (verbs.attribution_rows, verbs.indicator_rows, verbs.duration_rows, verbs.queue_rows, verbs.pause_rows):
        assert rows(reader, EVERYONE, nobody) == []
    assert verbs.handover_rows(reader, EVERYONE, nobody) == []


CUTS = [(), ("region", "kind"), ("item",), ("week",), ("department", "item", "stage", "region", "kind")]


@pytest.mark.parametrize("what", What)
@pytest.mark.parametrize("by", CUTS, ids="-".join)
def test_whatever_it_is_cut_by_it_is_answered_or_refused(world: World, what: What, by: tuple[str, ...]) -> None:
    for viewer in (EVERYONE, Viewer("one", regions=("3301",)), Viewer("none", departments=())):
        for narrow in ({}, {"region": "33"}, {"kind": "filing"}, {"stage": Stage.PLANNING}):
            wanted = Wanted(SINCE, DAY, by, **narrow)
            try:
                rows = measure(world.reader.measures, viewer, what, wanted, figure="open")["rows"]
            except ValueError:
                assert "week" in by or (narrow and what in (What.PATHS, What.DEPARTURES))
                continue
            assert viewer.departments is None or not rows
