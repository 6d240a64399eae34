"""A reading as known at a moment: the log is put back to it in a store of its own, and swept there as of the day asked.

So standings, turns and shares are those of an office that had been told no more, worked out by the same code. The
stores of the last questions are kept for a while: a page asks several at once.
"""

from __future__ import annotations

import datetime as dt
import weakref
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

from monitor.database import Database
from monitor.reading import rewinding
from monitor.scratch import Scratch
from monitor.store import rewound
from monitor.verbs.tick import tick
from rules.portfolio import Rules

KEPT = 2  # stores; one of 20,000 projects takes some 400 MB of the disk


@dataclass
class _Kept:
    """A store that is made once, by the first who asks for it."""

    alone: Lock = field(default_factory=Lock)
    made: tuple[Database, Rules] | None = None


class Rewinder:
    """Makes such stores, and keeps the last KEPT of them in the folder for temporary files.

    A store is removed when it is neither kept nor read any more, at the latest when the process ends.
    """

    def __init__(self, database: Database, rules: Rules, zone: ZoneInfo, clock: Callable[[], dt.datetime]) -> None:
        self.database, self.rules, self.zone, self.clock = database, rules, zone, clock
        self._guard, self._alone = Lock(), Lock()
        self._kept: OrderedDict[tuple[Any, ...], _Kept] = OrderedDict()

    def __call__(self, at: dt.datetime | None, as_of: dt.date, region: str | None) -> tuple[Database, Rules]:
        """The store of what was known at a moment (None: now), swept as of a day, and its rules; at least ``region``
        is in it. Raises TooMany where that is more than can be assessed at once."""
        with self.database.reading() as connection:
            region = rewinding.scope(connection, at, region)
            key = (at, as_of, region, rewinding.stamp(connection, at))
        with self._guard:
            kept = self._kept.setdefault(key, _Kept())
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        with kept.alone:
            if kept.made is None:
                with self._alone:  # two at once would be no faster
                    kept.made = self._made(at, as_of, region)
            return kept.made

    def _made(self, at: dt.datetime | None, as_of: dt.date, region: str | None) -> tuple[Database, Rules]:
        rules = self.rules.known_on(at.astimezone(self.zone).date()) if at else self.rules
        folder = Scratch()
        store = Database(f"sqlite:///{folder.path / 'then.db'}", scratch=True)
        weakref.finalize(store, _remove, store.engine, folder)
        with self.database.reading() as source, store.writing(bulk=True) as connection:
            rewound.fill(connection, rewinding.rows(source, at, region))
        tick(store, rules, as_of, self.clock)
        return store, rules


def _remove(engine: Any, folder: Scratch) -> None:
    engine.dispose()
    folder.close()
