"""The ways that projects took: counted again in plain Python, and told by hand."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from monitor.analysis import paths
from monitor.analysis.cases import Cases, cases, quantile, ways
from monitor.analysis.variants import most_frequent, variants
from rules.vocabulary import Stage
from tests.monitor import ways_recounted as again
from tests.monitor.ways_recounted import Case, read

LATE = dt.date(2028, 6, 30)
EDGE = ("steps", "projects", "red", "yellow", "median_days", "overlapped", "overlap_days", "undecided")


def march(day: int) -> dt.date:
    return dt.date(2026, 3, day)


def taken(log: Cases) -> paths.Steps:
    return paths.steps(log, paths.sets(log))


def check_edges(log: list[Case]) -> None:
    mine = taken(read(log, LATE))
    for by, frame in (("item", paths.edges(mine)), ("stage", paths.stage_edges(mine))):
        wanted = again.edges(log, by)
        assert {(row.before, row.after) for row in frame.itertuples()} == set(wanted)
        for row in frame.to_dict("records"):
            expected = wanted[row["before"], row["after"]]
            assert all(again.same(row[name], expected[name]) for name in EDGE), (row, expected)
            for light in ("red", "yellow"):
                assert row[f"{light}_share"] == expected[light] / expected["projects"]
            if by == "item":
                assert paths.projects_on(mine, row["before"], row["after"]) == expected["codes"]
            else:
                ends = (Stage[row[end].upper()] for end in ("before", "after"))
                assert paths.projects_between(mine, *ends) == expected["codes"]


def check_variants(log: list[Case]) -> None:
    known = read(log, LATE)
    among = ways(known)
    found = variants(known, paths.sets(known, among), among)
    wanted = again.variants(log)
    whole = most_frequent(found, len(wanted) + 1)
    assert Counter(dict(zip(whole["path"], whole["ways"]))) == wanted
    assert list(whole["ways"]) == sorted(whole["ways"], reverse=True)
    of = {path: set() for path in wanted}
    for project, rows in again.ways(log):
        path = tuple(tuple(part) for part in again.sets(log, rows))
        if path:
            of[path].add(project)
    for path, projects in zip(whole["path"], whole["projects"]):
        assert found.projects_of(path) == sorted(of[path])
        assert projects == len(of[path])
    if len(wanted) > 2:
        top = most_frequent(found, 2)
        assert list(top["path"][:2]) == list(whole["path"][:2])
        assert top["path"][2] == ()
        assert top["variants"][2] == len(wanted) - 2
        assert list(top["ways"]) == [*whole["ways"][:2], sum(whole["ways"][2:])]
        assert top["share"].sum() == pytest.approx(1)


@settings(max_examples=150, deadline=None)
@given(log=again.logs())
def test_edges_are_those_counted_case_by_case(log: list[Case]) -> None:
    check_edges(log)


@settings(max_examples=150, deadline=None)
@given(log=again.logs())
def test_variants_are_those_counted_way_by_way(log: list[Case]) -> None:
    check_variants(log)


@settings(max_examples=50, deadline=None)
@given(log=again.logs())
def test_the_order_of_rows_says_nothing(log: list[Case]) -> None:
    one, other = (paths.edges(taken(read(rows, LATE))) for rows in (log, log[::-1]))
    pd.testing.assert_frame_equal(one, other)


def test_a_real_log_counted_again(shared_data: Path) -> None:
    log = again.of_bpic(shared_data / "canonical" / "bpic15_1")
    assert len(log) == 7_335
    check_edges(log)
    check_variants(log)


def test_items_accepted_on_one_day_are_parallel() -> None:
    """B and P on 9 March come both after A; neither comes after the other, and D comes after both."""
    log = [
        Case("p", "A", None, march(2), march(4)),
        Case("p", "B", None, march(9), march(20)),
        Case("p", "P", None, march(9), march(10)),
        Case("p", "D", None, march(16), None),
    ]
    frame = paths.edges(taken(read(log, LATE)))
    days = {(row.before, row.after): row.median_days for row in frame.itertuples()}
    # Wed 4 to Mon 9 March are 3 working days. B was decided on Fri 20, four working days after D was accepted.
    assert days == {("A", "B"): 3, ("A", "P"): 3, ("B", "D"): -4, ("P", "D"): 4}
    over = frame.set_index(["before", "after"]).loc[("B", "D")]
    assert (over["overlapped"], over["overlap_days"], over["undecided"]) == (1, 4, 0)


def test_each_works_goes_its_own_way() -> None:
    log = [
        Case("p", "A", None, march(2), march(3)),
        Case("p", "B", None, march(4), march(5), "w1"),
        Case("p", "C", None, march(6), march(9), "w1"),
        Case("p", "B", None, march(10), march(11), "w2"),
    ]
    frame = paths.edges(taken(read(log, LATE)))
    # No step from C of one works to B of the other; from A, which is of both, one to each B.
    assert {(r.before, r.after): (r.steps, r.projects) for r in frame.itertuples()} == {
        ("A", "B"): (2, 1),
        ("B", "C"): (1, 1),
    }


def test_what_happens_later_has_not_happened_yet() -> None:
    log = [Case("p", "A", None, march(2), march(6)), Case("p", "B", None, march(9), march(10))]
    early = read(log, march(5))
    assert paths.edges(taken(early)).empty
    assert list(paths.items(early)["item"]) == ["A"]
    assert np.isnan(paths.items(early)["median_used"][0])


def test_an_item_tells_its_usual_stage_and_days() -> None:
    frame = pd.DataFrame(
        {
            "project": ["p", "q", "r"],
            "item_code": ["A"] * 3,
            "stage": ["planning", "construction", "planning"],
            "department": ["one"] * 3,
            "received_on": [None] * 3,
            "accepted_on": pd.to_datetime(["2026-03-02"] * 3),
            "closed_on": pd.to_datetime(["2026-03-04", "2026-03-09", "2026-03-06"]),
            "state": ["decided", "decided", "out"],
            "used": [2, 5, 90],
            "light": ["green"] * 3,
        }
    )
    row = paths.items(cases(frame, [0] * 3, [2, 5, 4], LATE)).iloc[0].to_dict()
    # The third was closed without a decision: its days are no measure of how long one takes.
    assert row == {"item": "A", "stage": "planning", "cases": 3, "projects": 3, "median_used": 3.5}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"light": ["blue"]}, "light: blue; one of none, grey, green, yellow, red"),
        ({"stage": [None]}, "stage: blank; one of"),
        ({"item_code": [""]}, "without a project or an item"),
    ],
)
def test_a_frame_that_cannot_be_read_is_refused(change: dict[str, list[str]], said: str) -> None:
    fields = {"project": ["p"], "item_code": ["A"], "stage": ["planning"], "department": ["d"], "light": ["red"]}
    days = {name: [march(2)] for name in ("received_on", "accepted_on", "decided_on")}
    frame = pd.DataFrame(fields | days | change)
    with pytest.raises(ValueError, match=said):
        cases(frame, [1], [1], LATE)


def test_missing_columns_and_indices_are_named() -> None:
    frame = pd.DataFrame({"project": ["p"], "item_code": ["A"], "stage": ["planning"], "department": ["d"]})
    with pytest.raises(ValueError, match="columns missing: received_on, accepted_on, light, closed_on, state"):
        cases(frame, [1], [1], LATE)
    whole = frame.assign(light="red", received_on=None, accepted_on=march(2), decided_on=None)
    with pytest.raises(ValueError, match="one for each of the 1 cases"):
        cases(whole, [1, 2], [1], LATE)


def test_medians_and_ninetieth_percentiles_of_groups() -> None:
    rng = np.random.default_rng(7)
    group, value = rng.integers(0, 9, 400), rng.integers(-50, 300, 400)
    for n, (half, high) in enumerate(zip(quantile(group, 10, value), quantile(group, 10, value, 0.9))):
        mine = [int(v) for v in value[group == n]]
        assert again.same(half, again.middle(mine))
        assert again.same(high, again.nine_in_ten(mine))
