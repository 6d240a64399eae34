"""What it means: standings as dates, turns, shares. Copies that can be dropped and rebuilt, but for the turns.

The light of a project on day D is NONE unless in_scope, else red if red_on <= D, else yellow if
yellow_on <= D, else grey, else green. Days used on D are base + idx(D) - idx(since) while `since` is set.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from monitor.tables.base import Base, Key, Word


def _only(condition: str) -> dict[str, Any]:
    """An index of the rows for which ``condition`` holds, on both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Calendar(Base):
    """The working calendar of an area as it is known now; `known_until` is the last day for which a notice speaks.

    `version` changes with the notices, the row stays: standings that a revised notice does not touch keep it.
    """

    __tablename__ = "calendar"
    __table_args__ = (UniqueConstraint("name", "version"),)
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str]
    version: Mapped[str]
    known_until: Mapped[dt.date]


class CalendarDay(Base):
    """The working-day index of each day: the coordinate by which days used are counted in SQL."""

    __tablename__ = "calendar_day"
    __table_args__ = ({"sqlite_with_rowid": False},)
    calendar_id: Mapped[int] = mapped_column(Key, ForeignKey("calendar.id"), primary_key=True, autoincrement=False)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    idx: Mapped[int]
    works: Mapped[bool]


class Standing(Base):
    """How a project stands. Written only if `log_version` is still the one that was read.

    `phase` is a word of Phase, or NO_PHASE while the project is not there yet. What stands here, in its groups, cases
    and turns rests on the days from `rests_from` to `rests_until` and, while it is unfinished, on those up to today: a
    calendar in which another day works leaves it as it is. (Where it begins on a day of rest, it rests on the working
    day before that too.) `due_because`: the notice that made it due, until it is assessed.
    """

    __tablename__ = "standing"
    __table_args__ = (
        # All that a count by light, region and stage reads, and an order by days used: neither touches the table.
        Index(
            "ix_standing_light",
            *("phase", "region", "stage", "yellow_on", "red_on", "grey", "in_scope"),
            *("coded_on", "first_day", "last_day", "calendar_id", "since", "base"),
        ),
        # How many there are, and all of them in the order of keys: narrow, and still while a project runs.
        Index("ix_standing_phase", "phase"),
        Index("ix_standing_yellow_on", "yellow_on", "last_day", "red_on", "in_scope", "phase"),
        Index("ix_standing_red_on", "red_on", "last_day", "in_scope", "phase"),
        # Of finished projects alone: a sweep, which mostly finds unfinished ones, leaves it as it is.
        Index("ix_standing_last_day", "last_day", "yellow_on", "red_on", "in_scope", **_only("last_day IS NOT NULL")),
        Index("ix_standing_next_change", "next_change"),
        Index("ix_standing_rules_version", "rules_version"),
        Index("ix_standing_waiting", "waiting_stops", **_only("waiting_stops > 0")),
    )
    project_id: Mapped[int] = mapped_column(Key, ForeignKey("project.id"), primary_key=True, autoincrement=False)
    region: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(default="")
    pack: Mapped[str] = mapped_column(default="")
    calendar_id: Mapped[int | None] = mapped_column(Key, ForeignKey("calendar.id"))
    in_scope: Mapped[bool] = mapped_column(default=False)
    coded_on: Mapped[dt.date | None]
    base: Mapped[int] = mapped_column(default=0)
    since: Mapped[dt.date | None]
    first_day: Mapped[dt.date | None]
    last_day: Mapped[dt.date | None]
    yellow_on: Mapped[dt.date | None]
    red_on: Mapped[dt.date | None]
    grey: Mapped[bool] = mapped_column(default=False)
    phase: Mapped[int] = mapped_column(Word, default=0)
    stage: Mapped[int | None] = mapped_column(Word)
    held_by: Mapped[str] = mapped_column(default="")
    next_change: Mapped[dt.date | None]
    assessed_on: Mapped[dt.date | None]
    log_version: Mapped[int] = mapped_column(default=1)
    rules_version: Mapped[str] = mapped_column(default="")
    rests_from: Mapped[dt.date | None]
    rests_until: Mapped[dt.date | None]
    due_because: Mapped[str | None]
    waiting_stops: Mapped[int] = mapped_column(default=0, server_default="0")  # late stops that nobody confirmed


class GroupStanding(Base):
    """How a project stands in one group of stages, against its budget."""

    __tablename__ = "group_standing"
    __table_args__ = ({"sqlite_with_rowid": False},)
    project_id: Mapped[int] = mapped_column(Key, ForeignKey("project.id"), primary_key=True, autoincrement=False)
    grp: Mapped[int] = mapped_column(Word, primary_key=True, autoincrement=False)
    budget: Mapped[int | None]
    base: Mapped[int]
    since: Mapped[dt.date | None]
    yellow_on: Mapped[dt.date | None]
    red_on: Mapped[dt.date | None]
    grey: Mapped[bool]


ENDED = text("known_to IS NOT NULL")


