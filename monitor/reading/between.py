"""What is not handling: days that cases were paused, by kind and basis, and days between one department's approval and
the next one's acceptance. From the rollups; nobody's blame."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from monitor.reading.frames import framed
from monitor.reading.measures import BY, Wanted, department_names, worded
from monitor.reading.rollups import WEEK, Asked, summed
from monitor.reading.viewer import looking
from monitor.tables import HandoverTally, PauseTally
from monitor.text import _
from rules.vocabulary import Pause

if TYPE_CHECKING:
    import pandas as pd

PAUSES = ("pause", "based", "opened", "days")
HANDOVERS = ("before_department", "before_item", "begun", "ended", "days", "lay")


def pauses(connection: Connection, wanted: Wanted) -> pd.DataFrame:
    """One row a key, kind of pause and whether a legal basis was told (PAUSES): pauses ``opened``, and ``days`` on
    which they stopped a case. A day on which several stop one goes to one of them alone (`rules.stopped`)."""
    asked = Asked(
        PauseTally,
        [*wanted.columns, "pause", "based"],
        rates={"days": PauseTally.running},
        counts={"opened": PauseTally.opened},
        where=wanted.where(PauseTally),
    )
    period = wanted.period(connection)
    rows = [
        (*_key(wanted, row), Pause(row["pause"]).word, bool(row["based"]), row["opened"], row["days"])
        for row in (summed(connection, period, asked) if period else ())
    ]
    return worded(connection, wanted, framed(sorted(rows), [*wanted.by, *PAUSES]))


def handovers(connection: Connection, wanted: Wanted) -> pd.DataFrame:
    """One row a key and department and item before it (HANDOVERS): gaps that ``begun`` and ``ended``, their ``days``
    in the period, and of these those on which the application ``lay`` received.

    Whoever sees the cases of some departments alone is told of the others before them as one.
    """
    asked = Asked(
        HandoverTally,
        [*wanted.columns, "before_department_id", "before_item_code"],
        rates={"days": HandoverTally.waiting, "lay": HandoverTally.lying},
        counts={"begun": HandoverTally.begun, "ended": HandoverTally.ended},
        where=wanted.where(HandoverTally),
    )
    period = wanted.period(connection)
    found = list(summed(connection, period, asked)) if period else []
    names = department_names(connection, [row["before_department_id"] for row in found])
    viewer = looking(connection)
    own = None if viewer.departments is None else set(viewer.departments)
    sums: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0] * 4)
    for row in found:
        before = row["before_department_id"]
        seen = own is None or before in own
        whose = (names.get(before, ""), row["before_item_code"]) if seen else (_("Other departments"), "")
        into = sums[(*_key(wanted, row), *whose)]
        for n, name in enumerate(("begun", "ended", "days", "lay")):
            into[n] += row[name]
    rows = [(*key, *values) for key, values in sorted(sums.items())]
    return worded(connection, wanted, framed(rows, [*wanted.by, *HANDOVERS]))


def _key(wanted: Wanted, row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[WEEK if word == WEEK else BY[word]] for word in wanted.by)
