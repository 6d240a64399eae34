"""push: rows of another system into the log, the way of every import; told row by row what became of each.

A push has a name of its sender's, and is known again by it: the same again is answered as before and adds nothing,
other content under the name of one that stands is refused.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from monitor.database import Database
from monitor.intake import (
    ORDER,
    OWN_KEY,
    FileRefused,
    Numbered,
    PassedOver,
    Push,
    PushedSheet,
    Refusal,
    Secrets,
    Sheet,
    TableName,
    pushed,
)
from monitor.reading import pushed as reading
from monitor.store.log import LogBatch
from monitor.verbs.import_log import import_log
from monitor.verbs.imported import Count, Imported

DOOR = "api:"  # before the name of a batch that was pushed: no path of files
UNNAMED = "api"  # a push that has no name is known again by what it says alone
CONFLICTS = frozenset({"other_content", "twice", "moved_case"})


class OtherContent(Exception):
    """A push under the name of another one: ``stored`` and ``sent`` are SHA-256 of what each says."""

    def __init__(self, name: str, stored: str, sent: str) -> None:
        self.name, self.stored, self.sent = name, stored, sent
        super().__init__(name)


class Row(NamedTuple):
    """What became of one row: added, changed, unchanged or refused."""

    table: TableName
    row: int
    id: str
    result: str
    refusals: Sequence[Refusal] = ()


@dataclass
class Pushed:
    """The result of a push. ``outcome``: landed, partial, nothing (all was known) or refused: then ``refusals`` say
    why, and there are no ``rows``. ``batch``: the number under which it stands; ``again``: it came in before."""

    source: str
    outcome: str
    batch: int | None = None
    known_from: dt.datetime | None = None
    reported_until: dt.date | None = None
    fed: int = 0
    again: bool = False
    rows: list[Row] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    refused: int = 0


def push(
    database: Database,
    tables: Mapping[TableName, Sequence[Numbered]],
    *,
    source: str,
    regions: Sequence[str],
    zone: ZoneInfo,
    clock: Callable[[], dt.datetime],
    today: dt.date,
    name: str = "",
    reported_until: dt.date | None = None,
    partial: bool = False,
    places: Collection[str] = (),
    secret_list: Path | None = None,
) -> Pushed:
    """Takes in rows by table, each with its number. ``regions``: beginnings of the area codes of the projects of which
    anything may be written. The rest as of `import_log`.

    Raises OtherContent, and FileRefused for a list of secret projects that cannot be read.
    """
    told = pushed(f"{DOOR}{name}" if name else UNNAMED, tables, reported_until and reported_until.isoformat())
    coming = _Coming(told, source, tuple(regions), again=bool(name))
    result = import_log(
        database,
        (),
        zone=zone,
        clock=clock,
        today=today,
        source=source,
        reported_until=reported_until,
        partial=partial,
        places=places,
        name=told.name,
        secret_list=secret_list,
        within=regions,
        delivery=coming,
    )
    if coming.found is not None:
        return coming.found
    if result.outcome == "refused":
        for refusal in result.refusals:
            if isinstance(refusal, FileRefused):
                raise refusal
        refusals = [refusal for refusal in result.refusals if isinstance(refusal, Refusal)]
        return Pushed(source, "refused", refusals=refusals, refused=result.refused)
    until = result.reported_until
    told_of = Pushed(source, result.outcome, result.batch, result.known_from, until, coming.fed, rows=coming.rows)
    told_of.refused = result.refused
    return told_of


def _alike(count: Count, rows: int) -> str | None:
    """What became of all rows of a table, where it is the same of each."""
    same = {"added": count.added, "changed": count.changed, "unchanged": count.known}
    return next((result for result, n in same.items() if n == rows), None) if rows else None


class _Coming:
    """A push on its way in (`monitor.verbs.import_log.Delivery`)."""

    def __init__(self, told: Push, source: str, regions: tuple[str, ...], *, again: bool) -> None:
        self.told, self.source, self.regions, self.again = told, source, regions, again
        self.sha256 = told.sha256
        self.found: Pushed | None = None
        self.rows: list[Row] = []
        self.fed = 0

    def incoming(self, secrets: Secrets) -> AbstractContextManager[tuple[list[Sheet], PassedOver]]:
        return self.told.incoming(secrets)

    def begins(self, batch: LogBatch) -> bool:
        known = (batch.connection, batch.source_id, self.told.name, batch.id)
        before = reading.landed(*known) if self.again else None
        if before is None:
            for sheet in self.told.sheets:
                self._object(batch, sheet)
            return True
        if before.sha256 != self.sha256:
            raise OtherContent(self.told.name.removeprefix(DOOR), before.sha256, self.sha256)
        refusals = [
            Refusal(
                one.file,
                one.sha256,
                one.row,
                **{k: reason[k] for k in ("code", "column", "value", "params") if k in reason},
            )
            for one in reading.set_aside(batch.connection, before.id)
            for reason in one.reasons
        ]
        self._look(batch, before.id, refusals, {})
        refused = sum(row.result == "refused" for row in self.rows)
        outcome = "partial" if refused else "landed"
        self.found = Pushed(
            self.source, outcome, before.id, before.known_from, before.reported_until, self.fed, True, self.rows
        )
        self.found.refused = refused
        return False

    def lands(self, batch: LogBatch, result: Imported) -> None:
        refusals = [refusal for refusal in result.refusals if isinstance(refusal, Refusal)]
        self._look(batch, batch.id, refusals, result.counts)

    def _look(self, batch: LogBatch, number: int, refusals: Sequence[Refusal], counts: Mapping[str, Count]) -> None:
        """What became of each row: where the ``counts`` of its table leave it open, by what the log says of it."""
        why: defaultdict[tuple[str, int], list[Refusal]] = defaultdict(list)
        tables = {sheet.sha256: sheet.table for sheet in self.told.sheets}
        for refusal in refusals:
            if refusal.sha256 in tables:
                why[tables[refusal.sha256], refusal.row].append(refusal)
        sent = list(self.told.rows())
        ids: dict[str, list[str]] = {table: [key for of, _row, key in sent if of == table] for table in ORDER}
        alike = {table: _alike(counts[table], len(ids[table])) for table in counts}
        asked = {table: [] if alike.get(table) else keys for table, keys in ids.items()}
        new = reading.told_by(batch.connection, number, batch.source_id, asked)
        for table, row, key in sent:
            because = why.get((table, row), ())
            result = alike.get(table) or ("refused" if because else new.pop((table, key), "unchanged"))
            secret = any(refusal.code == "secret" for refusal in because)
            self.rows.append(Row(table, row, "" if secret else key, result, tuple(because)))
        self.fed = reading.fed(batch.connection, number)

    def _object(self, batch: LogBatch, sheet: PushedSheet) -> None:
        """Refuses the rows of projects elsewhere, and those that confirm a late stop (no token has `Right.CONFIRM`):
        what they say is not for this sender to say."""
        if sheet.table == "events":
            cases = sheet.told("case_id") or []
            known = batch.cases.find(cases)
            projects = {case: project for case, (_key, project) in known.items()}
        else:
            cases = sheet.told("project_code") or []
            projects = {code: key for code, (key, _region) in batch.projects.find(cases).items()}
        out = reading.elsewhere(batch.connection, self.regions, set(projects.values()))
        if sheet.table == "projects":
            self._object_regions(sheet, cases, projects, out)
            return
        for at, stop in enumerate(sheet.told("confirms") or ()):
            if stop:
                sheet.object(at, "not_to_confirm", "confirms", stop)
        code, column = ("foreign_case", "case_id") if sheet.table == "events" else ("foreign_project", "project_code")
        objected = {at for at, named in enumerate(cases) if projects.get(named) in out}
        for at in sorted(objected):
            sheet.object(at, code, column, cases[at])
        if sheet.table == "cases":  # nor is anything told of one that is known elsewhere
            ids = sheet.told("case_id") or []
            of = {case: project for case, (_key, project) in batch.cases.find(ids).items()}
            out = reading.elsewhere(batch.connection, self.regions, set(of.values()))
            for at, named in enumerate(ids):
                if of.get(named) in out and at not in objected:
                    sheet.object(at, "foreign_case", "case_id", named)

    def _object_regions(
        self, sheet: PushedSheet, codes: Sequence[str], known: Mapping[str, int], out: Collection[int]
    ) -> None:
        regions = sheet.told("region")
        allowed = ", ".join(self.regions)
        for at, code in enumerate(codes):
            if known.get(code) in out:
                sheet.object(at, "region_not_yours", OWN_KEY["projects"], code, regions=allowed)
            elif regions is None and code not in known:
                sheet.object(at, "region_not_yours", "region", "", regions=allowed)
            elif regions is not None and not regions[at].startswith(self.regions):
                sheet.object(at, "region_not_yours", "region", regions[at], regions=allowed)
