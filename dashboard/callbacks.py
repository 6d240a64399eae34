"""What every callback of a page shares: the address it is for, and what is shown when it fails."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any
from uuid import uuid4

import structlog
from dash import Input, Output

from dashboard.address import Address
from dashboard.asked import Pages
from dashboard.components import knowing
from dashboard.components.states import failed
from dashboard.visitor import viewer
from monitor.reading.rewinding import MOST, TooMany
from monitor.rights import Right

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
    """The names of regions by their codes."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader

    def names(self, codes: Iterable[Any]) -> Mapping[str, str]:
        """Names for ``codes``; a code without a name stands for itself."""
        return {code: self._reader.place_names.get(code, code) for code in map(str, codes)}


def department_options(reader: Any, places: Places, region: str | None) -> list[tuple[str, str]]:
    """Departments (of a region and of all that it contains) to choose from: key, name; with the region of each where
    there are several."""
    frame = reader.department_names(viewer(reader))
    if region:
        frame = frame[frame["region"].astype(str).str.startswith(region)]
    names = places.names(frame["region"])
    return [
        (str(key), name if region else f"{names.get(str(area), area)} · {name}")
        for key, area, name in frame[["department_id", "region", "name"]].itertuples(index=False)
    ]


def fill(
    app: Pages, page: str, slot: str, today: Today, right: Right = Right.READ
) -> Callable[[Callable[[Address], Any]], None]:
    """Decorates the function that fills ``slot`` of ``page`` each time the address changes.

    An error is shown in the slot itself: the other parts of the page stand.
    """

    def wire(make: Callable[[Address], Any]) -> None:
        @app.callback(Output(slot, "children"), Input(view_of(page), "data"), right=right)
        @wraps(make)
        def _fill(view: dict[str, str]) -> Any:
            return part(slot, lambda: make(Address.read(view["path"], view["search"], today())))

    return wire


def as_known(reader: Any, at: Address) -> Any:
    """The reader that answers for an address, as known now or at the moment in it; None: `tell_known` says why none
    does."""
    try:
        moment = at.known_at(reader.zone)
    except ValueError:
        return None
    try:
        return reader if moment is None else reader.as_known_at(moment, at.as_of, region=at.region)
    except TooMany:
        return None


def fill_as_known(
    app: Pages, page: str, slot: str, today: Today, reader: Any, right: Right = Right.READ
) -> Callable[[Callable[[Address, Any], Any]], None]:
    """As `fill`, for a part that asks the reader as known at the moment in the address; nothing where it cannot be."""

    def wire(make: Callable[[Address, Any], Any]) -> None:
        def made(at: Address) -> Any:
            known = as_known(reader, at)
            return None if known is None else make(at, known)

        fill(app, page, slot, today, right)(made)

    return wire


def known_of(page: str) -> tuple[str, str]:
    """The ids of the place that says as known at when, and of the parts that are hidden while nothing is known."""
    return f"{page}-known", f"{page}-parts"


def why_unknown(reader: Any, at: Address, *, alone: bool = False) -> Any:
    """Why a page has no answer as known at the moment in its address; None: it has one. ``alone``: it asks of one
    project."""
    try:
        moment = at.known_at(reader.zone)
    except ValueError:
        return knowing.refused(at)
    if moment is None:
        return None
    first = reader.first_known(viewer(reader))
    if first is None or moment < first:
        return [knowing.note(moment, at), knowing.nothing_yet(first and first.astimezone(reader.zone))]
    try:
        if not alone:
            reader.can_rewind(viewer(reader), moment, region=at.region)
    except TooMany as many:
        return [knowing.note(moment, at), knowing.too_many(many.projects, MOST)]
    return None


def tell_known(
    app: Pages,
    page: str,
    today: Today,
    reader: Any,
    alone: Callable[[Address], bool] = lambda at: False,
    right: Right = Right.READ,
) -> None:
    """Says above a page as known at which moment it answers, or why it cannot; its parts are hidden then."""
    place, parts = known_of(page)

    @app.callback(Output(place, "children"), Output(parts, "className"), Input(view_of(page), "data"), right=right)
    def _told(view: dict[str, str]) -> tuple[Any, str]:
        at = Address.read(view["path"], view["search"], today())
        try:
            if (why := why_unknown(reader, at, alone=alone(at))) is not None:
                return why, "unknown"
            moment = at.known_at(reader.zone)
            return [knowing.note(moment, at), knowing.working()] if moment else None, ""
        except Exception as error:
            return failed(report(error, place)), ""
