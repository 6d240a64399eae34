"""Packs that an administrator entered: rules that we were told. Nothing is overwritten.

A row is known from `known_from` until it was withdrawn, `known_to` (NULL: known still). Of several versions of one pack
that are known the last one entered holds; when it is withdrawn the one before it holds again, and before the first the
one that comes with the product, if any. Those are files in rules/packs.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from monitor.tables.base import Base, Key

KNOWN = text("known_to IS NULL")


class Pack(Base):
    """One version of a pack, as its file says it: `text`, and the name of the `file`.

    `judges_from`: it judges projects coded from this day on, and those that name it; for all versions of a pack that of
    the first.
    """

    __tablename__ = "pack"
    __table_args__ = (
        Index("uq_pack_current", "pack", "version", unique=True, sqlite_where=KNOWN, postgresql_where=KNOWN),
    )
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    pack: Mapped[str]
    version: Mapped[str]
    text: Mapped[str]
    digest: Mapped[str]
    file: Mapped[str]
    coded_from: Mapped[dt.date]
    judges_from: Mapped[dt.date]
    known_from: Mapped[dt.datetime]
    known_to: Mapped[dt.datetime | None]
