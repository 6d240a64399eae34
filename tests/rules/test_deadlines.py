"""Papers to follow, commitments to be checked, and marks of a project, counted by hand.

Of March 2026 every weekday works; 2 March is a Monday.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.rules.common import PACK
from tests.rules.test_by_hand import case
from tests.rules.test_bylaw import flagged, stands

FIVE = {"days": "5"}


def due(found: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Kind, due day, day met and light of the deadlines of the first case."""
    return [(d["kind"], d["due_on"], d["met_on"], d["light"]) for d in found["cases"]["P-1"].get("deadlines", [])]


TAKEN_ON = [("3", "2026-03-02"), ("papers_due", "2026-03-02", FIVE)]  # due on Monday the 9th


@pytest.mark.parametrize(
    ("as_of", "light", "change"),
    [
        ("2026-03-05", "green", "2026-03-06"),
        ("2026-03-06", "yellow", "2026-03-10"),  # a third of five days is one: from the fourth day on
        ("2026-03-09", "yellow", "2026-03-10"),
        ("2026-03-10", "red", None),
    ],
)
def test_papers_that_do_not_come(as_of: str, light: str, change: str | None) -> None:
    found = stands(as_of, case(1, *TAKEN_ON))
    assert due(found) == [("papers", "2026-03-09", None, light)]
    assert flagged(found, "papers_overdue") == ({"P-1"} if light == "red" else set())
    assert change is None or found["next_change"] == change
    assert found["cases"]["P-1"]["state"] == "running"  # it is for the department to revoke the acceptance


@pytest.mark.parametrize(("came", "light"), [("2026-03-09", "green"), ("2026-03-10", "red")])
def test_papers_in_time_and_a_day_late(came: str, light: str) -> None:
    found = stands("2026-03-31", case(1, *TAKEN_ON, ("papers_supplied", came)))
    assert due(found) == [("papers", "2026-03-09", came, light)]


@pytest.mark.parametrize(("closed", "light"), [("2026-03-09", "green"), ("2026-03-10", "red")])
def test_a_close_ends_the_wait(closed: str, light: str) -> None:
    assert due(stands("2026-03-31", case(1, *TAKEN_ON, ("14", closed)))) == [("papers", "2026-03-09", None, light)]


def test_papers_on_the_day_of_rest_after_the_last_day_are_late() -> None:
    """Five days from Friday the 6th end on Friday the 13th; Saturday the 14th is no working day and too late."""
    taken = [("3", "2026-03-06"), ("papers_due", "2026-03-06", FIVE), ("papers_supplied", "2026-03-14")]
    for as_of, light in (("2026-03-13", "yellow"), ("2026-03-14", "red"), ("2026-03-31", "red")):
        met = None if light == "yellow" else "2026-03-14"
        assert due(stands(as_of, case(1, *taken))) == [("papers", "2026-03-13", met, light)]


def test_a_decision_with_an_omission_leaves_the_papers_due() -> None:
    decided = [*TAKEN_ON, ("12", "2026-03-05")]
    assert due(stands("2026-03-31", case(1, *decided))) == [("papers", "2026-03-09", None, "red")]
    late = [*decided, ("papers_supplied", "2026-03-09")]
    assert due(stands("2026-03-31", case(1, *late))) == [("papers", "2026-03-09", "2026-03-09", "green")]


def test_who_needs_no_papers_has_no_deadline() -> None:
    assert "deadlines" not in stands("2026-03-31", case(1, ("3", "2026-03-02")))["cases"]["P-1"]


COMMITTED = [("3", "2026-03-02"), ("committed", "2026-03-02"), ("11", "2026-03-02")]


def test_a_commitment_is_to_be_checked_within_sixty_working_days_of_the_decision() -> None:
    # 55 working days after 2 March are over on 21 May 2026 (golden vector); five more on the 28th.
    assert due(stands("2026-05-28", case(1, *COMMITTED)))[0][:2] == ("check", "2026-05-28")
    assert due(stands("2026-05-28", case(1, *COMMITTED)))[0][3] == "yellow"
    late = stands("2026-05-29", case(1, *COMMITTED))
    assert (due(late)[0][3], flagged(late, "check_overdue")) == ("red", {"P-1"})
    assert due(stands("2026-06-30", case(1, *COMMITTED, ("checked", "2026-05-28")))) == [
        ("check", "2026-05-28", "2026-05-28", "green")
    ]
    assert due(stands("2026-06-30", case(1, *COMMITTED, ("15", "2026-05-28"))))[0][3] == "green"  # revoked instead


def test_without_a_number_in_the_pack_the_notice_has_to_tell_it() -> None:
    silent = replace(PACK, commitment_check=None)
    assert due(stands("2026-06-30", case(1, *COMMITTED), pack=silent)) == []
    told = [("3", "2026-03-02"), ("committed", "2026-03-02", FIVE), ("11", "2026-03-02")]
    assert due(stands("2026-03-06", case(1, *told), pack=silent))[0][:2] == ("check", "2026-03-09")
    assert due(stands("2026-03-06", case(1, *told)))[0][:2] == ("check", "2026-03-09")  # before that of the pack


def test_until_it_is_decided_nothing_is_to_be_checked() -> None:
    assert due(stands("2026-06-30", case(1, *COMMITTED[:2]))) == []


# ---- marks


def test_an_area_that_was_assessed_shortens_promises_and_waives_items() -> None:
    told = [
        case(1, ("3", "2026-03-02"), item_code="P03"),
        case(2, ("3", "2026-03-02"), item_code="P08"),
        case(3, ("3", "2026-03-02"), item_code="P03", promised_days="4"),
    ]
    plain, marked = (stands("2026-03-04", *told, **more) for more in ({}, {"marks": "area_assessment"}))
    assert [c["promised"]["limit"] for c in plain["cases"].values()] == [7, 5, 4]  # the catalogue's, and its own
    assert [c["promised"]["limit"] for c in marked["cases"].values()] == [0, 5, 4]
    assert marked["cases"]["P-1"]["promised"]["light"] == "red"
    assert (flagged(plain, "waived_item"), flagged(marked, "waived_item")) == (set(), {"P-2"})


def test_a_mark_that_shortens_nothing_changes_nothing() -> None:
    told = case(1, ("3", "2026-03-02"), item_code="P03")
    plain, marked = (stands("2026-03-04", told, **more) for more in ({}, {"marks": "standard_land;commitment"}))
    assert plain == marked
