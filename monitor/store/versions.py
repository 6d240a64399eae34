"""Facts in versions: the same again adds nothing, a change closes the old version and opens a new one."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Integer, func, select, type_coerce

from monitor.store import bulk
from monitor.store.telling import told_of
from monitor.tables import FOLLOWS, Base, CaseFact, Day, ProjectFact
from monitor.tables.among import among

MEMORY = 100_000  # entries that a look-up keeps: memory stays flat however long a file is


@dataclass(frozen=True, slots=True)
class Clash:
    """A row that cannot stand beside what is known: ``known`` against ``told`` in ``column``.

    ``before`` is the ordinal of the row of this import that said otherwise; None: an earlier import did.
    """

    at: int
    column: str
    known: Any
    told: Any
    before: int | None = None


@dataclass
class Outcome:
    """What became of the rows of a chunk; numbers in ``unknown`` and ``Clash.at`` are places in the chunk."""

    added: int = 0
    changed: int = 0
    known: int = 0
    clashes: list[Clash] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)  # ids of projects
    again: list[tuple[int, int]] = field(default_factory=list)  # told again: place of a fact or project of an event; id

    def add(self, other: Outcome, places: Sequence[int]) -> None:
        """What became of some rows of the chunk; ``places``: where in it they stand."""
        for name in ("added", "changed", "known"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.clashes += [replace(clash, at=places[clash.at]) for clash in other.clashes]
        self.unknown += [places[at] for at in other.unknown]
        self.touched |= other.touched


@dataclass(frozen=True)
class Stamp:
    """Of which batch and moment what is written now is."""

    batch_id: int
    source_id: int
    known_from: Any  # as the raw driver wants it


class Seen:
    """Which keys this import has met, and in which row (an ordinal from 0); four bytes a key."""

    def __init__(self) -> None:
        self._rows = array("i")

    def get(self, key: int) -> int | None:
        """The ordinal of the first row with this key."""
        return self._rows[key] - 1 if key < len(self._rows) and self._rows[key] else None

    def set(self, key: int, ordinal: int) -> None:
        """Remembers the first row."""
        if key >= len(self._rows):
            self._rows.frombytes(bytes(4 * (key + 1024 - len(self._rows))))
        if not self._rows[key]:
            self._rows[key] = ordinal + 1


@dataclass(slots=True)
class _Version:
    id: int
    values: tuple[Any, ...]


class Versions:
    """The versions of one kind of fact (`project_fact` or `case_fact`), keyed by the id of what they speak of."""

    def __init__(
        self,
        connection: Connection,
        model: type[ProjectFact] | type[CaseFact],
        key: str,
        columns: tuple[str, ...],
        beside: tuple[str, ...],
        stamp: Stamp,
    ) -> None:
        self.connection, self.model, self.key, self.columns, self.beside = connection, model, key, columns, beside
        self.stamp = stamp
        self.table = model.__tablename__
        self.seen = Seen()
        self.first_id = self.next_id = next_key(connection, model)

    def current(self, keys: Iterable[int]) -> dict[int, _Version]:
        """The versions known now."""
        model: Any = self.model
        key = getattr(model, self.key)
        values = [plain(getattr(model, name)) for name in self.columns]
        query = select(key, model.id, *values).where(among(self.connection, key, list(keys)), model.known_to.is_(None))
        return {row[0]: _Version(row[1], tuple(row[2:])) for row in self.connection.execute(query)}

    def settle(
        self,
        keys: Sequence[int],
        values: Sequence[tuple[Any, ...]],
        beside: Sequence[tuple[Any, ...]],
        told: tuple[bool, ...] | None = None,
        ordinals: Sequence[int] | None = None,
        firmly: tuple[bool, ...] | None = None,
    ) -> tuple[Outcome, list[int], list[int]]:
        """Writes what is new. ``told``: which columns were told, the others stay as known; ``firmly``: those for which
        the versions are to stand, where what was told of the others is remembered elsewhere.

        Gives the outcome and the places of what was added and what was changed. Without ``ordinals`` the
        change is a consequence, not something that was told: a row may still say otherwise.
        """
        outcome = Outcome()
        telling = FOLLOWS if ordinals is None else told_of(firmly or told or (True,) * len(self.columns))
        added: list[int] = []
        changed: list[int] = []
        current = self.current(set(keys))
        fresh: dict[int, tuple[Any, ...]] = {}
        closed: list[tuple[Any, ...]] = []
        dropped: list[tuple[Any, ...]] = []
        for i, key in enumerate(keys):
            now, row = current.get(key), values[i]
            first = self.seen.get(key) if ordinals is not None else None
            if now is None:
                added.append(i)
            else:
                if told is not None:
                    row = tuple(new if t else old for new, old, t in zip(row, now.values, told, strict=True))
                if row == now.values:
                    outcome.known += 1
                    if ordinals is not None:
                        outcome.again.append((i, now.id))
                        self.seen.set(key, ordinals[i])
                    continue
                if first is not None:
                    at = next(n for n, (a, b) in enumerate(zip(row, now.values, strict=True)) if a != b)
                    outcome.clashes.append(Clash(i, self.columns[at], now.values[at], row[at], first))
                    continue
                if now.id < self.first_id:
                    closed.append((self.stamp.known_from, now.id))
                elif key not in fresh:
                    dropped.append((now.id,))
                changed.append(i)
            fact = (self.next_id, key, *beside[i], self.stamp.batch_id, self.stamp.known_from, telling, *row)
            fresh[key] = fact
            current[key] = _Version(self.next_id, row)
            self.next_id += 1
            if ordinals is not None:
                self.seen.set(key, ordinals[i])
        bulk.execute(self.connection, f"UPDATE {self.table} SET known_to = ? WHERE id = ?", closed)
        bulk.execute(self.connection, f"DELETE FROM {self.table} WHERE id = ?", dropped)
        names = ("id", self.key, *self.beside, "batch_id", "known_from", "told", *self.columns)
        bulk.insert(self.connection, self.table, names, list(fresh.values()))
        outcome.added, outcome.changed = len(added), len(changed)
        return outcome, added, changed


def next_key(connection: Connection, model: type[Base]) -> int:
    """The first free key of a table whose keys the store gives out, under the lock of the writer."""
    highest = connection.execute(select(func.max(getattr(model, "id")))).scalar()  # noqa: B009
    return int(highest or 0) + 1


def plain(column: Any) -> Any:
    return type_coerce(column, Integer) if isinstance(column.type, Day) else column
