"""The forward pass: the items of one project laid along the working calendar from their promised limits.

1. Items: those with a case, and those still to come: the unconditional ones, and the one that a project of its kind
   begins with (`graph.to_come`).
2. Planned: an item begins when everything that it waits for is planned to be done; one that waits for nothing begins
   on the day of coding. It lasts its promised limit: that of its cases, else the one in force on that day; without one
   no day is planned for it. Acceptance is planned from the day its first case was accepted, and unknown before:
   construction is nobody's approval time.
3. What happened: begun on the first acceptance, done when each of its cases is approved.
4. Forecast of what is not done, should every promise be kept from now on: of an open case the later of its due day and
   of the end of what it waits for, else its limit, or the one in force then, from then; never before as_of, and unknown
   while acceptance has not begun.
5. Slip: working days from the planned end to the true or forecast one; negative when early. What the owner needs to
   prepare is in no promise, so a slip is not by itself a department's.

Days are day numbers, NO_DAY where there is none. One project at a time, from the results of `rules.assess`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from rules.assess import UNFINISHED, Assessed
from rules.derived import approved
from rules.log import NO_DAY, NONE
from rules.pack import Item
from rules.plan.graph import present_waits, to_come
from rules.vocabulary import CaseState, Group, Stage, Unit
from rules.workdays import WorkCalendar, day_of

Span = tuple[int, Unit]  # a limit: days of a unit


@dataclass
class Node:
    """One item in the plan. ``cases``: rows of the chunk; ``limits``: those it was planned with, empty without any."""

    item: Item
    cases: list[int]
    waits: tuple[str, ...] = ()
    limits: list[Span] = field(default_factory=list)
    planned_start: int = NO_DAY
    planned_finish: int = NO_DAY
    start: int = NO_DAY
    finish: int = NO_DAY
    forecast_finish: int = NO_DAY  # only of what is not done

    @property
    def ends(self) -> int:
        """The day it was done, else the day it is forecast to be."""
        return self.finish if self.finish != NO_DAY else self.forecast_finish

    @property
    def group(self) -> Group:
        """The part of the plan it belongs to; acceptance has a start of its own."""
        return Group.ACCEPTANCE if self.item.stage is Stage.ACCEPTANCE else Group.PRE_CONSTRUCTION


@dataclass
class Stretch:
    """Nodes taken together (a stage, a group): their first start, as far as known; the latest of their ends, known only
    where all are."""

    nodes: list[Node]

    @cached_property
    def planned_start(self) -> int:
        return _first(n.planned_start for n in self.nodes)

    @cached_property
    def start(self) -> int:
        return _first(n.start for n in self.nodes)

    @cached_property
    def planned_finish(self) -> int:
        return _latest(n.planned_finish for n in self.nodes)

    @cached_property
    def finish(self) -> int:
        return _latest(n.finish for n in self.nodes)

    @cached_property
    def ends(self) -> int:
        return _latest(n.ends for n in self.nodes)


@dataclass
class Plan:
    """The plan of a project, or of one works of it (``works``: index of the log's names, or NONE)."""

    works: int
    nodes: dict[str, Node]  # by item code, each after what it waits for
    begins: dict[Group, int]  # the day from which each group is planned
    unplanned: list[int]  # cases of no item of the catalogue
    calendar: WorkCalendar

    def group(self, group: Group) -> Stretch:
        """The nodes of a group."""
        return Stretch([n for n in self.nodes.values() if n.group is group])

    def stage(self, stage: Stage) -> Stretch:
        """The nodes of a stage."""
        return Stretch([n for n in self.nodes.values() if n.item.stage is stage])

    def chain(self, group: Group) -> list[str]:
        """The critical chain: the items (codes) whose days, one after the other, make the planned length of a group."""
        last = self.group(group)
        if last.planned_finish == NO_DAY:
            return []
        node: Node | None = next(n for n in last.nodes if n.planned_finish == last.planned_finish)
        found = []
        while node:
            if node.planned_finish > node.planned_start:
                found.append(node.item.code)
            before = (self.nodes[code] for code in node.waits)
            node = next((n for n in before if n.planned_finish == node.planned_start), None)
        return found[::-1]

    def slip(self, planned: int, happened: int) -> int | None:
        """Working days from a planned day to the true one; None where one of them is not known."""
        if NO_DAY in (planned, happened):
            return None
        before, after = self.calendar.index(np.array([planned, happened], np.int32)).tolist()
        return int(after - before)


def plans(a: Assessed, project: int, kind: str = "") -> list[Plan]:
    """The plans of one project of a chunk, one for each works that is judged by itself. ``kind``: of the project."""
    low, high = np.searchsorted(a.scene.project, (project, project + 1)).tolist()
    found = []
    for works in a.units.works[a.units.first[project] : a.units.first[project + 1]].tolist():
        of = a.scene.works[low:high].tolist()
        mine = [low + n for n, w in enumerate(of) if NONE in (works, w) or w == works]
        found.append(_Pass(a, project, kind, mine).plan(works))
    return found


class _Pass:
    def __init__(self, a: Assessed, project: int, kind: str, cases: Sequence[int]) -> None:
        self.a, self.s, self.calendar = a, a.scene, a.scene.calendar
        self.project, self.kind = project, kind
        self.marks = int(a.scene.marks[project])
        self.unfinished = a.facts.phase[project] in UNFINISHED
        granted = np.flatnonzero(approved(self.s.status) & (self.s.day == a.cases.closed_on[self.s.case]))
        shut = np.isin(a.cases.state, (CaseState.DECIDED, CaseState.UNJUDGED))
        self.done = set(self.s.case[granted[shut[self.s.case[granted]]]].tolist())
        over = (CaseState.DECIDED, CaseState.OUT, CaseState.UNJUDGED)
        self.live = [c for c in cases if a.cases.state[c] not in over]
        self.unplanned = [c for c in cases if self.item(c) is None]
        self.cases = [c for c in cases if self.item(c) is not None]

    def item(self, case: int) -> Item | None:
        return self.s.items[int(self.s.item[case])]

    def plan(self, works: int) -> Plan:
        """Steps 1 to 4."""
        catalogue = self.s.pack.catalogue
        nodes: dict[str, Node] = {}
        for case in self.cases:
            item = self.item(case)
            assert item
            nodes.setdefault(item.code, Node(item, [])).cases.append(case)
        for node in nodes.values():
            self.happened(node)
        if self.unfinished:
            begun = {code: node.start != NO_DAY for code, node in nodes.items()}
            waived = self.s.pack.waived(self.marks)
            for code in to_come(catalogue, nodes.keys(), begun, self.kind):
                if code in waived:
                    continue
                nodes[code] = Node(catalogue.items[code], [])
        order = present_waits(catalogue, nodes)
        nodes = {code: nodes[code] for code in order}
        begins = {
            Group.PRE_CONSTRUCTION: int(self.s.coded_on[self.project]),
            Group.ACCEPTANCE: _first(n.start for n in nodes.values() if n.group is Group.ACCEPTANCE),
        }
        for code, node in nodes.items():
            node.waits = order[code]
            before = [nodes[w] for w in node.waits]
            self.planned(node, before, begins[node.group])
            if self.unfinished and node.finish == NO_DAY and begins[node.group] != NO_DAY:
                node.forecast_finish = self.forecast(node, before)
        return Plan(works, nodes, begins, self.unplanned, self.calendar)

    def happened(self, node: Node) -> None:
        """Step 3. A case that was withdrawn, turned away or rejected does not do an item, nor does it keep it open."""
        node.start = _first(int(self.s.opening.opened[c]) for c in node.cases)
        if not set(node.cases).intersection(self.live):
            node.finish = max((int(self.a.cases.closed_on[c]) for c in node.cases if c in self.done), default=NO_DAY)

    def planned(self, node: Node, before: list[Node], begins: int) -> None:
        """Step 2."""
        standing = [c for c in node.cases if c in self.live or c in self.done]
        promised = self.a.clocks.promised
        if node.cases:
            told = ((int(promised.limit[c]), Unit(promised.unit[c])) for c in standing or node.cases)
            node.limits = [(days, unit) for days, unit in told if days >= 0]
        starts = [begins, *(n.planned_finish for n in before)]
        known = NO_DAY not in starts
        if not node.cases:
            node.limits = self.promised(node, max(starts) if known else self.s.as_of)
        if known:
            node.planned_start = max(starts)
            node.planned_finish = self.after(node.planned_start, node.limits)

    def promised(self, node: Node, day: int) -> list[Span]:
        """The promise of an item that has no case yet, should it be taken on that day."""
        promise = self.s.pack.promise(node.item, self.marks, day_of(day))
        return [(promise.days, promise.unit)] if promise else []

    def forecast(self, node: Node, before: list[Node]) -> int:
        """Step 4."""
        earliest = max((n.ends for n in before), default=NO_DAY)
        open_ = [c for c in node.cases if c in self.live and self.a.cases.open[c]]
        ends = [max(self.due(c), earliest, self.s.as_of) for c in open_]
        awaited = [c for c in node.cases if c in self.live and c not in open_]
        if not node.cases or awaited or not open_:
            start = max(earliest, self.s.as_of)
            ends.append(self.after(start, node.limits if node.cases else self.promised(node, start)))
        return max(ends)

    def due(self, case: int) -> int:
        """The due day of an open case; while a pause holds its clock, what is left of the limit from now."""
        promised = self.a.clocks.promised
        if (day := int(promised.due_on[case])) != NO_DAY:
            return day
        left = max(int(promised.limit[case]) - int(promised.used[case]), 0)
        return self.after(self.s.as_of, [(left, Unit(promised.unit[case]))])

    def after(self, start: int, limits: Iterable[Span]) -> int:
        """The last of the due days of limits that run from ``start``; itself without any (民法典 201, 203)."""
        at = np.array([start], np.int32)
        ends = [start]
        for days, unit in limits:
            due = self.calendar.add(at, days) if unit is Unit.WORKING_DAY else self.calendar.following(at + days)
            ends.append(int(due[0]))
        return max(ends)


def _first(days: Iterable[int]) -> int:
    """The first day that is known."""
    return min((day for day in days if day != NO_DAY), default=NO_DAY)


def _latest(days: Iterable[int]) -> int:
    """The latest day, known only where all are and there is one."""
    found = list(days)
    return NO_DAY if not found or NO_DAY in found else max(found)
