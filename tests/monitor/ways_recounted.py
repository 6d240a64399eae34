"""The ways of projects counted again, case by case in plain Python: the definitions, not the code that is tested."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from hypothesis import strategies as st

from monitor.analysis.cases import Cases, cases
from monitor.analysis.prerequisites import Groups

FIRST = dt.date(2021, 1, 1)
INDEX: dict[dt.date, int] = {}  # Monday to Friday; what else rests is for calendars, not for here
for n in range(365 * 8):
    _day = FIRST + dt.timedelta(n)
    INDEX[_day] = INDEX.get(_day - dt.timedelta(1), 0) + (_day.weekday() < 5)

STAGES = ("parallel", "initiation", "planning", "construction", "acceptance")
WANTED: Groups = {
    "A": (),
    "A2": (),
    "B": (("A", "A2"),),
    "C": (("A",), ("B",)),
    "D": (("C", "Z"),),
    "Z": (),
    "P": (("A",),),
}
STAGE_OF = {"A": "initiation", "A2": "initiation", "B": "planning", "C": "construction", "D": "acceptance"}
STAGE_OF |= {"Z": "acceptance", "P": "parallel", "X": "planning"}


@dataclass(frozen=True)
class Case:
    """One case as a person would write it down."""

    project: str
    item: str
    received: dt.date | None = None
    accepted: dt.date | None = None
    decided: dt.date | None = None
    works: str = ""
    department: str = ""
    stage: str = ""
    light: str = "green"


def read(log: Sequence[Case], as_of: dt.date) -> Cases:
    """The same through the front door."""
    frame = pd.DataFrame(
        {
            "project": [c.project for c in log],
            "works": [c.works for c in log],
            "item_code": [c.item for c in log],
            "stage": [c.stage or STAGE_OF.get(c.item, "parallel") for c in log],
            "department": [c.department for c in log],
            "received_on": pd.Series([c.received for c in log], dtype=object),
            "accepted_on": pd.Series([c.accepted for c in log], dtype=object),
            "decided_on": pd.Series([c.decided for c in log], dtype=object),
            "light": [c.light for c in log],
        }
    )
    return cases(frame, [at(c.accepted) for c in log], [at(c.decided) for c in log], as_of)


def at(day: dt.date | None) -> int:
    """The working-day index of a day; of none a number that nobody may read."""
    return INDEX[day] if day else -999_999


def ways(log: Sequence[Case]) -> list[tuple[str, list[int]]]:
    """By way its project and the numbers of its cases."""
    found: dict[tuple[str, str], list[int]] = {}
    for project in sorted({c.project for c in log}):
        works = sorted({c.works for c in log if c.project == project} - {""}) or [""]
        for code in works:
            found[project, code] = [n for n, c in enumerate(log) if c.project == project and c.works in ("", code)]
    return [(project, rows) for (project, _works), rows in found.items()]


def sets(log: Sequence[Case], rows: Sequence[int]) -> list[dict[str, int]]:
    """Day by day of acceptance the items of a way, each with the case of it that is decided last."""
    days: dict[dt.date, dict[str, int]] = defaultdict(dict)

    def end(n: int) -> tuple[dt.date, bool, int]:
        return log[n].decided or dt.date.max, not log[n].works, n

    for n in rows:
        if day := log[n].accepted:
            here = days[day]
            here[log[n].item] = max(here.get(log[n].item, n), n, key=end)
    return [dict(sorted(days[day].items())) for day in sorted(days)]


def steps(log: Sequence[Case]) -> list[tuple[int, int]]:
    """All steps, each once."""
    found = set()
    for _project, rows in ways(log):
        taken = sets(log, rows)
        found |= {(a, b) for one, other in itertools.pairwise(taken) for a in one.values() for b in other.values()}
    return sorted(found)


def edges(log: Sequence[Case], by: str = "item") -> dict[tuple[str, str], dict[str, Any]]:
    """What `paths.edges` says, by its two ends."""
    found: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for a, b in steps(log):
        ends = (log[n].item if by == "item" else log[n].stage or STAGE_OF.get(log[n].item, "parallel") for n in (a, b))
        found[tuple(ends)].append((a, b))  # type: ignore[index]
    return {ends: _edge(log, pairs) for ends, pairs in found.items()}


def _edge(log: Sequence[Case], pairs: list[tuple[int, int]]) -> dict[str, Any]:
    days = [at(log[b].accepted) - at(log[a].decided) for a, b in pairs if log[a].decided]
    over = [-n for n in days if n < 0]
    light = {log[b].project: log[b].light for _a, b in pairs}
    return {
        "steps": len(pairs),
        "projects": len(light),
        "red": sum(word == "red" for word in light.values()),
        "yellow": sum(word == "yellow" for word in light.values()),
        "median_days": middle(days),
        "overlapped": len(over),
        "overlap_days": middle(over),
        "undecided": sum(log[a].decided is None for a, _b in pairs),
        "codes": sorted(light),
    }


def middle(days: list[int]) -> float | None:
    """The median."""
    if not days:
        return None
    days = sorted(days)
    half = len(days) // 2
    return float(days[half]) if len(days) % 2 else (days[half - 1] + days[half]) / 2


def nine_in_ten(days: list[int]) -> int | None:
    """The least of the days that at least nine tenths of them do not pass."""
    return min((d for d in days if 10 * sum(other <= d for other in days) >= 9 * len(days)), default=None)


def variants(log: Sequence[Case]) -> Counter[tuple[tuple[str, ...], ...]]:
    """How many ways took each sequence of sets."""
    found = (tuple(tuple(part) for part in sets(log, rows)) for _project, rows in ways(log))
    return Counter(path for path in found if path)


def seen(log: Sequence[Case], n: int, group: Sequence[str]) -> list[Case]:
    """The cases of a group of alternatives that case ``n`` can look at, by the order of the group."""
    mine = log[n]
    there = [c for c in log if c.project == mine.project and (c.received or c.accepted or c.decided)]
    there = [c for c in there if not mine.works or c.works in ("", mine.works)]
    return [c for code in group for c in there if c.item == code]


def departures(log: Sequence[Case], wanted: Groups, waivable: Sequence[str] = ()) -> Counter[tuple[str, str, str, str]]:
    """Kind, what it names, item and project of every difference."""
    found: Counter[tuple[str, str, str, str]] = Counter()
    for n, case in enumerate(log):
        if not case.accepted:
            continue
        if case.item not in wanted:
            found["outside", "", case.item, case.project] += 1
        for group in wanted.get(case.item, ()):
            there = seen(log, n, group)
            if not there and not all(code in waivable for code in group):
                found["missing", group[0], case.item, case.project] += 1
            if there and not any(c.decided and c.decided <= case.accepted for c in there):
                first = min(there, key=lambda c: c.decided or dt.date.max)
                found["early", first.item, case.item, case.project] += 1
    reached: dict[int, int] = {}
    for _project, rows in ways(log):
        taken, highest = sets(log, rows), 0
        for part in taken:
            ranks = {n: STAGES.index(log[n].stage or STAGE_OF.get(log[n].item, "parallel")) for n in part.values()}
            for n, rank in ranks.items():
                if 0 < rank < highest:
                    reached[n] = max(reached.get(n, 0), highest)
            highest = max(highest, *ranks.values())
    for n, rank in reached.items():
        found["back", STAGES[rank], log[n].item, log[n].project] += 1
    return found


def same(value: Any, expected: float | None) -> bool:
    """Equal numbers, or none at all."""
    return math.isnan(value) if expected is None else value == expected


@st.composite
def logs(draw: st.DrawFn) -> list[Case]:
    """A few projects, close together in time, with and without works."""
    start = dt.date(2026, 3, 2)
    lights = {f"p{n}": draw(st.sampled_from(["green", "yellow", "red"])) for n in range(3)}
    days = st.none() | st.integers(0, 12).map(lambda n: start + dt.timedelta(n))

    def case(project: str) -> st.SearchStrategy[Case]:
        items = st.sampled_from([*WANTED, "X"])
        works, department = st.sampled_from(["", "", "w1", "w2"]), st.sampled_from(["one", "two", ""])
        return st.builds(
            Case, st.just(project), items, days, days, days, works, department, st.just(""), st.just(lights[project])
        )

    return draw(st.lists(st.sampled_from(sorted(lights)).flatmap(case), max_size=14))


def of_bpic(folder: Path) -> list[Case]:
    """The real log: first acceptance and last decision of each case."""
    with (folder / "cases.csv").open(encoding="utf-8-sig") as file:
        known = {row["case_id"]: row for row in csv.DictReader(file)}
    first: dict[str, dt.date] = {}
    last: dict[str, dt.date] = {}
    with (folder / "events.csv").open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            day = dt.date.fromisoformat(row["occurred_at"][:10])
            if row["status"] == "accepted":
                first[row["case_id"]] = min(day, first.get(row["case_id"], day))
            if row["status"] in ("approved", "approved_with_omission", "rejected"):
                last[row["case_id"]] = max(day, last.get(row["case_id"], day))
    lights = ("green", "yellow", "red")  # made up, but the same for all cases of a project
    return [
        Case(
            *(row["project_code"], row["item_code"], None, first.get(name), last.get(name), ""),
            *(row["department"], row["stage"], lights[int(row["project_code"]) % 3]),
        )
        for name, row in known.items()
    ]
