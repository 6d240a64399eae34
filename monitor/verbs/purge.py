"""purge: a secret project that was taken in before it was known to be one is deleted from every table.

Secret are those on the list, and those that were marked since, of which a digest is remembered. It is the one deletion
of what was told. Kept are, of its rows that were set aside, the hash of the file and the number of the row; and a
digest of its code and of the number of each of its cases, by which what is told of them later is refused. What the
trail says of it goes as well, and tombstones stay. So do names of files that name it, jobs, and files that were handed
in by a page. Where there are accounts two
persons do it (`monitor.verbs.deletions`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog

from monitor.database import Database, Undo
from monitor.deeds import Deed, Verb
from monitor.intake import SecretList
from monitor.people import DeletionKind, DeletionRequest
from monitor.rights import Right, Who
from monitor.scratch import clear_left
from monitor.store import erasing, trail
from monitor.store.log import lock_log
from monitor.store.secret_projects import Purged, forget_waiting, keys_of, secret_keys
from monitor.store.secret_projects import purge as delete
from monitor.uploads import Uploads
from monitor.verbs.deletions import Approval, ask, keys_digest, permitted


def purge(
    database: Database,
    secret: SecretList,
    *,
    by: str,
    clock: Callable[[], dt.datetime],
    only_count: bool = False,
    approval: Approval | None = None,
    uploads: Uploads | None = None,
) -> Purged:
    """Purges secret projects, and what rows that wait say of any; ``only_count``: says how much there is of them, and
    deletes nothing. ``by``: who says so. ``approval``: needed where there are accounts, for all of it that there is to
    delete. ``uploads``: files that were handed in by a page; what is in them nobody knows, so all go.

    Raises Forbidden, PeopleRefused."""
    with database.writing(scrub=True) as connection:
        gone = _delete(connection, secret)
        if only_count or not any(vars(gone.done).values()):
            raise Undo
        at = clock()
        asked = permitted(connection, DeletionKind.PURGE, approval, gone.digest, at)
        personal = {"by": by, **({"asked_by": asked.asked_by} if asked else {})}
        erasing.forget_jobs(connection, gone.known, secret.names)
        erasing.forget_file_names(connection, gone.known)
        trail.hold(connection)  # from the search to the tombstones: what is written meanwhile would be overlooked
        trail.erase(connection, at, erasing.of_projects(connection, gone.known), personal)
        subject = ("request", str(asked.number)) if asked else ("", "")
        trail.record(connection, at, Deed(Verb.PURGE, *subject, after=vars(gone.done), personal=personal))
    if not only_count:
        clear_left()
        if uploads is not None:
            uploads.destroy_before(clock() + dt.timedelta(days=1))
        structlog.get_logger().info("purge", by=by, **vars(gone.done))  # how much, never what
    return gone.done


def ask_purge(
    database: Database, secret: SecretList, *, who: Who, clock: Callable[[], dt.datetime]
) -> tuple[Purged, DeletionRequest]:
    """Asks for a purge of all that there is to delete now, which another account approves within
    `DeletionRequest.VALID_FOR`; deletes nothing. Raises Forbidden, and PeopleRefused where there is nothing."""
    who.require(Right.PURGE)
    with database.writing() as connection:
        gone = _delete(connection, secret)
        raise Undo
    return gone.done, ask(database, DeletionKind.PURGE, who, vars(gone.done), gone.digest, clock())


@dataclass(frozen=True)
class _Gone:
    """What was deleted, by what it is known again in a text, and the digest of its keys."""

    done: Purged
    known: erasing.Traces
    digest: str = field(repr=False)


def _delete(connection: Any, secret: SecretList) -> _Gone:
    lock_log(connection)
    done, known, keys = Purged(), erasing.Traces(), secret_keys(connection, secret.names)
    listed: list[Any] = keys_of(connection, keys)
    if keys:
        known = erasing.traces(connection, keys)
        done = delete(connection, keys)
    rows = forget_waiting(connection, secret.names)
    codes, names, ids = ({one for row in rows for one in getattr(row, told)} for told in ("codes", "names", "ids"))
    known |= erasing.traces_of(codes, names, ids)
    done.refused_rows = len(rows)
    return _Gone(done, known, keys_digest([*listed, sorted(row.key for row in rows)]))
