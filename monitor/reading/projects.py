"""The list of projects: filtered, sorted and cut into pages by the database."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, and_, case, func, or_, select

from monitor.reading.days import used_on, with_since
from monitor.reading.frames import framed
from monitor.reading.light import has_light, light_on, of_region, there_on, unfinished_on
from monitor.reading.past import NEXT_TURN, as_it_is_told, as_it_was
from monitor.reading.sight import sight
from monitor.reading.sources import unconfirmed_on
from monitor.reading.sweeps import last_sweep
from monitor.reading.viewer import Viewer
from monitor.tables import Calendar, CaseStanding, Project, ProjectFact, Standing
from monitor.tables.among import among
from rules.portfolio import Rules
from rules.vocabulary import Light, Phase, Stage

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "project_code", "name", "region", "kind", "agent", "investment", "coded_on", "phase", "stage", "light", "used",
    "yellow_on", "red_on", "next_change", "held_by", "provisional", "calendar", "unconfirmed",
)  # fmt: skip


@dataclass(frozen=True)
class ProjectQuery:
    """What is asked of the list: words as in documents, ``phase`` also "unfinished" or "" (all).

    Among a million projects the count costs more than the rows; who knows it from another page of the same list asks
    for the rows alone (``counted`` False). ``after``, in the order of codes upwards: the page that begins after a code,
    so that nothing is passed over or told twice however many come in meanwhile.
    """

    light: str | None = None
    stage: str | None = None
    department_id: int | None = None
    region: str | None = None
    phase: str = "unfinished"
    text: str = ""
    sort: str = "used"
    descending: bool = True
    offset: int = 0
    limit: int = 100
    counted: bool = True
    after: str | None = None


@dataclass(frozen=True)
class Page:
    """Rows of a list (columns COLUMNS) and how many there are in all (None: not asked). ``last``: in the order of codes
    the code after which the next page begins; None: no more, or another order."""

    rows: pd.DataFrame
    total: int | None
    last: str | None = None


_IN_ORDER = ("project_code", "yellow_on", "red_on")  # an index gives these orders
_MAY_BE_BLANK = ("investment", "stage", "yellow_on", "red_on", "next_change")
SORTS: dict[str, Any] = {
    "project_code": Project.code,
    "name": ProjectFact.name,
    "region": Standing.region,
    "kind": Standing.kind,
    "agent": ProjectFact.agent,
    "investment": ProjectFact.investment,
    "coded_on": Standing.coded_on,
    "phase": Standing.phase,
    "stage": Standing.stage,
    "yellow_on": Standing.yellow_on,
    "red_on": Standing.red_on,
    "next_change": Standing.next_change,
    "held_by": Standing.held_by,
}


def projects(connection: Connection, viewer: Viewer, as_of: dt.date, query: ProjectQuery, rules: Rules) -> Page:
    """One page of the list.

    Who does not see all cases of a project is told of its holders and changes as a mask leaves them, and gets no order
    by what it hides: by holders it is that of the codes, by the next change that of the next turn of the light. On a
    day before the last sweep the rows are assessed as of that day, one by one, and sorted within the page; which
    rows are on it, and filters by stage, phase and department, go by what is so now.
    """
    swept = last_sweep(connection)
    if query.sort == "held_by" and sight(connection) is not None:
        query = replace(query, sort="project_code")
    conditions = _conditions(as_of, query, swept, by_index=query.sort not in _IN_ORDER)
    named = query.text or query.sort in ("name", "agent", "investment")
    order = _order(connection, as_of, query)
    keys = _from(select(Standing.project_id), bool(named or query.sort == "project_code"))
    if query.sort == "used":
        keys = with_since(keys)
    chosen = list(
        connection.execute(keys.where(*conditions).order_by(*order).offset(query.offset).limit(query.limit)).scalars()
    )
    last = None
    if query.sort == "project_code" and len(chosen) == query.limit:
        last = connection.execute(select(Project.code).where(Project.id == chosen[-1])).scalar()
    frame, chosen = _rows(connection, as_of, chosen)
    if swept is not None and as_of < swept and chosen:
        frame = _sorted(as_it_was(connection, frame, chosen, as_of, rules), query)
    else:
        frame = as_it_is_told(connection, frame, chosen, as_of, rules)
    return Page(frame, _total(connection, as_of, query, swept) if query.counted else None, last)


def _total(connection: Connection, as_of: dt.date, query: ProjectQuery, swept: dt.date | None) -> int:
    # A count wants the narrowest index, whatever the order: that of the light's day where one is asked for.
    counted = _conditions(as_of, query, swept, by_index=query.light not in ("red", "yellow"))
    return (
        connection.execute(_from(select(func.count()), bool(query.text or query.after)).where(*counted)).scalar() or 0
    )


def _from(query: Any, named: bool) -> Any:
    """Names are joined only where they are asked for: a count by light reads one index."""
    query = query.select_from(Standing)
    if not named:
        return query
    current = and_(ProjectFact.project_id == Standing.project_id, ProjectFact.known_to.is_(None))
    return query.join(Project, Project.id == Standing.project_id).join(ProjectFact, current)


def _conditions(as_of: dt.date, query: ProjectQuery, swept: dt.date | None, *, by_index: bool) -> list[Any]:
    found: list[Any] = []
    if query.phase == "unfinished":
        found.append(unfinished_on(as_of, swept, by_index=by_index))
    else:
        found.append(there_on(as_of, swept))
        if query.phase:
            found.append(Standing.phase == int(Phase[query.phase.upper()]))
    if query.light:
        found.append(has_light(Light[query.light.upper()], as_of))
    if query.stage:
        found.append(Standing.stage == int(Stage[query.stage.upper()]))
    if (region := of_region(query.region)) is not None:
        found.append(region)
    if query.department_id is not None:
        held = select(CaseStanding.project_id).where(
            CaseStanding.department_id == query.department_id,
            CaseStanding.closed_on.is_(None),
            CaseStanding.accepted_on.is_not(None),
        )
        found.append(Standing.project_id.in_(held))
    if query.after is not None:
        found.append(Project.code > query.after)
    if query.text:
        words = query.text.strip()
        found.append(
            or_(
                Project.code.istartswith(words, autoescape=True),
                ProjectFact.name.icontains(words, autoescape=True),
                ProjectFact.applicant.icontains(words, autoescape=True),
            )
        )
    return found


def _order(connection: Connection, as_of: dt.date, query: ProjectQuery) -> list[Any]:
    if query.sort == "used":
        column: Any = used_on(connection, as_of)
    elif query.sort == "light":
        column = light_on(as_of)
    elif query.sort == "next_change" and sight(connection) is not None:
        turns = (Standing.yellow_on, Standing.red_on)
        column = case(*((on > as_of, on) for on in turns), else_=None)
    else:
        column = SORTS[query.sort]
    directed = column.desc() if query.descending else column.asc()
    if query.sort in _MAY_BE_BLANK:
        directed = directed.nulls_last()
    if query.sort == "project_code":
        return [directed]  # codes are unique: their index gives the order
    return [directed, Standing.project_id]


def _rows(connection: Connection, as_of: dt.date, keys: list[int]) -> tuple[pd.DataFrame, list[int]]:
    """The rows of these projects, and the keys of those that are known: what was taken back stands until the next
    sweep."""
    fact, used = ProjectFact, used_on(connection, as_of)
    query = _from(
        select(
            Standing.project_id, Project.code, fact.name, Standing.region, fact.kind, fact.agent, fact.investment,
            fact.coded_on, Standing.phase, Standing.stage, light_on(as_of), used, Standing.yellow_on,
            Standing.red_on, Standing.next_change, Standing.held_by, Calendar.known_until, Calendar.name,
            unconfirmed_on(as_of),
        ),
        named=True,
    ).join(Calendar, Calendar.id == Standing.calendar_id, isouter=True)  # fmt: skip
    chosen = with_since(query).where(among(connection, Standing.project_id, keys))
    found = {row[0]: row[1:] for row in connection.execute(chosen)}
    rows, keys = [], [key for key in keys if key in found]
    for key in keys:
        *told, phase, stage, light, used, yellow, red, change, held, known, counted, open_ = found[key]
        turn = {"yellow_on": yellow, "red_on": red}.get(NEXT_TURN.get(Light(light).word, ""))
        unsure = bool(turn is not None and known is not None and turn > known)
        words = Phase(phase).word, Stage(stage).word if stage else None, Light(light).word
        rows.append((*told, *words, used, yellow, red, change, held, unsure, counted, bool(open_)))
    return framed(rows, COLUMNS), keys


def _sorted(frame: pd.DataFrame, query: ProjectQuery) -> pd.DataFrame:
    """A page in the order of what it shows; words by their weight, blanks last."""
    weights: dict[str, Any] = {"light": Light, "phase": Phase, "stage": Stage}
    words = weights.get(query.sort)

    def weight(column: pd.Series[Any]) -> pd.Series[Any]:
        return column.map({w.word: int(w) for w in words}) if words else column

    return frame.sort_values(
        query.sort, ascending=not query.descending, kind="stable", na_position="last", key=weight, ignore_index=True
    )
