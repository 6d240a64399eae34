"""The trail as it was written: its entries, its head, and what each says beside the chain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import orjson
from sqlalchemy import Connection, LargeBinary, cast, false, func, or_, select

from monitor.chain import FIELDS, PARTS
from monitor.deeds import Verb
from monitor.tables import TrailDetail, TrailEntry, TrailHead
from monitor.tables.among import among

AT_ONCE = 5_000  # entries in memory together
Row = dict[str, Any]
_ENTRY = (*FIELDS, "hash")
_DETAIL = ("seq", "part", "salt", "content")


@dataclass(frozen=True)
class Wanted:
    """Which entries: of a verb, an actor, from a moment on, up to one (that is the first no longer wanted)."""

    verb: str | None = None
    actor: str | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None


@dataclass(frozen=True)
class Entry:
    """One entry. ``before``, ``after``, ``personal``: empty where nothing was told, or where it was erased
    (``erased``: the parts that are gone)."""

    seq: int
    at: str
    actor: str
    role: str
    door: str
    address: str
    verb: str
    subject_kind: str
    subject: str
    outcome: str
    before: dict[str, Any]
    after: dict[str, Any]
    personal: dict[str, Any]
    erased: list[str]
    detail_digest: str
    personal_digest: str
    previous: str
    hash: str

    def document(self) -> dict[str, Any]:
        """The entry as `trail show --json` tells it."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


def head(connection: Connection) -> tuple[int, str] | None:
    """Number and hash of the last entry, as written down beside the trail; None where that is missing, or is no number
    and no text."""
    names = ("seq", "hash")
    query = select(*_columns(connection, TrailHead, names)).where(~_of_another_kind(connection, TrailHead, names))
    rows = _rows(connection, query, names)
    return (rows[0]["seq"], rows[0]["hash"]) if rows else None


def of_another_kind(connection: Connection) -> tuple[set[int], set[tuple[int, str]]]:
    """Entries, and what is said beside the chain by number and part, in which anything that was text is none any more.
    Its bytes can be the same, but whoever looks for an actor, or erases a part, does not find it."""
    entry, detail = (
        _rows(
            connection, select(*_columns(connection, table, key)).where(_of_another_kind(connection, table, names)), key
        )
        for table, key, names in ((TrailEntry, ("seq",), _ENTRY), (TrailDetail, ("seq", "part"), _DETAIL))
    )
    return {row["seq"] for row in entry}, {(row["seq"], row["part"]) for row in detail}


def _of_another_kind(connection: Connection, table: Any, names: tuple[str, ...]) -> Any:
    """SQLite keeps with each value of what kind it is, in a byte of its own, whatever its column is declared to be."""
    if connection.dialect.name != "sqlite":
        return false()
    kinds = {name: "integer" if name == "seq" else "text" for name in names}
    return or_(*(func.typeof(getattr(table, name)) != kind for name, kind in kinds.items()))


def tombstones(connection: Connection, part: str) -> list[tuple[int, str]]:
    """Number of each tombstone of a part, and which entries it names."""
    names = ("seq", "subject")
    query = select(*_columns(connection, TrailEntry, names))
    query = query.where(TrailEntry.verb == Verb.ERASE.value, TrailEntry.subject_kind == part)
    return [(int(row["seq"]), row["subject"]) for row in _rows(connection, query, names)]


def entries(connection: Connection, wanted: Wanted = Wanted()) -> Iterator[Entry]:
    """The entries in their order; memory stays flat however many there are."""
    for rows, details in pages(connection, _conditions(wanted)):
        for row in rows:
            yield _entry(row, details.get(row["seq"], {}))


def latest(connection: Connection, wanted: Wanted, *, before: int | None, limit: int) -> list[Entry]:
    """The newest entries that are wanted, the newest first, of those ``before`` a number."""
    conditions = _conditions(wanted)
    if before is not None:
        conditions.append(TrailEntry.seq < before)
    query = select(*_columns(connection, TrailEntry, _ENTRY)).where(*conditions)
    rows = _rows(connection, query.order_by(TrailEntry.seq.desc()).limit(limit), _ENTRY)
    details = _by_number(connection, [int(row["seq"]) for row in rows])
    return [_entry(row, details.get(row["seq"], {})) for row in rows]


def _conditions(wanted: Wanted) -> list[Any]:
    conditions = [
        getattr(TrailEntry, name) == value for name in ("verb", "actor") if (value := getattr(wanted, name)) is not None
    ]
    if wanted.since is not None:
        conditions.append(TrailEntry.at >= _text(wanted.since))
    if wanted.until is not None:
        conditions.append(TrailEntry.at < _text(wanted.until))
    return conditions


def _text(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds")


def _entry(row: Row, parts: dict[str, Row]) -> Entry:
    told = {part: _object(parts[part]["content"]) if part in parts else {} for part in PARTS}
    erased = [part for part in PARTS if row[f"{part}_digest"] and part not in parts]
    plain = {name: _readable(row[name]) for name in _ENTRY}
    before, after = told["detail"].get("before", {}), told["detail"].get("after", {})
    return Entry(**plain, before=before, after=after, personal=told["personal"], erased=erased)


def _object(content: str) -> dict[str, Any]:
    try:
        return dict(orjson.loads(content))
    except (TypeError, ValueError):  # somebody changed it: `verify` says so
        return {"?": str(_readable(content))}


def _readable(value: Any) -> Any:
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace") if isinstance(value, str) else value


def pages(
    connection: Connection, conditions: list[Any] | None = None
) -> Iterator[tuple[list[Row], dict[int, dict[str, Row]]]]:
    """The entries as they lie, some at a time, with what they say by number and part. Bytes that are no UTF-8 come as
    surrogates, for whoever looks for damage must not stumble over it."""
    last: int | None = None
    while True:
        query = select(*_columns(connection, TrailEntry, _ENTRY)).where(*(conditions or ()))
        if last is not None:
            query = query.where(TrailEntry.seq > last)
        rows = _rows(connection, query.order_by(TrailEntry.seq).limit(AT_ONCE), _ENTRY)
        if not rows:
            return
        last = int(rows[-1]["seq"])
        yield rows, _by_number(connection, [int(row["seq"]) for row in rows])


def _by_number(connection: Connection, seqs: list[int]) -> dict[int, dict[str, Row]]:
    """What is said beside the chain under these numbers, by number and part."""
    query = select(*_columns(connection, TrailDetail, _DETAIL)).where(among(connection, TrailDetail.seq, seqs))
    found: dict[int, dict[str, Row]] = {}
    for row in _rows(connection, query, _DETAIL):
        found.setdefault(row["seq"], {})[row["part"]] = row
    return found


def _columns(connection: Connection, table: Any, names: tuple[str, ...]) -> list[Any]:
    """On SQLite texts as bytes: it keeps whatever was written, and its driver fails on what is no UTF-8."""
    columns = [getattr(table, name) for name in names]
    if connection.dialect.name != "sqlite":
        return columns
    return [column if column.key == "seq" else cast(column, LargeBinary).label(column.key) for column in columns]


def _rows(connection: Connection, query: Any, names: tuple[str, ...]) -> list[Row]:
    return [dict(zip(names, map(_told, row), strict=True)) for row in connection.execute(query)]


def _told(value: Any) -> Any:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value
