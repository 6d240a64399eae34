"""For whom a question is asked: the one place where a scope is applied.

A question of the reading rooms is a SELECT over the classes of `monitor.tables`. On a connection that was `seen_by` a
viewer each of these classes stands for the rows that the viewer may see, in whatever part of a statement it is named:
no question can forget it, and what is counted is what may be seen. (A bare `Table` is not held back: the rooms use
none.) The law itself needs all cases of a project, so a scope lets a project through whole or not at all; what of its
cases is shown is a matter of `sees_case`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, event, false, literal, or_, select
from sqlalchemy.orm import with_loader_criteria
from sqlalchemy.sql import Executable

from monitor.tables import (
    ApprovalCase,
    CaseFact,
    CaseStanding,
    Event,
    GroupStanding,
    Project,
    ProjectFact,
    SetAside,
    Share,
    Standing,
    Tally,
    Turn,
)

_OF_PROJECT = (ApprovalCase, CaseFact, CaseStanding, Event, GroupStanding, ProjectFact, SetAside, Share, Turn)
Condition = Callable[[Any], Any]  # class -> condition on its rows


@dataclass(frozen=True)
class Viewer:
    """Who looks. None: not limited in this respect; an empty tuple: sees nothing.

    ``regions``: area codes, each with all that it contains; ``departments``: keys of departments, whose projects are
    those in which one of them has a case; ``projects``: codes.
    """

    name: str = "everyone"
    regions: tuple[str, ...] | None = None
    departments: tuple[int, ...] | None = None
    projects: tuple[str, ...] | None = None

    @property
    def sees_all(self) -> bool:
        """Whether nothing is held back."""
        return self.regions is None and self.departments is None and self.projects is None

    def sees_case(self, department: int) -> bool:
        """Whether a case of a department may be shown in a project that may be seen."""
        return self.departments is None or department in self.departments

    @cached_property
    def _criteria(self) -> tuple[Any, ...]:
        """What each class stands for, as options of a statement."""
        of_key: list[tuple[type, Condition]] = [(Project, lambda one: self._visible(one.id))]
        of_key += [(each, lambda one: self._visible(one.project_id)) for each in _OF_PROJECT]
        of_key += [(Standing, self._standing), (Tally, self._tally)]
        return tuple(with_loader_criteria(each, condition(each), include_aliases=True) for each, condition in of_key)

    def _visible(self, key: Any) -> Any:
        """Of a project by its key. Bare tables, for a criterion must not be held to itself."""
        fact, case, project = (each.__table__.alias() for each in (ProjectFact, CaseStanding, Project))
        found = []
        if self.regions is not None:
            known = select(literal(1)).where(fact.c.project_id == key, fact.c.known_to.is_(None))
            found.append(known.where(_within(fact.c.region, self.regions)).exists())
        if self.departments is not None:
            held = select(literal(1)).where(case.c.project_id == key, case.c.department_id.in_(self.departments))
            found.append(held.exists())
        if self.projects is not None:
            found.append(key.in_(select(project.c.id).where(project.c.code.in_(self.projects))))
        return _all(found)

    def _standing(self, one: Any) -> Any:
        """Standings know their region: one index serves as before."""
        found = [] if self.regions is None else [_within(one.region, self.regions)]
        if self.departments is not None or self.projects is not None:
            found.append(Viewer(self.name, None, self.departments, self.projects)._visible(one.project_id))
        return _all(found)

    def _tally(self, one: Any) -> Any:
        """Sums over projects; of single projects there are none."""
        if self.projects is not None:
            return false()
        found = [] if self.regions is None else [_within(one.region, self.regions)]
        if self.departments is not None:
            found.append(one.department_id.in_(self.departments))
        return _all(found)


EVERYONE = Viewer()


def seen_by(connection: Connection, viewer: Viewer) -> Connection:
    """The connection, on which every statement from here on is answered for the viewer alone."""
    if not viewer.sees_all:

        def limit(_on: Connection, statement: Executable, multi: Any, params: Any, _options: Any) -> Any:
            return statement.options(*viewer._criteria), multi, params

        event.listen(connection, "before_execute", limit, retval=True)
    return connection


def _within(column: Any, regions: tuple[str, ...]) -> Any:
    return or_(false(), *(column.startswith(region, autoescape=True) for region in regions))


def _all(conditions: list[Any]) -> Any:
    first, *others = conditions
    for other in others:
        first = first & other
    return first
