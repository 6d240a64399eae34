"""A chunk as it would read had cases been decided on other days: what `rules.promises` finds, written out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from rules.derived import IS_DECISION
from rules.log import I8, I32, NO_DAY, NONE, Bools, Chunk, EventLog, Events, Names
from rules.scene import Scene
from rules.vocabulary import Status

_FAR = np.int32(2**31 - 1)
Rows = npt.NDArray[np.intp]


def rewritten(log: EventLog, scn: Scene, decided_on: I32, moved_by: I32) -> tuple[EventLog, Chunk]:
    """The log with the events of a chunk alone, as they would read, and that chunk.

    Of each case of the chunk the day on which it is decided instead (NO_DAY: as it was), and by how many working days
    it is moved up. Projects, cases and names keep their rows; what is void, and what is only knowledge of events, is
    left out.
    """
    chunk, as_of, calendar = scn.chunk, scn.as_of, scn.calendar
    case, status, day = chunk.case, chunk.status, chunk.day.copy()
    capped = decided_on != NO_DAY
    last = np.where(capped, decided_on, _FAR)[case]
    later = np.flatnonzero(day >= last)
    over = day[later] > last[later]
    gone, again = later[over], later[~over]
    decision = _decisions(chunk, gone[day[gone] <= as_of])
    # An acceptance would outweigh the decision of its day; the one that opens the case has to stay.
    again = again[status[again] == Status.ACCEPTED]
    opening = again[_firsts(case[again])]
    opening = opening[(decided_on == scn.opening.opened)[case[opening]]]
    keep = np.ones(len(day), np.bool_)
    keep[gone], keep[again] = False, False
    keep[decision], keep[opening] = True, True
    day[decision] = decided_on[case[decision]]
    silent = capped.copy()
    silent[case[decision]] = False

    # Closed on the day on which the law took it on, it would be none of those that are taken on together.
    taken_on = capped & scn.opening.by_law & (decided_on == scn.opening.opened)

    rows = np.flatnonzero(keep)
    names, more, statuses = _added(log, chunk, taken_on, silent)
    events = _events(log.events, chunk, rows, Events.plain(
        names, chunk.case_rows[more].astype(np.int32), statuses, decided_on[more]
    ))  # fmt: skip
    of = np.append(case[rows], more.astype(np.int32))
    on = np.append(day[rows], decided_on[more])
    moving = np.flatnonzero((moved_by[of] > 0) & (on <= as_of))
    on[moving] = calendar.day_at(np.maximum(calendar.index(on[moving]) - moved_by[of[moving]], 1))
    events.day = on
    events.entered[moving] = NO_DAY  # when it would have been typed in nobody knows
    events.learned[:] = NO_DAY  # nor who would have learned of it when
    # No record of a case that is decided is later than its decision, and all of it moves alike: the order stays.
    order = np.arange(len(rows))
    order = np.insert(order, np.searchsorted(case[rows], more, "right"), len(rows) + np.arange(len(more)))
    return replace(log, events=events), replace(
        chunk, events=np.arange(len(order)), order=order, case=of[order], day=on[order],
        status=events.status[order], procedure=events.procedure[order], holder=events.holder[order],
    )  # fmt: skip


def _added(log: EventLog, chunk: Chunk, taken_on: Bools, silent: Bools) -> tuple[list[str], Rows, I8]:
    """Records that nobody made, on the day of the decision, by case: acceptances and approvals, with their names."""
    case = np.concatenate((np.flatnonzero(taken_on), np.flatnonzero(silent)))
    status = np.full(len(case), Status.APPROVED, np.int8)
    status[: np.count_nonzero(taken_on)] = Status.ACCEPTED
    order = np.argsort(case, kind="stable")
    case, status = case[order], status[order]
    words = {int(Status.APPROVED): "due", int(Status.ACCEPTED): "accepted"}
    ids = [log.cases.case_id[n] for n in chunk.case_rows[case].tolist()]
    return [f"{one}@{words[what]}" for one, what in zip(ids, status.tolist(), strict=True)], case, status


def _decisions(chunk: Chunk, rows: Rows) -> Rows:
    """The first decision of each case among the rows; of two on a day the lower code, whatever the order of rows."""
    rows = rows[IS_DECISION[chunk.status[rows]]]
    rows = rows[np.lexsort((chunk.status[rows], chunk.day[rows], chunk.case[rows]))]
    return rows[_firsts(chunk.case[rows])]


def _firsts(case: I32) -> Bools:
    """Which rows, in the order of cases, are the first of their case."""
    new = np.ones(len(case), np.bool_)
    np.not_equal(case[1:], case[:-1], out=new[1:])
    return new


def _events(e: Events, chunk: Chunk, rows: Rows, more: Events) -> Events:
    """Some events of a chunk with more behind them. None of them names another: what is void is not in a chunk."""
    none = np.full(len(rows), NONE, np.int32)
    of_log = chunk.event_rows[rows]
    columns: dict[str, Any] = {
        "case": chunk.case_rows[chunk.case[rows]].astype(np.int32), "day": chunk.day[rows],
        "status": chunk.status[rows], "procedure": chunk.procedure[rows], "holder": chunk.holder[rows],
        "voids": none, "confirms": none,
    }  # fmt: skip
    for field in fields(Events):
        if field.name != "event_id":
            own = columns[field.name] if field.name in columns else getattr(e, field.name)[of_log]
            columns[field.name] = np.append(own, getattr(more, field.name))
    return Events(**columns, event_id=_Picked(e.event_id, of_log, more.event_id))


@dataclass
class _Picked(Sequence[str]):
    """Some of the names, and more behind them, without a copy."""

    names: Names
    rows: Rows
    more: Names

    def __len__(self) -> int:
        return len(self.rows) + len(self.more)

    def __getitem__(self, n: Any) -> Any:
        return self.names[self.rows[n]] if n < len(self.rows) else self.more[n - len(self.rows)]
