"""The documents say what is so: commands, options, files and settings that they name exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from monitor.doors.cli.commands import program
from monitor.settings import Settings
from tests.house import disputes_page, rights_page, settings_page
from tests.house.tree import TOP, name

PAGES = sorted([TOP / "README.md", TOP / "README.zh-CN.md", *(TOP / "docs").glob("*.md")])
FENCE = re.compile(r"^```(?:\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
TICKS = re.compile(r"`(approval-monitor [^`\n]+)`")
CALL = re.compile(r"(?:^|[\s/])approval-monitor\s+([^#\n]*)")
PLACE = re.compile(r"`((?:rules|monitor|dashboard|migrations|tests|docs|\.ci)/[\w./\u4e00-\u9fff-]*)`")
VARIABLE = re.compile(r"\bMONITOR_[A-Z_]+\b")
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")

every_page = pytest.mark.parametrize("page", PAGES, ids=name)


def calls(page: Path) -> list[list[str]]:
    """The words after `approval-monitor` of every command in a block of code or in backticks."""
    text = page.read_text("utf-8")
    lines = [line for block in FENCE.findall(text) for line in block.replace("\\\n", " ").splitlines()]
    lines += TICKS.findall(FENCE.sub("", text))
    found = []
    for line in lines:
        for call in CALL.findall(line):
            words = shlex.split(re.split(r"&&|\||;|>", call.replace("…", " "))[0])
            if words and not words[0].startswith(("=", "<", "/", "%")):
                found.append(words)
    return found


@every_page
def test_the_commands_of_a_page_exist(page: Path) -> None:
    for words in calls(page):
        command: Any = program()
        rest = list(words)
        while getattr(command, "commands", None) and rest and not rest[0].startswith("-"):
            assert rest[0] in command.commands, f"approval-monitor {' '.join(words)}: no `{rest[0]}`"
            command = command.commands[rest.pop(0)]
        known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        asked = {word.split("=")[0] for word in rest if word.startswith("-")}
        assert asked <= known | {"--help"}, f"approval-monitor {' '.join(words)}: {asked - known}"


@every_page
def test_the_files_a_page_names_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    places = {place for place in PLACE.findall(text) if not re.search(r"[…*<>]|NNNN|/your_|/my_", place)}
    assert not [place for place in places if not (TOP / place).exists()]
    links = {link for link in LINK.findall(text) if not (page.parent / link).exists()}
    assert not links


@every_page
def test_the_settings_a_page_names_exist(page: Path) -> None:
    prefix = Settings.model_config["env_prefix"]
    known = {f"{prefix}{field.upper()}" for field in Settings.model_fields}
    assert set(VARIABLE.findall(page.read_text("utf-8"))) <= known


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_two_commands_stand_in_the_readme(readme: str) -> None:
    text = (TOP / readme).read_text("utf-8")
    assert "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/approval-monitor demo" in text
    assert "bash tests/run" in text


def test_the_readme_uses_the_commands_that_matter() -> None:
    used = {words[0] for readme in ("README.md", "README.zh-CN.md") for words in calls(TOP / readme)}
    assert {"demo", "template", "import", "tick", "serve", "schedule", "assess", "status"} <= used


def test_the_page_of_settings_is_current() -> None:
    assert settings_page.PAGE.read_text("utf-8") == settings_page.page(), "run `python -m tests.house.settings_page`"
    assert all(field.description for field in Settings.model_fields.values())


def test_the_table_of_roles_and_rights_is_current() -> None:
    assert rights_page.written() == rights_page.table(), "run `python -m tests.house.rights_page`"


def test_the_book_of_disputes_is_current() -> None:
    assert disputes_page.PAGE.read_text("utf-8") == disputes_page.page(), "run `python -m tests.house.disputes_page`"
