"""Packs of a commission's own: entered, followed by a further version, withdrawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import or_, select

from monitor.reading import packs as pack_room
from monitor.reading.causes.cause import Asked, Cause, Finder, Found
from monitor.tables import ProjectFact


def _under_a_pack(asked: Asked) -> set[int]:
    """Those coded since a pack began to judge, and those that name it."""
    found: set[int] = set()
    for row in pack_room.entered(asked.connection, past=True):
        if asked.holds(row.known_from) or asked.holds(row.known_to):
            judged = or_(ProjectFact.coded_on >= row.judges_from, ProjectFact.pack == row.pack_id)
            found |= set(asked.connection.scalars(select(ProjectFact.project_id).where(judged).distinct()))
    return found


def _packs(asked: Asked, ids: Sequence[int]) -> Iterator[Found]:
    for row in pack_room.entered(asked.connection, past=True):
        document = f"{row.pack_id} {row.version}"
        if asked.holds(row.known_from):
            yield Found(row.known_from, None, Cause("pack", document=document, file=row.file))
        if row.known_to is not None and asked.holds(row.known_to):
            yield Found(row.known_to, None, Cause("pack_withdrawn", document=document, file=row.file))


PACKS = Finder(_under_a_pack, _packs)
