"""How entries of the trail are chained: the bytes that are hashed, the hash, and how an entry names others.

The encoding is JSON in UTF-8 by orjson with sorted keys, without blanks: every value stands beside the name of its
field and in quotation marks, so that nothing can move from one field into another under the same hash, and any JSON
library makes the same bytes again.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

FIELDS = (
    "seq", "at", "actor", "role", "door", "address", "verb", "subject_kind", "subject", "outcome",
    "detail_digest", "personal_digest", "previous",
)  # fmt: skip
_RUN = re.compile("([0-9]{1,18})(?:-([0-9]{1,18}))?")  # of numbers that a database holds
PARTS = ("detail", "personal")  # of what an entry says beside the chain; each is erased by itself
START = "0" * 64  # what the first entry names as the hash of the one before


def encoded(value: Any) -> bytes:
    """The canonical bytes. Raises TypeError for what no JSON holds, such as text that is no UTF-8."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def entry_hash(fields: Mapping[str, Any]) -> str:
    """SHA-256, 64 hexadecimal digits, of an entry: all of FIELDS, whatever else is in the mapping."""
    return hashlib.sha256(encoded({name: fields[name] for name in FIELDS})).hexdigest()


def digest(salt: str, content: str) -> str:
    """SHA-256 of a content with its salt, without which a guess of the content could be tried out on the digest."""
    return hashlib.sha256(encoded([salt, content])).hexdigest()


def listed(seqs: Iterable[int]) -> str:
    """Numbers as a tombstone names them: 1-3,7."""
    runs: list[list[int]] = []
    for seq in sorted(set(seqs)):
        if runs and runs[-1][1] == seq - 1:
            runs[-1][1] = seq
        else:
            runs.append([seq, seq])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


class Named:
    """The numbers that tombstones name, in as little memory as they take as runs."""

    def __init__(self, told: Iterable[tuple[int, str]]) -> None:
        """``told``: number of a tombstone and its list. One speaks of entries before it alone; what is no list of
        numbers is none: its own hash says so."""
        runs = sorted(run for seq, text in told for run in _runs(text) if run[1] < seq)
        self._first: list[int] = []
        self._last: list[int] = []
        for first, last in runs:
            if self._last and first <= self._last[-1] + 1:
                self._last[-1] = max(self._last[-1], last)
            else:
                self._first.append(first)
                self._last.append(last)

    def __contains__(self, seq: int) -> bool:
        at = bisect_right(self._first, seq) - 1
        return at >= 0 and seq <= self._last[at]


def _runs(text: str) -> list[tuple[int, int]]:
    out = []
    for part in text.split(","):
        if told := _RUN.fullmatch(part):
            out.append((int(told[1]), int(told[2] or told[1])))
    return out
