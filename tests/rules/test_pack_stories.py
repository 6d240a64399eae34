"""The stories of the packs other than the default: told to the rules, and resting on what they say they rest on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from rules.pack import CLOCKS, NATURAL, Dated, ExtensionRule, Limits, PauseRule, RulePack
from rules.packfile import shipped
from rules.vocabulary import Applies, ClockStart, Group, Holder, Mark, Pause, Stage
from tests.rules.common import PACK
from tests.rules.variants import scoped_otherwise
from tests.stories import telling
from tests.stories.expectation import Expectation, differences
from tests.stories.story import Story, disputes, stories

STORIES = [story for story in (*stories(), *disputes()) if story.pack != PACK.id or story.own]
TOLD = [(story, expected) for story in STORIES for expected in story.expects]
RESTS = sorted({(story.pack, field) for story in STORIES for field in story.fields})


def name(value: Any) -> str | None:
    """Tests are named by story and day."""
    return value.name if isinstance(value, Story) else str(value.on) if isinstance(value, Expectation) else None


@pytest.mark.parametrize(("story", "expected"), TOLD, ids=name)
def test_a_story_of_another_pack(story: Story, expected: Expectation) -> None:
    found = telling.documents(story, expected, telling.law(story, expected))
    assert not differences(expected, found[expected.project]), expected.why
    assert not telling.disputed_by_oracle(story, expected, found)


# ---- what they rest on


def moved(number: Dated, by: int) -> Dated:
    """Every version of a number a day more or less."""
    return Dated(tuple(replace(version, days=version.days + by) for version in number.versions))


def moved_limits(limits: Limits, by: int) -> Limits:
    """Every version of a limit a day more or less."""
    return replace(limits, versions=tuple(replace(one, days=one.days + by) for one in limits.versions))


def undated(limits: Limits) -> Iterator[Limits]:
    """Each version of a limit as if it had held for ever."""
    return (Limits((one,)) for one in limits.versions)


def without(pack: RulePack, field: str) -> Iterator[RulePack]:
    """The pack with one field otherwise, in every way in which a story that rests on it must come out otherwise."""
    what, *way = field.split(".")
    total = pack.clocks[CLOCKS[0]]
    if field == "thresholds.red":
        assert pack.red
        yield from (replace(pack, red=moved(pack.red, by)) for by in (-1, 1))
        yield replace(pack, red=None)
    elif field == "thresholds.red_by":
        yield replace(pack, red_by=None)
    elif field == "comparison":
        yield replace(pack, comparison="at")
    elif field == "calendar":
        yield replace(pack, calendar="CN")
    elif field == "warning_days":
        yield from (replace(pack, warning_days=moved(pack.warning_days, by)) for by in (-1, 1))
    elif field == "clocks.project_total.start":
        yield replace(pack, clocks={**pack.clocks, CLOCKS[0]: replace(total, start=ClockStart.ACCEPTED)})
    elif field == "clocks.project_total.counts":
        yield replace(pack, clocks={**pack.clocks, CLOCKS[0]: replace(total, counts=frozenset(Holder))})
    elif what == "scope":
        yield scoped_otherwise(pack, *way)
    elif field == "deemed_acceptance":
        assert pack.deemed_acceptance
        yield from (replace(pack, deemed_acceptance=moved(pack.deemed_acceptance, by)) for by in (-1, 1))
        yield replace(pack, deemed_acceptance=None)
    elif field == "extension.promised":
        yield replace(pack, extension=ExtensionRule())
    elif field == "pause.expert_review.ceiling.since":
        rule = pack.pauses[Pause.EXPERT_REVIEW]
        assert rule.ceiling
        for ceiling in undated(rule.ceiling):
            yield replace(pack, pauses={**pack.pauses, rule.kind: replace(rule, ceiling=ceiling)})
    elif what == "mark":
        does = pack.marks[Mark[way[0].upper()]]
        for code, limits in does.promised.items():
            for promised in undated(limits):
                yield replace(pack, marks={**pack.marks, does.mark: replace(does, promised={code: promised})})
    elif way[1:] in (["statutory", "since"], ["promised", "since"]):
        entry = pack.catalogue.items[way[0]]
        for limits in undated(getattr(entry, way[1])):
            items = {**pack.catalogue.items, entry.code: replace(entry, **{way[1]: limits})}  # type: ignore[arg-type]
            yield replace(pack, catalogue=replace(pack.catalogue, items=items))
    elif way[1:] in (["ceiling"], ["needs_basis"]):
        for rule in otherwise_paused(pack.pauses[Pause[way[0].upper()]], way[1]):
            yield replace(pack, pauses={**pack.pauses, rule.kind: rule})
    elif what == "pause":
        rule = pack.pauses[Pause[way[0].upper()]]
        for clock in (CLOCKS[0], CLOCKS[2]):
            yield replace(pack, pauses={**pack.pauses, rule.kind: replace(rule, stops=rule.stops ^ {clock})})
    elif what == "group":
        at = next(n for n, rule in enumerate(pack.groups) if rule.group is Group[way[0].upper()])
        rule_of = pack.groups[at]
        others = [replace(rule_of, milestone="")]
        if way[1] == "budget":
            others = [replace(rule_of, budget=moved(rule_of.budget, by)) for by in (-1, 1)]
        for other in others:
            yield replace(pack, groups=(*pack.groups[:at], other, *pack.groups[at + 1 :]))
    else:
        item = pack.catalogue.items[way[0]]
        assert item.statutory
        (only,) = item.statutory.versions
        limits = [replace(only, start=ClockStart.ACCEPTED)]
        if way[1] == "days":
            limits = [replace(only, days=only.days + by) for by in (-1, 1)]
        for limit in limits:
            items = {**pack.catalogue.items, item.code: replace(item, statutory=Limits((limit,)))}
            yield replace(pack, catalogue=replace(pack.catalogue, items=items))


def otherwise_paused(rule: PauseRule, part: str) -> Iterator[PauseRule]:
    """The rule of a pause without the ceiling or the basis that it has, and with another ceiling."""
    if part == "needs_basis":
        yield replace(rule, needs_basis=False)
        return
    assert rule.ceiling
    yield replace(rule, ceiling=None)
    yield from (replace(rule, ceiling=moved_limits(rule.ceiling, by)) for by in (-1, 1))


@pytest.mark.parametrize(("pack", "field"), RESTS)
def test_a_story_comes_out_otherwise_without_what_it_rests_on(pack: str, field: str) -> None:
    resting = [story for story in STORIES if story.pack == pack and field in story.fields]
    for other in without(telling.law(resting[0], resting[0].expects[0]).packs[pack], field):
        assert any(telling.wrong(story, other) for story in resting), f"no story of {pack} rests on {field}"


def fields_of(pack: RulePack) -> set[str]:
    """What of a pack is its own and has to have a story."""
    fields = {"comparison", *(f"thresholds.{name}" for name in ("yellow", "red", "red_by") if getattr(pack, name))}
    fields |= {f"group.{rule.group.word}.budget" for rule in pack.groups}
    if pack.scope.applies is not Applies.NAMED:
        fields |= {"scope.kinds", "scope.regions", "scope.coded_from"}
    if pack.scope.applies is not Applies.FITS:
        fields.add("scope.applies")
    if pack.calendar == NATURAL:
        fields |= {"calendar", "clocks.project_total.start", "clocks.project_total.counts", "warning_days"}
        fields |= {f"catalogue.{code}.days" for code in pack.catalogue.items}
    return fields


@pytest.mark.parametrize("pack", [pack for pack in shipped().values() if pack is not PACK], ids=lambda pack: pack.id)
def test_every_field_of_a_pack_has_its_story(pack: RulePack) -> None:
    assert not {(pack.id, field) for field in fields_of(pack)} - set(RESTS)


@pytest.mark.parametrize(
    "pack", [p for p in shipped().values() if p.calendar != NATURAL and p is not PACK], ids=lambda pack: pack.id
)
def test_what_a_pack_takes_over_is_told_by_the_stories_of_the_default(pack: RulePack) -> None:
    """Holders and pauses of the other packs of China are those of the definition of 2019, which they follow."""
    assert {c: pack.clocks[c].counts for c in CLOCKS} == {c: PACK.clocks[c].counts for c in CLOCKS}
    for kind, rule in pack.pauses.items():
        other = PACK.pauses[kind]
        assert (rule.stops, rule.whose, rule.runs_on) == (other.stops, other.whose, other.runs_on), kind
    days = dt.date(2026, 11, 20)
    for number in ("warning_days", "late_stop_days"):
        assert getattr(pack, number).on(days).days == getattr(PACK, number).on(days).days
    for name, odd in pack.oddities.items():
        assert odd.on(days).days == PACK.oddities[name].on(days).days, name
    before = {rule.group: rule for rule in PACK.groups}
    for group in pack.groups:
        assert (group.stages, group.milestone) == (before[group.group].stages, before[group.group].milestone)
    assert pack.leads == PACK.leads
    assert pack.extension.promised == PACK.extension.promised
    assert not pack.commitment_check or pack.commitment_check == PACK.commitment_check
    assert not pack.marks
    assert {stage for rule in PACK.groups for stage in rule.stages} == set(Stage)
