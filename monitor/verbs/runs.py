"""A job for a due moment, once for all processes: the unique row of the ledger decides, not a lock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from monitor.database import Database
from monitor.store import runs


def once(
    database: Database,
    job: str,
    due_at: dt.datetime,
    now: Callable[[], dt.datetime],
    verb: Callable[[], str],
) -> bool:
    """Runs ``verb`` unless this due moment was claimed before; its outcome, or its failure, is kept."""
    with database.writing() as connection:
        claimed = runs.claim(connection, job, due_at, now())
    if not claimed:
        return False
    outcome = "failed"
    try:
        outcome = verb()
    finally:
        with database.writing() as connection:
            runs.close(connection, job, due_at, outcome, now())
    return True
