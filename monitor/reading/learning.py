"""On which day we learned of an event: that of the batch that told it first, in whatever row it stands now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Integer, select, type_coerce

from monitor.tables import FOLLOWS, Batch, Event
from monitor.tables.among import among
from rules.log import NO_DAY

ID, SOURCE, CASE, STATUS, DAY, PROCEDURE, BATCH, PROJECT, TOLD = 0, 1, 2, 3, 4, 5, 12, 13, 14  # columns of `load`


def learned(
    connection: Connection, columns: Sequence[Sequence[Any]], known_at: dt.datetime | None
) -> npt.NDArray[np.int32]:
    """Of each event the day on which we learned of it; NO_DAY: not written down. ``columns``: those that `load` reads.

    A row that only follows from what others told (the earlier word of a source that edits in place, kept under another
    id; what an undo tells again) was learned when the same was told of the same event first.
    """
    own = _days(connection, columns[BATCH])
    rows = [n for n, told in enumerate(columns[TOLD]) if told == FOLLOWS]
    if not rows:
        return own
    first = _first_told(connection, sorted({columns[PROJECT][n] for n in rows}), known_at)
    for n in rows:
        same = tuple(columns[place][n] for place in (SOURCE, CASE, STATUS, DAY, PROCEDURE))
        found = [first[key] for name in _names(columns[ID][n]) if (key := (name, *same)) in first]
        own[n] = min([int(own[n]), *found])
    return own


def _first_told(
    connection: Connection, projects: Sequence[int], known_at: dt.datetime | None
) -> dict[tuple[Any, ...], int]:
    """The first day on which an event that is known no more was told with a content."""
    query = select(
        Event.batch_id, Event.event_id, Event.source_id, Event.case_id, Event.status,
        type_coerce(Event.day, Integer), Event.procedure,
    )  # fmt: skip
    query = query.where(among(connection, Event.project_id, projects), Event.known_to.is_not(None))
    query = query.where(Event.told != FOLLOWS)
    if known_at is not None:
        query = query.where(Event.known_from <= known_at)
    rows = connection.execute(query).all()
    out: dict[tuple[Any, ...], int] = {}
    for row, day in zip(rows, _days(connection, [row[0] for row in rows]).tolist(), strict=True):
        key = tuple(row[1:])
        out[key] = min(day, out.get(key, day))
    return out


def _names(event_id: str) -> Iterator[str]:
    """The ids under which its source may have told it: itself, and what stands before each mark in it."""
    yield event_id
    while "~" in event_id:
        event_id = event_id.rpartition("~")[0]
        yield event_id


def _days(connection: Connection, batches: Sequence[int]) -> npt.NDArray[np.int32]:
    """The day on which each batch came; NO_DAY, the least of all, where it was not written down."""
    keys, at = np.unique(np.array(batches, np.int64), return_inverse=True)
    days = np.full(len(keys), NO_DAY, np.int32)
    query = select(Batch.id, type_coerce(Batch.known_on, Integer)).where(
        among(connection, Batch.id, keys.tolist()), Batch.known_on.is_not(None)
    )
    for key, day in connection.execute(query) if len(keys) else ():
        days[np.searchsorted(keys, key)] = day
    found: npt.NDArray[np.int32] = days[at]
    return found
