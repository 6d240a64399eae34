"""Events that were entered late, voided or confirmed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import and_, or_, select

from monitor.reading.causes.cause import Asked, Cause, Finder, Found, eve, held
from monitor.tables import ApprovalCase, Batch, Event, Source
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
            Event.voids, Event.confirms, Event.office, Event.handler, Event.known_from, Source.name, Batch.name,
            Event.known_to,
        )
        .join(ApprovalCase, ApprovalCase.id == Event.case_id)
        .join(Source, Source.id == Event.source_id)
        .join(Batch, Batch.id == Event.batch_id)
        .where(among(asked.connection, Event.project_id, ids), held(Event))
        .order_by(Event.project_id, Event.day, Event.id)
    )  # fmt: skip
    rows = asked.connection.execute(query).all()
    at = {(row.source_id, row.event_id): row for row in rows}
    # What took the place of itself was known all the time: another batch had told it as well.
    followed = {(row.source_id, row.event_id, row.known_to) for row in rows}
    for row in rows:
        if not asked.holds(row.known_from) or (row.source_id, row.event_id, row.known_from) in followed:
            continue
        status, said = Status(row.status), eve(row.known_from, asked.zone)
        named = row.voids or row.confirms
        since = _spoken_of(row, at)
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
            source=row[11],
            file=row[12],
            recorded_by=" ".join(text for text in (row.office, row.handler) if text) or None,
        )
        yield Found(row.known_from, row.project_id, cause)


_SPEAKS = {Status.VOIDED: "voided", Status.CONFIRMED: "confirmed"}


def _spoken_of(row: Any, at: dict[tuple[int, str], Any]) -> dt.date:
    """The first day of which an event speaks: a void, and the void of a void, of the day of what it takes out."""
    day: dt.date = row.day if row.status not in _SPEAKS else dt.date.max
    seen: set[str] = set()
    while row.status in _SPEAKS and row.event_id not in seen:
        seen.add(row.event_id)
        row = at.get((row.source_id, row.voids or row.confirms), row)
        day = min(day, row.day)
    return day


ENTRIES = Finder(_late_somewhere, _entries)
