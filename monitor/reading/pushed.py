"""What became of rows that another system pushed, and whether they are its to write."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from monitor.tables import FOLLOWS, ApprovalCase, Batch, CaseFact, Event, Project, ProjectFact, RefusedRow
from monitor.tables.among import among
from monitor.tables.reported import NOTHING_TOLD

Row = tuple[str, str]  # table and own key


@dataclass(frozen=True)
class Landed:
    """A batch that stands."""

    id: int
    sha256: str
    known_from: dt.datetime
    reported_until: dt.date | None


@dataclass(frozen=True)
class Aside:
    """A row of a batch that was set aside; ``reasons``: {code, column, value, params} each, as the table keeps them."""

    file: str
    sha256: str
    row: int
    reasons: list[dict[str, Any]]


def landed(connection: Connection, source_id: int, name: str, before: int) -> Landed | None:
    """The batch of a source that came in under a name, before the one of a number; None where none did, or it was taken
    back."""
    query = (
        select(Batch.id, Batch.sha256, Batch.known_from, Batch.reported_until)
        .where(Batch.source_id == source_id, Batch.name == name, Batch.id < before)
        .where(Batch.undone_at.is_(None), Batch.undoes.is_(None))
        .order_by(Batch.id.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    return Landed(
        row.id, row.sha256, row.known_from, None if row.reported_until == NOTHING_TOLD else row.reported_until
    )


def set_aside(connection: Connection, batch: int) -> list[Aside]:
    """The rows of a batch that were refused, and did not come in since."""
    columns = (RefusedRow.file, RefusedRow.sha256, RefusedRow.row, RefusedRow.reasons)
    query = select(*columns).where(RefusedRow.batch_id == batch, RefusedRow.row > 0).order_by(RefusedRow.id)
    rows = (Aside(file, sha256, row, orjson.loads(why)) for file, sha256, row, why in connection.execute(query))
    return [row for row in rows if row.reasons]


def fed(connection: Connection, batch: int) -> int:
    """How many rows that waited came in with a batch."""
    query = select(func.count()).select_from(RefusedRow).where(RefusedRow.landed_in == batch)
    return connection.execute(query).scalar() or 0


def told_by(connection: Connection, batch: int, source_id: int, ids: Mapping[str, Sequence[str]]) -> dict[Row, str]:
    """Of these ids by table those of which a batch told something that was new: added, or changed where other facts
    were known before."""
    project = (
        select(Project.code, ProjectFact.batch_id, ProjectFact.known_from, ProjectFact.known_to)
        .join(Project, Project.id == ProjectFact.project_id)
        .where(among(connection, Project.code, ids["projects"]), ProjectFact.told != FOLLOWS)
    )
    same = (ApprovalCase.id == CaseFact.case_id) & (ApprovalCase.project_id == CaseFact.project_id)
    case = (
        select(ApprovalCase.case_id, CaseFact.batch_id, CaseFact.known_from, CaseFact.known_to)
        .join(ApprovalCase, same)
        .where(ApprovalCase.source_id == source_id, among(connection, ApprovalCase.case_id, ids["cases"]))
        .where(CaseFact.told != FOLLOWS)
    )
    event = select(Event.event_id).where(
        Event.source_id == source_id,
        Event.known_to.is_(None),
        among(connection, Event.event_id, ids["events"]),
        Event.batch_id == batch,
    )
    found: dict[Row, str] = {("events", one): "added" for one in connection.execute(event).scalars()}
    for table, query in (("projects", project), ("cases", case)):
        versions = connection.execute(query).all()
        ended = {(key, known_to) for key, _batch, _from, known_to in versions}
        for key, told_in, known_from, _to in versions:
            if told_in == batch:
                found[table, key] = "changed" if (key, known_from) in ended else "added"
    return found


def elsewhere(connection: Connection, regions: Sequence[str], keys: Collection[int]) -> set[int]:
    """Of these projects by their keys those that are in none of the regions (beginnings of area codes)."""
    query = select(ProjectFact.project_id, ProjectFact.region).where(
        among(connection, ProjectFact.project_id, sorted(keys)), ProjectFact.known_to.is_(None)
    )
    return {key for key, region in connection.execute(query) if not region.startswith(tuple(regions))}
