"""Differences from the catalogue and gaps between departments: counted again in plain Python, and told by hand."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings

from monitor.analysis import departures as differing
from monitor.analysis import paths
from monitor.analysis.handovers import SUMS, by_pair, handovers, projects_between
from monitor.analysis.prerequisites import Groups
from tests.monitor import ways_recounted as again
from tests.monitor.ways_recounted import WANTED, Case, read

LATE = dt.date(2028, 6, 30)
# Made up: the real log has no catalogue.
BPIC: Groups = {
    "02_DRZ": (("01_HOOFD",),),
    "01_HOOFD": (("08_AWB45", "04_BPT"),),
    "13_CRD": (("01_HOOFD",), ("03_GBH",)),
}


def march(day: int) -> dt.date:
    return dt.date(2026, 3, day)


def check(log: list[Case], wanted: Groups, waivable: tuple[str, ...]) -> None:
    known = read(log, LATE)
    found = differing.departures(known, wanted, waivable)
    frame = differing.differences(found)
    expected: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for (kind, before, item, project), n in again.departures(log, wanted, waivable).items():
        expected[kind, before, item][project] += n
    assert {(r.kind, r.before, r.item): r.cases for r in frame.itertuples()} == {
        key: sum(projects.values()) for key, projects in expected.items()
    }
    for key, projects in expected.items():
        assert differing.projects_with(found, *key) == sorted(projects)
    passed = again.handovers(log, wanted, LATE)
    gaps = handovers(known, wanted, again.at(LATE))
    pairs = by_pair(gaps)
    assert int(pairs["cases"].sum()) == len(passed)
    for row in pairs.to_dict("records"):
        pair = (row["department_before"], row["item_before"], row["department"], row["item"])
        mine = [(kind, days) for *names, kind, days in passed if tuple(names) == pair]
        waits = [days for kind, days in mine if kind == "gap"]
        still = [days for kind, days in mine if kind == "open"]
        counts = {k: sum(kind == k for kind, _days in mine) for k in ("gap", "at_once", "overlapped", "filed", "open")}
        wanted_row = {"cases": len(mine), **counts, "days": sum(waits), "open_days": sum(still)}
        assert {name: row[name] for name in SUMS} == wanted_row
        assert again.same(row["median_days"], again.middle(waits))
        assert again.same(row["p90_days"], again.nine_in_ten(waits))
        assert again.same(row["longest_open"], max(still, default=None))


@settings(max_examples=200, deadline=None)
@given(log=again.logs())
def test_all_of_them_are_those_counted_case_by_case(log: list[Case]) -> None:
    check(log, WANTED, ("Z", "C"))


def test_a_real_log_counted_again(shared_data: Path) -> None:
    log = again.of_bpic(shared_data / "canonical" / "bpic15_1")
    log = [c for c in log if int(c.project) % 4 == 0]  # the plain recount looks at every pair of cases
    assert len(log) > 1_000
    check(log, BPIC, ())


def told(*log: Case, waivable: tuple[str, ...] = ()) -> list[tuple[str, str, str]]:
    frame = differing.differences(differing.departures(read(log, LATE), WANTED, waivable))
    return [(r.kind, r.before, r.item) for r in frame.itertuples()]


def test_accepted_before_the_decision_it_waits_for() -> None:
    first = Case("p", "A", None, march(2), march(10))
    assert told(first, Case("p", "B", None, march(9), None)) == [("early", "A", "B")]
    assert told(first, Case("p", "B", None, march(10), None)) == []  # on its day: in time


def test_a_prerequisite_that_nobody_received() -> None:
    later = Case("p", "C", None, march(9), None)
    first = Case("p", "A", None, march(2), march(3))
    assert told(first, later) == [("missing", "B", "C")]
    assert told(first, later, waivable=("B",)) == []
    # An alternative stands for it.
    assert told(Case("p", "A2", None, march(2), march(3)), Case("p", "B", None, march(9), None)) == []


def test_an_item_that_is_not_in_the_catalogue() -> None:
    assert told(Case("p", "X", None, march(2), None)) == [("outside", "", "X")]


def test_back_to_an_earlier_stage() -> None:
    z, a = Case("p", "Z", None, march(9), None), Case("p", "A", None, march(10), None)
    assert told(z, a) == [("back", "acceptance", "A")]
    assert told(z, Case("p", "A", None, march(9), None)) == []  # on one day: parallel


@pytest.mark.parametrize(
    ("accepted", "kind", "days"), [(march(13), "gap", 3), (march(10), "at_once", 0), (march(9), "overlapped", 0)]
)
def test_a_gap_is_counted_from_the_last_decision(accepted: dt.date, kind: str, days: int) -> None:
    """B decided on Thu 5, A on Tue 10 March: to Fri 13 there are three working days, from A."""
    log = [
        Case("p", "A", None, march(2), march(10), "", "one"),
        Case("p", "B", None, march(2), march(5), "", "two"),
        Case("p", "C", None, accepted, None, "", "three"),
    ]
    pairs = by_pair(handovers(read(log, LATE), WANTED, again.at(LATE)))
    row = pairs[pairs["item"] == "C"].iloc[0]
    assert (row["department_before"], row["department"], row["item_before"]) == ("one", "three", "A")
    assert (row[kind], row["days"]) == (1, days)


def test_a_case_to_come_waits_until_today() -> None:
    log = [Case("p", "A", None, march(2), march(10), "", "one"), Case("p", "B", department="two")]
    found = handovers(read(log, march(18)), WANTED, again.at(march(18)))
    row = by_pair(found).iloc[0]
    assert (row["open"], row["open_days"], row["longest_open"], row["gap"]) == (1, 6, 6, 0)
    assert projects_between(found, "A", "B", "open") == ["p"]
    assert projects_between(found, "A", "B", "gap") == []


def test_edges_that_differ_are_marked() -> None:
    log = [
        Case("p", "B", None, march(2), march(3)),
        Case("p", "A", None, march(4), march(20)),
        Case("p", "P", None, march(9), march(10)),
        Case("q", "B", None, march(2), march(3)),
        Case("q", "X", None, march(4), march(5)),
        Case("r", "A", None, march(2), march(3)),
        Case("r", "B", None, march(4), march(5)),
        Case("s", "A2", None, march(2), march(3)),
        Case("s", "A", None, march(4), march(5)),
        Case("t", "Z", None, march(2), march(3), stage="planning"),
        Case("t", "D", None, march(4), march(5), stage="planning"),
        Case("u", "D", None, march(2), march(3), stage="planning"),
        Case("u", "Z", None, march(4), march(5), stage="planning"),
    ]
    known = read(log, LATE)
    edges = paths.edges(paths.steps(known, paths.sets(known)))
    marks = differing.marked(edges, paths.items(known), WANTED)
    assert {(r.before, r.after): r.differs for r in marks.itertuples()} == {
        ("B", "A"): "back",
        ("A", "P"): "early",
        ("B", "X"): "outside",
        ("A", "B"): "",
        ("A2", "A"): "",
        ("Z", "D"): "",
        ("D", "Z"): "reversed",
    }
