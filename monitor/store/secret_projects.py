"""Secret projects: their cases are known again by a digest; one that was taken in before it was listed is purged."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, delete, func, insert, select, update

from monitor.store import standings
from monitor.tables import ApprovalCase, Base, Event, Outbox, Project, RefusedRow, SecretCase, Source, Turn
from monitor.tables.among import among

_SECRET = orjson.dumps([{"code": "secret"}]).decode()


class SecretCases:
    """The cases of a source that belonged to secret projects."""

    def __init__(self, connection: Connection, source: str) -> None:
        self.connection, self.source = connection, source
        self._any = connection.execute(select(SecretCase.digest).limit(1)).first() is not None

    def among(self, ids: Collection[str]) -> set[str]:
        """Those of these ids that are known as secret."""
        if not self._any:
            return set()
        digests = {_digest(self.source, case): case for case in ids}
        query = select(SecretCase.digest).where(among(self.connection, SecretCase.digest, sorted(digests)))
        return {digests[one] for one in self.connection.execute(query).scalars()}

    def remember(self, ids: Collection[str]) -> None:
        """Notes ids of cases of secret projects."""
        _remember(self.connection, {_digest(self.source, case) for case in set(ids) - self.among(ids)})


def _digest(source: str, case_id: str) -> str:
    return hashlib.sha256(f"{source}\n{case_id}".encode()).hexdigest()


def _remember(connection: Connection, digests: Iterable[str]) -> None:
    if rows := [{"digest": one} for one in sorted(digests)]:
        connection.execute(insert(SecretCase), rows)


@dataclass
class Purged:
    """How much there was of the projects that were purged: rows."""

    projects: int = 0
    cases: int = 0
    events: int = 0
    refused_rows: int = 0


def project_codes(connection: Connection) -> Iterator[tuple[int, str]]:
    """Keys and codes of all projects."""
    rows = connection.execute(select(Project.id, Project.code).execution_options(yield_per=10_000))
    yield from ((key, code) for key, code in rows)


def purge(connection: Connection, projects: Sequence[int]) -> Purged:
    """Deletes all that is kept of these projects, but for digests of the ids of their cases: the one deletion of what
    was told. The caller holds the lock of the writers of the log."""
    standings.alone(connection)
    cases = connection.execute(
        select(ApprovalCase.id, Source.name, ApprovalCase.case_id, Project.code)
        .join(Source, Source.id == ApprovalCase.source_id)
        .join(Project, Project.id == ApprovalCase.project_id)
        .where(among(connection, ApprovalCase.project_id, projects))
    ).all()
    codes = set(connection.execute(select(Project.code).where(among(connection, Project.id, projects))).scalars())
    events = select(func.count()).select_from(Event).where(among(connection, Event.project_id, projects))
    done = Purged(len(projects), len(cases), int(connection.execute(events).scalar() or 0))
    done.refused_rows = _forget_rows(connection, codes, {row[2] for row in cases})
    known = {_digest(row[1], row[2]) for row in cases}
    query = select(SecretCase.digest).where(among(connection, SecretCase.digest, sorted(known)))
    _remember(connection, known - set(connection.execute(query).scalars()))
    standings.write(connection, projects, [], [], [], [])  # takes their days out of the tally
    turns = select(Turn.id).where(among(connection, Turn.project_id, projects))
    connection.execute(delete(Outbox).where(Outbox.turn_id.in_(turns)))
    keys = {"project": list(projects), "approval_case": [row[0] for row in cases]}
    for table in reversed(Base.metadata.sorted_tables):
        for column in table.columns:
            for to in (key.column.table.name for key in column.foreign_keys):
                if to in keys:
                    connection.execute(delete(table).where(among(connection, column, keys[to])))
    connection.execute(delete(Project).where(among(connection, Project.id, projects)))
    return done


def _forget_rows(connection: Connection, codes: set[str], cases: set[str]) -> int:
    """Of rows that were set aside and name one of these projects or cases nothing stays but that they were secret."""
    gone = []
    query = select(RefusedRow.id, RefusedRow.content).where(RefusedRow.content.is_not(None))
    for key, content in connection.execute(query):
        told = orjson.loads(content or "{}")
        if told.get("project_code", "").strip() in codes or told.get("case_id", "").strip() in cases:
            gone.append(key)
    nothing = {"content": None, "reasons": _SECRET, "file": "", "of": "", "code": "secret", "lacks": None}
    connection.execute(update(RefusedRow).where(among(connection, RefusedRow.id, gone)).values(**nothing))
    return len(gone)
