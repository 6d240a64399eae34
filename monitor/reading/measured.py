"""The measures as they are asked for: each by whom, of which days, cut by what."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from monitor.reading import behind, between, endings, finished, handled, measures
from monitor.reading.lawbook import known_rules
from monitor.reading.measures import Wanted
from monitor.reading.viewer import EVERYONE, Viewer
from rules.portfolio import Rules
from rules.workdays import WorkCalendar

if TYPE_CHECKING:
    import pandas as pd

Seen = Callable[[Viewer], AbstractContextManager[Connection]]


class Measures:
    """Frames for one viewer at a time; what is raised: see the rooms."""

    def __init__(self, seen: Seen, rules: Rules, region: str) -> None:
        self._seen, self._rules, self._region = seen, rules, region

    def rules(self) -> Rules:
        """The rules with the packs and notices that are known now."""
        with self._seen(EVERYONE) as connection:
            return known_rules(connection, self._rules)

    def calendar(self) -> WorkCalendar:
        """The working calendar of the office, as it is known now."""
        rules = self.rules()
        return rules.calendar(rules.area(self._region))

    def attribution(self, viewer: Viewer, wanted: Wanted) -> pd.DataFrame:
        """Days held, beyond, paused and waited for, and cases that came, went and are open."""
        with self._seen(viewer) as connection:
            return measures.attribution(connection, wanted)

    def flow(self, viewer: Viewer, wanted: Wanted) -> pd.DataFrame:
        """Cases that came and went."""
        with self._seen(viewer) as connection:
            return measures.flow(connection, wanted)

    def outcomes(self, viewer: Viewer, wanted: Wanted, *, pending: bool = False) -> pd.DataFrame:
        """Sums over the cases decided in the period."""
        with self._seen(viewer) as connection:
            return measures.outcomes(connection, wanted, pending=pending)

    def finished(self, viewer: Viewer, wanted: Wanted) -> pd.DataFrame:
        """Projects finished in the period, and how many of them kept the rule."""
        with self._seen(viewer) as connection:
            return finished.finished(connection, wanted)

    def endings(self, viewer: Viewer, wanted: Wanted) -> pd.DataFrame:
        """How long the cases accepted in the period took, or have taken so far."""
        with self._seen(viewer) as connection:
            return endings.endings(connection, wanted)

    def pauses(self, viewer: Viewer, wanted: Wanted) -> pd.DataFrame:
        """Days that cases were paused, by kind and basis."""
        with self._seen(viewer) as connection:
            return between.pauses(connection, wanted)

    def handovers(self, viewer: Viewer, wanted: Wanted) -> pd.DataFrame:
        """Days between the last approval before cases and their acceptance, by whom it was given."""
        with self._seen(viewer) as connection:
            return between.handovers(connection, wanted)

    def ages(self, viewer: Viewer, wanted: Wanted) -> pd.DataFrame:
        """How long ago the cases that are open at the end were accepted."""
        with self._seen(viewer) as connection:
            return endings.ages(connection, wanted)

    def behind(self, viewer: Viewer, wanted: Wanted, figure: str) -> pd.DataFrame:
        """The cases behind a figure."""
        with self._seen(viewer) as connection:
            return behind.behind(connection, wanted, figure)

    def paces(self, viewer: Viewer, wanted: Wanted) -> tuple[pd.DataFrame, int]:
        """The cases that were open in the period, and the index of its last day."""
        with self._seen(viewer) as connection:
            return handled.paces(connection, wanted)

    def ways(self, viewer: Viewer, wanted: Wanted) -> tuple[pd.DataFrame, list[int], list[int]]:
        """The cases of the projects coded in the period, with indices of their acceptance and close."""
        with self._seen(viewer) as connection:
            return handled.ways(connection, wanted)

    def department_names(self, viewer: Viewer) -> dict[int, str]:
        """Names of departments by key."""
        with self._seen(viewer) as connection:
            return measures.department_names(connection)
