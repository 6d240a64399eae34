"""Who reports: when a source last sent, until when it has reported, and whether it is silent for longer than its habit.

A batch is a sending, whatever came of it; what a supervisor confirms or takes back through this program is none of its
source. Tables that are pulled send by having something new: we ask for it again and again, whether they live or not.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, case, func, or_, select

from monitor.reading.light import unfinished_on
from monitor.reading.log import known
from monitor.tables import ApprovalCase, Batch, CaseFact, PullMark, Source, Standing
from monitor.tables.among import among
from monitor.tables.reported import NOTHING_TOLD
from monitor.tables.reported import reported as by_batches
from rules.workdays import WorkCalendar

OURS = "approval-monitor confirm"  # the name of a batch that a confirmation makes
FEWEST, MOST = 4, 20  # intervals from which a habit is told, and the last ones that tell it
BEYOND = 2  # habits


@dataclass(frozen=True)
class Sending:
    """One source. ``last_on``: the last day on which it sent; ``habit``: the median of the working days between the
    days on which it sends, at least 1 (None: too few to tell); ``silent``: working days since; ``silent_for_long``: for
    more than two habits, or than the setting allows."""

    source: str
    last_on: dt.date
    reported_until: dt.date | None
    habit: float | None
    silent: int
    silent_for_long: bool


def sources(
    connection: Connection, calendar: WorkCalendar, zone: ZoneInfo, today: dt.date, allowed: int | None
) -> list[Sending]:
    """Every source as of a day, those that are silent for long first. ``allowed``: working days of silence that a
    setting allows, whatever the habit."""
    known = {key: (name, until) for key, name, until in connection.execute(
        select(Source.id, Source.name, Source.reported_until)
    )}  # fmt: skip
    days: defaultdict[int, set[dt.date]] = defaultdict(set)
    brought = (Batch.projects + Batch.cases + Batch.events > 0) | Batch.source_id.not_in(select(PullMark.source_id))
    sent_in = (Batch.name != OURS, Batch.undoes.is_(None), brought)
    query = select(Batch.source_id, Batch.known_on).where(*sent_in, Batch.known_on.is_not(None)).distinct()
    for key, day in connection.execute(query):
        days[key].add(cast(dt.date, day))
    undated = select(Batch.source_id, Batch.known_from).where(*sent_in, Batch.known_on.is_(None))
    for key, moment in connection.execute(undated):
        days[key].add(moment.astimezone(zone).date())
    found = []
    for key, sent in days.items():
        listed = sorted(day for day in sent if day <= today)
        if listed:
            name, until = known[key]
            until = until if until != NOTHING_TOLD else None
            habit, silent = _habit(listed, calendar), calendar.count(listed[-1], today)
            long = (habit is not None and silent > BEYOND * habit) or (allowed is not None and silent > allowed)
            found.append(Sending(name, listed[-1], until, habit, silent, long))
    return sorted(found, key=lambda one: (not one.silent_for_long, one.last_on, one.source))


def _habit(days: Sequence[dt.date], calendar: WorkCalendar) -> float | None:
    between = [calendar.count(one, other) for one, other in pairwise(days[-MOST - 1 :])]
    return max(1.0, float(median(between))) if len(between) >= FEWEST else None


def reported(connection: Connection, ids: Sequence[int], known_at: dt.datetime | None = None) -> dict[int, dt.date]:
    """Until which day every source of a project's cases has reported, as known now or at a moment; by project key. Left
    out where that is not known."""
    told: Any = select(Source.id, Source.reported_until)
    pairs = (
        select(CaseFact.project_id, ApprovalCase.source_id)
        .join(ApprovalCase, ApprovalCase.id == CaseFact.case_id)
        .where(among(connection, CaseFact.project_id, ids), known(CaseFact, known_at))
        .distinct()
    )
    if known_at is not None:
        told = by_batches(known_at)
    until = {source: day for source, day in connection.execute(told) if day is not None}
    out: dict[int, dt.date] = {}
    for project, source in connection.execute(pairs):
        if source in until:
            out[project] = min(until[source], out.get(project, dt.date.max))
    return out


def beyond_reports(project: Any, day: Any) -> ColumnElement[bool]:
    """Whether a day lies after that until which some source of a project's cases has reported."""
    behind = (
        select(CaseFact.id)
        .join(ApprovalCase, ApprovalCase.id == CaseFact.case_id)
        .join(Source, Source.id == ApprovalCase.source_id)
        .where(CaseFact.project_id == project, CaseFact.known_to.is_(None), Source.reported_until < day)
    )
    return behind.correlate_except(CaseFact, ApprovalCase, Source).exists()


def unconfirmed_on(day: dt.date) -> ColumnElement[bool]:
    """Whether the light of a standing on ``day`` turned after what its sources have reported."""
    lit = case((Standing.red_on <= day, Standing.red_on), (Standing.yellow_on <= day, Standing.yellow_on))
    return beyond_reports(Standing.project_id, lit)


def unconfirmed(
    connection: Connection, as_of: dt.date, swept: dt.date | None, conditions: Sequence[ColumnElement[bool]]
) -> int:
    """How many unfinished projects show a red or yellow light that turned after what their sources have reported."""
    least = connection.execute(select(func.min(Source.reported_until))).scalar()
    if least is None or as_of <= least:
        return 0
    # Two ranges of an index each, and few rows in them: not all that is unfinished is read through.
    red = (Standing.red_on > least, Standing.red_on <= as_of, beyond_reports(Standing.project_id, Standing.red_on))
    dark = or_(Standing.red_on.is_(None), Standing.red_on > as_of)
    yellow = (Standing.yellow_on > least, Standing.yellow_on <= as_of, dark)
    beyond = beyond_reports(Standing.project_id, Standing.yellow_on)
    shown = (unfinished_on(as_of, swept, by_index=False), Standing.in_scope.is_(True), *conditions)
    query = select(func.count()).select_from(Standing).where(*shown)
    return sum(int(connection.execute(query.where(*one)).scalar() or 0) for one in (red, (*yellow, beyond)))
