"""Copies of projects with some of their events: how a project would stand if less were known of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from rules.log import I32, Bools, Chunk, Events

Rows = npt.NDArray[np.intp]


def copies(chunk: Chunk, project: npt.NDArray[np.integer], keeps: Callable[[Rows, Rows], Bools]) -> tuple[Chunk, Rows]:
    """A chunk of copies of projects (numbers within ``chunk``, as often as wanted), and the case of the chunk of which
    each of its cases is a copy.

    ``keeps``: which events are kept, from the copy and the event (rows of ``chunk``) of each.
    """
    low, high = np.searchsorted(chunk.project, project), np.searchsorted(chunk.project, project + 1)
    copy, cases = spread(np.arange(len(project)), low, high)
    low, high = np.searchsorted(chunk.case, cases), np.searchsorted(chunk.case, cases + 1)
    case, events = spread(np.arange(len(cases)), low, high)
    kept = keeps(copy[case], events)
    case, events = case[kept], events[kept]
    rows = np.arange(chunk.first, chunk.first + chunk.projects) if chunk.rows is None else chunk.rows
    out = Chunk(
        chunk.first, len(project), chunk.case_rows[cases], copy.astype(np.int32),
        chunk.event_rows[events], np.arange(len(events)), case.astype(np.int32),
        chunk.day[events], chunk.status[events], chunk.procedure[events], chunk.holder[events], rows[project],
    )  # fmt: skip
    return out, cases


def without(chunk: Chunk, dropped: Bools) -> Chunk:
    """The chunk without some of its events."""
    keep = np.flatnonzero(~dropped)
    return Chunk(
        chunk.first, chunk.projects, chunk.case_rows, chunk.project, chunk.event_rows[keep], np.arange(len(keep)),
        chunk.case[keep], chunk.day[keep], chunk.status[keep], chunk.procedure[keep], chunk.holder[keep], chunk.rows,
    )  # fmt: skip


def between(chunk: Chunk, rows: Rows, case: I32, events: Events) -> tuple[Chunk, Rows]:
    """The chunk with more events of the log (``rows``) of its cases (``case`` of each, within the chunk), and where its
    own are in it."""
    if not len(rows):
        return chunk, np.arange(len(chunk.day))
    at = np.concatenate([chunk.event_rows, rows])
    cases, days = np.concatenate([chunk.case, case]), np.concatenate([chunk.day, events.day[rows]])
    order = np.lexsort((days, cases))
    place = np.empty(len(order), np.intp)
    place[order] = np.arange(len(order))
    at = at[order]
    out = Chunk(
        chunk.first, chunk.projects, chunk.case_rows, chunk.project, at, np.arange(len(at)), cases[order], days[order],
        events.status[at], events.procedure[at], events.holder[at], chunk.rows,
    )  # fmt: skip
    return out, place[: len(chunk.day)]


def spread(rows: npt.NDArray[Any], low: npt.NDArray[np.intp], high: npt.NDArray[np.intp]) -> tuple[Rows, Rows]:
    """Each row as often as its range is long, and the numbers of the range."""
    many = high - low
    return np.repeat(rows, many), np.repeat(low - np.cumsum(many) + many, many) + np.arange(many.sum())
