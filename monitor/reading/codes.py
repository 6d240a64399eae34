"""Codes of projects as they lie in the store, and what is odd about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from monitor.codes import CHECKED, Checker
from monitor.reading.viewer import Viewer
from monitor.tables import Project, ProjectFact
from monitor.tables.among import among

_FETCHED = 10_000


@dataclass(frozen=True)
class OddCode:
    """A value of a column of a project, and the word for what is odd about it (those of `monitor.codes`)."""

    project_code: str
    column: str
    value: str
    code: str


def odd_codes(
    connection: Connection, viewer: Viewer, codes: Sequence[str] | None, checker: Checker
) -> Iterator[OddCode]:
    """What is odd about the codes of these projects (all without ``codes``) as known now, by project code."""
    columns = (Project.code, *(getattr(ProjectFact, name) for name in CHECKED if name != "project_code"))
    query = (
        select(*columns)
        .join(ProjectFact, ProjectFact.project_id == Project.id)
        .where(ProjectFact.known_to.is_(None))
        .order_by(Project.code)
    )
    if codes is not None:
        query = query.where(among(connection, Project.code, codes))
    for row in connection.execute(query.execution_options(yield_per=_FETCHED)):
        for column, value in zip(CHECKED, row, strict=True):
            if found := checker.odd(column, value):
                yield OddCode(row[0], column, value, found)
