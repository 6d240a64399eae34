"""How far the pulls of exchange tables have come."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, select

from monitor.tables import Batch, PullMark, RefusedRow, Source


@dataclass(frozen=True)
class Mark:
    """How far one source was read; `monitor.tables.pulls` says what each part is."""

    told_until: dt.date | None = None
    highest: str | None = None
    whole_on: dt.date | None = None
    position: str | None = None
    since: dt.date | None = None
    started: dt.datetime | None = None
    read_by: str | None = None


def mark(connection: Connection, source: str) -> Mark:
    """The mark of a source; an empty one for a source that was never pulled."""
    columns = [getattr(PullMark, name) for name in Mark.__dataclass_fields__]
    found = connection.execute(select(*columns).join(Source).where(Source.name == source)).one_or_none()
    return Mark(*found) if found else Mark()


def awaited(connection: Connection, source: str) -> list[str]:
    """The codes of works or projects of which cases of a source wait for a row that says their project; not those
    whose own row was refused."""
    waits = (Source.name == source, RefusedRow.landed_in.is_(None), Batch.undone_at.is_(None))
    joined = select(RefusedRow.lacks, RefusedRow.content).join(Batch, Batch.id == RefusedRow.batch_id).join(Source)
    lacking = joined.where(*waits, RefusedRow.code == "unknown_project", RefusedRow.of == "cases")
    refused = joined.where(*waits, RefusedRow.of == "projects", RefusedRow.content.is_not(None))
    codes = {
        str(orjson.loads(content or "{}").get("project_code", "")) for _lacks, content in connection.execute(refused)
    }
    return sorted({lacks for lacks, _content in connection.execute(lacking) if lacks} - codes)
