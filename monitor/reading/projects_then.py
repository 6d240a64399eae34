"""The list of projects where standings cannot answer: as known at a moment, or by what was so on a past day.

Standings say what is so as known now. So the projects are read as known then and assessed, each of them; so many and
no more at once.
"""

from __future__ import annotations

import datetime as dt
from operator import itemgetter
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, func, or_, select

from monitor.reading.light import UNFINISHED
from monitor.reading.log import Loaded, known
from monitor.reading.past import AT_ONCE, judged, listed
from monitor.reading.projects import COLUMNS, ProjectQuery
from monitor.reading.viewer import Viewer
from monitor.tables import Project, ProjectFact
from rules.assess import Assessed
from rules.document import documents
from rules.log import NO_DAY
from rules.portfolio import Part, Rules

MOST = 20_000  # half a minute's work


class TooMany(Exception):
    """More projects than are assessed for one question."""

    def __init__(self, projects: int) -> None:
        self.projects = projects
        super().__init__(f"{projects} projects, at most {MOST}")


def projects_then(
    connection: Connection,
    viewer: Viewer,
    as_of: dt.date,
    query: ProjectQuery,
    rules: Rules,
    known_at: dt.datetime | None = None,
) -> pd.DataFrame:
    """The projects that answer a query, by code (columns COLUMNS); its order and its cut into pages are left aside.

    Raises TooMany where region and text leave more than MOST.
    """
    fact = ProjectFact
    wanted = [known(fact, known_at)]
    if query.region:
        wanted.append(fact.region.startswith(query.region, autoescape=True))
    if words := query.text.strip():
        wanted.append(
            or_(
                Project.code.istartswith(words, autoescape=True),
                fact.name.icontains(words, autoescape=True),
                fact.applicant.icontains(words, autoescape=True),
            )
        )
    facts = select(
        Project.id, Project.code, fact.name, fact.region, fact.kind, fact.agent, fact.investment, fact.coded_on
    ).join(fact, fact.project_id == Project.id)
    n = connection.execute(select(func.count()).select_from(facts.where(*wanted).subquery())).scalar() or 0
    if n > MOST:
        raise TooMany(int(n))
    told = {row.code: row for row in connection.execute(facts.where(*wanted).order_by(Project.id))}
    ids = [row.id for row in told.values()]
    rows: list[dict[str, Any]] = []
    for at in range(0, len(ids), AT_ONCE):
        loaded, found = judged(connection, ids[at : at + AT_ONCE], as_of, rules, known_at)
        for part, a in found:
            held = _held(loaded, part, a, query.department_id)
            for one in documents(a, part.log):
                if _fits(one, query) and (held is None or one["project_code"] in held):
                    row = told[one["project_code"]]
                    names = ("name", "region", "kind", "agent", "investment", "coded_on")
                    plain = {"project_code": row.code} | {name: getattr(row, name) for name in names}
                    rows.append(plain | listed(one) | {"calendar": one["calendar"]["region"]})
    return pd.DataFrame(sorted(rows, key=itemgetter("project_code")), columns=list(COLUMNS))


def _fits(one: dict[str, Any], query: ProjectQuery) -> bool:
    unfinished = {phase.word for phase in UNFINISHED}
    phase = one["phase"] in unfinished if query.phase == "unfinished" else query.phase in ("", one["phase"])
    return phase and query.light in (None, one["light"]) and query.stage in (None, one["stage"])


def _held(loaded: Loaded, part: Part, a: Assessed, department: int | None) -> set[str] | None:
    """The codes of projects with an accepted, open case of a department; None where none is asked for."""
    if department is None:
        return None
    open_ = (a.cases.accepted_on != NO_DAY) & (a.cases.closed_on == NO_DAY)
    mine = np.flatnonzero(open_ & (loaded.department_ids[a.scene.department] == department))
    return {part.log.projects.code[a.scene.chunk.first + n] for n in a.scene.project[mine].tolist()}
