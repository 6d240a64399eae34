"""Events that their source edited, or took back: what changed is told, not each record by which the store keeps it.

`monitor.store.replaced` says how they are kept: the old content ends, stands again under its own id, and is voided.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from monitor.reading.causes.cause import Cause
from monitor.tables.twins import replaced_by
from rules.vocabulary import Pause, Status

# What the law reads of an event, and how it is told.
_READ: dict[str, Callable[[Any], str]] = {
    "status": lambda n: Status(n).word,
    "day": str,
    "procedure": lambda n: Pause(n).word,
    "case_id": str,
}


class Edits:
    """The versions of the events of some projects: rows of `entries`."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self._of: defaultdict[tuple[int, str], list[Any]] = defaultdict(list)
        for row in rows:
            self._of[row.source_id, row.event_id].append(row)

    def known_at(self, source: int, event_id: str, at: dt.datetime) -> Any | None:
        """What an id held at a moment."""
        there = (r for r in self._of[source, event_id] if r.known_from <= at and not (r.known_to and r.known_to <= at))
        return next(there, None)

    def causes(self, row: Any) -> list[Cause] | None:
        """What an edit changed, where this event is part of one; None: it is a record of its own."""
        if before := self._ended(row, row.event_id):
            since = min(before.day, row.day)
            told = {name: (getattr(before, name), getattr(row, name)) for name in _READ}
            return [
                Cause("edited", since, column=name, before=_word(name, was), after=_word(name, now), **_named(row))
                for name, (was, now) in told.items()
                if was != now
            ]
        replaced, batch = replaced_by(row.event_id)
        old = self._ended(row, replaced) if batch == str(row.batch_id) else None
        if old is None:
            return None
        if not row.event_id.endswith("!") or self.known_at(row.source_id, replaced, row.known_from):
            return []
        return [Cause("taken_back", old.day, status=Status(old.status).word, day=old.day, **_named(old, row))]

    def _ended(self, row: Any, event_id: str) -> Any | None:
        """The version of an id that ended with the moment of a row."""
        return next((r for r in self._of[row.source_id, event_id] if r.known_to == row.known_from), None)


def _word(name: str, value: Any) -> str | None:
    return None if value is None else _READ[name](value)


def _named(row: Any, told_by: Any = None) -> dict[str, Any]:
    by = told_by or row
    recorded_by = " ".join(text for text in (row.office, row.handler) if text) or None
    return {"case_id": row.case_id, "event_id": row.event_id, "source": by.source, "file": by.file} | {
        "recorded_by": recorded_by
    }
