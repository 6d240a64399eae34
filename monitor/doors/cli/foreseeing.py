"""What a writing would change, said in lines for a person: the ways in that only look share it."""

from __future__ import annotations

from monitor.doors.cli.common import say
from monitor.doors.cli.effects import change_line
from monitor.looks import light_word
from monitor.oddities import saw
from monitor.text import _, _n
from monitor.verbs.foreseen import Foreseen
from rules.vocabulary import Light

SHOWN = 50  # lights that change, in words; --json lists more


def tell_foreseen(effect: Foreseen) -> None:
    """The counts, the first lights that change, and the new flags by kind, on stderr."""
    known = [one for one in effect.changes if one.what == "light" and one.before is not None]
    for change in known[:SHOWN]:
        say(change_line(change))
    if len(known) > SHOWN or effect.more_changes:
        say(_("… and more; --json lists them"))
    for flag, n in sorted(effect.flags.items(), key=lambda one: (-one[1], one[0])):
        say(_("new flag: {flag} ({n})").format(flag=saw(flag), n=n))
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
