"""A standing as one line for a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from monitor.looks import light_word, phase_word, stage_word, symbol
from monitor.text import _
from monitor.words import in_unit
from rules.pack import NATURAL
from rules.vocabulary import Light, Phase, Stage, Unit


def unit_of(calendar: str) -> str:
    """The unit in which the rule of a calendar counts."""
    return (Unit.NATURAL_DAY if calendar == NATURAL else Unit.WORKING_DAY).word


def days(n: int, calendar: str) -> str:
    """A count of days in the unit in which the rule of this calendar counts."""
    return in_unit(n, unit_of(calendar))


def counted_line(calendars: Collection[str], day: dt.date) -> str:
    """How many projects were listed as of which day, and in which days each was counted, by their calendars."""
    units = {unit_of(calendar) for calendar in calendars}
    if units == {Unit.NATURAL_DAY.word}:
        text = _("{n} projects as of {day}; days are natural days.")
    elif len(units) > 1:
        text = _("{n} projects as of {day}; each in the days by which its rule counts.")
    else:
        text = _("{n} projects as of {day}; days are working days.")
    return text.format(n=len(calendars), day=day.isoformat())


def standing_line(one: dict[str, Any]) -> str:
    """Light, days, code, stage, phase, who has it, and why where it cannot be judged."""
    light = Light[one["light"].upper()]
    stage = stage_word(Stage[one["stage"].upper()]) if one["stage"] else "–"
    held = "、".join(sorted({h["department"] for h in one["held_by"]}))
    parts = [
        f"{symbol(light)} {light_word(light)}",
        days(one["used"], one["calendar"]["region"]),
        one["project_code"],
        stage,
        phase_word(Phase[one["phase"].upper()]),
        held,
    ]
    if not one["judged"]:
        cases = [f["case_id"] for f in one["flags"] if f["flag"] == "cannot_be_judged"]
        parts.append(_("decided with neither acceptance nor receipt: {cases}").format(cases=", ".join(cases)))
    return "  ".join(part for part in parts if part)
