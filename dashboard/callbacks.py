"""What every callback of a page shares: the address it is for, and what is shown when it fails."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
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


def part(where: str, make: Callable[[], Any]) -> Any:
    """A piece of a page; one that fails says so in its place, and the others stand."""
    try:
        return make()
    except Exception as error:
        return failed(report(error, where))


class Places:
    """The names of regions by their codes. The reader is asked only for a code that was not met before."""

    def __init__(self, reader: Any) -> None:
        self._reader, self._known = reader, dict[str, str]()

    def names(self, codes: Iterable[Any]) -> Mapping[str, str]:
        """Names for ``codes``; a code without a name stands for itself."""
        wanted = {str(code) for code in codes}
        if not wanted <= self._known.keys():
            frame = self._reader.regions(EVERYONE)
            found = {str(code): str(name) for code, name in zip(frame["region"], frame["name"])}
            self._known = {code: code for code in wanted} | self._known | found
        return self._known


def department_options(reader: Any, places: Places, region: str | None) -> list[tuple[str, str]]:
    """Departments (of a region and of all that it contains) to choose from: key, name; with the region of each where
    there are several."""
    frame = reader.department_names(EVERYONE)
    if region:
        frame = frame[frame["region"].astype(str).str.startswith(region)]
    names = places.names(frame["region"])
    return [
        (str(key), name if region else f"{names.get(str(area), area)} · {name}")
        for key, area, name in frame[["department_id", "region", "name"]].itertuples(index=False)
    ]


def fill(app: Dash, page: str, slot: str, today: Today) -> Callable[[Callable[[Address], Any]], None]:
    """Decorates the function that fills ``slot`` of ``page`` each time the address changes.

    An error is shown in the slot itself: the other parts of the page stand.
    """

    def wire(make: Callable[[Address], Any]) -> None:
        @app.callback(Output(slot, "children"), Input(view_of(page), "data"))
        @wraps(make)
        def _fill(view: dict[str, str]) -> Any:
            return part(slot, lambda: make(Address.read(view["path"], view["search"], today())))

    return wire
