"""Stories without something that they rest on and that no pack says: a column, the records of one status, a step.

`column.NAME`: the column is blank in all files; `status.NAME`: nothing of that kind was recorded; `law.NAME`: the law
counts otherwise in one thing, see `LAW`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from rules import assess, channels, measure
from rules.clock import United
from rules.workdays import WorkCalendar
from tests.rules import oracle_case
from tests.stories import telling
from tests.stories.story import Row, Story

REFERENCES = ("voids", "confirms")


def wrong(story: Story, what: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a story comes out otherwise in without ``what``; raises KeyError where there is no such thing."""
    kind, name = what.split(".")
    with monkeypatch.context() as patched:
        if kind == "law":
            return telling.wrong(LAW[name](story, patched))
        return telling.wrong({"column": without_column, "status": without_status}[kind](story, name))


def without_column(story: Story, column: str) -> Story:
    """The story with one column blank."""

    def blank(rows: list[Row]) -> list[Row]:
        return [{name: value for name, value in row.items() if name != column} for row in rows]

    return replace(story, projects=blank(story.projects), cases=blank(story.cases), events=blank(story.events))


def without_status(story: Story, status: str) -> Story:
    """The story without the records of one status, and without what speaks of them."""
    events = [event for event in story.events if event["status"] != status]
    known = {"", *(event["event_id"] for event in events)}
    return replace(story, events=[e for e in events if all(e.get(name, "") in known for name in REFERENCES)])


# ---- one thing otherwise in the law


def first_day_counts(story: Story, patched: pytest.MonkeyPatch) -> Story:
    """The day of acceptance is counted: as if accepted on the eve of it."""

    def eve(event: Row) -> Row:
        if event["status"] != "accepted":
            return event
        return event | {"occurred_at": (oracle_case.office_date(event["occurred_at"]) - dt.timedelta(1)).isoformat()}

    return replace(story, events=[eve(event) for event in story.events])


def due_on_a_rest_day(story: Story, patched: pytest.MonkeyPatch) -> Story:
    """A due day in natural days stays where it falls."""
    patched.setattr(WorkCalendar, "following", lambda calendar, numbers: numbers)
    return story


def added_up(story: Story, patched: pytest.MonkeyPatch) -> Story:
    """Days on which several cases run count once for each."""

    def side_by_side(key: Any, start: Any, end: Any) -> United:
        order = np.lexsort((start, key))
        return United(*(np.asarray(column)[order].astype(np.int32) for column in (key, start, end)))

    for module in (assess, measure):
        patched.setattr(module, "unite", side_by_side)
    return story


def by_greenwich(story: Story, patched: pytest.MonkeyPatch) -> Story:
    """A moment belongs to its date in Greenwich."""
    patched.setattr(oracle_case, "OFFICE", dt.UTC)
    return story


def pauses_outlive_a_close(story: Story, patched: pytest.MonkeyPatch) -> Story:
    """A close of a case ends no pause of it."""
    acceptance = channels.acceptance

    def without_closes(*told: Any) -> channels.Acceptance:
        return replace(acceptance(*told), close_keys=np.empty(0, np.int64))

    patched.setattr(channels, "acceptance", without_closes)
    return story


def any_extension_counts(story: Story, patched: pytest.MonkeyPatch) -> Story:
    """An extension moves the limit whenever it was approved: as if all were on the day of acceptance."""
    accepted = {event["case_id"]: event["occurred_at"] for event in story.events if event["status"] == "accepted"}

    def early(event: Row) -> Row:
        return event | {"occurred_at": accepted[event["case_id"]]} if event["status"] == "extended" else event

    return replace(story, events=[early(event) for event in story.events])


LAW: dict[str, Callable[[Story, pytest.MonkeyPatch], Story]] = {
    "first_day_counts": first_day_counts,
    "due_on_a_rest_day": due_on_a_rest_day,
    "added_up": added_up,
    "by_greenwich": by_greenwich,
    "pauses_outlive_a_close": pauses_outlive_a_close,
    "any_extension_counts": any_extension_counts,
}
