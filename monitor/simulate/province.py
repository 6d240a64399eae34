"""A made-up province, written as canonical files so that it comes in through the ordinary intake."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import asdict, dataclass
from itertools import accumulate
from pathlib import Path

import numpy as np

from monitor.simulate import files
from monitor.simulate.commitments import Commitments
from monitor.simulate.dirt import Dirt
from monitor.simulate.draws import Draws
from monitor.simulate.life import Lives
from monitor.simulate.parameters import TRUE, Parameters
from monitor.simulate.places import PROVINCE, Region, by_weight, regions
from monitor.simulate.records import Project
from monitor.simulate.worktime import WorkTime
from rules.almanac import calendar
from rules.packfile import shipped
from rules.workdays import day_number, day_of

PACK = "zhejiang-80"
AREA = "33"  # the pack's scope: a made-up province has to lie in a real one's code
# How many projects are coded in each month, January first, against a plain one.
_SEASON = (0.8, 0.5, 1.2, 1.25, 1.15, 1.2, 1.0, 0.9, 1.05, 0.85, 1.1, 1.15)


@dataclass(frozen=True)
class Province:
    """What was written and where; ``regions`` gives the name of each area code."""

    folder: Path
    until: dt.date
    reported_until: dt.date
    regions: dict[str, str]
    projects: int
    cases: int
    events: int


def write_province(folder: Path, *, projects: int = 3000, seed: int = 80, until: dt.date) -> Province:
    """Writes projects.csv, cases.csv, events.csv, regions.json, README.txt and, for no one to read, truth.json.

    ``until`` is today, handed in: two years of projects up to its eve, which is the last reported day.
    The same arguments give the same bytes. The folder is made where it is missing.
    """
    return _write(folder, TRUE, projects, seed, until)


def _write(folder: Path, true: Parameters, projects: int, seed: int, until: dt.date) -> Province:
    key = [seed, projects, until.toordinal()]
    draws = Draws(np.random.Generator(np.random.PCG64(key)))
    planted: dict[str, list[str]] = defaultdict(list)
    last = day_number(until) - 1
    places = regions(true, draws, until)
    made = _projects(true, draws, places, projects, until, planted)
    dirt = Dirt(true, draws, last, planted)
    easier = Commitments(true, Draws(np.random.Generator(np.random.PCG64([*key, 1]))), last, planted, calendar(AREA))
    for project in made:
        easier.project(project)
        dirt.project(project)
    dirt.rest_day_projects(made, calendar(AREA))
    dirt.rest_day_batches(made, calendar(AREA))
    dirt.future_dated(made)

    folder.mkdir(parents=True, exist_ok=True)
    stamps = files.Stamps(draws)
    names = {region.code: region.name for region in places}
    province = Province(
        folder=folder,
        until=until,
        reported_until=day_of(last),
        regions=names,
        projects=files.write_table(folder / "projects.csv", files.PROJECTS, files.project_rows(made, stamps)),
        cases=files.write_table(folder / "cases.csv", files.CASES, files.case_rows(made)),
        events=files.write_table(folder / "events.csv", files.EVENTS, files.event_rows(made, stamps, draws)),
    )
    files.write_json(folder / "regions.json", names)
    files.write_json(folder / "truth.json", _truth(true, places, made, seed, until, planted))
    (folder / "README.txt").write_text(files.README, "utf-8")
    return province


def _projects(
    true: Parameters, draws: Draws, places: list[Region], n: int, until: dt.date, planted: dict[str, list[str]]
) -> list[Project]:
    first = until - dt.timedelta(round(365.25 * true.years))
    time = WorkTime(calendar(AREA), first - dt.timedelta(60), until + dt.timedelta(2200))
    days = time.working_days(first, until - dt.timedelta(1))
    season = list(accumulate(_SEASON[day_of(time.day(w)).month - 1] for w in days))
    at = np.sort(draws.rng.random(n) * season[-1])
    coded = np.minimum(np.searchsorted(season, at, side="right"), len(days) - 1)
    lives = Lives(true, draws, time, shipped()[PACK].catalogue, day_number(until) - 1, planted)
    weights = by_weight(places)
    return [lives.project(s, days[int(c)], draws.weighted(places, weights)) for s, c in enumerate(coded, start=1)]


def _truth(
    true: Parameters,
    places: list[Region],
    made: list[Project],
    seed: int,
    until: dt.date,
    planted: dict[str, list[str]],
) -> dict[str, object]:
    there = {case.id for project in made for case in project.cases} | {project.code for project in made}
    lasting = ("rest_day_batch",)
    return {
        "note": "演示数据的真实参数，系统不读取 — true parameters of the demonstration data, read by nothing",
        "province": PROVINCE,
        "seed": seed,
        "projects": len(made),
        "until": until.isoformat(),
        "parameters": asdict(true),
        "departments": [
            {
                "region": region.code,
                "department": d.name,
                "speed": round(d.speed, 4),
                "slow_factor": d.slow_factor,
                "slow_since": day_of(d.slow_since).isoformat() if d.slow_since else None,
                "types_in_late": d.types_in_late,
            }
            for region in places
            for d in region.departments.values()
        ],
        "planted": {
            kind: ids if kind in lasting else [i for i in dict.fromkeys(ids) if i in there]
            for kind, ids in sorted(planted.items())
        },
    }
