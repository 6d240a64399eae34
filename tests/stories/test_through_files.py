"""The stories and awkward logs told through canonical files: what intake reads is what was written."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.verbs.assess import assess_files
from rules.portfolio import Rules
from tests.rules.agreement import differences as disagreements
from tests.rules.columns import Log, under
from tests.rules.common import CALENDAR, PACK, SEEDS, days_about, each
from tests.rules.generate import awkward_log, write
from tests.rules.oracle import judge
from tests.stories.expectation import differences
from tests.stories.story import Story, disputes, stories
from tests.stories.telling import law

OFFICE = ZoneInfo("Asia/Shanghai")


def assessed(folder: Path, log: Log, as_of: dt.date, rules: Rules) -> dict[str, dict[str, Any]]:
    """The documents of a log written to files, by project code."""
    write(folder, [list(rows) for rows in log])  # type: ignore[arg-type]
    found, refused, _passed = assess_files([folder], OFFICE, rules, as_of)
    assert not refused
    return {document["project_code"]: document for document in found}


# A file does not say when we learned of a line; stories that do are told by the store.
TOLD = [story for story in (*stories(), *disputes()) if not story.learned]


@pytest.mark.parametrize("story", TOLD, ids=lambda story: story.name)
def test_a_story_through_files(story: Story, tmp_path: Path) -> None:
    for expected in story.expects:
        found = assessed(tmp_path, story.log(expected.known), expected.on, law(story, expected))
        assert not differences(expected, found[expected.project]), expected.why


@each(SEEDS, part=0.15)
def test_an_awkward_log_through_files(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    log = awkward_log(seed)
    [as_of] = days_about(log[2], seed, 1)
    found = assessed(tmp_path_factory.mktemp("log"), log, as_of, under(PACK, CALENDAR))
    assert not disagreements(found, judge(*log, PACK, CALENDAR, as_of), as_of.isoformat())
