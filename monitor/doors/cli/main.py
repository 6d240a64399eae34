"""`approval-monitor`: collects the commands and turns every ending into an exit code.

Each module of this package that has a function `register(app)` brings its commands. Heavy libraries are
imported inside a command, for all these modules are loaded whenever any command starts.
"""

from __future__ import annotations

import pkgutil
import sys
from importlib import import_module
from typing import Any

import structlog
import typer
from pydantic import ValidationError

from monitor.database import DatabaseError
from monitor.doors import logs
from monitor.doors.cli import common
from monitor.doors.cli.refusing import problem_line
from monitor.doors.cli.troubles import in_words
from monitor.text import _, set_default_language
from rules.errors import RuleError


def application() -> typer.Typer:
    """All commands, with their help in the language of the settings."""
    app = typer.Typer(
        name="approval-monitor",
        help=_("How long the approval of each investment project takes, by law; green, yellow and red lights."),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(lambda: None)  # keeps `approval-monitor COMMAND` even where there is only one command
    package = __name__.rpartition(".")[0]
    for found in sorted(pkgutil.iter_modules(import_module(package).__path__), key=lambda m: m.name):
        if found.name != "main":
            module = import_module(f"{package}.{found.name}")
            if hasattr(module, "register"):
                module.register(app)
    return app


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


def main() -> None:
    """The program. Ends with 0 done, 1 refused, 2 usage, 3 done with something set aside, 70 our fault."""
    try:
        settings = common.settings()
    except ValidationError as error:
        for line in error.errors():
            name = "MONITOR_" + "_".join(map(str, line["loc"])).upper()
            common.say(_("Setting {name}: {problem}").format(name=name, problem=line["msg"]))
        sys.exit(common.USAGE)
    set_default_language(settings.language)
    logs.configure(settings, to_file=True)
    try:
        _translated(typer.main.get_command(application()))()
    except common.Refused as error:
        common.say(str(error))
        sys.exit(common.REFUSED)
    except RuleError as error:
        common.say(problem_line(error))
        sys.exit(common.REFUSED)
    except DatabaseError as error:
        common.say(in_words(error))
        sys.exit(common.REFUSED)
    except Exception as error:
        name = type(error).__name__
        structlog.get_logger().error("failed", error=name, exc_info=True)
        common.say(_("The program failed ({error}). The trace is in {file}.").format(error=name, file=logs.log_file()))
        sys.exit(common.OUR_FAULT)
