"""Days, counts and money as an officer writes them."""

from __future__ import annotations

import datetime as dt

from dashboard import phrases
from monitor.text import use_language

DAY = dt.date(2026, 11, 21)


def test_days() -> None:
    assert phrases.day_long(DAY) == "2026年11月21日（周六）"
    assert phrases.day_in_text(dt.date(2026, 12, 24), DAY) == "12月24日"
    assert phrases.day_in_text(dt.date(2027, 1, 4), DAY) == "2027年1月4日"
    assert phrases.day_short(DAY, DAY) == "11-21"
    assert phrases.day_short(dt.date(2025, 11, 21), DAY) == "2025-11-21"
    assert phrases.day_long(None) == phrases.NOTHING
    assert phrases.marked("12月24日", True) == "12月24日（暂定）"


def test_counts() -> None:
    assert phrases.working_days(57) == "57 个工作日"
    assert phrases.working_days(8.5) == "8.5 个工作日"
    assert phrases.days(8.0) == "8"
    assert phrases.days(1234) == "1,234"
    assert phrases.change(3) == "较上周 +3 个"
    assert phrases.change(-5) == "较上周 −5 个"
    assert phrases.change(0) == "与上周持平"


def test_departments() -> None:
    assert phrases.departments("") == phrases.NOTHING
    assert phrases.departments("甲局、乙局") == "甲局、乙局"
    assert phrases.departments("甲局、乙局、丙局、丁局") == "甲局、乙局等 4 个部门"


def test_money() -> None:
    assert phrases.money(35600) == "3.56 亿元"
    assert phrases.money(9999) == "9,999 万元"
    assert phrases.money(None) == phrases.NOTHING
    assert phrases.money(float("nan")) == phrases.NOTHING


def test_english() -> None:
    with use_language("en"):
        assert phrases.day_long(DAY) == "21 Nov 2026 (Sat)"
        assert phrases.day_in_text(dt.date(2027, 1, 4), DAY) == "4 Jan 2027"
        assert [phrases.working_days(n) for n in (0, 1, 2)] == ["0 working days", "1 working day", "2 working days"]
        assert phrases.money(35600) == "356.0 million yuan"
        assert phrases.listing(["a", "", "b"]) == "a; b"
        assert phrases.joined(["A.", "B."]) == "A. B."
