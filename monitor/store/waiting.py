"""Rows that wait: set aside by `--partial`, or because what they hang on was taken back; fed again when it arrives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from sqlalchemy import Connection, Select, and_, or_, select, update

from monitor.database import overwriting
from monitor.store import bulk
from monitor.store.versions import next_key
from monitor.tables import ApprovalCase, Batch, CaseFact, Event, Project, ProjectFact, RefusedRow
from monitor.tables.among import among

AT_ONCE = 20_000  # rows in memory together
Claim = tuple[str, int, str]  # table, source and the row's own key
PULLED = ""  # of a batch, in place of the hash of its files: it is of a pull
NO_REASONS = "[]"  # of a row that came in after all
SECRET = orjson.dumps([{"code": "secret"}]).decode()  # the reasons of a row of a secret project
# What a row may lack, in the order in which it can come: what lacks a case does not come in before the cases. Beside
# each the reason that may be gone once something was taken back: what is known now spoke against the row.
LACKING = {"unknown_project": "moved_case", "unknown_case": "other_content", "unknown_event": "foreign_event"}
OPPOSED = tuple(LACKING.values())
_KEYS = {"projects": "project_code", "cases": "case_id", "events": "event_id"}

WAITS = (RefusedRow.landed_in.is_(None), Batch.undone_at.is_(None))  # of a row with its batch


@dataclass(frozen=True, slots=True)
class Kept:
    """A row to be set aside; ``content`` and ``reasons`` as JSON, the rest as the table says."""

    file: str
    sha256: str
    row: int
    of: str
    content: str | None
    reasons: str
    code: str = ""
    lacks: str | None = None
    landed_in: int | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row that waits and may come in now."""

    id: int
    batch: int
    file: str
    sha256: str
    row: int
    of: Literal["projects", "cases", "events"]
    content: str
    code: str
    lacks: str | None

    @property
    def why(self) -> tuple[int, str, str | None]:
        """The row with its reason: the same row for the same reason need not be tried twice."""
        return self.id, self.code, self.lacks


def keep(connection: Connection, batch_id: int, rows: Iterable[Kept]) -> int:
    """Sets rows aside; gives how many of them did not wait before, as the same row of the same file.

    Those of files that did are kept as well: the batch that brought them first may be taken back. Tables of a database
    are read again and again, and would be kept without end. Where one is of a secret project, what the same row said
    when that was not yet known is forgotten.
    """
    rows = list(rows)
    _forget_the_same(connection, {(row.sha256, row.row) for row in rows if row.code == "secret"})
    hashes = sorted({row.sha256 for row in rows})
    query = select(RefusedRow.sha256, RefusedRow.row).where(*WAITS, among(connection, RefusedRow.sha256, hashes))
    there = {(sha256, row) for sha256, row in connection.execute(query.join(Batch, Batch.id == RefusedRow.batch_id))}
    fresh = [(row.sha256, row.row) not in there for row in rows]
    _insert(connection, batch_id, [row for row, new in zip(rows, fresh, strict=True) if new or row.row])
    return sum(fresh)


def _forget_the_same(connection: Connection, places: set[tuple[str, int]]) -> None:
    if not places:
        return
    hashes = sorted({sha256 for sha256, _row in places})
    query = select(RefusedRow.id, RefusedRow.sha256, RefusedRow.row).where(among(connection, RefusedRow.sha256, hashes))
    said = connection.execute(query.where(RefusedRow.content.is_not(None)))
    forget(connection, [key for key, *place in said if tuple(place) in places])


def set_aside(connection: Connection, batch_id: int, rows: Iterable[Kept]) -> None:
    """Sets aside what a batch told and what cannot be known any more."""
    _insert(connection, batch_id, rows)


def _insert(connection: Connection, batch_id: int, rows: Iterable[Kept]) -> None:
    first = next_key(connection, RefusedRow)
    columns = ("id", "batch_id", "file", "sha256", "row", "of", "content", "reasons", "code", "lacks", "landed_in")
    listed = [(first + n, batch_id, *(getattr(row, name) for name in columns[2:])) for n, row in enumerate(rows)]
    bulk.insert(connection, "refused_row", columns, listed)


