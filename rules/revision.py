"""A further version of a pack: what it may add to the one in force, so that no older project gets another colour.

A project keeps the numbers in force on its day of coding, a case those of its day of acceptance, and a pause the
ceiling of the day on which it began. So a version may add to a dated number a later one that begins after the last day
of which anything was said, and a first limit where there was none; but none by which the days or the light of an older
project would become others (`_recolours`). All else that judges stays
as it is: thresholds, budgets and days in force, scope, clocks, pauses, groups, comparison, calendar and catalogue. What
does not judge may be mended: names, notes, lead departments, sources, and how sure a number is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from enum import IntEnum
from typing import Any

from rules.errors import PackError
from rules.pack import CLOCKS, Catalogue, Dated, Item, Limit, Limits, Number, RulePack
from rules.vocabulary import ClockStart

# What does not judge, and may be another in a new version.
WORDS = {"version", "digest", "name", "name_en", "note", "note_en", "leads"}
_SURE = {"flag", "source"}
_BY_CODING = ("thresholds.", "group ")


def refusals(new: RulePack, old: RulePack, told_until: dt.date, file: str) -> list[PackError]:
    """Why ``new`` cannot follow ``old`` under the same id; empty: it can.

    ``told_until``: the last day of which anything was said. What is added begins later.
    """
    return [*_changed(new, old, file), *_renumbered(new, old, told_until, file)]


def added(new: RulePack, old: RulePack) -> dict[str, tuple[Number, ...]]:
    """The numbers that ``new`` adds to those of ``old``, by where they stand; only of versions that can follow."""
    before = _dated(old)
    longer = {key: dated.versions[len(_versions(before.get(key))) :] for key, dated in _dated(new).items()}
    return {key: numbers for key, numbers in longer.items() if numbers}


def _dated(pack: RulePack) -> dict[str, Dated | Limits]:
    return {**pack.numbers(), **pack.limits()}


def by_coding(key: str) -> bool:
    """Whether a number is that in force on the day of coding; the others are of the day of a case or a record."""
    return key.startswith(_BY_CODING)


def fixed(pack: RulePack) -> dict[str, Any]:
    """What a further version cannot change, by where it stands in the file; dated numbers are not among it."""
    out: dict[str, Any] = {f"scope.{key}": value for key, value in _but(pack.scope, _SURE | {"judges_from"})}
    for name, clock in pack.clocks.items():
        out |= {f"clocks.{name}.{key}": value for key, value in _but(clock, _SURE)}
    for kind, pause in pack.pauses.items():
        out |= {f"pause {kind.word}.{key}": value for key, value in _but(pause, _SURE | {"kind", "named", "ceiling"})}
    for rule in pack.groups:
        out |= {f"group {rule.group.word}.{key}": value for key, value in _but(rule, {"group", "budget"})}
    out |= {f"extension.{key}": value for key, value in _but(pack.extension, _SURE)}
    for mark, does in pack.marks.items():
        out |= {f"mark {mark.word}.{key}": value for key, value in _but(does, _SURE | {"mark", "promised"})}
    numbers = {"yellow", "red", "warning_days", "late_stop_days", "oddities", "deemed_acceptance", "commitment_check"}
    listed = replace(pack.catalogue, items={code: _unlimited(item) for code, item in pack.catalogue.items.items()})
    plain = _but(
        replace(pack, catalogue=listed),
        WORDS | numbers | {"scope", "clocks", "pauses", "extension", "marks", "groups", "red_by"},
    )
    return out | {"thresholds.red_by": pack.red_by} | dict(plain)


def _unlimited(item: Item) -> Item:
    return replace(item, statutory=None, promised=None)


def _but(table: Any, without: set[str]) -> Iterator[tuple[str, Any]]:
    return ((key, value) for key, value in vars(table).items() if key not in without)


def _changed(new: RulePack, old: RulePack, file: str) -> Iterator[PackError]:
    was, now = fixed(old), fixed(new)
    for key in [*was, *(key for key in now if key not in was)]:
        if was.get(key) != now.get(key):
            yield PackError(file, key, _said(now.get(key)), _as_it_was(_said(was.get(key)), old))


def _renumbered(new: RulePack, old: RulePack, told_until: dt.date, file: str) -> Iterator[PackError]:
    was, now = _dated(old), _dated(new)
    for key in [*was, *(key for key in now if key not in was)]:
        before, after = (_versions(numbers.get(key)) for numbers in (was, now))
        for n in range(len(before)):
            one = after[n] if n < len(after) else None
            if one is None or _number(one) != _number(before[n]):
                told = _number(one) if one else None
                yield PackError(file, f"{key}[{n}]", told, _as_it_was(_number(before[n]), old))
        first = now.get(key)
        if not before and not (isinstance(first, Limits) and first.later):
            yield PackError(file, key, _number(after[0]), _as_it_was(None, old))
            continue
        for n, one in enumerate(after[len(before) :], len(before)):
            if _recolours(key, old):
                yield PackError(file, f"{key}[{n}]", _number(one), _as_it_was(None, old))
            elif one.since <= told_until:
                allowed = f"a day after {told_until}: what was coded up to then keeps its numbers; or a new id"
                yield PackError(file, f"{key}[{n}].since", one.since.isoformat(), allowed)


def _recolours(key: str, pack: RulePack) -> bool:
    """Whether a later limit would be told from the light of a project coded before it: a ceiling of what stops the
    project's clock, a statutory limit where the first case past it makes the project red."""
    of_pause = {f"pause {kind.word}.ceiling" for kind, rule in pack.pauses.items() if CLOCKS[0] in rule.stops}
    return key in of_pause or (pack.red_by == CLOCKS[2] and key.startswith("item ") and key.endswith(f".{CLOCKS[2]}"))


def _versions(dated: Dated | Limits | None) -> tuple[Number, ...]:
    return dated.versions if dated else ()


def _number(one: Number) -> str:
    if not isinstance(one, Limit):
        return f"{one.days} ({one.since})"
    start = "" if one.start is ClockStart.ACCEPTED else f" {one.start.word}"
    return f"{one.days} {one.unit.word}{start} ({one.since})"


def _as_it_was(value: object, old: RulePack) -> str:
    return f"{'–' if value is None else value}, as in version {old.version}; or a new id"


def _said(value: Any) -> Any:
    """A value as it would stand in the file."""
    if isinstance(value, IntEnum):
        return value.name.lower()
    if isinstance(value, frozenset):
        return sorted(map(_said, value))
    if isinstance(value, tuple):
        return [_said(one) for one in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    return value.name if isinstance(value, Catalogue) else value
