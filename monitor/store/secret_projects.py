"""Secret projects and their cases are known again by digests; one that was taken in before that was known is purged."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import orjson
from sqlalchemy import Connection, delete, func, insert, select

from monitor.codes.secret import code_digests, digest, spellings
from monitor.store import standings, telling, waiting
from monitor.tables import ApprovalCase, Base, Batch, Event, Outbox, Project, RefusedRow, SecretDigest, Source, Turn
from monitor.tables.among import among

Names = Callable[[str], bool]  # whether a project code is on the office's list
_NAMES, _IDS = ("name", "applicant", "credit_code"), ("case_id", "event_id")


class SecretMemory:
    """What is remembered of secret projects, and of the cases of them that a source told.

    ``blank``: nothing. ``known``: keys and codes of the projects known here that were met in an import and are secret.
    """

    def __init__(self, connection: Connection, source: str) -> None:
        self.connection, self.source = connection, source
        self.blank = connection.execute(select(SecretDigest.digest).limit(1)).first() is None
        self.known: dict[int, str] = {}

    def projects_among(self, digests: Collection[str]) -> set[str]:
        """Those of these digests of codes that are of secret projects."""
        return set() if self.blank else _remembered(self.connection, digests)

    def cases_among(self, ids: Collection[str]) -> set[str]:
        """Those of these case ids that were of secret projects."""
        if self.blank:
            return set()
        digests = {_case_digest(self.source, case): case for case in ids}
        return {digests[one] for one in _remembered(self.connection, digests)}

    def met(self, codes: Collection[str]) -> None:
        """These codes of secret projects were met: those that are known here, however they are written, are noted."""
        written = {one for code in codes for one in spellings(code)}
        query = select(Project.id, Project.code).where(among(self.connection, Project.code, sorted(written)))
        self.known.update((key, code) for key, code in self.connection.execute(query))

    def remember(self, projects: Iterable[str], cases: Iterable[str]) -> bool:
        """Notes digests of project codes and ids of cases, and the cases of the projects that are known here; gives
        whether any of them is new."""
        digests = {*projects, *(_case_digest(self.source, case) for case in cases)}
        digests |= _cases_of(self.connection, self.known).keys()
        fresh = digests - _remembered(self.connection, digests)
        _remember(self.connection, fresh)
        self.blank = self.blank and not fresh
        return bool(fresh)


def _case_digest(source: str, case_id: str) -> str:
    return digest(f"{source}\n{case_id}")


def _remembered(connection: Connection, digests: Collection[str]) -> set[str]:
    query = select(SecretDigest.digest).where(among(connection, SecretDigest.digest, sorted(digests)))
    return set(connection.execute(query).scalars())


def _remember(connection: Connection, digests: Iterable[str]) -> None:
    if rows := [{"digest": one} for one in sorted(digests)]:
        connection.execute(insert(SecretDigest), rows)


def _cases_of(connection: Connection, projects: Collection[int]) -> dict[str, int]:
    """Digest -> key of the cases of some projects."""
    rows = connection.execute(
        select(ApprovalCase.id, Source.name, ApprovalCase.case_id)
        .join(Source, Source.id == ApprovalCase.source_id)
        .where(among(connection, ApprovalCase.project_id, sorted(projects)))
    )
    return {_case_digest(source, case): key for key, source, case in rows}


def forget_waiting(connection: Connection, listed: Names) -> list[Aside]:
    """Of rows that were set aside and speak of a secret project, remembered or ``listed``, or of a case of one, nothing
    stays but that they were secret; gives what they told. Their cases and projects are remembered."""
    forgotten: list[Aside] = []
    while gone := [row for some in _waiting(connection) for row in _secret_rows(connection, some, listed)]:
        waiting.forget(connection, [row.key for row in gone])
        forgotten += gone  # a case that was found may be what other rows name
    return forgotten


@dataclass(frozen=True)
class Aside:
    """A row that was set aside: texts that may be the code of its project, digests that may be of its case, and that
    which is. ``names``, ``ids``: by which its project, and its case or event, are known again in a text."""

    key: int
    codes: frozenset[str]
    cases: frozenset[str]
    own: frozenset[str]
    names: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()


def _waiting(connection: Connection) -> Iterator[list[Aside]]:
    last = 0
    while True:
        query = (
            select(RefusedRow.id, Source.name, RefusedRow.code, RefusedRow.content)
            .join(Batch, Batch.id == RefusedRow.batch_id)
            .join(Source, Source.id == Batch.source_id)
            .where(RefusedRow.content.is_not(None), RefusedRow.id > last)
            .order_by(RefusedRow.id)
            .limit(waiting.AT_ONCE)
        )
        rows = connection.execute(query).all()
        if not rows:
            return
        last = rows[-1][0]
        yield [_aside(*row) for row in rows]


def _aside(key: int, source: str, code: str, content: str | None) -> Aside:
    told = {name: str(text).strip() for name, text in orjson.loads(content or "{}").items()}
    if code == "fields":  # any cell of it may be of any column
        return Aside(key, frozenset(told.values()), _digests(source, told.values()), frozenset())
    own = _digests(source, [told.get("case_id", "")])
    names, ids = (frozenset(filter(None, map(told.get, columns))) for columns in (_NAMES, _IDS))
    return Aside(key, frozenset([told.get("project_code", "")]), own, own, names, ids)


def _digests(source: str, cases: Iterable[str]) -> frozenset[str]:
    return frozenset(_case_digest(source, case) for case in cases if case)


def _secret_rows(connection: Connection, rows: Sequence[Aside], listed: Names) -> list[Aside]:
    """Those that are of a secret project, with its code alone of those that may be one."""
    by_digest = code_digests(code for row in rows for code in row.codes)
    known = _remembered(connection, by_digest)
    more = {one for one, codes in by_digest.items() if one not in known and any(map(listed, codes))}
    codes = {code for one in known | more for code in by_digest[one]}
    cases = _remembered(connection, {case for row in rows for case in row.cases})
    found = [row for row in rows if row.codes & codes or row.cases & cases]
    _remember(connection, more | ({case for row in found for case in row.own} - cases))
    return [replace(row, codes=row.codes & codes) for row in found]


@dataclass
class Purged:
    """How much there was of the projects that were purged: rows."""

    projects: int = 0
    cases: int = 0
    events: int = 0
    refused_rows: int = 0


def secret_keys(connection: Connection, listed: Names) -> list[int]:
    """Keys of the projects known here that are remembered as secret, or ``listed``."""
    keys: list[int] = []
    rows = connection.execute(select(Project.id, Project.code).execution_options(yield_per=10_000))
    for some in rows.partitions():
        by_digest = code_digests(code for _key, code in some)
        codes = {code for one in _remembered(connection, by_digest) for code in by_digest[one]}
        keys += [key for key, code in some if code in codes or listed(code)]
    return keys


def keys_of(connection: Connection, projects: Sequence[int]) -> list[list[int]]:
    """The keys of what is kept of these projects: of themselves, of their cases, and the number and the highest key of
    their events."""
    cases = select(ApprovalCase.id).where(among(connection, ApprovalCase.project_id, projects))
    counted = select(func.count(), func.max(Event.id)).where(among(connection, Event.project_id, projects))
    events, last = connection.execute(counted).one()
    return [sorted(projects), sorted(connection.execute(cases).scalars()), [events, last or 0]]


def purge(connection: Connection, projects: Sequence[int]) -> Purged:
    """Deletes all that is kept of these projects, but for the digests by which they and their cases are known again:
    the one deletion of what was told. The caller holds the lock of the writers of the log."""
    standings.alone(connection)
    cases = _cases_of(connection, projects)
    codes = connection.execute(select(Project.code).where(among(connection, Project.id, projects))).scalars()
    events = select(func.count()).select_from(Event).where(among(connection, Event.project_id, projects))
    done = Purged(len(projects), len(cases), int(connection.execute(events).scalar() or 0))
    known = {*cases, *code_digests(codes)}
    _remember(connection, known - _remembered(connection, known))
    standings.write(connection, projects)  # takes their days out of the tally
    turns = select(Turn.id).where(among(connection, Turn.project_id, projects))
    connection.execute(delete(Outbox).where(Outbox.turn_id.in_(turns)))
    telling.forget_projects(connection, projects)
    keys = {"project": list(projects), "approval_case": list(cases.values())}
    for table in reversed(Base.metadata.sorted_tables):
        for column in table.columns:
            for to in (key.column.table.name for key in column.foreign_keys):
                if to in keys:
                    connection.execute(delete(table).where(among(connection, column, keys[to])))
    connection.execute(delete(Project).where(among(connection, Project.id, projects)))
    return done
