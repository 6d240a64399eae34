"""Hand-over gaps: from the decision on the last prerequisite of an item to the acceptance of its case.

A gap is nobody's blame: the owner prepares what the next department wants. It says between whom projects wait, and is
never charged to either of the two departments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from monitor.analysis.cases import I64, Cases, Ways, quantile, ways
from monitor.analysis.prerequisites import ABSENT, OPEN, Groups, prior
from rules.log import NO_DAY, NONE

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("gap", "at_once", "overlapped", "filed", "open")
PAIR = ("department_before", "department", "item_before", "item")
SUMS = ("cases", *KINDS, "days", "open_days")
COLUMNS = (*PAIR, *SUMS, "median_days", "p90_days", "longest_open")


@dataclass(frozen=True)
class Handovers:
    """One entry a case whose prerequisites are all decided: the case, the prerequisite decided last, kind and days.

    Kinds (places in KINDS): gap: accepted ``days`` working days after that decision; at_once: no working day after it;
    overlapped: accepted before it; filed: received and not accepted yet; open: not received, ``days`` to this day.
    """

    log: Cases
    row: I64
    before: I64
    kind: I64
    days: I64


def handovers(log: Cases, wanted: Groups, as_of_at: int, among: Ways | None = None) -> Handovers:
    """Every case whose prerequisites (`prerequisites.groups`) are decided, each once, so that all kinds add up.

    ``as_of_at``: the working-day index of the day as of which ``log`` was read. A prerequisite of which the works has
    no case was waived and is not waited for; a case with none of them is not here. A case without any day is one to
    come: the caller, who knows which items a project needs (`rules.plan.graph.to_come`), puts it in the log. What was
    closed before it was taken on (decided without acceptance, or sent back) waits for nothing and is left out where
    it has a decision. Of prerequisites decided on one day the first of the catalogue is the last one.
    """
    before = prior(log, among or ways(log), wanted)
    there = before.day != ABSENT
    row, first, day = before.row[there], before.before[there], before.day[there]
    last = np.full(len(log), NO_DAY, np.int32)
    np.maximum.at(last, row, day)
    is_last = np.flatnonzero(day == last[row])[::-1]
    of = np.full(len(log), NONE, np.int64)
    of[row[is_last]] = first[is_last]  # the first of the catalogue is written last, and stays
    rows = np.flatnonzero((last != NO_DAY) & (last < OPEN))
    accepted, received = log.accepted[rows] != NO_DAY, log.received[rows] != NO_DAY
    rows = rows[accepted | (log.decided[rows] == NO_DAY)]
    accepted, received = log.accepted[rows] != NO_DAY, log.received[rows] != NO_DAY
    decided = log.decided_at[of[rows]]
    gap = log.accepted_at[rows] - decided
    early = log.accepted[rows] < last[rows]
    kinds = [accepted & ~early & (gap > 0), accepted & ~early, accepted, received]
    kind = np.select(kinds, list(range(4)), 4)
    days = np.select([kind == 0, kind == 4], [gap, np.maximum(as_of_at - decided, 0)], 0)
    return Handovers(log, rows, of[rows], kind, days)


def by_pair(found: Handovers) -> pd.DataFrame:
    """By department before and after, item before and after (COLUMNS): what waited longest in all first.

    ``cases`` and the counts of KINDS, ``days`` (working days of gaps) and ``open_days`` (of open gaps to this day) add
    up over any rows. ``median_days`` and ``p90_days`` (nine in ten were at most so long) are of the gaps alone, without
    what went on at once; ``longest_open``: the longest open gap. NaN where there is none.
    """
    import pandas as pd

    log = found.log
    columns = (
        *(
            (log.department[found.before] + 1, len(log.departments) + 1),
            (log.department[found.row] + 1, len(log.departments) + 1),
        ),
        *((log.item[found.before], len(log.items)), (log.item[found.row], len(log.items))),
    )
    key = np.zeros(len(found.row), np.int64)
    for number, size in columns:
        key = key * max(size, 1) + number
    kinds, first, group = np.unique(key, return_index=True, return_inverse=True)
    n = len(kinds)
    of = [np.bincount(group[found.kind == k], minlength=n) for k in range(len(KINDS))]
    gap, still = found.kind == 0, found.kind == len(KINDS) - 1
    longest = np.full(n, np.nan)
    np.fmax.at(longest, group[still], found.days[still])
    departments, items = np.array([*log.departments, ""], object), np.array(log.items, object)
    row, before = found.row[first], found.before[first]
    frame = pd.DataFrame(
        {
            "department_before": departments[log.department[before]],
            "department": departments[log.department[row]],
            "item_before": items[log.item[before]],
            "item": items[log.item[row]],
            "cases": np.bincount(group, minlength=n),
            **dict(zip(KINDS, of)),
            "days": np.bincount(group[gap], found.days[gap], minlength=n).astype(np.int64),
            "open_days": np.bincount(group[still], found.days[still], minlength=n).astype(np.int64),
            "median_days": quantile(group[gap], n, found.days[gap]),
            "p90_days": quantile(group[gap], n, found.days[gap], 0.9),
            "longest_open": longest,
        },
        columns=list(COLUMNS),
    )
    frame["waited"] = frame["days"] + frame["open_days"]
    order = ["waited", *PAIR]
    frame = frame.sort_values(order, ascending=[False, True, True, True, True], ignore_index=True)
    return frame.drop(columns="waited")


def projects_between(found: Handovers, item_before: str, item: str, kind: str | None = None) -> list[str]:
    """The codes of the projects behind the hand-over between two items (of one kind, or of all), sorted."""
    log = found.log
    items = np.array(log.items, object)
    mine = (items[log.item[found.before]] == item_before) & (items[log.item[found.row]] == item)
    if kind is not None:
        mine &= found.kind == KINDS.index(kind)
    return log.codes(found.row[mine])
