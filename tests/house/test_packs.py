"""Numbers of the law stand in pack and catalogue files, each with its day, its source and how sure it is."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.house.tree import TOP, name, parsed, python_files

LAW = sorted([*(TOP / "rules" / "packs").glob("*.toml"), *(TOP / "rules" / "catalogues").glob("*.toml")])
NOTICES = sorted((TOP / "rules" / "notices").glob("*.toml"))


def bare_numbers(value: Any, path: str = "", holder: dict[str, Any] | None = None) -> Iterator[str]:
    """The keys of numbers whose table does not say since when, by which source and how sure."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from bare_numbers(inner, f"{path}.{key}" if path else key, value)
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            yield from bare_numbers(inner, f"{path}[{n}]", None)
    elif isinstance(value, int | float) and not isinstance(value, bool) and not proved(holder or {}):
        yield path


def proved(table: dict[str, Any]) -> bool:
    """Whether it says since when, by which source and how sure: S sourced, T second-hand, E estimate."""
    return bool(table.get("since") and table.get("source") and table.get("flag") in ("S", "T", "E"))


@pytest.mark.parametrize("path", LAW, ids=lambda p: p.name)
def test_every_number_has_since_source_and_flag(path: Path) -> None:
    assert not list(bare_numbers(tomllib.loads(path.read_text("utf-8"))))


def test_a_bare_number_is_seen() -> None:
    proved = {"days": 55, "since": "2020-01-01", "source": "…", "flag": "S"}
    assert list(bare_numbers({"yellow": [proved]})) == []
    assert list(bare_numbers({"yellow": [{k: v for k, v in proved.items() if k != "source"}]})) == ["yellow[0].days"]
    assert list(bare_numbers({"red": 80, "steps": [5]})) == ["red", "steps[0]"]


@pytest.mark.parametrize("path", LAW, ids=lambda p: p.name)
def test_every_flag_stands_beside_a_source(path: Path) -> None:
    def tables(value: Any) -> Iterator[dict[str, Any]]:
        if isinstance(value, dict):
            yield value
            value = list(value.values())
        if isinstance(value, list):
            for inner in value:
                yield from tables(inner)

    flagged = [t for t in tables(tomllib.loads(path.read_text("utf-8"))) if "flag" in t]
    assert flagged
    assert all(t["flag"] in ("S", "T", "E") and t.get("source") for t in flagged)


def nameless(notices: list[Path]) -> list[str]:
    """Notices that do not name their document, its source and its day."""
    return [
        path.name
        for path in notices
        if not all(tomllib.loads(path.read_text("utf-8")).get(key) for key in ("document", "source", "published"))
    ]


def test_every_notice_names_its_document(tmp_path: Path) -> None:
    assert not nameless(NOTICES)
    (tmp_path / "bare.toml").write_text("year = 2027", "utf-8")
    assert nameless([tmp_path / "bare.toml"]) == ["bare.toml"]


def test_no_threshold_or_budget_of_a_pack_stands_in_the_code_of_the_law() -> None:
    packs = [tomllib.loads(path.read_text("utf-8")) for path in (TOP / "rules" / "packs").glob("*.toml")]
    days = {n["days"] for pack in packs for light in ("yellow", "red") for n in pack["thresholds"].get(light, [])}
    days |= {n["days"] for pack in packs for group in pack.get("group", []) for n in group["budget"]}
    written = [
        f"{name(path)}:{node.lineno}: {node.value}"
        for path in python_files("rules")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and type(node.value) is int and node.value in days
    ]
    assert days
    assert not written
