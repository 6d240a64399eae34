"""Projects: the list of them, page by page, and one in full."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from flask import Response
from pydantic import ConfigDict, Field

from monitor.doors.api import cursors
from monitor.doors.api.asking import asks
from monitor.doors.api.office import MOST_LISTED, Api, Limit, Office, answer, records, responses
from monitor.doors.api.refused import Refused, field, of_form
from monitor.doors.api.shapes import Day, DayTold, Letters, Moment, MomentTold, Number, Strict, Told
from monitor.doors.guard import Rule, bearer
from monitor.reading.projects import ProjectQuery
from monitor.rights import Right
from monitor.settings import now
from monitor.text import _

RULES: Mapping[str, Rule] = dict.fromkeys(("list_projects", "get_project"), bearer(Right.READ))
Light = Literal["red", "yellow", "green", "grey", "none"]
Stage = Literal["initiation", "planning", "construction", "acceptance", "parallel"]
Phase = Literal["not_started", "running", "stopped", "waiting_owner", "finished", "dropped"]
_NOW_ONLY = ("stage", "phase", "department_id")  # a standing has them as of its last assessment alone
Region = Annotated[str, Field(pattern="^[0-9]{2,12}$", examples=["3301"])]


class Asked(Strict):
    """Which projects, and from where on."""

    light: Light | None = Field(None, description="Their light on the day.")
    stage: Stage | None = Field(None, description="Their current stage; of no past day.")
    phase: Phase | Literal["unfinished", "all"] = Field(
        "unfinished", description="Their phase; of a past day only unfinished and all."
    )
    department_id: Number | None = Field(None, description="With an open case of this department; of no past day.")
    region: Region | None = Field(None, description="Area code, or how it begins.")
    text: Letters | None = Field(None, description="How the code begins, or a part of the name or of who invests.")
    as_of: Day | None = Field(
        None, description="As of the end of this day; by default today, and with a cursor its day."
    )
    limit: Limit = MOST_LISTED
    cursor: str | None = Field(None, description="`next` of the page before, with the same filters.")


class Listed(Told):
    """A project as the list has it; what the words mean stands in docs/json.md under `projects`."""

    project_code: str
    name: str
    region: str
    kind: str
    agent: str
    investment: float | None
    coded_on: DayTold
    phase: Phase
    stage: Stage | None
    light: Light
    used: int
    yellow_on: DayTold | None
    red_on: DayTold | None
    next_change: DayTold | None
    held_by: str
    provisional: bool
    calendar: str | None
    unconfirmed: bool


class Page(Told):
    """Projects in the order of their codes. No project is passed over or told twice, however many come in meanwhile."""

    as_of: DayTold
    projects: list[Listed]
    next: str | None = Field(description="The cursor of the next page; null: there is none.")


class At(Strict):
    """As of which day, and as known when."""

    as_of: Day | None = Field(None, description="As of the end of this day; by default today.")
    known_at: Moment | None = Field(None, description="As known at this moment; by default now. Write + as %2B.")


class ProjectKey(Strict):
    """The project by its code."""

    code: Letters = Field(description="Project code.")


class Standing(Told):
    """How a project stands: the object of `status`, every field of which stands in docs/json.md."""

    model_config = ConfigDict(extra="allow")
    project_code: str
    pack: str | None
    phase: Phase
    stage: Stage | None
    light: Light
    judged: bool
    used: int
    yellow_on: DayTold | None
    red_on: DayTold | None
    next_change: DayTold | None


class One(Told):
    """One project, as of a day and as known at a moment."""

    as_of: DayTold
    known_at: MomentTold | None
    project: Standing


def wire(api: Api, office: Office) -> None:
    """Adds the operations."""

    @api.get("/projects", responses=responses(Page))
    @asks
    def list_projects(query: Asked) -> Response:
        """List projects in the order of their codes."""
        return answer(_page(office, query))

    @api.get("/projects/<code>", responses=responses(One, 404))
    @asks
    def get_project(path: ProjectKey, query: At) -> Response:
        """Read how one project stands: days, lights, cases, shares, flags."""
        if query.known_at is not None and query.known_at > now():
            moment = office.local(now()).isoformat(timespec="seconds")
            raise Refused(422, [field("known_at", query.known_at.isoformat(), *of_form("to_come", today=moment))])
        as_of = query.as_of or office.today()
        known_at = office.local(query.known_at) if query.known_at else None
        found, _missing = office.monitor.reader.status(office.viewer(), [path.code], as_of, known_at=known_at)
        if not found:
            reason = _("is no project that was there on that day, or none that is yours to see")
            raise Refused(404, [field("code", path.code, reason)])
        known = known_at.isoformat() if known_at else None
        return answer({"as_of": as_of.isoformat(), "known_at": known, "project": found[0]})


def _page(office: Office, query: Asked) -> dict[str, Any]:
    told = query.model_dump(mode="json", exclude={"as_of", "limit", "cursor"})
    filters, as_of = cursors.digest(told), query.as_of or office.today()
    after: str | None = None
    if query.cursor is not None:
        cursor = cursors.read(query.cursor, cursors.InProjects, "cursor")
        if cursor.filters != filters or query.as_of not in (None, cursor.as_of):
            reason, allowed = _("is of a list by other filters, or of another day"), of_form("cursor")[1]
            raise Refused(422, [field("cursor", query.cursor, reason, allowed)])
        after, as_of = cursor.after, cursor.as_of
    reader, viewer = office.monitor.reader, office.viewer()
    swept = reader.horizon(viewer).swept_as_of
    if swept and as_of < swept:
        _refuse_past(query)
    asked = ProjectQuery(
        light=query.light, stage=query.stage, department_id=query.department_id, region=query.region,
        phase="" if query.phase == "all" else query.phase, text=query.text or "", sort="project_code",
        descending=False, limit=query.limit, counted=False, after=after,
    )  # fmt: skip
    page = reader.projects(viewer, as_of, asked)
    then = cursors.InProjects(after=page.last, as_of=as_of, filters=filters) if page.last is not None else None
    return {"as_of": as_of.isoformat(), "projects": records(page.rows), "next": then and cursors.written(then)}


def _refuse_past(query: Asked) -> None:
    """What cannot be asked of a day before the last sweep."""
    reason, allowed = _("cannot be asked of a day before the last sweep"), _("another day, or without it")
    asked = [name for name in _NOW_ONLY if getattr(query, name) not in (None, "unfinished", "all")]
    if asked:
        raise Refused(422, [field(name, getattr(query, name), reason, allowed) for name in asked])