def ready(
    connection: Connection, lacking: str, after: tuple[int, int] = (0, 0), *, opposed: bool = False
) -> list[Waiting]:
    """The rows whose only reason was what they lacked (a code of LACKING), and that is known now; in the order in which
    they were told, the first AT_ONCE of them ``after`` a batch and a row. ``opposed``: those of the same kind as well
    against which something spoke that was known."""
    names = ("id", "batch_id", "file", "sha256", "row", "of", "content", "code", "lacks")
    columns = [getattr(RefusedRow, name) for name in names]
    batch, row = RefusedRow.batch_id, RefusedRow.id
    later = or_(batch > after[0], and_(batch == after[0], row > after[1]))
    # Of a secret project nothing was kept.
    waits = select(*columns).join(Batch, Batch.id == batch).where(*WAITS, RefusedRow.content.is_not(None), later)
    arrived = [_with_what_lacked(waits.where(RefusedRow.code == lacking), lacking)]
    if opposed:
        arrived.append(waits.where(RefusedRow.code == LACKING[lacking]))
    some = [query.order_by(batch, row).limit(AT_ONCE) for query in arrived]
    found = [Waiting(*told) for query in some for told in connection.execute(query)]
    return sorted(found, key=lambda one: (one.batch, one.id))[:AT_ONCE]


def _with_what_lacked(waits: Select[Any], lacking: str) -> Select[Any]:
    """Of these rows those of which is known now what they lacked."""
    lacks, source = RefusedRow.lacks, Batch.source_id
    if lacking == "unknown_project":
        known = waits.join(Project, Project.code == lacks).join(ProjectFact, ProjectFact.project_id == Project.id)
        return known.where(ProjectFact.known_to.is_(None))
    if lacking == "unknown_case":
        known = waits.join(ApprovalCase, (ApprovalCase.case_id == lacks) & (ApprovalCase.source_id == source))
        return known.join(CaseFact, (CaseFact.case_id == ApprovalCase.id) & CaseFact.known_to.is_(None))
    return waits.join(Event, (Event.event_id == lacks) & (Event.source_id == source) & Event.known_to.is_(None))


def claims(connection: Connection, after: int) -> dict[Claim, int]:
    """What rows claim that were refused because something else was known: the first batch after ``after`` by table,
    source and key."""
    query = (
        select(RefusedRow.of, Batch.source_id, RefusedRow.content, RefusedRow.batch_id)
        .join(Batch, Batch.id == RefusedRow.batch_id)
        .where(*WAITS, RefusedRow.batch_id > after, RefusedRow.code.in_(OPPOSED), RefusedRow.content.is_not(None))
        .order_by(RefusedRow.batch_id.desc())
    )
    return {
        (of, source, key): batch
        for of, source, content, batch in connection.execute(query)
        if (key := _key(of, content)) is not None
    }


def taken_out(connection: Connection) -> set[tuple[tuple[int, str], int]]:
    """What pulls told of events and was taken out, and has not come in again: source and event id, and the batch."""
    query = (
        select(Batch.source_id, RefusedRow.content, RefusedRow.batch_id)
        .join(Batch, Batch.id == RefusedRow.batch_id)
        .where(Batch.undone_at.is_(None), RefusedRow.sha256 == PULLED, RefusedRow.row == 0, RefusedRow.of == "events")
        .where(RefusedRow.reasons != NO_REASONS, RefusedRow.content.is_not(None))
    )
    return {
        ((source, key), batch)
        for source, content, batch in connection.execute(query)
        if (key := _key("events", content)) is not None
    }


def _key(of: str, content: str | None) -> str | None:
    """The own key of a row that was set aside, where it is known of which table it is."""
    return str(orjson.loads(content or "{}").get(_KEYS[of])).strip() if of in _KEYS else None


