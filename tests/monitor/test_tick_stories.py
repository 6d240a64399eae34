"""The stories told to the tables: imported together, swept as of each day of which a story tells.

Those that tell what was known when, or that are judged by a pack of their own, have an office of their own: what we
learn on a day is taken in on that day.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from monitor.database import Database
from monitor.reading.lawbook import known_rules
from monitor.verbs.notices import land
from rules.almanac import almanac, shipped_notices
from rules.portfolio import Rules
from rules.workdays import day_number
from tests.monitor.canonical_files import ZONE
from tests.monitor.sweeping import RULES, Clock, Log, Office, office
from tests.monitor.test_tick_law import Told, light, line, stored
from tests.stories.expectation import differences
from tests.stories.story import Row, Story, disputes, stories

EVERY = [*stories(), *disputes()]
ALONE = [story for story in EVERY if story.dated or story.own]

NAMED = {"project_code", "case_id", "event_id", "voids", "confirms"}


def prefixed(rows: list[Row], prefix: str) -> list[Row]:
    """Rows whose ids bear a mark, so that stories do not know one another."""
    return [{k: f"{prefix}{v}" if k in NAMED and v else v for k, v in row.items()} for row in rows]


def all_of(told: dict[str, Story]) -> Log:
    """One log of all stories."""
    log: Log = ([], [], [])
    for prefix, story in told.items():
        for rows, more in zip(log, (story.projects, story.cases, story.events), strict=True):
            rows.extend(prefixed(more, prefix))
    return log


def test_the_stories_come_out_the_same_in_the_tables(database: Database, tmp_path: Path) -> None:
    told = {f"S{n:03d}:": story for n, story in enumerate(EVERY) if story not in ALONE}
    assert len(told) > 60
    here = office(database, tmp_path)
    here.take(*all_of(told))
    expected: dict[Any, list[Any]] = defaultdict(list)
    for prefix, story in told.items():
        for one in story.expects:
            expected[one.on].append((prefix, story, one))
    for on in sorted(expected):
        here.tick(on)
        codes = sorted({prefix + one.project for prefix, _, one in expected[on]})
        objects, tables = here.objects(on, codes=codes), stored(database)
        for prefix, story, one in expected[on]:
            document = objects[prefix + one.project]
            plain = json.loads(json.dumps(document).replace(prefix, ""))
            assert not differences(one, plain), f"{story.name}: {story.title} ({on})"
            stands_so(tables[prefix + one.project], document, story, on, RULES)


def stands_so(row: Told, document: dict[str, Any], story: Story, on: dt.date, rules: Rules) -> None:
    """Days and light of a day by the row of a project in the tables."""
    pack = rules.packs[document["pack"]] if document["pack"] else rules.outside()
    calendar = rules.calendar_of(pack, rules.area(row.standing["region"]))
    assert line(row.standing, day_number(on), calendar) == document["used"], story.name
    assert light(row.standing, day_number(on)) == document["light"], story.name


# ---- what was known when, and by what rule


@pytest.mark.parametrize("story", ALONE, ids=lambda story: story.name)
def test_a_story_comes_out_as_it_was_known(story: Story, database: Database, tmp_path: Path) -> None:
    first, last = min(map(story.learned_on, story.events)), max(one.on for one in story.expects)
    later = [n for n in shipped_notices() if first < n.known_from <= last]
    known = almanac(tuple(n for n in shipped_notices() if n not in later))
    packs = {**RULES.packs, story.own.id: story.own} if story.own else RULES.packs
    rules = replace(RULES, packs=packs, base=known.notices, calendar=known.calendar, area=known.area)
    here = Office(database, tmp_path, Clock(), rules)
    projects, cases, _ = story.log()
    days = {story.learned_on(event) for event in story.events}
    asked = [(one.known if story.dated else one.on, one) for one in story.expects]
    days |= {day for day, _ in asked if day} | {n.known_from for n in (*story.notices, *later)}
    for day in sorted(days):
        here.clock.moment = moment(day, 9)
        here.take(projects, cases, [event for event in story.events if story.learned_on(event) == day])
        for notice in (*story.notices, *later):
            if notice.known_from == day:
                land(database, here.rules, notice, Path("notice.toml"), here.clock)
        here.tick(day)
        with database.reading() as connection:
            now = known_rules(connection, here.rules)
        for one in (one for on, one in asked if on == day):
            document = here.objects(one.on)[one.project]
            assert not differences(one, document), f"{story.name} ({one.on}), on {day} itself"
            if one.on == day:
                stands_so(stored(database)[one.project], document, story, day, now)
    for one in story.expects:  # and all of it can be read again, as it was known and as it is known
        then = moment(one.known, 18) if one.known else None
        assert not differences(one, here.objects(one.on, then)[one.project]), f"{story.name} ({one.on})"


def moment(day: dt.date, hour: int) -> dt.datetime:
    """An hour of a day in the office."""
    return dt.datetime.combine(day, dt.time(hour), ZONE)
