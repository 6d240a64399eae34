"""How far the pulls of exchange tables have come."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, select

from monitor.tables import PullMark, Source


@dataclass(frozen=True)
class Mark:
    """How far one source was read; `monitor.tables.pulls` says what each part is."""

    told_until: dt.date | None = None
    highest: str | None = None
    whole_on: dt.date | None = None
    position: str | None = None
    since: dt.date | None = None
    started: dt.datetime | None = None


def mark(connection: Connection, source: str) -> Mark:
    """The mark of a source; an empty one for a source that was never pulled."""
    columns = [getattr(PullMark, name) for name in Mark.__dataclass_fields__]
    found = connection.execute(select(*columns).join(Source).where(Source.name == source)).one_or_none()
    return Mark(*found) if found else Mark()
