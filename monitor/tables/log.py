"""What we were told: batches, facts about projects and cases in versions, events. Nothing is overwritten.

A row is known from `known_from` until `known_to` (NULL: still); one that was told and never held ends as it begins.
Keys of these tables are given out by `monitor.store`, under the lock of the writer, so that a batch can be written in
bulk. `told` says which columns the batch of a row told (bits, see `monitor.store.telling`; 0: the row follows from
what others told, -1: all of them, before it was written down).
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from monitor.tables.base import Base, Key, Money, Word

KNOWN = text("known_to IS NULL")
FOLLOWS = 0  # `told` of a row that nobody told: it follows from what others told


class Source(Base):
    """Somebody who reports; until which day it has reported (a dead interface reddens nobody)."""

    __tablename__ = "source"
    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(unique=True)
    reported_until: Mapped[dt.date | None]


class Batch(Base):
    """One import: it landed whole, at `known_from`, on the day `known_on` in the office's zone (NULL: not written
    down). It says until which day its source has reported; `falls_back`: and that this was said of too late a day
    before (`monitor.tables.reported`). The counts are of what it added. One that was taken back (`undone_at`) tells
    nothing any more; the taking back is a batch of its own, which tells nothing either (`undoes`)."""

    __tablename__ = "batch"
    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    source_id: Mapped[int] = mapped_column(Key, ForeignKey("source.id"), index=True)
    name: Mapped[str]
    sha256: Mapped[str]
    known_from: Mapped[dt.datetime] = mapped_column(index=True)
    known_on: Mapped[dt.date | None]
    reported_until: Mapped[dt.date | None]
    falls_back: Mapped[bool] = mapped_column(default=False, server_default=false())
    projects: Mapped[int] = mapped_column(default=0)
    cases: Mapped[int] = mapped_column(default=0)
    events: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    last_event: Mapped[int] = mapped_column(Key, default=0)  # the highest event.id given out so far
    undone_at: Mapped[dt.datetime | None]
    undoes: Mapped[int | None] = mapped_column(Key)  # the number of a batch
    held_to: Mapped[
        str | None
    ]  # beginnings of area codes, one a line, of whose projects alone it may tell; NULL: of all


class BatchKnown(Base):
    """What a batch told that was known already: rows of `of` (a word of `Of` in `monitor.store.telling`), packed, of
    which it told the columns `told` (0: of voids, that what they void holds no more); they belong to projects from
    `first_project` to `last_project`. Also the days of coding that it derived, which versions do not tell."""

    __tablename__ = "batch_known"
    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    batch_id: Mapped[int] = mapped_column(Key, ForeignKey("batch.id"), index=True)
    of: Mapped[int] = mapped_column(Word)
    told: Mapped[int]
    first_project: Mapped[int] = mapped_column(Key)
    last_project: Mapped[int] = mapped_column(Key)
    rows: Mapped[bytes] = mapped_column(LargeBinary)


class RefusedRow(Base):
    """A row that waits: `--partial` refused it, or what it hangs on was taken back. Fed again when what it `lacks`
    arrives, it is in (`landed_in`), and has no reasons any more; one that its source has mended is done with as well,
    with the batch that told it so, and keeps them. Of a secret project: no content, no reasons but that."""

    __tablename__ = "refused_row"
    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    batch_id: Mapped[int] = mapped_column(Key, ForeignKey("batch.id"), index=True)
    file: Mapped[str]
    sha256: Mapped[str]
    row: Mapped[int]  # 0: set aside when what it hangs on was taken back
    content: Mapped[str | None]  # JSON object column -> text
    reasons: Mapped[str]  # JSON list of {code, column, value, params}
    of: Mapped[str] = mapped_column(default="", server_default="")  # projects, cases, events
    code: Mapped[str] = mapped_column(default="", server_default="")  # of its only reason; blank: it has several
    lacks: Mapped[str | None]  # the project code, case id or event id that is not known
    landed_in: Mapped[int | None] = mapped_column(Key)  # the number of a batch


class SecretDigest(Base):
    """By which what is told of a secret project later is refused: of the project the SHA-256 of its folded code, of a
    case of it that of its source and number, with a line break between, so that neither is taken for the other."""

    __tablename__ = "secret_case"
    digest: Mapped[str] = mapped_column(primary_key=True)


class Department(Base):
    """A department, named within a region."""

    __tablename__ = "department"
    __table_args__ = (UniqueConstraint("region", "name"),)
    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    region: Mapped[str]
    name: Mapped[str]


class Project(Base):
    """The investment project, known by its code."""

    __tablename__ = "project"
    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(unique=True)


class ProjectFact(Base):
    """What a source says of a project, in versions; at most one is known now."""

    __tablename__ = "project_fact"
    __table_args__ = (
        Index("uq_project_fact_current", "project_id", unique=True, sqlite_where=KNOWN, postgresql_where=KNOWN),
    )
    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    project_id: Mapped[int] = mapped_column(Key, ForeignKey("project.id"), index=True)
    source_id: Mapped[int] = mapped_column(Key, ForeignKey("source.id"))
    batch_id: Mapped[int] = mapped_column(Key, ForeignKey("batch.id"))
    known_from: Mapped[dt.datetime]
    known_to: Mapped[dt.datetime | None]
    name: Mapped[str] = mapped_column(default="")
    region: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(default="")
    industry: Mapped[str] = mapped_column(default="")
    applicant: Mapped[str] = mapped_column(default="")
    credit_code: Mapped[str] = mapped_column(default="")
    agent: Mapped[str] = mapped_column(default="")
    coded_on: Mapped[dt.date]
    investment: Mapped[float | None] = mapped_column(Money)
    pack: Mapped[str] = mapped_column(default="")
    ended_on: Mapped[dt.date | None]
    end_reason: Mapped[int | None] = mapped_column(Word)
    marks: Mapped[int] = mapped_column(Word, default=0, server_default="0")  # bits of Mark
    told: Mapped[int] = mapped_column(default=-1, server_default="-1")


class ApprovalCase(Base):
    """A case 办件: one item being handled for one project, known by its source's id. Once nothing is known of it any
    more, its id may come in again for another project."""

    __tablename__ = "approval_case"
    __table_args__ = (UniqueConstraint("source_id", "case_id"),)
    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    source_id: Mapped[int] = mapped_column(Key, ForeignKey("source.id"))
    case_id: Mapped[str]
    project_id: Mapped[int] = mapped_column(Key, ForeignKey("project.id"), index=True)


class CaseFact(Base):
    """What a source says of a case, in versions. NULL units and clock start: not told, so the catalogue's."""

    __tablename__ = "case_fact"
    __table_args__ = (
        Index("uq_case_fact_current", "case_id", unique=True, sqlite_where=KNOWN, postgresql_where=KNOWN),
    )
    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    case_id: Mapped[int] = mapped_column(Key, ForeignKey("approval_case.id"))
    project_id: Mapped[int] = mapped_column(Key, ForeignKey("project.id"), index=True)
    batch_id: Mapped[int] = mapped_column(Key, ForeignKey("batch.id"))
    known_from: Mapped[dt.datetime]
    known_to: Mapped[dt.datetime | None]
    works_code: Mapped[str] = mapped_column(default="")
    item_code: Mapped[str] = mapped_column(default="")
    item_name: Mapped[str] = mapped_column(default="")
    stage: Mapped[int] = mapped_column(Word)
    department_id: Mapped[int] = mapped_column(Key, ForeignKey("department.id"))
    holder: Mapped[int] = mapped_column(Word)
    statutory_days: Mapped[int | None]
    statutory_unit: Mapped[int | None] = mapped_column(Word)
    promised_days: Mapped[int | None]
    promised_unit: Mapped[int | None] = mapped_column(Word)
    clock_start: Mapped[int | None] = mapped_column(Word)
    told: Mapped[int] = mapped_column(default=-1, server_default="-1")


