"""What is known of some projects, worked out anew from what the batches told that were not taken back.

Of each project, case and event the tellings that remain are folded in the order of their batches (`telling.fold`), and
the difference to what is known now is written: nothing is deleted, versions end and begin at the moment of the batch
that writes. A case without its project, an event without its case, a void or confirmation without its event cannot
be known: such tellings are taken out, to be set aside as rows that wait.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Integer, select, type_coerce

from monitor.store import bulk, edits, telling, waiting
from monitor.store.edits import Folded, Overtaken
from monitor.store.events import OPTIONAL
from monitor.store.facts import CASE_BLANKS, CASE_COLUMNS, PROJECT_BLANKS, PROJECT_COLUMNS, stand
from monitor.store.history import FIXED, History, Key, Row, known_elsewhere
from monitor.store.log import LogBatch
from monitor.store.mending import Mending, Mends
from monitor.store.telling import TABLES, Keys, Of, Telling
from monitor.store.versions import next_key
from monitor.tables import FOLLOWS, Batch, CaseFact, ProjectFact
from monitor.tables.twins import twin_of, twins, void_of
from rules.vocabulary import Pause, Status

AT_ONCE = 500  # projects whose whole history is in memory together
_REGION, _KIND, _CODED_ON = (PROJECT_COLUMNS.index(name) for name in ("region", "kind", "coded_on"))
_DEPARTMENT = CASE_COLUMNS.index("department_id")
_NOBODY = 2**63  # a number after that of every batch
_OPTIONAL = tuple(OPTIONAL)
_PROCEDURE, _VOIDS, _CONFIRMS = (_OPTIONAL.index(name) for name in ("procedure", "voids", "confirms"))


@dataclass(frozen=True, slots=True)
class Orphan:
    """A telling that hangs on something that is not known any more: ``told`` by column, typed; a department by its
    name. ``code`` and ``lacks``: why it cannot be known, and which key is missing. ``mended_in``: a later pull told it
    otherwise, so that it need not wait."""

    batch: int
    of: Of
    told: dict[str, Any]
    code: str
    lacks: str
    mended_in: int | None = None


@dataclass
class Change:
    """What became of the rows of one table: known no more, known otherwise, and tellings set aside. A row that says the
    same, but by another batch, is none of them."""

    gone: int = 0
    changed: int = 0
    waiting: int = 0


@dataclass
class Refolded:
    """What a refolding wrote. ``projects``: how many were looked at; ``touched``: those of which something else is
    known now."""

    projects: int = 0
    of: dict[Of, Change] = field(default_factory=lambda: {of: Change() for of in TABLES})
    touched: set[int] = field(default_factory=set)


def refold(
    batch: LogBatch, projects: Sequence[int] | Keys, undoing: int | None = None, again: Mending | None = None
) -> Iterator[tuple[Refolded, list[Orphan]]]:
    """Works out these projects anew, some at once: what was written, and the tellings that were taken out.

    ``undoing``: the batch that is being taken back. Where a row of a batch after it was refused because of what it
    told, while a later one told the same as it, that row would have been first: then all tellings are taken out, for
    the rows to come in again in their order. ``again``: rows that wait again, for it had mended them; those that a
    later pull told as well are done with.
    """
    batch.again.flush()
    claims = waiting.claims(batch.connection, undoing) if undoing else {}
    mends = Mends(batch.connection, again or {})
    undone = set(batch.connection.execute(select(Batch.id).where(Batch.undone_at.is_not(None))).scalars())
    left: Sequence[int] | Keys = projects
    while len(left):
        beyond, out = set[int](), waiting.taken_out(batch.connection)
        for at in range(0, len(left), AT_ONCE):
            ids = [int(key) for key in left[at : at + AT_ONCE]]
            some = _Some(batch, History(batch.connection, ids, undone, undoing, claims), mends, out)
            some.work_out()
            beyond |= some.beyond
            yield some.done, some.orphans
        left = sorted(beyond)


class _Some:
    """The projects that are worked out together."""

    def __init__(self, batch: LogBatch, history: History, mends: Mends, out: Set[tuple[Key, int]]) -> None:
        self.batch, self.connection, self.history, self.mends = batch, batch.connection, history, mends
        self.done, self.orphans = Refolded(len(history.ids)), list[Orphan]()
        self.out: dict[Of, set[int]] = {of: set() for of in TABLES}  # rows whose tellings are taken out
        self.out_before = out  # what pulls told of events and was taken out, by key and batch
        self.lost = set[tuple[Key, int]]()  # the same of these projects now
        self.beyond = set[int]()  # other projects, of which something else follows then: an event was moved

    def work_out(self) -> None:
        """Projects first: what hangs on another thing comes after it."""
        moment = bulk.moment(self.connection, self.batch.known_from)
        regions = self._fold_projects(moment)
        cases = self._fold_cases(regions, moment)
        self._fold_events(cases, moment)
        self._take_out()
        self.mends.close()

    # ---- projects, cases, events

    def _fold_projects(self, moment: Any) -> dict[int, str]:
        """Writes the projects; gives the region of each that is known."""
        blank, known = tuple(PROJECT_BLANKS.values()), self.history.known[Of.PROJECTS]
        regions: dict[int, str] = {}
        fresh, ended = list[bulk.Row](), list[int]()
        sources = self._sources()
        key_of = next_key(self.connection, ProjectFact)
        for project in self.history.ids:
            now, told = known.get(project), self.history.tellings[Of.PROJECTS].get(project)
            values: tuple[Any, ...] | None = None
            if told:
                values, by = telling.fold((one for _row, one in told), blank)
                if values[_CODED_ON] is None:  # derived, before it was written down
                    day = min(row.values[_CODED_ON] for row, _one in told)
                    values = (*values[:_CODED_ON], day, *values[_CODED_ON + 1 :])
                regions[project] = values[_REGION]
                self._stays(Of.PROJECTS, project, told)
                if now and now.values == values and now.batch not in self.history.undone:
                    continue
                fresh.append((key_of + len(fresh), project, sources[by], by, moment, FOLLOWS, *values))
            self._count(Of.PROJECTS, now, values, project, ended)
        self._end("project_fact", moment, ended)
        names = ("id", "project_id", "source_id", "batch_id", "known_from", "told", *PROJECT_COLUMNS)
        bulk.insert(self.connection, "project_fact", names, fresh)
        place = len(names) - len(PROJECT_COLUMNS)
        stand(self.connection, [(row[1], row[place + _REGION], row[place + _KIND]) for row in fresh])
        return regions

    def _fold_cases(self, regions: dict[int, str], moment: Any) -> set[int]:
        """Writes the cases; gives those that are known."""
        blank, known = tuple(CASE_BLANKS.values()), self.history.known[Of.CASES]
        folded: dict[int, tuple[int, tuple[Any, ...], int]] = {}
        for case, told in self.history.tellings[Of.CASES].items():
            project = told[0][0].project
            if self.history.disputed[Of.CASES].get(case, _NOBODY) < min(one.batch for _row, one in told):
                self._orphan(Of.CASES, told, "moved_case", self.history.codes[project])
            elif project in regions:
                folded[case] = (project, *telling.fold((one for _row, one in told), blank))
                self._stays(Of.CASES, case, told)
            else:
                self._orphan(Of.CASES, told, "unknown_project", self.history.codes[project])
        named = [(regions[project], values[_DEPARTMENT]) for project, values, _by in folded.values()]
        office = dict(zip(folded, self.batch.cases.departments(named), strict=True))
        fresh, ended = list[bulk.Row](), list[int]()
        key_of = next_key(self.connection, CaseFact)
        for case in sorted(known.keys() | folded.keys()):
            now = known.get(case)
            values: tuple[Any, ...] | None = None
            if case in folded:
                project, said, by = folded[case]
                values = (*said[:_DEPARTMENT], office[case], *said[_DEPARTMENT + 1 :])
                if now and _with_department(now) == values and now.batch not in self.history.undone:
                    continue
                fresh.append((key_of + len(fresh), case, project, by, moment, FOLLOWS, *values))
            else:
                project = known[case].project
            self._count(Of.CASES, now and replace(now, values=_with_department(now)), values, project, ended)
        self._end("case_fact", moment, ended)
        names = ("id", "case_id", "project_id", "batch_id", "known_from", "told", *CASE_COLUMNS)
        bulk.insert(self.connection, "case_fact", names, fresh)
        return set(folded)

    def _fold_events(self, cases: set[int], moment: Any) -> None:
        known = self.history.known[Of.EVENTS]
        folded: dict[Any, Folded] = {}
        overtaken: dict[Any, list[Overtaken]] = {}
        rows = self.history.rows[Of.EVENTS]
        gone = edits.taken_back(rows.values(), self.history.undone, self.history.no_more(), self.out_before)
        for key, told in self.history.tellings[Of.EVENTS].items():
            if self.history.disputed[Of.EVENTS].get(key, _NOBODY) < min(one.batch for _row, one in told):
                self._orphan(Of.EVENTS, told, "other_content", key[1])
                continue
            # A source that edits in place may have told an event of several cases, each by itself.
            lost = [(row, one) for row, one in told if row.fixed[0] not in cases]
            told = [(row, one) for row, one in told if row.fixed[0] in cases]
            self._stays(Of.EVENTS, key, told, gone.get(key, ()))
            for case in sorted({row.fixed[0] for row, _one in lost}):
                mine = [(row, one) for row, one in lost if row.fixed[0] == case]
                self._orphan(Of.EVENTS, mine, "unknown_case", self.history.case_ids[case])
            if told:
                blank = list(OPTIONAL.values())
                if told[0][0].fixed[1] in (Status.PROCEDURE_STARTED, Status.PROCEDURE_ENDED):
                    blank[_PROCEDURE] = int(Pause.OTHER)  # as `monitor.intake` takes a file without the column
                said, before = edits.replay(told, gone.get(key, ()), tuple(blank))
                if said:
                    folded[key] = said
                if before:
                    overtaken[key] = before
        days = self._known_on() if overtaken else {}
        gone_by = ((*key, one.until) for key, before in overtaken.items() for one in before)
        called = twins(self.connection, gone_by, set(self.history.ids), self.history.tellings[Of.EVENTS])
        for key, before in overtaken.items():
            folded |= edits.kept(key, before, called, days)
        edits.rename(folded, overtaken, called)
        self._without_targets(folded)
        fresh, ended = list[bulk.Row](), list[int]()
        for key in sorted(known.keys() | folded.keys()):
            now = known.get(key)
            values: tuple[Any, ...] | None = None
            if key in folded:
                row, values, by = folded[key]
                if now and (now.values, now.fixed, now.batch) == (values, row.fixed, by):
                    continue
                head = (row.project, self.batch.next_event, row.fixed[0], *key, by, moment, FOLLOWS)
                fresh.append((*head, *row.fixed[1:], *values))
                self.batch.next_event += 1
            project = (now or folded[key][0]).project
            self._count(Of.EVENTS, now, values, project, ended)
        ends = [(moment, rows[gone].project, gone) for gone in ended] + self._beyond(
            folded.keys() - known.keys(), moment
        )
        bulk.execute(self.connection, "UPDATE event SET known_to = ? WHERE project_id = ? AND id = ?", ends)
        names = ("project_id", "id", "case_id", "source_id", "event_id", "batch_id", "known_from", "told")
        bulk.insert(self.connection, "event", (*names, *FIXED, *_OPTIONAL), sorted(fresh))

    def _beyond(self, fresh: Set[Key], moment: Any) -> list[bulk.Row]:
        """Notes the projects from which or to which events of these were moved; gives those of ``fresh`` that are known
        there, to be ended first: an id is known once."""
        moved = known_elsewhere(self.connection, fresh, self.history.ids)
        voids = {(source, void_of(twin_of(name, batch))) for (source, name), batch in self.lost}
        self.beyond = {project for project, _ in (*moved, *known_elsewhere(self.connection, voids, self.history.ids))}
        self.done.touched |= self.beyond
        return [(moment, *row) for row in moved]

    def _without_targets(self, folded: dict[Any, Folded]) -> None:
        """Takes out the voids and confirmations of events that are not known; and of those, and so on."""
        while True:
            lost = [
                (key, target)
                for key, (_row, values, _by) in folded.items()
                for target in (values[_VOIDS], values[_CONFIRMS])
                if target is not None and (key[0], target) not in folded
            ]
            if not lost:
                return
            for key, target in lost:
                if folded.pop(key, None) and (told := self.history.tellings[Of.EVENTS].get(key)):
                    self._orphan(Of.EVENTS, told, "unknown_event", target)

    # ---- what is written

    def _count(self, of: Of, now: Row | None, values: tuple[Any, ...] | None, project: int, ended: list[int]) -> None:
        """Notes that a row is known no more (no ``values``), otherwise, or again."""
        if now is None and values is None:
            return
        if now is not None:
            ended.append(now.id)
        count = self.done.of[of]
        count.gone += values is None
        count.changed += values is not None and (now is None or now.values != values)
        self.done.touched.add(project)

    def _end(self, table: str, moment: Any, ended: Iterable[int]) -> None:
        rows = [(moment, key) for key in ended]
        bulk.execute(self.connection, f"UPDATE {table} SET known_to = ? WHERE id = ?", rows)

    def _stays(self, of: Of, key: Any, told: Iterable[tuple[Row, Telling]], taken_back: Iterable[int] = ()) -> None:
        self.done.of[of].waiting -= self.mends.told(self.history, of, key, told, taken_back)

    def _orphan(self, of: Of, told: Iterable[tuple[Row, Telling]], code: str, lacks: str) -> None:
        """Takes the tellings out: one row that waits for each batch that told it."""
        by_batch: defaultdict[int, list[tuple[Row, Telling]]] = defaultdict(list)
        for row, one in told:
            by_batch[one.batch].append((row, one))
            self.out[of].add(row.id)
        for batch, mine in sorted(by_batch.items()):
            row, values = mine[0][0], dict[str, Any]()
            for _row, one in mine:
                names = CASE_COLUMNS if of is Of.CASES else _OPTIONAL
                values |= {
                    name: value
                    for n, (name, value) in enumerate(zip(names, one.values, strict=True))
                    if one.told >> n + 1 & 1
                }
            if of is Of.CASES:
                head = {"case_id": self.history.case_ids[row.key], "project_code": self.history.codes[row.project]}
                values["department"] = values.pop("department_id")
            else:
                head = {"event_id": row.key[1], "case_id": self.history.case_ids[row.fixed[0]]}
                head |= dict(zip(FIXED, row.fixed[1:], strict=True))
                self.lost.add((row.key, batch))
            mended = self.mends.after(of, row.key, batch) if code == "unknown_case" else None
            self.orphans.append(Orphan(batch, of, head | values, code, lacks, mended))
            self.done.of[of].waiting += mended is None

    def _take_out(self) -> None:
        for of, table in ((Of.CASES, "case_fact"), (Of.EVENTS, "event")):
            if not (gone := self.out[of]):
                continue
            rows = [self.history.rows[of][key] for key in sorted(gone)]
            # Of a batch that was taken back it stays written down what it told.
            own = [(FOLLOWS, row.project, row.id) for row in rows if row.batch not in self.history.undone]
            bulk.execute(self.connection, f"UPDATE {table} SET told = ? WHERE project_id = ? AND id = ?", own)
            for piece in self.history.pieces:
                if piece.of is of:
                    telling.forget(self.connection, piece, gone)

    def _known_on(self) -> dict[int, int]:
        return dict(self.connection.execute(select(Batch.id, type_coerce(Batch.known_on, Integer))).all())

    def _sources(self) -> dict[int, int]:
        return dict(self.connection.execute(select(Batch.id, Batch.source_id)).all())


def _with_department(row: Row) -> tuple[Any, ...]:
    """The values of a case with the key of its department in place of the name."""
    return (*row.values[:_DEPARTMENT], row.fixed[0], *row.values[_DEPARTMENT + 1 :])