class Turn(Base):
    """The day on which a light became another. A record: closed or superseded, never dropped.

    `became_on`: the day on which it became so, where that is later than `on` (a decision without acceptance, silence
    after receipt). `why`: the pack; then, after " / ", the notice because of which the turn was found or, with
    `known_to`, closed.
    """

    __tablename__ = "turn"
    __table_args__ = (
        Index("ix_turn_on", "scope", "on"),
        Index("ix_turn_known_to", "known_to", sqlite_where=ENDED, postgresql_where=ENDED),
    )
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    project_id: Mapped[int] = mapped_column(Key, ForeignKey("project.id"), index=True)
    scope: Mapped[str]  # project, pre_construction, acceptance
    on: Mapped[dt.date]
    from_light: Mapped[int] = mapped_column(Word)
    to_light: Mapped[int] = mapped_column(Word)
    became_on: Mapped[dt.date | None]
    why: Mapped[str] = mapped_column(default="")
    known_from: Mapped[dt.datetime]
    known_to: Mapped[dt.datetime | None]


class Share(Base):
    """Days in (since, until] that a department held, alone (`sole`) or with others.

    `rate` and `sole` are per working day in whole 1/232,792,560 of a day (the least common multiple of
    1 to 20), so that sums are exact. `until` NULL: still held.
    """

    __tablename__ = "share"
    __table_args__ = ({"sqlite_with_rowid": False},)
    project_id: Mapped[int] = mapped_column(Key, ForeignKey("project.id"), primary_key=True, autoincrement=False)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    department_id: Mapped[int] = mapped_column(Key, ForeignKey("department.id"))
    stage: Mapped[int] = mapped_column(Word)
    item_code: Mapped[str]
    since: Mapped[dt.date]
    until: Mapped[dt.date | None]
    rate: Mapped[int] = mapped_column(BigInteger)
    sole: Mapped[int] = mapped_column(BigInteger)


class Tally(Base):
    """The rollup of shares and cases by day, right for every day from the last sweep on; of decisions see `Outcome`.

    `rate`, `sole`: the sums of their changes on the day. Cases `received`, `opened` (accepted; of them `resubmitted`
    after they were withdrawn) and `closed` on it. Of cases still open: those `overdue`, whose promised clock runs past
    its due day since the day, and the days beyond that they had before (`overdue_days`, on the day they were accepted,
    or else received); likewise of the statutory clock (`_statute`).
    """

    __tablename__ = "tally"
    __table_args__ = ({"sqlite_with_rowid": False},)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(Key, ForeignKey("department.id"), primary_key=True, autoincrement=False)
    stage: Mapped[int] = mapped_column(Word, primary_key=True, autoincrement=False)
    item_code: Mapped[str] = mapped_column(primary_key=True)
    region: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    rate: Mapped[int] = mapped_column(BigInteger)
    sole: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int]
    opened: Mapped[int]
    resubmitted: Mapped[int]
    closed: Mapped[int]
    overdue: Mapped[int]
    overdue_days: Mapped[int]
    overdue_statute: Mapped[int]
    overdue_days_statute: Mapped[int]


class CaseStanding(Base):
    """How a case stands, with its promised and statutory limits as dates.

    Days used of `project_total` on D are base + idx(D) - idx(since) while `since` is set. Working days that the
    promised clock ran past its due day are `beyond`, and idx(D) - idx(beyond_since) more once D is after it; likewise
    of the statutory clock. `_used` of the two clocks, in the unit of their limits: of decided cases alone, since it
    grows while they run. `pending`: a late stop of it waits for a confirmation. `resubmitted`: after an earlier case of
    the item was withdrawn.
    """

    __tablename__ = "case_standing"
    __table_args__ = (
        Index("ix_case_standing_open", "department_id", "accepted_on", "stage", **_only("closed_on IS NULL")),
        {"sqlite_with_rowid": False},
    )
    project_id: Mapped[int] = mapped_column(Key, ForeignKey("project.id"), primary_key=True, autoincrement=False)
    case_id: Mapped[int] = mapped_column(Key, ForeignKey("approval_case.id"), primary_key=True, autoincrement=False)
    department_id: Mapped[int] = mapped_column(Key, ForeignKey("department.id"))
    stage: Mapped[int] = mapped_column(Word)
    item_code: Mapped[str]
    state: Mapped[int] = mapped_column(Word)
    received_on: Mapped[dt.date | None]
    accepted_on: Mapped[dt.date | None]
    closed_on: Mapped[dt.date | None]
    resubmitted: Mapped[bool]
    pending: Mapped[bool]
    base: Mapped[int]
    since: Mapped[dt.date | None]
    promised_limit: Mapped[int | None]
    promised_unit: Mapped[int] = mapped_column(Word)
    promised_used: Mapped[int | None]
    promised_due_on: Mapped[dt.date | None]
    promised_yellow_on: Mapped[dt.date | None]
    promised_red_on: Mapped[dt.date | None]
    statutory_limit: Mapped[int | None]
    statutory_unit: Mapped[int] = mapped_column(Word)
    statutory_used: Mapped[int | None]
    statutory_due_on: Mapped[dt.date | None]
    statutory_yellow_on: Mapped[dt.date | None]
    statutory_red_on: Mapped[dt.date | None]
    beyond: Mapped[int]
    beyond_since: Mapped[dt.date | None]
    beyond_statute: Mapped[int]
    beyond_statute_since: Mapped[dt.date | None]