class Mended:
    """The rows of a source that wait, while its tables are read again: one of which they say since what can come in was
    mended there, and waits no more."""

    def __init__(self, connection: Connection, source_id: int) -> None:
        columns = (RefusedRow.id, RefusedRow.of, RefusedRow.content)
        query = select(*columns).join(Batch, Batch.id == RefusedRow.batch_id)
        query = query.where(*WAITS, Batch.source_id == source_id, RefusedRow.content.is_not(None))
        self._rows: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for row, of, content in connection.execute(query.execution_options(yield_per=AT_ONCE)):
            if (key := _key(of, content)) is not None:
                self._rows[of, key].append(row)
        self._came: set[tuple[str, str]] = set()

    def came(self, of: str, keys: Iterable[str]) -> None:
        """Rows with these keys came in."""
        if self._rows:
            self._came.update((of, key) for key in keys if (of, key) in self._rows)

    def refused(self, of: str, keys: Iterable[str]) -> None:
        """Rows with these keys are refused still, whatever others with the same keys say."""
        for key in keys:
            self._rows.pop((of, key), None)

    def hold_no_more(self, connection: Connection, batch_id: int, event_ids: Iterable[str]) -> int:
        """Of events that the source holds to be invalid: done with before anything is fed, for with what they lacked
        they would come in; gives how many rows had waited until now."""
        return self._done_with(connection, batch_id, [("events", key) for key in event_ids])

    def close(self, connection: Connection, batch_id: int) -> int:
        """At the end of a batch: what was mended is done with; gives how many rows had waited until now."""
        came, self._came = sorted(self._came), set()
        return self._done_with(connection, batch_id, came)

    def _done_with(self, connection: Connection, batch_id: int, keys: Iterable[tuple[str, str]]) -> int:
        done = [row for key in keys for row in self._rows.pop(key, ())]
        mended = update(RefusedRow).where(among(connection, RefusedRow.id, done), RefusedRow.landed_in.is_(None))
        return connection.execute(mended.values(landed_in=batch_id)).rowcount if done else 0


def wait_again(connection: Connection, batch_id: int) -> dict[Claim, list[tuple[int, int]]]:
    """What a batch had mended waits again: the rows, each with the batch that told it, by table, source and key."""
    mended = (RefusedRow.landed_in == batch_id, RefusedRow.reasons != NO_REASONS, RefusedRow.content.is_not(None))
    columns = (RefusedRow.id, RefusedRow.batch_id, RefusedRow.of, Batch.source_id, RefusedRow.content)
    query = select(*columns).join(Batch, Batch.id == RefusedRow.batch_id).where(*mended, Batch.undone_at.is_(None))
    found: defaultdict[Claim, list[tuple[int, int]]] = defaultdict(list)
    for row, told_by, of, source, content in connection.execute(query.order_by(RefusedRow.id)):
        if (key := _key(of, content)) is not None:
            found[of, source, key].append((row, told_by))
    mend(connection, [(row, None) for rows in found.values() for row, _told_by in rows])
    return found


def mend(connection: Connection, rows: Iterable[tuple[int, int | None]]) -> None:
    """These rows were mended by the batch beside them; None: they wait."""
    done = [(batch_id, row) for row, batch_id in rows]
    bulk.execute(connection, "UPDATE refused_row SET landed_in = ? WHERE id = ?", done)


def land(connection: Connection, rows: Sequence[int], batch_id: int) -> None:
    """These rows came in with a batch."""
    landed = update(RefusedRow).where(among(connection, RefusedRow.id, rows))
    connection.execute(landed.values(landed_in=batch_id, reasons=NO_REASONS))


def refuse_again(connection: Connection, rows: Iterable[tuple[int, Kept]]) -> None:
    """These rows go on waiting, for another reason."""
    rows = list(rows)
    told = [(row.reasons, row.code, row.lacks, key) for key, row in rows if row.code != "secret"]
    bulk.execute(connection, "UPDATE refused_row SET reasons = ?, code = ?, lacks = ? WHERE id = ?", told)
    forget(connection, [key for key, row in rows if row.code == "secret"])


def forget(connection: Connection, rows: Sequence[int]) -> None:
    """Of these rows nothing stays but that they were of a secret project."""
    if rows:
        overwriting(connection)
        nothing = {"content": None, "reasons": SECRET, "file": "", "of": "", "code": "secret", "lacks": None}
        connection.execute(update(RefusedRow).where(among(connection, RefusedRow.id, rows)).values(**nothing))
