"""Until which day sources have reported, by what their batches say: one rule, for what is known now and what was."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from monitor.tables.log import Batch

NOTHING_TOLD = dt.date(1970, 1, 1)  # until then has reported who is not through with telling for the first time


def reported(at: dt.datetime | None = None) -> Select[int, dt.date | None]:
    """Columns source_id and until, of each source with a batch that stands, as known now or at a moment.

    It is the latest day that any of them says; of those before one that fell back none counts any more.
    """
    fell = aliased(Batch)
    back = select(fell.source_id, func.max(fell.id).label("id")).where(fell.falls_back, *_stands(fell, at))
    last = back.group_by(fell.source_id).subquery()
    until = select(Batch.source_id, func.max(Batch.reported_until).label("until"))
    since = until.outerjoin(last, last.c.source_id == Batch.source_id).where(Batch.id >= func.coalesce(last.c.id, 0))
    return since.where(*_stands(Batch, at)).group_by(Batch.source_id)


def _stands(batch: Any, at: dt.datetime | None) -> list[ColumnElement[bool]]:
    if at is None:
        return [batch.undone_at.is_(None)]
    return [batch.known_from <= at, or_(batch.undone_at.is_(None), batch.undone_at > at)]
