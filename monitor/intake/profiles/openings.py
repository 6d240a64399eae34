"""Stretches on open cases: what stops every case of a project that is under way, such as papers asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from rules.vocabulary import CLOSINGS, Status

R = TypeVar("R")


@dataclass(frozen=True)
class Stretch(Generic[R]):
    """One stretch on one case: the row that begins it and, if the case was open at its end, the one that ends it."""

    case: str
    day: str
    start: R
    end_day: str = ""
    end: R | None = None


def stretches(
    starts: Sequence[tuple[str, R]], ends: Sequence[tuple[str, R]], spans: Mapping[str, Sequence[tuple[str, int]]]
) -> Iterator[Stretch[R]]:
    """The stretches of one project. Days are ISO texts; ``spans``: day and status of the events of each case.

    1. A stretch begins on each day that a row of ``starts`` tells, once a day.
    2. It ends on the first day of ``ends`` that is not before.
    3. It lies on every case that was accepted up to that day and is not closed by its end.
    4. A case that is closed before the stretch ends keeps it open.
    """
    closing = sorted(((day, n) for n, (day, _row) in enumerate(ends) if day), key=lambda one: (one[0][:10], one[1]))
    begun: set[str] = set()
    for day, row in sorted(((d, r) for d, r in starts if d), key=lambda one: one[0][:10]):
        if day[:10] in begun:
            continue
        begun.add(day[:10])
        end = next(((told, ends[n][1]) for told, n in closing if told[:10] >= day[:10]), None)
        for case, events in spans.items():
            accepted = min((d for d, status in events if status == Status.ACCEPTED), default=None)
            closed = max((d for d, status in events if status in CLOSINGS), default=None)
            if accepted is None or accepted > day[:10] or (closed is not None and closed <= day[:10]):
                continue
            if end is None or (closed is not None and closed < end[0][:10]):
                yield Stretch(case, day, row)
            else:
                yield Stretch(case, day, row, end[0], end[1])
