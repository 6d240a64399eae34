"""What the watchman does: sweeps, projects set aside, what is to be told, jobs and their runs."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.tables.base import Base, Key


class Sweep(Base):
    """One tick: as of which day, and what it changed."""

    __tablename__ = "sweep"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    as_of: Mapped[dt.date] = mapped_column(index=True)
    started: Mapped[dt.datetime]
    ended: Mapped[dt.datetime | None]
    projects: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    turns: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    rules_version: Mapped[str] = mapped_column(default="")


class SetAside(Base):
    """A project that failed in a sweep, to be tried again; it never stops the sweep."""

    __tablename__ = "set_aside"
    project_id: Mapped[int] = mapped_column(Key, ForeignKey("project.id"), primary_key=True, autoincrement=False)
    as_of: Mapped[dt.date]
    error: Mapped[str]
    tries: Mapped[int] = mapped_column(default=1)
    last_try: Mapped[dt.datetime]


class Outbox(Base):
    """What is to be told to people, made in the transaction that made the turn."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_open", "done_at", "taken_at"),)
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    turn_id: Mapped[int | None] = mapped_column(Key, ForeignKey("turn.id"), index=True)
    kind: Mapped[str]
    payload: Mapped[str]  # JSON
    made_at: Mapped[dt.datetime]
    taken_at: Mapped[dt.datetime | None]
    done_at: Mapped[dt.datetime | None]


class Job(Base):
    """A long verb asked for from a page: worked off by the scheduler process while the page shows progress."""

    __tablename__ = "job"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    verb: Mapped[str]
    arguments: Mapped[str]  # JSON
    asked_by: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(index=True)
    progress: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    result: Mapped[str | None]  # JSON
    started: Mapped[dt.datetime | None]
    ended: Mapped[dt.datetime | None]


class JobRun(Base):
    """The ledger of what the timetable ran; the unique row, not a lock, guarantees one run."""

    __tablename__ = "job_run"
    __table_args__ = (UniqueConstraint("job", "due_at"),)
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    job: Mapped[str]
    due_at: Mapped[dt.datetime]
    started: Mapped[dt.datetime]
    ended: Mapped[dt.datetime | None]
    outcome: Mapped[str] = mapped_column(default="")
