"""The acceptance slip 受理单 as a page that prints on one sheet, and as plain text."""

from __future__ import annotations

import datetime as dt
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from monitor.looks import FONT
from monitor.slips import Slip
from monitor.text import _, language
from monitor.words import NO_PROOF


def html(slip: Slip, zone: dt.tzinfo) -> str:
    """A page that holds all it needs; ``zone``: of the office, in which the day is told."""
    told = {
        "lang": "zh-CN" if language() == "zh_CN" else "en",
        "slip": slip,
        "title": _title(),
        "steps": _steps(slip),
        "font": FONT,
    }
    return _template().render(**told, rows=_rows(slip, zone), notes=_notes(), code_word=_("Query code"))


def text(slip: Slip, zone: dt.tzinfo) -> str:
    """The same in lines."""
    rows = [f"{word}: {value}" for word, value in (*_rows(slip, zone), (_("Query code"), slip.query_code))]
    steps = [f"{n}. {step}" for n, step in enumerate(_steps(slip), 1)]
    heads = [*([slip.office] if slip.office else []), _title()]
    return "\n".join([*heads, "", *rows, "", *steps, "", *_notes()]) + "\n"


def _title() -> str:
    return _("Acceptance slip: how to look up where the project stands")


def _rows(slip: Slip, zone: dt.tzinfo) -> list[tuple[str, str]]:
    day = slip.made_at.astimezone(zone).date()
    return [
        (_("Project code"), slip.project_code),
        (_("Name of the project"), slip.name),
        (_("Made on"), day.isoformat()),
    ]


def _steps(slip: Slip) -> list[str]:
    first = _("Open {address} on a phone or a computer.").format(address=slip.address)
    if not slip.address:
        first = _("Open the look-up page of this office on a phone or a computer.")
    return [
        first,
        _("Type the project code: the stage, the state of each item and its time limits are shown."),
        _("Type the query code as well: the light and the days of each department are shown too."),
    ]


def _notes() -> list[str]:
    return [
        _("Keep the query code to yourself. If it is lost, ask for a new slip; the old code then holds no more."),
        _(NO_PROOF),
    ]


@cache
def _template() -> Template:
    loaded = Environment(loader=PackageLoader("monitor.reports", "."), autoescape=True, undefined=StrictUndefined)
    return loaded.get_template("slip.html")