class Event(Base):
    """One thing that happened to a case.

    Events are read by project, so they lie by project: the key is (project_id, id) and SQLite keeps the
    table in its order. `id` grows over all events. `day` is `occurred_at` in the office's zone.
    """

    __tablename__ = "event"
    __table_args__ = (
        Index("uq_event_known", "source_id", "event_id", unique=True, sqlite_where=KNOWN, postgresql_where=KNOWN),
        {"sqlite_with_rowid": False},
    )
    project_id: Mapped[int] = mapped_column(Key, ForeignKey("project.id"), primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    case_id: Mapped[int] = mapped_column(Key, ForeignKey("approval_case.id"))
    source_id: Mapped[int] = mapped_column(Key, ForeignKey("source.id"))
    event_id: Mapped[str]
    batch_id: Mapped[int] = mapped_column(Key, ForeignKey("batch.id"))
    status: Mapped[int] = mapped_column(Word)
    day: Mapped[dt.date]
    occurred_at: Mapped[str]
    entered_at: Mapped[str | None]
    entered_day: Mapped[dt.date | None]
    office: Mapped[str] = mapped_column(default="")
    handler: Mapped[str] = mapped_column(default="")
    procedure: Mapped[int | None] = mapped_column(Word)
    holder: Mapped[int | None] = mapped_column(Word)
    reason: Mapped[str] = mapped_column(default="")
    basis: Mapped[str] = mapped_column(default="")
    days: Mapped[int | None]
    approver: Mapped[str] = mapped_column(default="")
    voids: Mapped[str | None]
    confirms: Mapped[str | None]
    known_from: Mapped[dt.datetime]
    known_to: Mapped[dt.datetime | None]
    told: Mapped[int] = mapped_column(default=-1, server_default="-1")
