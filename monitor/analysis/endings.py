"""How many cases ended on each day of their handling, by group: the one form that the measures of durations count on.

A duration is the whole number of working days that a case has used; 0 is possible (decided on the day of acceptance).
A case is *decided* on its last day, or *censored* there: we know that it took longer, or would have, not how long.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

DAYS, DECIDED, COUNT, OPEN = "days", "decided", "count", "open"


@dataclass(frozen=True)
class Endings:
    """One row a group and day on which at least one of its cases ended, in the order of group, then day."""

    group: I64  # [rows] from 0
    day: I64  # [rows] working days used
    decided: I64  # [rows] cases decided on that day
    ended: I64  # [rows] cases decided or censored on that day

    @property
    def at_risk(self) -> I64:
        """[rows] Cases of the group that had used at least as many days. Whoever is censored on a day is still at risk
        to the decisions of that day: the decided come first."""
        still: I64 = np.append(np.cumsum(self.ended[::-1])[::-1], 0)
        after: I64 = np.searchsorted(self.group, self.group, side="right").astype(np.int64)
        return still[:-1] - still[after]

    def parted(self, groups: int) -> list[Endings]:
        """One for each group from 0; empty where nothing of it ended."""
        ends = np.searchsorted(self.group, np.arange(groups + 1))
        rows = [slice(start, end) for start, end in itertools.pairwise(ends)]
        return [Endings(self.group[one], self.day[one], self.decided[one], self.ended[one]) for one in rows]


def endings(
    days: npt.ArrayLike, decided: npt.ArrayLike, count: npt.ArrayLike | None = None, group: I64 | None = None
) -> Endings:
    """Counts cases, or rows that stand for ``count`` cases each, by ``group`` (numbers from 0; all one where None).

    ``days``: whole working days, none negative; ``decided``: False where right-censored; all of one length. Raises
    ValueError for anything else. Rows that stand for no case leave nothing.
    """
    used, hit = _whole(days, DAYS), truths(decided, DECIDED)
    many = None if count is None else _whole(count, COUNT)
    if len({len(column) for column in (used, hit, many, group) if column is not None}) > 1:
        raise ValueError("days, decided, count and group must be of one length")
    if not len(used):
        none = np.empty(0, np.int64)
        return Endings(none, none, none, none)
    width = int(used.max()) + 1
    key = used if group is None else group * width + used
    size = int(key.max()) + 1
    kept: I64 | None = None
    # A table of every group and day is quickest, until most of it would stand empty.
    if size > 4 * len(key) + 2**16:
        kept, key = np.unique(key, return_inverse=True)
        size = len(kept)
    ended = _sums(key, many, size)
    taken = _sums(key[hit], None if many is None else many[hit], size)
    rows = np.flatnonzero(ended)
    key = rows if kept is None else kept[rows]
    return Endings(key // width, key % width, taken[rows], ended[rows])


def numbered(frame: pd.DataFrame, by: Iterable[str]) -> tuple[I64, pd.DataFrame]:
    """The group of each row, and the groups: a frame of the columns ``by``, in their order; blanks are a group too."""
    by = list(by)
    want(frame, by)
    if not by:
        return np.zeros(len(frame), np.int64), frame[by].iloc[:1].reset_index(drop=True)
    grouped = frame.groupby(by, sort=True, observed=True, dropna=False)
    codes: I64 = np.asarray(grouped.ngroup(), np.int64)
    _, first = np.unique(codes, return_index=True)
    return codes, frame[by].iloc[first].reset_index(drop=True)


def counted(frame: pd.DataFrame, group: I64) -> Endings:
    """`endings` of the columns ``days``, ``decided`` and, where there is one, ``count``. Raises ValueError."""
    want(frame, [DAYS, DECIDED])
    return endings(frame[DAYS], frame[DECIDED], frame.get(COUNT), group)


def want(frame: pd.DataFrame, columns: Iterable[str]) -> None:
    """Raises ValueError that names the columns which the frame has not."""
    if missing := [column for column in columns if column not in frame]:
        raise ValueError(f"no column {', '.join(missing)} among {', '.join(map(str, frame.columns))}")


def _sums(key: I64, many: I64 | None, size: int) -> I64:
    # As weights the counts are floats: exact up to 2**53 cases.
    return np.bincount(key, many, size).astype(np.int64)


def _whole(values: npt.ArrayLike, name: str) -> I64:
    column = np.asarray(values)
    if column.size and column.dtype.kind not in "iu":
        try:
            # Blanks are not a number here, and no whole one.
            column = np.asarray(column, np.float64)
        except (TypeError, ValueError) as err:
            raise ValueError(f"{name}: whole numbers are wanted") from err
        if not (np.isfinite(column) & (column == np.floor(column))).all():
            raise ValueError(f"{name}: whole numbers are wanted, without blanks")
    if column.ndim != 1:
        raise ValueError(f"{name}: one row of numbers is wanted")
    if column.size and column.min() < 0:
        raise ValueError(f"{name}: {int(column.min())} is negative")
    return column.astype(np.int64)


def truths(values: npt.ArrayLike, name: str) -> Bools:
    """The column as booleans. Raises ValueError for anything else, blanks among them."""
    column = np.asarray(values)
    if column.ndim != 1 or not (column.dtype == np.bool_ or all(isinstance(v, (bool, np.bool_)) for v in column)):
        raise ValueError(f"{name}: True or False is wanted in every row")
    return column.astype(np.bool_)
