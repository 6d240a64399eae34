"""Requests for deletions that two persons make together: made, and carried out once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import orjson
from sqlalchemy import Connection, insert, update

from monitor.people import DeletionKind
from monitor.tables import DeletionRequest


def ask(
    connection: Connection,
    kind: DeletionKind,
    account_id: int,
    counts: Mapping[str, int],
    digest: str,
    now: dt.datetime,
) -> int:
    """Writes a request; gives its number."""
    values = {
        "kind": kind.value,
        "asked_by": account_id,
        "asked_at": now,
        "counts": orjson.dumps(dict(counts)).decode(),
        "digest": digest,
    }
    return connection.execute(insert(DeletionRequest).values(**values).returning(DeletionRequest.id)).scalar_one()


def carried_out(connection: Connection, number: int, account_id: int, now: dt.datetime) -> bool:
    """Closes a request that an account approved; gives whether it was open."""
    mine = update(DeletionRequest).where(DeletionRequest.id == number, DeletionRequest.approved_at.is_(None))
    return connection.execute(mine.values(approved_by=account_id, approved_at=now)).rowcount > 0
