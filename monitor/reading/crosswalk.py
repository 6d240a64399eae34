"""What is known now of some projects, as plain records: for a way out into the tables of others.

Of events those that stand: what was voided is left out together with its void.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from monitor.reading.log import known, load
from monitor.reading.sight import wholly_seen
from monitor.tables import ApprovalCase, CaseFact, Department, Event, Project, ProjectFact, Source
from monitor.tables.among import among
from rules.vocabulary import Status

AT_ONCE = 500  # projects
_PROJECT = [name for name in ProjectFact.__table__.columns.keys() if not name.endswith("_id") and name != "id"]  # noqa: SIM118
_CASE = [name for name in CaseFact.__table__.columns.keys() if not name.endswith("_id") and name != "id"]  # noqa: SIM118


@dataclass(frozen=True)
class Known:
    """Some projects whole. Rows have the names of our columns, and `code`, `project_id`; cases and events `source`;
    cases `department`. ``voided``: events and voids that are left out."""

    projects: list[Any]
    cases: list[Any]
    events: list[Any]
    voided: int


def known_now(connection: Connection) -> Iterator[Known]:
    """All projects that are seen whole, in the order of their keys, some hundred at a time."""
    ids = list(connection.execute(select(ProjectFact.project_id).where(known(ProjectFact, None))).scalars())
    ids = wholly_seen(connection, sorted(ids))
    for at in range(0, len(ids), AT_ONCE):
        yield _known(connection, ids[at : at + AT_ONCE])


def _known(connection: Connection, ids: list[int]) -> Known:
    projects = (
        select(Project.id.label("project_id"), Project.code, *(getattr(ProjectFact, name) for name in _PROJECT))
        .join(ProjectFact, ProjectFact.project_id == Project.id)
        .where(among(connection, Project.id, ids), known(ProjectFact, None))
        .order_by(Project.id)
    )
    cases = (
        select(
            ApprovalCase.id.label("key"), ApprovalCase.case_id, ApprovalCase.project_id,
            Source.name.label("source"), Department.name.label("department"),
            *(getattr(CaseFact, name) for name in _CASE),
        )
        .join(CaseFact, CaseFact.case_id == ApprovalCase.id)
        .join(Source, Source.id == ApprovalCase.source_id)
        .join(Department, Department.id == CaseFact.department_id)
        .where(among(connection, CaseFact.project_id, ids), known(CaseFact, None))
        .order_by(CaseFact.project_id, ApprovalCase.id)
    )  # fmt: skip
    # In the order of `load`, whose log says which of them stand.
    events = (
        select(Event, Source.name.label("source"))
        .join(Source, Source.id == Event.source_id)
        .where(among(connection, Event.project_id, ids), known(Event, None))
        .order_by(Event.project_id, Event.id)
    )
    columns = [*Event.__table__.columns, Source.name.label("source")]
    rows = list(connection.execute(events.with_only_columns(*columns)))
    stands = load(connection, ids).log.happened()
    left = rows if stands is None else [row for row, stand in zip(rows, stands.tolist(), strict=True) if stand]
    left += [row for row in rows if row.status == Status.CONFIRMED]
    return Known(list(connection.execute(projects)), list(connection.execute(cases)), left, len(rows) - len(left))


def several_sources(connection: Connection) -> bool:
    """Whether ids of cases and events are those of more than one source."""
    return int(connection.execute(select(func.count(ApprovalCase.source_id.distinct()))).scalar() or 0) > 1


def shared_works(connection: Connection) -> set[str]:
    """Works codes that cases of more than one project bear, and those that are the code of a project, which stands for
    itself where it has no works."""
    query = select(CaseFact.works_code).where(known(CaseFact, None), CaseFact.works_code != "")
    query = query.group_by(CaseFact.works_code).having(func.count(CaseFact.project_id.distinct()) > 1)
    projects = select(Project.code).where(Project.code.in_(select(CaseFact.works_code).where(known(CaseFact, None))))
    return set(connection.execute(query).scalars()) | set(connection.execute(projects).scalars())
