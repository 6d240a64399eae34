"""Requests for deletions that two persons make together."""

from __future__ import annotations

import datetime as dt
from typing import Any

import orjson
from sqlalchemy import Connection, select

from monitor.people import DeletionKind, DeletionRequest
from monitor.tables import Account
from monitor.tables import DeletionRequest as Row


def any_account(connection: Connection) -> bool:
    """Whether there is an account at all, so that two persons are needed."""
    return connection.execute(select(Account.id).limit(1)).first() is not None


def request(connection: Connection, kind: DeletionKind, number: int) -> DeletionRequest | None:
    """The request of a number, if it is of this kind and was not carried out."""
    return next(iter(_requests(connection, kind, Row.id == number)), None)


def open_requests(connection: Connection, kind: DeletionKind, now: dt.datetime) -> list[DeletionRequest]:
    """Those that can still be approved, the oldest first."""
    return [one for one in _requests(connection, kind) if now < one.until]


def _requests(connection: Connection, kind: DeletionKind, *more: Any) -> list[DeletionRequest]:
    query = (
        select(Row.id, Account.name, Row.asked_at, Row.counts, Row.digest)
        .join(Account, Account.id == Row.asked_by)
        .where(Row.kind == kind.value, Row.approved_at.is_(None), *more)
        .order_by(Row.id)
    )
    return [
        DeletionRequest(number, kind, asked_by, asked_at, orjson.loads(counts), digest)
        for number, asked_by, asked_at, counts, digest in connection.execute(query)
    ]
