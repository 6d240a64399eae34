"""The linter and the type checker find nothing, and find what they are there for."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

import pytest

from tests.house.tree import TOP

CLOCKS = [
    "import datetime as dt\n\ndt.date.today()\n",
    "from datetime import datetime\n\ndatetime.now()\n",
    "from datetime import date\n\ndate.today()\n",
    "import time\n\ntime.time()\n",
    "import os\n\nos.environ\n",
    "from os import environ\n\nenviron\n",
    "import os\n\nos.getenv('X')\n",
    "import pandas as pd\n\npd.Timestamp.now()\n",
]


def run(*arguments: str, stdin: str | None = None) -> tuple[int, str]:
    """Exit code and output of a tool of this environment, run at the top of the checkout."""
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=TOP,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    return done.returncode, done.stdout + done.stderr


def test_ruff_finds_nothing() -> None:
    code, said = run("ruff", "check", "--quiet", ".")
    assert code == 0, said


def test_ruff_would_format_nothing() -> None:
    code, said = run("ruff", "format", "--check", "--quiet", ".")
    assert code == 0, f"run `ruff format .`\n{said}"


def test_mypy_finds_nothing() -> None:
    code, said = run("mypy")
    assert code == 0, said


@pytest.mark.parametrize("source", CLOCKS)
def test_the_clock_and_the_environment_are_asked_in_settings_alone(source: str) -> None:
    def found(file: str) -> bool:
        code, said = run("ruff", "check", "--select", "TID251", "--stdin-filename", file, "-", stdin=source)
        return code == 1 and "TID251" in said

    assert found("monitor/verbs/anything.py")
    assert not found("monitor/settings.py")


def test_mypy_is_strict_on_the_law() -> None:
    """All that `--strict` turns on is on for `rules` in the table, so that one run checks everything."""
    code, said = run("mypy", "--help")
    assert code == 0, said
    told = re.search(r"--strict\s+Strict mode; enables the following flags:(.*?)\n  --", said, re.DOTALL)
    assert told is not None
    strict = {flag.strip("-").replace("-", "_") for flag in re.sub(r"\s", "", told[1]).split(",")}
    assert "disallow_untyped_defs" in strict
    table = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["tool"]["mypy"]
    (law,) = (part for part in table["overrides"] if part["module"] == ["rules.*"])
    assert not {flag for flag in strict if not (table | law).get(flag)}
