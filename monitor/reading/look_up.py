"""What the public may know of a project: chosen field by field, so that nothing else can come along.

Public without the query code are the stage, the items with their states, departments and limits, and, of an item past
a limit, what the records tell of why (Regulation on Improving the Business Environment 36) in words of the vocabulary.
What people wrote (reasons, legal bases, remarks) may name persons, and is not. The query code adds what whoever was
given the slip knows or may know: the name of the project, its light and the days of the departments.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, exists, or_, select

from monitor.codes.secret import digest, fold, spellings
from monitor.looks import STAGE_ORDER
from monitor.reading import project as project_room
from monitor.reading.lawbook import known_rules
from monitor.reading.sources import reported
from monitor.reading.sweeps import last_sweep
from monitor.reading.viewer import EVERYONE
from monitor.slips import Kept
from monitor.tables import Event, LookUpMiss, Project, ProjectFact, SecretDigest, SlipCode
from rules.pack import Item as Catalogued
from rules.portfolio import Rules
from rules.vocabulary import Light, Status

PUBLIC = EVERYONE  # the look-up has rules of its own of what is told; every project may be asked for
MOST_REASONS = 3
_TOLD_OF = (Status.EXTENDED.word, Status.PROCEDURE_STARTED.word, Status.CORRECTION_STARTED.word)


@dataclass(frozen=True)
class Asked:
    """What there is to know before a look-up is answered. ``until``: when the place has to wait until; ``all_misses``:
    of all places, counted until ``all_until``; ``project``: the key of a project that is there on the day."""

    until: dt.datetime | None
    all_misses: int
    all_until: dt.datetime | None
    project: int | None
    code: str | None
    secret: bool
    slip: Kept | None


@dataclass(frozen=True)
class Slipped:
    """A project with its name, whether it is remembered as secret, and when its query code was made; None: it has
    none."""

    project: int
    code: str
    name: str
    secret: bool
    made_at: dt.datetime | None


@dataclass(frozen=True)
class Limit:
    """A published limit of an item. ``due_on``: None while its clock does not run; ``past``: more days were used."""

    days: int
    unit: str
    due_on: dt.date | None
    provisional: bool
    past: bool


@dataclass(frozen=True)
class Reason:
    """Of an item past its limit, what a record tells: an extension, a procedure of a kind, a correction."""

    status: str
    procedure: str
    on: dt.date


@dataclass(frozen=True)
class Item:
    """One item. ``unconfirmed``: it ran past its limit after the day until which its sources have reported."""

    name: str
    stage: str
    department: str
    state: str
    accepted_on: dt.date | None
    closed_on: dt.date | None
    promised: Limit | None
    statutory: Limit | None
    reasons: tuple[Reason, ...]
    unconfirmed: bool

    @property
    def past(self) -> bool:
        """Whether it is, or was when it was decided, past a published limit."""
        return any(limit is not None and limit.past for limit in (self.promised, self.statutory))


@dataclass(frozen=True)
class Detail:
    """What the query code opens. ``lit``: of the project's object of docs/json.md what its light is told by; ``days``:
    by department, its part of the days used, and those that it held by itself."""

    name: str
    lit: Mapping[str, Any]
    days: Mapping[str, tuple[float, int]]


@dataclass(frozen=True)
class Told:
    """The answer to a look-up. ``reported_until``: until which day its sources have told everything."""

    project_code: str
    as_of: dt.date
    swept_as_of: dt.date | None
    reported_until: dt.date | None
    phase: str
    stage: str | None
    items: tuple[Item, ...]
    detail: Detail | None


def slipped(connection: Connection, code: str) -> Slipped | None:
    """The project of a code, however it is written; None where the viewer of the connection sees none."""
    query = (
        select(Project.id, Project.code, ProjectFact.name, _secret(code), SlipCode.made_at)
        .join(ProjectFact, ProjectFact.project_id == Project.id)
        .outerjoin(SlipCode, SlipCode.project_id == Project.id)
        .where(Project.code.in_(spellings(code)), ProjectFact.known_to.is_(None))
        .order_by(Project.id)
        .limit(1)
    )
    row = connection.execute(query).first()
    return Slipped(row[0], row[1], row[2], bool(row[3]), row[4]) if row else None


def asked(connection: Connection, code: str, place: str, as_of: dt.date) -> Asked:
    """In one statement, for whoever is locked out costs no more. ``code``: as it was typed."""
    found = select(Project.id).join(ProjectFact, ProjectFact.project_id == Project.id)
    found = found.where(Project.code.in_(spellings(code) or [""]), ProjectFact.known_to.is_(None), _there(as_of))
    key = found.order_by(Project.id).limit(1).scalar_subquery()

    def of(column: Any, where: Any) -> Any:
        return select(column).where(where).scalar_subquery()

    here, everywhere = LookUpMiss.place == place, LookUpMiss.place == ""
    row = connection.execute(
        select(
            of(LookUpMiss.until, here),
            of(LookUpMiss.misses, everywhere),
            of(LookUpMiss.until, everywhere),
            key,
            of(Project.code, Project.id == key),
            _secret(code),
            of(SlipCode.salt, SlipCode.project_id == key),
            of(SlipCode.digest, SlipCode.project_id == key),
        )
    ).one()
    until, misses, all_until, project, written, secret, salt, kept = row
    slip = Kept(salt, kept) if kept is not None else None
    return Asked(until, misses or 0, all_until, project, written, bool(secret), slip)


def _secret(code: str) -> Any:
    return exists().where(SecretDigest.digest == digest(fold(code)))


def _there(as_of: dt.date) -> Any:
    """Whether a project has been coded by a day, or one of its cases accepted before."""
    begun = exists().where(
        Event.project_id == Project.id, Event.day <= as_of, Event.known_to.is_(None), Event.status == Status.ACCEPTED
    )
    return or_(ProjectFact.coded_on <= as_of, begun)


def told(connection: Connection, asked: Asked, as_of: dt.date, rules: Rules, *, detail: bool) -> Told | None:
    """What the public is told of a project; ``detail``: the query code was right. None: it is not there after all."""
    assert asked.project is not None and asked.code is not None
    view = project_room.project(connection, PUBLIC, asked.code, as_of, known_rules(connection, rules))
    if view is None:
        return None
    until = reported(connection, [asked.project]).get(asked.project)
    standing = view.standing
    recorded: list[Any] = view.events.to_dict("records")
    events: dict[str, list[Any]] = {}
    for event in recorded:
        events.setdefault(str(event["case_id"]), []).append(event)
    order = [stage.word for stage in STAGE_ORDER]
    cases: list[Any] = view.cases.to_dict("records")
    rows = sorted(cases, key=lambda row: order.index(row["stage"]))
    names = view.pack.catalogue.items if view.pack else {}
    items = tuple(
        _item(row, events.get(str(row["case_id"]), []), standing["provisional"], until, names.get(row["item_code"]))
        for row in rows
    )
    return Told(
        project_code=asked.code,
        as_of=as_of,
        swept_as_of=last_sweep(connection),
        reported_until=until,
        phase=standing["phase"],
        stage=standing["stage"],
        items=items,
        detail=_detail(standing, str(view.facts["name"] or "")) if detail else None,
    )


def _item(
    row: dict[str, Any],
    events: list[dict[str, Any]],
    provisional: list[str],
    until: dt.date | None,
    catalogued: Catalogued | None,
) -> Item:
    limits = {which: _limit(row, which, provisional) for which in ("promised", "statutory")}
    past = [limit.due_on for limit in limits.values() if limit is not None and limit.past and limit.due_on]
    return Item(
        name=catalogued.name if catalogued else str(row["item_name"]),
        stage=row["stage"],
        department=row["department"],
        state=row["state"],
        accepted_on=row["accepted_on"] or None,
        closed_on=row["closed_on"] or None,
        reasons=_reasons(events) if past else (),
        unconfirmed=bool(past) and until is not None and min(past) >= until,
        **limits,
    )


def _limit(row: dict[str, Any], which: str, provisional: list[str]) -> Limit | None:
    days = row[f"{which}_limit"]
    if days is None or days != days:
        return None
    return Limit(
        days=int(days),
        unit=row[f"{which}_unit"],
        due_on=row[f"{which}_due_on"] or None,
        provisional=f"cases.{row['case_id']}.{which}.due_on" in provisional,
        past=row[f"{which}_light"] == Light.RED.word,
    )


def _reasons(events: list[dict[str, Any]]) -> tuple[Reason, ...]:
    """The latest ones."""
    found = [
        Reason(event["status"], event["procedure"], event["day"])
        for event in events
        if event["status"] in _TOLD_OF and not event["voided"]
    ]
    return tuple(found[-MOST_REASONS:])


def _detail(standing: Mapping[str, Any], name: str) -> Detail:
    lit = {field: standing[field] for field in ("light", "used", "yellow_on", "red_on", "calendar")}
    lit["provisional"] = [field for field in standing["provisional"] if field in ("yellow_on", "red_on")]
    lit["turns"] = [{"on": turn["on"], "confirmed": turn["confirmed"]} for turn in standing["turns"]]
    return Detail(name, lit, {name: (one["share"], one["sole"]) for name, one in standing["shares"].items()})
