"""What a project begins with: filed, verified or approved, by its kind and by the cases that are there."""

from __future__ import annotations

import pytest

from tests.rules.test_plan import UNCONDITIONAL, coming, dates, item, nodes

BEGINNINGS = {"A01", "A02", "A03", "A04"}
DONE = ("3", "2026-03-02"), ("11", "2026-03-04")


def beginnings(*codes: str, kind: str = "", begun: bool = False) -> set[str]:
    """With what a project of a kind begins, of which there are cases of these items."""
    return coming(*(item(code, *(DONE if begun else ())) for code in codes), kind=kind) & BEGINNINGS


@pytest.mark.parametrize(
    ("kind", "first"),
    [
        ("filing", {"A01"}),
        ("low_risk", {"A01"}),
        ("verification", {"A02"}),
        ("approval", {"A03", "A04"}),
        ("", {"A01"}),
        ("a kind that no item names", {"A01"}),
    ],
)
def test_the_kind_says_what_a_project_begins_with(kind: str, first: set[str]) -> None:
    assert beginnings(kind=kind) == first
    # All else comes as to any project.
    assert coming(kind=kind) - BEGINNINGS == UNCONDITIONAL - {"A01"}


@pytest.mark.parametrize(
    ("there", "kind", "more"),
    [
        ("A02", "filing", set()),
        ("A02", "approval", set()),
        ("A01", "verification", set()),
        ("A01", "approval", set()),
        ("A03", "verification", {"A04"}),
        ("A03", "", {"A04"}),
        ("A04", "filing", {"A03"}),
    ],
)
def test_a_case_goes_before_the_kind(there: str, kind: str, more: set[str]) -> None:
    assert beginnings(there, kind=kind) == more


def test_what_has_begun_ends_what_comes_before_it() -> None:
    assert beginnings("A04", kind="approval", begun=True) == set()  # the proposal was waived, or recorded elsewhere
    assert beginnings("A03", kind="approval", begun=True) == {"A04"}
    for kind in ("filing", "verification", "approval"):
        assert beginnings("A08", kind=kind, begun=True) == set()


def test_the_plan_of_a_verified_project_waits_for_its_verification() -> None:
    found = nodes("2026-03-02", kind="verification")
    # Seven days after Monday the 2nd end on the 11th, five more on the 18th.
    assert dates(found["A02"], "planned_start", "planned_finish") == ["2026-03-02", "2026-03-11"]
    assert found["A08"]["waits_for"] == ["A02"]
    assert dates(found["A08"], "planned_start", "planned_finish") == ["2026-03-11", "2026-03-18"]


def test_the_plan_of_a_government_project_waits_for_both_its_approvals() -> None:
    found = nodes("2026-03-02", kind="approval")
    # Five days each: the 9th, the 16th, the 23rd.
    ends = [found[code]["planned_finish"] for code in ("A03", "A04", "A08")]
    assert ends == ["2026-03-09", "2026-03-16", "2026-03-23"]
