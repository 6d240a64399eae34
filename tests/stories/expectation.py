"""What a story expects of a day, and where a project's object is not as expected."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]
TURN = ("on", "light", "became_on")


@dataclass(frozen=True)
class Expectation:
    """What a project looks like at the end of a day, in part, and how that was counted; ``known``: by what was known
    at the end of that day, None: by all that is known."""

    on: dt.date
    project: str
    why: str
    told: dict[str, Any]
    known: dt.date | None = None


def leaves(told: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Each figure that is told, with the path of keys to it."""
    if not isinstance(told, dict):
        yield path, told
        return
    for key, value in told.items():
        yield from leaves(value, f"{path}.{key}" if path else key)


def differences(expected: Expectation, document: Json) -> list[str]:
    """Where a project's object is not as expected; keys that were not told do not matter."""
    return list(_differ(expected.told, by_id(document), ""))


def _deadlines(case: Json) -> dict[str, list[str]]:
    return {"deadlines": [f"{d['kind']} {d['due_on']} {d['light']}" for d in case.get("deadlines", [])]}


def by_id(document: Json) -> dict[str, Any]:
    """A project's object with its lists in the form in which stories tell them."""
    return {
        **document,
        "cases": {case["case_id"]: case | _deadlines(case) for case in document["cases"]},
        "works": {works["works_code"]: works for works in document.get("works", [])},
        "turns": [" ".join(str(turn[key]) for key in TURN if key in turn) for turn in document["turns"]],
        "flags": sorted({f"{flag['flag']} {flag['case_id']}" for flag in document["flags"]}),
        "held_by": [f"{held['department']} {held['case_id']} {held['since']}" for held in document["held_by"]],
    }


def _differ(told: Any, found: Any, path: str) -> Iterator[str]:
    if isinstance(told, dict):
        for key, value in told.items():
            here = f"{path}.{key}" if path else key
            if not isinstance(found, Mapping) or key not in found:
                yield f"{here}: expected {value!r}, but there is none"
            else:
                yield from _differ(value, found[key], here)
    elif isinstance(told, float):
        if abs(told - found) > 1e-5:
            yield f"{path}: expected {told!r}, found {found!r}"
    elif isinstance(told, list):
        if sorted(told) != sorted(found):
            yield f"{path}: expected {told!r}, found {found!r}"
    elif told == "null":
        if found is not None:
            yield f"{path}: expected nothing, found {found!r}"
    elif told != found:
        yield f"{path}: expected {told!r}, found {found!r}"
