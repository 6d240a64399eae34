"""Flags on whose records they are."""

from __future__ import annotations

import numpy as np

from rules.flags.view import Found, View, of_cases

# What systems write where nobody named an office: a setting of this system, for there is no register of offices.
NOBODY = frozenset(
    "未知 不详 不明 无 其他 其它 待定 未填写 未知部门 其他部门 其它部门 未知单位 其他单位 其它单位 "
    "- -- — —— / ? ？ unknown none null n/a other".split()
) | {""}


def unknown_office(view: View) -> Found:
    """A case whose department is a word that names no office."""
    nobody = np.array([name.strip().casefold() in NOBODY for name in view.log.departments] or [False])
    return of_cases(nobody[view.scene.department])
