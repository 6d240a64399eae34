"""Late stops: pauses told so late that they would take back a light already shown (待核定).

A pause of which we learned more than `late_stop_days` working days after it began, and that would unmake a light that
had turned when we learned of it, stops no clock until a supervisor confirms it. What had turned by that day, on it too,
is judged by what was known before it: so nothing is withheld of a log that comes in whole. Late stops learned on one
day are judged together, those that touch a light of the project or a group by project, those that touch a limit of a
case by case. An event that does not say when we learned of it was known at once, and is never late.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rules.copies import copies, without
from rules.counted import Counted
from rules.dated import in_force
from rules.log import I32, NO_DAY, Bools, Chunk, EventLog
from rules.pack import RulePack
from rules.pausing import IS_START
from rules.vocabulary import Pause, Status
from rules.voided import Whole, whole
from rules.workdays import WorkCalendar

Count = Callable[[Chunk, int], Counted]


@dataclass
class Late:
    """The late stops of a chunk that nobody confirmed: their rows in ``chunk``, which still has them."""

    chunk: Chunk
    rows: npt.NDArray[np.intp]

    def rest(self) -> Chunk:
        """The chunk without them."""
        dropped = np.zeros(len(self.chunk.day), np.bool_)
        dropped[self.rows] = True
        return without(self.chunk, dropped)


def settled(log: EventLog, chunk: Chunk, pack: RulePack, calendar: WorkCalendar, count: Count) -> Chunk:
    """The chunk without the late stops that wait for a confirmation."""
    pending = withheld(log, chunk, pack, calendar, count)
    return chunk if pending is None else pending.rest()


def withheld(log: EventLog, chunk: Chunk, pack: RulePack, calendar: WorkCalendar, count: Count) -> Late | None:
    """The late stops that are withheld from a chunk; None where there is none."""
    if not log.says_when_learned:
        return None
    if not _late(log, chunk, pack, calendar).any():
        return None
    told, of_chunk = whole(log, chunk), chunk
    chunk = told.chunk
    late = _late(log, chunk, pack, calendar)
    known, project = log.known[chunk.event_rows], chunk.project[chunk.case]
    rows = np.flatnonzero(late)
    moments = np.unique((project[rows].astype(np.int64) << 32) | known[rows])
    of, on = (moments >> 32).astype(np.int32), (moments & 0xFFFFFFFF).astype(np.int32)
    begins = np.flatnonzero(np.append(True, of[1:] != of[:-1])) if len(of) else np.empty(0, np.intp)
    turn = np.arange(len(of)) - np.repeat(begins, np.diff(np.append(begins, len(of))))
    held = np.zeros(len(chunk.day), np.bool_)
    for n in range(int(turn.max(initial=-1)) + 1):  # what is withheld of an earlier day is not known on a later one
        mine = turn == n
        held |= _unmakes(log, told, of[mine], on[mine], late, held, known, count)
    rows = np.flatnonzero(held[told.own])
    return Late(of_chunk, rows) if len(rows) else None


def rests_until(log: EventLog, chunk: Chunk, pack: RulePack) -> I32:
    """Of each event of a chunk the last day on which it rests whether it is a late stop: that on which we learned of
    it; NO_DAY where it is none anyway."""
    out = np.full(len(chunk.day), NO_DAY, np.int32)
    if log.says_when_learned:
        told_later = _told_later(log, chunk, pack)
        out[told_later] = log.events.learned[chunk.event_rows[told_later]]
    return out


def rests_of_voided(log: EventLog, chunk: Chunk, pack: RulePack) -> tuple[I32, I32]:
    """Cases of a chunk and days on which rests whether a stop of theirs that is void by now was late: what turned
    while it was known depends on that."""
    told = whole(log, chunk) if log.says_when_learned else None
    if told is None or len(told.own) == len(told.chunk.day):
        return np.empty(0, np.int32), np.empty(0, np.int32)
    gone = _told_later(log, told.chunk, pack)
    gone[told.own] = False
    case, learned = told.chunk.case[gone], log.known[told.chunk.event_rows[gone]]
    return np.tile(case, 2), np.concatenate([told.chunk.day[gone], learned])


def _late(log: EventLog, chunk: Chunk, pack: RulePack, calendar: WorkCalendar) -> Bools:
    """Starts of pauses that stop a clock, of which we learned too late and that nobody confirmed."""
    late = _told_later(log, chunk, pack)
    rows = np.flatnonzero(late)
    if not len(rows):
        return late
    coded = log.projects.coded_on[chunk.project_rows][chunk.project[chunk.case[rows]]]
    learned = log.known[chunk.event_rows[rows]]
    too_late = calendar.count(chunk.day[rows], learned) > in_force(pack.late_stop_days, coded)
    confirmed = log.confirmed()
    if confirmed is not None:
        too_late &= ~confirmed[chunk.event_rows[rows]]
    late[rows] = too_late
    return late


def _told_later(log: EventLog, chunk: Chunk, pack: RulePack) -> Bools:
    """Starts of pauses that stop a clock, of which we learned on a later day, and not with the first word of their
    project: before that nothing was known, so no light had turned."""
    stops = np.array([bool(pack.pauses[kind].stops) for kind in Pause])
    kind = np.where(chunk.status == Status.CORRECTION_STARTED, np.int8(Pause.CORRECTION), chunk.procedure)
    known = log.known[chunk.event_rows]
    later: Bools = (known > chunk.day) & IS_START[chunk.status] & stops[kind]
    if later.any():
        later &= known > log.first_known[chunk.project_rows][chunk.project[chunk.case]]
    return later


def _unmakes(
    log: EventLog, told: Whole, project: I32, on: I32, late: Bools, held: Bools, known: I32, count: Count
) -> Bools:
    """Which late stops learned on a day (one of each project) unmake a light that had turned before it."""
    n, chunk = len(project), told.chunk

    def keeps(copy: npt.NDArray[np.intp], events: npt.NDArray[np.intp]) -> Bools:
        """Three copies of each project: as known before the day; on it without its late stops; and with them."""
        day, when = on[copy % n], known[events]
        before, bare = copy < n, copy < 2 * n
        kept: Bools = ~held[events] & np.where(
            before, when < day, (when <= day) & ~(bare & late[events] & (when == day))
        )
        return kept & told.stood(events, day - before)

    copied, cases = copies(chunk, np.tile(project, 3), keeps)
    found = count(copied, int(on.max()))
    units, size = len(found.units) // 3, len(cases) // 3
    turned, of_unit = np.zeros(n, np.bool_), found.units.project[:units]
    for turn in found.turns():
        turned[of_unit[_lost(turn, units, on[of_unit])]] = True
    turned &= found.scene.in_scope[:n]  # outside of every scope nothing is lit but the limits of cases
    of_case = copied.project[:size]
    missed = np.zeros(len(chunk.case_rows), np.bool_)
    for own in (found.clocks.promised, found.clocks.statutory):
        missed[cases[:size][_lost(own.red_on, size, on[of_case])]] = True
    day = np.full(chunk.projects, NO_DAY, np.int32)
    day[project] = on
    unmade = np.zeros(chunk.projects, np.bool_)
    unmade[project[turned]] = True
    of = chunk.project[chunk.case]
    counts = np.zeros(len(chunk.case_rows), np.bool_)
    counts[cases[:size]] = found.scene.counts[:size]
    out: Bools = late & (known == day[of]) & ((unmade[of] & counts[chunk.case]) | missed[chunk.case])
    return out


def _lost(turn: I32, size: int, on: I32) -> Bools:
    """Whether a light that had turned by the day, without the late stops too, is not that with them."""
    before, bare, with_them = turn[:size], turn[size : 2 * size], turn[2 * size :]

    def had(day: I32) -> Bools:
        found: Bools = (day != NO_DAY) & (day <= on)
        return found

    lost: Bools = had(before) & had(bare) & ((with_them == NO_DAY) | (with_them > bare))
    return lost
