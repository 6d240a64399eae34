"""Flags on the order of items (successor accepted before its predecessor was decided)."""

from __future__ import annotations

import numpy as np

from rules.cases import approved
from rules.derived import first_days
from rules.flags.view import Found, View, of_cases
from rules.log import NO_DAY


def accepted_before_predecessor(view: View) -> Found:
    """Accepted although the project has a case of a prerequisite that was not approved by that day.

    An item that wraps its prerequisites (联合验收) runs beside them, and a prerequisite that the log does
    not show may have been waived: neither is flagged.
    """
    scene = view.scene
    code = {item.code: n for n, item in enumerate(scene.items) if item}
    granted = first_days(scene.cases, scene.case, scene.day, approved(scene.status))
    opened = scene.opening.opened
    far = np.int32(2**31 - 1)
    # the first approval of each item in each project: `far` where not approved, NO_DAY where there is no case
    first = np.full((scene.projects, len(scene.items)), far, np.int32)
    there = np.zeros((scene.projects, len(scene.items)), np.bool_)
    there[scene.project, scene.item] = True
    rows = np.flatnonzero(granted != NO_DAY)
    rows = rows[np.argsort(-granted[rows])]  # the earliest is written last and stays
    first[scene.project[rows], scene.item[rows]] = granted[rows]
    by_item = np.argsort(scene.item.astype(np.uint16), kind="stable")  # sorts by radix
    ends = np.cumsum(np.bincount(scene.item, minlength=len(scene.items)))
    odd = np.zeros(scene.cases, np.bool_)
    for n, item in enumerate(scene.items):
        mine = by_item[ends[n - 1] if n else 0 : ends[n]] if item and item.prerequisites else ()
        if not item or not len(mine):
            continue
        project = scene.project[mine]
        for group in item.prerequisites:
            before = [code[c] for c in group if c in code and c not in item.wraps]
            if not before:
                continue
            known = there[project][:, before].any(axis=1)
            late = first[project][:, before].min(axis=1) > opened[mine]
            odd[mine[known & late & (opened[mine] != NO_DAY)]] = True
    return of_cases(odd)
