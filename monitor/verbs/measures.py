"""What is made of the sums that the reading rooms give: indicators, durations, queues."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

from monitor.analysis import queues
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
    flow = _rows(measures.flow(viewer, wanted))
    whose = _whose(wanted)
    told = [[{name: row[name] for name in (*whose, *_OF_CASES)} for row in flow], *map(_rows, asked)]
    names = dict.fromkeys(name for name in (*_OF_CASES, *(n for one in asked for n in one.columns)))
    sums: dict[tuple[Any, ...], dict[str, Any]] = {}
    for rows in told:
        for row in rows:
            sums.setdefault(tuple(row[name] for name in whose), dict.fromkeys(names, 0)).update(row)
    return indicators(sums.values(), whose)


def duration_rows(measures: Measures, viewer: Viewer, wanted: Wanted) -> Rows:
    """One row a key with the columns of `monitor.analysis.durations`; days that are not reached are None."""
    found = durations(measures.endings(viewer, wanted), _whose(wanted))
    return _rows(found.astype(object).where(found.notna(), None))


def pause_rows(measures: Measures, viewer: Viewer, wanted: Wanted) -> Rows:
    """One row a key, kind of pause and whether its basis was told."""
    return _rows(measures.pauses(viewer, wanted))


def handover_rows(measures: Measures, viewer: Viewer, wanted: Wanted) -> Rows:
    """One row a key and what was before it."""
    return _rows(measures.handovers(viewer, wanted))


def queue_rows(measures: Measures, viewer: Viewer, wanted: Wanted) -> Rows:
    """One row a key: cases ``received``, ``accepted`` and ``closed`` in the period, ``open`` at its end by age band,
    ``days_to_clear`` at the pace of the last `PACE` working days, and the cases accepted in the same weeks
    of the year before (``accepted_year_before``) with the ``change`` on them.

    Without a first day the period is those working days. Raises BeforeLastSweep, and ValueError for weeks.
    """
    calendar = measures.calendar()
    pace = replace(wanted, since=calendar.add(wanted.until, -queues.PACE))
    wanted = wanted if wanted.since else pace
    since, until = queues.year_before(calendar, wanted.since or wanted.until, wanted.until)
    whose = _whose(wanted)
    ages: dict[tuple[Any, ...], dict[int, int]] = defaultdict(dict)
    for row in _rows(measures.ages(viewer, wanted)):
        ages[tuple(row[name] for name in whose)][row["days"]] = row["count"]
    flow, paced, before = (
        {tuple(row[name] for name in whose): row for row in attribution_rows(measures, viewer, one)}
        for one in (wanted, pace, replace(wanted, since=since, until=until))
    )
    nothing = dict.fromkeys(("received", "accepted", "closed", "open"), 0)
    found = []
    for key in sorted({*flow, *ages, *before}):
        row = nothing | {name: flow.get(key, nothing)[name] for name in nothing}
        was = before.get(key, nothing)["accepted"]
        found.append(
            dict(zip(whose, key, strict=True))
            | row
            | queues.banded(ages[key])
            | {
                "days_to_clear": queues.days_to_clear(row["open"], paced.get(key, nothing)["closed"], queues.PACE),
                "accepted_year_before": was,
                "change": queues.change(row["accepted"], was),
            }
        )
    return found


def case_rows(measures: Measures, viewer: Viewer, wanted: Wanted, figure: str) -> Rows:
    """The cases behind a figure, those first that are most of it."""
    found = measures.behind(viewer, wanted, figure)
    return _rows(found.astype(object).where(found.notna(), None))


def _whose(wanted: Wanted) -> list[str]:
    """The columns that say whose a row is: departments of one name are told apart by their key."""
    return [*(["department_id"] if "department" in wanted.by else []), *wanted.by]


def _rows(frame: Any) -> Rows:
    rows: Rows = frame.to_dict("records")
    return rows
