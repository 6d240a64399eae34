"""Canonical files of many made-up projects, for timing only: one decided and one later case each, seeded."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np

from rules.workdays import day_number, day_of

REGIONS = 100
STAGES = ("initiation", "planning", "construction", "acceptance")
ITEMS = ("A08", "B04", "C09", "D01")


def write_files(folder: Path, projects: int, until: dt.date, seed: int = 1, *, finished: float = 0) -> None:
    """projects.csv, cases.csv, events.csv in ``folder``. A share of the projects is ``finished``: begun in the two
    years before ``until``, and ended. In every other one the later case is open."""
    draw = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    last = day_number(until)
    iso = {n: day_of(n).isoformat() for n in range(last - 800, last + 1)}
    coded = last - draw.integers(10, 240, projects)
    decided = np.minimum(draw.integers(1, 60, projects), 200).tolist()
    stage = draw.integers(1, 4, projects).tolist()
    region = draw.integers(0, REGIONS, projects).tolist()
    paused = (draw.random(projects) < 0.1).tolist()
    started = draw.random(projects).tolist()
    done = draw.random(projects) < finished
    coded = np.where(done, last - draw.integers(120, 730, projects), coded).tolist()
    took = draw.integers(2, 120, projects).tolist()
    over = done.tolist()
    with (
        (folder / "projects.csv").open("w", encoding="utf-8") as p,
        (folder / "cases.csv").open("w", encoding="utf-8") as c,
        (folder / "events.csv").open("w", encoding="utf-8") as e,
    ):
        p.write("project_code,name,region,kind,coded_on,ended_on,end_reason\n")
        c.write("case_id,project_code,item_code,stage,department\n")
        e.write("event_id,case_id,status,occurred_at,procedure\n")
        for n in range(projects):
            code, s, begin = f"B{n:07d}", stage[n], coded[n]
            closed = min(begin + decided[n], last)
            again = closed + int((last - closed) * started[n] * (0.2 if over[n] else 0.9))
            ended = min(again + took[n], last)
            end = f"{iso[ended]},completed" if over[n] else ","
            p.write(f"{code},压测项目{n},33{region[n]:04d},filing,{iso[begin]},{end}\n")
            c.write(f"{code}a,{code},{ITEMS[s - 1]},{STAGES[s - 1]},甲部门\n")
            c.write(f"{code}b,{code},{ITEMS[s]},{STAGES[s]},乙部门\n")
            e.write(f"{code}1,{code}a,accepted,{iso[begin]},\n{code}2,{code}a,approved,{iso[closed]},\n")
            e.write(f"{code}3,{code}b,accepted,{iso[again]},\n")
            if over[n]:
                e.write(f"{code}4,{code}b,approved,{iso[ended]},\n")
            elif paused[n]:
                e.write(f"{code}4,{code}b,procedure_started,{iso[last]},expert_review\n")
