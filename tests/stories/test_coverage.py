"""COVERAGE.md: each rule of the law and each field of a pack has a story that comes out otherwise without it."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from pathlib import Path

import pytest

from rules import pack
from tests.stories import without
from tests.stories.story import disputes, stories
from tests.stories.telling import wrong

PAGE = (Path(__file__).parent / "COVERAGE.md").read_text("utf-8")
TOLD = {story.name: story for story in stories()} | {f"disputes/{one.name}": one for one in disputes()}
OF_A_PACK = (
    *(
        "RulePack",
        "Scope",
        "Clock",
        "PauseRule",
        "ExtensionRule",
        "MarkRule",
        "GroupRule",
        "Catalogue",
        "Item",
        "Limit",
        "Limits",
        "Number",
    ),
    "Dated",
)
PENDING, NO_MATTER = "待建", "不涉及"
TICKED = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Row:
    """A row: what it covers, the stories that tell it, what they come out otherwise without, and a word more."""

    chapter: str
    what: str
    stories: tuple[str, ...]
    proofs: tuple[str, ...]
    status: str
    word: str


def rows() -> list[Row]:
    """The rows of the four tables."""
    found = []
    for chapter, text in re.findall(r"^## (.+?)\n(.+?)(?=^## |\Z)", PAGE, flags=re.M | re.S):
        for line in text.splitlines():
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if line.startswith("|") and cells[1] != "故事" and not set(line) <= set("|-"):
                what, told, proofs, word = cells
                ticked = [tuple(TICKED.findall(cell)) for cell in (told, proofs)]
                found.append(Row(chapter, what, *ticked, "" if ticked[1] else proofs, word))
    return found


ROWS = rows()
PROVEN = [(row, proof) for row in ROWS for proof in row.proofs]


def is_of_a_pack(proof: str) -> bool:
    """Whether it names a field of a pack, which the tests of stories take away."""
    return proof.split(".")[0] not in ("column", "status", "law")


def test_every_row_has_a_story_or_says_why_not() -> None:
    assert len({row.chapter for row in ROWS}) == 4
    assert len({(row.chapter, row.what) for row in ROWS}) == len(ROWS) > 120
    for row in ROWS:
        assert not [name for name in row.stories if name not in TOLD], row.what
        assert row.stories if row.proofs else row.status in (PENDING, NO_MATTER), row.what
        assert row.word or row.status != NO_MATTER, row.what


@pytest.mark.parametrize(("row", "proof"), PROVEN, ids=lambda it: it.what if isinstance(it, Row) else it)
def test_a_story_of_the_row_comes_out_otherwise_without_it(
    row: Row, proof: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [TOLD[name] for name in row.stories]
    if is_of_a_pack(proof):
        assert any(proof in story.fields for story in told), f"no story of `{row.what}` says that it rests on {proof}"
    else:
        assert any(without.wrong(story, proof, monkeypatch) for story in told), f"{row.what}: none rests on {proof}"


def test_nothing_stays_otherwise_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    story = TOLD["并联只计一次"]
    assert without.wrong(story, "law.added_up", monkeypatch)
    assert not wrong(story)


def test_every_field_of_a_pack_has_a_row() -> None:
    known = {f"{name}.{field.name}" for name in OF_A_PACK for field in fields(getattr(pack, name))}
    inherited = {f"Limit.{field.name}" for field in fields(pack.Number)}
    written = {row.what for row in ROWS if row.chapter == "四、计时规则的字段"}
    missing = known - inherited - written
    assert not missing, f"a new field: give it a row in tests/stories/COVERAGE.md, with a story or `{PENDING}`"
    assert not written - known


def test_every_part_of_a_pack_is_looked_at() -> None:
    """A class of the pack's file that is missing from `OF_A_PACK` would hide its fields."""
    theirs = {name for name, it in vars(pack).items() if isinstance(it, type) and it.__module__ == pack.__name__}
    assert theirs == set(OF_A_PACK)


def test_a_step_that_nobody_knows_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    for what in ("law.nothing", "row.nothing"):
        with pytest.raises(KeyError):
            without.wrong(TOLD["首日不计"], what, monkeypatch)
