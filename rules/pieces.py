"""Who held what from when: the shares of a project as pieces with a rate, for keeping in tables.

A piece says that a department, with cases of one item in one stage, held a part of each counted day in
``(since, until]``. Pieces that go on have no end: they hold until something changes. Rates are in whole
1/WHOLE_DAY of a day per working day; a department's part is divided evenly among its cells (stage, item).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rules.clock import unite
from rules.log import I8, I32, Bools
from rules.scene import Scene
from rules.shares import WHOLE_DAY, ahead, holding

OPEN = -1
I64 = npt.NDArray[np.int64]


@dataclass
class Pieces:
    """One row a piece, by project and cell; days in ``(since, until]``, ``until`` OPEN while it goes on."""

    project: I32
    department: I32
    stage: I8
    item: I32
    since: I32
    until: I32
    rate: I64
    sole: I64


def pieces(scene: Scene, counted: Bools) -> Pieces:
    """The pieces of a scene; what holds at the end of as_of is taken to hold the next working day too."""
    held = holding(scene, counted, ahead(scene))
    cell_of_case, owner, department, stage, item = _cells(scene)
    whole = unite(cell_of_case[held.case], held.start, held.end)
    project = owner[whole.key].astype(np.int64)
    # the boundaries of each project, and the segments between them
    bounds = np.unique(np.concatenate(((project << 17) | whole.start, (project << 17) | whole.end)))
    low = np.searchsorted(bounds, (project << 17) | whole.start)
    many = np.searchsorted(bounds, (project << 17) | whole.end) - low
    cell = np.repeat(whole.key, many)
    segment = np.repeat(low - np.cumsum(many) + many, many) + np.arange(len(cell))
    # k departments share a segment; within a department its cells share that part
    pair, back, cells = np.unique(
        segment * (len(scene.department) + 1) + _dense(department[cell]), return_inverse=True, return_counts=True
    )
    departments = np.bincount(pair // (len(scene.department) + 1), minlength=len(bounds))
    order = np.lexsort((cell, back))
    rank = np.empty(len(cell), np.int64)
    rank[order] = np.arange(len(cell)) - np.repeat(np.cumsum(cells) - cells, cells)
    k, m = departments[segment], cells[back]
    first_pair = np.cumsum(departments) - departments
    part = WHOLE_DAY // k + ((back - first_pair[segment]) < WHOLE_DAY % k)
    rate = part // m + (rank < part % m)
    sole = np.where(k == 1, rate, 0)
    return _joined(scene, bounds, cell, segment, rate, sole, (owner, department, stage, item))


def _dense(values: I32) -> npt.NDArray[np.intp]:
    """Each value as its rank among the distinct ones."""
    return np.unique(values, return_inverse=True)[1]


def _cells(scene: Scene) -> tuple[I32, I32, I32, I8, I32]:
    """The cell of each case, and of each cell its project, department, stage and item."""
    key = np.stack((scene.project, scene.department, scene.stage.astype(np.int32), scene.item))
    cells, of_case = np.unique(key, axis=1, return_inverse=True)
    return of_case.reshape(-1).astype(np.int32), cells[0], cells[1], cells[2].astype(np.int8), cells[3]


def _joined(
    scene: Scene, bounds: I64, cell: I32, segment: I64, rate: I64, sole: I64,
    of_cell: tuple[I32, I32, I8, I32],
) -> Pieces:  # fmt: skip
    """Neighbouring segments of a cell with the same rates as one piece."""
    order = np.lexsort((segment, cell))
    cell, segment, rate, sole = cell[order], segment[order], rate[order], sole[order]
    new = np.ones(len(cell), np.bool_)
    same = (cell[1:] == cell[:-1]) & (segment[1:] == segment[:-1] + 1)
    new[1:] = ~(same & (rate[1:] == rate[:-1]) & (sole[1:] == sole[:-1]))
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(cell)) - 1 if len(first) else first
    since = (bounds[segment[first]] & 0xFFFF).astype(np.int32)
    end = (bounds[np.minimum(segment[last] + 1, max(len(bounds) - 1, 0))] & 0xFFFF).astype(np.int32)
    open_ = end == scene.now + 1
    until = np.where(open_, OPEN, scene.calendar.day_at(np.minimum(end, scene.now)))
    owner, department, stage, item = of_cell
    at = cell[first]
    return Pieces(
        owner[at], department[at], stage[at], item[at],
        scene.calendar.day_at(since), until.astype(np.int32), rate[first], sole[first],
    )  # fmt: skip
