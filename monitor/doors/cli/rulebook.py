"""A pack as lines for a person: every number with its day, its source and how sure it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from monitor.doors.cli.lines import days
from monitor.looks import STAGE_ORDER, light_word, stage_word, symbol
from monitor.text import _, language
from monitor.words import (
    APPLIES_WORDS,
    CLOCK_WORDS,
    HOLDER_WORDS,
    KIND_WORDS,
    MARK_WORDS,
    PAUSE_WORDS,
    SCOPE_WORDS,
    SURE_WORDS,
    WHOSE_WORDS,
)
from rules.pack import CLOCKS, NATURAL, Dated, Limit, PauseRule, RulePack
from rules.vocabulary import ClockStart, Light, Unit

SPEAKS_CHINESE = "zh_CN"
_PAD = "  "


def brief(pack: RulePack) -> Iterator[str]:
    """Whom a pack judges, its thresholds and its budgets."""
    yield f"{pack.id}{_PAD}{pack.name if language() == SPEAKS_CHINESE else pack.name_en}"
    yield from (f"{_PAD}{line}" for line in (*_scope(pack), *_lights(pack), *_budgets(pack)))


def full(pack: RulePack) -> Iterator[str]:
    """The whole pack, section by section."""
    yield from brief(pack)
    yield f"{_PAD}{pack.note if language() == SPEAKS_CHINESE else pack.note_en}"
    yield from ("", _("Whose days count"), *_clocks(pack))
    yield from ("", _("What stops the clock"), *_pauses(pack))
    yield from ("", _("Settings"), *_settings(pack))
    yield from ("", _("Extensions, and marks of a project"), *_marks(pack))
    if any(pack.leads.values()):
        yield from ("", _("Lead departments"))
        yield from (f"{_PAD}{stage_word(s)}{_PAD}{pack.leads[s]}" for s in STAGE_ORDER if pack.leads[s])
    yield from ("", _("Items and their limits: {name}").format(name=pack.catalogue.name), *_items(pack))


def sure(flag: str, source: str, since: dt.date | None = None) -> str:
    """(sourced, since 2020-01-01: source)."""
    told = _(SURE_WORDS[flag])
    if since:
        told = _("{sure}, since {day}").format(sure=told, day=since.isoformat())
    return _("({sure}: {source})").format(sure=told, source=source)


def _listed(words: list[str]) -> str:
    return _(", ").join(words)


def _scope(pack: RulePack) -> Iterator[str]:
    scope = pack.scope
    kinds = _listed([_(KIND_WORDS[kind]) if kind in KIND_WORDS else kind for kind in sorted(scope.kinds)])
    yield (
        _("For: {kinds}; region {regions}; coded from {day} on; {how}").format(
            kinds=kinds or _("any kind"),
            regions=_listed(list(scope.regions)) or _("any"),
            day=scope.coded_from.isoformat(),
            how=_(APPLIES_WORDS[scope.applies.word]),
        )
        + _PAD
        + sure(scope.flag, scope.source)
    )
    yield _("Counts in: {unit}").format(unit=_("natural days") if pack.calendar == NATURAL else _("working days"))


def _versions(dated: Dated, text: str, calendar: str) -> Iterator[str]:
    for number in dated.versions:
        told = days(number.days, calendar)
        yield f"{text.format(n=told)}{_PAD}{sure(number.flag, number.source, number.since)}"


def _lights(pack: RulePack) -> Iterator[str]:
    past = _("past {n}") if pack.comparison == "over" else _("from {n} on")
    for light, number in ((Light.YELLOW, pack.yellow), (Light.RED, pack.red)):
        head = f"{symbol(light)} {light_word(light)}{_PAD}"
        if number:
            yield from _versions(number, head + past, pack.calendar)
        elif light is Light.RED and pack.red_by == CLOCKS[2]:
            yield head + _("as soon as a case that counts is past its statutory limit")
        elif light is Light.RED and pack.red_by:
            yield head + _("past the budget of: {group}").format(group=_(SCOPE_WORDS[pack.red_by]))
        else:
            yield head + _("none: the rule names none")


def _budgets(pack: RulePack) -> Iterator[str]:
    for rule in pack.groups:
        stages = _listed([stage_word(stage) for stage in STAGE_ORDER if stage in rule.stages])
        name = _("{group} ({stages})").format(group=_(SCOPE_WORDS[rule.group.word]), stages=stages)
        item = pack.catalogue.items.get(rule.milestone)
        if item:
            name += _(", until {item} is approved").format(item=f"{item.code} {item.name}")
        yield from _versions(rule.budget, name + _PAD + _("at most {n}"), pack.calendar)


def _clocks(pack: RulePack) -> Iterator[str]:
    for name, clock in pack.clocks.items():
        counts = _listed([_(HOLDER_WORDS[holder.word]) for holder in sorted(clock.counts)])
        told = f"{_PAD}{_(CLOCK_WORDS[name])}{_PAD}{counts}"
        if clock.start is ClockStart.RECEIVED:
            told += _PAD + _("from receipt")
        yield f"{told}{_PAD}{sure(clock.flag, clock.source)}"


def _pauses(pack: RulePack) -> Iterator[str]:
    """Kinds that do the same, in one line."""
    alike: dict[tuple[object, ...], list[PauseRule]] = {}
    for _kind, rule in sorted(pack.pauses.items()):
        does = (rule.stops, rule.whose, rule.runs_on, rule.needs_basis, rule.ceiling, rule.flag, rule.source)
        alike.setdefault(does, []).append(rule)
    for rules in alike.values():
        rule, names = rules[0], _listed([_(PAUSE_WORDS[one.kind]) for one in rules])
        if not rule.stops:
            stops = _("runs on")
        elif rule.stops == frozenset(CLOCKS):
            stops = _("stops every clock")
        else:
            stops = _("stops {clocks}").format(clocks=_listed([_(CLOCK_WORDS[c]) for c in CLOCKS if c in rule.stops]))
        told = f"{_PAD}{names}{_PAD}{stops}{_PAD}{_(WHOSE_WORDS[rule.whose])}"
        if rule.runs_on:
            clock, holder = rule.runs_on
            told += _PAD + _("in {clock} it runs on where it is with: {holder}").format(
                clock=_(CLOCK_WORDS[clock]), holder=_(HOLDER_WORDS[holder.word])
            )
        if rule.needs_basis:
            told += _PAD + _("only with its legal basis")
        many = rule.ceiling.versions if rule.ceiling else ()
        for limit in many:
            told += _PAD + _("for at most {n}").format(n=_days(limit))
            if rule.ceiling and (rule.ceiling.later or len(many) > 1):
                told += _(" (begun on or after {day})").format(day=limit.since.isoformat())
        source = rule.source if rule.named else _("this pack does not name it")
        yield f"{told}{_PAD}{sure(rule.flag, source)}"


def _settings(pack: RulePack) -> Iterator[str]:
    odd = pack.oddities
    settings = (
        (_("Warning when at most {n} are left, never more than a third of the limit"), pack.warning_days),
        (_("A pause learned of more than {n} after it began has to be confirmed"), pack.late_stop_days),
        (_("Received and no word for {n}: accepted on the day of receipt"), pack.deemed_acceptance),
        (_("A commitment is to be checked within {n} of the decision"), pack.commitment_check),
        (_("A record entered more than {n} after it happened is flagged"), odd.get("late_entry_days")),
        (_("A pause of more than {n} is flagged"), odd.get("long_pause_days")),
        (_("Acceptance and decision {n} or more apart but entered on one day are flagged"), odd.get("together_days")),
    )
    for text, number in settings:
        if number:
            yield from (_PAD + line for line in _versions(number, text, pack.calendar))
    for many in odd["bulk_events"].versions if "bulk_events" in odd else ():
        text = _("{n} records of a project on one day of rest are flagged").format(n=many.days)
        yield f"{_PAD}{text}{_PAD}{sure(many.flag, many.source, many.since)}"


def _marks(pack: RulePack) -> Iterator[str]:
    """Extensions, and what each mark of a project does."""
    extension = pack.extension
    moves = _("An extension approved before the promise falls due moves it too")
    stays = _("An extension moves the statutory limit alone")
    yield f"{_PAD}{moves if extension.promised else stays}{_PAD}{sure(extension.flag, extension.source)}"
    for rule in pack.marks.values():
        does = [_("waives {items}").format(items=_listed(sorted(rule.waives)))] if rule.waives else []
        does += [f"{code} {_limit(one)}" for code, limits in sorted(rule.promised.items()) for one in limits.versions]
        told = _listed(does) or _("changes nothing")
        yield f"{_PAD}{_(MARK_WORDS[rule.mark.word])}{_PAD}{told}{_PAD}{sure(rule.flag, rule.source)}"


def _items(pack: RulePack) -> Iterator[str]:
    for item in pack.catalogue.items.values():
        yield f"{_PAD}{item.code} {item.name}{_PAD}{stage_word(item.stage)}{_PAD}{item.lead}"
        limits = ((_("statutory limit"), item.statutory), (_("promised limit"), item.promised))
        yield from (f"{_PAD * 2}{word} {_limit(one)}" for word, told in limits if told for one in told.versions)


def _limit(limit: Limit) -> str:
    start = _(" from receipt") if limit.start is ClockStart.RECEIVED else ""
    return f"{_days(limit)}{start}{_PAD}{sure(limit.flag, limit.source, limit.since)}"


def _days(limit: Limit) -> str:
    return days(limit.days, NATURAL if limit.unit is Unit.NATURAL_DAY else "")
