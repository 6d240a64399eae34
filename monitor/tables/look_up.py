"""The public look-up: query codes of acceptance slips, and how often it was asked for what there is not."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from monitor.tables.base import Base, Key


class SlipCode(Base):
    """The query code of a project that holds now, as `monitor.slips.Kept`; a new one takes its place."""

    __tablename__ = "slip_code"
    project_id: Mapped[int] = mapped_column(Key, ForeignKey("project.id"), primary_key=True, autoincrement=False)
    salt: Mapped[str]
    digest: Mapped[str]
    made_at: Mapped[dt.datetime]


class LookUpMiss(Base):
    """Look-ups that found nothing: from a `place`, an address by a keyed hash, until when it has to wait; and from all
    places together (blank), until when they are counted. Of a place deleted a day after the last one."""

    __tablename__ = "look_up_miss"
    __table_args__ = (Index("ix_look_up_miss_last", "last"), {"sqlite_with_rowid": False})
    place: Mapped[str] = mapped_column(primary_key=True)
    misses: Mapped[int]
    last: Mapped[dt.datetime]
    until: Mapped[dt.datetime | None]
