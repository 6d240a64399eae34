"""Who may import whom: the contracts of pyproject.toml hold, and each of them catches what it is there for."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.tree import PACKAGES, TOP, module_file, name, python_files

CONTRACTS = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]

# (contract, module in which a line is added, the line); a module that is not there yet is made
BREAKS = [
    ("floors", "rules.pack", "import monitor.settings"),
    ("floors", "monitor.text", "import dashboard"),
    ("floors", "migrations", "import dashboard"),
    ("rules-rooms", "rules.clock", "import rules.assess"),
    ("rules-rooms", "rules.notice", "import rules.almanac"),
    ("rules-rooms", "rules.assess", "import rules.plan"),
    ("rules-rooms", "rules.plan", "import rules.document"),
    ("rules-rooms", "rules.placeless", ""),
    ("monitor-rooms", "monitor.settings", "import monitor.verbs"),
    ("monitor-rooms", "monitor.intake", "import monitor.store"),
    ("monitor-rooms", "monitor.reading", "import monitor.store"),
    ("monitor-rooms", "monitor.analysis", "import monitor.reading"),
    ("monitor-rooms", "monitor.verbs", "import monitor.doors"),
    ("monitor-rooms", "monitor.words", "import monitor.oddities"),
    ("monitor-rooms", "monitor.rights", "import monitor.people"),
    ("monitor-rooms", "monitor.placeless", ""),
    ("dashboard-rooms", "dashboard.theme", "import dashboard.pages"),
    ("dashboard-rooms", "dashboard.figures", "import dashboard.components"),
    ("dashboard-rooms", "dashboard.placeless", ""),
    ("pages", "dashboard.pages.one", "import dashboard.pages.other"),
    ("figures-take-data", "dashboard.figures", "import monitor.reading"),
    ("figures-take-data", "dashboard.components", "import sqlalchemy"),
    ("analysis-takes-frames", "monitor.analysis.paths", "import sqlalchemy"),
    ("analysis-takes-frames", "monitor.analysis.cases", "import monitor.settings"),
    ("monitor-rooms", "monitor.analysis.cases", "import monitor.reading"),
    ("pages-read-and-ask", "dashboard.pages.one", "import monitor.store"),
    ("tables", "monitor.verbs", "import monitor.tables"),
    ("tables", "monitor.intake", "import monitor.tables"),
    ("sql", "monitor.verbs", "import sqlalchemy"),
    ("exchange-of-others", "monitor.exchange", "import monitor.store"),
    ("monitor-rooms", "monitor.intake", "import monitor.exchange"),
    ("analysis-takes-frames", "monitor.analysis.durations", "import time"),
    ("analysis-takes-frames", "monitor.analysis", "import scipy.stats"),
    ("pure-rules", "rules.pack", "import pandas"),
    ("pure-rules", "rules.workdays", "import time"),
    ("address-of-apscheduler", "monitor.verbs", "from apscheduler.schedulers.blocking import BlockingScheduler"),
    ("address-of-alembic", "monitor.store", "from alembic import command"),
    ("address-of-holidays", "rules.workdays", "import holidays"),
    ("address-of-argon2", "monitor.verbs", "from argon2 import PasswordHasher"),
    ("address-of-plotly", "dashboard.pages.one", "import plotly.graph_objects"),
    ("address-of-dash", "monitor.text", "from dash import html"),
    ("frames", "monitor.verbs", "import pandas"),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code alone, in a folder where it may be spoilt."""
    top = tmp_path_factory.mktemp("copy")
    for path in [TOP / "pyproject.toml", *python_files()]:
        target = top / name(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    for module in [*named(), "dashboard.pages.other"]:
        path = module_file(module, top)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("")
    return top


def named() -> set[str]:
    """The modules that contracts name and that may have no file yet."""
    lists = (c.get(k, ()) for c in CONTRACTS for k in ("source_modules", "forbidden_modules", "protected_modules"))
    rooms = {m for names in lists for m in names if m.split(".")[0] in PACKAGES and "*" not in m and "." in m}
    for contract in CONTRACTS:
        for container in contract.get("containers", ()):
            words = (w.strip(" ()") for layer in contract["layers"] for w in re.split(r"[|:]", layer))
            rooms |= {f"{container}.{word}" for word in words}
    return rooms


def lint(top: Path, cache: Path, contract: str | None = None) -> tuple[bool, str]:
    """Whether the contracts hold in a checkout, and what the linter said."""
    # Not the installed script: that would look at the installed packages, not at those of the copy.
    call = "import sys; sys.path.insert(0, ''); from importlinter.cli import lint_imports_command as lint; lint()"
    arguments = ["--no-logo", "--cache-dir", str(cache)] + (["--contract", contract] if contract else [])
    done = subprocess.run(
        [sys.executable, "-c", call, *arguments], cwd=top, capture_output=True, text=True, check=False, timeout=120
    )
    return done.returncode == 0, done.stdout + done.stderr


def test_contracts_hold(copy: Path, tmp_path: Path) -> None:
    kept, said = lint(copy, tmp_path)
    assert kept, said
    assert f"{len(CONTRACTS)} kept, 0 broken" in said


def test_every_contract_is_broken_on_purpose() -> None:
    assert {contract for contract, _, _ in BREAKS} == {c["id"] for c in CONTRACTS}


def test_every_package_is_under_contract() -> None:
    options = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["tool"]
    assert tuple(options["importlinter"]["root_packages"]) == PACKAGES
    assert tuple(options["hatch"]["build"]["targets"]["wheel"]["packages"]) == PACKAGES


@pytest.mark.parametrize(("contract", "module", "line"), BREAKS)
def test_a_contract_catches_what_it_forbids(copy: Path, contract: str, module: str, line: str) -> None:
    path = module_file(module, copy)
    before = path.read_text("utf-8") if path.exists() else None
    path.write_text(f"{before or ''}\n{line}\n", "utf-8")
    try:
        kept, said = lint(copy, copy.parent / "grimp", contract)
    finally:
        path.unlink() if before is None else path.write_text(before, "utf-8")
    assert not kept, f"{contract} let {module} say: {line}"
    assert re.search(r"0 kept, 1 broken", said), said
