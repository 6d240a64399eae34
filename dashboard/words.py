"""Words for what records say: statuses, pauses, kinds of projects, units; and what the product is called."""

from __future__ import annotations

from monitor.text import _
from monitor.words import HOLDER_WORDS, KIND_WORDS, PAUSE_WORDS, SCOPE_WORDS, STATUS_WORDS
from rules.vocabulary import Pause, Status


def _said(words: dict[str, str], word: object) -> str:
    """The word in the reader's language; one that is not known here stands as it came."""
    return _(words[str(word)]) if str(word) in words else str(word or "")


def product() -> str:
    """The product's name."""
    return _("Approval time of investment projects")


def status(word: str) -> str:
    """What an event says happened."""
    return _(STATUS_WORDS[Status[word.upper()]])


def pause(word: str) -> str:
    """A kind of pause."""
    return _(PAUSE_WORDS[Pause[word.upper()]])


def holder(word: object) -> str:
    """Whose time a case's days are."""
    return _said(HOLDER_WORDS, word)


def kind(word: object) -> str:
    """A kind of project."""
    return _said(KIND_WORDS, word)


def group(word: object) -> str:
    """A group of stages, or the project as a whole."""
    return _said(SCOPE_WORDS, word)


def limit(days: int | float, unit: str) -> str:
    """12 个工作日, 20 个自然日."""
    if unit == "natural_day":
        return _("{n} natural days").format(n=f"{days:g}")
    return _("{n} working days").format(n=f"{days:g}")
