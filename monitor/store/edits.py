"""Events that a source edited in place or took back, worked out anew from what its batches told.

`monitor.store.replaced` writes the same rows as it takes a batch in; here they follow from the tellings that remain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from monitor.store.events import OPTIONAL
from monitor.store.history import Key, Row
from monitor.store.telling import Telling, fold
from monitor.tables import FOLLOWS
from monitor.tables.twins import void_of, voided_by
from rules.vocabulary import Status
from rules.workdays import day_of

Folded = tuple[Row, tuple[Any, ...], int]  # the row that says what it is, its optional values, by which batch
_NAMES = tuple(OPTIONAL)
NAMING = tuple(_NAMES.index(name) for name in ("voids", "confirms"))


@dataclass(frozen=True)
class Overtaken:
    """What an id said until a batch said otherwise, or took it back."""

    said: Folded
    until: int


def replay(
    tellings: Iterable[tuple[Row, Telling]], taken_back: Sequence[int], blank: tuple[Any, ...]
) -> tuple[Folded | None, list[Overtaken]]:
    """What an id of an event says in the end (None: it was taken back), and what it said before.

    ``taken_back``: the batches that took back what it said until then. A batch that tells it otherwise has the word
    from there on.
    """
    now: Folded | None = None
    before: list[Overtaken] = []
    steps: list[tuple[int, tuple[Row, Telling] | None]] = [(one.batch, (row, one)) for row, one in tellings]
    for batch, told in sorted([*steps, *((batch, None) for batch in taken_back)], key=lambda step: step[0]):
        if now is not None and (told is None or not _same(now, *told)):
            before.append(Overtaken(now, batch))
            now = None
        if told is not None and now is None:
            now = (told[0], fold([told[1]], blank)[0], batch)
    return now, before


def _same(now: Folded, row: Row, one: Telling) -> bool:
    told = (n for n in range(len(_NAMES)) if one.told >> n + 1 & 1)
    return now[0].fixed == row.fixed and all(now[1][n] == one.values[n] for n in told)


def kept(
    key: tuple[int, str], before: Sequence[Overtaken], twins: Mapping[Any, str], known_on: Mapping[int, int]
) -> dict[tuple[int, str], Folded]:
    """The rows by which what was overtaken stays known, voided: under the ids ``twins``. ``known_on``: the day of each
    batch, as a number."""
    rows: dict[tuple[int, str], Folded] = {}
    for one in before:
        row, values, _by = one.said
        twin, day = twins[*key, one.until], known_on[one.until]
        void = tuple((OPTIONAL | {"voids": twin})[name] for name in _NAMES)
        saying = replace(row, fixed=(row.fixed[0], int(Status.VOIDED), day, day_of(day).isoformat()))
        rows[key[0], twin] = (row, values, one.until)
        rows[key[0], void_of(twin)] = (saying, void, one.until)
    return rows


def rename(folded: dict[Any, Folded], before: Mapping[Any, Sequence[Overtaken]], twins: Mapping[Any, str]) -> None:
    """Who voided or confirmed what was overtaken afterwards spoke of that, and of nothing else."""
    for key, (row, values, by) in list(folded.items()):
        for place in NAMING:
            if (target := values[place]) is None:
                continue
            until = next((one.until for one in before.get((key[0], target), ()) if by < one.until), None)
            if until is not None:
                values = (*values[:place], twins[key[0], target, until], *values[place + 1 :])
                folded[key] = (row, values, until)


def taken_back(
    rows: Iterable[Row], undone: set[int], again: Iterable[tuple[Row, int]], waiting: Set[tuple[Key, int]]
) -> dict[Any, list[int]]:
    """By the key of an event the batches that voided what it had said and told nothing in its place, in their order.

    Of an edit the new content lies there, though it may wait for its case by now: then nothing was taken back. It may
    lie with another project: ``waiting`` names what waits, by key and batch. ``again``: voids with the batches that
    said the same later."""
    rows = list(rows)
    there = waiting | {(row.key, row.batch) for row in rows}
    found: defaultdict[Any, set[int]] = defaultdict(set)
    for row in rows:
        if row.told == FOLLOWS and row.batch not in undone and row.fixed[1] == Status.VOIDED:
            key = row.key[0], voided_by(row.key[1], row.batch)
            if key[1] and (key, row.batch) not in there:
                found[key].add(row.batch)
    for row, batch in again:
        found[row.key[0], voided_by(row.key[1], row.batch)].add(batch)
    return {key: sorted(batches) for key, batches in found.items()}
