"""What the words of canonical files mean, for people who fill in the template: told beside the word, never typed."""

from __future__ import annotations

from enum import IntEnum

from monitor.looks import STAGE_WORDS
from monitor.text import _
from monitor.words import HOLDER_WORDS, MARK_WORDS, PAUSE_WORDS, STATUS_WORDS
from rules.vocabulary import NATIONAL_CODES, Holder, Mark, Pause, Stage, Status


def hint(word: IntEnum) -> str:
    """One word with its meaning, a line: ``accepted (3): …``."""
    name, meaning = word.name.lower(), ""
    match word:
        case Status():
            meaning = STATUS_WORDS[word]
            if word in NATIONAL_CODES:
                name = f"{name} ({int(word)})"
        case Stage():
            meaning = STAGE_WORDS[word]
        case Pause():
            meaning = PAUSE_WORDS[word]
        case Holder():
            meaning = HOLDER_WORDS[word.word]
        case Mark():
            meaning = MARK_WORDS[word.word]
    return _("{word}: {meaning}").format(word=name, meaning=_(meaning)) if meaning else name
