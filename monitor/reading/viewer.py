"""For whom a question is asked: the one place where a scope is applied.

A question of the reading rooms is a SELECT over the classes of `monitor.tables`. On a connection that was `seen_by` a
viewer each of these classes stands for the rows that the viewer may see, in whatever part of a statement it is named:
no question can forget it, and what is counted is what may be seen. (A bare `Table` is not held back: the rooms use it
where they mean to ask of everything.) The law itself needs all cases of a project, so a scope lets a project through
whole or not at all; what of its cases is told is a matter of `monitor.reading.sight`.

A scope goes by what is known now, also where a question is asked as known then: it is a right of today, a mistaken
region or a case that went elsewhere gives none, and what came into a scope is seen with all its past.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, and_, event, exists, false, literal, or_, select
from sqlalchemy.orm import with_loader_criteria
from sqlalchemy.sql import Executable

from monitor.tables import (
    Agreement,
    AgreementFact,
    ApprovalCase,
    CaseFact,
    CaseStanding,
    Event,
    GroupStanding,
    HandoverGap,
    HandoverTally,
    Outcome,
    PausePiece,
    PauseTally,
    Project,
    ProjectFact,
    SetAside,
    Share,
    Standing,
    Tally,
    Turn,
)
from monitor.tables.among import among
from rules.vocabulary import Stage

# Bare tables: a criterion must not be held to itself.
_PROJECT, _KNOWN, _HELD, _AGREEMENT, _SAID = (
    one.__table__.alias() for one in (Project, ProjectFact, CaseStanding, Agreement, AgreementFact)
)
_OF_PROJECT = (ApprovalCase, CaseFact, Event, GroupStanding, ProjectFact, SetAside, Turn)
_OF_CASE = (CaseStanding, HandoverGap, PausePiece, Share)  # the law reads none of them: what they say is told
_OF_SUMS = (HandoverTally, Outcome, PauseTally, Tally)
Condition = Callable[[Any], Any]  # class -> condition on its rows


@dataclass(frozen=True)
class Agent:
    """An agent 代办员 on a day: of the projects of the account's agreements that hold on it the stages agreed, and
    all of those that bear one of ``names``."""

    account_id: int
    day: dt.date
    names: tuple[str, ...] = ()

    def agreed(self) -> Any:
        """What agreements say: columns project_id, stages (bits, 1 << Stage)."""
        said = _SAID.c
        signed = select(said.project_id, said.stages)
        signed = signed.select_from(_SAID.join(_AGREEMENT, _AGREEMENT.c.id == said.agreement_id))
        holds = and_(said.since <= self.day, or_(said.until.is_(None), said.until >= self.day))
        return signed.where(_AGREEMENT.c.account_id == self.account_id, said.known_to.is_(None), holds)

    def named(self) -> Any:
        """Keys of the projects that bear a name."""
        return select(_KNOWN.c.project_id).where(_KNOWN.c.known_to.is_(None), _KNOWN.c.agent.in_(self.names))

    def projects(self) -> Any:
        """Keys of all of them, as one list: of an `or` PostgreSQL may look through a list for every row."""
        agreed = self.agreed().subquery()
        return select(agreed.c.project_id).union(self.named())

    def case(self, one: Any) -> Any:
        """That a row with a project and a stage is of a stage that is the agent's."""
        agreed = self.agreed().subquery()
        bit = literal(1).bitwise_lshift(one.stage)
        held = exists().where(agreed.c.project_id == one.project_id, agreed.c.stages.bitwise_and(bit) != 0)
        return or_(one.project_id.in_(self.named()), held)


