"""Where the ways of projects differ from the catalogue. A difference is a thing to look at, not a finding.

early    a case was accepted before a prerequisite of its item was decided
missing  the log has no case of a prerequisite (waived, recorded elsewhere, or left out)
outside  the item is not in the catalogue
back     a case was accepted in a stage before one that its works had reached on an earlier day
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from monitor.analysis.cases import I64, Cases, Ways, grouped, lights, quantile, ways
from monitor.analysis.paths import Sets, sets
from monitor.analysis.prerequisites import ABSENT, Groups, Prior, prior
from rules.log import NO_DAY, NONE
from rules.vocabulary import Stage

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("early", "missing", "outside", "back")
COLUMNS = ("kind", "before", "item", "cases", "projects", "red", "yellow", "median_days", "undecided")
EDGE_KINDS = ("", "early", "reversed", "back", "outside")


@dataclass(frozen=True)
class Departures:
    """One entry a difference of a case (``row``): its kind (a place in KINDS) and what it names (``before``).

    ``before`` numbers ``names``: the prerequisite, of several alternatives the one decided first, of none the first of
    the catalogue; the stage that was reached; nothing for an item outside. ``days``: working days by which a case was
    early, -1 where that cannot be said.
    """

    log: Cases
    kind: I64
    before: I64
    row: I64
    days: I64
    names: tuple[str, ...]


def departures(
    log: Cases, wanted: Groups, waivable: Collection[str] = (), among: Ways | None = None, taken: Sets | None = None
) -> Departures:
    """All differences of accepted cases from what the catalogue wants (`prerequisites.groups`).

    A group of which every item is ``waivable`` (conditional ones, which not every project needs) is never missing.
    A decision on the day of acceptance is in time. Early by index: two days of one rest are no working day apart.
    """
    among = among or ways(log)
    names = [*log.items, *sorted({c for gs in wanted.values() for g in gs for c in g} - set(log.items))]
    names += [*(stage.word for stage in Stage), ""]
    number = {name: n for n, name in reversed(list(enumerate(names)))}
    stages = len(names) - 1 - len(Stage)
    first = prior(log, among, wanted)
    known = np.array([code in wanted for code in log.items], bool)
    outside = np.flatnonzero((log.accepted != NO_DAY) & ~known[log.item]) if len(log) else np.empty(0, np.int64)
    parts = [
        _early(log, first),
        _missing(log, first, number, waivable),
        (np.full(len(outside), len(names) - 1), outside, np.full(len(outside), -1)),
        _back(log, taken or sets(log, among), stages),
    ]
    kind = np.repeat(np.arange(len(parts)), [len(row) for _before, row, _days in parts])
    before, row, days = (np.concatenate(columns).astype(np.int64) for columns in zip(*parts))
    return Departures(log, kind, before, row, days, tuple(names))


def _early(log: Cases, before: Prior) -> tuple[I64, I64, I64]:
    accepted = log.accepted[before.row]
    at = np.flatnonzero((accepted != NO_DAY) & (before.before != NONE) & (before.day > accepted))
    row, first = before.row[at], before.before[at]
    days = np.where(log.decided[first] == NO_DAY, -1, log.decided_at[first] - log.accepted_at[row])
    return log.item[first].astype(np.int64), row, days


def _missing(log: Cases, before: Prior, number: dict[str, int], waivable: Collection[str]) -> tuple[I64, I64, I64]:
    needed = np.array([not set(group) <= set(waivable) for group in before.wanted], bool)
    name = np.array([number[group[0]] for group in before.wanted], np.int64)
    lacks = (log.accepted[before.row] != NO_DAY) & (before.day == ABSENT)
    at = np.flatnonzero(lacks)
    at = at[needed[before.group[at]]]
    return name[before.group[at]], before.row[at], np.full(len(at), -1)


def _back(log: Cases, taken: Sets, stages: int) -> tuple[I64, I64, I64]:
    """Of a case of every works the latest stage that any of them had reached."""
    none = np.empty(0, np.int64)
    if not len(taken.row):
        return none, none, none
    stage = log.stage[taken.row].astype(np.int64)
    highest = taken.way * len(Stage) + np.maximum.reduceat(stage, taken.start[:-1])
    reached = np.full(len(taken.way), -1, np.int64)
    # A later way has a higher number, so one running maximum does for all of them.
    reached[1:] = np.maximum.accumulate(highest)[:-1]
    reached = np.where(reached // len(Stage) == taken.way, reached % len(Stage), -1)[taken.at]
    at = np.flatnonzero((stage != Stage.PARALLEL) & (reached > stage))
    rows, place = np.unique(taken.row[at], return_inverse=True)
    latest = np.zeros(len(rows), np.int64)
    np.maximum.at(latest, place, reached[at])
    return stages + latest, rows, np.full(len(rows), -1)


def differences(found: Departures) -> pd.DataFrame:
    """What was found, summed (COLUMNS): by kind in the order of KINDS, that of most projects first.

    ``median_days``: working days by which cases were early, where the prerequisite is decided by now; ``undecided``:
    cases where it is not.
    """
    import pandas as pd

    log, names, size = found.log, np.array(found.names, object), len(found.log.items) + 1
    key = (found.kind * len(names) + found.before) * size + log.item[found.row]
    kinds, group = grouped(key, len(KINDS) * len(names) * size)
    n, known = len(kinds), found.days >= 0
    waiting = (found.kind == KINDS.index("early")) & ~known
    frame = pd.DataFrame(
        {
            "kind": np.array(KINDS, object)[kinds // size // len(names)],
            "before": names[kinds // size % len(names)],
            "item": names[kinds % size],
            "cases": np.bincount(group, minlength=n),
            **lights(log, group, n, found.row),
            "median_days": quantile(group[known], n, found.days[known]),
            "undecided": np.bincount(group[waiting], minlength=n),
        },
        columns=list(COLUMNS),
    )
    frame["order"] = [KINDS.index(kind) for kind in frame["kind"]]
    order = ["order", "projects", "cases", "before", "item"]
    frame = frame.sort_values(order, ascending=[True, False, False, True, True], ignore_index=True)
    return frame.drop(columns="order")


def projects_with(found: Departures, kind: str, before: str, item: str) -> list[str]:
    """The codes of the projects behind a row of `differences`, sorted."""
    names = np.array(found.names, object)
    mine = (
        (found.kind == KINDS.index(kind)) & (names[found.before] == before) & (names[found.log.item[found.row]] == item)
    )
    return found.log.codes(found.row[mine])


def marked(edges: pd.DataFrame, items: pd.DataFrame, wanted: Groups) -> pd.DataFrame:
    """``edges`` with ``differs``, one of EDGE_KINDS: how an edge between items differs from the catalogue, if it does.

    outside: one of its items is none of the catalogue; back: to an earlier stage; reversed: the next is a prerequisite
    of the one, directly or through others; early: the one is a prerequisite of the next, which in more than half of
    the steps was accepted before its decision. The first of these that holds. ``items``: as of `paths.items`.
    """
    stage = {str(item): Stage[str(word).upper()] for item, word in zip(items["item"], items["stage"])}
    direct = {code: {c for group in wanted[code] for c in group} for code in wanted}
    behind: dict[str, set[str]] = {}
    for code in wanted:
        seen: set[str] = set()
        left = list(direct[code])
        while left:
            one = left.pop()
            if one not in seen:
                seen.add(one)
                left += direct.get(one, ())
        behind[code] = seen

    def differs(before: str, after: str, steps: int, over: int) -> str:
        if before not in wanted or after not in wanted:
            return "outside"
        if Stage.PARALLEL < stage[after] < stage[before]:
            return "back"
        if before != after and after in behind[before] and before not in behind[after]:
            return "reversed"
        return "early" if before in direct[after] and 2 * over > steps else ""

    over = edges["overlapped"] + edges["undecided"]
    rows = zip(edges["before"], edges["after"], edges["steps"], over)
    return edges.assign(differs=[differs(b, a, int(n), int(o)) for b, a, n, o in rows])
