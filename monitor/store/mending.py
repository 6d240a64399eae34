"""What waits of a source that is pulled, and is done with: a later pull told of the same what could come in.

`monitor.store.waiting.Mended` sees to it as the pull lands; here it follows from the tellings that remain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, select

from monitor.store import waiting
from monitor.store.history import History, Row
from monitor.store.log import PULLED
from monitor.store.telling import Of, Telling
from monitor.store.waiting import Claim
from monitor.tables import Batch

Mending = Mapping[Claim, list[tuple[int, int]]]  # rows that wait again, each with the batch that told it


class Mends:
    """Which pulls told what stays, or took it back. ``again``: rows that wait again."""

    def __init__(self, connection: Connection, again: Mending) -> None:
        self.connection, self.again = connection, again
        pulls = select(Batch.id, Batch.source_id).where(Batch.sha256 == PULLED, Batch.undoes.is_(None))
        self._source_of: dict[int, int] = dict(connection.execute(pulls).all())
        self._told: dict[tuple[Of, Any], list[int]] = {}
        self._done: list[tuple[int, int | None]] = []

    def told(
        self,
        history: History,
        of: Of,
        key: Any,
        tellings: Iterable[tuple[Row, Telling]],
        taken_back: Iterable[int] = (),
    ) -> int:
        """Takes the tellings of a key that stay, and the batches that took back what it said; gives how many of the
        rows that wait again are done with."""
        pulls = sorted({one.batch for _row, one in tellings if one.batch in self._source_of}.union(taken_back))
        if pulls:
            self._told[of, key] = pulls
        before = len(self._done)
        for source in {self._source_of[pull] for pull in pulls} if self.again else ():
            for row, batch in self.again.get((of.name.lower(), source, history.name_of(of, key)), ()):
                mended = (pull for pull in pulls if pull > batch and self._source_of[pull] == source)
                self._done += [(row, pull) for pull in mended][:1]
        return len(self._done) - before

    def after(self, of: Of, key: Any, batch: int) -> int | None:
        """The first pull after a batch that told a key, so that what this batch told of it need not wait."""
        return next((pull for pull in self._told.get((of, key), ()) if pull > batch), None)

    def close(self) -> None:
        """After some projects: writes what is done with."""
        waiting.mend(self.connection, self._done)
        self._told, self._done = {}, []
