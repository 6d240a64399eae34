"""What the steps of a foreign log or list are taken for: decisions, and kinds of special procedures. All made up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from monitor.exchange.terms import exchange_profile
from monitor.intake import Canonical, read_canonical
from monitor.intake.profiles import shipped
from monitor.intake.profiles.wording import vocabulary
from rules.vocabulary import Pause, Status
from tests.monitor.canonical_files import ZONE
from tests.monitor.test_profile_silence import CODE, LISTED, case, proposed, table

OF_LOG = "项目代码,赋码日期,办件编号,阶段,审批部门,记录编号,办理状态,办理时间".split(",")
REVIEW = [("已受理", "2025-03-04"), ("特别程序开始", "2025-03-05"), ("特别程序结束", "2025-08-01")]


def log(path: Path, steps: list[tuple[str, str]], *kinds: str) -> Path:
    """A log of one case; with ``kinds`` a column of the kinds of special procedures, a blank one where none is left."""
    more = [[kind] for kind in kinds] + [[""]] * (len(steps) - len(kinds)) if kinds else [[]] * len(steps)
    lines: list[list[Any]] = [
        [CODE, "2025-03-03", "A-1", "施工许可", "住建局", n, step, day, *kind]
        for n, ((step, day), kind) in enumerate(zip(steps, more, strict=True))
    ]
    return table(path / "log.csv", *lines, header=[*OF_LOG, *(["特别程序名称"] if kinds else [])])


def listed(path: Path, names: str, kind: str) -> Path:
    """A list of one case with a special procedure."""
    header = [*LISTED, *names.split(",")]
    return table(path / "list.csv", [*case(1, "准予"), kind, "2026-03-05", "2026-03-08"], header=header)


def pauses(found: Canonical) -> list[tuple[str, str]]:
    """What started and ended, with its kind."""
    told = zip(found.events.status, found.events.procedure, strict=True)
    return [(Status(status).word, Pause(kind).word) for status, kind in told if kind is not None]


def of_kind(kind: str) -> list[tuple[str, str]]:
    """A start and an end of a kind."""
    return [("procedure_started", kind), ("procedure_ended", kind)]


NAMES = "特别程序类型,特别程序开始时间,特别程序结束时间", "中止原因,中止时间,恢复时间"


def test_a_log_tells_the_kind_of_a_special_procedure(tmp_path: Path) -> None:
    path = log(tmp_path, REVIEW, "", "专家评审", "专家评审")
    found, _profile, came = proposed(path)
    assert not came.refusals
    assert not found.doubts
    assert pauses(came) == of_kind("expert_review")
    assert pauses(read_canonical([path], ZONE, profile=shipped()["wide-log"])) == of_kind("expert_review")


@pytest.mark.parametrize("names", NAMES)
def test_a_list_tells_the_kind_of_a_special_procedure(tmp_path: Path, names: str) -> None:
    path = listed(tmp_path, names, "组织现场踏勘")
    found, _profile, came = proposed(path)
    assert [doubt.partition(" ")[0] for key, doubt in found.doubts if key.startswith("procedure")] == ["组织现场踏勘"]
    assert pauses(came) == of_kind("site_survey")
    assert pauses(read_canonical([path], ZONE, profile=shipped()["case-list"])) == of_kind("site_survey")


@pytest.mark.parametrize("names", NAMES)
def test_a_kind_that_is_not_known_is_refused(tmp_path: Path, names: str) -> None:
    path = listed(tmp_path, names, "资金问题")
    came = [proposed(path)[2], read_canonical([path], ZONE, profile=shipped()["case-list"])]
    beside = [(2, day, "beside") for day in ("2026-03-04", "2026-03-09")]  # acceptance and decision wait with it
    told = [[(r.row, r.value, r.code) for r in one.refusals] for one in came]
    assert [sorted(one) for one in told] == [[*beside, *[(2, "资金问题", "word")] * 2]] * 2


def test_a_pause_without_a_kind_is_a_doubt(tmp_path: Path) -> None:
    for kinds, words in (
        ((), "no column tells the kind"),
        (("", "听证"), "1 starts or ends of special procedures have no kind"),
    ):
        found, _profile, came = proposed(log(tmp_path, REVIEW, *kinds))
        assert pauses(came)[1] == ("procedure_ended", "other")
        doubt = dict(found.doubts)["events.procedure"]
        assert doubt.startswith(words)
        assert "the clock does not stop" in doubt


def test_the_words_of_special_procedures_are_the_same_everywhere() -> None:
    known = {word: kind.word for word, kind in exchange_profile("spgl").procedure_names.items()} | {"其他": "other"}
    assert {word: kind for kind, words in vocabulary()["guesses"]["procedure"].items() for word in words} == known
    patterns = [(f"*{word}*", kind) for word, kind in known.items()]  # the first that fits counts
    (record,) = shipped()["wide-log"].events
    assert record.columns["procedure"].words == (*patterns, ("[a-z]*", "="))
    told = [rule.columns["procedure"].words for rule in shipped()["case-list"].events if "procedure" in rule.columns]
    assert told == [tuple(patterns)] * 2


@pytest.mark.parametrize(
    ("steps", "left", "taken"),
    [
        (
            "受理 审查通过 审核通过 批准 办结",
            ["审查通过", "审核通过", "批准"],
            {"受理": "accepted", "办结": "approved"},
        ),
        ("受理 审批通过 已发证", ["审批通过", "已发证"], {"受理": "accepted"}),
        ("受理 审核不通过 已办结（不通过）", ["审核不通过"], {"受理": "accepted", "已办结（不通过）": "rejected"}),
        ("受理 已办结 办结（通过）", [], {"受理": "accepted", "已办结": "approved", "办结（通过）": "approved"}),
    ],
)
def test_a_step_on_the_way_is_not_taken_for_the_decision(
    tmp_path: Path, steps: str, left: list[str], taken: dict[str, str]
) -> None:
    """The first decision ends a case: what may be on the way to it is refused until somebody says what it is."""
    days = [(step, f"2026-0{n}-04") for n, step in enumerate(steps.split(), 3)]
    found, profile, came = proposed(log(tmp_path, days))
    assert profile["events"][0]["status"]["words"] == taken
    assert [r.value for r in came.refusals] == left
    doubts = [doubt for key, doubt in found.doubts if key == "status.words"]
    assert [doubt.partition(" under")[0] for doubt in doubts] == ([", ".join(left)] if left else [])


def test_a_result_that_no_other_stands_beside_is_the_decision_with_a_doubt(tmp_path: Path) -> None:
    days = [("受理", "2026-03-04"), ("审批通过", "2026-03-09"), ("不予许可", "2026-03-10")]
    found, _profile, came = proposed(log(tmp_path, days))
    assert [Status(status).word for status in came.events.status] == ["accepted", "approved", "rejected"]
    doubts = [doubt.partition(" under")[0] for key, doubt in found.doubts if key == "status.words"]
    assert doubts == ["审批通过", "不予许可"]
