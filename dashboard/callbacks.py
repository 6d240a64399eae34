"""What every callback of a page shares: the address it is for, and what is shown when it fails."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import uuid4

import structlog
from dash import Dash, Input, Output

from dashboard.address import Address
from dashboard.components.states import failed
from monitor.reading.viewer import EVERYONE

Today = Callable[[], dt.date]

_log = structlog.get_logger("dashboard")


def view_of(page: str) -> str:
    """The id of the store that holds the address a page shows."""
    return f"{page}-view"


def report(error: Exception, where: str) -> str:
    """Puts an error with its trace into the log; gives the number under which it is found there."""
    number = uuid4().hex[:8]
    _log.error("callback failed", where=where, number=number, exc_info=error)
    return number


def region_names(reader: Any) -> dict[str, str]:
    """The names of regions by their codes."""
    frame = reader.regions(EVERYONE)
    return {str(code): str(name) for code, name in zip(frame["region"], frame["name"])}


def fill(app: Dash, page: str, slot: str, today: Today) -> Callable[[Callable[[Address], Any]], None]:
    """Decorates the function that fills ``slot`` of ``page`` each time the address changes.

    An error is shown in the slot itself: the other parts of the page stand.
    """

    def wire(make: Callable[[Address], Any]) -> None:
        @app.callback(Output(slot, "children"), Input(view_of(page), "data"))
        @wraps(make)
        def _fill(view: dict[str, str]) -> Any:
            try:
                return make(Address.read(view["path"], view["search"], today()))
            except Exception as error:
                return failed(report(error, slot))

    return wire
