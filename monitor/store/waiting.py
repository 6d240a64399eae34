"""Rows that wait: set aside by `--partial`, or because what they hang on was taken back; fed again when it arrives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import orjson
from sqlalchemy import Connection, and_, or_, select, update

from monitor.database import overwriting
from monitor.store import bulk
from monitor.store.versions import next_key
from monitor.tables import ApprovalCase, Batch, CaseFact, Event, Project, ProjectFact, RefusedRow
from monitor.tables.among import among

AT_ONCE = 20_000  # rows in memory together
Claim = tuple[str, int, str]  # table, source and case id or event id
SECRET = orjson.dumps([{"code": "secret"}]).decode()  # the reasons of a row of a secret project
# Reasons that may be gone once something was taken back: what is known now spoke against the row.
OPPOSED = ("other_content", "moved_case", "foreign_event")

WAITS = (RefusedRow.landed_in.is_(None), Batch.undone_at.is_(None))  # of a row with its batch


@dataclass(frozen=True, slots=True)
class Kept:
    """A row to be set aside; ``content`` and ``reasons`` as JSON, `code` and `lacks` as the table says."""

    file: str
    sha256: str
    row: int
    of: str
    content: str | None
    reasons: str
    code: str = ""
    lacks: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row that waits and may come in now."""

    id: int
    batch: int
    file: str
    sha256: str
    row: int
    of: Literal["projects", "cases", "events"]
    content: str
    code: str
    lacks: str | None

    @property
    def why(self) -> tuple[int, str, str | None]:
        """The row with its reason: the same row for the same reason need not be tried twice."""
        return self.id, self.code, self.lacks


def keep(connection: Connection, batch_id: int, rows: Iterable[Kept]) -> int:
    """Sets rows aside; gives how many of them did not wait before, as the same row of the same file.

    Those of files that did are kept as well: the batch that brought them first may be taken back. Tables of a database
    are read again and again, and would be kept without end.
    """
    rows = list(rows)
    hashes = sorted({row.sha256 for row in rows})
    query = select(RefusedRow.sha256, RefusedRow.row).where(*WAITS, among(connection, RefusedRow.sha256, hashes))
    there = {(sha256, row) for sha256, row in connection.execute(query.join(Batch, Batch.id == RefusedRow.batch_id))}
    fresh = [(row.sha256, row.row) not in there for row in rows]
    _insert(connection, batch_id, [row for row, new in zip(rows, fresh, strict=True) if new or row.row])
    return sum(fresh)


def set_aside(connection: Connection, batch_id: int, rows: Iterable[Kept]) -> None:
    """Sets aside what a batch told and what cannot be known any more."""
    _insert(connection, batch_id, rows)


def _insert(connection: Connection, batch_id: int, rows: Iterable[Kept]) -> None:
    first = next_key(connection, RefusedRow)
    columns = ("id", "batch_id", "file", "sha256", "row", "of", "content", "reasons", "code", "lacks")
    listed = [(first + n, batch_id, *(getattr(row, name) for name in columns[2:])) for n, row in enumerate(rows)]
    bulk.insert(connection, "refused_row", columns, listed)


def ready(connection: Connection, after: tuple[int, int] = (0, 0), *, opposed: bool = False) -> list[Waiting]:
    """The rows whose only reason was that something was not known, and it is now; in the order in which they were
    told, the first AT_ONCE of them ``after`` a batch and a row. ``opposed``: those as well against which something
    spoke that was known."""
    names = ("id", "batch_id", "file", "sha256", "row", "of", "content", "code", "lacks")
    columns = [getattr(RefusedRow, name) for name in names]
    waits = select(*columns).join(Batch, Batch.id == RefusedRow.batch_id).where(*WAITS)
    waits = waits.where(RefusedRow.content.is_not(None))  # of a secret project nothing was kept
    code, case = RefusedRow.code, ApprovalCase
    arrived = [
        waits.where(code == "unknown_project")
        .join(Project, Project.code == RefusedRow.lacks)
        .join(ProjectFact, (ProjectFact.project_id == Project.id) & ProjectFact.known_to.is_(None)),
        waits.where(code == "unknown_case")
        .join(case, (case.case_id == RefusedRow.lacks) & (case.source_id == Batch.source_id))
        .join(CaseFact, (CaseFact.case_id == case.id) & CaseFact.known_to.is_(None)),
        waits.where(code == "unknown_event").join(
            Event,
            (Event.event_id == RefusedRow.lacks) & (Event.source_id == Batch.source_id) & Event.known_to.is_(None),
        ),
    ]
    if opposed:
        arrived.append(waits.where(code.in_(OPPOSED)))
    batch, row = RefusedRow.batch_id, RefusedRow.id
    later = or_(batch > after[0], and_(batch == after[0], row > after[1]))
    some = [query.where(later).order_by(batch, row).limit(AT_ONCE) for query in arrived]
    found = [Waiting(*told) for query in some for told in connection.execute(query)]
    return sorted(found, key=lambda one: (one.batch, one.id))[:AT_ONCE]


def claims(connection: Connection, after: int) -> dict[Claim, int]:
    """What rows claim that were refused because something else was known: the first batch after ``after`` by table,
    source and key."""
    query = (
        select(RefusedRow.of, Batch.source_id, RefusedRow.content, RefusedRow.batch_id)
        .join(Batch, Batch.id == RefusedRow.batch_id)
        .where(*WAITS, RefusedRow.batch_id > after, RefusedRow.code.in_(OPPOSED), RefusedRow.content.is_not(None))
        .order_by(RefusedRow.batch_id.desc())
    )
    key = {"cases": "case_id", "events": "event_id"}
    return {
        (of, source, str(orjson.loads(content or "{}").get(key[of])).strip()): batch
        for of, source, content, batch in connection.execute(query)
        if of in key
    }


def land(connection: Connection, rows: Sequence[int], batch_id: int) -> None:
    """These rows came in with a batch."""
    landed = update(RefusedRow).where(among(connection, RefusedRow.id, rows)).values(landed_in=batch_id)
    connection.execute(landed)


def refuse_again(connection: Connection, rows: Iterable[tuple[int, Kept]]) -> None:
    """These rows go on waiting, for another reason."""
    rows = list(rows)
    told = [(row.reasons, row.code, row.lacks, key) for key, row in rows if row.code != "secret"]
    bulk.execute(connection, "UPDATE refused_row SET reasons = ?, code = ?, lacks = ? WHERE id = ?", told)
    forget(connection, [key for key, row in rows if row.code == "secret"])


def forget(connection: Connection, rows: Sequence[int]) -> None:
    """Of these rows nothing stays but that they were of a secret project."""
    if rows:
        overwriting(connection)
        nothing = {"content": None, "reasons": SECRET, "file": "", "of": "", "code": "secret", "lacks": None}
        connection.execute(update(RefusedRow).where(among(connection, RefusedRow.id, rows)).values(**nothing))
