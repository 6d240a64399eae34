"""Events: appended, unique by source and id among those still known; the same again adds nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from monitor.store import bulk
from monitor.store.facts import Cases
from monitor.store.replaced import Replaced
from monitor.store.telling import NO_MORE, Again, Of, told_of
from monitor.store.versions import Clash, Outcome, Seen, Stamp, plain
from monitor.tables import CaseFact, Event, ProjectFact
from monitor.tables.among import among
from rules.vocabulary import Status

ALWAYS = ("event_id", "status", "day", "occurred_at")
# Columns that a file may lack, with what they hold then. New ones go to the end: `told` counts them off.
OPTIONAL: dict[str, Any] = {
    "entered_at": None,
    "entered_day": None,
    "office": "",
    "handler": "",
    "procedure": None,
    "holder": None,
    "reason": "",
    "basis": "",
    "days": None,
    "approver": "",
    "voids": None,
    "confirms": None,
}


@dataclass(frozen=True, slots=True)
class Target:
    """An event of this import that names another one; ``ordinal`` is its row among the events of the import."""

    column: str
    name: str
    project_id: int
    id: int
    ordinal: int


@dataclass(frozen=True, slots=True)
class Lost:
    """A target that is not there (``foreign``: there, but of another project)."""

    target: Target
    foreign: bool


class Events:
    """Writes events. Keys are ``first_id`` plus the ordinal of the row, so that a key tells its row.

    ``replacing``: the day on which we learn of it, where a source edits in place (`monitor.store.replaced`).
    """

    def __init__(self, connection: Connection, stamp: Stamp, again: Again, cases: Cases, first_id: int) -> None:
        self.connection, self.stamp, self.again, self.cases = connection, stamp, again, cases
        self.first_id = first_id
        self.targets: list[Target] = []
        self.replacing: dt.date | None = None
        self._replaced = Replaced(connection, stamp)
        self.remembers = False  # which known events are told again; so it is where a source edits in place
        self._met = Seen()
        self._intakes: dict[tuple[int, tuple[str, ...]], bulk.Intake] = {}

    def put(
        self, case_ids: Sequence[str], columns: dict[str, Sequence[Any]], ordinals: Sequence[int], told: frozenset[str]
    ) -> Outcome:
        """Lands a chunk. ``columns``: all of ALWAYS, and those of OPTIONAL that the file has; ``told``: those
        by which the same again is known.

        Rows of a case that is not known are left out and named in ``unknown``.
        """
        found = self.cases.find(case_ids)
        outcome = Outcome()
        if len(found) < len(set(case_ids)):
            outcome.unknown = [i for i, case in enumerate(case_ids) if case not in found]
            places = [i for i, case in enumerate(case_ids) if case in found]
            case_ids, ordinals = [case_ids[i] for i in places], [ordinals[i] for i in places]
            columns = {name: [values[i] for i in places] for name, values in columns.items()}
        else:
            places = list(range(len(case_ids)))
        pairs = [found[case] for case in case_ids]
        ids = [self.first_id + ordinal for ordinal in ordinals]
        names = tuple(columns)
        rows: list[bulk.Row] = list(
            zip([p[1] for p in pairs], ids, [p[0] for p in pairs], *(columns[name] for name in names), strict=True)
        )
        # By project, the order in which SQLite keeps the table: scattered writes cost half as much again.
        rows.sort()
        telling = told_of([{"entered_day": "entered_at"}.get(name, name) in told for name in OPTIONAL])
        outcome.added = self._intake(names, telling).add(("project_id", "id", "case_id", *names), rows)
        new: set[int] | None = None
        if outcome.added < len(rows):
            compared = ("case_id", *(name for name in names if name in told and name != "event_id"))
            intake = self._intake(names, telling)
            new = self._meet(intake, names, rows, compared, dict(zip(ordinals, places, strict=True)), outcome)
            self.again.note(Of.EVENTS, telling, outcome.again)
        outcome.touched |= {row[0] for row in rows if new is None or row[1] in new}
        self._remember_targets(names, rows, new)
        return outcome

    def _intake(self, names: tuple[str, ...], telling: int) -> bulk.Intake:
        if (telling, names) not in self._intakes:
            constants = {"source_id": self.stamp.source_id, "batch_id": self.stamp.batch_id}
            constants |= {"known_from": self.stamp.known_from, "told": telling}
            constants |= {name: value for name, value in OPTIONAL.items() if name not in names}
            unique = "(source_id, event_id) WHERE known_to IS NULL"
            self._intakes[telling, names] = bulk.Intake(self.connection, "event", unique, constants)
        return self._intakes[telling, names]

    def _meet(
        self,
        intake: bulk.Intake,
        names: tuple[str, ...],
        rows: list[bulk.Row],
        compared: tuple[str, ...],
        place: dict[int, int],
        outcome: Outcome,
    ) -> set[int]:
        """Tells the rows that were not inserted apart: the same again, or other content under a used id.

        Gives the keys of those that were inserted.
        """
        event_id = Event.__table__.c.event_id
        query = select(event_id, Event.id, *(Event.__table__.c[name] for name in compared)).where(
            Event.source_id == self.stamp.source_id,
            Event.known_to.is_(None),
            among(self.connection, Event.event_id, [row[3 + names.index("event_id")] for row in rows]),
        )
        known = {row[0]: row[1:] for row in bulk.fetch(self.connection, query)}
        order = ("project_id", "id", "case_id", *names)
        picked = [order.index(name) for name in compared]
        key_at, new = order.index("event_id"), set()
        edited: dict[str, bulk.Row] = {}
        again: list[bulk.Row] = []
        for row in rows:
            there = known[row[key_at]]
            if row[key_at] in edited:
                again.append(row)  # by then the first of them is known
                continue
            if there[0] == row[1]:
                new.add(row[1])
                continue
            here = tuple(row[i] for i in picked)
            if here == there[1:]:
                outcome.known += 1
                outcome.again.append((row[0], there[0]))
                if self.replacing or self.remembers:
                    self._met.set(there[0], row[1] - self.first_id)
                continue
            before = there[0] - self.first_id if there[0] >= self.first_id else self._met.get(there[0])
            if self.replacing and before is None:
                edited[row[key_at]] = row
                continue
            n = next(n for n, (a, b) in enumerate(zip(here, there[1:], strict=True)) if a != b)
            clash = Clash(place[row[1] - self.first_id], compared[n], there[1 + n], here[n], before)
            outcome.clashes.append(clash)
        if edited:
            outcome.touched |= set(self._replaced.end(list(edited)).values())
            intake.add(order[:3] + names, list(edited.values()))
            outcome.changed += len(edited)
            new |= {row[1] for row in edited.values()}
        return new | (self._meet(intake, names, again, compared, place, outcome) if again else set())

    def told_before(self, event_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
        """Id -> status and number of the day of events that were told before this batch, hold (nothing voids them), and
        were not told again by it, if it ``remembers``."""
        table = Event.__table__.c
        mine = (Event.source_id == self.stamp.source_id, Event.known_to.is_(None))
        query = select(table.event_id, table.id, table.project_id, table.batch_id, table.status, plain(Event.day))
        rows = self.connection.execute(query.where(*mine, among(self.connection, Event.event_id, list(event_ids))))
        found = {
            row.event_id: row
            for row in rows
            if row.batch_id != self.stamp.batch_id and self._met.get(row.id) is None and row.status != Status.VOIDED
        }
        if not found:
            return {}
        projects = among(self.connection, Event.project_id, sorted({row.project_id for row in found.values()}))
        voids = set(
            self.connection.execute(select(Event.voids).where(*mine, projects, Event.voids.is_not(None))).scalars()
        )
        return {name: (row.status, row.day) for name, row in found.items() if name not in voids}

    def retract(self, event_ids: Sequence[str], projects: Sequence[int]) -> Outcome:
        """Ends the events of these ids, without new content; ``changed`` tells how many were known. Of those of
        ``projects`` that a batch before has ended it is noted that this one says so too."""
        ended = self._replaced.end(event_ids)
        if before := set(event_ids) - ended.keys():
            self.again.note(Of.EVENTS, NO_MORE, self._replaced.voids(before, projects))
        return Outcome(changed=len(ended), touched=set(ended.values()))

    def keep_replaced(self, next_id: int) -> int:
        """After the last row: tells what was replaced again, voided, with keys from ``next_id`` on; gives how many rows
        that took."""
        return self._replaced.keep(next_id, self.replacing) if self.replacing else 0

    def _remember_targets(self, names: tuple[str, ...], rows: list[bulk.Row], new: set[int] | None) -> None:
        for column in ("voids", "confirms"):
            if column not in names:
                continue
            at = 3 + names.index(column)
            self.targets += [
                Target(column, row[at], row[0], row[1], row[1] - self.first_id)
                for row in rows
                if row[at] is not None and (new is None or row[1] in new)
            ]

    def lost_targets(self) -> list[Lost]:
        """Targets that name no event of the same project, now that all rows are in. The events stay."""
        lost: list[Lost] = []
        for start in range(0, len(self.targets), 50_000):
            some = self.targets[start : start + 50_000]
            query = select(Event.event_id, Event.project_id).where(
                Event.source_id == self.stamp.source_id,
                Event.known_to.is_(None),
                among(self.connection, Event.event_id, sorted({target.name for target in some})),
            )
            project = dict(self.connection.execute(query).all())
            lost += [
                Lost(target, target.name in project) for target in some if project.get(target.name) != target.project_id
            ]
        return lost

    def take_back(self, lost: list[Lost]) -> set[int]:
        """Takes events of this import out again, before anybody saw them; gives the projects left untouched."""
        keys = sorted({(each.target.project_id, each.target.id) for each in lost})
        bulk.execute(self.connection, "DELETE FROM event WHERE project_id = ? AND id = ?", keys)
        gone = {key for _, key in keys}
        self.targets = [target for target in self.targets if target.id not in gone]
        left = {project for project, _ in keys}
        for model in (Event, CaseFact, ProjectFact):
            query = select(model.project_id).where(among(self.connection, model.project_id, sorted(left)))
            left -= set(self.connection.execute(query.where(model.batch_id == self.stamp.batch_id)).scalars())
        return left
