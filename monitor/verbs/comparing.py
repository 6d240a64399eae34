"""Departments compared, and the paths of projects: what is made of sums and cases that the reading rooms give."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from monitor.analysis import departures, fairness, paths, prerequisites, slowness
from monitor.analysis.atrisk import stretches
from monitor.analysis.cases import cases
from monitor.analysis.cases import ways as ways_of
from monitor.reading.measured import Measures
from monitor.reading.measures import Wanted
from monitor.reading.viewer import Viewer

Rows = list[dict[str, Any]]
NOW, PAST = 20, 250  # working days: the last four weeks, and the year before them


def ranking(measures: Measures, viewer: Viewer, wanted: Wanted, *, regions: bool = False) -> dict[str, Any]:
    """Departments (or, where that is asked for, regions) by days beyond the promise per case decided in the period:
    `monitor.analysis.fairness.Ranking` as rows. Cases with a late stop that nobody confirmed are left out."""
    by = ("region" if regions else "department", "item", "kind")
    frame = measures.outcomes(viewer, replace(wanted, by=by))
    names = {} if regions else _names(frame)
    if not regions:
        frame = frame.assign(department=frame["department_id"])
    kept = [*by, *fairness.NUMBERS]
    found = fairness.rank(frame[kept], regions=regions)
    parts = {"rows": found.ranked, "few": found.few, "alone": found.alone}
    return {name: _told(part, names) for name, part in parts.items()} | {
        "spread": found.spread,
        "phi": _number(found.phi),
    }


def slower(measures: Measures, viewer: Viewer, wanted: Wanted) -> dict[str, Any]:
    """Departments that became slower in the last NOW working days, against their own PAST ones and their peers now:
    `monitor.analysis.slowness.Slowness` as rows. ``wanted.since`` is not looked at."""
    calendar = measures.calendar()
    since = calendar.add(wanted.until, -NOW - PAST)
    frame, now = measures.paces(viewer, replace(wanted, since=since, by=()))
    if frame.empty:
        return {"rows": [], "few": [], "left_out": [], "spread": 0.0}
    names = measures.department_names(viewer)
    present, past = stretches(frame, now, NOW, PAST)
    if present.empty or past.empty:
        return {"rows": [], "few": [], "left_out": [], "spread": 0.0}
    found = slowness.slower(present, past)
    parts = {"rows": found.departments, "few": found.few, "left_out": found.left_out}
    return {name: _told(part, names) for name, part in parts.items()} | {"spread": found.spread}


def path_rows(measures: Measures, viewer: Viewer, wanted: Wanted) -> Rows:
    """The steps that projects took from item to item, by pack, with where they differ from its catalogue."""
    out: Rows = []
    for pack, log, groups, _waivable in _logs(measures, viewer, wanted):
        taken = paths.edges(paths.steps(log, paths.sets(log)))
        out += [{"pack": pack} | row for row in _told(departures.marked(taken, paths.items(log), groups), {})]
    return out


def departure_rows(measures: Measures, viewer: Viewer, wanted: Wanted) -> Rows:
    """Where the ways of projects differ from the catalogue of their pack."""
    out: Rows = []
    for pack, log, groups, waivable in _logs(measures, viewer, wanted):
        found = departures.differences(departures.departures(log, groups, waivable, ways_of(log)))
        out += [{"pack": pack} | row for row in _told(found, {})]
    return out


def _logs(measures: Measures, viewer: Viewer, wanted: Wanted) -> Any:
    """The cases of the projects of each pack, with what its catalogue wants."""
    frame, starts, ends = measures.ways(viewer, wanted)
    packs = measures.rules().packs
    for pack in sorted(set(frame["pack"]) & packs.keys()):
        mine = [n for n, name in enumerate(frame["pack"]) if name == pack]
        log = cases(frame.iloc[mine], [starts[n] for n in mine], [ends[n] for n in mine], wanted.until)
        catalogue = packs[pack].catalogue
        yield pack, log, prerequisites.groups(catalogue), prerequisites.conditional(catalogue)


def _names(frame: Any) -> dict[int, str]:
    return dict(zip(frame["department_id"], frame["department"], strict=True))


def _told(frame: Any, names: dict[int, str]) -> Rows:
    """The rows of a frame: departments by key and name, no number where there is none."""
    out: Rows = []
    for row in frame.to_dict("records"):
        if names and "department" in row:
            row = {"department_id": int(row["department"])} | row | {"department": names.get(row["department"], "")}
        out.append({name: _number(value) for name, value in row.items()})
    return out


def _number(value: Any) -> Any:
    """A number as plain Python has it; None where it is none, or without end."""
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and (value != value or value in (float("inf"), -float("inf"))) else value
