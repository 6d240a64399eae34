"""The parts of a pack's file, each read from its table and checked."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

from rules.pack import (
    CLOCKS,
    FLAGS,
    Catalogue,
    Clock,
    Dated,
    ExtensionRule,
    GroupRule,
    Limit,
    Limits,
    MarkRule,
    Number,
    PauseRule,
    Scope,
)
from rules.tomlread import Table
from rules.vocabulary import Applies, ClockStart, Group, Holder, Mark, Pause, Stage, Unit


def _number(table: Table) -> Number:
    table.only("days", "since", "flag", "source")
    return Number(table.whole("days"), table.date("since"), table.one_of("flag", FLAGS), table.text("source"))


def dated(table: Table, key: str) -> Dated:
    """The versions of a number, oldest first."""
    before = len(table.problems)
    versions = tuple(_number(t) for t in table.tables(key, least=1))
    if len(table.problems) == before:
        for one, after in pairwise(versions):
            if after.since <= one.since:
                table.refuse(key, after.since.isoformat(), f"`since` later than {one.since}")
    return Dated(versions)


def limits(table: Table, key: str, begins: dt.date, *more: str) -> Limits:
    """The versions of a limit: one table, or a list of them, oldest first, with keys that only some have.

    ``begins``: the day from which its file speaks. All versions run from the same event.
    """
    return of_versions(table, key, table.versions(key), begins, *more)


def of_versions(table: Table, key: str, told: list[Table], begins: dt.date, *more: str) -> Limits:
    """Limits from the tables of their versions, which stand at ``key`` of a table."""
    before = len(table.problems)
    versions = tuple(_limit(one, *more) for one in told)
    if len(table.problems) == before:
        for one, after in pairwise(versions):
            if after.since <= one.since:
                table.refuse(key, after.since.isoformat(), f"`since` later than {one.since}")
            if after.start is not one.start:
                table.refuse(key, after.start.word, f"`start` as in the version before: {one.start.word}")
    return Limits(versions, bool(versions) and versions[0].since > begins)


def _limit(table: Table, *more: str) -> Limit:
    table.only("days", "unit", "since", "flag", "source", *more)
    return Limit(
        table.whole("days"),
        table.date("since"),
        table.one_of("flag", FLAGS),
        table.text("source"),
        table.word("unit", Unit),
        table.word("start", ClockStart, ClockStart.ACCEPTED),
    )


def scope(table: Table) -> Scope:
    """Which projects a pack speaks of."""
    table.only("kinds", "regions", "coded_from", "applies")
    since = table.table("coded_from")
    since.only("date", "flag", "source")
    flag, source, start = since.one_of("flag", FLAGS), since.text("source"), since.date("date")
    regions = table.texts("regions", ())
    if not all(region.isdigit() for region in regions):
        table.refuse("regions", list(regions), "the digits with which area codes begin")
    applies = table.word("applies", Applies, Applies.FITS)
    return Scope(frozenset(table.texts("kinds", ())), regions, start, applies, flag, source)


def clocks(table: Table) -> dict[str, Clock]:
    """The three clocks."""
    table.only(*CLOCKS)
    clocks = {}
    for clock in CLOCKS:
        entry = table.table(clock)
        entry.only("counts", "source", "flag", *(("start",) if clock == "project_total" else ()))
        counts = entry.words("counts", Holder, least=1)
        clocks[clock] = Clock(
            frozenset(counts),
            entry.one_of("flag", FLAGS),
            entry.text("source"),
            _total_start(entry),
        )
    return clocks


def _total_start(entry: Table) -> ClockStart:
    """The project's clock runs from acceptance or receipt: the other starts are of cases."""
    if "start" not in entry:
        return ClockStart.ACCEPTED
    return ClockStart[entry.one_of("start", ("accepted", "received")).upper()]


