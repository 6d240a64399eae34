"""Predecessors: the day from which a case had all that its item wants before it.

An item that wraps its prerequisites (联合验收) runs beside them, and a prerequisite that the log does not show may
have been waived: neither is waited for. Of a list of alternatives one approval is enough. Cases of another works of
the project are no predecessors; a case without a works code is one of every works.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rules.derived import approved, first_days
from rules.log import I32, NO_DAY, NONE, Bools
from rules.scene import Scene

FAR = np.int32(2**31 - 1)
Firsts = npt.NDArray[np.int32]  # NO_DAY where there is no case, FAR where none was approved


class _Granted:
    """The first approval of each item, in each project and in each works of it."""

    def __init__(self, scene: Scene) -> None:
        granted = first_days(scene.cases, scene.case, scene.day, approved(scene.status))
        granted = np.where(granted == NO_DAY, FAR, granted)
        key = scene.project.astype(np.int64) * len(scene.items) + scene.item
        coded = scene.works != NONE
        self.items, self.size = len(scene.items), scene.projects * len(scene.items)
        self.whole = self._first(key, granted)
        self.blank = self._first(key[~coded], granted[~coded]) if coded.any() else self.whole
        self.keys, at = np.unique((key[coded] << 32) | scene.works[coded], return_inverse=True)
        self.coded = np.full(len(self.keys) + 1, FAR, np.int32)
        np.minimum.at(self.coded, at, granted[coded])

    def _first(self, key: npt.NDArray[np.int64], granted: I32) -> Firsts:
        out = np.full(self.size, NO_DAY, np.int32)
        out[key] = FAR
        rows = np.argsort(-granted, kind="stable")  # the earliest is written last and stays
        out[key[rows]] = granted[rows]
        return out

    def of(self, project: I32, item: int, works: I32) -> Firsts:
        """The first approval of an item that is one for cases of these projects and works."""
        key = project.astype(np.int64) * self.items + item
        mine = works != NONE
        if not mine.any():
            return self.whole[key]
        wanted = (key << 32) | works
        at = np.searchsorted(self.keys, wanted)
        there: Bools = np.append(self.keys, -1)[at] == wanted
        own, blank = np.where(there, self.coded[at], NO_DAY), self.blank[key]
        either = np.where(own == NO_DAY, blank, np.where(blank == NO_DAY, own, np.minimum(own, blank)))
        return np.where(mine, either, self.whole[key]).astype(np.int32)


def ready_on(scene: Scene) -> I32:
    """Of each case the day on which the last of its predecessors was approved: FAR where one is not, NO_DAY where the
    project has none."""
    code = {item.code: n for n, item in enumerate(scene.items) if item}
    granted = _Granted(scene)
    by_item = np.argsort(scene.item.astype(np.uint16), kind="stable")  # sorts by radix
    ends = np.cumsum(np.bincount(scene.item, minlength=len(scene.items)))
    out = np.full(scene.cases, NO_DAY, np.int32)
    for n, item in enumerate(scene.items):
        mine = by_item[ends[n - 1] if n else 0 : ends[n]]
        if not item or not len(mine):
            continue
        project, works = scene.project[mine], scene.works[mine]
        for group in item.prerequisites:
            ready = np.full(len(mine), NO_DAY, np.int32)
            for before in (code[c] for c in group if c in code and c not in item.wraps):
                day = granted.of(project, before, works)
                ready = np.where((ready == NO_DAY) | ((day != NO_DAY) & (day < ready)), day, ready)
            out[mine] = np.maximum(out[mine], ready)
    return out
