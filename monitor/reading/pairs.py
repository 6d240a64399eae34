"""The same projects as known at two moments, to be held against each other."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from monitor.reading import masking
from monitor.reading.log import Loaded
from monitor.reading.sight import Seen, Sight
from rules.compare import Figures, figures_of
from rules.portfolio import Part, Rules, parts
from rules.workdays import WorkCalendar, day_of

INSTANT = dt.timedelta(microseconds=1)  # databases keep moments so finely


@dataclass
class Pair:
    """The same projects as known at two moments, each under the rules known then.

    Rows of projects: ``project_ids`` and ``codes``; of the cases of either: their keys, ids and the row of the project.
    ``seen`` and ``hidden``: of each row of projects what is told, and the rows of cases that are not; None: all is.
    """

    logs: tuple[Loaded, Loaded]
    parts: tuple[list[Part], list[Part]]
    project_ids: npt.NDArray[np.int64]
    codes: list[str]
    case_keys: npt.NDArray[np.int64]
    case_ids: list[str]
    case_project: npt.NDArray[np.intp]
    seen: list[Seen] | None = None
    hidden: npt.NDArray[np.bool_] | None = None

    @classmethod
    def of(cls, logs: tuple[Loaded, Loaded], rules: tuple[Rules, Rules], sight: Sight | None = None) -> Pair:
        """Those known at either moment, in the order of their keys."""
        keys = np.unique(np.concatenate([one.project_ids for one in logs]))
        codes: dict[int, str] = {}
        for one in logs:
            codes |= dict(zip(one.project_ids.tolist(), one.log.projects.code, strict=True))
        cases = np.unique(np.concatenate([one.case_ids for one in logs]))
        names, project = [""] * len(cases), np.zeros(len(cases), np.intp)
        for one in logs:
            rows = np.searchsorted(cases, one.case_ids)
            project[rows] = np.searchsorted(keys, one.project_ids[one.log.cases.project])
            for row, name in zip(rows.tolist(), one.log.cases.case_id, strict=True):
                names[row] = name
        found = tuple(list(parts(one.log, one.traits, by)) for one, by in zip(logs, rules, strict=True))
        named = [codes[key] for key in keys.tolist()]
        whole = cls(logs, (found[0], found[1]), keys, named, cases, names, project)
        return whole if sight is None else whole.seen_by(sight)

    def seen_by(self, sight: Sight) -> Pair:
        """The pair without what is not told of it."""
        shown = [sight.shown(one, past=True) for one in self.logs]
        hidden = set().union(*(one.case_ids[~good].tolist() for one, good in zip(self.logs, shown, strict=True)))
        rows = np.isin(self.case_keys, sorted(hidden))
        told = sight.told([(one, ~np.isin(one.case_ids, sorted(hidden))) for one in self.logs])
        return replace(self, seen=[told[code] for code in self.codes], hidden=rows)

    def was(self, day: dt.date, *, detail: bool = False, flags: bool = False) -> Figures:
        """What was said of a day; ``detail`` and ``flags`` as in `figures_of`."""
        return self._on(0, day, detail, flags)

    def now(self, day: dt.date, *, detail: bool = False, flags: bool = False) -> Figures:
        """What is said of it since."""
        return self._on(1, day, detail, flags)

    def known(self, side: int) -> npt.NDArray[np.bool_]:
        """Which of the projects were known at the first (0) or second (1) moment."""
        return np.isin(self.project_ids, self.logs[side].project_ids)

    def _on(self, side: int, day: dt.date, detail: bool, flags: bool) -> Figures:
        one = self.logs[side]
        found = figures_of(one.log, self.parts[side], day, detail=detail, flags=flags).placed(
            np.searchsorted(self.project_ids, one.project_ids),
            len(self.project_ids),
            np.searchsorted(self.case_keys, one.case_ids),
            len(self.case_keys),
        )
        if self.seen is None or self.hidden is None:
            return found
        return masking.figures(found, self.hidden, self.seen)

    def calendars(self) -> list[WorkCalendar]:
        """The calendars on which its days are counted, before and after."""
        return [part.calendar for found in self.parts for part in found]

    def first_day(self) -> dt.date:
        """The first day of which either log speaks."""
        known = [one.log.projects.coded_on for one in self.logs] + [one.log.events.day for one in self.logs]
        return day_of(int(np.concatenate(known).min()))
