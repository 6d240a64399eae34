"""A deletion that cannot be undone takes two persons where there are accounts: one asks, another one approves.

Without accounts nobody can be told from anybody else, and one person does it, who says who it is. A request holds
counts, and a digest of the keys of what would go: where something else would go by the time at which it is approved,
it is void.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson

from monitor.database import Database
from monitor.deeds import Deed, Verb
from monitor.people import DeletionKind, DeletionRequest, PeopleRefused
from monitor.reading import people
from monitor.reading.deletions import any_account, request
from monitor.rights import RIGHTS, Right, Who
from monitor.store import deletions as written
from monitor.store.people import lock_people
from monitor.store.trail import record

_ASKED = {DeletionKind.PURGE: Verb.PURGE_ASK, DeletionKind.ERASE: Verb.ERASE_ASK}


@dataclass(frozen=True)
class Approval:
    """``who`` approves the request of a number."""

    who: Who
    number: int


def keys_digest(keys: Any) -> str:
    """SHA-256 of the keys of what would go: lists of numbers and texts that were sorted."""
    return sha256(orjson.dumps(keys)).hexdigest()


def ask(
    database: Database, kind: DeletionKind, who: Who, counts: Mapping[str, int], digest: str, now: dt.datetime
) -> DeletionRequest:
    """Writes down that somebody asks for a deletion. Raises Forbidden, and PeopleRefused where nothing would go."""
    who.require(Right.PURGE)
    if not any(counts.values()):
        raise PeopleRefused("nothing_to_delete")
    with database.writing() as connection:
        number = written.ask(connection, kind, who.account_id, counts, digest, now)
        record(connection, now, Deed(_ASKED[kind], "request", str(number), after=dict(counts)))
    return DeletionRequest(number, kind, who.name, now, counts, digest)


def permitted(
    connection: Any, kind: DeletionKind, approval: Approval | None, digest: str, now: dt.datetime
) -> DeletionRequest | None:
    """The request that is carried out now, and is closed by that; None where there are no accounts.

    Raises Forbidden and PeopleRefused. The caller deletes in the same transaction.
    """
    if not any_account(connection):
        return None
    if approval is None:
        raise PeopleRefused("two_persons")
    who, number = approval.who, approval.number
    who.require(Right.PURGE)
    lock_people(connection)
    found = request(connection, kind, number)
    if found is None:
        raise PeopleRefused("no_request", number=number)
    if found.asked_by == who.name:
        raise PeopleRefused("own_request", number=number, value=who.name)
    if now >= found.until:
        raise PeopleRefused("request_expired", number=number, value=found.until.isoformat(timespec="minutes"))
    asker = next(iter(people.accounts(connection, found.asked_by)), None)
    if asker is None or asker.disabled_at is not None or Right.PURGE not in RIGHTS[asker.role]:
        raise PeopleRefused("asker_gone", number=number, value=found.asked_by)
    if found.digest != digest:
        raise PeopleRefused("request_changed", number=number)
    if not written.carried_out(connection, number, who.account_id, now):
        raise PeopleRefused("no_request", number=number)
    return found
