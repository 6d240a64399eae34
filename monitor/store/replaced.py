"""Events whose source edits in place: what it said before is kept, voided, and stays known as it was.

The event ``K`` ends. Once all rows are in, its content is told again as ``K~B``, B being the batch, or a longer id that
is free (`monitor.tables.twins`), and an event ``K~B!`` voids that. The new content stands under ``K``: the id always
finds the latest, and the same again adds nothing. Who voided or confirmed the old content spoke of it, and of nothing
else: what named ``K`` names ``K~B``.
"""

from __future__ import annotations

import datetime as dt
from array import array
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Integer, or_, select, type_coerce

from monitor.store import bulk
from monitor.store.versions import Stamp
from monitor.tables import FOLLOWS, Day, Event
from monitor.tables.among import among
from monitor.tables.twins import twins, void_of, voided_by
from rules.vocabulary import Status
from rules.workdays import day_number

CHUNK = 5_000
_COLUMNS = [column.name for column in Event.__table__.columns]
_AT = {name: n for n, name in enumerate(_COLUMNS)}


class Replaced:
    """The events that this batch ended: sixteen bytes each until the last row is in."""

    def __init__(self, connection: Connection, stamp: Stamp) -> None:
        self.connection, self.stamp = connection, stamp
        self._projects, self._ids = array("q"), array("q")

    def end(self, event_ids: Sequence[str]) -> dict[str, int]:
        """Ends the events of these ids that are known; gives the project of each."""
        query = select(Event.event_id, Event.project_id, Event.id).where(
            Event.source_id == self.stamp.source_id,
            Event.known_to.is_(None),
            among(self.connection, Event.event_id, list(event_ids)),
        )
        found = list(self.connection.execute(query))
        ended = [(self.stamp.known_from, project, key) for _, project, key in found]
        bulk.execute(self.connection, "UPDATE event SET known_to = ? WHERE project_id = ? AND id = ?", ended)
        self._projects.extend(row[1] for row in ended)
        self._ids.extend(row[2] for row in ended)
        return {event_id: project for event_id, project, _ in found}

    def voids(self, event_ids: set[str], projects: Sequence[int]) -> list[tuple[int, int]]:
        """Project and key of the voids of what these ids said before, as far as they lie with ``projects``."""
        voids = (Event.told == FOLLOWS, Event.status == int(Status.VOIDED), Event.known_to.is_(None))
        return [
            (row[_AT["project_id"]], row[_AT["id"]])
            for row in self._of(projects, *voids)
            if voided_by(row[_AT["event_id"]], row[_AT["batch_id"]]) in event_ids
        ]

    def keep(self, first_id: int, today: dt.date) -> int:
        """Tells what ended again and voids it, with keys from ``first_id`` on; gives how many rows that took."""
        start, pairs = first_id, sorted(zip(self._projects, self._ids, strict=True))
        for at in range(0, len(pairs), CHUNK):
            some = pairs[at : at + CHUNK]
            projects, ids = sorted({project for project, _ in some}), {key for _, key in some}
            ended = [row for row in self._of(projects, Event.known_to.is_not(None)) if row[_AT["id"]] in ids]
            rows: list[bulk.Row] = []
            batch = self.stamp.source_id, self.stamp.batch_id
            named = twins(self.connection, ((batch[0], row[_AT["event_id"]], batch[1]) for row in ended))
            twin_of = {event_id: twin for (_source, event_id, _batch), twin in named.items()}
            for row in ended:
                twin = twin_of[row[_AT["event_id"]]]
                rows.append(self._told(row, first_id, event_id=twin))
                rows.append(self._told(_void(row, today), first_id + 1, event_id=void_of(twin), voids=twin))
                first_id += 2
            for row in self._of(
                projects, Event.known_to.is_(None), or_(Event.voids.is_not(None), Event.confirms.is_not(None))
            ):
                spoke = {name: twin_of[row[_AT[name]]] for name in ("voids", "confirms") if row[_AT[name]] in twin_of}
                if spoke and row[_AT["batch_id"]] != self.stamp.batch_id:
                    rows.append(self._told(row, first_id, **spoke))
                    first_id += 1
                    self._end(row)
            bulk.insert(self.connection, "event", _COLUMNS, rows)
        return first_id - start

    def _of(self, projects: Sequence[int], *conditions: Any) -> list[Any]:
        values = [_plain(column) for column in Event.__table__.columns]
        theirs = select(*values).where(among(self.connection, Event.project_id, projects), *conditions)
        found = self.connection.execute(theirs.order_by(Event.project_id, Event.id))
        # Not asked by its source: SQLite would walk over everything that is known of it.
        return [row for row in found if row[_AT["source_id"]] == self.stamp.source_id]

    def _told(self, row: Sequence[Any], key: int, **other: Any) -> bulk.Row:
        now = {"id": key, "batch_id": self.stamp.batch_id, "known_from": self.stamp.known_from, "known_to": None}
        told = now | {"told": FOLLOWS} | other
        return tuple(told.get(name, value) for name, value in zip(_COLUMNS, row, strict=True))

    def _end(self, row: Sequence[Any]) -> None:
        ended = (self.stamp.known_from, row[_AT["project_id"]], row[_AT["id"]])
        bulk.execute(self.connection, "UPDATE event SET known_to = ? WHERE project_id = ? AND id = ?", [ended])


def _void(row: Sequence[Any], today: dt.date) -> tuple[Any, ...]:
    """A void of the same case that says nothing else, on the day on which we learned of it."""
    blank = {column.name: None if column.nullable else "" for column in Event.__table__.columns}
    same = {name: row[_AT[name]] for name in ("project_id", "case_id", "source_id")}
    void = {"status": int(Status.VOIDED), "day": day_number(today), "occurred_at": today.isoformat()}
    return tuple((blank | same | void)[name] for name in _COLUMNS)


def _plain(column: Any) -> Any:
    return type_coerce(column, Integer) if isinstance(column.type, Day) else column
