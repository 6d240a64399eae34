"""init, upgrade: the schema brought to this program's version, and the trail told of it in the same transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from monitor.database import Database, head, upgrade
from monitor.deeds import Deed, Verb
from monitor.store.trail import record


def bring_up(database: Database, clock: Callable[[], dt.datetime]) -> tuple[str | None, str | None]:
    """Makes the database or brings it up to date; gives the version before and after. Raises DatabaseError."""

    def tell(connection: Any, before: str | None) -> None:
        deed = Deed(
            Verb.UPGRADE if before else Verb.INIT, "schema", head(), before={"version": before} if before else {}
        )
        record(connection, clock(), deed)

    return upgrade(database, also=tell)
