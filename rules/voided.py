"""What voids take out of a log, and what of it stood still as known on an earlier day.

A void is knowledge: until we learned of it, its event counted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rules.copies import between
from rules.log import I32, Bools, Chunk, EventLog
from rules.vocabulary import Status

Rows = npt.NDArray[np.intp]
_EVER = np.int32(2**31 - 1)


@dataclass(frozen=True)
class Whole:
    """A chunk with what voids take out of it too. ``own``: places in it of the events that stand; ``since`` and
    ``until`` (spans by events): from which day on each was out, and from which not any more."""

    chunk: Chunk
    own: Rows
    since: npt.NDArray[np.int32]
    until: npt.NDArray[np.int32]

    def stood(self, events: Rows, day: I32) -> Bools:
        """Whether events, by their places in the chunk, stood as known on a day each."""
        out: Bools = np.ones(len(events), np.bool_)
        for since, until in zip(self.since, self.until, strict=True):
            out &= (day < since[events]) | (day >= until[events])
        return out


def whole(log: EventLog, chunk: Chunk) -> Whole:
    """The chunk with the events that a void takes out, or took out for some time."""
    e = log.events
    voids = np.flatnonzero((e.status == Status.VOIDED) & (e.voids >= 0))
    case_at = np.full(len(log.cases), -1, np.int32)
    case_at[chunk.case_rows] = np.arange(len(chunk.case_rows), dtype=np.int32)
    voids = voids[case_at[e.case[e.voids[voids]]] >= 0]
    named: dict[int, list[int]] = {}
    for void, event in zip(voids.tolist(), e.voids[voids].tolist(), strict=True):
        named.setdefault(event, []).append(void)
    found = {event: _spans(event, named, log.known) for event in named if e.status[event] <= Status.EXTENDED}
    spans = {event: times for event, times in found.items() if times}
    events = np.array(sorted(spans), np.intp)
    gone = events[~np.isin(events, chunk.event_rows)] if len(events) else events
    out, own = between(chunk, gone, case_at[e.case[gone]], e)
    most = max(map(len, spans.values()), default=0)
    since = np.full((most, len(out.day)), _EVER, np.int32)
    until = np.full((most, len(out.day)), _EVER, np.int32)
    by_row = np.argsort(out.event_rows) if most else np.empty(0, np.intp)
    places = by_row[np.searchsorted(out.event_rows, events, sorter=by_row)] if most else by_row
    for event, place in zip(events.tolist(), places.tolist(), strict=True):
        for k, (first, last) in enumerate(spans[event]):
            since[k, place], until[k, place] = first, last
    return Whole(out, own, since, until)


def _spans(event: int, named: dict[int, list[int]], known: I32) -> list[tuple[int, int]]:
    """When an event was out: from a day on, and until the day on which that was taken back itself."""

    def about(one: int, asked: tuple[int, ...]) -> set[int]:
        more = [void for void in named.get(one, ()) if void not in asked]
        return {int(known[void]) for void in more}.union(*(about(void, (*asked, void)) for void in more))

    def stands(one: int, day: int, asked: tuple[int, ...]) -> bool:
        asked = (*asked, one)
        voids = [void for void in named.get(one, ()) if void not in asked and known[void] <= day]
        return not any(stands(void, day, asked) for void in voids)

    days = sorted(about(event, (event,)))
    out: list[tuple[int, int]] = []
    since: int | None = None
    for day in days:
        if stands(event, day, ()):
            if since is not None:
                out.append((since, day))
            since = None
        elif since is None:
            since = day
    return out if since is None else [*out, (since, int(_EVER))]
