"""The trail: who did what. Entries are only ever added, each chained to the one before by its hash.

What may have to be erased one day lies beside the chain; an entry holds no more of it than a salted digest.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from monitor.tables.base import Base, Key, Word


class TrailEntry(Base):
    """One deed; `seq` is 1, 2, 3 … without a gap. Triggers of the migration refuse to change or delete a row.

    `at` is a text (ISO, UTC, with microseconds, so that texts sort as moments do), for the hash covers its characters
    and a moment may be written in several ways.
    """

    __tablename__ = "trail_entry"
    seq: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    at: Mapped[str]
    actor: Mapped[str]
    role: Mapped[str]
    door: Mapped[str]
    address: Mapped[str]
    verb: Mapped[str]
    subject_kind: Mapped[str]
    subject: Mapped[str]
    outcome: Mapped[str]
    detail_digest: Mapped[str]
    personal_digest: Mapped[str]
    previous: Mapped[str]
    hash: Mapped[str]


class TrailDetail(Base):
    """What an entry says beside the chain: JSON, with the salt of its digest. Erased together, by deleting the row.

    `part`: detail (before, after), or personal (names of persons and what they wrote).
    """

    __tablename__ = "trail_detail"
    seq: Mapped[int] = mapped_column(Key, ForeignKey("trail_entry.seq"), primary_key=True, autoincrement=False)
    part: Mapped[str] = mapped_column(primary_key=True)
    salt: Mapped[str]
    content: Mapped[str]


class TrailHead(Base):
    """The one row that says how far the trail goes, so that an end that was cut off is missed."""

    __tablename__ = "trail_head"
    __table_args__ = (CheckConstraint("id = 1", name="only"),)
    id: Mapped[int] = mapped_column(Word, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(Key)
    hash: Mapped[str]
