"""Step 6: which departments held each counted day, and what every working day of the span was.

A day held by k departments is 1/k to each, and `sole` to the one that holds it alone. A department holds
with a running counted case; one that merely wraps others (the catalogue says which) holds only when none
of its parts runs. Days are divided in whole 1/232,792,560 (the least common multiple of 1..20), so that
sums are exact; with more than 20 departments the remainder goes to the first ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rules.clock import United, unite
from rules.log import I32, NO_DAY, Bools
from rules.scene import Scene, is_running
from rules.vocabulary import Ledger

WHOLE_DAY = 232_792_560
I64 = npt.NDArray[np.int64]


@dataclass
class Shares:
    """One row a project and department that held a day."""

    project: I32  # of the chunk
    department: I32
    share: I64  # in 1/WHOLE_DAY of a day
    sole: I32  # days


@dataclass
class Holding:
    """Intervals ``(start, end]`` (indices) in which a case holds, after wrappers gave way to their parts."""

    case: I32
    start: I32
    end: I32


def holding(scene: Scene, counted: Bools, ends: I32) -> Holding:
    """The counted stretches up to ``ends``, those of wrapping cases cut to when none of their parts runs."""
    rows = np.flatnonzero(counted & (scene.start < ends))
    case, start, end = scene.cut.case[rows], scene.start[rows], ends[rows]
    wraps = np.array([bool(i and i.wraps) for i in scene.items] or [False])
    wrapper: Bools = wraps[scene.item[case]]
    if not wrapper.any():
        return Holding(case, start, end)
    whole = ~wrapper
    bare = _without_parts(scene, Holding(case[wrapper], start[wrapper], end[wrapper]), case, start, end)
    return Holding(
        np.concatenate((case[whole], bare.case)),
        np.concatenate((start[whole], bare.start)),
        np.concatenate((end[whole], bare.end)),
    )


def ahead(scene: Scene) -> I32:
    """The end of each stretch (index), those that go on reaching into the next working day."""
    return np.where(scene.cut.current, scene.now + 1, scene.end)


def holding_now(scene: Scene, counted: Bools) -> I32:
    """The cases whose departments hold at the end of as_of, ascending."""
    held = holding(scene, counted, ahead(scene))
    return np.unique(held.case[held.end == scene.now + 1])


def _without_parts(scene: Scene, wrapping: Holding, case: I32, start: I32, end: I32) -> Holding:
    """Each wrapping interval minus the days on which one of its parts runs."""
    known = [i.code if i else None for i in scene.items]
    wrapped = np.zeros((len(known), len(known)), np.bool_)
    for n, item in enumerate(scene.items):
        if item:
            wrapped[n] = [code in item.wraps for code in known]
    is_part = np.asarray(wrapped.any(axis=0))
    part: Bools = is_part[scene.item[case]]
    rows = np.flatnonzero(part)
    rows = rows[np.argsort(scene.project[case[rows]], kind="stable")]
    of = scene.project[case[rows]]
    wrappers = np.unique(wrapping.case)
    low = np.searchsorted(of, scene.project[wrappers], side="left")
    many = np.searchsorted(of, scene.project[wrappers], side="right") - low
    owner = np.repeat(wrappers, many)
    inner = rows[np.repeat(low, many) + np.arange(len(owner)) - np.repeat(np.cumsum(many) - many, many)]
    fits = wrapped[scene.item[owner], scene.item[case[inner]]]
    outer_works, inner_works = scene.works[owner], scene.works[case[inner]]
    fits &= (outer_works == inner_works) | (outer_works < 0) | (inner_works < 0)
    owner, inner = owner[fits], inner[fits]
    busy = unite(owner, start[inner], end[inner])
    free = unite(wrapping.case, wrapping.start, wrapping.end)
    return _minus(free, busy)


def _minus(whole: United, taken: United) -> Holding:
    """``whole`` without ``taken``, key by key; both merged."""
    key = np.concatenate((whole.key, whole.key, taken.key, taken.key)).astype(np.int64) << 16
    key |= np.concatenate((whole.start, whole.end, taken.start, taken.end))
    n, m = len(whole.key), len(taken.key)
    delta = np.concatenate((np.full(n, 1), np.full(n, -1), np.full(m, 1 << 16), np.full(m, -(1 << 16))))
    order = np.argsort(key)
    key, open_ = key[order], np.cumsum(delta[order])
    at = np.flatnonzero((open_[:-1] == 1) & (key[1:] != key[:-1]))
    return Holding(
        (key[at] >> 16).astype(np.int32), (key[at] & 0xFFFF).astype(np.int32), (key[at + 1] & 0xFFFF).astype(np.int32)
    )


def shares(scene: Scene, held: Holding, departments: int) -> Shares:
    """The days that each department held in each project."""
    merged = unite(scene.project[held.case] * np.int64(departments) + scene.department[held.case], held.start, held.end)
    head = np.ones(len(merged.key), np.bool_)
    np.not_equal(merged.key[1:], merged.key[:-1], out=head[1:])
    pair, used = np.cumsum(head) - 1, merged.key[head]
    of = (merged.key // departments).astype(np.int64) << 16
    begin, finish = of | merged.start, of | merged.end
    key = np.concatenate((begin, finish))
    order = np.argsort(key)  # lengths between equal keys are nothing, so their order is nobody's concern
    place = np.empty(len(key), np.intp)
    place[order] = np.arange(len(key))
    key = key[order]
    holders = np.cumsum(np.where(order < len(begin), 1, -1))
    length = np.diff(key, append=key[-1:])
    length[holders == 0] = 0  # also the step from one project to the next
    ladder = np.concatenate(([0], np.cumsum(WHOLE_DAY // np.maximum(holders, 1) * length)))
    alone = np.concatenate(([0], np.cumsum(np.where(holders == 1, length, 0))))
    low, high = place[: len(begin)], place[len(begin) :]
    first = np.flatnonzero(head)
    share = np.add.reduceat(ladder[high] - ladder[low], first) if len(first) else np.zeros(0, np.int64)
    sole = np.add.reduceat(alone[high] - alone[low], first) if len(first) else np.zeros(0, np.int64)
    crowded = np.flatnonzero((WHOLE_DAY % np.maximum(holders, 1) > 0) & (length > 0))
    for n in crowded:
        left = WHOLE_DAY % int(holders[n])
        inside = np.sort(pair[(begin <= key[n]) & (finish > key[n])])
        share[inside[:left]] += length[n]
    return Shares(
        (used // departments).astype(np.int32), (used % departments).astype(np.int32), share, sole.astype(np.int32)
    )


@dataclass
class LedgerDays:
    """Working days of each project's span by Ledger word: ``days[project, word]`` sums to ``span``."""

    span: I32
    days: I32


