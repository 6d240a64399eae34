"""The mark of a pull: written in the transaction of what it brought, so that both are there or neither."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, insert, update

from monitor.tables import PullMark


def write_mark(connection: Connection, source_id: int, **values: Any) -> None:
    """Puts a mark in the place of the one before."""
    connection.execute(delete(PullMark).where(PullMark.source_id == source_id))
    connection.execute(insert(PullMark).values(source_id=source_id, **values))


def read_all_again(connection: Connection, source_id: int) -> bool:
    """The next pull of this source reads everything; gives whether it was ever pulled."""
    marks = update(PullMark).where(PullMark.source_id == source_id)
    blank = dict.fromkeys(("told_until", "highest", "whole_on", "position", "since", "started"))
    return connection.execute(marks.values(blank)).rowcount > 0
