"""`approval-monitor`: runs the command that is asked for and turns every ending into an exit code."""

from __future__ import annotations

import sys

import structlog
from pydantic import ValidationError

from monitor.actor import Actor, acting
from monitor.database import DatabaseError
from monitor.doors import logs
from monitor.doors.cli import common
from monitor.doors.cli.commands import program
from monitor.doors.cli.refusing import problem_line
from monitor.doors.cli.troubles import in_words
from monitor.settings import account, machine
from monitor.text import _, set_default_language
from rules.errors import RuleError


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
        with acting(Actor(account(), door="cli", address=machine())):
            program()()
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
