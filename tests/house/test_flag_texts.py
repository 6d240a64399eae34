"""Every flag of the law has its words, its reason and its line in the officer's handbook."""

from __future__ import annotations

import re

import pytest

from monitor.oddities import MEANINGS, facts, saw, told, why
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


SEEN = {"on": "2026-03-02", "until": "2026-03-12", "number": 8, "unit": "working_day", "kind": "hearing"}


@pytest.mark.parametrize(
    ("language", "days", "kind"), [("en", "8 working days", "hearing"), ("zh-CN", "8 个工作日", "听证")]
)
def test_a_flag_says_the_days_and_the_kind_of_what_it_saw(language: str, days: str, kind: str) -> None:
    with use_language(language):
        for flag, meaning in MEANINGS.items():
            for text, seen in ((meaning.facts, SEEN), (meaning.open, {k: v for k, v in SEEN.items() if k != "until"})):
                if text:
                    said = told(flag, seen)
                    assert said.startswith(saw(flag)) and said != saw(flag)
                    assert ("{on}" in text) == ("2026-03-02" in said)
                    assert ("{until}" in text) == ("2026-03-12" in said)
                    assert ("{kind}" in text) == (kind in said.removeprefix(saw(flag)))
                    assert days in said or flag == "repeated_correction" or "{count}" not in text
        assert told("late_entry", {"on": "2026-03-02"}) == saw("late_entry")  # half a sentence says nothing
        assert facts("new_flag", SEEN) == ""


def test_a_flag_that_is_not_known_stands_as_it_came() -> None:
    assert (saw("new_flag"), why("new_flag"), saw(None)) == ("new_flag", "", "")


def test_the_handbook_lists_every_flag_in_its_words() -> None:
    with use_language("zh-CN"):
        wanted = [(saw(flag), why(flag)) for flag in NAMES]
    assert [row for row in ROW.findall(HANDBOOK) if row in wanted] == wanted
