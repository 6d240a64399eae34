"""What is told of projects, without what is not the viewer's: every shape that names cases, in one place.

A mask takes away or sums; what it leaves is as it was. So shares sum as before, and the ledger is untouched.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from monitor.reading.causes.cause import Cause
from monitor.reading.sight import Seen
from rules.compare import SHARE, Figures, Key

Json = dict[str, Any]
ELSEWHERE = Cause("elsewhere")


def standing(told: Json, seen: Seen, as_of: dt.date) -> Json:
    """An object of `status` (docs/json.md). Of the days on which something alters only that of the project's own light
    is told: another one would tell when somebody else's case is due."""
    turn = next_turn(told["yellow_on"], told["red_on"], as_of.isoformat())
    named = {"yellow_on": told["yellow_on"], "red_on": told["red_on"]}
    provisional = [name for name in told["provisional"] if _dated(name, seen)]
    if turn is not None and any(named[name] == turn for name in named.keys() & set(provisional)):
        provisional.append("next_change")
    out = told | {
        "held_by": _of_cases(told["held_by"], seen),
        "next_change": turn,
        "provisional": sorted(provisional),
        "shares": _shares(told["shares"], seen),
        "flags": _of_cases(told["flags"], seen),
        "cases": _of_cases(told["cases"], seen),
    }
    if "works" in told:
        out["works"] = [one for one in told["works"] if one["works_code"] in seen.works]
        out["shown_works"] = told["shown_works"] if told["shown_works"] in seen.works else None
    if "late_stops" in told:
        out["late_stops"] = _of_cases(told["late_stops"], seen)
        out["if_confirmed"] = told["if_confirmed"] | {"cases": _of_cases(told["if_confirmed"]["cases"], seen)}
        if not out["late_stops"]:
            del out["late_stops"], out["if_confirmed"]
    return out


def next_turn(yellow_on: Any, red_on: Any, as_of: Any) -> Any:
    """The day of the next turn of a project's light after a day, if nothing happens; days of one type, or None."""
    return min((day for day in (yellow_on, red_on) if day is not None and day > as_of), default=None)


def holders(told: Json, others: str) -> str:
    """Who holds a project that was masked, in one line: its own ones, else that others do."""
    own = sorted({held["department"] for held in told["held_by"]})
    return "、".join(own) or (others if told["running"] else "")


def plan(told: Json, seen: Seen) -> Json:
    """An object of `plan`: of its items those of which every case is shown; what is still to come where all of its
    stage is, for a gap among items to come would tell what somebody else has in hand."""
    plans = [one for one in told["plans"] if one["works_code"] is None or one["works_code"] in seen.works]
    return told | {"plans": [_plan(one, seen) for one in plans]}


def _plan(told: Json, seen: Seen) -> Json:
    items = [
        item
        for item in told["items"]
        if (seen.cases.issuperset(item["cases"]) if item["cases"] else item["stage"] in seen.stages)
    ]
    codes = {item["item_code"] for item in items}
    stages = {}
    for stage, of in told["stages"].items():
        own = [item for item in items if item["stage"] == stage]
        stages[stage] = of | {"items": len(own), "done": sum(item["finish"] is not None for item in own)}
    groups = {
        name: of | {"chain": [code for code in of["chain"] if code in codes]} for name, of in told["groups"].items()
    }
    return told | {
        "groups": groups,
        "stages": stages,
        "items": [item | {"waits_for": [code for code in item["waits_for"] if code in codes]} for item in items],
        "unplanned": [case for case in told["unplanned"] if case in seen.cases],
    }


def days_held(held_by: Iterable[str], seen: Seen) -> list[str]:
    """Who held a day."""
    names = [name if name in seen.departments else seen.others for name in held_by]
    return sorted(dict.fromkeys(names), key=lambda name: name == seen.others)


def causes(found: Iterable[Cause], seen: Seen) -> Iterator[Cause]:
    """Why something is said otherwise: the causes of what is shown, and one for all of the rest. Files bring what is
    everybody's: their names are not told."""
    hidden = False
    for one in found:
        names = {"case_id": seen.cases, "department": seen.departments}.get(one.column or "")
        own = one.case_id is None or one.case_id in seen.cases
        if own and (names is None or names.issuperset({one.before, one.after})):
            yield replace(one, file=None)
        else:
            hidden = True
    if hidden:
        yield ELSEWHERE


def figures(found: Figures, hidden: npt.NDArray[np.bool_], seen: Sequence[Seen]) -> Figures:
    """Figures that are held against others. ``hidden``: rows of cases; ``seen``: of each row of projects."""
    of_project: dict[Key, npt.NDArray[Any]] = {}
    for (where, what), column in found.of_project.items():
        if what != SHARE:
            of_project[where, what] = column
            continue
        own = np.array([where in one.departments for one in seen], np.bool_)
        for name, held in [(where, own), *((others, ~own) for others in {one.others for one in seen})]:
            if held.any():
                before = of_project.get((name, SHARE), 0)
                of_project[name, SHARE] = before + np.where(held, column, 0)
    nowhere = np.zeros(len(seen), np.bool_)
    return replace(found, of_project=of_project, of_case=found.without(nowhere, hidden).of_case)


def _of_cases(rows: Iterable[Json], seen: Seen) -> list[Json]:
    return [row for row in rows if row["case_id"] in seen.cases]


def _shares(told: Mapping[str, Json], seen: Seen) -> Json:
    out = {name: dict(held) for name, held in told.items() if name in seen.departments}
    rest = [held for name, held in told.items() if name not in seen.departments]
    if rest:
        own = out.get(seen.others, {"share": 0, "sole": 0})
        out[seen.others] = {
            "share": round(own["share"] + sum(held["share"] for held in rest), 6),
            "sole": own["sole"] + sum(held["sole"] for held in rest),
        }
    return out


def _dated(name: str, seen: Seen) -> bool:
    """Whether a name of a date that is provisional may be told."""
    if name == "next_change":
        return False
    return not name.startswith("cases.") or name.removeprefix("cases.").rsplit(".", 2)[0] in seen.cases
