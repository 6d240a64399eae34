"""What a writing would change, said in lines for a person: the ways in that only look share it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.doors.cli.common import say
from monitor.doors.cli.effects import change_line
from monitor.looks import light_word
from monitor.oddities import saw
from monitor.text import N_, _, _n
from rules.vocabulary import Light

if TYPE_CHECKING:
    from monitor.verbs.foreseen import Foreseen

SHOWN = 50  # lights that change, in words; --json lists more
DryRun = Annotated[
    bool,
    typer.Option("--dry-run", help=N_("Say what would be done, and which lights would change; write nothing.")),
]
AsOf = Annotated[
    dt.datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help=N_("With --dry-run: the lights as of the end of this day; today.")),
]


def day_foreseen(as_of: dt.datetime | None, dry_run: bool) -> dt.date | None:
    """The day of ``--as-of``; raises typer.BadParameter where nothing is only looked at."""
    if as_of and not dry_run:
        raise typer.BadParameter(_("only with --dry-run"), param_hint="--as-of")
    return as_of.date() if as_of else None


def tell_foreseen(effect: Foreseen) -> None:
    """The counts, the first lights that change, and the new flags by kind, on stderr."""
    known = [one for one in effect.changes if one.what == "light" and one.before is not None]
    for change in known[:SHOWN]:
        say(change_line(change))
    if len(known) > SHOWN or effect.more_changes:
        say(_("… and more; --json lists them"))
    for flag, n in sorted(effect.flags.items(), key=lambda one: (-one[1], one[0])):
        say(_("new flag: {flag} ({n})").format(flag=saw(flag), n=n))
    if effect.new:
        say(_new(effect))
    if effect.gone:
        gone = _n("{n} project would be known no more.", "{n} projects would be known no more.", effect.gone)
        say(gone.format(n=effect.gone))
    told = _(
        "As of {day}: {projects} known projects would change: {used} in days used, {lights} in a light, {turn_days} in "
        "the day of a turn; {cases_due} cases would fall due on another day, {case_lights} change their light."
    )
    say(told.format(day=effect.as_of.isoformat(), **{k: v for k, v in vars(effect).items() if isinstance(v, int)}))


def _new(effect: Foreseen) -> str:
    n = effect.new.total()
    lights = ((light, effect.new[light.word]) for light in sorted(Light, reverse=True))
    listed = _(", ").join(f"{light_word(light)} {count}" for light, count in lights if count)
    if listed:
        return _n("{n} new project: {lights}.", "{n} new projects: {lights}.", n).format(n=n, lights=listed)
    return _n("{n} new project.", "{n} new projects.", n).format(n=n)
