"""Measures: what departments, items and regions held, decided and took; one operation for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from flask import Response
from pydantic import ConfigDict, Field

from monitor.doors.api.asking import asks
from monitor.doors.api.office import Api, Office, answer, responses
from monitor.doors.api.projects import Region, Stage
from monitor.doors.api.refused import Refused, field, of_form
from monitor.doors.api.shapes import Day, DayTold, Letters, Number, Strict, Told
from monitor.doors.guard import Rule, bearer
from monitor.reading.behind import FIGURES
from monitor.reading.endings import BeforeLastSweep
from monitor.reading.measures import BY, Wanted
from monitor.reading.rollups import WEEK
from monitor.rights import Right
from monitor.text import _
from monitor.verbs.measuring import What, measure
from rules import vocabulary

RULES: Mapping[str, Rule] = {"get_measure": bearer(Right.READ)}
_WORDS = (*BY, WEEK)


Name = Literal[
    "attribution", "indicators", "durations", "queues", "pauses", "handovers", "cases", "ranking", "slower", "paths",
    "departures",
]  # fmt: skip


class Path(Strict):
    """Which measure."""

    what: Name = Field(description="Which measure; docs/json.md says what each is.")


class Asked(Strict):
    """Of which days, cut by what, and of whom alone."""

    since: Day | None = Field(None, description="Of the days after this one; by default of all.")
    until: Day | None = Field(None, description="Up to the end of this day; by default today.")
    by: Letters = Field("department", description=f"Cut by these, with commas: {', '.join(_WORDS)}.")
    region: Region | None = Field(None, description="Area code, or how it begins.")
    department_id: Number | None = Field(None, description="Of this department.")
    item: Letters | None = Field(None, description="Of this item of the catalogue.")
    stage: Stage | None = Field(None, description="Of cases of this stage.")
    kind: Letters | None = Field(None, description="Of projects of this kind.")
    figure: Letters | None = Field(None, description=f"Of cases, of which figure: {', '.join(FIGURES)}.")


class Measure(Told):
    """A measure; its rows, and what stands beside them, are those of docs/json.md under `measures`."""

    model_config = ConfigDict(extra="allow")
    measure: Name
    since: DayTold | None
    until: DayTold
    rows: list[dict[str, Any]]


def wire(api: Api, office: Office) -> None:
    """Adds the operation."""

    @api.get("/measures/<what>", responses=responses(Measure))
    @asks
    def get_measure(path: Path, query: Asked) -> Response:
        """Get a measure, in working days."""
        what = What(path.what)
        wanted = _wanted(office, what, query)
        try:
            found = measure(office.monitor.reader.measures, office.viewer(), what, wanted, figure=query.figure or "")
        except BeforeLastSweep as error:
            text = _("How long open cases had taken on {day} is not kept: the last sweep was as of {last}.")
            raise _refused("until", query.until, text.format(day=error.day, last=error.last)) from error
        except ValueError as error:
            text = _("This measure is not cut by {by}.").format(by=", ".join(wanted.by))
            raise _refused("by", query.by, text) from error
        return answer(found)


def _wanted(office: Office, what: What, query: Asked) -> Wanted:
    """What is asked for; raises Refused where it is not understood."""
    until = query.until or office.today()
    words = tuple(dict.fromkeys(word.strip() for word in query.by.split(",") if word.strip()))
    reason, one_of = of_form("literal_error", expected=", ".join(_WORDS))
    if any(word not in _WORDS for word in words):
        raise _refused("by", query.by, reason, one_of)
    if query.since and query.since >= until:
        raise _refused("since", query.since, _("{since} is not before {until}").format(since=query.since, until=until))
    if WEEK in words and query.since is None:
        raise _refused("by", query.by, _("weeks want a first day"), _("with since"))
    if (what is What.CASES) != (query.figure is not None) or (query.figure and query.figure not in FIGURES):
        figures = ", ".join(FIGURES)
        raise _refused(
            "figure", query.figure, _("is for cases, and wanted there"), of_form("literal_error", expected=figures)[1]
        )
    return Wanted(
        query.since,
        until,
        words,
        region=query.region,
        department=None if query.department_id is None else (query.department_id,),
        item=query.item,
        stage=vocabulary.Stage[query.stage.upper()] if query.stage else None,
        kind=query.kind,
    )


def _refused(name: str, value: Any, reason: str, allowed: str = "") -> Refused:
    return Refused(422, [field(name, None if value is None else str(value), reason, allowed)])