@dataclass(frozen=True)
class Viewer:
    """Who looks. None: not limited in this respect; an empty tuple: sees nothing.

    ``regions``: area codes, each with all that it contains; ``departments``: keys of departments, whose projects are
    those in which one of them has a case, and whose cases are their own; ``projects``: codes; ``agent``: those of an
    agent. `monitor.reading.people.viewer_of` makes the viewer of an account.

    ``keys`` and ``stages`` stand in the place of these in a store in which not everything is known that they ask for:
    keys of projects, and numbers that `stage_number` gives.
    """

    name: str = "everyone"
    regions: tuple[str, ...] | None = None
    departments: tuple[int, ...] | None = None
    projects: tuple[str, ...] | None = None
    agent: Agent | None = None
    keys: tuple[int, ...] | None = None
    stages: tuple[int, ...] | None = None

    @property
    def sees_all(self) -> bool:
        """Whether nothing is held back."""
        return self.regions is None and self.projects is None and self.sees_all_cases

    @property
    def sees_all_cases(self) -> bool:
        """Whether a project that may be seen may be seen whole."""
        return self.departments is None and self.agent is None

    @property
    def sees_sums(self) -> bool:
        """Whether sums over projects are told; of single ones there are none."""
        return self.projects is None and self.agent is None

    def criteria(self, connection: Connection) -> tuple[Any, ...]:
        """What each class stands for, as options of a statement."""
        of_key: list[tuple[type, Condition]] = [(Project, lambda one: self._visible(connection, one.id))]
        of_key += [(each, lambda one: self._visible(connection, one.project_id)) for each in _OF_PROJECT]
        of_key += [(each, lambda one: self._case(connection, one)) for each in _OF_CASE]
        of_key += [(each, self._sums) for each in _OF_SUMS]
        of_key += [(Standing, lambda one: self._standing(connection, one))]
        return tuple(with_loader_criteria(each, condition(each), include_aliases=True) for each, condition in of_key)

    def _visible(self, connection: Connection, key: Any) -> Any:
        """Of a project by its key."""
        if self.keys is not None:
            return among(connection, key, self.keys)
        found: list[Any] = []
        if self.regions is not None:
            known = select(literal(1)).where(_KNOWN.c.project_id == key, _KNOWN.c.known_to.is_(None))
            found.append(known.where(_within(_KNOWN.c.region, self.regions)).exists())
        if self.departments is not None:
            held = select(literal(1)).where(_HELD.c.project_id == key, _HELD.c.department_id.in_(self.departments))
            found.append(held.exists())
        if self.agent is not None:
            found.append(key.in_(self.agent.projects()))
        if self.projects is not None:
            found.append(key.in_(select(_PROJECT.c.id).where(_PROJECT.c.code.in_(self.projects))))
        return and_(*found)

    def _case(self, connection: Connection, one: Any) -> Any:
        """Of what is told of single cases."""
        whole = replace(self, departments=None, agent=None)
        found = [] if whole.sees_all and self.keys is None else [whole._visible(connection, one.project_id)]
        if self.departments is not None:
            found.append(one.department_id.in_(self.departments))
        return and_(*found, *self.of_stage(connection, one))

    def of_stage(self, connection: Connection, one: Any) -> list[Any]:
        """The condition, if any, on rows with a project and a stage that this is one of an agent's."""
        if self.stages is not None:
            return [among(connection, stage_number(one.project_id, one.stage), self.stages)]
        return [] if self.agent is None else [self.agent.case(one)]

    def _standing(self, connection: Connection, one: Any) -> Any:
        """Standings know their region: one index serves as before. It is that of the last sweep, and so are counts."""
        if self.keys is not None:
            return self._visible(connection, one.project_id)
        found = [] if self.regions is None else [_within(one.region, self.regions)]
        if self.projects is not None or not self.sees_all_cases:
            found.append(replace(self, regions=None)._visible(connection, one.project_id))
        return and_(*found)

    def _sums(self, one: Any) -> Any:
        """Sums over projects, by the region and department of their time: where these are not those of now, none (what
        is asked then is summed anew, `monitor.reading.departments`)."""
        if self.keys is not None or not self.sees_sums:
            return false()
        found = [] if self.regions is None else [_within(one.region, self.regions)]
        if self.departments is not None:
            found.append(one.department_id.in_(self.departments))
        return and_(*found)


EVERYONE = Viewer()


def stage_number(project: Any, stage: Any) -> Any:
    """One number for a stage of a project, by its key."""
    return project * len(Stage) + stage


def seen_by(connection: Connection, viewer: Viewer, now: Connection | None = None) -> Connection:
    """The connection, on which every statement from here on is answered for the viewer alone.

    ``now``: where it is one to a store of what was known then, a connection to what is known now.
    """
    if viewer.sees_all:
        return connection
    if now is not None:
        viewer = _then(connection, viewer, seen_by(now, viewer))
    criteria = viewer.criteria(connection)

    def limit(_on: Connection, statement: Executable, multi: Any, params: Any, _options: Any) -> Any:
        return statement.options(*criteria), multi, params

    event.listen(connection, "before_execute", limit, retval=True)
    return connection.execution_options(viewer=viewer, now=now)


def looking(connection: Connection) -> Viewer:
    """Whom a connection is seen by."""
    found: Viewer = connection.get_execution_options().get("viewer", EVERYONE)
    return found


def _then(store: Connection, viewer: Viewer, now: Connection) -> Viewer:
    """The viewer in a store of what was known then, in which the same projects have the same keys."""
    there = list(store.scalars(select(Project.id)))
    keys = tuple(now.scalars(select(Project.id).where(among(now, Project.id, there))))
    stages = None
    if viewer.agent is not None:
        held = stages_of(now, viewer.agent, keys)
        stages = tuple(stage_number(key, stage) for key, bits in held.items() for stage in Stage if bits >> stage & 1)
    return replace(viewer, keys=keys, stages=stages)


def stages_of(now: Connection, agent: Agent, keys: Any) -> dict[int, int]:
    """The stages of these projects that are an agent's now: bits, 1 << Stage, by key."""
    found: dict[int, int] = {}
    wanted, every = set(keys), sum(1 << stage for stage in Stage)
    for key, bits in now.execute(agent.agreed()):
        if key in wanted:
            found[key] = found.get(key, 0) | bits
    return found | dict.fromkeys(wanted.intersection(now.scalars(agent.named())), every)


def _within(column: Any, regions: tuple[str, ...]) -> Any:
    return or_(false(), *(column.startswith(region, autoescape=True) for region in regions))
