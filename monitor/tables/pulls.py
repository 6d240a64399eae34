"""How far a pull of exchange tables has come: one row a source, written with what it brought."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from monitor.tables.base import Base, Key


class PullMark(Base):
    """What is left to read of a source.

    ``told_until``: the last day of which a finished pull brought a record; ``highest``: the highest key of a record
    then, where keys are numbers. Of a pull under way: ``position``, the works code up to which all landed (NULL: none
    is under way), ``since``, the first day it reads from (NULL: all), and ``started``. ``read_by``: a digest of the
    profile and of which database it was; by others nothing was read yet.
    """

    __tablename__ = "pull_mark"
    source_id: Mapped[int] = mapped_column(Key, ForeignKey("source.id"), primary_key=True, autoincrement=False)
    told_until: Mapped[dt.date | None]
    highest: Mapped[str | None]
    whole_on: Mapped[dt.date | None]  # the day on which the last pull began that read everything
    position: Mapped[str | None]
    since: Mapped[dt.date | None]
    started: Mapped[dt.datetime | None]
    read_by: Mapped[str | None]
