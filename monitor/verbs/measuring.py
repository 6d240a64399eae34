"""One verb for every door: a measure by its name, as a document of plain values."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from fractions import Fraction
from functools import partial
from typing import Any

from monitor.analysis.indicators import INDICATORS
from monitor.reading.measured import Measures
from monitor.reading.measures import Wanted
from monitor.reading.viewer import Viewer
from monitor.text import _
from monitor.verbs import comparing
from monitor.verbs import measures as verbs

OF_INDICATOR = {one.name: one for one in INDICATORS}


class What(StrEnum):
    """What is measured."""

    ATTRIBUTION = "attribution"
    INDICATORS = "indicators"
    DURATIONS = "durations"
    QUEUES = "queues"
    PAUSES = "pauses"
    HANDOVERS = "handovers"
    CASES = "cases"
    RANKING = "ranking"
    SLOWER = "slower"
    PATHS = "paths"
    DEPARTURES = "departures"


# Cut by nothing that is asked for.
_WHOLE = {What.CASES, What.RANKING, What.SLOWER, What.PATHS, What.DEPARTURES}


def measure(
    measures: Measures, viewer: Viewer, what: What, wanted: Wanted, *, figure: str = "", regions: bool = False
) -> dict[str, Any]:
    """The document of docs/json.md of a measure for a viewer: days as ISO texts, parts of days and rates as numbers.

    ``figure``: of cases, of which; ``regions``: of a ranking, of these instead of departments. Raises BeforeLastSweep,
    and ValueError where the measure is not cut so.
    """
    ask: dict[What, Any] = {
        What.ATTRIBUTION: verbs.attribution_rows,
        What.INDICATORS: verbs.indicator_rows,
        What.DURATIONS: verbs.duration_rows,
        What.QUEUES: verbs.queue_rows,
        What.PAUSES: verbs.pause_rows,
        What.HANDOVERS: verbs.handover_rows,
        What.CASES: partial(verbs.case_rows, figure=figure),
        What.RANKING: partial(comparing.ranking, regions=regions),
        What.SLOWER: comparing.slower,
        What.PATHS: comparing.path_rows,
        What.DEPARTURES: comparing.departure_rows,
    }
    found = ask[what](measures, viewer, wanted)
    found = found if isinstance(found, dict) else {"rows": found}
    cut = {"figure": figure} if what is What.CASES else {} if what in _WHOLE else {"by": list(wanted.by)}
    rows = [{name: _plain(value) for name, value in row.items()} for row in found.pop("rows")]
    days = {"since": _plain(wanted.since), "until": _plain(wanted.until)}
    return {"measure": what.value, **days, **cut, "rows": [one | _said(one) for one in rows], **found}


def _said(row: dict[str, Any]) -> dict[str, Any]:
    """What stands beside an indicator."""
    one = OF_INDICATOR.get(row.get("indicator", ""))
    if one is None:
        return {}
    return {"unit": one.unit, "formula": _(one.formula), "source": _(one.source), "sure": one.sure}


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return float(value) if isinstance(value, Fraction) else value
