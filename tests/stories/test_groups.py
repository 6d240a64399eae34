"""What users of such systems complain of most has its stories; and what was known then is told as it was known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.stories.expectation import Expectation, differences
from tests.stories.story import FOLDER, GROUPS, Story, disputes, read, stories
from tests.stories.telling import documents, law

DATED = [story for story in (*stories(), *disputes()) if story.dated]


@pytest.mark.parametrize("group", GROUPS)
def test_each_group_of_complaints_has_its_stories(group: str) -> None:
    assert len([story for story in stories() if story.group == group]) >= 4


# But a late stop that waits for a confirmation changes nothing: that is the point of it.
REVISED = [story for story in DATED if not any("if_confirmed" in one.told for one in story.expects)]


@pytest.mark.parametrize("story", REVISED, ids=lambda story: story.name)
def test_what_was_known_then_is_not_what_is_known_now(story: Story) -> None:
    def revised(then: Expectation) -> bool:
        now = replace(then, known=None)
        return bool(differences(then, documents(story, now, law(story, now))[then.project]))

    assert any(revised(one) for one in story.expects if one.known)


def test_a_line_is_learned_on_its_own_day_or_on_the_day_it_says(tmp_path: Path) -> None:
    path = FOLDER / "办结晚了几天才录入.toml"
    story = read(path)
    accepted, approved = story.events
    assert [story.learned_on(event).isoformat() for event in story.events] == ["2026-03-02", "2026-03-16"]
    assert story.log(story.expects[0].known)[2] == [accepted]
    assert story.log()[2] == [accepted, approved]
    for becomes in ("得知=十六日", "知道=2026-03-16"):
        (tmp_path / "spoilt.toml").write_text(path.read_text("utf-8").replace("得知=2026-03-16", becomes), "utf-8")
        with pytest.raises((KeyError, ValueError)):
            read(tmp_path / "spoilt.toml")
