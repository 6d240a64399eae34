"""Predecessors: the day from which a case had all that its item wants before it.

An item that wraps its prerequisites (联合验收) runs beside them, and a prerequisite that the log does not show may
have been waived: neither is waited for. Of a list of alternatives one approval is enough.
"""

from __future__ import annotations

import numpy as np

from rules.derived import approved, first_days
from rules.log import I32, NO_DAY
from rules.scene import Scene

FAR = np.int32(2**31 - 1)


def ready_on(scene: Scene) -> I32:
    """Of each case the day on which the last of its predecessors was approved: FAR where one is not, NO_DAY where the
    project has none."""
    code = {item.code: n for n, item in enumerate(scene.items) if item}
    granted = first_days(scene.cases, scene.case, scene.day, approved(scene.status))
    # the first approval of each item in each project: FAR where not approved
    first = np.full((scene.projects, len(scene.items)), FAR, np.int32)
    there = np.zeros((scene.projects, len(scene.items)), np.bool_)
    there[scene.project, scene.item] = True
    rows = np.flatnonzero(granted != NO_DAY)
    rows = rows[np.argsort(-granted[rows])]  # the earliest is written last and stays
    first[scene.project[rows], scene.item[rows]] = granted[rows]
    by_item = np.argsort(scene.item.astype(np.uint16), kind="stable")  # sorts by radix
    ends = np.cumsum(np.bincount(scene.item, minlength=len(scene.items)))
    out = np.full(scene.cases, NO_DAY, np.int32)
    for n, item in enumerate(scene.items):
        mine = by_item[ends[n - 1] if n else 0 : ends[n]]
        if not item or not len(mine):
            continue
        project = scene.project[mine]
        for group in item.prerequisites:
            before = [code[c] for c in group if c in code and c not in item.wraps]
            if before:
                known = there[project][:, before].any(axis=1)
                day = first[project][:, before].min(axis=1)
                out[mine[known]] = np.maximum(out[mine[known]], day[known])
    return out
