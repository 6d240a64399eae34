"""What the catalogue wants before each item, and which case of a project met it first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from monitor.analysis.cases import I64, Cases, Ways
from rules.log import I32, NO_DAY, NONE
from rules.pack import Catalogue
from rules.plan.graph import waits

Groups = Mapping[str, Sequence[Sequence[str]]]  # of every item of the catalogue; of each inner sequence one is enough
OPEN, ABSENT = np.int32(2**31 - 2), np.int32(2**31 - 1)  # later than any day


def groups(catalogue: Catalogue) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Of each item what it waits for, with the alternatives that may stand for it; not what it wraps (runs beside)."""
    found = {}
    for code, item in catalogue.items.items():
        kept = (tuple(c for c in group if c not in item.wraps) for group in waits(catalogue, item))
        found[code] = tuple(group for group in kept if group)
    return found


def conditional(catalogue: Catalogue) -> frozenset[str]:
    """Items that not every project needs."""
    return frozenset(code for code, item in catalogue.items.items() if item.conditional)


@dataclass(frozen=True)
class Prior:
    """One entry a case and group of prerequisites of its item, in the order of the catalogue.

    ``row``: the case. ``before``: the case of the group decided first, an open one where none is, NONE where its works
    has no case of them. ``group``: which of ``wanted`` it is. ``day``: of that decision; OPEN where there is none yet,
    ABSENT where there is no case.
    """

    row: I64
    before: I64
    group: I64
    day: I32
    wanted: tuple[tuple[str, ...], ...]


def prior(log: Cases, among: Ways, wanted: Groups) -> Prior:
    """Looks up the prerequisites of every case among those of its own works and those without a works code.

    A case without a works code looks at its whole project (as `rules.predecessors` does). A case without any day is
    none. Of several that are decided on one day the department that comes first by name.
    """
    number = {code: n for n, code in enumerate(log.items)}
    sought = sorted({number[c] for code in number.keys() & set(wanted) for g in wanted[code] for c in g if c in number})
    first = _first(log, among, sought)
    done = np.append(np.where(log.decided == NO_DAY, OPEN, log.decided), ABSENT).astype(np.int32)
    column = {log.items[n]: place for place, n in enumerate(sought)}
    by_item = np.argsort(log.item, kind="stable")
    ends = np.cumsum(np.bincount(log.item, minlength=len(log.items)))
    rows, befores, which = [], [], []
    names: list[tuple[str, ...]] = []
    for code in (c for c in wanted if c in number):
        n = number[code]
        mine = by_item[ends[n - 1] if n else 0 : ends[n]]
        for group in wanted[code]:
            best = np.full(len(mine), NONE, np.int64)
            for place in (column[c] for c in group if c in column):
                found = first[among.own[mine], place]
                best = np.where(done[found] < done[best], found, best)
            rows.append(mine)
            befores.append(best)
            which.append(np.full(len(mine), len(names)))
            names.append(tuple(group))
    none = [np.empty(0, np.int64)]
    row, before, group_ = (np.concatenate(parts or none).astype(np.int64) for parts in (rows, befores, which))
    return Prior(row, before, group_, done[before], tuple(names))


def _first(log: Cases, among: Ways, sought: list[int]) -> I32:
    """By way, and by project, and item: the case of it that was decided first; NONE where there is no case."""
    place = np.full(len(log.items), NONE)
    place[sought] = np.arange(len(sought))
    begun = (log.received != NO_DAY) | (log.accepted != NO_DAY) | (log.decided != NO_DAY)
    wanted = begun & (place[log.item] != NONE)
    out = np.full((len(among.project), max(len(sought), 1)), NONE, np.int32)
    day = np.where(log.decided == NO_DAY, OPEN, log.decided).astype(np.int64)
    order = np.argsort(-(day * (len(log.departments) + 1) + log.department), kind="stable")
    rows = order[wanted[order]]
    out[log.project[rows], place[log.item[rows]]] = rows  # the first is written last, and stays
    shared = among.way >= len(log.projects)
    if shared.any():
        way, row = among.way[shared], among.row[shared]
        rank = np.empty(len(log), np.int64)
        rank[order] = np.arange(len(order))
        kept = np.flatnonzero(wanted[row])
        kept = kept[np.argsort(rank[row[kept]], kind="stable")]
        out[way[kept], place[log.item[row[kept]]]] = row[kept]
    return out
