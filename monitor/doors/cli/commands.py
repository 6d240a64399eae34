"""Which module brings which command, and the program's group of them: a start loads the one that is asked for.

The module of a command has a function `register(app)`, which adds it and says its help in the user's language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperGroup

from monitor.text import _

# In the order of the help.
MODULES = {
    "batches": "batches",
    "undo": "batches",
    "refused": "batches",
    "user": "accounts",
    "token": "tokens",
    "agreement": "agreements",
    "slip": "slips",
    "backup": "backing",
    "restore": "backing",
    "codes": "coding",
    "corrections": "correcting",
    "export-spgl": "crosswalking",
    "export": "exporting",
    "flags": "flagging",
    "whatif": "imagining",
    "import": "importing",
    "assess": "judging",
    "measures": "measuring",
    "pending": "late",
    "confirm": "late",
    "plan": "planning",
    "pull": "pulling",
    "purge": "purging",
    "serve": "running",
    "schedule": "running",
    "demo": "running",
    "init": "schema",
    "upgrade": "schema",
    "check": "schema",
    "sources": "sending",
    "tick": "sweeping",
    "rebuild": "sweeping",
    "status": "sweeping",
    "projects": "sweeping",
    "template": "template",
    "calendar": "judging",
    "departments": "naming",
    "notices": "notices",
    "packs": "packs",
    "profile": "profiles",
    "trail": "trail",
}


class _Commands(Mapping[str, Any]):
    """The commands by name, each loaded when it is asked for."""

    def __init__(self) -> None:
        self._loaded: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._loaded:
            self._loaded |= brought(MODULES[name])
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(MODULES)

    def __len__(self) -> int:
        return len(MODULES)


def brought(module: str) -> dict[str, Any]:
    """The commands that a module of this package brings, by name."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    app.callback()(lambda: None)  # a group even where there is only one command
    import_module(f"{__package__}.{module}").register(app)
    group: Any = typer.main.get_command(app)
    return {name: _translated(command) for name, command in group.commands.items()}


def _translated(command: Any) -> Any:
    """The command with the help of its options in the user's language: `N_` marks them where they stand."""
    if command.help:
        command.help = _(command.help)
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = _(parameter.help)
    for inner in getattr(command, "commands", {}).values():
        _translated(inner)
    return command


def program() -> TyperGroup:
    """`approval-monitor` with all its commands, in the language of the settings."""
    return TyperGroup(
        name="approval-monitor",
        commands=cast("dict[str, Any]", _Commands()),
        help=_("How long the approval of each investment project takes, by law; green, yellow and red lights."),
        no_args_is_help=True,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
