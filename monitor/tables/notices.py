"""Notices that an administrator entered: what we were told of days of rest and of work. Nothing is overwritten.

A row is known from `known_from` until `known_to` (NULL: still): a notice that was revised or taken back stays.
The notices that come with the product are files in rules/notices.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from monitor.tables.base import Base, Key

KNOWN = text("known_to IS NULL")


class Notice(Base):
    """One version of a notice: `rest` and `work` are its days, JSON lists of ISO dates, ascending."""

    __tablename__ = "notice"
    __table_args__ = (
        Index(
            "uq_notice_current", "region", "year", "document", unique=True, sqlite_where=KNOWN, postgresql_where=KNOWN
        ),
    )
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    region: Mapped[str]
    year: Mapped[int]
    document: Mapped[str]
    source: Mapped[str]
    published: Mapped[dt.date]
    rest: Mapped[str]
    work: Mapped[str]
    amends: Mapped[bool]
    whole: Mapped[bool] = mapped_column(server_default=false())  # an amendment that is the whole year again
    known_from: Mapped[dt.datetime]
    known_to: Mapped[dt.datetime | None]
