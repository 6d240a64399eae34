"""purge: a secret project that was taken in before it was known to be one is deleted from every table.

Secret are those on the list, and those that were marked since, of which a digest is remembered. It is the one deletion
of what was told. Kept are, of its rows that were set aside, the hash of the file and the number of the row; and a
digest of its code and of the number of each of its cases, by which what is told of them later is refused. What the
trail says of it goes as well, and tombstones stay.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import structlog

from monitor.database import Database, Undo
from monitor.deeds import Deed, Verb
from monitor.intake import SecretList
from monitor.store import erasing, trail
from monitor.store.log import lock_log
from monitor.store.secret_projects import Purged, forget_waiting, secret_keys
from monitor.store.secret_projects import purge as delete


def purge(
    database: Database, secret: SecretList, *, by: str, clock: Callable[[], dt.datetime], only_count: bool = False
) -> Purged:
    """Purges secret projects, and what rows that wait say of any; ``only_count``: says how much there is of them, and
    deletes nothing."""
    done = Purged()
    with database.writing(scrub=True) as connection:
        lock_log(connection)
        known = None
        if keys := secret_keys(connection, secret.names):
            known = erasing.traces(connection, keys)
            done = delete(connection, keys)
        done.refused_rows = forget_waiting(connection, secret.names)
        if only_count or not any(vars(done).values()):
            raise Undo
        at, personal = clock(), {"by": by}
        if known is not None:
            trail.hold(connection)  # from the search to the tombstones: what is written meanwhile would be overlooked
            trail.erase(connection, at, erasing.of_projects(connection, known), personal)
        trail.record(connection, at, Deed(Verb.PURGE, after=vars(done), personal=personal))
    if not only_count:
        structlog.get_logger().info("purge", by=by, **vars(done))  # how much, never what
    return done
