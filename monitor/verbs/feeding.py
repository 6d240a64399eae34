"""Rows that wait are fed again, in the transaction of the batch that brought what they lacked.

They take the way of every import (`Landing`), in the name of the batch that told them: what a later batch told of the
same thing stays the last word.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

import orjson

from monitor.intake import TABLES, Listed, Refusal, Sheet, TableName, written
from monitor.reading.pushed import elsewhere
from monitor.store import waiting
from monitor.store.log import LogBatch
from monitor.store.mending import Mending
from monitor.store.refold import Orphan, Refolded, refold
from monitor.store.telling import Keys
from monitor.store.waiting import Kept, Waiting
from monitor.verbs.imported import Imported
from monitor.verbs.landing import Landing, kept
from monitor.verbs.terms import Terms

_COLUMNS = {"unknown_project": "project_code", "unknown_case": "case_id", "moved_case": "project_code"}
_COLUMNS["other_content"] = "event_id"
# Until such a row is fed again, at once, and comes in or is told why not.
_PARAMS = {"moved_case": {"known": ""}, "other_content": {"column": "", "known": "", "told": ""}}
_HEADER = 1  # rows of the sheets that are fed begin after it


def feed(batch: LogBatch, terms: Terms, *, opposed: bool = False) -> Counter[str]:
    """Feeds what waits and may come in, in the order in which it was told; gives how many rows came in, by table.

    All cases come in before any event, and all events that lacked their case before those that lacked another event: of
    two rows that lacked the same and contradict one another the first has the word. What names an event may itself be
    named, so it goes on until nothing more comes in.

    ``opposed``: also the rows against which something spoke that was known, for it may have been taken back.
    """
    came: Counter[str] = Counter()
    projects: set[int] = set()
    tried: set[tuple[int, str, str | None]] = set()
    for lacking in waiting.LACKING:
        again = True
        while again:
            some = _pass(batch, terms, lacking, opposed, tried, projects)
            came.update(some)
            again = lacking == "unknown_event" and some.total() > 0
    for _done in work_out(batch, sorted(projects)):
        pass
    return came


def _pass(
    batch: LogBatch,
    terms: Terms,
    lacking: str,
    opposed: bool,
    tried: set[tuple[int, str, str | None]],
    projects: set[int],
) -> Counter[str]:
    """Feeds once what lacked something of this kind, and has it now; adds to ``tried`` what goes on waiting, and the
    ``projects`` of what came in."""
    came, after = Counter[str](), (0, 0)
    while rows := waiting.ready(batch.connection, lacking, after, opposed=opposed):
        after = rows[-1].batch, rows[-1].id
        fresh = [row for row in rows if row.why not in tried and _canonical(row)]
        for told_by, mine in groupby(fresh, key=lambda row: row.batch):
            run = _Feeding(batch, told_by, list(mine), terms)
            run.leave_what_is_not_theirs()
            came.update(run.go())
            projects |= run.projects
            tried |= {row.why for row in run.waits if row.id in run.refused}
    return came


def _canonical(row: Waiting) -> bool:
    """Whether the row was kept in the columns of a canonical file; of another one a person has to see to it."""
    return orjson.loads(row.content).keys() <= {column.name for column in TABLES[row.of]}


def work_out(
    batch: LogBatch, projects: Sequence[int] | Keys, undoing: int | None = None, again: Mending | None = None
) -> Iterator[Refolded]:
    """Works these projects out anew, and sets aside what hangs on something that is not known any more. ``undoing``,
    ``again``: as `refold` takes them."""
    for done, orphans in refold(batch, projects, undoing, again):
        batch.touch(done.touched)
        by_batch: defaultdict[int, list[Orphan]] = defaultdict(list)
        for one in orphans:
            by_batch[one.batch].append(one)
        for told_by, mine in by_batch.items():
            came_in = batch.origin(told_by)
            waiting.set_aside(batch.connection, told_by, [_row_of(one, *came_in) for one in mine])
        yield done


def _row_of(orphan: Orphan, file: str, sha256: str) -> Kept:
    """A telling that was taken out as a row that waits: of no row of a file, but as a canonical file would say it."""
    table: TableName = "cases" if orphan.of.name == "CASES" else "events"
    told = {name: value for name, value in orphan.told.items() if name not in ("day", "entered_day")}
    content = {name: written(table, name, value) for name, value in told.items()}
    column = _COLUMNS.get(orphan.code) or ("voids" if told.get("voids") == orphan.lacks else "confirms")
    refusal = Refusal(file, sha256, 0, orphan.code, column, orphan.lacks, _PARAMS.get(orphan.code, {}))
    return replace(kept(table, 0, [refusal], lambda _row: content), landed_in=orphan.mended_in)


class _Feeding(Landing):
    """Rows that one batch told, on their way in."""

    def __init__(self, batch: LogBatch, told_by: int, rows: list[Waiting], terms: Terms) -> None:
        super().__init__(batch.speaking_for(told_by), Imported("", False), terms, partial=True)
        self.whole, self.waits, self.told_by = batch, rows, told_by
        self.at: dict[tuple[str, int], Waiting] = {}  # by the sheet and the row in which it is fed
        self.refused: dict[int, list[Refusal]] = {}
        self.projects: set[int] = set()

    def leave_what_is_not_theirs(self) -> None:
        """Rows go on waiting whose project turned out to lie where the sender of the batch may tell of none."""
        regions = self.whole.held_to(self.told_by)
        if regions is None:
            return
        told = {row.id: orjson.loads(row.content) for row in self.waits}
        cases = self.batch.cases.find([one["case_id"] for one in told.values() if "case_id" in one])
        codes = self.batch.projects.find([one["project_code"] for one in told.values() if "project_code" in one])

        def project(row: Waiting) -> int | None:
            one = told[row.id]
            found = codes.get(one.get("project_code", ""))
            return found[0] if found else cases.get(one.get("case_id", ""), (0, None))[1]

        of = {row.id: project(row) for row in self.waits}
        out = elsewhere(self.whole.connection, regions, {key for key in of.values() if key is not None})
        self.waits = [row for row in self.waits if of[row.id] not in out]

    def go(self) -> Counter[str]:
        """Feeds them; gives how many came in, by table."""
        self.take(self._sheets())
        self._refuse_lost()
        self.whole.next_event = self.batch.next_event + self.rows["events"]
        self.projects = {*self.batch.touched(), *self.batch.again.projects()}
        self.whole.touch(self.batch.touched())
        self.batch.again.flush()
        landed = [row for row in self.waits if row.id not in self.refused]
        waiting.land(self.whole.connection, [row.id for row in landed], self.whole.id)
        of_row = {row.id: row for row in self.waits}
        waiting.refuse_again(
            self.whole.connection,
            [(key, self._kept(of_row[key], listed)) for key, listed in self.refused.items()],
        )
        return Counter(row.of for row in landed)

    def _sheets(self) -> list[Sheet]:
        """The rows of one table with the same columns are a sheet, under a number as its name."""
        by_columns: defaultdict[tuple[TableName, tuple[str, ...]], list[Waiting]] = defaultdict(list)
        told: dict[int, dict[str, str]] = {row.id: orjson.loads(row.content) for row in self.waits}
        for row in self.waits:
            by_columns[row.of, tuple(told[row.id])].append(row)
        sheets = []
        for n, ((table, columns), mine) in enumerate(by_columns.items()):
            listed = Listed(list(columns), [list(told[row.id].values()) for row in mine], _HEADER + 1)
            sheets.append(Sheet(str(n), table, "", len(mine), "", listed))
            self.at |= {(str(n), _HEADER + 1 + k): row for k, row in enumerate(mine)}
        return sheets

    def _refuse(self, table: TableName, refusals: list[Refusal], content: Callable[[int], dict[str, str]]) -> None:
        """Notes by its own file and row what goes on waiting."""
        for refusal in refusals:
            row = self.at[refusal.file, refusal.row]
            params: dict[str, Any] = dict(refusal.params)
            if "where" in params:
                other = self.at[params["where"]]
                params["where"] = (other.file, other.row)
            own = replace(refusal, file=row.file, sha256=row.sha256, row=row.row, params=params)
            self.refused.setdefault(row.id, []).append(own)

    def _kept(self, row: Waiting, listed: list[Refusal]) -> Kept:
        return kept(row.of, row.row, listed, lambda _row: {})
