"""Facts of projects and cases, in so far as the law reads them, that came in a new version."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, and_, null, select
from sqlalchemy.orm import aliased

from monitor.reading.causes.cause import Asked, Cause, Finder, Found, held
from monitor.tables import ApprovalCase, Batch, CaseFact, Department, ProjectFact, Source
from monitor.tables.among import among
from rules.vocabulary import ClockStart, EndReason, Holder, Mark, Stage, Unit

_OF_PROJECT: dict[str, Any] = {
    **dict.fromkeys(("coded_on", "ended_on", "kind", "region", "pack"), str),
    "end_reason": lambda n: EndReason(n).word,
    "marks": lambda bits: "; ".join(mark.word for mark in Mark if mark & bits) or None,
}
_OF_CASE: dict[str, Any] = {
    "stage": lambda n: Stage(n).word,
    "department_id": str,  # named where it is told
    "holder": lambda n: Holder(n).word,
    **dict.fromkeys(("item_code", "works_code", "statutory_days", "promised_days"), str),
    **dict.fromkeys(("statutory_unit", "promised_unit"), lambda n: Unit(n).word),
    "clock_start": lambda n: ClockStart(n).word,
}


def _changed_somewhere(asked: Asked) -> set[int]:
    found: set[int] = set()
    for model in (ProjectFact, CaseFact):
        rows = select(model.project_id).where(asked.within(model.known_to)).distinct()
        found |= set(asked.connection.execute(rows).scalars())
    return found


def _facts(asked: Asked, ids: Sequence[int]) -> Iterator[Found]:
    names = _Departments(asked.connection)
    for model, columns in ((ProjectFact, _OF_PROJECT), (CaseFact, _OF_CASE)):
        for row in _versions(asked, model, columns, ids):
            told = row._mapping
            for column, word in columns.items():
                was, now = told[f"was_{column}"], told[f"now_{column}"]
                if column == "department_id":
                    was, now = names(was), names(now)
                if was == now:
                    continue
                before, after = (None if value is None or value == "" else word(value) for value in (was, now))
                cause = Cause(
                    "changed_fact",
                    case_id=told["case"],
                    column=column.removesuffix("_id"),
                    before=before,
                    after=after,
                    source=told["source"],
                    file=told["file"],
                )
                yield Found(told["at"], told["project"], cause)


def _versions(asked: Asked, model: Any, columns: Iterable[str], ids: Sequence[int]) -> list[Any]:
    """Each version of a fact that took the place of another one: what that said (was_…) and what it says (now_…)."""
    old = aliased(model)
    same = and_(old.project_id == model.project_id, old.known_to == model.known_from)
    of_case = model is CaseFact
    query = (
        select(
            model.project_id.label("project"),
            model.known_from.label("at"),
            (ApprovalCase.case_id if of_case else null()).label("case"),
            Source.name.label("source"),
            Batch.name.label("file"),
            *(getattr(old, name).label(f"was_{name}") for name in columns),
            *(getattr(model, name).label(f"now_{name}") for name in columns),
        )
        .join(old, and_(same, old.case_id == model.case_id) if of_case else same)
        .join(Batch, Batch.id == model.batch_id)
        .join(Source, Source.id == Batch.source_id)
        .where(among(asked.connection, model.project_id, ids), asked.within(model.known_from), held(model), held(old))
        .order_by(model.id)
    )
    if of_case:
        query = query.join(ApprovalCase, ApprovalCase.id == model.case_id)
    return list(asked.connection.execute(query).all())


class _Departments:
    """Names of departments by their keys, each asked for once."""

    def __init__(self, connection: Connection) -> None:
        self.connection, self.known = connection, dict[int, str]()

    def __call__(self, key: int) -> str:
        if key not in self.known:
            query = select(Department.name).where(Department.id == key)
            self.known[key] = str(self.connection.execute(query).scalar())
        return self.known[key]


FACTS = Finder(_changed_somewhere, _facts)
