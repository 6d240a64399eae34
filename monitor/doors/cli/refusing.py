"""What is refused, on stderr in the user's language: of packs, notices and profiles by file, key, value and what is
allowed; of rows by file, row and column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from monitor.doors.cli.common import say
from monitor.text import _, _n
from monitor.wrongs import LACKED, REQUIRED, allowed_in_words
from rules.errors import RuleError

if TYPE_CHECKING:
    from monitor.intake import FileRefused, PassedOver, Refusal

SHOWN = 50  # refusals in words; --json lists all


def say_problems(wrong: Sequence[RuleError]) -> None:
    """All that is wrong with a pack, on stderr, and how much it is."""
    for error in wrong:
        say(problem_line(error))
    text = _n("{n} problem; the pack is not used.", "{n} problems; the pack is not used.", len(wrong))
    say(text.format(n=len(wrong)))


def problem_line(error: RuleError) -> str:
    """One line: where it stands, what stands there, and what may stand there."""
    if error.allowed == REQUIRED:
        return _("{file}: {key} is missing").format(file=error.where, key=error.key)
    if error.key == "file":
        told = _("{file}: the file cannot be read ({value}); allowed: {allowed}")
    elif error.allowed == LACKED:
        told = _("{file}: {key} lacks {value}; allowed: {allowed}")
    else:
        told = _("{file}: {key} is {value}; allowed: {allowed}")
    allowed = allowed_in_words(error.allowed) or error.allowed
    return told.format(file=error.where, key=error.key, value=repr(error.value), allowed=allowed)


def say_passed_over(passed: PassedOver) -> None:
    """Which files and sheets were not taken in, and how many rows of the others, on stderr."""
    for name in passed.files:
        say(_("Passed over: {file}").format(file=name))
    for file, n in passed.rows.items():
        told = _n(
            "{file}: {n} row passed over, as the profile says", "{file}: {n} rows passed over, as the profile says", n
        )
        say(told.format(file=file, n=n))


def say_refusals(refusals: Sequence[Refusal | FileRefused]) -> None:
    """The first refusals in words, on stderr, and how many more there are."""
    for refusal in refusals[:SHOWN]:
        say(str(refusal))
    if (more := len(refusals) - SHOWN) > 0:
        say(_n("… and {n} more; --json lists them", "… and {n} more; --json lists them", more).format(n=more))
