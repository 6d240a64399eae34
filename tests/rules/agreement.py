"""Where a document of the engine and a standing of the oracle differ, over every field that both have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Json = Mapping[str, Any]


def differences(got: Json, told: Json, as_of: str) -> list[str]:
    """``got`` by the engine, ``told`` by the oracle, both by project code: a line for each field that differs."""
    out = [f"{code}: only one of the two knows it" for code in sorted(got.keys() ^ told.keys())]
    for code in sorted(got.keys() & told.keys()):
        for name, engine, oracle in _pairs(got[code], told[code], as_of):
            if engine != oracle:
                out.append(f"{code} {name}: engine {engine!r}, oracle {oracle!r}")
    return out


def _pairs(got: Json, told: Json, as_of: str) -> Iterator[tuple[str, Any, Any]]:
    for name in ("phase", "stage", "light", "judged", "used", "held_days", "running", "stages", "ledger"):
        yield name, got[name], told[name]
    yield "turns", [[turn["on"], turn["light"]] for turn in got["turns"]], told["turns"]
    held_by = sorted([h["case_id"], h["department"], h["since"]] for h in got["held_by"])
    yield "held_by", held_by, told["held_by"]
    yield from _turning("", got, told, as_of)
    yield from _groups("", got, told, as_of)
    yield "shares", *_shares(got["shares"], told["shares"])
    due = {c["case_id"]: [_without(d, "due_on") for d in c["deadlines"]] for c in got["cases"] if "deadlines" in c}
    yield "deadlines", due, told["deadlines"]
    yield "cases", {c["case_id"]: [c["used"], c["state"]] for c in got["cases"]}, told["cases"]
    for case in got["cases"]:
        for clock, limit in told["limits"][case["case_id"]].items():
            for name in ("used", "limit", "light"):
                yield f"{case['case_id']} {clock} {name}", case[clock][name], limit[name]
            yield f"{case['case_id']} {clock} due_on", *_reached(case[clock]["due_on"], limit["due_on"], as_of)
    works = [w["works_code"] for w in got.get("works", [])]
    yield "works", works, [w["works_code"] for w in told["works"]]
    for mine, theirs in zip(got.get("works", []), told["works"], strict=False):
        code = theirs["works_code"]
        for name in ("used", "light", "stages"):
            yield f"works {code} {name}", mine[name], theirs[name]
        yield from _turning(f"works {code} ", mine, theirs, as_of)
        yield from _groups(f"works {code} ", mine, theirs, as_of)


def _without(row: Json, name: str) -> Json:
    return {key: value for key, value in row.items() if key != name}


def _turning(prefix: str, got: Json, told: Json, as_of: str) -> Iterator[tuple[str, Any, Any]]:
    for name in ("yellow_on", "red_on"):
        yield prefix + name, *_reached(got[name], told[name], as_of)


def _groups(prefix: str, got: Json, told: Json, as_of: str) -> Iterator[tuple[str, Any, Any]]:
    yield f"{prefix}groups", list(got["groups"]), list(told["groups"])
    for group, theirs in told["groups"].items():
        mine = got["groups"][group]
        for name in ("used", "budget", "light"):
            yield f"{prefix}{group} {name}", mine[name], theirs[name]
        yield from _turning(f"{prefix}{group} ", mine, theirs, as_of)


def _reached(got: str | None, told: str | None, as_of: str) -> tuple[str | None, str | None]:
    """A day that the engine sees ahead is nothing yet to the oracle, which walks up to ``as_of`` and no further."""
    return (None if got and not told and got > as_of else got), told


def _shares(got: Json, told: Json) -> tuple[Any, Any]:
    """Alike where sole days are the same and shares to a millionth, the last place that a document tells."""
    theirs = {department: [float(share), sole] for department, (share, sole) in told.items()}
    mine = {department: [share["share"], share["sole"]] for department, share in got.items()}
    same = mine.keys() == theirs.keys() and all(
        abs(share - theirs[d][0]) < 1.5e-6 and sole == theirs[d][1] for d, (share, sole) in mine.items()
    )
    return (theirs if same else mine), theirs
