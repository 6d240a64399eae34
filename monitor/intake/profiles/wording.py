"""What the words that stand in cells are taken for: whole texts that are known, and parts of texts that are guessed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from rules.tomlread import parsed
from rules.vocabulary import DECISIONS

_DECISIONS = frozenset(status.word for status in DECISIONS)


class Meaning(NamedTuple):
    """The canonical word that a text is taken for, blank where nothing was decided yet; whether the text is known."""

    word: str
    sure: bool


@cache
def vocabulary() -> Mapping[str, Any]:
    """synonyms.toml as it is."""
    return parsed((files("monitor.intake.profiles") / "synonyms.toml").read_text("utf-8"))


def meaning(text: str, *of: str) -> Meaning | None:
    """What a text is taken for among the words of ``status``, ``record``, ``procedure``, ``stage`` or ``kind``; None:
    it is not known.

    A text that holds a word and more is guessed only where nothing in the rest denies it or means something else:
    不同意 is not 同意, of 待批准 nobody can say that it is done, and 撤回受理 is neither.
    """
    told = _plain(text)
    for one in of:
        if (word := _whole(one).get(told)) is not None:
            return Meaning(word, True)
    parts = [pair for one in of for pair in _parts(one)]
    for part, word in parts:
        rest = told.replace(part, "")
        others = [other for other, means in parts if means != word]
        if part in told and not any(beside in rest for beside in (*vocabulary()["denials"], *others)):
            return Meaning(word, False)
    return None


def unsettled(texts: Iterable[str]) -> tuple[list[str], list[str]]:
    """The decisions among the steps of a log, as the first of them is the end of a case: those that may be on the way
    to it (beside one that closes a case, or several of one meaning), and those that nothing stands beside."""
    found = {
        text: told.word for text in texts if (told := meaning(text, "record", "status")) and told.word in _DECISIONS
    }
    open_ = {
        text: word for text, word in found.items() if not any(one in _plain(text) for one in vocabulary()["closing"])
    }
    alike = {word: {_plain(text) for text in open_ if open_[text] == word} for word in open_.values()}
    several = [text for text, word in open_.items() if len(open_) < len(found) or len(alike[word]) > 1]
    return several, [text for text in open_ if text not in several]


@cache
def _whole(of: str) -> Mapping[str, str]:
    listed = vocabulary()["words"].get(of) or vocabulary()["guesses"][of]
    return {_plain(text): word for word, texts in listed.items() for text in texts}


@cache
def _parts(of: str) -> Sequence[tuple[str, str]]:
    return [(text, word) for word, texts in vocabulary()["guesses"][of].items() for text in texts]


def _plain(text: str) -> str:
    """A text as it is compared: brackets, letters and digits of any width alike."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
