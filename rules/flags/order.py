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
    far = np.int32(2**31 - 1)
    granted = np.where(granted == NO_DAY, far, granted)
    odd = np.zeros(scene.cases, np.bool_)
    for item in scene.items:
        if item is None:
            continue
        mine = np.flatnonzero((scene.item == code[item.code]) & (scene.opening.opened != NO_DAY))
        for group in item.prerequisites:
            before = [code[c] for c in group if c in code and c not in item.wraps]
            if not before or not len(mine):
                continue
            chosen = np.zeros(len(scene.items), np.bool_)
            chosen[before] = True
            there = np.flatnonzero(chosen[scene.item])
            present = np.zeros(scene.projects, np.bool_)
            present[scene.project[there]] = True
            earliest = np.full(scene.projects, far, np.int32)
            np.minimum.at(earliest, scene.project[there], granted[there])
            of = scene.project[mine]
            odd[mine[present[of] & (earliest[of] > scene.opening.opened[mine])]] = True
    return of_cases(odd)
