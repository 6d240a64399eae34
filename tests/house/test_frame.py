"""What is shipped and what it is built from."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.tree import PACKAGES, TOP, name

PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]
LINE = re.compile(r"^([A-Za-z0-9][\w.-]*)==(\S+)(?:\s*;\s*(.+))?$")
LOCK = (TOP / "requirements.lock").read_text("utf-8").splitlines()


def wanted() -> list[Requirement]:
    """Everything that pyproject.toml asks for, extras and all, except ourselves."""
    lists = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    found = [Requirement(line) for asked in lists for line in asked]
    return [r for r in found if canonicalize_name(r.name) != PROJECT["name"]]


def locked() -> dict[str, list[str]]:
    """The versions of the lock by name; there may be one for each range of Pythons."""
    versions: dict[str, list[str]] = {}
    for line in LOCK:
        if found := LINE.match(line):
            versions.setdefault(canonicalize_name(found[1]), []).append(found[2])
    return versions


def test_the_lock_names_exact_versions_and_the_command_that_made_it() -> None:
    assert any("uv pip compile" in line for line in LOCK if line.startswith("#"))
    assert all(LINE.match(line) for line in LOCK if line and not line.lstrip().startswith("#"))


@pytest.mark.parametrize("asked", wanted(), ids=str)
def test_the_lock_holds_what_is_asked_for(asked: Requirement) -> None:
    versions = locked().get(canonicalize_name(asked.name), [])
    assert versions, "make the lock again; its first lines say how"
    assert all(asked.specifier.contains(version, prereleases=True) for version in versions)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The project as it is installed."""
    folder = tmp_path_factory.mktemp("wheel")
    call = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(call, cwd=TOP, check=True, capture_output=True, timeout=120)
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_the_wheel_ships_every_file_of_the_packages(wheel: zipfile.ZipFile) -> None:
    def shipped(path: Path) -> bool:
        return path.is_file() and "__pycache__" not in path.parts and path.suffix not in (".pyc", ".pyo")

    ours = {name(path) for package in PACKAGES for path in (TOP / package).rglob("*") if shipped(path)}
    held = {n for n in wheel.namelist() if not n.split("/")[0].endswith(".dist-info")}
    assert held == ours
    kinds = {Path(n).suffix for n in held}
    assert {".py", ".toml", ".po", ".mo", ".css", ".js", ".mako"} <= kinds


def test_the_wheel_says_what_it_is(wheel: zipfile.ZipFile) -> None:
    texts = {n.split("/", 1)[1]: wheel.read(n).decode("utf-8") for n in wheel.namelist() if ".dist-info/" in n}
    assert "approval-monitor = monitor.doors.cli.main:main" in texts["entry_points.txt"]
    assert "License-Expression: Apache-2.0" in texts["METADATA"]
    assert "Apache License" in texts["licenses/LICENSE"]
    assert set(re.findall(r"Provides-Extra: (\w+)", texts["METADATA"])) == {"test", "postgres", "pdf"}


def test_the_wheel_works_by_itself(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    """Nothing that is only in the checkout, such as an empty folder, is needed to run."""
    installed = tmp_path / "installed"
    wheel.extractall(installed)
    environment = {"PYTHONPATH": str(installed), "HOME": str(tmp_path), "MONITOR_LANGUAGE": "en"}
    code = "import rules; print(rules.__file__); from monitor.doors.cli.main import main; main()"
    for words in (["calendar", "count", "2026-03-02", "2026-05-21"], ["packs"], ["init"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *words],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(str(installed))
