"""Why what we had said of a day may not hold: what became known late, was voided or changed, each at its moment.

A batch is known from its moment on, a shipped notice from the midnight of its day. What was said until then was said
up to the eve, the last whole day before (`eve`). An entry of the eve itself or of a later day merely continues: the
day on which something starts is not counted, so no day that was said had another count.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, and_, or_

from rules.portfolio import Rules


@dataclass(frozen=True)
class Cause:
    """One thing that became known. ``since``: the first day of which it speaks; None: of every day. The rest as
    docs/json.md tells it; ``cause`` is a word of `monitor.differences.CAUSES`."""

    cause: str
    since: dt.date | None = None
    case_id: str | None = None
    event_id: str | None = None
    status: str | None = None
    day: dt.date | None = None
    names: str | None = None
    column: str | None = None
    before: str | None = None
    after: str | None = None
    document: str | None = None
    source: str | None = None
    file: str | None = None
    recorded_by: str | None = None

    def told(self) -> dict[str, Any]:
        """The object of docs/json.md."""
        out = dict(vars(self))
        del out["since"]
        return out | {"day": self.day.isoformat() if self.day else None}


@dataclass(frozen=True)
class Found:
    """A cause at its moment: of one project, or (None) of every one whose area code begins with ``region``."""

    at: dt.datetime
    project: int | None
    cause: Cause
    region: str = ""


@dataclass(frozen=True)
class Asked:
    """What is looked for: moments from ``since`` up to ``until`` (None: all), by the days of the office's zone."""

    connection: Connection
    rules: Rules
    zone: ZoneInfo
    since: dt.datetime | None = None
    until: dt.datetime | None = None

    def within(self, column: Any) -> ColumnElement[bool]:
        """The moments asked for, in SQL; a moment that is not there is none of them."""
        bounds = [column >= self.since] if self.since else [column.is_not(None)]
        return and_(*bounds, column <= self.until) if self.until else and_(*bounds)

    def holds(self, at: dt.datetime | None) -> bool:
        """The same of one moment."""
        return at is not None and (self.since or at) <= at <= (self.until or at)


def held(table: Any) -> ColumnElement[bool]:
    """That a version held at all: what was told and overtaken in the same moment never was known."""
    return or_(table.known_to.is_(None), table.known_to > table.known_from)


def eve(at: dt.datetime, zone: ZoneInfo) -> dt.date:
    """The last whole day before a moment: up to it something had been said."""
    return at.astimezone(zone).date() - dt.timedelta(1)


@dataclass(frozen=True)
class Finder:
    """A kind of cause. ``projects``: the keys of those that it may concern, for who asks of all; ``found``: its causes
    of some projects."""

    projects: Callable[[Asked], set[int]]
    found: Callable[[Asked, Sequence[int]], Iterator[Found]]
