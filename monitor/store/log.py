"""One batch of the log: everything of it lands in the transaction of its connection, or nothing.

Batches are written one after the other (SQLite: the writer's lock; PostgreSQL: an advisory lock), and each
has one moment, `known_from`, later than that of every batch before it. So the batches that a reader sees are
exactly those up to the latest `known_from` it sees.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from copy import copy

import numpy as np
from sqlalchemy import Connection, delete, func, insert, select, text, update

from monitor.store import bulk, waiting
from monitor.store.events import Events
from monitor.store.facts import Cases, Projects
from monitor.store.pulls import read_all_again
from monitor.store.secret_projects import SecretMemory
from monitor.store.telling import Again
from monitor.store.versions import Stamp, next_key
from monitor.tables import Batch, BatchKnown, Department, RefusedRow, Source, Standing
from monitor.tables.among import among
from monitor.tables.reported import NOTHING_TOLD as NOTHING_TOLD
from monitor.tables.reported import reported
from rules.workdays import day_of

_LOCK = 7_231_002
LONG_PAST = dt.date(1970, 1, 1)  # day 0


def lock_log(connection: Connection) -> None:
    """Waits until no other writer of the log is at work; held to the end of the transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


class LogBatch:
    """A batch that is being written: `projects`, `cases` and `events` take its chunks, in this order."""

    def __init__(
        self,
        connection: Connection,
        source: str,
        name: str,
        sha256: str,
        now: dt.datetime,
        zone: dt.tzinfo,
        undoes: int | None = None,
        within: Sequence[str] | None = None,
    ) -> None:
        """``within``: beginnings of the area codes of whose projects alone it tells, whatever waits of it; None: of
        all."""
        lock_log(connection)
        self.connection = connection
        self.source_id = _source(connection, source)
        last = connection.execute(select(func.max(Batch.known_from))).scalar()
        # The office's clock may have been set back: moments must grow, or versions would end before they began.
        self.known_from = now if last is None or now > last else last + dt.timedelta(microseconds=1)
        self.id = next_key(connection, Batch)
        first_event = int(connection.execute(select(func.max(Batch.last_event))).scalar() or 0) + 1
        self._touched = bytearray()
        values = {"id": self.id, "source_id": self.source_id, "name": name, "sha256": sha256, "undoes": undoes}
        values["held_to"] = None if within is None else "\n".join(within)
        self.known_on = self.known_from.astimezone(zone).date()
        known = {"known_from": self.known_from, "known_on": self.known_on}
        connection.execute(insert(Batch).values(last_event=first_event - 1, **known, **values))
        self.secrets = SecretMemory(connection, source)
        self.first_department = next_key(connection, Department)  # this batch makes those from here on
        self._writes(self.id, self.source_id, first_event)

    def _writes(self, batch_id: int, source_id: int, next_event: int) -> None:
        self.next_event = next_event
        stamp = Stamp(batch_id, source_id, bulk.moment(self.connection, self.known_from))
        self.again = Again(self.connection, batch_id)
        self.projects = Projects(self.connection, stamp, self.again)
        self.cases = Cases(self.connection, stamp, self.again, self.projects)
        self.events = Events(self.connection, stamp, self.again, self.cases, next_event)

    def speaking_for(self, batch_id: int) -> LogBatch:
        """The same batch, taking rows that an earlier one told: they are that one's, though known from this moment.

        Whoever writes through it gives its `next_event` back to this one. Rows that were pulled may have been edited
        while they waited; a row of a file never edits, though its source be pulled.
        """
        other = copy(self)
        other._touched = bytearray()
        query = select(Batch.source_id, Source.name, Batch.sha256).join(Source, Source.id == Batch.source_id)
        source, name, sha256 = self.connection.execute(query.where(Batch.id == batch_id)).one()
        other.secrets = SecretMemory(self.connection, name)
        other._writes(batch_id, source, self.next_event)
        if sha256 == waiting.PULLED:
            other.edited_in_place()
        return other

    def held_to(self, batch_id: int) -> tuple[str, ...] | None:
        """To which regions the sender of a batch was held; None: to none."""
        told = self.connection.execute(select(Batch.held_to).where(Batch.id == batch_id)).scalar()
        return None if told is None else tuple(told.splitlines())

    def edited_in_place(self) -> None:
        """From here on other content under a known id of an event is a void of the old and a new event."""
        self.events.replacing = self.known_on

    def follow_regions(self) -> None:
        """After the last project: cases follow a project into its new region."""
        self.cases.follow(self.projects.moved)
        self.projects.moved = {}

    def origin(self, batch_id: int) -> tuple[str, str]:
        """The files of a batch and their hash."""
        row = self.connection.execute(select(Batch.name, Batch.sha256).where(Batch.id == batch_id)).one()
        return row.name, row.sha256

    def take_back(self, batch_id: int) -> bool:
        """From this moment on an earlier batch tells nothing any more. What was known by it is left to be worked out
        anew; until which day its source has reported is what the batches say that remain.

        Gives whether the source is pulled. It is read whole then: what a later pull left out, for it was known by this
        one or waited already, would be missing until something new is recorded of it."""
        connection = self.connection
        connection.execute(update(Batch).where(Batch.id == batch_id).values(undone_at=self.known_from))
        left = reported().subquery()
        until = select(left.c.until).where(left.c.source_id == self.source_id).scalar_subquery()
        connection.execute(update(Source).where(Source.id == self.source_id).values(reported_until=until))
        return read_all_again(connection, self.source_id)

    def keep_refused(self, rows: Iterable[waiting.Kept]) -> int:
        """Sets rows aside; gives how many of them did not wait before."""
        return waiting.keep(self.connection, self.id, rows)

    def touch(self, projects: Iterable[int]) -> None:
        """Notes that something of these projects changed."""
        for project in projects:
            if project >= len(self._touched):
                self._touched.extend(bytes(project + 4096 - len(self._touched)))
            self._touched[project] = 1

    def untouch(self, projects: Iterable[int]) -> None:
        """Notes that nothing of these projects changed after all."""
        for project in projects:
            self._touched[project] = 0

    def touched(self) -> list[int]:
        """The projects noted, in the order of their keys."""
        return [int(key) for key in np.flatnonzero(np.frombuffer(self._touched, np.uint8))]

    def close(
        self,
        *,
        projects: int,
        cases: int,
        events: int,
        refused: int,
        reported_until: int | None,
        falls_back: bool = False,
    ) -> None:
        """Writes the counts of what landed, and until which day the source has reported (a day number);
        ``falls_back``: and no longer, whatever was said before.

        Standings of projects that were touched get `next_change` 0 (long past), so that the next tick assesses
        them, and a higher `log_version`, so that a tick under way gives way. A project that this batch
        made has both from the start.
        """
        again = [key for key in self.touched() if key < self.projects.first_id]
        for start in range(0, len(again), 50_000):
            some = among(self.connection, Standing.project_id, again[start : start + 50_000])
            due_at_once = {"next_change": LONG_PAST, "log_version": Standing.log_version + 1}
            self.connection.execute(update(Standing).where(some).values(due_at_once))
        until = None if reported_until is None else day_of(reported_until)
        self.again.flush()
        counts = {"projects": projects, "cases": cases, "events": events, "refused": refused}
        counts |= {"last_event": self.next_event - 1, "falls_back": falls_back}
        self.connection.execute(update(Batch).where(Batch.id == self.id).values(reported_until=until, **counts))
        if until is not None:
            later = Source.reported_until.is_(None) | (Source.reported_until < until)
            self.connection.execute(
                update(Source)
                .where(Source.id == self.source_id, *([] if falls_back else [later]))
                .values(reported_until=until)
            )

    def keep_replaced(self) -> None:
        """After the last row: what was replaced in place is told again, voided."""
        self.next_event += self.events.keep_replaced(self.next_event)

    def forget(self) -> None:
        """Of a batch that told nothing new: there was none."""
        self.connection.execute(delete(RefusedRow).where(RefusedRow.batch_id == self.id))
        self.connection.execute(delete(BatchKnown).where(BatchKnown.batch_id == self.id))
        self.connection.execute(delete(Batch).where(Batch.id == self.id))

    def reported_until(self) -> dt.date | None:
        """Until which day the source had reported before this batch."""
        return self.connection.execute(select(Source.reported_until).where(Source.id == self.source_id)).scalar()


def _source(connection: Connection, name: str) -> int:
    found = connection.execute(select(Source.id).where(Source.name == name)).scalar()
    if found is not None:
        return int(found)
    key = next_key(connection, Source)
    connection.execute(insert(Source).values(id=key, name=name))
    return key
