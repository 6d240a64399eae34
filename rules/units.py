"""Works: the units that are judged by themselves (DESIGN: where cases carry works codes).

A project without works codes is its own only unit. In a project with them, each works is judged on its
own cases and those without a code, which therefore stand in several units.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rules.log import I32


@dataclass
class Units:
    """Units of a chunk by project; ``project`` and ``works`` (index of the log's names, or -1) of each."""

    project: I32
    works: I32
    first: I32  # of each project, its first unit; one more entry closes the last
    plain: bool  # every project is its only unit

    def __len__(self) -> int:
        return len(self.project)

    def spread(self, project: I32, works: I32) -> tuple[npt.NDArray[np.intp], I32]:
        """For rows with a project and a works code: (row, unit) of every unit in which a row stands."""
        rows = np.arange(len(project))
        if self.plain:
            return rows, project
        many = np.where(works >= 0, 1, (self.first[1:] - self.first[:-1])[project])
        row = np.repeat(rows, many)
        nth = np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many)
        coded = works[row] >= 0
        key = (project[row].astype(np.int64) << 32) | np.maximum(works[row], 0)
        own = np.searchsorted((self.project.astype(np.int64) << 32) | np.maximum(self.works, 0), key)
        return row, np.where(coded, own, self.first[project[row]] + nth).astype(np.int32)


def units(projects: int, project: I32, works: I32) -> Units:
    """The units of ``projects`` from the project and works code of each case."""
    coded = works >= 0
    if not coded.any():
        every = np.arange(projects, dtype=np.int32)
        return Units(every, np.full(projects, -1, np.int32), np.arange(projects + 1, dtype=np.int32), True)
    pairs = np.unique((project[coded].astype(np.int64) << 32) | works[coded])
    bare = np.setdiff1d(np.arange(projects), pairs >> 32)
    of = np.concatenate((pairs >> 32, bare))
    code = np.concatenate((pairs & 0xFFFFFFFF, np.full(len(bare), -1)))
    order = np.lexsort((code, of))
    of, code = of[order].astype(np.int32), code[order].astype(np.int32)
    first = np.searchsorted(of, np.arange(projects + 1)).astype(np.int32)
    return Units(of, code, first, False)
