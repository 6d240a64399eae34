"""The measures as they are asked for: each by whom, of which days, cut by what."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from monitor.reading import endings, finished, measures
from monitor.reading.measures import Wanted
from monitor.reading.viewer import Viewer

if TYPE_CHECKING:
    import pandas as pd

Seen = Callable[[Viewer], AbstractContextManager[Connection]]


class Measures:
    """Frames for one viewer at a time; what is raised: see the rooms."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    def attribution(self, viewer: Viewer, wanted: Wanted) -> pd.DataFrame:
        """Days held, beyond, paused and waited for, and cases that came, went and are open."""
        with self._seen(viewer) as connection:
            return measures.attribution(connection, wanted)

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
