"""What other rules would change, said in lines for a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from monitor.looks import light_word
from monitor.text import N_, _
from monitor.verbs.effect import Effect
from rules.compare import Change
from rules.vocabulary import Light

_WHAT = {
    "used": N_("days used"),
    "light": N_("light"),
    "yellow_on": N_("turns yellow on"),
    "red_on": N_("turns red on"),
    "due_on": N_("due on"),
}
_WHERE = {
    "project": N_("the project"),
    "pre_construction": N_("before construction"),
    "acceptance": N_("acceptance"),
    "promised": N_("promised limit"),
    "statutory": N_("statutory limit"),
}


def place(region: str) -> str:
    """Where a notice holds."""
    return region or _("all of China")


def days_text(days: Mapping[dt.date, bool]) -> str:
    """The days that change, and into what."""
    if not days:
        return _("No day changes.")
    rest = "、".join(day.isoformat() for day, works in days.items() if not works)
    work = "、".join(day.isoformat() for day, works in days.items() if works)
    parts = [_("become days of rest: {days}").format(days=rest) if rest else ""]
    parts.append(_("become working days: {days}").format(days=work) if work else "")
    return "\n".join(part for part in parts if part)


def change_line(change: Change) -> str:
    """One figure: of which project and case, what it is now and what it would be."""

    def said(value: int | str | None) -> str:
        if value is None:
            return "–"
        return light_word(Light[str(value).upper()]) if change.what == "light" else str(value)

    where = f"{change.case_id} {_(_WHERE[change.where])}" if change.case_id else _(_WHERE[change.where])
    return f"{change.project_code}  {where}  {_(_WHAT[change.what])}  {said(change.before)} → {said(change.after)}"


def summary(effect: Effect) -> str:
    """The counts in one sentence or two."""
    told = _(
        "As of {day}: {looked_at} projects rest on these days; {projects} would change: {used} in days used, "
        "{lights} in a light, {turn_days} in the day of a turn; {cases_due} cases fall due on another day, "
        "{case_lights} change their light."
    )
    return told.format(day=effect.as_of.isoformat(), **{k: v for k, v in vars(effect).items() if isinstance(v, int)})
