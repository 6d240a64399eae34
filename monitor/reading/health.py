"""What `check` looks at: how much there is, and whether the tables agree with one another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from monitor.reading import packs
from monitor.reading.viewer import Viewer
from monitor.tables import (
    ApprovalCase,
    Batch,
    CaseFact,
    Department,
    Event,
    Project,
    ProjectFact,
    RefusedRow,
    Source,
    Standing,
    Turn,
)
from monitor.text import N_
from rules import packfile

_COUNTED = (Source, Batch, RefusedRow, Project, ApprovalCase, Event, Department, Standing, Turn)


@dataclass(frozen=True)
class Health:
    """``counts`` of rows by table; ``troubles``: what is wrong (a text for gettext) and how many rows it concerns."""

    counts: dict[str, int]
    troubles: dict[str, int]


def health(connection: Connection, viewer: Viewer) -> Health:
    """Counts and contradictions, from one state of the database."""
    counts = {model.__tablename__: _count(connection, select(func.count()).select_from(model)) for model in _COUNTED}
    found = {text: _count(connection, query) for text, query in _questions().items()}
    found |= _of_packs(connection)
    return Health(counts, {text: n for text, n in found.items() if n})


def _questions() -> dict[str, Select[Any]]:
    now_known = ProjectFact.known_to.is_(None)
    case_known, event_known = CaseFact.known_to.is_(None), Event.known_to.is_(None)
    return {
        N_("projects without any fact"): select(func.count())
        .select_from(Project)
        .outerjoin(ProjectFact, ProjectFact.project_id == Project.id)
        .where(ProjectFact.id.is_(None)),
        N_("projects without a standing"): select(func.count())
        .select_from(ProjectFact)
        .outerjoin(Standing, Standing.project_id == ProjectFact.project_id)
        .where(now_known, Standing.project_id.is_(None)),
        N_("cases without any fact"): select(func.count())
        .select_from(ApprovalCase)
        .outerjoin(CaseFact, CaseFact.case_id == ApprovalCase.id)
        .where(CaseFact.id.is_(None)),
        N_("known cases of projects that are not known"): select(func.count())
        .select_from(CaseFact)
        .outerjoin(ProjectFact, (ProjectFact.project_id == CaseFact.project_id) & now_known)
        .where(case_known, ProjectFact.id.is_(None)),
        N_("known events of cases that are not known"): select(func.count())
        .select_from(Event)
        .outerjoin(CaseFact, (CaseFact.case_id == Event.case_id) & case_known)
        .where(event_known, CaseFact.id.is_(None)),
        N_("case facts filed under another project"): select(func.count())
        .select_from(CaseFact)
        .join(ApprovalCase, ApprovalCase.id == CaseFact.case_id)
        .where(case_known, ApprovalCase.project_id != CaseFact.project_id),
        N_("events filed under another project than their case"): select(func.count())
        .select_from(Event)
        .join(ApprovalCase, ApprovalCase.id == Event.case_id)
        .where(event_known, ApprovalCase.project_id != Event.project_id),
        N_("facts that end before they begin"): select(func.count())
        .select_from(ProjectFact)
        .where(ProjectFact.known_to < ProjectFact.known_from),
    }


def _of_packs(connection: Connection) -> dict[str, int]:
    """What the texts of the packs that were entered say cannot be asked in SQL."""
    rows = packs.entered(connection)
    there = [*packfile.shipped(), *(row.pack_id for row in rows)]
    strangers = select(func.count()).select_from(ProjectFact).where(ProjectFact.known_to.is_(None))
    return {
        N_("entered packs that this program cannot use"): sum(not row.usable for row in rows),
        N_("projects that name a pack that is not there"): _count(
            connection, strangers.where(ProjectFact.pack != "", ProjectFact.pack.not_in(there))
        ),
    }


def _count(connection: Connection, query: Select[Any]) -> int:
    return int(connection.execute(query).scalar() or 0)
