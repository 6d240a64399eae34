"""What came in, batch by batch, and the rows that wait.

Batches are of sources, not of projects: who sees regions sees all of them, who sent what when; who sees single projects
or cases, none. A file's name may say anything, and a row that waits is data of somebody: both are for those alone who
may import, and of the rows those of a project that is theirs, or that is not known here and said to be nowhere else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import aliased

from monitor.reading.viewer import Viewer, looking
from monitor.tables import ApprovalCase, Batch, Project, ProjectFact, RefusedRow, Source
from monitor.tables.among import among
from monitor.tables.reported import NOTHING_TOLD


@dataclass(frozen=True)
class Came:
    """A batch: the counts are of what it brought; ``waiting``: rows of it that wait still. ``undone_by``: the number of
    the batch that took it back; ``undoes``: the one that it takes back itself; ``held_to``:
    regions to which its sender was held, one a line (None: to none)."""

    id: int
    source: str
    name: str
    sha256: str
    known_from: dt.datetime
    reported_until: dt.date | None
    projects: int
    cases: int
    events: int
    refused: int
    waiting: int
    undoes: int | None
    undone_at: dt.datetime | None
    undone_by: int | None
    held_to: str | None


@dataclass(frozen=True)
class WaitingRow:
    """A row that waits. ``row`` None: of no row of a file, it hung on what was taken back. ``content`` and ``reasons``:
    columns and texts, {code, column, value, params} each; of a secret project neither, and it waits for nothing."""

    batch: int
    source: str
    file: str
    row: int | None
    of: str
    content: dict[str, str] | None
    reasons: list[dict[str, Any]]


def batches(
    connection: Connection, *, source: str | None = None, number: int | None = None, may_import: bool = True
) -> list[Came]:
    """All batches, or those of a source, or one, in the order in which they came; without what files are called where
    not ``may_import``."""
    if not _of_regions(looking(connection)):
        return []
    waits = (
        select(func.count())
        .select_from(RefusedRow)
        .where(RefusedRow.batch_id == Batch.id, RefusedRow.landed_in.is_(None), Batch.undone_at.is_(None))
        .where(RefusedRow.content.is_not(None))  # of a secret project nothing waits
        .correlate(Batch)
        .scalar_subquery()
    )
    back = aliased(Batch)
    names = ("name", "sha256", "known_from", "reported_until", "projects", "cases", "events", "refused")
    query = (
        select(
            Batch.id, Source.name, *(getattr(Batch, name) for name in names), waits,
            Batch.undoes, Batch.undone_at, back.id, Batch.held_to,
        )
        .join(Source, Source.id == Batch.source_id)
        .outerjoin(back, back.undoes == Batch.id)
        .order_by(Batch.id)
    )  # fmt: skip
    if source is not None:
        query = query.where(Source.name == source)
    if number is not None:
        query = query.where(Batch.id == number)
    found = (Came(*row) for row in connection.execute(query))
    told = [replace(one, reported_until=None) if one.reported_until == NOTHING_TOLD else one for one in found]
    return told if may_import else [replace(one, name="", sha256="") for one in told]


def waiting_rows(connection: Connection, *, source: str | None = None) -> list[WaitingRow]:
    """The rows that wait, of all sources or of one, in the order in which they were set aside. For who may import."""
    columns = (RefusedRow.file, RefusedRow.row, RefusedRow.of, RefusedRow.content, RefusedRow.reasons)
    query = (
        select(Batch.id, Source.name, *columns)
        .join(Batch, Batch.id == RefusedRow.batch_id)
        .join(Source, Source.id == Batch.source_id)
        .where(RefusedRow.landed_in.is_(None), Batch.undone_at.is_(None))
        .order_by(Batch.id, RefusedRow.id)
    )
    if source is not None:
        query = query.where(Source.name == source)
    found = [
        WaitingRow(batch, by, file, row or None, of, orjson.loads(content) if content else None, orjson.loads(reasons))
        for batch, by, file, row, of, content, reasons in connection.execute(query)
    ]
    viewer = looking(connection)
    if viewer.sees_all:
        return found
    if not _of_regions(viewer):
        return []
    whose = _Whose(connection, viewer.regions or (), found)
    return [one for one in found if whose.may_see(one)]


def _of_regions(viewer: Viewer) -> bool:
    return viewer.sees_all or (bool(viewer.regions) and viewer.sees_all_cases and viewer.projects is None)


class _Whose:
    """Of which project and region rows are that wait: what they say, what rows say that wait with them, what is known.
    Bare tables: what is known of somebody else's project tells that it is theirs."""

    def __init__(self, connection: Connection, regions: tuple[str, ...], rows: Sequence[WaitingRow]) -> None:
        self.regions = regions
        told = [(one.source, _named(one)) for one in rows]
        of_cases = [(by, own) for by, own in told if own["case_id"] and own["project_code"]]
        self.of_case = {(by, own["case_id"]): {own["project_code"]} for by, own in of_cases}
        said = {own["project_code"]: own["region"] for _by, own in told if own["region"]}
        case, source, project, fact = (each.__table__ for each in (ApprovalCase, Source, Project, ProjectFact))
        query = select(source.c.name, case.c.case_id, project.c.code).where(
            case.c.source_id == source.c.id,
            case.c.project_id == project.c.id,
            among(connection, case.c.case_id, sorted({own["case_id"] for _by, own in told})),
        )
        for by, case_id, code in connection.execute(query):
            self.of_case.setdefault((by, case_id), set()).add(code)
        codes = {own["project_code"] for _by, own in told}.union(*self.of_case.values())
        known = select(project.c.code, fact.c.region).where(
            fact.c.project_id == project.c.id, among(connection, project.c.code, sorted(codes))
        )  # the last word is what is known, or was before it was taken back
        known = known.order_by(fact.c.known_to.is_(None), fact.c.id)
        self.region = said | dict(connection.execute(known).all())

    def may_see(self, one: WaitingRow) -> bool:
        """Whether no project that a row is of lies elsewhere, or is known to lie in no region, which is nobody's; of a
        secret one nothing is told but that it came."""
        own = _named(one)
        codes = {own["project_code"], *self.of_case.get((one.source, own["case_id"]), ())}
        regions = [own["region"] or None, *(self.region.get(code) for code in codes)] if one.content else []
        return all(region is None or region.startswith(self.regions) for region in regions)


def _named(one: WaitingRow) -> dict[str, str]:
    """What a row says of itself, blank where it says nothing."""
    return {name: ((one.content or {}).get(name) or "").strip() for name in ("project_code", "case_id", "region")}