def ledger(scene: Scene, first_day: I32, last_day: I32) -> LedgerDays:
    """What each working day of the span was: the first Ledger word that holds.

    Span: after the earlier of coding and first acceptance, to the last close if finished, else to as_of.
    """
    cut, n = scene.cut, scene.projects
    begin = np.where(first_day != NO_DAY, np.minimum(scene.coded_on, first_day), scene.coded_on)
    until = np.where(last_day != NO_DAY, last_day, scene.as_of)
    span = np.maximum(scene.calendar.count(begin, np.maximum(begin, until)), 0)
    kind = np.where(is_running(cut) & ~scene.counts[cut.case], np.int8(Ledger.UNCOUNTED), cut.kind)
    rows = np.flatnonzero(scene.start < scene.end)
    of = scene.project[cut.case[rows]].astype(np.int64) << 16
    key = np.concatenate((of | scene.start[rows], of | scene.end[rows]))
    step = np.int64(1) << (12 * kind[rows].astype(np.int64))  # five counters of twelve bits
    order = np.argsort(key)
    key, open_ = key[order], np.cumsum(np.concatenate((step, -step))[order])
    length = np.diff(key, append=key[-1:] if len(key) else [])
    length[open_ == 0] = 0
    lowest = open_ & -open_  # the first word that holds is the lowest counter with a bit set
    word = np.zeros(len(key), np.int64)
    for k in range(1, Ledger.NOBODY):
        word += lowest >= (np.int64(1) << (12 * k))
    days = np.bincount((key >> 16) * 6 + word, weights=length, minlength=n * 6).astype(np.int32).reshape(n, 6)
    days[:, Ledger.NOBODY] = span - days.sum(axis=1)
    return LedgerDays(span.astype(np.int32), days)
