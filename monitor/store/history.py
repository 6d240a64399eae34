"""Everything that was ever told of some projects, whether it is known now or not, with the batches that told it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, select

from monitor.store import telling
from monitor.store.events import ALWAYS, OPTIONAL
from monitor.store.facts import CASE_COLUMNS, PROJECT_BLANKS, PROJECT_COLUMNS
from monitor.store.telling import NO_MORE, TABLES, Keys, Of, Piece, Telling
from monitor.store.versions import plain
from monitor.store.waiting import Claim
from monitor.tables import ApprovalCase, BatchKnown, CaseFact, Department, Event, Project, ProjectFact
from monitor.tables.among import among

Key = tuple[int, str]  # of an event: its source and id
FIXED = ALWAYS[1:]  # of an event: what every file tells


@dataclass(slots=True)
class Row:
    """A version or an event as it lies. ``key``: what it is of: a project, a case, (source, event id). ``fixed``: of a
    case its department and source, of an event its case and what every file tells of one."""

    id: int
    project: int
    key: Any
    batch: int
    known: bool
    told: int
    values: tuple[Any, ...]
    fixed: tuple[Any, ...] = ()


def told_projects(connection: Connection, batch_id: int) -> Keys:
    """The projects of which a batch told anything, in the order of their keys."""
    found = [np.empty(0, np.int64)]
    for model in (ProjectFact, CaseFact, Event):
        query = select(model.project_id).where(model.batch_id == batch_id).distinct()
        found.append(np.fromiter(connection.execute(query).scalars(), np.int64))
    whole = connection.execute(select(BatchKnown.last_project).where(BatchKnown.batch_id == batch_id)).scalars().all()
    for piece in telling.pieces(connection, 0, max(whole, default=-1), [batch_id]):
        found.append(np.unique(piece.keys[:, 0]))
    return np.unique(np.concatenate(found))


def known_elsewhere(connection: Connection, keys: Collection[Key], ids: Sequence[int]) -> list[tuple[int, int]]:
    """Project and id of the events that are known under these keys, and lie with other projects than these."""
    by_source: defaultdict[int, list[str]] = defaultdict(list)
    for source, name in keys:
        by_source[source].append(name)
    found: list[tuple[int, int]] = []
    for source, names in by_source.items():
        there = (Event.source_id == source, Event.known_to.is_(None), among(connection, Event.event_id, names))
        found += connection.execute(select(Event.project_id, Event.id).where(*there)).all()
    own = set(ids)
    return [row for row in found if row[0] not in own]


class History:
    """The rows of some projects, and who told them.

    ``rows``: by what they are of and their key. ``known``: those that are known now, by what they are of. ``tellings``:
    by the same, what the batches told that were not taken back, each with the row that says it. ``disputed``: of what
    the batch told that is being taken back, the first batch after it whose row was refused for it (``claims``).
    """

    def __init__(
        self,
        connection: Connection,
        ids: Sequence[int],
        undone: set[int],
        undoing: int | None,
        claims: dict[Claim, int],
    ) -> None:
        self.connection, self.ids, self.undone = connection, ids, undone
        self.rows = {Of.PROJECTS: self._projects(), Of.CASES: self._cases(), Of.EVENTS: self._events()}
        query = select(Project.id, Project.code).where(among(connection, Project.id, ids))
        self.codes: dict[int, str] = dict(connection.execute(query).all())
        keys = {row.key for row in self.rows[Of.CASES].values()} | {e.fixed[0] for e in self.rows[Of.EVENTS].values()}
        cases = select(ApprovalCase.id, ApprovalCase.case_id).where(among(connection, ApprovalCase.id, sorted(keys)))
        self.case_ids: dict[int, str] = dict(connection.execute(cases).all())
        every = list(telling.pieces(connection, ids[0], ids[-1]))
        self.pieces = [piece for piece in every if piece.batch not in undone]
        self.known = {of: {row.key: row for row in rows.values() if row.known} for of, rows in self.rows.items()}
        self.tellings = {of: self._tellings(of) for of in TABLES}
        self._derived()
        again = [piece for piece in every if piece.batch == undoing]
        self.disputed = {of: self._disputed(of, undoing, again, claims) for of in (Of.CASES, Of.EVENTS)}

    def _projects(self) -> dict[int, Row]:
        fact = ProjectFact
        columns = [plain(getattr(fact, name)) for name in PROJECT_COLUMNS]
        head = (fact.id, fact.project_id, fact.batch_id, fact.known_to.is_(None), fact.told)
        query = select(*head, *columns).where(among(self.connection, fact.project_id, self.ids))
        rows = self.connection.execute(query.order_by(fact.id))
        return {r[0]: Row(r[0], r[1], r[1], r[2], bool(r[3]), r[4], tuple(r[5:])) for r in rows}

    def _cases(self) -> dict[int, Row]:
        """Cases with the name of their department: its region is that of the project."""
        fact = CaseFact
        names = [Department.name if n == "department_id" else plain(getattr(fact, n)) for n in CASE_COLUMNS]
        head = (fact.id, fact.project_id, fact.case_id, fact.batch_id, fact.known_to.is_(None), fact.told)
        query = (
            select(*head, fact.department_id, ApprovalCase.source_id, *names)
            .join(Department, Department.id == fact.department_id)
            .join(ApprovalCase, ApprovalCase.id == fact.case_id)
            .where(among(self.connection, fact.project_id, self.ids))
        )
        rows = self.connection.execute(query.order_by(fact.id))
        return {r[0]: Row(r[0], r[1], r[2], r[3], bool(r[4]), r[5], tuple(r[8:]), tuple(r[6:8])) for r in rows}

    def _events(self) -> dict[int, Row]:
        keys = (Event.id, Event.project_id, Event.source_id, Event.event_id, Event.batch_id)
        head = (*keys, Event.known_to.is_(None), Event.told, Event.case_id)
        columns = [plain(getattr(Event, name)) for name in (*FIXED, *OPTIONAL)]
        query = select(*head, *columns).where(among(self.connection, Event.project_id, self.ids))
        n = len(head) + len(FIXED)
        return {
            r[0]: Row(r[0], r[1], (r[2], r[3]), r[4], bool(r[5]), r[6], tuple(r[n:]), tuple(r[7:n]))
            for r in self.connection.execute(query.order_by(Event.id))
        }

    def _tellings(self, of: Of) -> dict[Any, list[tuple[Row, Telling]]]:
        """By what they are of: the row that says it, and which batch told what of it."""
        found: defaultdict[Any, list[tuple[Row, Telling]]] = defaultdict(list)
        rows = self.rows[of]
        for row in rows.values():
            if row.told and row.batch not in self.undone:
                found[row.key].append((row, Telling(row.batch, row.told, row.values)))
        for piece, row in self._again(of):
            if piece.told != NO_MORE:
                found[row.key].append((row, Telling(piece.batch, piece.told, row.values)))
        return found

    def name_of(self, of: Of, key: Any) -> str:
        """The key of a thing in the words of its source."""
        return str(key[1] if of is Of.EVENTS else (self.codes if of is Of.PROJECTS else self.case_ids)[key])

    def no_more(self) -> Iterator[tuple[Row, int]]:
        """Voids of what a source took back, and the batches that said so again."""
        return ((row, piece.batch) for piece, row in self._again(Of.EVENTS) if piece.told == NO_MORE)

    def _again(self, of: Of) -> Iterator[tuple[Piece, Row]]:
        """The rows that batches told that were known already."""
        rows = self.rows[of]
        for piece in (piece for piece in self.pieces if piece.of is of):
            for _project, key in self._inside(piece):
                if key in rows:
                    yield piece, rows[key]

    def _derived(self) -> None:
        """Adds the days of coding that were derived. A project of which nothing else is told is none."""
        told = self.tellings[Of.PROJECTS]
        for piece in self.pieces:
            if piece.of is Of.DERIVED:
                for project, day in self._inside(piece):
                    if project in told:
                        values = tuple((PROJECT_BLANKS | {"coded_on": day}).values())
                        told[project].append((told[project][0][0], Telling(piece.batch, piece.told, values, True)))

    def _inside(self, piece: Piece) -> list[list[int]]:
        projects = piece.keys[:, 0]
        inside: list[list[int]] = piece.keys[(projects >= self.ids[0]) & (projects <= self.ids[-1])].tolist()
        return inside

    def _disputed(
        self, of: Of, undoing: int | None, again: Sequence[Piece], claims: dict[Claim, int]
    ) -> dict[Any, int]:
        rows = self.rows[of]
        mine = [row for row in rows.values() if row.told and row.batch == undoing] if claims else []
        for piece in again if claims else ():
            if piece.of is of:
                mine += [rows[key] for key in piece.keys[:, 1].tolist() if key in rows]
        found = {}
        for row in mine:
            source = row.key[0] if of is Of.EVENTS else row.fixed[1]
            if (claim := claims.get((of.name.lower(), source, self.name_of(of, row.key)))) is not None:
                found[row.key] = claim
        return found
