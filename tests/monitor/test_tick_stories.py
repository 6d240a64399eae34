"""The stories told to the tables: imported together, swept as of each day of which a story tells."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from monitor.database import Database
from rules.workdays import day_number
from tests.monitor.sweeping import RULES, Log, office
from tests.monitor.test_tick_law import light, line, stored
from tests.stories.expectation import differences
from tests.stories.story import Row, Story, stories

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
    told = {f"S{n:03d}:": story for n, story in enumerate(stories())}
    assert len(told) > 10
    here = office(database, tmp_path)
    here.take(*all_of(told))
    expected: dict[Any, list[Any]] = defaultdict(list)
    for prefix, story in told.items():
        for one in story.expects:
            expected[one.on].append((prefix, story, one))
    for on in sorted(expected):
        here.tick(on)
        objects, tables = here.objects(on), stored(database)
        for prefix, story, one in expected[on]:
            document = objects[prefix + one.project]
            plain = json.loads(json.dumps(document).replace(prefix, ""))
            assert not differences(one, plain), f"{story.name}: {story.title} ({on})"
            row = tables[prefix + one.project].standing
            calendar = RULES.calendar_of(RULES.packs[story.pack], "33")
            assert line(row, day_number(on), calendar) == document["used"], story.name
            assert light(row, day_number(on)) == document["light"], story.name
