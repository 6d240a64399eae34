"""A standing as one line for a person."""

from __future__ import annotations

from typing import Any

from monitor.looks import light_word, phase_word, stage_word, symbol
from monitor.text import _
from rules.pack import NATURAL
from rules.vocabulary import Light, Phase, Stage


def days(n: int, calendar: str) -> str:
    """A count of days in the unit in which the rule of this calendar counts."""
    return (_("{n} natural days") if calendar == NATURAL else _("{n} working days")).format(n=n)


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
