"""The stories told to the rules alone; and each field of the pack has a story that comes out otherwise without it."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from rules.pack import CLOCKS, Dated, Limits, Number, RulePack
from rules.vocabulary import ClockStart, Group, Holder, Mark, Pause, Stage, Unit
from rules.workdays import WorkCalendar
from tests.rules.columns import engine
from tests.rules.common import CALENDAR, PACK
from tests.rules.generate import CASE_COLUMNS, EVENT_COLUMNS, PROJECT_COLUMNS
from tests.rules.variants import scoped_otherwise
from tests.stories import telling
from tests.stories.expectation import Expectation, differences
from tests.stories.story import Story, disputes, read, stories

# Those of other packs, and of their own: test_pack_stories.
STORIES = [story for story in (*stories(), *disputes()) if story.pack == PACK.id and not story.own]
TOLD = [(story, expected) for story in STORIES for expected in story.expects]
Law = tuple[RulePack, WorkCalendar]


def name(value: Any) -> str | None:
    """Tests are named by story and day."""
    return value.name if isinstance(value, Story) else str(value.on) if isinstance(value, Expectation) else None


def wrong(story: Story, law: Law) -> list[str]:
    """What a story comes out otherwise in, under this law."""
    pack, calendar = law
    if calendar is CALENDAR:
        return telling.wrong(story, pack)
    out = []
    for expected in story.expects:
        found = engine(story.log(expected.known), pack, calendar, expected.on)
        out += differences(expected, found[expected.project])
    return out


@pytest.mark.parametrize(("story", "expected"), TOLD, ids=name)
def test_a_story(story: Story, expected: Expectation) -> None:
    found = telling.documents(story, expected, telling.law(story, expected))
    assert not differences(expected, found[expected.project]), expected.why
    assert not telling.disputed_by_oracle(story, expected, found)


@pytest.mark.parametrize("story", STORIES, ids=name)
def test_a_story_is_told_in_the_words_of_the_files(story: Story) -> None:
    for rows, columns in (
        (story.projects, PROJECT_COLUMNS),
        (story.cases, CASE_COLUMNS),
        (story.events, EVENT_COLUMNS),
    ):
        assert {column for row in rows for column in row} <= set(columns)
    assert story.title
    assert story.article
    assert story.expects
    assert all(expected.why for expected in story.expects)
    assert all(expected.told for expected in story.expects)


# ---- what each story rests on

FIELDS = sorted({field for story in STORIES for field in story.fields})


def moved(number: Dated, by: int) -> Dated:
    """Every version of a number a day more or less."""
    return Dated(tuple(replace(version, days=version.days + by) for version in number.versions))


def flipped(words: frozenset[Any], word: Any) -> frozenset[Any]:
    """Without a word that is there, with one that is not."""
    return words ^ {word}


def spoilt(field: str) -> Iterator[tuple[str, Law]]:
    """The law with one field otherwise, in every way in which a story that rests on it must come out otherwise."""
    what, *way = field.split(".")
    if what == "calendar":
        yield "a plain week", (PACK, WorkCalendar.of())
        return
    packs: Iterator[tuple[str, RulePack]] = {
        "comparison": _comparison,
        "thresholds": _threshold,
        "warning_days": partial(_number, "warning_days"),
        "late_stop_days": partial(_number, "late_stop_days"),
        "commitment_check": partial(_number, "commitment_check"),
        "extension": _extension,
        "mark": _mark,
        "oddities": _oddity,
        "scope": _scope,
        "clocks": _clock,
        "pause": _pause,
        "group": _group,
        "catalogue": _item,
    }[what](*way)
    for label, pack in packs:
        yield label, (pack, CALENDAR)


def _comparison() -> Iterator[tuple[str, RulePack]]:
    yield "at", replace(PACK, comparison="at")


def _threshold(light: str, part: str = "days") -> Iterator[tuple[str, RulePack]]:
    if part == "since":  # another number in force on the day of coding
        number: Dated = getattr(PACK, light)
        newer = replace(number.versions[-1], days=number.versions[-1].days + 1, since=dt.date(2020, 1, 2))
        yield part, replace(PACK, **{light: Dated((*number.versions, newer))})  # type: ignore[arg-type]
        return
    for by in (-1, 1):
        yield f"{by:+}", replace(PACK, **{light: moved(getattr(PACK, light), by)})  # type: ignore[arg-type]


def _number(which: str) -> Iterator[tuple[str, RulePack]]:
    for by in (-1, 1):
        yield f"{by:+}", replace(PACK, **{which: moved(getattr(PACK, which), by)})  # type: ignore[arg-type]


def _oddity(which: str) -> Iterator[tuple[str, RulePack]]:
    for by in (-1, 1):
        yield f"{by:+}", replace(PACK, oddities=PACK.oddities | {which: moved(PACK.oddities[which], by)})


def _extension(part: str) -> Iterator[tuple[str, RulePack]]:
    yield part, replace(PACK, extension=replace(PACK.extension, promised=not PACK.extension.promised))


def _mark(which: str) -> Iterator[tuple[str, RulePack]]:
    mark = Mark[which.upper()]
    rule = PACK.marks[mark]
    yield "waives nothing", replace(PACK, marks={**PACK.marks, mark: replace(rule, waives=frozenset())})
    yield "shortens nothing", replace(PACK, marks={**PACK.marks, mark: replace(rule, promised={})})


def _scope(which: str) -> Iterator[tuple[str, RulePack]]:
    yield "otherwise", scoped_otherwise(PACK, which)


def _clock(clock: str, part: str, holder: str = "") -> Iterator[tuple[str, RulePack]]:
    rule = PACK.clocks[clock]
    other = replace(rule, start=ClockStart.RECEIVED)
    if part == "counts":
        other = replace(rule, counts=flipped(rule.counts, Holder[holder.upper()]))
    yield part, replace(PACK, clocks={**PACK.clocks, clock: other})


def _pause(kind: str, part: str = "stops") -> Iterator[tuple[str, RulePack]]:
    rule = PACK.pauses[Pause[kind.upper()]]
    others = {
        "stops": [replace(rule, stops=flipped(rule.stops, clock)) for clock in CLOCKS],
        "whose": [replace(rule, whose="procedure" if rule.whose == "owner" else "owner")],
        "runs_on": [replace(rule, runs_on=None)],
    }
    for n, other in enumerate(others[part]):
        yield f"{part} {n}", replace(PACK, pauses={**PACK.pauses, rule.kind: other})


def _group(group: str, part: str) -> Iterator[tuple[str, RulePack]]:
    at = next(n for n, rule in enumerate(PACK.groups) if rule.group is Group[group.upper()])
    rule = PACK.groups[at]
    others = {
        "budget": [replace(rule, budget=moved(rule.budget, by)) for by in (-1, 1)],
        "stages": [replace(rule, stages=flipped(rule.stages, stage)) for stage in sorted(rule.stages)],
        "milestone": [replace(rule, milestone="")],
    }
    for n, other in enumerate(others[part]):
        yield f"{part} {n}", replace(PACK, groups=(*PACK.groups[:at], other, *PACK.groups[at + 1 :]))


def _item(code: str, part: str, of_limit: str = "days") -> Iterator[tuple[str, RulePack]]:
    item = PACK.catalogue.items[code]
    if part in ("wraps", "prerequisites"):
        others = [replace(item, **{part: ()})]  # type: ignore[arg-type]
    else:
        (limit,) = getattr(item, part).versions
        limits = {
            "days": [None, *(replace(limit, days=limit.days + by) for by in (-1, 1) if limit.days + by >= 0)],
            "unit": [replace(limit, unit=Unit(1 - limit.unit))],
            "start": [replace(limit, start=1 - limit.start)],
        }
        others = [replace(item, **{part: Limits((other,)) if other else None}) for other in limits[of_limit]]  # type: ignore[arg-type]
    for n, other in enumerate(others):
        items = {**PACK.catalogue.items, code: other}
        yield f"{of_limit} {n}", replace(PACK, catalogue=replace(PACK.catalogue, items=items))


@pytest.mark.parametrize("field", FIELDS)
def test_a_story_comes_out_otherwise_without_what_it_rests_on(field: str) -> None:
    for label, law in spoilt(field):
        for story in STORIES:
            if field in story.fields:
                assert wrong(story, law), f"{story.name} does not rest on {field} ({label})"


# Words for people, and what no rule reads yet.
WORDS = {"id", "name", "name_en", "version", "note", "note_en", "catalogue"}
UNREAD = {"leads"}


def fields_of(key: str, value: Any) -> set[str]:
    """The fields of one key of the pack's file, in the names that stories use."""
    if key in WORDS | UNREAD:
        return set()
    if key in ("thresholds", "oddities", "scope"):
        return {f"{key}.{inner}" for inner in value}
    if key == "clocks":
        counts = {f"clocks.{clock}.counts.{holder.word}" for clock in value for holder in Holder}
        return counts | {"clocks.project_total.start"}  # a case's own clocks start where their limits say
    if key == "pause":
        return {f"pause.{kind}" for entry in value for kind in entry["kinds"]}
    if key == "extension":
        return {"extension.promised"}
    if key == "mark":  # those that do nothing are there to be told
        return {f"mark.{entry['id']}" for entry in value if entry.keys() & {"waives", "promised"}}
    if key == "group":
        return {f"group.{entry['id']}.{part}" for entry in value for part in entry if part != "id"}
    return {key}


