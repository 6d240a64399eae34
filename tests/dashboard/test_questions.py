"""A question as it stands in the address: read, refused, put to the law, and said as a command."""

from __future__ import annotations

import datetime as dt
import shlex
from urllib.parse import quote

import pytest

from dashboard.address import WHATIF, Address
from dashboard.questions import MOST, Question, law
from monitor.doors.cli.commands import program
from rules.packfile import shipped
from rules.vocabulary import Group
from rules.whatif import Scenario
from tests.dashboard.fake_reader import TODAY


def asked(search: str) -> Question | None:
    return Question.read(Address.read(WHATIF, search, TODAY))


@pytest.mark.parametrize("search", ["", "?yellow=40", "?ask=", "?ask=nonsense"])
def test_nothing_is_asked(search: str) -> None:
    assert asked(search) is None


@pytest.mark.parametrize(
    ("search", "scenario"),
    [
        ("?ask=promises", Scenario(promises=True)),
        (f"?ask=promises&keeper={quote('甲局')}", Scenario(promises=True, department="甲局")),
        ("?ask=each", Scenario()),
        ("?ask=numbers&yellow=40&red=60", Scenario(yellow=40, red=60)),
        ("?ask=numbers&acceptance=20", Scenario(budgets={Group.ACCEPTANCE: 20})),
        ("?ask=pack&pack=zhejiang-90", Scenario(pack=shipped()["zhejiang-90"])),
        (
            "?ask=days&rest=2026-05-06..2026-05-08,2026-06-01&work=2026-05-09",
            Scenario(
                rest=frozenset({*(dt.date(2026, 5, n) for n in (6, 7, 8)), dt.date(2026, 6, 1)}),
                work=frozenset({dt.date(2026, 5, 9)}),
            ),
        ),
        # What belongs to another question is left alone.
        ("?ask=promises&rest=2026-05-06", Scenario(promises=True)),
        ("?ask=promises&red=60&pack=zhejiang-90", Scenario(promises=True)),
        ("?ask=numbers&red=60&pack=zhejiang-90&keeper=x", Scenario(red=60)),
        ("?ask=each&keeper=x&yellow=3", Scenario()),
    ],
)
def test_the_law_is_asked_just_that(search: str, scenario: Scenario) -> None:
    question = asked(search)
    assert question is not None
    assert question.wrong is None
    assert question.scenario() == scenario


@pytest.mark.parametrize(
    ("search", "says"),
    [
        ("?ask=numbers", "请至少改动一个数"),
        ("?ask=numbers&yellow=forty", "请至少改动一个数"),
        ("?ask=numbers&yellow=0", "黄灯超过：应为 1 至 999 天"),
        ("?ask=numbers&pre_construction=1000", "开工前：应为 1 至 999 天"),
        ("?ask=pack", "请选一套计时规则"),
        ("?ask=days", "请至少填写一天"),
        ("?ask=days&rest=2026-05-06..soon", "2026-05-06..soon：日期写作"),
        ("?ask=days&work=2026-05-08..2026-05-06", "2026-05-08..2026-05-06：日期写作"),
        ("?ask=days&rest=2020-01-01..2026-05-06", "最多 366 天"),
        ("?ask=pack&pack=none", "请选一套计时规则"),
    ],
)
def test_what_cannot_be_answered_says_what_may_be_asked(search: str, says: str) -> None:
    question = asked(search)
    assert question is not None
    assert says in str(question.wrong)


@pytest.mark.parametrize(
    ("search", "options"),
    [
        ("?ask=promises", ["--promises"]),
        (f"?ask=promises&keeper={quote('甲 局')}", ["--department", "甲 局"]),
        ("?ask=each", ["--each-department"]),
        ("?ask=numbers&yellow=40&red=60&acceptance=20", ["--yellow", "40", "--red", "60", "--budget", "acceptance=20"]),
        ("?ask=pack&pack=zhejiang-90", ["--pack", "zhejiang-90"]),
        ("?ask=days&rest=2026-05-06,2026-05-07", ["--rest", "2026-05-06,2026-05-07"]),
        ("?ask=days&work=2026-05-09", ["--work", "2026-05-09"]),
    ],
)
def test_the_command_asks_the_same(search: str, options: list[str]) -> None:
    question = asked(search)
    assert question is not None
    words = shlex.split(question.command())
    assert words == ["approval-monitor", "whatif", "--from-database", *options]
    command = program().commands["whatif"]
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


def test_it_takes_about_ten_seconds_at_most() -> None:
    for kind, most in MOST.items():
        assert Question(kind).seconds(1) == 1
        assert 5 <= Question(kind).seconds(most) <= 10


def test_the_numbers_of_the_law() -> None:
    assert law(None, TODAY) == {"yellow": 55, "red": 80, "pre_construction": 50, "acceptance": 30}
    assert law(shipped()["zhejiang-90"], TODAY) == {
        "yellow": None, "red": 90, "pre_construction": 60, "acceptance": 30,
    }  # fmt: skip
    assert law(shipped()["uk-8-weeks"], dt.date(2026, 1, 1)) == dict.fromkeys(
        ("yellow", "red", "pre_construction", "acceptance")
    )
