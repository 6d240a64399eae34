"""The register of departments: what a person said of their names. Nothing is overwritten.

What a source called the department of a case stays in its facts. Which department that is, is read through this
register, as known now or at a moment; so a name that is confirmed today speaks of the cases that came before as well.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from monitor.tables.base import Base, Key, Word


class DepartmentEntry(Base):
    """One thing that somebody said, known until it was taken back.

    ``kind`` (a word of `monitor.codes.departments.Said`): that a department exists, under its full name
    (`department_id`), with a code, short names (one a line), level, office, and the department whose place it took
    (`predecessor_id`); that another name (`told_id`) means it; that it does not. `since`: other names mean it in
    projects coded from this day on (NULL: in all).
    """

    __tablename__ = "department_entry"
    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    kind: Mapped[int] = mapped_column(Word)
    department_id: Mapped[int] = mapped_column(Key, ForeignKey("department.id"))
    told_id: Mapped[int | None] = mapped_column(Key, ForeignKey("department.id"))
    code: Mapped[str] = mapped_column(default="")
    short: Mapped[str] = mapped_column(default="")
    level: Mapped[int | None] = mapped_column(Word)
    office: Mapped[str] = mapped_column(default="")
    predecessor_id: Mapped[int | None] = mapped_column(Key, ForeignKey("department.id"))
    since: Mapped[dt.date | None]
    said_by: Mapped[str]
    known_from: Mapped[dt.datetime]
    known_to: Mapped[dt.datetime | None]
    ended_by: Mapped[str | None]
