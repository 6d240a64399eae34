"""Steps 2 to 5: from signs on days to stretches, and from stretches to united days.

Only the state at the *end* of each day matters. A stretch ``(start, end]`` says that a case was in one
state from the end of day ``start`` to the end of day ``end``. In a working calendar days become indices,
so that a count is a difference and a union needs no dates.

2. Sum the signs by case, channel and day; carry each channel forward; a close switches off every pause
   opened up to that day, an acceptance a correction opened on an earlier day.
3. Cut each case into stretches with one state; the last one ends at ``as_of``.
4. (`Stretches.counted`) running stretches of counted holders are the days of the case.
5. (`unite`) merge overlaps within a key, sum the differences.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rules.derived import Openings
from rules.log import I8, I32, NO_DAY, Bools
from rules.pack import CLOCKS, RulePack
from rules.vocabulary import (
    CLOSINGS,
    TURNED_AWAY,
    CaseState,
    Holder,
    Ledger,
    Pause,
    Status,
)

I64 = npt.NDArray[np.int64]
_SHIFT = np.int64(16)  # a day and a working-day index both fit 16 bits


def _statuses(which: Any) -> Bools:
    table = np.zeros(32, np.bool_)
    table[[int(s) for s in which]] = True
    return table


IS_CLOSING = _statuses(CLOSINGS)
_IS_TURNED_AWAY = _statuses(TURNED_AWAY)
_SIGN = np.where(IS_CLOSING, -1, 0).astype(np.int8)  # of the acceptance channel
_SIGN[Status.ACCEPTED] = 1
_IS_PAUSE = _statuses(
    (Status.CORRECTION_STARTED, Status.CORRECTION_ENDED, Status.PROCEDURE_STARTED, Status.PROCEDURE_ENDED)
)
_IS_START = _statuses((Status.CORRECTION_STARTED, Status.PROCEDURE_STARTED))


@dataclass
class Acceptance:
    """The acceptance channel: runs ``(start, end]`` of accepted days, and the days that reset pauses."""

    case: I32
    start: I32
    end: I32  # `until` + 1 where still open
    close_keys: I64  # case << 16 | day of every close, ascending: it ends the pauses opened up to its day
    accept_keys: I64  # of every acceptance: it ends a correction opened on an earlier day


@dataclass
class Pauses:
    """Runs of the pause channels, ``(start, end]``; ``end`` is `until` + 1 where still open."""

    case: I32
    kind: I8
    start: I32
    end: I32
    entrusted: Bools  # each start of the kind on the day names an entrusted intermediary


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


def _days_net(key: I64, sign: I8) -> tuple[I64, I8]:
    """The sign of the sum of the signs of each distinct key (ascending); zero sums left out."""
    first = _firsts(key)
    if not first.all():
        total = np.add.reduceat(sign, np.flatnonzero(first), dtype=np.int32)
        key, sign = key[first], np.sign(total).astype(np.int8)
        keep = sign != 0
        key, sign = key[keep], sign[keep]
    return key, sign


def _firsts(key: npt.NDArray[Any]) -> Bools:
    first = np.ones(len(key), np.bool_)
    np.not_equal(key[1:], key[:-1], out=first[1:])
    return first


def acceptance(case: I32, day: I32, status: I8, opening: Openings, until: int) -> Acceptance:
    """The acceptance channel of each case (events sorted by case and day, none after ``until``)."""
    rows = np.flatnonzero(_SIGN[status])
    sign, opened, on = _SIGN[status[rows]], opening.opened[case[rows]], day[rows]
    early = (sign < 0) & ((on < opened) | ((on == opened) & _IS_TURNED_AWAY[status[rows]]))
    early |= opened == NO_DAY
    if early.any():
        rows, sign, on = rows[~early], sign[~early], on[~early]
    key = (case[rows].astype(np.int64) << _SHIFT) | on
    supposed = np.flatnonzero(opening.supposed)
    if len(supposed):
        more = (supposed << _SHIFT) | opening.opened[supposed]
        at = np.searchsorted(key, more)
        key, sign = np.insert(key, at, more), np.insert(sign, at, np.int8(1))
    return _alternation(key, sign, until)


def application(case: I32, day: I32, status: I8, opened: I32, until: int) -> Acceptance:
    """The application channel before acceptance: +1 received, -1 any closing; it ends on the day of ``opened``."""
    sign = np.where(IS_CLOSING[status], np.int8(-1), np.where(status == Status.RECEIVED, np.int8(1), np.int8(0)))
    rows = np.flatnonzero((sign != 0) & ((opened[case] == NO_DAY) | (day < opened[case])))
    runs = _alternation((case[rows].astype(np.int64) << _SHIFT) | day[rows], sign[rows], until)
    last = opened[runs.case]
    runs.end = np.where(last != NO_DAY, np.minimum(runs.end, last), runs.end)
    return runs


def going_on(applied: Acceptance, accepted: Acceptance) -> Acceptance:
    """The runs of both channels by case and start; an acceptance on the day to which the application ran goes on."""
    columns = [np.concatenate(pair) for pair in zip(_runs_of(applied), _runs_of(accepted), strict=True)]
    order = np.argsort((columns[0].astype(np.int64) << _SHIFT) | columns[1])
    case, start, end = (column[order] for column in columns)
    begins = np.ones(len(case), np.bool_)
    begins[1:] = (case[1:] != case[:-1]) | (start[1:] != end[:-1])
    ends = np.append(begins[1:], True) if len(case) else begins
    return Acceptance(case[begins], start[begins], end[ends], accepted.close_keys, accepted.accept_keys)


def _runs_of(channel: Acceptance) -> tuple[I32, I32, I32]:
    return channel.case, channel.start, channel.end


def _alternation(key: I64, sign: I8, until: int) -> Acceptance:
    """The runs of a channel without resets, from its signs by case and day."""
    closed, taken = key[sign < 0], key[sign > 0]
    key, sign = _days_net(key, sign)
    of = key >> _SHIFT
    change = np.ones(len(key), np.bool_)
    np.not_equal(sign[1:], sign[:-1], out=change[1:])
    first = np.flatnonzero(_firsts(of))
    change[first] = sign[first] > 0
    rows = np.flatnonzero(change)
    opens = np.flatnonzero(sign[rows] > 0)
    day = np.append((key[rows] & 0xFFFF).astype(np.int32), np.int32(until + 1))
    shut = np.append(sign[rows] < 0, False)[opens + 1]  # a close that follows an opening is always of the same case
    end = np.where(shut, day[opens + 1], np.int32(until + 1))
    return Acceptance(of[rows[opens]].astype(np.int32), day[opens], end, closed, taken)


def pauses(case: I32, day: I32, status: I8, procedure: I8, holder: I8, accepted: Acceptance, until: int) -> Pauses:
    """The runs of the correction and procedure channels, cut where a close or an acceptance switches them off."""
    rows = np.flatnonzero(_IS_PAUSE[status])
    correction = (status[rows] == Status.CORRECTION_STARTED) | (status[rows] == Status.CORRECTION_ENDED)
    kind = np.where(correction, np.int8(Pause.CORRECTION), procedure[rows])
    starts = _IS_START[status[rows]]
    entrusted = starts & (holder[rows] == Holder.ENTRUSTED_INTERMEDIARY)
    channel = (case[rows].astype(np.int64) << 4) | kind
    packed = (((channel << _SHIFT) | day[rows]) << 2) | np.where(starts, 2 - entrusted, 0)
    packed.sort()
    key, mark = packed >> 2, packed & 3
    head = np.flatnonzero(_firsts(key))
    if not len(head):
        none = np.empty(0, np.int32)
        return Pauses(none, none.astype(np.int8), none, none, none.astype(np.bool_))
    net = np.add.reduceat(np.where(mark > 0, 1, -1), head)
    by_others = np.maximum.reduceat(mark, head) == 2
    keep = net != 0
    key, net, by_others = key[head][keep], net[keep], by_others[keep]
    return _runs(key, net > 0, ~by_others, accepted, until)


def _runs(key: I64, start: Bools, entrusted: Bools, accepted: Acceptance, until: int) -> Pauses:
    channel, day = key >> _SHIFT, (key & 0xFFFF).astype(np.int32)
    case = channel >> 4
    place = np.where(start, len(key), np.arange(len(key)))
    following = np.minimum.accumulate(place[::-1])[::-1]  # the next row that ends, of any channel
    inside = np.minimum(following, len(key) - 1)
    ended = (following < len(key)) & (channel[inside] == channel)
    end = np.where(ended, day[inside], until + 1)
    here = (case << _SHIFT) | day
    end = np.minimum(end, _reset(accepted.close_keys, here, case, "left", until))
    corrected = (channel & 15) == Pause.CORRECTION
    # an acceptance ends a correction of an earlier day only: look right of the correction's own day
    end[corrected] = np.minimum(
        end[corrected], _reset(accepted.accept_keys, here[corrected], case[corrected], "right", until)
    )
    again = np.zeros(len(key), np.bool_)
    again[1:] = (channel[1:] == channel[:-1]) & start[:-1] & (end[:-1] > day[1:])
    runs = np.flatnonzero(start & ~again)
    return Pauses(
        case[runs].astype(np.int32),
        (channel[runs] & 15).astype(np.int8),
        day[runs],
        end[runs].astype(np.int32),
        entrusted[runs],
    )


def _reset(keys: I64, here: I64, case: I64, side: Any, until: int) -> npt.NDArray[Any]:
    """The day of the first reset of the same case at (left) or after (right) each key; `until` + 1 if none."""
    if not len(keys):
        return np.full(len(here), until + 1)
    at = np.searchsorted(keys, here, side=side)
    found = keys[np.minimum(at, len(keys) - 1)]
    return np.where((at < len(keys)) & ((found >> _SHIFT) == case), found & 0xFFFF, until + 1)


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
    telling = effect != 0
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
    end = np.concatenate((accepted.end[cut], paused.end[telling]))
    delta = np.concatenate((np.full(int(cut.sum()), _ACCEPTED), effect[telling]))
    parts = _cut(case, start, end, delta)
    columns: list[npt.NDArray[Any]] = [np.concatenate(pair) for pair in zip(whole, parts, strict=True)]
    if len(parts[0]):
        order = np.argsort((columns[0].astype(np.int64) << _SHIFT) | columns[1])
        columns = [column[order] for column in columns]
    current = columns[2] == until + 1
    columns[2] = np.minimum(columns[2], until)
    return Stretches(columns[0], columns[1], columns[2], current, *columns[3:])


def with_application(cut: Stretches, before: Stretches) -> Stretches:
    """The stretches of a case with those ``before`` its acceptance, in which neither of its own clocks runs: these
    start where its limits say."""
    before.promised, before.statutory = np.zeros_like(before.promised), np.zeros_like(before.statutory)
    columns = [np.concatenate(pair) for pair in zip(vars(cut).values(), vars(before).values(), strict=True)]
    order = np.argsort((columns[0].astype(np.int64) << _SHIFT) | columns[1])
    return Stretches(*(column[order] for column in columns))


def _cut(case: I32, start: I32, end: I32, delta: I64) -> tuple[npt.NDArray[Any], ...]:
    """Segments between neighbouring boundaries of a case, with the state of the open counters."""
    key = np.concatenate((case, case)).astype(np.int64) << _SHIFT
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
        (key[at] >> _SHIFT).astype(np.int32),
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