def pauses(table: Table, begins: dt.date) -> dict[Pause, PauseRule]:
    """What each kind of pause does; a kind that is not named runs on."""
    found: dict[Pause, PauseRule] = {}
    for entry in table.tables("pause"):
        entry.only("kinds", "stops", "runs_on", "whose", "needs_basis", "ceiling", "note", "flag", "source")
        entry.text("note", "")
        runs_on = None
        if "runs_on" in entry:
            sub = entry.table("runs_on")
            sub.only("clock", "holder")
            sub.one_of("holder", (Holder.ENTRUSTED_INTERMEDIARY.word,))
            runs_on = (sub.one_of("clock", CLOCKS), Holder.ENTRUSTED_INTERMEDIARY)
        stops, kinds = frozenset(entry.choices("stops", CLOCKS)), entry.words("kinds", Pause, least=1)
        if runs_on and runs_on[0] not in stops:
            entry.refuse("runs_on.clock", runs_on[0], "a clock that `stops` names: any other runs on in any case")
        flag, source = entry.one_of("flag", FLAGS), entry.text("source")
        needs_basis = entry.flag("needs_basis")
        ceiling = limits(entry, "ceiling", begins) if "ceiling" in entry else None
        if ceiling and not all(version.days for version in ceiling.versions):
            entry.refuse("ceiling.days", 0, "1 or more: a pause that stops no clock has empty `stops`")
        correction = Pause.CORRECTION in kinds
        whose = entry.one_of("whose", ("owner",) if correction else ("owner", "procedure", "agency"))
        for kind in kinds:
            if kind in found:
                table.refuse("pause.kinds", kind.word, "each kind once")
            found[kind] = PauseRule(kind, stops, whose, runs_on, flag, source, needs_basis=needs_basis, ceiling=ceiling)
    for kind in Pause:
        found.setdefault(kind, PauseRule(kind, frozenset(), "agency", None, "E", "not named: runs on", named=False))
    return found


def deemed(table: Table) -> Dated:
    """The working days without a word after which a receipt is an acceptance."""
    found = single(table, "deemed_acceptance")
    if any(not number.days for number in found.versions):
        table.refuse("deemed_acceptance.number.days", 0, "1 or more: without this table nothing is deemed accepted")
    return found


def extension(table: Table) -> ExtensionRule:
    """Whether an extension moves the promise too."""
    if "extension" not in table:
        return ExtensionRule()
    entry = table.table("extension")
    entry.only("promised", "flag", "source")
    return ExtensionRule(entry.flag("promised"), entry.one_of("flag", FLAGS), entry.text("source"))


def marks(table: Table, known: Catalogue, begins: dt.date) -> dict[Mark, MarkRule]:
    """What each mark of a project waives and shortens."""
    found: dict[Mark, MarkRule] = {}
    for entry in table.tables("mark"):
        entry.only("id", "waives", "promised", "flag", "source")
        mark, waives = entry.word("id", Mark), frozenset(entry.texts("waives", ()))
        by_item: dict[str, list[Table]] = {}
        for told in entry.tables("promised"):
            code = told.text("item")
            if code not in known.items:
                entry.refuse("promised.item", code, "a code of the catalogue")
            by_item.setdefault(code, []).append(told)
        promised = {code: of_versions(entry, "promised", told, begins, "item") for code, told in by_item.items()}
        for code in sorted(waives - known.items.keys()):
            entry.refuse("waives", code, "a code of the catalogue")
        if mark in found:
            table.refuse("mark.id", mark.word, "each mark once")
        found[mark] = MarkRule(mark, waives, promised, entry.one_of("flag", FLAGS), entry.text("source"))
    return found


def groups(table: Table, known: Catalogue) -> tuple[GroupRule, ...]:
    """Groups of stages with their budgets."""
    groups = []
    for entry in table.tables("group"):
        entry.only("id", "stages", "milestone", "budget")
        milestone = entry.text("milestone", "")
        if milestone and milestone not in known.items:
            table.refuse("group.milestone", milestone, "a code of the catalogue")
        stages = frozenset(entry.words("stages", Stage, least=1))
        groups.append(GroupRule(entry.word("id", Group), stages, dated(entry, "budget"), milestone))
    return tuple(groups)


def single(table: Table, key: str) -> Dated:
    """A table that holds one dated number."""
    entry = table.table(key)
    entry.only("number")
    return dated(entry, "number")
