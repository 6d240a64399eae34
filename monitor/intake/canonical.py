"""Whole canonical files as typed columns with their references resolved: the way in without a database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from monitor.intake.columns import CONTENT, OWN_KEY, shown
from monitor.intake.incoming import incoming
from monitor.intake.profiles.definition import Profile
from monitor.intake.refusals import Refusal
from monitor.intake.rows import CaseRows, EventRows, ProjectRows, Rows
from monitor.intake.secret_projects import SecretList, Secrets
from monitor.intake.sheets import PassedOver, Sheet
from monitor.intake.taking import Taken, takers

Index = npt.NDArray[np.int32]


@dataclass
class Canonical:
    """Typed columns of all files. ``case_project[i]`` is the place of the project of case i, ``event_case[i]``
    that of the case of event i. Rows with a refusal are not among them; a repeated identical row is there once.
    """

    projects: ProjectRows = field(default_factory=ProjectRows)
    cases: CaseRows = field(default_factory=CaseRows)
    events: EventRows = field(default_factory=EventRows)
    case_project: Index = field(default_factory=lambda: np.empty(0, np.int32))
    event_case: Index = field(default_factory=lambda: np.empty(0, np.int32))
    refusals: list[Refusal] = field(default_factory=list)
    passed_over: PassedOver = field(default_factory=PassedOver)


def numbers(values: Sequence[int | None], dtype: type[np.integer[Any]] = np.int32) -> npt.NDArray[Any]:
    """A column of days or words as an array; what was not told is -1."""
    return np.fromiter((-1 if v is None else v for v in values), dtype, len(values))


def read_canonical(
    paths: Iterable[Path], zone: ZoneInfo, secret: SecretList | None = None, *, profile: Profile | None = None
) -> Canonical:
    """Reads whole files into memory, foreign ones through a profile. Raises FileRefused when a file cannot be used.
    ``secret``: secret projects.

    Refused are, besides rows that cannot be read: a case of a project that is not in the files, an event of
    a case that is not, an id that stands twice with different content, a `voids` or `confirms` that names
    no event of the same project.
    """
    reading = _Reading()
    secrets = Secrets(listed=secret or SecretList())
    with incoming(paths, zone, secrets, profile) as (listed, reading.out.passed_over):
        for taker in takers(listed, zone, secrets):
            for taken in taker.chunks():
                reading.add(taker.sheet, taken)
        return reading.done()


class _Reading:
    def __init__(self) -> None:
        self.out = Canonical()
        self.at: dict[str, dict[str, int]] = {"projects": {}, "cases": {}, "events": {}}
        self.file: dict[str, list[Sheet]] = {"projects": [], "cases": [], "events": []}
        self.parents: dict[str, list[int]] = {"cases": [], "events": []}
        self.seen: list[str] = []

    def add(self, sheet: Sheet, taken: Taken) -> None:
        table = sheet.table
        self.out.refusals += taken.refusals
        if sheet.file not in self.seen:
            self.seen.append(sheet.file)
        own = OWN_KEY[table]
        upper, named = {"projects": ("", ""), "cases": ("projects", "project_code"), "events": ("cases", "case_id")}[
            table
        ]
        ids: list[str] = getattr(taken.rows, own)
        known, known_above = self.at[table], self.at.get(upper, {})
        all_rows: Rows = getattr(self.out, table)
        names = getattr(taken.rows, named) if named else None
        new: list[int] = []
        fresh: dict[str, int] = {}  # ids of this chunk -> place in it
        for i, key in enumerate(ids):
            if names is not None and names[i] not in known_above:
                code = "unknown_project" if table == "cases" else "unknown_case"
                self.out.refusals.append(taken.refuse(taken.rows.row[i], code, named, names[i]))
            elif key in fresh:
                self._compare(taken, i, key, own, taken.rows, fresh[key], sheet)
            elif key in known:
                self._compare(taken, i, key, own, all_rows, known[key], self.file[table][known[key]])
            else:
                fresh[key] = i
                new.append(i)
        base = len(all_rows)
        known.update((ids[i], base + n) for n, i in enumerate(new))
        all_rows.extend(taken.rows if len(new) == len(ids) else taken.rows.keep(new))
        self.file[table] += [sheet] * len(new)
        if names is not None:
            self.parents[table] += [known_above[names[i]] for i in new]

    def _compare(self, taken: Taken, i: int, key: str, own: str, rows: Any, at: int, sheet: Sheet) -> None:
        """The same id again: nothing when the content is the same, else a refusal."""
        table = taken.sheet.table
        for column in CONTENT[table]:
            before, here = getattr(rows, column)[at], getattr(taken.rows, column)[i]
            if before != here and column in taken.present:
                self.out.refusals.append(
                    taken.refuse(
                        taken.rows.row[i],
                        "twice",
                        own,
                        key,
                        column=column,
                        known=shown(table, column, before),
                        told=shown(table, column, here),
                        where=(sheet.file, sheet.place(rows.row[at])[0]),
                    )
                )
                return

    def done(self) -> Canonical:
        out = self.out
        out.case_project = np.array(self.parents["cases"], np.int32)
        out.event_case = np.array(self.parents["events"], np.int32)
        self._check_targets()
        out.refusals.sort(key=lambda r: (self.seen.index(r.file), r.row))
        return out

    def _check_targets(self) -> None:
        """`voids` and `confirms` may name an event further down; what they name must be of the same project."""
        out, known = self.out, self.at["events"]
        while True:
            wrong: set[int] = set()
            for column in ("voids", "confirms"):
                for i, target in enumerate(getattr(out.events, column)):
                    if target is None or i in wrong:
                        continue
                    at = known.get(target)
                    if at is not None and self._project(at) == self._project(i):
                        continue
                    code = "unknown_event" if at is None else "foreign_event"
                    sheet = self.file["events"][i]
                    out.refusals.append(sheet.refusal(out.events.row[i], code, column, target, {}))
                    wrong.add(i)
            if not wrong:
                return
            keep = [i for i in range(len(out.events)) if i not in wrong]
            out.events = out.events.keep(keep)
            out.event_case = out.event_case[keep]
            self.file["events"] = [self.file["events"][i] for i in keep]
            known = self.at["events"] = {key: n for n, key in enumerate(out.events.event_id)}

    def _project(self, event: int) -> int:
        return int(self.out.case_project[self.out.event_case[event]])
