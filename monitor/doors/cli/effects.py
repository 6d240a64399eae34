"""What other rules would change, said in lines for a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from monitor.differences import figure, value
from monitor.text import _

if TYPE_CHECKING:
    from monitor.verbs.effect import Effect
    from rules.compare import Change


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
    of, name = figure(change.where, change.case_id, change.what)
    was, now = (value(change.what, told) for told in (change.before, change.after))
    return f"{change.project_code}  {of}  {name}  {was} → {now}"


def pack_summary(effect: Effect, open_: int) -> str:
    """The counts of what a pack would change; ``open_``: projects not finished that it would judge."""
    told = _(
        "As of {day}: {looked_at} projects would be judged otherwise, {open} of them taken over while open; "
        "{projects} would change: {used} in days used, {lights} in a light, {turn_days} in the day of a turn; "
        "{cases_due} cases fall due on another day, {case_lights} change their light."
    )
    counts = {k: v for k, v in vars(effect).items() if isinstance(v, int)}
    return told.format(day=effect.as_of.isoformat(), open=open_, **counts)


def summary(effect: Effect) -> str:
    """The counts in one sentence or two."""
    told = _(
        "As of {day}: {looked_at} projects rest on these days; {projects} would change: {used} in days used, "
        "{lights} in a light, {turn_days} in the day of a turn; {cases_due} cases fall due on another day, "
        "{case_lights} change their light."
    )
    return told.format(day=effect.as_of.isoformat(), **{k: v for k, v in vars(effect).items() if isinstance(v, int)})
