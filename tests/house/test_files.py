"""Size, names and contents of files."""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
import re
import sys

import pytest

from tests.house.tree import PACKAGES, TOP, name, parsed, python_files

HARD_LIMIT = 400
OF_THIS_PROJECT = "approval-monitor"


def test_no_file_is_longer_than_the_hard_limit() -> None:
    lines = {name(path): len(path.read_text("utf-8").splitlines()) for path in python_files(*PACKAGES, "tests")}
    long = {file: n for file, n in lines.items() if n > HARD_LIMIT}
    assert not long, f"more than {HARD_LIMIT} lines: cut it along its nouns"


def test_no_module_bears_a_name_of_the_standard_library() -> None:
    borne = {
        name(path)
        for path in python_files(*PACKAGES, "tests")
        for word in path.relative_to(TOP).with_suffix("").parts
        if word in sys.stdlib_module_names and not word.startswith("__")
    }
    assert not borne


@pytest.mark.parametrize("package", [*PACKAGES, "tests"])
def test_a_package_that_is_imported_is_ours(package: str) -> None:
    """PyPI has a `rules` of its own; installed beside ours it would win or lose by luck."""
    found = importlib.util.find_spec(package)
    assert found is not None
    assert found.submodule_search_locations is not None
    assert next(iter(found.submodule_search_locations)) == str(TOP / package)
    owners = set(importlib.metadata.packages_distributions().get(package, ()))
    assert owners <= {OF_THIS_PROJECT}, f"`{package}` also comes with {owners - {OF_THIS_PROJECT}}: uninstall that"


def test_imports_are_absolute() -> None:
    relative = [
        f"{name(path)}:{node.lineno}"
        for path in python_files(*PACKAGES, "tests")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert not relative


def test_nothing_is_left_for_later() -> None:
    words = ("TO" + "DO", "FIX" + "ME", "XX" + "X")  # taken apart, or this file would find itself
    mark = re.compile(rf"\b({'|'.join(words)})\b|raise NotImpl" + "emented")
    left = [
        f"{name(path)}:{number}"
        for path in python_files(*PACKAGES, "tests")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if mark.search(line)
    ]
    assert not left
