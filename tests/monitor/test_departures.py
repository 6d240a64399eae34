"""Differences from the catalogue: counted again in plain Python, and told by hand."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from pathlib import Path

from hypothesis import given, settings

from monitor.analysis import departures as differing
from monitor.analysis import paths
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
