"""purge: a project that was taken in before it was put on the list of secret ones is deleted from every table.

It is the one deletion of what was told. Kept are, of its rows that were set aside, the hash of the file and the number
of the row; and a digest of the number of each of its cases, by which what is told of them later is refused.
"""

from __future__ import annotations

import structlog

from monitor.database import Database, Undo
from monitor.intake import SecretList
from monitor.store import secret_projects
from monitor.store.log import lock_log
from monitor.store.secret_projects import Purged


def purge(database: Database, secret: SecretList, *, by: str, only_count: bool = False) -> Purged:
    """Purges the projects that are on the list; ``only_count``: says how much there is of them, and deletes nothing."""
    done = Purged()
    with database.writing(scrub=True) as connection:
        lock_log(connection)
        listed = [key for key, code in secret_projects.project_codes(connection) if secret.names(code)]
        if listed:
            done = secret_projects.purge(connection, listed)
        if only_count:
            raise Undo
    if not only_count:
        structlog.get_logger().info("purge", by=by, **vars(done))  # how much, never what
    return done