def test_every_field_of_the_pack_has_its_story() -> None:
    raw = tomllib.loads((Path(str(files("rules") / "packs")) / "zhejiang-80.toml").read_text("utf-8"))
    fields = {field for key, value in raw.items() for field in fields_of(key, value)}
    assert fields - set(FIELDS) == set()
    for entry in raw["pause"]:  # an entry's words hold for all its kinds: a story of one of them is enough
        for part in ("whose", "runs_on"):
            shown = part in entry and entry["stops"] and entry["kinds"] != ["correction"]
            assert not shown or any(f"pause.{kind}.{part}" in FIELDS for kind in entry["kinds"]), entry["kinds"]
    for code, item in PACK.catalogue.items.items():
        assert not item.wraps or f"catalogue.{code}.wraps" in FIELDS
    assert {stage for rule in PACK.groups for stage in rule.stages} == set(Stage)


def test_a_later_version_of_a_number_recolours_no_older_project() -> None:
    later = Number(7, dt.date(2026, 11, 30), "E", "made up")

    def versions(number: Dated) -> Dated:
        return Dated((*number.versions, later))

    groups = tuple(replace(rule, budget=versions(rule.budget)) for rule in PACK.groups)
    numbers = {name: versions(getattr(PACK, name)) for name in ("yellow", "red", "warning_days")}
    pack = replace(PACK, groups=groups, **numbers)  # type: ignore[arg-type]
    assert not [line for story in STORIES for line in wrong(story, (pack, CALENDAR))]


