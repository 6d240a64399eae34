"""Batches that were taken back: what they had told is known no more, and what it had replaced is known again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from monitor.reading.causes.cause import Asked, Cause, Finder, Found
from monitor.tables import Batch, CaseFact, Event, ProjectFact, Source
from monitor.tables.among import among


def _taken_back(asked: Asked) -> list[Any]:
    """Each taking back with the batch that it took back: its moment, the number, source and files of the other."""
    gone = aliased(Batch)
    query = (
        select(Batch.known_from, gone.id, Source.name.label("source"), gone.name.label("file"))
        .join(gone, gone.id == Batch.undoes)
        .join(Source, Source.id == gone.source_id)
        .where(asked.within(Batch.known_from))
        .order_by(Batch.id)
    )
    return list(asked.connection.execute(query).all())


def _otherwise(asked: Asked, at: Any, ids: Sequence[int] | None) -> set[int]:
    """The projects of which something ended or began at a moment; of ``ids``, or of all."""
    found: set[int] = set()
    for model in (ProjectFact, CaseFact, Event):
        query = select(model.project_id).where(or_(model.known_to == at, model.known_from == at)).distinct()
        if ids is not None:
            query = query.where(among(asked.connection, model.project_id, ids))
        found |= set(asked.connection.execute(query).scalars())
    return found


def _somewhere(asked: Asked) -> set[int]:
    return set().union(*(_otherwise(asked, row.known_from, None) for row in _taken_back(asked)))


def _undone(asked: Asked, ids: Sequence[int]) -> Iterator[Found]:
    for row in _taken_back(asked):
        cause = Cause("batch_undone", document=str(row.id), source=row.source, file=row.file)
        for project in sorted(_otherwise(asked, row.known_from, ids)):
            yield Found(row.known_from, project, cause)


UNDONE = Finder(_somewhere, _undone)
