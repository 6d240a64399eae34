"""Ids under which what an event said is kept, once its source edited it: of its own id, and of the batch that says so.

A source may use such an id itself, or files that were exported from another database of ours: then it is lengthened
until it is free.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable

from sqlalchemy import Connection, select

from monitor.tables.among import among
from monitor.tables.log import FOLLOWS, Event

Overtaken = tuple[int, str, int]  # source, id of the event, and the batch that says otherwise


def void_of(twin: str) -> str:
    """The id of the event that voids what is kept under ``twin``."""
    return f"{twin}!"


def twin_of(event_id: str, batch_id: int) -> str:
    """The id under which is kept what an event said until a batch said otherwise, where nothing else has that id."""
    return f"{event_id}~{batch_id}"


def voided_by(name: str, batch_id: int) -> str | None:
    """The id of the event of which this one voids what it said before, as a batch told it; None: it is no such void."""
    old, batch = replaced_by(name)
    return old if name.endswith("!") and batch == str(batch_id) else None


def replaced_by(name: str) -> tuple[str, str]:
    """The id of the event of which this is a twin, or the void of one, and the number of the batch; of any other id
    whatever stands there."""
    event_id, _, batch = name.removesuffix("!").rstrip("~").rpartition("~")
    return event_id, batch


def twins(
    connection: Connection,
    overtaken: Iterable[Overtaken],
    projects: Collection[int] = (),
    told: Container[tuple[int, str]] = (),
) -> dict[Overtaken, str]:
    """The id of each twin: one that is known of no other event. ``projects``: of these the twins are known already, and
    ``told`` is all that they were told, by source and id."""
    found = {one: twin_of(one[1], one[2]) for one in overtaken}
    taken = _taken(connection, found, projects, told)
    while taken:
        found |= {one: f"{found[one]}~" for one in taken}
        taken = _taken(connection, {one: found[one] for one in taken}, projects, told)
    return found


def _taken(
    connection: Connection,
    wanted: dict[Overtaken, str],
    projects: Collection[int],
    told: Container[tuple[int, str]],
) -> list[Overtaken]:
    names = {one: {(one[0], twin), (one[0], void_of(twin))} for one, twin in wanted.items()}
    every = {name for some in names.values() for name in some}
    used = {name for name in every if name in told}
    for source in {source for source, _event_id, _batch in wanted}:
        ids = sorted(event_id for of, event_id in every if of == source)
        query = select(Event.event_id, Event.project_id, Event.told).where(
            Event.source_id == source, Event.known_to.is_(None), among(connection, Event.event_id, ids)
        )
        for event_id, project, by in connection.execute(query):
            if by != FOLLOWS or project not in projects:
                used.add((source, event_id))
    return [one for one, some in names.items() if some & used]
