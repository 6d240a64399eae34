"""Events that were entered late, voided or confirmed, and those that their source edited or took back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import and_, or_, select

from monitor.reading.causes.cause import Asked, Cause, Finder, Found, eve, held
from monitor.reading.causes.edits import Edits
from monitor.tables import FOLLOWS, ApprovalCase, Batch, Event, Source
from monitor.tables.among import among
from rules.vocabulary import Status


def _late_somewhere(asked: Asked) -> set[int]:
    query = select(Batch.known_from).where(asked.within(Batch.known_from))
    spoken = Event.status.in_([int(Status.VOIDED), int(Status.CONFIRMED)])
    late = [
        and_(Event.known_from == at, or_(spoken, Event.day < eve(at, asked.zone)))
        for at in asked.connection.execute(query).scalars()
    ]
    found: set[int] = set()
    for at in range(0, len(late), 200):
        rows = select(Event.project_id).where(or_(*late[at : at + 200])).distinct()
        found |= set(asked.connection.execute(rows).scalars())
    return found


def _entries(asked: Asked, ids: Sequence[int]) -> Iterator[Found]:
    query = (
        select(
            Event.project_id, Event.source_id, Event.event_id, ApprovalCase.case_id, Event.status, Event.day,
            Event.voids, Event.confirms, Event.office, Event.handler, Event.known_from,
            Source.name.label("source"), Batch.name.label("file"),
            Event.known_to, Event.procedure, Event.batch_id, Event.told,
        )
        .join(ApprovalCase, ApprovalCase.id == Event.case_id)
        .join(Source, Source.id == Event.source_id)
        .join(Batch, Batch.id == Event.batch_id)
        .where(among(asked.connection, Event.project_id, ids), held(Event))
        .order_by(Event.project_id, Event.day, Event.id)
    )  # fmt: skip
    rows = asked.connection.execute(query).all()
    # What follows in the place of itself was known before: by another batch, or until what named it was edited.
    followed = {(row.source_id, row.event_id, row.known_to) for row in rows}
    edits = Edits(rows)
    for row in rows:
        if not asked.holds(row.known_from):
            continue
        if row.told == FOLLOWS and (row.source_id, row.event_id, row.known_from) in followed:
            continue
        status, said = Status(row.status), eve(row.known_from, asked.zone)
        if (edited := edits.causes(row)) is not None:
            yield from (Found(row.known_from, row.project_id, one) for one in edited if (one.since or said) < said)
            continue
        named = row.voids or row.confirms
        since = _spoken_of(row, edits)
        if status in _SPEAKS:
            if since > said:
                continue
        elif since >= said:
            continue
        cause = Cause(
            _SPEAKS.get(status, "late_entry"),
            since,
            case_id=row.case_id,
            event_id=row.event_id,
            status=status.word,
            day=row.day,
            names=named,
            source=row.source,
            file=row.file,
            recorded_by=" ".join(text for text in (row.office, row.handler) if text) or None,
        )
        yield Found(row.known_from, row.project_id, cause)


_SPEAKS = {Status.VOIDED: "voided", Status.CONFIRMED: "confirmed"}


def _spoken_of(row: Any, edits: Edits) -> dt.date:
    """The first day of which an event speaks: a void, and the void of a void, of the day of what it takes out."""
    day: dt.date = row.day if row.status not in _SPEAKS else dt.date.max
    seen: set[str] = set()
    at = row.known_from
    while row.status in _SPEAKS and row.event_id not in seen:
        seen.add(row.event_id)
        row = edits.known_at(row.source_id, row.voids or row.confirms, at) or row
        day = min(day, row.day)
    return day


ENTRIES = Finder(_late_somewhere, _entries)
