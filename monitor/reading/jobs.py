"""Jobs: what was asked for from a page, and what came of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, select

from monitor.progress import State
from monitor.tables import Job as JobRow


@dataclass(frozen=True)
class Job:
    """``arguments``, ``result``: JSON objects; the result is there once it is over."""

    id: int
    verb: str
    arguments: dict[str, Any]
    asked_by: str
    asked_at: dt.datetime
    state: State
    result: dict[str, Any] | None
    started: dt.datetime | None
    ended: dt.datetime | None


def job(connection: Connection, number: int, asked_by: str | None = None) -> Job | None:
    """A job, if ``asked_by`` asked for it (None: whoever did)."""
    query = select(JobRow.__table__).where(JobRow.id == number)
    if asked_by is not None:
        query = query.where(JobRow.asked_by == asked_by)
    row = connection.execute(query).first()
    return None if row is None else _job(row)


def jobs(connection: Connection, asked_by: str, verbs: tuple[str, ...], limit: int = 20) -> list[Job]:
    """The latest jobs of some verbs that somebody asked for, the latest first."""
    query = select(JobRow.__table__).where(JobRow.asked_by == asked_by, JobRow.verb.in_(verbs))
    return [_job(row) for row in connection.execute(query.order_by(JobRow.id.desc()).limit(limit))]


def waiting(connection: Connection) -> bool:
    """Whether any job waits."""
    return connection.execute(select(JobRow.id).where(JobRow.state == State.WAITING.value).limit(1)).first() is not None


def _job(row: Any) -> Job:
    return Job(
        row.id, row.verb, orjson.loads(row.arguments), row.asked_by, row.asked_at, State(row.state),
        orjson.loads(row.result) if row.result else None, row.started, row.ended,
    )  # fmt: skip
