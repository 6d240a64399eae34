"""Which cases come after which: the prerequisites of the items of a log, and the pairs of cases that they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rules.copies import spread
from rules.log import I32, NONE, Bools
from rules.pack import Item
from rules.scene import Scene


@dataclass
class Order:
    """The prerequisites of the items of a log: ``items[first[i]:first[i + 1]]`` are those that item i wants.

    ``level`` of an item is above that of each of its prerequisites.
    """

    first: npt.NDArray[np.intp]
    items: I32
    level: npt.NDArray[np.intp]

    @classmethod
    def of(cls, items: Sequence[Item | None]) -> Order:
        """The order of the catalogue's entries of a log's item names."""
        code = {item.code: n for n, item in enumerate(items) if item}
        wanted = [
            sorted({code[c] for group in item.prerequisites for c in group if c in code}) if item else []
            for item in items
        ]
        level: dict[int, int] = {}

        def of_item(n: int) -> int:
            if n not in level:
                level[n] = 1 + max((of_item(m) for m in wanted[n]), default=-1)
            return level[n]

        many = np.array([len(w) for w in wanted], np.intp)
        return cls(
            np.append(0, np.cumsum(many)),
            np.array([m for w in wanted for m in w], np.int32),
            np.array([of_item(n) for n in range(len(items))], np.intp),
        )


def pairs(scn: Scene, order: Order, chosen: Bools, known: Bools) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Pairs of a ``chosen`` case and a ``known`` case of one of its prerequisites, by the first of each pair: of the
    same works, or either without a code."""
    rows = np.flatnonzero(chosen & (order.level[scn.item] > 0))
    low, high = order.first[scn.item[rows]], order.first[scn.item[rows] + 1]
    case, at = spread(rows, low, high)
    items = len(scn.items)
    key = scn.project.astype(np.intp) * items + scn.item
    rows_known = np.flatnonzero(known)
    by_key = rows_known[np.argsort(key[rows_known])]
    ends = np.cumsum(np.bincount(key[rows_known], minlength=scn.projects * items))
    wanted = scn.project[case].astype(np.intp) * items + order.items[at]
    begins = np.append(0, ends)
    after, place = spread(case, begins[wanted], begins[wanted + 1])
    before = by_key[place]
    mine, theirs = scn.works[after], scn.works[before]
    fits = (mine == theirs) | (mine == NONE) | (theirs == NONE)
    return after[fits], before[fits]
