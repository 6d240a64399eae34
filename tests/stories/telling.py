"""Stories told to the rules alone: the law as it was known on a day, and what engine and oracle make of a story."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from rules.pack import RulePack
from rules.portfolio import Rules
from tests.rules.agreement import differences as disagreements
from tests.rules.columns import Log, judged
from tests.rules.oracle import judge
from tests.rules.oracle_late import without_late_stops
from tests.stories.expectation import Expectation, differences
from tests.stories.story import Story

SHIPPED = Rules.shipped()


def law(story: Story, expected: Expectation, pack: RulePack | None = None) -> Rules:
    """The packs, with ``pack`` or the story's own in place of its namesake, and the notices known on the day that the
    expectation asks."""
    other = pack or story.own
    packs = {**SHIPPED.packs, other.id: other} if other else SHIPPED.packs
    known = expected.known
    notices = [n for n in story.notices if known is None or n.known_from <= known]
    return replace(SHIPPED, packs=packs).laid_over(notices, known)


def documents(story: Story, expected: Expectation, rules: Rules) -> dict[str, dict[str, Any]]:
    """The objects of docs/json.md on the day of an expectation, by project code."""
    return judged(log(story, expected), rules, expected.on)


def log(story: Story, expected: Expectation) -> Log:
    """The rows known on the day that the expectation asks, events with the day on which we ``learned`` of them."""
    projects, cases, events = story.log(expected.known)
    if story.learned:
        events = [event | {"learned": story.learned_on(event).isoformat()} for event in events]
    return projects, cases, events


def wrong(story: Story, pack: RulePack | None = None) -> list[str]:
    """What a story comes out otherwise in, with ``pack`` in place of its namesake."""
    out = []
    for expected in story.expects:
        found = documents(story, expected, law(story, expected, pack))
        out += differences(expected, found[expected.project])
    return out


def disputed_by_oracle(story: Story, expected: Expectation, found: dict[str, dict[str, Any]]) -> list[str]:
    """Where the oracle, asked project by project under the law that holds for each, says otherwise than the engine."""
    rules, told = law(story, expected), {}
    projects, cases, events = log(story, expected)
    for row in projects:
        own = [case for case in cases if case["project_code"] == row["project_code"]]
        ids = {case["case_id"] for case in own}
        theirs = [event for event in events if event["case_id"] in ids]
        coded_on = dt.date.fromisoformat(row["coded_on"])
        named, kind, region = (row.get(column, "") for column in ("pack", "kind", "region"))
        pack = rules.pack_of(named, kind, region, coded_on) or rules.outside()
        calendar = rules.calendar_of(pack, rules.area(region))
        stands = without_late_stops(([row], own, theirs), pack, calendar)
        told |= judge(*stands, pack, calendar, expected.on)
    return disagreements(found, told, expected.on.isoformat())
