"""What entries of the trail say of a person, or of projects that go: found, to be erased.

Rather too much goes than too little: whoever wrote an entry may have named a project in a file name or in a sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, delete, select, update

from monitor.codes.secret import fold
from monitor.store.trail import AT_ONCE
from monitor.tables import ApprovalCase, Batch, Event, Job, Project, ProjectFact, RefusedRow, TrailDetail
from monitor.tables.among import among

SHORTEST = 2  # characters of a name that is looked for within a text; a shorter one is in every other word
WITHHELD = "…"
Part = tuple[int, str]  # number of the entry, part
Speaks = Callable[[str, str], bool]  # key, text


@dataclass(frozen=True)
class Traces:
    """By what projects are known again in a text: codes and names, both folded, and the ids of their cases and
    events."""

    codes: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()

    def __or__(self, other: Traces) -> Traces:
        return Traces(self.codes | other.codes, self.names | other.names, self.ids | other.ids)

    def among(self) -> Callable[[str], bool]:
        """A function that says whether a text names one of the projects, in whatever width and case, and with whatever
        dash or blank between. A code counts where neither letter nor digit touches it."""
        # Between any two of its characters one that is neither may stand: names of files have _ for a dash.
        codes = "|".join(r"[\W_]?".join(map(re.escape, code)) for code in sorted(self.codes, key=len, reverse=True))
        written = re.compile(rf"(?<![0-9a-z])(?:{codes})(?![0-9a-z])") if codes else None
        long = [name for name in self.names if len(name) >= SHORTEST]

        def named(text: str) -> bool:
            folded = fold(text)
            if folded in self.names or any(name in folded for name in long):
                return True
            return bool(written and written.search(unicodedata.normalize("NFKC", text).casefold()))

        return named


def traces_of(codes: Iterable[str], names: Iterable[str], ids: Iterable[str]) -> Traces:
    """Of projects with these codes and names, as they were told; blank ones tell nothing."""

    def folded(texts: Iterable[str]) -> frozenset[str]:
        return frozenset(filter(None, map(fold, texts)))

    return Traces(folded(codes), folded(names), frozenset(filter(None, ids)))


def traces(connection: Connection, projects: Sequence[int]) -> Traces:
    """Of these projects, before they are gone."""

    def told(*columns: Any, of: Any) -> Iterator[str]:
        for row in connection.execute(select(*columns).where(among(connection, of, projects)).distinct()):
            yield from filter(None, row)

    codes = told(Project.code, of=Project.id)
    names = told(ProjectFact.name, ProjectFact.applicant, ProjectFact.credit_code, of=ProjectFact.project_id)
    ids = {*told(ApprovalCase.case_id, of=ApprovalCase.project_id), *told(Event.event_id, of=Event.project_id)}
    return traces_of(codes, names, ids)


def of_projects(connection: Connection, known: Traces) -> list[Part]:
    """All parts of entries one of whose parts has a trace of these projects: a sentence of a person may speak of what
    stands beside it. An id counts only where an id is told."""
    named = known.among()

    def speaks(key: str, text: str) -> bool:
        return (key in ("case_id", "event_id") and text in known.ids) or named(text)

    found = {seq for (seq, _part), content in _contents(connection) if any(speaks(*told) for told in _texts(content))}
    columns = (TrailDetail.seq, TrailDetail.part)
    rows = connection.execute(select(*columns).where(among(connection, TrailDetail.seq, sorted(found))))
    return sorted((int(seq), str(part)) for seq, part in rows)


def forget_file_names(connection: Connection, known: Traces) -> None:
    """Names of files that name one of these projects go, of batches and of rows that were set aside; what was in the
    files is known by their hash."""
    named = known.among()
    for table, column in ((Batch, Batch.name), (RefusedRow, RefusedRow.file)):
        names = [name for name in connection.execute(select(column).distinct()).scalars() if named(name)]
        for name in names:
            connection.execute(update(table).where(column == name).values({column: WITHHELD}))


def forget_jobs(connection: Connection, known: Traces, listed: Callable[[str], bool]) -> int:
    """Jobs go whose words, or what came of them, name one of these projects, or one that is ``listed``; gives how many.
    What they changed stands in the log and in the trail."""
    named = known.among()

    def speaks(text: str) -> bool:
        return text in known.ids or named(text) or listed(text)

    columns = (Job.id, Job.arguments, Job.result)
    gone = [
        number
        for number, *told in connection.execute(select(*columns))
        if any(speaks(text) for content in told if content for _key, text in _texts(orjson.loads(content)))
    ]
    connection.execute(delete(Job).where(among(connection, Job.id, gone)))
    return len(gone)


def of_person(connection: Connection, name: str) -> list[Part]:
    """The parts of entries that name a person, each by itself."""
    told = _contents(connection)
    return sorted({part for part, content in told if any(name in text for _key, text in _texts(content))})


def _contents(connection: Connection) -> Iterator[tuple[Part, Any]]:
    last = 0
    columns = (TrailDetail.seq, TrailDetail.part, TrailDetail.content)
    while True:
        # An entry has two parts at most: of the last one a part may be left over, so it comes again.
        query = select(*columns).where(TrailDetail.seq >= last).order_by(TrailDetail.seq, TrailDetail.part)
        rows = connection.execute(query.limit(AT_ONCE)).all()
        yield from (((seq, part), orjson.loads(content)) for seq, part, content in rows)
        if len(rows) < AT_ONCE:
            return
        last = rows[-1].seq


def _texts(content: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text with the key under which it stands."""
    if isinstance(content, str):
        yield key, content
    elif isinstance(content, dict):
        for name, inner in content.items():
            yield from _texts(inner, name)
    elif isinstance(content, Iterable):
        for inner in content:
            yield from _texts(inner, key)
