"""Texts that a spreadsheet would run as a formula, kept harmless in CSV files and read back as they were.

A CSV file cannot say that a cell is text. So a text that begins as a formula does is written with an apostrophe before
it, which is how a person enters such a text into a spreadsheet: ``=1+1`` as ``'=1+1``. One that begins like that
already gets another one, so that nothing is ambiguous: reading takes exactly one away. A workbook knows texts and needs
none of this.

Other programs write ``="007"`` to the same end: a formula of nothing but a text, which is what a spreadsheet shows.
"""

from __future__ import annotations

import re

_BEGINS = "=+-@＝＋－＠"  # East Asian spreadsheets take the full-width ones for the others
_RUNS = re.compile(f"'*[{re.escape(_BEGINS)}]")
_GUARDED = re.compile(f"'+[{re.escape(_BEGINS)}]")
_TEXT_ALONE = re.compile('="((?:[^"]|"")*)"')
_FIRST = frozenset("'" + _BEGINS)


def guarded(text: str) -> str:
    """The text as a CSV file holds it."""
    return f"'{text}" if text[:1] in _FIRST and _RUNS.match(text) else text


def unguarded(text: str) -> str:
    """The text that a cell of a CSV file means."""
    return text[1:] if _GUARDED.match(text) else shown(text)


def shown(text: str) -> str:
    """What a spreadsheet shows of a cell that is a formula of a text alone; of any other the cell itself."""
    found = _TEXT_ALONE.fullmatch(text) if text.startswith('="') else None
    return found[1].replace('""', '"') if found else text
