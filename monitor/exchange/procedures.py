"""Which special procedure a record of a start or an end speaks of: records do not say, the table of procedures does.

A procedure is the first start of its own day that no other one is; what is left of both is taken in order of time. One
without any such record begins by itself. An end ends the procedure that has been open longest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rules.vocabulary import Status

_DAY = 10  # characters of an ISO date


@dataclass(frozen=True)
class Step:
    """A start or an end of a special procedure among the records of a case; ``at`` as the source tells it."""

    key: str
    status: Status
    at: str


@dataclass(frozen=True)
class Procedure:
    """A row of the table of special procedures."""

    key: str
    at: str


def paired(
    steps: Sequence[Step], procedures: Sequence[Procedure]
) -> tuple[dict[str, Procedure | None], list[Procedure]]:
    """The procedure of each step by its key (None: not told), and the procedures that no record starts."""
    starts = sorted((s for s in steps if s.status is Status.PROCEDURE_STARTED), key=_order)
    waiting = sorted(procedures, key=_order)
    of: dict[str, Procedure | None] = {}
    for start in starts:
        if same := next((p for p in waiting if _time(p)[:_DAY] == _time(start)[:_DAY]), None):
            of[start.key] = same
            waiting.remove(same)
    for start in starts:
        if start.key not in of:
            of[start.key] = waiting.pop(0) if waiting else None
    opened: list[tuple[str, Procedure | None]] = [(_time(start), of[start.key]) for start in starts]
    opened = sorted([*opened, *((_time(p), p) for p in waiting)], key=lambda one: one[0])
    for end in sorted((s for s in steps if s.status is Status.PROCEDURE_ENDED), key=_order):
        first = next((n for n, (at, _) in enumerate(opened) if at[:_DAY] <= _time(end)[:_DAY]), None)
        of[end.key] = opened.pop(first)[1] if first is not None else None
    return of, waiting


def _time(one: Step | Procedure) -> str:
    return one.at.replace("T", " ")


def _order(one: Step | Procedure) -> tuple[str, str]:
    return _time(one), one.key