# ---- the stories themselves


def test_there_are_stories_enough_and_each_has_a_title_of_its_own() -> None:
    assert len(STORIES) >= 30
    assert len({story.title for story in STORIES}) == len(STORIES)


@pytest.mark.parametrize(
    ("was", "becomes", "error"),
    [
        ("used = 5", "usd = 5", "usd"),
        ("used = 5", "used = 6", "expected 6, found 5"),
        ('state = "decided"', 'state = "out"', "expected 'out', found 'decided'"),
        ('"方案" = {', '"方安" = {', "方安"),
    ],
)
def test_a_story_that_tells_otherwise_is_seen(tmp_path: Path, was: str, becomes: str, error: str) -> None:
    [story] = [story for story in STORIES if story.name == "首日不计"]
    text = (Path(__file__).parents[1] / "stories" / f"{story.name}.toml").read_text("utf-8")
    assert was in text
    (tmp_path / "spoilt.toml").write_text(text.replace(was, becomes), "utf-8")
    assert any(error in line for line in wrong(read(tmp_path / "spoilt.toml"), (PACK, CALENDAR)))


def test_an_unknown_word_or_key_is_an_error(tmp_path: Path) -> None:
    text = (Path(__file__).parents[1] / "stories" / "首日不计.toml").read_text("utf-8")
    for was, becomes in (("受理", "受里"), ("title", "titel"), ("fields", "field"), ("log", "logs")):
        (tmp_path / "spoilt.toml").write_text(text.replace(was, becomes), "utf-8")
        with pytest.raises((KeyError, ValueError)):
            read(tmp_path / "spoilt.toml")
