"""What measures are taken from, beside shares: pauses and hand-over gaps of single cases, and rollups of all of them by
day. Copies that can be dropped and rebuilt.

A rollup is right for every day from the last sweep on. What runs is kept as its changes by day: the days of it in a
period are the sum of each change times the working days from it to the end of the period.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from monitor.tables.base import Base, Key, Word


class PausePiece(Base):
    """Days in (since, until] in which a pause stopped a case (`rules.stopped`); `until` NULL: still does.

    `pause`: a word of Pause; `based`: a record that opened it names its basis; `first`: the first piece of its pause.
    """

    __tablename__ = "pause_piece"
    __table_args__ = ({"sqlite_with_rowid": False},)
    project_id: Mapped[int] = mapped_column(Key, ForeignKey("project.id"), primary_key=True, autoincrement=False)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_id: Mapped[int] = mapped_column(Key, ForeignKey("approval_case.id"))
    department_id: Mapped[int] = mapped_column(Key, ForeignKey("department.id"))
    stage: Mapped[int] = mapped_column(Word)
    item_code: Mapped[str]
    pause: Mapped[int] = mapped_column(Word)
    based: Mapped[bool]
    first: Mapped[bool]
    opened_on: Mapped[dt.date]
    since: Mapped[dt.date]
    until: Mapped[dt.date | None]


class PauseTally(Base):
    """The rollup of pauses by day: `running` is the sum of its changes, `opened` counts pauses that began."""

    __tablename__ = "pause_tally"
    __table_args__ = ({"sqlite_with_rowid": False},)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(Key, ForeignKey("department.id"), primary_key=True, autoincrement=False)
    stage: Mapped[int] = mapped_column(Word, primary_key=True, autoincrement=False)
    item_code: Mapped[str] = mapped_column(primary_key=True)
    region: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    pause: Mapped[int] = mapped_column(Word, primary_key=True, autoincrement=False)
    based: Mapped[bool] = mapped_column(primary_key=True)
    running: Mapped[int]
    opened: Mapped[int]


class HandoverGap(Base):
    """Days in (since, until] between the last approval before a case and its acceptance (`rules.handover`).

    `until` NULL: not accepted yet; `received`: the day after which the application lay with the authority.
    """

    __tablename__ = "handover_gap"
    __table_args__ = ({"sqlite_with_rowid": False},)
    project_id: Mapped[int] = mapped_column(Key, ForeignKey("project.id"), primary_key=True, autoincrement=False)
    case_id: Mapped[int] = mapped_column(Key, ForeignKey("approval_case.id"), primary_key=True, autoincrement=False)
    department_id: Mapped[int] = mapped_column(Key, ForeignKey("department.id"))
    stage: Mapped[int] = mapped_column(Word)
    item_code: Mapped[str]
    before_case_id: Mapped[int] = mapped_column(Key, ForeignKey("approval_case.id"))
    before_department_id: Mapped[int] = mapped_column(Key, ForeignKey("department.id"))
    before_item_code: Mapped[str]
    since: Mapped[dt.date]
    until: Mapped[dt.date | None]
    received: Mapped[dt.date | None]


class HandoverTally(Base):
    """The rollup of gaps by day: `waiting` and `lying` (of them, received) are the sums of their changes; `begun` and
    `ended` count gaps."""

    __tablename__ = "handover_tally"
    __table_args__ = ({"sqlite_with_rowid": False},)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(Key, ForeignKey("department.id"), primary_key=True, autoincrement=False)
    stage: Mapped[int] = mapped_column(Word, primary_key=True, autoincrement=False)
    item_code: Mapped[str] = mapped_column(primary_key=True)
    before_department_id: Mapped[int] = mapped_column(
        Key, ForeignKey("department.id"), primary_key=True, autoincrement=False
    )
    before_item_code: Mapped[str] = mapped_column(primary_key=True)
    region: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    waiting: Mapped[int]
    lying: Mapped[int]
    begun: Mapped[int]
    ended: Mapped[int]


class Outcome(Base):
    """The rollup of decided cases by the day of the decision; days of sums are working days.

    `pending`: cases with a late stop that nobody confirmed, kept apart because no ranking counts them. `used`: days of
    `project_total`, `beyond` and `beyond_statute` those past a due day; `_sq` sums of squares. `promised`: cases with a
    promise, of them `in_promise` and `early` (at least a day before it fell due); the sums of limits and of days used
    of their clocks are over the cases whose limit is in working days (`promised_working`), and over those in which both
    limits are (`comparable`).
    """

    __tablename__ = "outcome"
    __table_args__ = ({"sqlite_with_rowid": False},)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(Key, ForeignKey("department.id"), primary_key=True, autoincrement=False)
    stage: Mapped[int] = mapped_column(Word, primary_key=True, autoincrement=False)
    item_code: Mapped[str] = mapped_column(primary_key=True)
    region: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    pending: Mapped[bool] = mapped_column(primary_key=True)
    decided: Mapped[int]
    used: Mapped[int]
    used_sq: Mapped[int] = mapped_column(BigInteger)
    beyond: Mapped[int]
    beyond_sq: Mapped[int] = mapped_column(BigInteger)
    beyond_statute: Mapped[int]
    promised: Mapped[int]
    in_promise: Mapped[int]
    early: Mapped[int]
    promised_working: Mapped[int]
    promised_limit: Mapped[int]
    promised_used: Mapped[int]
    statutory: Mapped[int]
    in_statute: Mapped[int]
    statutory_working: Mapped[int]
    statutory_limit: Mapped[int]
    statutory_used: Mapped[int]
    comparable: Mapped[int]
    comparable_promised: Mapped[int]
    comparable_statutory: Mapped[int]
