"""What we had said of a day, and what we say of it since something else became known. Nothing of it is stored.

At each moment at which something became known late (`monitor.reading.causes`) the log is read twice, as known just
before and as known then, and both are told as of one day: the eve, up to which something had been said. What differs
is a correction. What comes on the very day on which a project became known, and begins its handling, is no
correction: nothing had been said of it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from sqlalchemy import func, select

from monitor.progress import Advance, unheard
from monitor.reading import masking, sources
from monitor.reading.causes import moments
from monitor.reading.causes.cause import Asked, Cause, Found, eve
from monitor.reading.lawbook import known_rules
from monitor.reading.log import Loaded, load
from monitor.reading.pairs import INSTANT, Pair
from monitor.reading.sight import sight
from monitor.tables import ProjectFact
from monitor.tables.among import among
from rules.almanac import changed_days
from rules.compare import Change, Figures, changes, differing, in_order
from rules.log import NO_DAY
from rules.portfolio import Traits
from rules.vocabulary import Phase
from rules.workdays import day_number, day_of

CHUNK = 2_000
Json = dict[str, Any]


def corrections(asked: Asked, ids: Sequence[int], advance: Advance = unheard) -> list[Json]:
    """The corrections of these projects, as docs/json.md describes them, by moment and project code."""
    out: list[Json] = []
    for at in range(0, len(ids), CHUNK):
        some = ids[at : at + CHUNK]
        first = _first_known(asked, some)
        for moment, found in moments(asked, some):
            out += _at(asked, moment, found, first)
        advance(min(at + CHUNK, len(ids)), len(ids))
    return sorted(out, key=lambda one: (one["known_from"], one["project_code"]))


def _alone(loaded: Loaded, key: int) -> Loaded:
    mine = loaded.project_ids == key
    rows = np.flatnonzero(mine).tolist()
    traits = Traits(*([column[n] for n in rows] for column in vars(loaded.traits).values()))
    case_ids = loaded.case_ids[mine[loaded.log.cases.project]]
    return Loaded(loaded.log.part(mine), traits, loaded.project_ids[mine], case_ids, loaded.department_ids)


def _at(asked: Asked, at: dt.datetime, found: Sequence[Found], first: dict[int, dt.date]) -> Iterator[Json]:
    """The corrections of one moment."""
    at, said = at.astimezone(asked.zone), eve(at, asked.zone)
    own: defaultdict[int, list[Cause]] = defaultdict(list)
    for one in found:
        if one.project is not None:
            own[one.project].append(one.cause)
    everywhere = [one for one in found if one.project is None]
    ids = [key for key in sorted(first if everywhere else own) if first[key] <= at.date()]
    if not ids:
        return
    before = load(asked.connection, ids, at - INSTANT)
    if not len(before.project_ids):
        return
    after = load(asked.connection, before.project_ids.tolist(), at)
    rules = tuple(known_rules(asked.connection, asked.rules, moment) for moment in (at - INSTANT, at))
    looks = sight(asked.connection)
    pair = Pair.of((before, after), (rules[0], rules[1]), looks)
    was = pair.was(said, detail=True)
    differs: defaultdict[int, list[Change]] = defaultdict(list)
    at_code = {code: row for row, code in enumerate(pair.codes)}
    for change in changes(was, pair.now(said, detail=True), pair.codes, pair.case_ids, pair.case_project):
        differs[at_code[change.project_code]].append(change)
    reported = sources.reported(asked.connection, [int(pair.project_ids[row]) for row in differs], at - INSTANT)
    for row in sorted(differs):
        key = int(pair.project_ids[row])
        region = before.traits.region[row]
        causes = own[key] + [one.cause for one in everywhere if region.startswith(one.region)]
        begins = first[key] == at.date() and was.phase[row] <= Phase.NOT_STARTED
        if not causes or begins:
            continue
        alone = Pair.of((_alone(before, key), _alone(after, key)), (rules[0], rules[1]), looks)
        since = [cause.since or alone.first_day() for cause in causes]
        if pair.seen is not None:
            causes = list(masking.causes(causes, pair.seen[row]))
        until = reported.get(key)
        yield {
            "project_code": pair.codes[row],
            "known_from": at.isoformat(),
            "known_before": (at - INSTANT).isoformat(),
            "as_of": said.isoformat(),
            "differs_from": _parted(alone, min(since), said, same_log=not own[key]).isoformat(),
            "unconfirmed": until is not None and until < said,
            "causes": [cause.told() for cause in causes],
            "changes": [_plain(change) for change in sorted(differs[row], key=in_order)],
        }


def _plain(change: Change) -> Json:
    out = dict(vars(change))
    del out["project_code"]
    return out


def _parted(pair: Pair, day: dt.date, last: dt.date, *, same_log: bool) -> dt.date:
    """The first day, from ``day`` on, of which the two moments say something else; ``last`` is known to be one.

    Figures are straight lines between the days on which anything alters (`next_change`) and those that work on one
    calendar alone, so two that agree at the beginning of such a stretch and on the next working day agree to its end.
    On the same log both go on alike, and nothing differs while no date that was told reaches a day that changed.
    """
    calendars = pair.calendars()
    other = changed_days(*calendars) if len(calendars) == 2 else []
    slope = False  # whether this day only shows if both go on alike
    stop = last
    while day < last:
        was = pair.was(day, detail=True)
        ahead = [day_of(int(n)) for n in was.next_change if n != NO_DAY]
        if not (same_log and other and day < other[0] and _latest(was) < day_number(other[0])):
            now = pair.now(day, detail=True)
            if next(differing(was, now), None):
                return day
            ahead += [day_of(int(n)) for n in now.next_change if n != NO_DAY]
        if not slope:
            stop = min(d for d in (*ahead, *other, last) if d > day)
        following = min(calendar.add(day, 1) for calendar in calendars)
        slope = not slope and not same_log and following < stop
        day = following if slope else stop
    return last


def _latest(told: Figures) -> int:
    """The last of the dates that are told, as a day number."""
    dates = [c for of in (told.of_project, told.of_case) for (_where, what), c in of.items() if what.endswith("_on")]
    return int(max((column.max() for column in dates if len(column)), default=NO_DAY))


def _first_known(asked: Asked, ids: Sequence[int]) -> dict[int, dt.date]:
    """The day on which each project became known."""
    query = (
        select(ProjectFact.project_id, func.min(ProjectFact.known_from))
        .where(among(asked.connection, ProjectFact.project_id, ids))
        .group_by(ProjectFact.project_id)
    )
    return {key: at.astimezone(asked.zone).date() for key, at in asked.connection.execute(query)}
