"""Paths: the ways that projects really took through the items, by day of acceptance.

A way is one of a works, or of a project without any. Items accepted on one day are parallel: they are a set, which
has no order, and a step leads from each item of a set to each item of the next one. (Directly-follows counts, as in
van der Aalst, Process Mining, 2nd ed. 2016, chapter 6, but on days: an order inside a day is nothing that the log
knows.) Several cases of one item in one set are one; it is decided when the last of them is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from monitor.analysis.cases import I64, Cases, Ways, grouped, lights, once, ordered, quantile, ways, within
from rules.log import NO_DAY, NONE
from rules.vocabulary import Stage

if TYPE_CHECKING:
    import pandas as pd

EDGES = (
    *("before", "after", "steps", "projects", "red", "yellow", "red_share", "yellow_share"),
    *("median_days", "overlapped", "overlap_days", "undecided"),
)
ITEMS = ("item", "stage", "cases", "projects", "median_used")


@dataclass(frozen=True)
class Sets:
    """The ways as sets: one entry an item of a set, ordered by way, day and item.

    ``row``: its case (the one decided last); ``at``: the number of its set; ``way``: of each set; ``start``: of each
    set its first entry, with the number of all entries at the end.
    """

    row: I64
    at: I64
    way: I64
    start: I64


def sets(log: Cases, among: Ways | None = None) -> Sets:
    """What was accepted, way by way and day by day."""
    among = among or ways(log)
    there = log.accepted[among.row] != NO_DAY
    way, row = among.way[there], among.row[there]
    day, item = log.accepted[row], log.item[row]
    end = np.where(log.decided[row] == NO_DAY, int(log.decided.max(initial=0)) + 1, log.decided[row])
    order = ordered(way, day, item, end)
    way, row, day, item = way[order], row[order], day[order], item[order]
    other = np.ones(len(row), bool)  # whether the next entry is of another item, day or way
    other[:-1] = (way[1:] != way[:-1]) | (day[1:] != day[:-1]) | (item[1:] != item[:-1])
    way, row, day = way[other], row[other], day[other]
    begins = np.ones(len(row), bool)
    begins[1:] = (way[1:] != way[:-1]) | (day[1:] != day[:-1])
    start = np.flatnonzero(begins)
    return Sets(row, np.cumsum(begins) - 1, way[start], np.append(start, len(row)))


@dataclass(frozen=True)
class Steps:
    """One entry a step: the case it leads from and the case it leads to."""

    log: Cases
    before: I64
    after: I64


def steps(log: Cases, taken: Sets) -> Steps:
    """From each item of a set to each of the next. A step between cases of every works is one, whatever the ways."""
    size = np.diff(taken.start)
    follows = np.zeros(len(size), bool)
    follows[1:] = taken.way[1:] == taken.way[:-1]
    entry = np.flatnonzero(follows[taken.at])
    many = size[taken.at[entry] - 1]
    after = np.repeat(taken.row[entry], many)
    before = taken.row[np.repeat(taken.start[taken.at[entry] - 1], many) + within(many)]
    if (log.works != NONE).any():
        key = once(before * len(log) + after)
        before, after = key // len(log), key % len(log)
    return Steps(log, before, after)


def edges(taken: Steps) -> pd.DataFrame:
    """Directly-follows counts between items (EDGES), those of most projects first.

    ``median_days``: working days from the decision of the one to the acceptance of the next, over all steps whose first
    case is decided; negative where they overlapped. ``overlapped``: steps in which the next was accepted before that
    decision, ``overlap_days`` the median of their days as a positive number. ``undecided``: steps whose first case is
    still open, of which nobody knows the days. ``red``, ``yellow``: projects among ``projects``, by their light.
    """
    log = taken.log
    return _edges(taken, log.item.astype(np.int64), np.array(log.items, object))


def stage_edges(taken: Steps) -> pd.DataFrame:
    """The same steps between stages (words); from a stage to itself are the steps inside it."""
    return _edges(taken, taken.log.stage.astype(np.int64), np.array([stage.word for stage in Stage], object))


def _edges(taken: Steps, label: I64, names: Any) -> pd.DataFrame:
    import pandas as pd

    log, size = taken.log, max(len(names), 1)
    key = label[taken.before] * size + label[taken.after]
    kinds, group = grouped(key, size * size)
    n = len(kinds)
    counts = lights(log, group, n, taken.after)
    known = log.decided[taken.before] != NO_DAY
    days = log.accepted_at[taken.after] - log.decided_at[taken.before]
    over = known & (days < 0)
    frame = pd.DataFrame(
        {
            "before": names[kinds // size],
            "after": names[kinds % size],
            "steps": np.bincount(group, minlength=n),
            **counts,
            **{f"{light}_share": counts[light] / np.maximum(counts["projects"], 1) for light in ("red", "yellow")},
            "median_days": quantile(group[known], n, days[known]),
            "overlapped": np.bincount(group[over], minlength=n),
            "overlap_days": quantile(group[over], n, -days[over]),
            "undecided": np.bincount(group[~known], minlength=n),
        },
        columns=list(EDGES),
    )
    order = ["projects", "steps", "before", "after"]
    return frame.sort_values(order, ascending=[False, False, True, True], ignore_index=True)


def projects_on(taken: Steps, before: str, after: str) -> list[str]:
    """The codes of the projects behind an edge between two items, sorted."""
    log = taken.log
    if before not in log.items or after not in log.items:
        return []
    one, next_ = log.items.index(before), log.items.index(after)
    return log.codes(taken.after[(log.item[taken.before] == one) & (log.item[taken.after] == next_)])


def projects_between(taken: Steps, before: Stage, after: Stage) -> list[str]:
    """The codes of the projects behind an edge between two stages, sorted."""
    log = taken.log
    return log.codes(taken.after[(log.stage[taken.before] == before) & (log.stage[taken.after] == after)])


def items(log: Cases) -> pd.DataFrame:
    """The items that were accepted (ITEMS), by code: their usual stage, cases, projects, median of days used."""
    import pandas as pd

    rows = np.flatnonzero(log.accepted != NO_DAY)
    item, n = log.item[rows].astype(np.int64), len(log.items)
    stages = np.bincount(item * len(Stage) + log.stage[rows], minlength=n * len(Stage)).reshape(n, len(Stage))
    done = (log.decided[rows] != NO_DAY) & ~np.isnan(log.used[rows])
    words = np.array([stage.word for stage in Stage], object)
    frame = pd.DataFrame(
        {
            "item": np.array(log.items, object),
            "stage": words[stages.argmax(axis=1)] if n else [],
            "cases": np.bincount(item, minlength=n),
            "projects": lights(log, item, n, rows)["projects"],
            "median_used": quantile(item[done], n, log.used[rows][done]),
        },
        columns=list(ITEMS),
    )
    return frame[frame["cases"] > 0].reset_index(drop=True)
