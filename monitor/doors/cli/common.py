"""What all commands share: exit codes, one JSON document on stdout, messages on stderr, a bar of progress."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Annotated, Any, NoReturn

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from monitor.database import Database, DatabaseError, require_current
from monitor.progress import Advance, unheard
from monitor.settings import Settings, now
from monitor.text import N_, _

DONE = 0
REFUSED = 1  # refused input, nothing changed
USAGE = 2
SET_ASIDE = 3  # done, with rows or projects set aside
OUR_FAULT = 70  # sysexits' EX_SOFTWARE


class Refused(Exception):
    """What was given cannot be used, and nothing was changed; the text tells a person what to do."""


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()


def open_database() -> Database:
    """The database of the settings, whatever its state."""
    return Database(settings().database_url, busy_seconds=settings().busy_seconds)


def ready_database() -> Database:
    """The database of the settings; raises DatabaseError unless its schema is the one this program needs."""
    database = open_database()
    require_current(database)
    return database


def database_if_any() -> Database | None:
    """The database of the settings, or None where there is none.

    The law needs none. But one that cannot be read is not passed over: it may hold notices and packs.
    """
    try:
        return ready_database()
    except DatabaseError as error:
        if error.problem != "missing":
            raise
        return None


def emit(document: Any) -> None:
    """The one JSON document of a command, on stdout."""
    text = orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    sys.stdout.write(text.decode())
    sys.stdout.flush()


KnownAt = Annotated[str | None, typer.Option(help=N_("As known at this moment, such as 2026-11-20T09:00:00+08:00."))]


def moment(text: str | None, option: str = "--known-at") -> dt.datetime | None:
    """A moment that a person typed, in the office's zone; without an offset it is the office's.

    Raises typer.BadParameter for one that cannot be read, and for one that is still to come.
    """
    if text is None:
        return None
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(_("write it as 2026-11-20T09:00:00+08:00"), param_hint=option) from None
    found = found.astimezone(settings().zone) if found.tzinfo else found.replace(tzinfo=settings().zone)
    if found > now():
        told = _("{value} is still to come; nobody can know yet what will be known then").format(value=text)
        raise typer.BadParameter(told, param_hint=option)
    return found


def iso(moment: dt.datetime | None) -> str | None:
    """A moment as documents tell it."""
    return moment.isoformat() if moment else None


def office_moment(value: dt.datetime | None) -> str | None:
    """A moment in the office's zone, for people and documents."""
    return value.astimezone(settings().zone).isoformat(timespec="seconds") if value else None


def say(text: str) -> None:
    """A message for a person, on stderr."""
    print(text, file=sys.stderr, flush=True)


def leave(code: int) -> NoReturn:
    """Ends the command with this exit code."""
    raise typer.Exit(code)


@contextmanager
def progress(label: str) -> Iterator[Advance]:
    """A bar on stderr, only where that is a terminal; called with (done, of how many; 0: not known)."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield unheard
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total or None)
