"""From which number on a record is odd: what a pack says itself, and what it takes over from the default pack.

These are settings of this system and no law, so every pack has all of them: what it does not name is as in the table
`oddities` of the default pack, from the beginning of its own scope on.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache
from importlib.resources import files

from rules import packparts
from rules.pack import DEFAULT_PACK, ODDITIES, Dated
from rules.tomlread import Table, parsed


@cache
def _usual() -> dict[str, Dated]:
    name = f"{DEFAULT_PACK}.toml"
    raw = parsed((files("rules") / "packs" / name).read_text("utf-8"))
    table = Table(name, raw).table("oddities")
    return {name: packparts.dated(table, name) for name in ODDITIES}


def oddities(table: Table, coded_from: dt.date) -> dict[str, Dated]:
    """The thresholds of a pack, from its own table: its own where it names them, else those of the default pack."""
    found = {name: _from(number, coded_from) for name, number in _usual().items()}
    if "oddities" in table:
        own = table.table("oddities")
        own.only(*ODDITIES)
        found |= {name: packparts.dated(own, name) for name in ODDITIES if name in own}
    return found


def _from(number: Dated, start: dt.date) -> Dated:
    """A number whose oldest version holds from a day on."""
    oldest, *later = number.versions
    return Dated((replace(oldest, since=min(oldest.since, start)), *later))
