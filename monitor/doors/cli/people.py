"""What the commands on accounts, tokens and agreements share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from monitor.doors.cli.common import Refused
from monitor.people import PeopleRefused
from monitor.text import N_, _

Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on stdout."))]


@contextmanager
def refusing() -> Iterator[None]:
    """Tells a person what is refused, and that nothing changed."""
    try:
        yield
    except PeopleRefused as error:
        raise Refused(_("{problem} Nothing changed.").format(problem=error)) from error
