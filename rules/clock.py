"""Steps 3 to 5: from channels to stretches, and from stretches to united days.

A stretch ``(start, end]`` says that a case was in one
state from the end of day ``start`` to the end of day ``end``. In a working calendar days become indices,
so that a count is a difference and a union needs no dates.

3. Cut each case into stretches with one state; the last one ends at ``as_of``.
4. (`Stretches.counted`) running stretches of counted holders are the days of the case.
5. (`unite`) merge overlaps within a key, sum the differences.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rules.channels import I64, SHIFT, Acceptance
from rules.log import I8, I32, Bools
from rules.pack import CLOCKS, RulePack
from rules.pausing import Pauses
from rules.vocabulary import CaseState, Holder, Ledger, Pause


@dataclass
class Stretches:
    """Stretches of accepted cases by case and start: what the case was, and which clocks ran.

    ``start`` and ``end`` are days; a stretch that is still going on has ``current`` and ends at `until`.
    """

    case: I32
    start: I32
    end: I32
    current: Bools
    state: I8  # CaseState in project_total: RUNNING, CORRECTION or PROCEDURE
    kind: I8  # Ledger: COUNTED where running, else PROCEDURE, CORRECTION or OWNER_WORKS
    promised: Bools  # the promised clock runs
    statutory: Bools


# Counters of open runs, ten bits each, packed into one integer so that one running sum carries all.
_ACCEPTED, _CORRECTION, _PROCEDURE, _OWNER, _PROMISED, _STATUTORY = (1 << (10 * n) for n in range(6))


def _effects(pack: RulePack) -> npt.NDArray[np.int64]:
    """What an open pause adds to the counters, by kind and (second axis) whether entrusted."""
    table = np.zeros((len(Pause), 2), np.int64)
    for kind, rule in pack.pauses.items():
        for entrusted in (0, 1):
            stops = set(rule.stops)
            if entrusted and rule.runs_on and rule.runs_on[1] is Holder.ENTRUSTED_INTERMEDIARY:
                stops.discard(rule.runs_on[0])
            category = _CORRECTION if kind is Pause.CORRECTION else _OWNER if rule.whose == "owner" else _PROCEDURE
            effect = category if CLOCKS[0] in stops else 0
            effect += (_PROMISED if CLOCKS[1] in stops else 0) + (_STATUTORY if CLOCKS[2] in stops else 0)
            table[kind, entrusted] = effect
    return table


def stretches(accepted: Acceptance, paused: Pauses, pack: RulePack, until: int) -> Stretches:
    """Step 3: each accepted run cut wherever a pause that stops something opens or ends."""
    effect = _effects(pack)[paused.kind, paused.entrusted.astype(np.int8)]
    needy = np.array([pack.pauses[kind].needs_basis for kind in Pause])
    telling = (effect != 0) & (paused.based | ~needy[paused.kind])
    cases = int(max(accepted.case.max(initial=-1), paused.case.max(initial=-1))) + 1
    has_pause = np.zeros(cases, np.bool_)
    has_pause[paused.case[telling]] = True
    cut = has_pause[accepted.case]
    plain = ~cut
    n = int(plain.sum())
    running, yes = np.full(n, CaseState.RUNNING, np.int8), np.ones(n, np.bool_)
    whole: tuple[npt.NDArray[Any], ...] = (
        accepted.case[plain],
        accepted.start[plain],
        accepted.end[plain],
        running,
        np.full(n, Ledger.COUNTED, np.int8),
        yes,
        yes,
    )
    case = np.concatenate((accepted.case[cut], paused.case[telling]))
    start = np.concatenate((accepted.start[cut], paused.start[telling]))
    end = np.concatenate((accepted.end[cut], paused.stops_to[telling]))
    delta = np.concatenate((np.full(int(cut.sum()), _ACCEPTED), effect[telling]))
    parts = _cut(case, start, end, delta)
    columns: list[npt.NDArray[Any]] = [np.concatenate(pair) for pair in zip(whole, parts, strict=True)]
    if len(parts[0]):
        order = np.argsort((columns[0].astype(np.int64) << SHIFT) | columns[1])
        columns = [column[order] for column in columns]
    current = columns[2] == until + 1
    columns[2] = np.minimum(columns[2], until)
    return Stretches(columns[0], columns[1], columns[2], current, *columns[3:])


def with_application(cut: Stretches, before: Stretches) -> Stretches:
    """The stretches of a case with those ``before`` its acceptance, in which neither of its own clocks runs: these
    start where its limits say."""
    before.promised, before.statutory = np.zeros_like(before.promised), np.zeros_like(before.statutory)
    columns = [np.concatenate(pair) for pair in zip(vars(cut).values(), vars(before).values(), strict=True)]
    order = np.argsort((columns[0].astype(np.int64) << SHIFT) | columns[1])
    return Stretches(*(column[order] for column in columns))


def _cut(case: I32, start: I32, end: I32, delta: I64) -> tuple[npt.NDArray[Any], ...]:
    """Segments between neighbouring boundaries of a case, with the state of the open counters."""
    key = np.concatenate((case, case)).astype(np.int64) << SHIFT
    key |= np.concatenate((start, end))
    order = np.argsort(key)  # what happens between equal keys is never read
    key = key[order]
    open_ = np.cumsum(np.concatenate((delta, -delta))[order])
    at = np.flatnonzero(((open_ & 1023) > 0)[:-1] & (key[1:] != key[:-1])) if len(key) else np.empty(0, np.intp)
    was = open_[at]

    def any_of(counter: int) -> Bools:
        found: Bools = (was & (1023 * counter)) != 0
        return found

    correction, procedure, owner = any_of(_CORRECTION), any_of(_PROCEDURE), any_of(_OWNER)
    state = np.where(
        correction, CaseState.CORRECTION, np.where(procedure | owner, CaseState.PROCEDURE, CaseState.RUNNING)
    )
    kind = np.select(
        [procedure, correction, owner], [Ledger.PROCEDURE, Ledger.CORRECTION, Ledger.OWNER_WORKS], Ledger.COUNTED
    )
    return (
        (key[at] >> SHIFT).astype(np.int32),
        (key[at] & 0xFFFF).astype(np.int32),
        (key[at + 1] & 0xFFFF).astype(np.int32),
        state.astype(np.int8),
        kind.astype(np.int8),
        ~any_of(_PROMISED),
        ~any_of(_STATUTORY),
    )


@dataclass
class United:
    """Merged intervals ``(start, end]`` by key and start, in working-day indices."""

    key: I32
    start: I32
    end: I32


def unite(key: npt.NDArray[Any], start: npt.NDArray[Any], end: npt.NDArray[Any]) -> United:
    """Step 5: the union of ``(start, end]`` within each key (0 <= key < 2**31, indices below 2**16)."""
    packed = (key.astype(np.int64) << 32) | (start.astype(np.int64) << 16) | end
    packed.sort()
    head = packed >> 16  # key and start
    reach = np.maximum.accumulate((packed >> 32 << 16) | (packed & 0xFFFF))  # a later key is always larger
    new = np.ones(len(packed), np.bool_)
    np.greater(head[1:], reach[:-1], out=new[1:])
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(packed)) - 1 if len(first) else first
    return United(
        (packed[first] >> 32).astype(np.int32),
        (head[first] & 0xFFFF).astype(np.int32),
        (reach[last] & 0xFFFF).astype(np.int32),
    )


def days_by_key(united: United, keys: int) -> I32:
    """Working days of each key."""
    return np.bincount(united.key, weights=united.end - united.start, minlength=keys).astype(np.int32)
