"""Packs of a commission's own: what one would change, before anything does; entering it; taking one back.

A pack never recolours an older project. Under an id that is known a version may only add numbers that begin after the
last day of which anything was said (`rules.revision`). Under a new id it judges what is coded after that day, and what
names it; projects coded before keep the pack they had, unless the administrator says that they shall not.

A pack lands in one transaction with the mark on every standing that it judges otherwise. Then a sweep as of the last
one's day assesses those standings, and no other; should it be cut short, the marks stay.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from monitor.database import Database
from monitor.deeds import Deed, Told, Verb
from monitor.progress import Advance, unheard
from monitor.reading import packs as reading
from monitor.reading.lawbook import known_rules
from monitor.reading.packs import EnteredPack, Taken
from monitor.reading.sweeps import last_sweep
from monitor.store import packs as store
from monitor.store import standings
from monitor.store.due import make_due
from monitor.store.trail import record
from monitor.verbs.effect import Effect, effect
from monitor.verbs.own_pack import LaterVersion, NoSuchPack, Own, PackRefused, StillNamed
from monitor.verbs.tick import Swept, assess_again
from rules.errors import PackError, RuleError
from rules.pack import Number
from rules.portfolio import Rules
from rules.revision import added, by_coding, refusals

Additions = dict[str, tuple[Number, ...]]


@dataclass
class Result:
    """What entering or taking back a pack would do, or did. ``follows``: the version of the same id that holds without
    it, None for a new id. ``judges_from``: the first day of coding from which it judges."""

    id: str
    version: str
    known: bool = False  # it was known already; nothing changes
    follows: str | None = None
    judges_from: dt.date | None = None
    added: Additions = field(default_factory=dict)


@dataclass
class Preview(Result):
    """``taken``: the projects that it would judge instead of another pack, or of none. ``effect`` None: nothing was
    ever assessed."""

    taken: list[Taken] = field(default_factory=list)
    effect: Effect | None = None


@dataclass
class Landed(Result):
    """``touched``: projects that it judges otherwise; ``swept`` None: there was nothing to assess."""

    touched: int = 0
    swept: Swept | None = None


@dataclass
class _Plan:
    """What stands before a pack is entered or withdrawn, and what would stand after."""

    told: Result
    swept: dt.date | None
    projects: list[int]
    taken: list[Taken] = field(default_factory=list)
    before: Rules | None = None
    after: Rules | None = None


def _plan(connection: Any, rules: Rules, own: Own, today: dt.date, from_coding_day: bool) -> _Plan | None:
    """What entering a pack would do; None where it is known letter by letter. Raises PackRefused."""
    pack, rows = own.pack, reading.entered(connection)
    mine = [row for row in rows if row.pack_id == pack.id]
    ships = rules.packs.get(pack.id)
    if any(row.text == own.text for row in mine) or (ships and ships.digest == pack.digest):
        return None
    if pack.version in [row.version for row in mine] + ([ships.version] if ships else []):
        allowed = "another version: this one is known with other content"
        raise PackRefused([PackError(own.file, "version", pack.version, allowed)])
    swept = last_sweep(connection)
    told_until = max(today, swept or today)
    before = known_rules(connection, rules, packs=rows)
    old = before.packs.get(pack.id)
    told = Result(pack.id, pack.version)
    if old is None:
        first = told_until + dt.timedelta(1)
        start = pack.scope.coded_from
        told.judges_from = start if from_coding_day else max(start, first)
        new = pack.judging_from(told.judges_from)
        after = before.with_packs([new])
        taken = reading.taken_over(connection, before, after, new)
        return _Plan(told, swept, [one.project for one in taken], taken, before, after)
    if from_coding_day:
        raise PackRefused([PackError(own.file, "id", pack.id, "a new id: projects keep the numbers of a known one")])
    if wrong := refusals(pack, old, told_until, own.file):
        raise PackRefused(wrong)
    told.follows, told.added = old.version, added(pack, old)
    told.judges_from = old.scope.judges_from or old.scope.coded_from
    after = before.with_packs([pack.judging_from(told.judges_from)])
    days = _days(told.added.items())
    projects = reading.judged_by(connection, pack.id, min(days)) if days else []
    return _Plan(told, swept, projects, [], before, after)


def _days(numbers: Iterable[tuple[str, tuple[Number, ...]]]) -> list[dt.date]:
    return [one.since for _key, versions in numbers for one in versions]


def preview(
    database: Database,
    rules: Rules,
    own: Own,
    today: dt.date,
    *,
    from_coding_day: bool = False,
    advance: Advance = unheard,
) -> Preview:
    """What entering a pack would change, as of the day of the last sweep; nothing is written.

    Raises PackRefused for a pack that cannot be entered beside what is known.
    """
    with database.reading() as connection:
        plan = _plan(connection, rules, own, today, from_coding_day)
    if plan is None:
        return Preview(own.pack.id, own.pack.version, known=True)
    found = None
    if plan.swept is not None and plan.before and plan.after:
        found = effect(database, plan.projects, plan.before, plan.after, plan.swept, advance)
    return Preview(**vars(plan.told), taken=plan.taken, effect=found)


def land(
    database: Database,
    rules: Rules,
    own: Own,
    today: dt.date,
    now: Callable[[], dt.datetime],
    *,
    from_coding_day: bool = False,
    advance: Advance = unheard,
) -> Landed:
    """Enters a pack, or a further version of one, and assesses what it judges otherwise.

    Raises PackRefused for a pack that cannot be entered beside what is known; then nothing is changed.
    """
    with database.writing(bulk=True) as connection:
        _alone(connection)
        plan = _plan(connection, rules, own, today, from_coding_day)
        if plan is not None and plan.told.judges_from:
            moment, told = now(), plan.told
            store.land(connection, own.pack, own.text, own.file, plan.told.judges_from, moment)
            make_due(connection, plan.projects, f"{own.pack.id} {own.pack.version}")
            content = {"digest": own.pack.digest, "file": own.file, "judges_from": plan.told.judges_from.isoformat()}
            after: Told = {"version": told.version, **content, "touched": len(plan.projects)}
            before = {"version": told.follows}
            record(connection, moment, Deed(Verb.PACKS_IMPORT, "pack", told.id, before=before, after=after))
    if plan is None:
        return Landed(own.pack.id, own.pack.version, known=True)
    return _landed(database, rules, plan, now, advance)


def take_back(
    database: Database,
    rules: Rules,
    pack_id: str,
    version: str,
    now: Callable[[], dt.datetime],
    advance: Advance = unheard,
) -> Landed:
    """Takes back a version that was entered: what it judged is judged by the one before it, or by another pack.

    Raises NoSuchPack; LaterVersion where one was entered after it; StillNamed where it is the only one and projects
    name it. Also a version that this program cannot use any more can be taken back.
    """
    with database.writing(bulk=True) as connection:
        _alone(connection)
        mine = [row for row in reading.entered(connection) if row.pack_id == pack_id]
        gone = next((row for row in mine if row.version == version), None)
        if gone is None:
            raise NoSuchPack(pack_id, version)
        if gone is not mine[-1]:
            raise LaterVersion(mine[-1].version)
        plan = _without(connection, rules, gone, mine[:-1])
        moment = now()
        store.take_back(connection, gone.id, moment)
        make_due(connection, plan.projects, f"{pack_id} {version}")
        before = {"version": version, "file": gone.file, "judges_from": gone.judges_from.isoformat()}
        after = {"version": plan.told.follows, "touched": len(plan.projects)}
        record(connection, moment, Deed(Verb.PACKS_WITHDRAW, "pack", pack_id, before=before, after=after))
    return _landed(database, rules, plan, now, advance)


def _without(connection: Any, rules: Rules, gone: EnteredPack, left: list[EnteredPack]) -> _Plan:
    key, swept = gone.pack_id, last_sweep(connection)
    told = Result(key, gone.version, judges_from=gone.judges_from)
    if not left and key not in rules.packs:
        if codes := reading.naming(connection, key):
            raise StillNamed(codes)
        return _Plan(told, swept, reading.judged_by(connection, key))
    default = rules.outside().id == key
    try:
        old = left[-1].pack if left else rules.packs[key]
        told.follows, told.added = old.version, added(gone.pack, old)
    except RuleError:  # nobody can say any more which numbers it had: all that it judges
        return _Plan(told, swept, reading.judged_by(connection, key, beyond_scope=default))
    by_case = _days((at, numbers) for at, numbers in told.added.items() if not by_coding(at))
    if not (days := _days(told.added.items())):
        return _Plan(told, swept, [])
    projects = reading.judged_by(
        connection, key, min(days), case_since=min(by_case, default=None), beyond_scope=default
    )
    return _Plan(told, swept, projects)


def _alone(connection: Any) -> None:
    store.hold(connection, alone=True)  # before the standings: an import takes the two in this order
    standings.alone(connection)


def _landed(database: Database, rules: Rules, plan: _Plan, now: Callable[[], dt.datetime], advance: Advance) -> Landed:
    done = Landed(**vars(plan.told), touched=len(plan.projects))
    done.swept = assess_again(database, rules, plan.projects, plan.swept, now, advance)
    return done
