"""Every flag of the law has its words, its reason and its line in the officer's handbook."""

from __future__ import annotations

import re

from monitor.oddities import MEANINGS, saw, why
from monitor.text import use_language
from rules.flags import NAMES
from tests.house.tree import TOP

HANDBOOK = (TOP / "docs" / "怎样计时.md").read_text("utf-8")
ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def test_every_flag_says_what_it_saw_and_why_that_matters() -> None:
    for language in ("en", "zh-CN"):
        with use_language(language):
            said = [(saw(flag), why(flag)) for flag in NAMES]
        assert all(word and reason for word, reason in said)
        assert len(set(said)) == len(NAMES)
    assert set(NAMES) - set(MEANINGS) == set()


def test_a_flag_that_is_not_known_stands_as_it_came() -> None:
    assert (saw("new_flag"), why("new_flag"), saw(None)) == ("new_flag", "", "")


def test_the_handbook_lists_every_flag_in_its_words() -> None:
    with use_language("zh-CN"):
        wanted = [(saw(flag), why(flag)) for flag in NAMES]
    assert [row for row in ROW.findall(HANDBOOK) if row in wanted] == wanted
