"""docs/json.md and the program: no field that is not documented, no documented field that is not there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.rules.generate import awkward_log, write

TOP = Path(__file__).parents[2]
PAGE = (TOP / "docs" / "json.md").read_text("utf-8")
PROGRAM = "from monitor.doors.cli.main import main; main()"
AS_OF = ("--as-of", "2026-11-20", "--json")


def documented(title: str) -> set[str]:
    """The fields of one section."""
    section = re.split(r"^## ", PAGE, flags=re.M)
    body = next(s for s in section if s.splitlines()[0] == title)
    return set(re.findall(r"^\| `([^`]+)` \|", body, flags=re.M))


def paths(value: Any, names: set[str], at: str = "") -> set[str]:
    """The fields of a document in the form of the page; a name that the page writes `*` becomes one."""
    if isinstance(value, dict):
        found = set()
        for key, inner in value.items():
            known = f"{at}.{key}" if at else key
            if any(n == known or n.startswith((f"{known}.", f"{known}[]")) for n in names):
                found |= paths(inner, names, known)
            else:
                found |= paths(inner, names, f"{at}.*" if at else "*")
        return found
    if isinstance(value, list):
        return {p for inner in value for p in paths(inner, names, f"{at}[]")}
    return {at}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    (folder / "log").mkdir()
    write(folder / "log", awkward_log(7, projects=60))
    (folder / "bad").mkdir()
    (folder / "bad" / "projects.csv").write_text("project_code,coded_on\nA,2026-02-30\n", "utf-8")
    return folder


def run(folder: Path, *arguments: str, code: int = 0) -> Any:
    told = {"MONITOR_DATABASE_URL": f"sqlite:///{folder / 'a.db'}", "MONITOR_LOG_FOLDER": str(folder / "log-files")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        env=os.environ | told, cwd=TOP, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


def test_every_document_is_what_the_page_says(made: Path) -> None:
    first = run(made, "init", "--json")
    landed = run(made, "import", str(made / "log"), "--json")
    refused = run(made, "import", str(made / "bad"), "--json", code=1)
    documents = {
        "init, upgrade": [first, run(made, "upgrade", "--json")],
        "import": [landed, refused],
        "assess, status": [run(made, "assess", str(made / "log"), *AS_OF)],
        "tick, rebuild": [run(made, "tick", *AS_OF), run(made, "rebuild", *AS_OF)],
        "projects": [run(made, "projects", *AS_OF)],
        "calendar count": [run(made, "calendar", "count", "2026-03-02", "2026-05-14", "--json")],
        "calendar add": [run(made, "calendar", "add", "2026-12-20", "5", "--json")],
        "calendar days": [run(made, "calendar", "days", "2026-02-13", "2026-02-15", "--json")],
        "packs": [run(made, "packs", "--json")],
        "check": [run(made, "check", "--json")],
    }
    documents["assess, status"].append(run(made, "status", "--all", *AS_OF))
    # What a sound database and a sample need not show.
    may_be_missing = {
        "import": {"ignored[]"},
        "check": {"integrity[]", "troubles.*"},
        "assess, status": {"projects[].provisional[]"},
    }
    for title, found in documents.items():
        names = documented(title)
        seen = set().union(*(paths(one, names) for one in found))
        assert not {p for p in seen - names if not any(n.startswith(f"{p}[]") for n in names)}, title
        assert not names - seen - may_be_missing.get(title, set()), title
    assert titles() == set(documents)


def titles() -> set[str]:
    return set(re.findall(r"^## (.+)$", PAGE, flags=re.M))


def test_a_field_that_nobody_documented_is_seen() -> None:
    names = documented("tick, rebuild")
    assert "surprise" not in names
    assert paths({"as_of": "2026-11-20", "surprise": 1}, names) - names == {"*"}
