"""Jobs: asked for, taken by the process that does them, ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, delete, func, insert, select, update

from monitor.progress import State
from monitor.tables import Job


def ask(connection: Connection, verb: str, arguments: Mapping[str, Any], asked_by: str, now: dt.datetime) -> int:
    """Writes a job that waits; gives its number."""
    values = {"verb": verb, "arguments": orjson.dumps(arguments).decode(), "asked_by": asked_by, "asked_at": now}
    return connection.execute(insert(Job).values(**values, state=State.WAITING.value).returning(Job.id)).scalar_one()


def take(connection: Connection, now: dt.datetime) -> int | None:
    """Takes the job that waits longest, so that no other process does it; None: none waits."""
    first = select(func.min(Job.id)).where(Job.state == State.WAITING.value).scalar_subquery()
    taken = (
        update(Job)
        .where(Job.id == first, Job.state == State.WAITING.value)
        .values(state=State.RUNNING.value, started=now)
    )
    found: int | None = connection.execute(taken.returning(Job.id)).scalar()
    return found


def end(connection: Connection, number: int, state: State, result: Mapping[str, Any], now: dt.datetime) -> None:
    """Writes what came of a job."""
    told = orjson.dumps(result).decode()
    connection.execute(update(Job).where(Job.id == number).values(state=state.value, result=told, ended=now))


def again(connection: Connection) -> int:
    """Jobs that ran in a process that is no more wait again; gives how many. What they do is whole or not at all, and
    the same again adds nothing."""
    return connection.execute(
        update(Job).where(Job.state == State.RUNNING.value).values(state=State.WAITING.value, started=None)
    ).rowcount


def give_up(connection: Connection, number: int, asked_by: str, now: dt.datetime) -> bool:
    """Ends a job that still waits; gives whether it did."""
    mine = update(Job).where(Job.id == number, Job.asked_by == asked_by, Job.state == State.WAITING.value)
    return (
        connection.execute(mine.values(state=State.FAILED.value, result='{"problem":"given_up"}', ended=now)).rowcount
        > 0
    )


def forget_before(connection: Connection, moment: dt.datetime) -> None:
    """Deletes jobs that ended before a moment; what they changed stands in the trail."""
    connection.execute(delete(Job).where(Job.state.in_([one.value for one in State if one.over]), Job.ended < moment))
