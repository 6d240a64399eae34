"""The catalogue of items: row by row as it was collected, and a mistake in one is refused."""

from __future__ import annotations

import copy
import csv
import datetime as dt
import tomllib
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from monitor.words import KIND_WORDS
from rules.errors import PackError
from rules.pack import Item, Limits
from rules.packfile import read, shipped
from rules.vocabulary import ClockStart, Stage, Unit
from tests.rules.test_pack import GONE, WRONG, refusal, ways

PACKS = Path(str(files("rules") / "packs"))
FILE = Path(str(files("rules") / "catalogues")) / "investment-projects.toml"
RAW = tomllib.loads(FILE.read_text("utf-8"))
ITEMS = shipped()["zhejiang-80"].catalogue.items
UNITS = {"WD": Unit.WORKING_DAY, "D": Unit.NATURAL_DAY}
STAGES = {
    "1": Stage.INITIATION,
    "2": Stage.PLANNING,
    "3": Stage.CONSTRUCTION,
    "4": Stage.ACCEPTANCE,
    "5": Stage.PARALLEL,
}


def told(row: dict[str, str]) -> dict[str, Any]:
    """What a row of the collected list says of an item, in the catalogue's words."""
    conditional = row["conditional"]
    alternative = conditional.removeprefix("alt(").rstrip(")") if conditional.startswith("alt(") else ""
    named = conditional not in ("", "N", "Y") and not alternative
    return {
        "name": row["name"],
        "stage": STAGES[row["std_stage"]],
        "lead": row["lead_role"],
        "kind": row["kind"],
        "prerequisites": tuple(tuple(group.split("|")) for group in row["prereq"].split(";") if group),
        "parallel": row["parallel"] == "P",
        "conditional": conditional != "N",
        "condition": conditional if named else "",
        "alternative_to": alternative,
        "usual_procedures": row["excluded_special_procedures"],
        "statutory": limit(row["statutory"], row["stat_unit"], row["stat_flag"]),
        "promised": limit(row["promised"], row["prom_unit"], row["prom_flag"]),
    }


def limit(days: str, unit: str, flag: str) -> tuple[int, Unit, str] | None:
    """A limit as (days, unit, how sure); None where nobody gave a number."""
    return (int(days), UNITS[unit], flag) if days else None


def held(item: Item) -> dict[str, Any]:
    """What the catalogue says of an item, as far as the list does."""

    def plain(limits: Limits | None) -> tuple[int, Unit, str] | None:
        if not limits:
            return None
        (limit,) = limits.versions
        return limit.days, limit.unit, limit.flag

    names = "name stage lead kind prerequisites parallel conditional condition alternative_to usual_procedures".split()
    return {name: getattr(item, name) for name in names} | {
        "statutory": plain(item.statutory),
        "promised": plain(item.promised),
    }


def collected(shared_data: Path) -> dict[str, dict[str, str]]:
    """The rows of the list by code."""
    with (shared_data / "catalogue" / "items.csv").open(encoding="utf-8-sig", newline="") as text:
        return {row["code"]: row for row in csv.DictReader(text)}


def test_the_catalogue_is_the_list_row_by_row(shared_data: Path) -> None:
    rows = collected(shared_data)
    assert rows.keys() == ITEMS.keys()
    assert {code: held(item) for code, item in ITEMS.items()} == {code: told(row) for code, row in rows.items()}


def test_every_source_of_the_list_is_kept(shared_data: Path) -> None:
    for code, row in collected(shared_data).items():
        for given, column in ((ITEMS[code].statutory, "stat_source"), (ITEMS[code].promised, "prom_source")):
            assert given is None or not row[column] or [one.source for one in given.versions] == [row[column]], code


def test_what_runs_from_receipt_says_so() -> None:
    from_receipt = {c for c, item in ITEMS.items() if item.statutory and item.statutory.start is ClockStart.RECEIVED}
    said = {c for c, item in ITEMS.items() if item.statutory and "自收到" in item.statutory.versions[0].source}
    assert said <= from_receipt
    assert from_receipt - said == {"P05"}  # its source is that of P04, which says it


def test_alternatives_name_one_another_and_the_joint_acceptance_wraps_its_parts() -> None:
    pairs = {(code, item.alternative_to) for code, item in ITEMS.items() if item.alternative_to}
    assert {pair for pair in pairs if pair[::-1] not in pairs} == {("A02", "A01"), ("A03", "A01"), ("A04", "A01")}
    assert {code: item.wraps for code, item in ITEMS.items() if item.wraps} == {
        "D08": ("D01", "D02", "D03", "D04", "D05", "D06")
    }


def test_each_kind_of_project_begins_with_items_of_its_own() -> None:
    begins = {code: set(item.project_kinds) for code, item in ITEMS.items() if item.project_kinds}
    assert begins == {"A01": {"filing", "low_risk"}, "A02": {"verification"}, "A03": {"approval"}, "A04": {"approval"}}
    assert KIND_WORDS.keys() == set().union(*begins.values())


def test_no_item_waits_for_itself() -> None:
    """Every item can be reached; of alternatives one is enough."""
    done: set[str] = set()
    while ready := [c for c, i in ITEMS.items() if c not in done and all(done & set(g) for g in i.prerequisites)]:
        done.update(ready)
    assert done == ITEMS.keys()


# ---- mistakes


