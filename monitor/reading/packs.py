"""Packs that were entered, and the projects that one more or one less would have judged otherwise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from monitor.reading.light import UNFINISHED
from monitor.tables import Pack, Project, ProjectFact, Standing
from rules import packfile
from rules.errors import RuleError
from rules.pack import RulePack
from rules.portfolio import Rules
from rules.vocabulary import Applies


@dataclass(frozen=True)
class EnteredPack:
    """A version of a pack that was entered. ``known_to``: when it was withdrawn; None: it is known still."""

    id: int
    pack_id: str
    version: str
    text: str
    file: str
    judges_from: dt.date
    known_from: dt.datetime
    known_to: dt.datetime | None

    @property
    def pack(self) -> RulePack:
        """What its text says. Raises PackError where this program cannot use it any more."""
        return _pack(self.file, self.text, self.judges_from)

    @property
    def usable(self) -> bool:
        """Whether this program can use what its text says."""
        try:
            return bool(self.pack)
        except RuleError:
            return False


@lru_cache(maxsize=64)
def _pack(file: str, text: str, day: dt.date) -> RulePack:
    return packfile.of_text(file, text).judging_from(day)


def entered(connection: Connection, known_at: dt.datetime | None = None, *, past: bool = False) -> list[EnteredPack]:
    """The versions entered that are known now, or were at a moment, in the order in which they came; ``past``: every
    version there ever was."""
    query = select(Pack).order_by(Pack.id)
    if not past and known_at is None:
        query = query.where(Pack.known_to.is_(None))
    elif not past:
        query = query.where(Pack.known_from <= known_at, or_(Pack.known_to.is_(None), Pack.known_to > known_at))
    return [
        EnteredPack(row.id, row.pack, row.version, row.text, row.file, row.judges_from, row.known_from, row.known_to)
        for row in connection.execute(query)
    ]


def holding(rows: Sequence[EnteredPack]) -> list[EnteredPack]:
    """Of each pack the version that holds: the last one entered."""
    return list({row.pack_id: row for row in rows}.values())


def stamp(connection: Connection) -> tuple[int, int]:
    """Differs whenever a pack was entered or withdrawn."""
    found = connection.execute(select(func.max(Pack.id), func.count(Pack.known_to))).one()
    return int(found[0] or 0), int(found[1])


def names(connection: Connection) -> frozenset[str]:
    """The ids of the packs that were entered and are known now."""
    return frozenset(connection.execute(select(Pack.pack).where(Pack.known_to.is_(None))).scalars())


def naming(connection: Connection, pack_id: str) -> list[str]:
    """The codes of the projects that name a pack, in order."""
    query = select(Project.code).join(ProjectFact, ProjectFact.project_id == Project.id)
    query = query.where(ProjectFact.known_to.is_(None), ProjectFact.pack == pack_id)
    return list(connection.execute(query.order_by(Project.code)).scalars())


@dataclass(frozen=True)
class Taken:
    """A project that another pack would judge. ``before``: the pack that judges it now, None: none does."""

    project: int
    code: str
    before: str | None
    open: bool


def taken_over(connection: Connection, before: Rules, after: Rules, pack: RulePack) -> list[Taken]:
    """The projects that a pack with a new id would judge, by their keys; found by its scope.

    One that was never assessed is due anyway, and is left out.
    """
    query = (
        select(
            Standing.project_id, Project.code, Standing.phase,
            ProjectFact.pack, ProjectFact.kind, ProjectFact.region, ProjectFact.coded_on,
        )
        .join(Project, Project.id == Standing.project_id)
        .join(ProjectFact, (ProjectFact.project_id == Standing.project_id) & ProjectFact.known_to.is_(None))
        .where(Standing.assessed_on.is_not(None), or_(ProjectFact.pack == pack.id, _in_scope(pack)))
        .order_by(Standing.project_id)
    )  # fmt: skip
    chosen: dict[tuple[Any, ...], tuple[RulePack | None, RulePack | None]] = {}
    found = []
    for key, code, phase, *told in connection.execute(query):
        traits: tuple[Any, ...] = tuple(told)
        if traits not in chosen:
            chosen[traits] = before.pack_of(*traits), after.pack_of(*traits)
        was, now = chosen[traits]
        if was is not now:
            found.append(Taken(key, code, was.id if was else None, phase in UNFINISHED))
    return found


def _in_scope(pack: RulePack) -> ColumnElement[bool]:
    """What `Scope.holds` says of a project that names no pack."""
    scope, fact = pack.scope, ProjectFact
    if scope.applies is Applies.NAMED:
        return fact.pack == pack.id
    untold = [""] if scope.applies is not Applies.TOLD else []
    found = (fact.pack == "") & (fact.coded_on >= max(scope.coded_from, scope.judges_from or scope.coded_from))
    if scope.kinds:
        found &= fact.kind.in_([*sorted(scope.kinds), *untold])
    if scope.regions:
        found &= or_(*(fact.region.startswith(r, autoescape=True) for r in scope.regions), fact.region.in_(untold))
    return found


def judged_by(
    connection: Connection, pack_id: str, since: dt.date | None = None, *, case_since: dt.date | None = None,
    beyond_scope: bool = False,
) -> list[int]:  # fmt: skip
    """The projects that a pack judges now, ascending: all, or those coded from ``since`` on and those that rest on a
    day from ``case_since`` on. ``beyond_scope``: also those that none judges, if their days are counted by it."""
    query = select(Standing.project_id).where(
        Standing.assessed_on.is_not(None), Standing.pack.in_(["", pack_id] if beyond_scope else [pack_id])
    )
    if since is not None:
        either = [Standing.coded_on >= since]
        if case_since is not None:
            either += [Standing.rests_until.is_(None), Standing.rests_until >= case_since]
        query = query.where(or_(*either))
    return list(connection.execute(query.order_by(Standing.project_id)).scalars())
