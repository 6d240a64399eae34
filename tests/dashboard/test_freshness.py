"""Silent sources and unconfirmed lights on the pages, over the made-up reader."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import Any

from dashboard.components.freshness import silent
from dashboard.components.standing import changes
from dashboard.sentences import unconfirmed
from monitor.reading.sources import Sending
from monitor.text import use_language
from rules.almanac import calendar
from tests.dashboard.conftest import ask, client_of, said
from tests.dashboard.fake_project import RICH, view_of
from tests.dashboard.fake_reader import TODAY, FakeReader
from tests.dashboard.test_pages import rows_of


def told_by(part: Any) -> str:
    """All texts of a part of a page."""
    return said(json.loads(json.dumps(part, default=lambda inner: inner.to_plotly_json())))


DEAD = Sending("某市平台", dt.date(2026, 11, 6), dt.date(2026, 11, 5), 1.0, 10, True)


def test_a_silent_source_stands_above_the_figures_in_words() -> None:
    reader = FakeReader(silent=(DEAD, replace(DEAD, source="旧系统", silent_for_long=False)), unconfirmed_lights=3)
    told = ask(client_of(reader), "overview", "overview-sources", "/")
    for words in ("某市平台", "2026-11-06", "10 个工作日", "2026-11-05", "待确认", "3 个项目"):
        assert words in told, told
    assert "旧系统" not in told


def test_nothing_is_said_while_all_is_fresh() -> None:
    assert silent([], 0) is None
    assert not ask(client_of(FakeReader()), "overview", "overview-sources", "/")


def test_a_day_up_to_which_the_source_has_reported_needs_no_warning() -> None:
    client = client_of(FakeReader(silent=(DEAD,)))
    assert "某市平台" not in ask(client, "overview", "overview-sources", "/", "?as_of=2026-11-05")
    assert "某市平台" in ask(client, "overview", "overview-sources", "/", "?as_of=2026-11-06")


def test_a_failing_part_leaves_the_figures() -> None:
    broken = client_of(FakeReader(broken=frozenset({"sources"})))
    assert "错误编号" in ask(broken, "overview", "overview-sources", "/")
    assert "未办结项目" in ask(broken, "overview", "overview-lights", "/")


def test_in_english_as_well() -> None:
    with use_language("en"):
        told = told_by(silent([DEAD], 1))
    assert "Source “某市平台” sent last on 2026-11-06: silent for 10 working days" in told
    assert "1 project shows a light" in told


def test_the_list_marks_an_unconfirmed_light() -> None:
    rows = rows_of(client_of(FakeReader()))["projects-grid"]["getRowsResponse"]["rowData"]
    assert {row["project_code"]: row["mark"] for row in rows if row["mark"]} == {RICH: "待确认"}


def test_a_project_says_that_its_light_is_unconfirmed() -> None:
    standing = view_of(TODAY, calendar()).standing
    (turn,) = standing["turns"]
    for confirmed, words in ((False, "待确认"), (True, ""), (None, "")):
        told = standing | {"turns": [turn | {"confirmed": confirmed}]}
        assert (words in unconfirmed(told)) and bool(unconfirmed(told)) is bool(words)
        assert ("待确认" in told_by(changes(told, TODAY))) is bool(words)
