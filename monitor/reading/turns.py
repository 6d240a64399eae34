"""Turns in the order in which they became known: for whoever follows, so that none is missed.

Sweeps write one after the other, so keys of turns grow as they become known; one that holds no more keeps its key and
gets the moment of that. A follower has seen turns up to a key, and endings up to a moment (and a key within it).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from monitor.reading import sources
from monitor.tables import Project, Turn
from rules.vocabulary import Light

NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Seen:
    """How far somebody has followed: key of the last turn; of the last ending its moment, and the key of its turn."""

    turn: int = 0
    ended_at: dt.datetime = NEVER
    ended: int = 0


@dataclass(frozen=True)
class Followed:
    """A turn: lights as words; ``confirmed`` as on the pages (None: no source said until when it has reported).
    ``known_to``: since when it holds no more."""

    id: int
    project_code: str
    scope: str
    on: dt.date
    from_light: str
    to_light: str
    became_on: dt.date | None
    why: str
    confirmed: bool | None
    known_from: dt.datetime
    known_to: dt.datetime | None


def turns(connection: Connection, seen: Seen, limit: int) -> tuple[list[Followed], Seen, bool]:
    """At most ``limit`` turns after what was ``seen``, those that began first; how far that is, and whether there are
    more. One that ends is told again, also where it had ended by the time it was first told."""
    columns = (
        Turn.id, Turn.project_id, Project.code, Turn.scope, Turn.on, Turn.from_light, Turn.to_light, Turn.became_on,
        Turn.why, Turn.known_from, Turn.known_to,
    )  # fmt: skip
    query = select(*columns).join(Project, Project.id == Turn.project_id)
    rows = list(connection.execute(query.where(Turn.id > seen.turn).order_by(Turn.id).limit(limit + 1)))
    begun, more = rows[:limit], len(rows) > limit
    ended: list[Any] = []
    if not more:
        room = limit - len(begun)
        later = or_(Turn.known_to > seen.ended_at, and_(Turn.known_to == seen.ended_at, Turn.id > seen.ended))
        after = query.where(Turn.known_to >= seen.ended_at, later)
        rows = list(connection.execute(after.order_by(Turn.known_to, Turn.id).limit(room + 1)))
        ended, more = rows[:room], len(rows) > room
    told = Seen(
        begun[-1].id if begun else seen.turn,
        ended[-1].known_to if ended else seen.ended_at,
        ended[-1].id if ended else seen.ended,
    )
    return _followed(connection, [*begun, *ended]), told, more


def _followed(connection: Connection, rows: Sequence[Any]) -> list[Followed]:
    until = sources.reported(connection, sorted({row.project_id for row in rows}))
    out = []
    for row in rows:
        told = until.get(row.project_id)
        confirmed = None if told is None else row.on <= told
        lights = (Light(row.from_light).word, Light(row.to_light).word)
        rest = (row.became_on, row.why, confirmed, row.known_from, row.known_to)
        out.append(Followed(row.id, row.code, row.scope, row.on, *lights, *rest))
    return out