def load(folder: Path, raw: dict[str, Any]) -> None:
    """Reads the shipped pack with another catalogue."""
    (folder / "investment-projects.toml").write_text(toml(raw), "utf-8")
    read(PACKS / "zhejiang-80.toml", folder)


def toml(raw: dict[str, Any]) -> str:
    """A catalogue as TOML; the few forms that it needs."""

    def value(v: Any) -> str:
        if isinstance(v, bool):
            return str(v).lower()
        if isinstance(v, dt.date):
            return v.isoformat()
        if isinstance(v, dict):
            return "{ " + ", ".join(f"{k} = {value(x)}" for k, x in v.items()) + " }"
        if isinstance(v, list):
            return "[" + ", ".join(map(value, v)) + "]"
        return f'"{v}"' if isinstance(v, str) else str(v)

    return "\n".join(f"{key} = {value(v)}" for key, v in raw.items())


LIMIT = {"days": 7, "unit": "working_day", "since": dt.date(2020, 1, 1), "flag": "E", "source": "…"}
LATER = {**LIMIT, "days": 5, "since": dt.date(2027, 1, 1)}


def spoilt(path: str, value: Any) -> dict[str, Any]:
    """The shipped catalogue with one key of one item set, added or taken away; ``path`` as `A02.statutory.days`."""
    raw = copy.deepcopy(RAW)
    code, *way = path.split(".")
    table = next((item for item in raw["item"] if item["code"] == code), raw) if way else raw
    *way, last = way or [code]
    for part in way:
        table = table[part]
    if value is GONE:
        del table[last]
    else:
        table[last] = value
    return raw


@pytest.mark.parametrize(
    ("path", "value", "key", "shown", "allowed"),
    [
        ("A02.colour", "red", "item[1].colour", "red", "a known key: code, name"),
        ("A02.name", GONE, "item[1].name", None, "required"),
        ("A02.code", "A01", "item.code", "A01", "each code once"),
        ("A02.stage", "design", "item[1].stage", "design", "initiation"),
        ("A02.statutory.days", -20, "item[1].statutory.days", -20, "0 to 3660"),
        ("A02.statutory.unit", "week", "item[1].statutory.unit", "week", "working_day, natural_day"),
        ("A02.statutory.unit", GONE, "item[1].statutory.unit", None, "required"),
        ("A02.statutory.source", GONE, "item[1].statutory.source", None, "required"),
        ("A02.statutory.since", "2020", "item[1].statutory.since", "2020", "without quotes"),
        ("A02.statutory.flag", "N", "item[1].statutory.flag", "N", "S, T, E"),
        ("A02.statutory.start", "sent", "item[1].statutory.start", "sent", "accepted, received"),
        ("A02.promised.start", "decided", "item[1].promised.start", "decided", "accepted, received"),
        ("A02.promised", [], "item[1].promised", [], "a table, or a list of tables"),
        ("A02.promised", [LIMIT, LIMIT], "item[1].promised", "2020-01-01", "`since` later than 2020-01-01"),
        ("A02.promised", [LIMIT, {**LATER, "days": -1}], "item[1].promised[1].days", -1, "0 to 3660"),
        ("A02.promised", [LIMIT, {**LATER, "start": "received"}], "item[1].promised", "received", "accepted"),
        ("A02.conditional", "yes", "item[1].conditional", "yes", "true or false"),
        ("A02.prerequisites", "A05", "item[1].prerequisites", "A05", "a list of lists of codes"),
        ("A02.prerequisites", ["A05"], "item[1].prerequisites", ["A05"], "a list of lists of codes"),
        ("A02.prerequisites", [[]], "item[1].prerequisites", [[]], "a list of lists of codes"),
        ("A02.prerequisites", [["Z01"]], "item A02", "Z01", "another item of this catalogue"),
        ("A02.project_kinds", "verification", "item[1].project_kinds", "verification", "a list of texts"),
        ("A02.wraps", ["Z01"], "item A02", "Z01", "another item of this catalogue"),
        ("A02.wraps", ["A02"], "item A02", "A02", "another item of this catalogue"),
        ("A02.alternative_to", "Z01", "item A02", "Z01", "another item of this catalogue"),
        ("A05.prerequisites", [["A02"]], "item A02.prerequisites", ["A02", "A04", "A05"], "do not lead back"),
        ("D01.wraps", ["D08"], "item D01.wraps", ["D01", "D08"], "do not lead back"),
        ("since", "2020", "since", "2020", "without quotes"),
        ("version", GONE, "version", None, "required"),
        ("item", [], "item", [], "at least 1"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, path: str, value: Any, key: str, shown: Any, allowed: str) -> None:
    with pytest.raises(PackError) as refused:
        load(tmp_path, spoilt(path, value))
    assert (refused.value.where, refused.value.key) == ("investment-projects.toml", key)
    assert refused.value.value == shown
    assert allowed in refused.value.allowed


@pytest.mark.parametrize("key", sorted({way for item in RAW["item"][:2] for way in ways(item) if "." not in way}))
def test_whatever_stands_there_is_read_or_refused(tmp_path: Path, key: str) -> None:
    for value in WRONG:
        if value is GONE and key not in RAW["item"][1]:
            continue
        error = refusal(partial(load, tmp_path, spoilt(f"A02.{key}", value)))
        assert error is None or (error.where.endswith(".toml") and error.key and error.allowed)
