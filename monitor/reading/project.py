"""One project in full, day by day: computed from its log when it is looked at."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import Connection, select

from monitor.reading import masking
from monitor.reading.frames import framed
from monitor.reading.log import known
from monitor.reading.past import confirm, judged
from monitor.reading.sight import Seen, sight
from monitor.reading.viewer import Viewer
from monitor.tables import ApprovalCase, Batch, CaseFact, Event, Project, ProjectFact, Source
from rules.assess import Assessed
from rules.daily import daily
from rules.document import documents
from rules.log import NO_DAY
from rules.pack import RulePack
from rules.portfolio import Part, Rules
from rules.vocabulary import CaseState, EndReason, Holder, Light, Pause, Stage, Status, Unit
from rules.workdays import day_of

if TYPE_CHECKING:
    import pandas as pd

_LIMITS = ("limit", "unit", "used", "due_on", "light")
CASES = [
    *("case_id", "item_code", "item_name", "stage", "department", "holder", "state", "received_on", "accepted_on"),
    *("closed_on", "used", *(f"promised_{name}" for name in _LIMITS), *(f"statutory_{name}" for name in _LIMITS)),
]
EVENTS = [
    *("event_id", "case_id", "status", "day", "occurred_at", "entered_at", "procedure", "office", "handler", "reason"),
    *("basis", "voids", "voided", "derived", "source", "known_from"),
]


@dataclass(frozen=True)
class ProjectView:
    """What the page of one project shows.

    ``standing`` is its object of docs/json.md; ``pack`` what judges it, None outside of every scope.
    ``stretches``: case_id, since, until, state; days in (since, until]. ``days``: every natural day of the span: day,
    kind (a Ledger word or rest), makeup, held_by.
    """

    facts: dict[str, Any]
    standing: dict[str, Any]
    pack: RulePack | None
    cases: pd.DataFrame
    stretches: pd.DataFrame
    days: pd.DataFrame
    events: pd.DataFrame
    flags: pd.DataFrame


def project(
    connection: Connection,
    viewer: Viewer,
    code: str,
    as_of: dt.date,
    rules: Rules,
    *,
    known_at: dt.datetime | None = None,
) -> ProjectView | None:
    """The project with this code, or None when there is none that the viewer may see, or none yet on that day."""
    key = connection.execute(select(Project.id).where(Project.code == code)).scalar()
    if key is None:
        return None
    loaded, found = judged(connection, [key], as_of, rules, known_at)
    if not found:
        return None
    part, a = found[0]
    standing = next(iter(documents(a, part.log)), None)
    if standing is None:
        return None
    confirm(connection, {code: key}, [standing], known_at)
    cases = _cases(connection, part, a, standing, key, known_at)
    view = ProjectView(
        _facts(connection, key, code, known_at),
        standing,
        part.pack if standing["pack"] else None,
        cases,
        _stretches(part, a),
        _days(part, a),
        _events(connection, key, a, part, known_at),
        framed(standing["flags"], ["flag", "case_id", "event_id", "seen"]),
    )
    looks = sight(connection)
    return view if looks is None else _masked(view, looks.seen(loaded, past=known_at is not None)[code], as_of)


def _masked(view: ProjectView, seen: Seen, as_of: dt.date) -> ProjectView:
    rows = {
        name: frame[frame["case_id"].isin(seen.cases)].reset_index(drop=True)
        for name in ("cases", "stretches", "events", "flags")
        for frame in [getattr(view, name)]
    }
    held: Any = [masking.days_held(names, seen) for names in view.days["held_by"]]
    standing = masking.standing(view.standing, seen, as_of)
    return replace(view, standing=standing, days=view.days.assign(held_by=held), **rows)


def _facts(connection: Connection, key: int, code: str, known_at: dt.datetime | None) -> dict[str, Any]:
    names = (
        "name region kind industry applicant credit_code agent coded_on investment pack ended_on end_reason known_from"
    ).split()
    query = select(*(getattr(ProjectFact, n) for n in names)).where(
        ProjectFact.project_id == key, known(ProjectFact, known_at)
    )
    found = dict(zip(names, connection.execute(query).one(), strict=True))
    reason = found["end_reason"]
    return {"project_code": code} | found | {"end_reason": None if reason is None else EndReason(reason).word}


def _day(number: int) -> dt.date | None:
    return None if number == NO_DAY else day_of(number)


def _cases(
    connection: Connection, part: Part, a: Assessed, standing: dict[str, Any], key: int, known_at: dt.datetime | None
) -> pd.DataFrame:
    query = (
        select(ApprovalCase.case_id, CaseFact.item_name)
        .join(ApprovalCase, ApprovalCase.id == CaseFact.case_id)
        .where(CaseFact.project_id == key, known(CaseFact, known_at))
    )
    names = dict(connection.execute(query).all())
    rows = []
    log, s = part.log, a.scene
    for c, row in enumerate(s.chunk.case_rows.tolist()):
        case_id = log.cases.case_id[row]
        item = s.items[s.item[c]]
        one: dict[str, Any] = {
            "case_id": case_id,
            "item_code": log.items[s.item[c]],
            "item_name": names.get(case_id) or (item.name if item else log.items[s.item[c]]),
            "stage": Stage(s.stage[c]).word,
            "department": log.departments[s.department[c]],
            "holder": Holder(log.cases.holder[row]).word,
            "state": CaseState(a.cases.state[c]).word,
            "received_on": _day(int(s.opening.received[c])),
            "accepted_on": _day(int(a.cases.accepted_on[c])),
            "closed_on": _day(int(a.cases.closed_on[c])),
            "used": int(a.cases.used[c]),
        }
        for which in ("promised", "statutory"):
            own = getattr(a.clocks, which)
            one[f"{which}_limit"] = int(own.limit[c]) if own.limit[c] >= 0 else None
            one[f"{which}_unit"] = Unit(own.unit[c]).word
            one[f"{which}_used"] = int(own.used[c])
            one[f"{which}_due_on"] = _day(int(own.due_on[c]))
            one[f"{which}_light"] = Light(own.light[c]).word
        rows.append(one)
    rows.sort(key=lambda r: (r["accepted_on"] or r["received_on"] or dt.date.max, r["case_id"]))
    return framed(rows, CASES)


def _stretches(part: Part, a: Assessed) -> pd.DataFrame:
    s = a.scene
    order = np.lexsort((s.cut.start, s.cut.case))
    rows: list[list[Any]] = []
    for n in order.tolist():
        if s.cut.start[n] == s.cut.end[n]:
            continue
        case = int(s.cut.case[n])
        state = CaseState(s.cut.state[n]).word
        if s.cut.state[n] == CaseState.RUNNING and not s.counts[case]:
            state = "uncounted"
        one = [
            part.log.cases.case_id[int(s.chunk.case_rows[case])],
            day_of(s.cut.start[n]),
            day_of(s.cut.end[n]),
            state,
        ]
        if rows and rows[-1][0] == one[0] and rows[-1][2] == one[1] and rows[-1][3] == state:
            rows[-1][2] = one[2]
        else:
            rows.append(one)
    return framed(rows, ["case_id", "since", "until", "state"])


def _days(part: Part, a: Assessed) -> pd.DataFrame:
    found = daily(a, 0)
    names = part.log.departments
    return framed(
        {
            "day": found.day,
            "kind": found.kind,
            "makeup": found.makeup,
            "held_by": [[names[d] for d in holders] for holders in found.holders],
        }
    )


def _events(connection: Connection, key: int, a: Assessed, part: Part, known_at: dt.datetime | None) -> pd.DataFrame:
    query = (
        select(
            Event.event_id, ApprovalCase.case_id, Event.status, Event.day, Event.occurred_at, Event.entered_at,
            Event.procedure, Event.office, Event.handler, Event.reason, Event.basis, Event.voids, Source.name,
            Batch.known_from,
        )
        .join(ApprovalCase, ApprovalCase.id == Event.case_id)
        .join(Source, Source.id == Event.source_id)
        .join(Batch, Batch.id == Event.batch_id)
        .where(Event.project_id == key, known(Event, known_at))
        .order_by(Event.day, Event.occurred_at, Event.id)
    )  # fmt: skip
    rows = connection.execute(query).all()
    stands = part.log.happened()
    voided = set()
    if stands is not None:
        gone = np.flatnonzero(~stands & (part.log.events.status <= Status.EXTENDED))
        voided = {part.log.events.event_id[n] for n in gone.tolist()}
    out = [
        {
            "event_id": e, "case_id": c, "status": Status(status).word, "day": day, "occurred_at": at,
            "entered_at": entered, "procedure": Pause(p).word if p is not None else "", "office": office,
            "handler": handler, "reason": reason, "basis": basis, "voids": voids or "", "voided": e in voided,
            "derived": False, "source": source, "known_from": since,
        }
        for e, c, status, day, at, entered, p, office, handler, reason, basis, voids, source, since in rows
    ]  # fmt: skip
    s = a.scene
    for c in np.flatnonzero(s.opening.derived & (s.opening.opened != NO_DAY)).tolist():
        day = day_of(s.opening.opened[c])
        blank = dict.fromkeys(("event_id", "entered_at", "procedure", "office", "handler", "reason", "voids"), "")
        out.append(
            blank
            | {
                "case_id": part.log.cases.case_id[int(s.chunk.case_rows[c])],
                "status": Status.ACCEPTED.word,
                "day": day,
                "occurred_at": day.isoformat(),
                "basis": "",
                "voided": False,
                "derived": True,
                "source": "",
                "known_from": None,
            }
        )
    return framed(out, EVENTS).sort_values(["day", "occurred_at"], kind="stable", ignore_index=True)
