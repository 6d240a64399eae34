"""Standings computed from the log: for one project in full, and for a past day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from monitor.reading import masking, sources
from monitor.reading.frames import framed
from monitor.reading.log import AT_ONCE, Loaded, load
from monitor.reading.sight import Sight, sight, wholly_seen
from monitor.tables import Project
from rules.assess import Assessed
from rules.document import documents
from rules.plan.document import document
from rules.portfolio import Part, Rules, parts

if TYPE_CHECKING:
    import pandas as pd

Reading = Callable[[], AbstractContextManager[Connection]]
NEXT_TURN = {"green": "yellow_on", "yellow": "red_on"}  # the day that a light waits for


def judged(
    connection: Connection, ids: Sequence[int], as_of: dt.date, rules: Rules, known_at: dt.datetime | None = None
) -> tuple[Loaded, list[tuple[Part, Assessed]]]:
    """The log of some projects, and what it means as of a day, as known now or at a moment."""
    loaded = load(connection, ids, known_at, minutes=True)
    found = [(part, a) for part in parts(loaded.log, loaded.traits, rules) for a in part.assess(as_of)]
    return loaded, found


def standing_objects(
    connection: Connection,
    ids: Sequence[int],
    as_of: dt.date,
    rules: Rules,
    known_at: dt.datetime | None = None,
    failed: dict[int, Exception] | None = None,
) -> list[dict[str, Any]]:
    """The objects of docs/json.md of some projects, by project code. ``failed`` takes the keys of those that cannot be
    assessed, with the reason, and the others go on; without it such a project is an error."""
    objects: list[dict[str, Any]] = []
    for at in range(0, len(ids), AT_ONCE):
        objects += _objects(connection, ids[at : at + AT_ONCE], as_of, rules, known_at, failed)
    return sorted(objects, key=lambda o: str(o["project_code"]))


def _objects(
    connection: Connection,
    ids: Sequence[int],
    as_of: dt.date,
    rules: Rules,
    known_at: dt.datetime | None,
    failed: dict[int, Exception] | None,
) -> list[dict[str, Any]]:
    try:
        loaded, found = judged(connection, ids, as_of, rules, known_at)
        told = [o for part, a in found for o in documents(a, part.log)]
    except Exception as error:
        if failed is None or isinstance(error, SQLAlchemyError):
            raise
        if len(ids) == 1:
            failed[ids[0]] = error
            return []
        half = len(ids) // 2
        parted = (_objects(connection, some, as_of, rules, known_at, failed) for some in (ids[:half], ids[half:]))
        return [one for part in parted for one in part]
    keys = dict(zip(loaded.log.projects.code, loaded.project_ids.tolist(), strict=True))
    confirm(connection, keys, told, known_at)
    if (looks := sight(connection)) is not None:
        seen = looks.seen(loaded, past=known_at is not None)
        told = [masking.standing(one, seen[one["project_code"]], as_of) for one in told]
    return told


def confirm(
    connection: Connection, keys: Mapping[str, int], objects: Iterable[dict[str, Any]], known_at: dt.datetime | None
) -> None:
    """Says of every turn in these objects whether the sources of its project (``keys`` by code) had reported until
    then; None where they said nothing of that."""
    until = sources.reported(connection, list(keys.values()), known_at)
    for one in objects:
        told = until.get(keys[one["project_code"]])
        for turn in one["turns"]:
            turn["confirmed"] = None if told is None else turn["on"] <= told.isoformat()


def logs(reading: Reading, ids: Sequence[int], known_at: dt.datetime | None = None) -> Iterator[Loaded]:
    """The logs of some projects as known now or at a moment, so many at once that they fit in memory: each whole, or
    left out where not all of its cases are shown. ``reading`` opens a connection."""
    for at in range(0, len(ids), AT_ONCE):
        with reading() as connection:
            loaded = load(connection, wholly_seen(connection, ids[at : at + AT_ONCE], known_at), known_at)
        yield loaded


def plan_object(
    connection: Connection, code: str, as_of: dt.date, rules: Rules, known_at: dt.datetime | None = None
) -> dict[str, Any] | None:
    """The plan of one project; None where it is not there, or was not yet."""
    loaded, found = judged(connection, list(project_ids(connection, [code]).values()), as_of, rules, known_at)
    told = next((document(a, part.log, kind=loaded.traits.kind[0]) for part, a in found), None)
    looks = sight(connection)
    if told is None or looks is None:
        return told
    return masking.plan(told, looks.seen(loaded, past=known_at is not None)[code])


def project_ids(connection: Connection, codes: Sequence[str] | None = None) -> dict[str, int]:
    """Keys by project code; of all projects without ``codes``. Codes that are not there are left out."""
    query = select(Project.code, Project.id)
    if codes is not None:
        query = query.where(Project.code.in_(codes))
    return dict(connection.execute(query).all())


def as_it_was(
    connection: Connection, frame: pd.DataFrame, ids: Sequence[int], as_of: dt.date, rules: Rules
) -> pd.DataFrame:
    """Rows of the list of projects with what was so on a past day, in place of what is so now."""
    objects = {o["project_code"]: o for o in standing_objects(connection, ids, as_of, rules)}
    looks = sight(connection)
    rows = [row | listed(objects.get(row["project_code"]), looks) for row in frame.to_dict("records")]
    return framed(rows, frame.columns)


def as_it_is_told(
    connection: Connection, frame: pd.DataFrame, ids: Sequence[int] | None, as_of: dt.date, rules: Rules
) -> pd.DataFrame:
    """Rows of projects (by ``project_code``, with keys ``ids``; None: asked for) with who holds them and when they
    alter as it is told to who does not see all of their cases."""
    looks = sight(connection)
    if looks is None or frame.empty:
        return frame
    if ids is None:
        ids = list(project_ids(connection, frame["project_code"].tolist()).values())
    objects = {o["project_code"]: o for o in standing_objects(connection, ids, as_of, rules)}
    told = [listed(objects.get(code), looks) for code in frame["project_code"]]
    names = [name for name in ("held_by", "next_change") if name in frame.columns]
    return frame.assign(**{name: [one[name] for one in told] for name in names})


def listed(was: dict[str, Any] | None, looks: Sight | None) -> dict[str, Any]:
    """What the list of projects shows of an object; nothing without one."""
    if was is None:
        return {} if looks is None else {"held_by": "", "next_change": None}
    row = {key: was[key] for key in ("phase", "stage", "light", "used")}
    for key in ("yellow_on", "red_on", "next_change"):
        row[key] = dt.date.fromisoformat(was[key]) if was[key] else None
    row["unconfirmed"] = bool(was["turns"]) and was["turns"][-1]["confirmed"] is False
    row["held_by"] = masking.holders(was, looks.others if looks else "")
    return row | {"provisional": NEXT_TURN.get(was["light"]) in was["provisional"]}
