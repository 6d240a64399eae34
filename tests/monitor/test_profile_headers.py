"""A header that says more than the name that stands in it: promised days, planned ones, those of a refusal. What such
a column tells is not guessed. All data made up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from monitor.intake.profiles import ProfileError, Suggested, read, suggested
from monitor.text import use_language
from tests.monitor.test_profile_silence import CODE, proposed, table

BEFORE = ["项目代码", "赋码日期", "办件编号", "阶段", "审批部门"]
ROW = [CODE, "2026-03-01", "A-1", "施工许可", "住建局"]


def of_events(path: Path, header: list[list[str]], *cells: str) -> tuple[Suggested, dict[str, Any], list[str]]:
    """What is proposed for a list of one case: as it is, the columns of its days, and the days that come in."""
    above = [[*("" if n else name for name in BEFORE), *line] for n, line in enumerate(header[:-1])]
    last = [*(BEFORE if len(header) == 1 else [""] * len(BEFORE)), *header[-1]]
    file = table(path / "list.csv", *above[1:], *([last] if above else []), [*ROW, *cells], header=(above or [last])[0])
    found, profile, came = proposed(file)
    assert not came.refusals
    days = {one["name"]: one["occurred_at"] for one in profile.get("events", [])}
    return found, days, list(came.events.occurred_at)


ACTUAL = (
    ["计划受理时间", "计划办结时间", "实际受理时间", "实际办结时间"],
    ["受理时间", "办结时间", "实际受理时间", "实际办结时间"],
)


@pytest.mark.parametrize("header", [[ACTUAL[0]], [ACTUAL[1]], [["计划", "", "实际", ""], ["受理时间", "办结时间"] * 2]])
def test_what_happened_goes_before_what_was_planned(tmp_path: Path, header: list[list[str]]) -> None:
    told = of_events(tmp_path, header, "2026-03-04", "2026-03-10", "2026-03-20", "2026-03-27")
    assert told[1] == {"accepted": "实际受理时间", "decided": "实际办结时间"}
    assert told[2] == ["2026-03-20", "2026-03-27"]


@pytest.mark.parametrize("under", [["承诺", "实际"], ["计划", "完成"]])
def test_of_a_day_merged_over_two_columns_the_one_that_happened_is_meant(tmp_path: Path, under: list[str]) -> None:
    header = [["受理时间", "办结时间", ""], ["", *under]]
    found, days, came = of_events(tmp_path, header, "2026-03-04", "2026-03-20", "2026-08-20")
    assert days == {"accepted": "受理时间", "decided": f"办结时间{under[1]}"}
    assert came == ["2026-03-04", "2026-08-20"]
    assert any(doubt.startswith(f"{under[0]} holds dates") for _key, doubt in found.doubts)


@pytest.mark.parametrize(
    "name",
    [
        "承诺办结日期",
        "应办结时间",
        "办结期限",
        "拟办结日期",
        "预计办结时间",
        "法定办结日期",
        "办结截止日期",
        "规定办结时间",
        "初审时间",
    ],
)
def test_a_day_that_is_not_known_to_be_the_decision_has_to_be_told(tmp_path: Path, name: str) -> None:
    """Without a decision every case would go on to red, so the profile is refused as it is."""
    path = table(tmp_path / "list.csv", [*ROW, "2026-03-04", "2026-03-20"], header=[*BEFORE, "受理日期", name])
    with use_language("en"):
        found = suggested([path], "mine")
    (tmp_path / "mine.toml").write_text(found.text, "utf-8")
    with pytest.raises(ProfileError, match="occurred_at"):
        read(tmp_path / "mine.toml")
    assert f"events: {name} holds dates; say which event they tell, or leave it out" in map(": ".join, found.doubts)
    (tmp_path / "mine.toml").write_text(found.text.replace('# occurred_at = "?"', f'occurred_at = "{name}"'), "utf-8")
    assert read(tmp_path / "mine.toml").events[1].columns["occurred_at"].columns == (name,)


@pytest.mark.parametrize(
    "name", ["不予受理日期", "撤销受理时间", "补正受理日期", "受理期限", "退件时间", "开始时间", "终止时间"]
)
def test_a_day_of_something_else_is_none_that_is_known(tmp_path: Path, name: str) -> None:
    found, days, came = of_events(tmp_path, [[name, "办结日期"]], "2026-03-04", "2026-03-10")
    assert (days, came) == ({"decided": "办结日期"}, ["2026-03-10"])
    assert any(doubt.startswith(f"{name} holds dates") for _key, doubt in found.doubts)


def limits(path: Path, *header: list[str]) -> tuple[Suggested, dict[str, str]]:
    """From which columns the limits come of a list that says 20 and 5 of its case."""
    told = [["受理日期", *line] if n == 0 else ["", *line] for n, line in enumerate(header)]
    above = [[*("" if n else name for name in BEFORE), *line] for n, line in enumerate(told)] if len(told) > 1 else []
    rows = [*above[1:], [*ROW, "2026-03-04", "20", "5"]]
    found, profile, came = proposed(table(path / "list.csv", *rows, header=above[0] if above else [*BEFORE, *told[0]]))
    assert not came.refusals
    return found, {name: one["column"] for name, one in profile["cases"].items() if name.endswith("_days")}


@pytest.mark.parametrize("under", [["法定", "承诺"], ["承诺", "法定"]])
def test_a_limit_of_the_law_is_no_promise(tmp_path: Path, under: list[str]) -> None:
    _found, columns = limits(tmp_path, ["时限（工作日）", ""], under)
    assert columns == {"statutory_days": "时限（工作日）法定", "promised_days": "时限（工作日）承诺"}
    found, columns = limits(tmp_path, ["办理时限", "承诺时限"])
    assert columns == {"promised_days": "承诺时限"}
    assert [doubt.partition(" ")[0] for key, doubt in found.doubts if key == "cases"] == ["办理时限"]


def test_a_limit_in_hours_or_months_is_left_out_with_a_doubt(tmp_path: Path) -> None:
    found, columns = limits(tmp_path, ["法定时限（月）", "承诺时限（小时）"])
    assert columns == {}
    assert [key for key, doubt in found.doubts if "is not in days" in doubt] == [
        "cases.promised_days",
        "cases.statutory_days",
    ]
