"""What other rules would make of the same log: days used, turns, due days and lights, project by project."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from monitor.database import Database
from monitor.progress import Advance, unheard
from monitor.reading.log import load
from rules.compare import Change, Figures, changes, differing, figures, in_order
from rules.portfolio import Rules

CHUNK = 2_000


@dataclass
class Effect:
    """What would change as of a day. ``looked_at``: projects assessed; the rest are counts of projects and of cases
    in which something differs."""

    as_of: dt.date
    looked_at: int = 0
    projects: int = 0
    used: int = 0
    lights: int = 0
    turn_days: int = 0
    cases_due: int = 0
    case_lights: int = 0
    changes: list[Change] = field(default_factory=list)

    def add(
        self,
        before: Figures,
        after: Figures,
        codes: Sequence[str],
        case_ids: Sequence[str],
        case_project: npt.NDArray[np.integer[Any]],
        most: int | None = None,
    ) -> int:
        """Counts what differs among some projects, whose names stand as in `rules.compare.changes`, and lists it, up to
        ``most`` changes in all. Gives how many were not listed."""
        differs = np.zeros(len(codes), np.bool_)
        seen: dict[str, npt.NDArray[np.bool_]] = {}
        found = 0
        for (_where, what), of_case, rows in differing(before, after):
            found += len(rows)
            differs[case_project[rows] if of_case else rows] = True
            kind = (_OF_CASES if of_case else _OF_PROJECTS)[what]
            seen.setdefault(kind, np.zeros(len(case_ids if of_case else codes), np.bool_))[rows] = True
        self.looked_at += len(codes)
        self.projects += int(differs.sum())
        for kind, which in seen.items():
            setattr(self, kind, getattr(self, kind) + int(which.sum()))
        room = found if most is None else min(max(most - len(self.changes), 0), found)
        self.changes += islice(changes(before, after, codes, case_ids, case_project), room)
        return found - room


def effect(
    database: Database,
    ids: Sequence[int],
    before: Rules,
    after: Rules,
    as_of: dt.date,
    advance: Advance = unheard,
) -> Effect:
    """Compares two rules on the projects with these keys; nothing is written."""
    out = Effect(as_of)
    for at in range(0, len(ids), CHUNK):
        with database.reading() as connection:
            loaded = load(connection, ids[at : at + CHUNK])
        was, now = (figures(loaded.log, loaded.traits, rules, as_of) for rules in (before, after))
        out.add(was, now, loaded.log.projects.code, loaded.log.cases.case_id, loaded.log.cases.project)
        advance(min(at + CHUNK, len(ids)), len(ids))
    out.changes.sort(key=in_order)
    return out


_OF_PROJECTS = {"used": "used", "light": "lights", "yellow_on": "turn_days", "red_on": "turn_days"}
_OF_CASES = {"light": "case_lights", "due_on": "cases_due"}
