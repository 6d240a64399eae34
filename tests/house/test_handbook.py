"""The counts of days in the officer's handbook are what the calendar counts."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from rules.almanac import calendar
from tests.house.tree import TOP

HANDBOOK = (TOP / "docs" / "怎样计时.md").read_text("utf-8")
ROW = re.compile(r"^\| (\d{4}-\d\d-\d\d) \| (\d+) \| (\d{4}-\d\d-\d\d) \| (.+) \|$", re.MULTILINE)
EXAMPLES = ROW.findall(HANDBOOK)


def test_the_handbook_has_examples() -> None:
    assert len(EXAMPLES) >= 15


@pytest.mark.parametrize(("start", "days", "due", "_why"), EXAMPLES)
def test_an_example_of_the_handbook(start: str, days: str, due: str, _why: str) -> None:
    first, last = dt.date.fromisoformat(start), dt.date.fromisoformat(due)
    assert calendar().count(first, last) == int(days)
    assert calendar().add(first, int(days)) == last
