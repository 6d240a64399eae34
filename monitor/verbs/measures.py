"""What is made of the sums that the reading rooms give: indicators and durations."""

from __future__ import annotations

from typing import Any

from monitor.analysis.durations import durations
from monitor.analysis.indicators import indicators
from monitor.reading.measured import Measures
from monitor.reading.measures import Wanted
from monitor.reading.viewer import Viewer

Rows = list[dict[str, Any]]
_OF_CASES = ("received", "accepted", "closed")
_OF_PROJECTS = {"region", "kind"}


def attribution_rows(measures: Measures, viewer: Viewer, wanted: Wanted) -> Rows:
    """One row a key with `monitor.reading.measures.ATTRIBUTION`; the days held are Fractions."""
    return _rows(measures.attribution(viewer, wanted))


def indicator_rows(measures: Measures, viewer: Viewer, wanted: Wanted) -> Rows:
    """One row a key and indicator, as `monitor.analysis.indicators` gives it; those of finished projects only where
    they are cut by nothing but region and kind.

    Cases with a late stop that nobody confirmed are in none that counts decisions.
    """
    keys = [*wanted.by]
    asked = [measures.outcomes(viewer, wanted)]
    of_cases = (wanted.department, wanted.item, wanted.stage)
    if set(keys) <= _OF_PROJECTS and not any(one is not None for one in of_cases):
        asked.append(measures.finished(viewer, wanted))
    flow = _rows(measures.attribution(viewer, wanted))
    whose = [*keys, *(["department_id"] if "department" in keys else [])]
    told = [[{name: row[name] for name in (*whose, *_OF_CASES)} for row in flow], *map(_rows, asked)]
    names = dict.fromkeys(name for name in (*_OF_CASES, *(n for one in asked for n in one.columns)))
    sums: dict[tuple[Any, ...], dict[str, Any]] = {}
    for rows in told:
        for row in rows:
            sums.setdefault(tuple(row[name] for name in whose), dict.fromkeys(names, 0)).update(row)
    return indicators(sums.values(), whose)


def duration_rows(measures: Measures, viewer: Viewer, wanted: Wanted) -> Rows:
    """One row a key with the columns of `monitor.analysis.durations`; days that are not reached are None."""
    found = durations(measures.endings(viewer, wanted), wanted.by)
    return _rows(found.astype(object).where(found.notna(), None))


def _rows(frame: Any) -> Rows:
    rows: Rows = frame.to_dict("records")
    return rows
