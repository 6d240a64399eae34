"""Variants: which ways through the items are the same, and how many took each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from monitor.analysis.cases import I64, Cases, Ways, lights
from monitor.analysis.paths import Sets

if TYPE_CHECKING:
    import pandas as pd

VARIANTS = ("path", "variants", "ways", "share", "projects", "red", "yellow")

Path = tuple[tuple[str, ...], ...]  # sets of items in their order


@dataclass(frozen=True)
class Variants:
    """Which ways are the same. ``way``: those that were begun; ``variant``: of each its variant, shorter ones first.

    A variant is a chain of its predecessor (``parent``, -1 before the first) and one item more (``token``: the item,
    and whether it begins a set).
    """

    log: Cases
    project: I64
    variant: I64
    parent: I64
    token: I64

    def path(self, variant: int) -> Path:
        """The sets of a variant."""
        found: list[list[str]] = [[]]
        while variant >= 0:
            item, begins = divmod(int(self.token[variant]), 2)
            found[-1].append(self.log.items[item])
            if begins:
                found.append([])
            variant = int(self.parent[variant])
        return tuple(tuple(reversed(part)) for part in reversed(found[:-1]))

    def projects_of(self, path: Path) -> list[str]:
        """The codes of the projects with a way of this variant, sorted."""
        number = {code: n for n, code in enumerate(self.log.items)}
        ends = {(int(p), int(t)): n for n, (p, t) in enumerate(zip(self.parent, self.token))}
        at = -1
        for part in path:
            for place, code in enumerate(part):
                at = ends.get((at, number.get(code, -1) * 2 + (place == 0)), -2)
        return [self.log.projects[n] for n in np.unique(self.project[self.variant == at])]


def variants(log: Cases, taken: Sets, among: Ways) -> Variants:
    """Follows all ways at once, one item further each time: those are the same that stand in one place at their end."""
    first = np.ones(len(taken.way), bool)
    first[1:] = taken.way[1:] != taken.way[:-1]
    begin = taken.start[:-1][first]
    length = np.diff(np.append(begin, len(taken.row)))
    opens = np.zeros(len(taken.row), np.int64)
    opens[taken.start[:-1]] = 1
    token = log.item[taken.row].astype(np.int64) * 2 + opens
    here = np.full(len(begin), -1, np.int64)
    parents, tokens, made, base = [], [], 0, 2 * max(len(log.items), 1)
    on = np.arange(len(begin))
    for step in range(int(length.max(initial=0))):
        on = on[length[on] > step]
        kinds, at = np.unique((here[on] + 1) * base + token[begin[on] + step], return_inverse=True)
        here[on] = made + at
        parents.append(kinds // base - 1)
        tokens.append(kinds % base)
        made += len(kinds)
    none = [np.empty(0, np.int64)]
    project = among.project[taken.way[first]]
    return Variants(log, project, here, np.concatenate(parents or none), np.concatenate(tokens or none))


def most_frequent(found: Variants, n: int) -> pd.DataFrame:
    """The ``n`` variants of most ways (VARIANTS), and in a last row, with an empty path, all others together.

    ``ways``: one a works, or a project without any; they, and ``share`` of all ways, add up. A project whose works
    took several variants is among the projects of each. Of equally many the shorter comes first, then by item codes.
    """
    import pandas as pd

    kinds, group, ways_ = np.unique(found.variant, return_inverse=True, return_counts=True)
    order = np.argsort(-ways_, kind="stable")
    place = np.empty(len(kinds), np.int64)
    place[order] = np.minimum(np.arange(len(kinds)), n)
    at, rows = place[group], min(len(kinds), n + 1)
    row_of = np.zeros(max(len(found.log.projects), 1), np.int64)
    row_of[found.log.project] = np.arange(len(found.log))
    counts = lights(found.log, at, rows, row_of[found.project])
    total = np.bincount(at, minlength=rows)
    return pd.DataFrame(
        {
            "path": pd.Series([found.path(int(kinds[k])) for k in order[:n]] + [()] * (rows > n), dtype=object),
            "variants": np.bincount(place, minlength=rows),
            "ways": total,
            "share": total / max(len(found.variant), 1),
            **counts,
        },
        columns=list(VARIANTS),
    )
