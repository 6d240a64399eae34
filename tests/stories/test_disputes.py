"""The book of counterexamples: what comes out is the answer, and not what the lawyer claims."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.stories.expectation import differences, leaves
from tests.stories.story import CHAPTERS, DISPUTES, FOLDER, Dispute, disputes, read, read_dispute, stories
from tests.stories.telling import documents, law

BOOK = disputes()
LIGHTS = {"green": "绿灯", "yellow": "黄灯", "red": "红灯", "grey": "无法判定"}
DAY = re.compile(r"\d{4}-(\d\d)-(\d\d)")


def in_words(figure: Any) -> str:
    """A figure as an officer writes it."""
    if isinstance(figure, float):
        return f"{figure:.2f}".rstrip("0").rstrip(".") + "天"
    if isinstance(figure, int):
        return f"{figure}天"
    if day := DAY.fullmatch(figure):
        return f"{int(day[1])}月{int(day[2])}日"
    return LIGHTS[figure]


def test_there_are_disputes_enough_and_every_chapter_has_some() -> None:
    assert len(BOOK) >= 24
    assert {dispute.chapter for dispute in BOOK} == set(CHAPTERS)
    titles = [story.title for story in (*BOOK, *stories())]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("dispute", BOOK, ids=lambda dispute: dispute.name)
def test_the_answer_comes_out_and_the_claim_does_not(dispute: Dispute) -> None:
    answered, claimed = dispute.answered, dispute.claimed
    found = documents(dispute, answered, law(dispute, answered))[answered.project]
    assert not differences(answered, found)
    assert len(differences(claimed, found)) == len(list(leaves(claimed.told))), "the claim is right in part"


@pytest.mark.parametrize("dispute", BOOK, ids=lambda dispute: dispute.name)
def test_claim_and_answer_name_their_figures(dispute: Dispute) -> None:
    answered = dict(leaves(dispute.answered.told))
    for where, figure in leaves(dispute.claimed.told):
        if isinstance(figure, list):  # flags are told in words of their own
            continue
        for told, text in ((figure, dispute.claim), (answered[where], dispute.answer)):
            assert re.search(rf"(?<!\d){in_words(told)}", text), f"{where}: {in_words(told)} is not in: {text}"


@pytest.mark.parametrize("dispute", BOOK, ids=lambda dispute: dispute.name)
def test_the_ground_says_how_sure_it_is(dispute: Dispute) -> None:
    assert re.search(r"（[ABCE][，）]|，[ABCE]）", dispute.ground)
    assert "：" in dispute.claim  # who says so


# ---- the reader

SAMPLE = (DISPUTES / "当日受理当日办结.toml").read_text("utf-8")


def spoilt(folder: Path, was: str, becomes: str) -> Path:
    """The sample with one thing otherwise."""
    assert was in SAMPLE
    path = folder / "spoilt.toml"
    path.write_text(SAMPLE.replace(was, becomes), "utf-8")
    return path


@pytest.mark.parametrize(
    ("was", "becomes", "error"),
    [
        ("claim =", "claims =", "claim"),
        ("answer =", "# answer =", "answer"),
        ("ground =", "# ground =", "ground"),
        ('chapter = "起算与办结"', 'chapter = "杂项"', "杂项"),
        ("[claimed]", "[claims]", "claimed"),
        ("[claimed]\non = 2026-03-04", "[claimed]\non = 2026-03-05", "nothing is expected"),
        ("[claimed]\non = 2026-03-04\nused = 1", "[claimed]\non = 2026-03-04\nused = 0", "no other figure for used"),
        (
            "[claimed]\non = 2026-03-04\nused = 1",
            "[claimed]\non = 2026-03-04\nheld_days = 1",
            "no other figure for held",
        ),
        ("fields =", 'group = "别的"\nfields =', "别的"),
    ],
)
def test_a_dispute_that_answers_nothing_is_refused(tmp_path: Path, was: str, becomes: str, error: str) -> None:
    with pytest.raises((KeyError, ValueError), match=error):
        read_dispute(spoilt(tmp_path, was, becomes))


def test_a_story_has_no_claim(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"unknown keys \['answer', 'chapter', 'claim', 'claimed', 'ground'\]"):
        read(spoilt(tmp_path, "fields", "fields"))
    assert not {one.name for one in BOOK} & {path.stem for path in FOLDER.glob("*.toml")}
