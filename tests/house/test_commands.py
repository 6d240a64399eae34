"""The table of commands is what the modules bring, and a start loads the module of its command alone."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys
from importlib import import_module

import pytest

from monitor.doors import cli
from monitor.doors.cli.commands import MODULES, brought, program
from monitor.text import use_language
from tests.house.tree import TOP

BRINGING = {
    found.name
    for found in pkgutil.iter_modules(cli.__path__)
    if hasattr(import_module(f"{cli.__name__}.{found.name}"), "register")
}
LOADED = """
import json, sys
from monitor.doors.cli.main import program
program().commands[sys.argv[1]]
print(json.dumps(sorted(sys.modules)))
"""


def test_every_module_that_brings_commands_is_in_the_table() -> None:
    assert set(MODULES.values()) == BRINGING


@pytest.mark.parametrize("module", sorted(BRINGING))
def test_the_table_names_what_a_module_brings(module: str) -> None:
    assert set(brought(module)) == {name for name, brings in MODULES.items() if brings == module}


@pytest.mark.parametrize(("command", "module"), [("template", "template"), ("sources", "sending")])
def test_a_start_loads_the_module_of_its_command_alone(command: str, module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, command], cwd=TOP, capture_output=True, text=True, check=True, timeout=120
    )
    loaded = set(json.loads(done.stdout))
    assert {name for name in BRINGING if f"{cli.__name__}.{name}" in loaded} == {module}
    assert not loaded & {"pandas", "dash", "plotly", "apscheduler"}


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_help_lists_every_command_in_the_users_language(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    with use_language(language):
        known = program()
        assert list(known.commands) == list(MODULES)
        with pytest.raises(SystemExit) as ended:
            known.main(["--help"], "approval-monitor", terminal_width=300, max_content_width=300)
        told = {name: command.help for name, command in known.commands.items()}
    assert ended.value.code == 0
    said = capsys.readouterr().out
    for name, text in told.items():
        assert f"  {name} " in said and text in said, name
        assert text.isascii() == (language == "en"), name


def test_a_command_that_is_not_there_is_told_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        program().main(["statu"], "approval-monitor")
    assert ended.value.code == 2
    assert "'status'" in capsys.readouterr().err
