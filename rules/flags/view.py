"""What a flag may look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rules.cases import CaseStandings, OwnClocks
from rules.dated import in_force
from rules.log import I32, EventLog
from rules.scene import Scene

Found = tuple[npt.NDArray[Any], npt.NDArray[Any]]  # cases of the chunk, event rows of the log (or -1)


@dataclass
class View:
    """A chunk after steps 1-5."""

    log: EventLog
    scene: Scene
    cases: CaseStandings
    clocks: OwnClocks
    late: Found  # late stops that wait for a confirmation


def odd_from(view: View, name: str, days: I32) -> I32:
    """The pack's threshold of this name in force on each day; more than anything can be where it gives none."""
    number = view.scene.pack.oddities.get(name)
    return np.full(len(days), np.int32(2**31 - 1)) if number is None else in_force(number, days)


def of_cases(which: npt.NDArray[np.bool_]) -> Found:
    """A flag on whole cases."""
    cases = np.flatnonzero(which)
    return cases, np.full(len(cases), -1)


def of_events(scene: Scene, rows: npt.NDArray[Any]) -> Found:
    """A flag on events, given as rows of the scene."""
    return scene.case[rows], scene.event_rows[rows]
