"""Packs and catalogues read from TOML and checked when they are read.

`read` raises PackError on the first thing that cannot be; `problems` lists all of them, for the one who writes a
pack. Each says file, key, value and what is allowed. A pack with any problem is not used at all.
"""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

from rules.errors import PackError, RuleError
from rules.pack import (
    CALENDARS,
    CLOCKS,
    FLAGS,
    ODDITIES,
    Catalogue,
    Clock,
    Dated,
    GroupRule,
    Item,
    Limit,
    Number,
    PauseRule,
    RulePack,
    Scope,
)
from rules.tomlread import Gathering, Table
from rules.vocabulary import Applies, ClockStart, Group, Holder, Pause, Stage, Unit

RED_BY = (*(group.word for group in Group), "statutory")
_PACK_KEYS = (
    "id name name_en version note note_en calendar catalogue comparison scope thresholds warning_days "
    "late_stop_days oddities clocks pause group leads"
).split()
_ITEM_KEYS = (
    "code name stage lead kind prerequisites parallel conditional condition alternative_to wraps "
    "project_kinds usual_procedures statutory promised"
).split()


def read(path: Path, catalogues: Path | None = None) -> RulePack:
    """A pack from a file; its catalogue is looked for in ``catalogues`` (default: the shipped ones)."""
    raw, listed, name, digest = _files(path, catalogues)
    return parse(path.name, raw, catalogue(name, listed), digest)


def problems(path: Path, catalogues: Path | None = None) -> list[RuleError]:
    """Everything that is wrong with a pack of one's own, in the order of the checks; empty: it can be used."""
    try:
        raw, listed, name, digest = _files(path, catalogues)
        known = catalogue(name, listed)
    except PackError as error:
        return [error]
    table = Gathering(path.name, raw)
    build(table, known, digest)
    return table.problems


@cache
def shipped() -> dict[str, RulePack]:
    """The packs that come with the product, by id."""
    folder = Path(str(files("rules") / "packs"))
    packs = (read(path) for path in sorted(folder.glob("*.toml")))
    return {pack.id: pack for pack in packs}


def parse(file: str, raw: dict[str, Any], known: Catalogue, digest: str) -> RulePack:
    """A pack from what its TOML file says; raises PackError on the first thing that cannot be."""
    return build(Table(file, raw), known, digest)


def catalogue(file: str, raw: dict[str, Any]) -> Catalogue:
    """A catalogue from what its TOML file says; raises PackError on the first thing that cannot be."""
    table = Table(file, raw)
    table.only("name", "version", "since", "item")
    table.date("since")
    items: dict[str, Item] = {}
    for entry in table.tables("item", least=1):
        item = _item(entry)
        if item.code in items:
            raise PackError(file, "item.code", item.code, "each code once")
        items[item.code] = item
    for item in items.values():
        named = (*item.wraps, *(c for g in item.prerequisites for c in g), item.alternative_to)
        for code in named:
            if code and (code not in items or code == item.code):
                raise PackError(file, f"item {item.code}", code, "the code of another item of this catalogue")
    done: set[str] = set()
    while ready := {c for c, i in items.items() if c not in done and all(done & set(g) for g in i.prerequisites)}:
        done |= ready
    if stuck := sorted(items.keys() - done):
        raise PackError(file, f"item {stuck[0]}.prerequisites", stuck, "prerequisites that do not lead back to an item")
    whole: set[str] = set()
    while plain := {c for c, i in items.items() if c not in whole and whole >= set(i.wraps)}:
        whole |= plain
    if circle := sorted(items.keys() - whole):  # each would give way to the other, and nobody would hold the day
        raise PackError(file, f"item {circle[0]}.wraps", circle, "parts that do not lead back to an item")
    return Catalogue(table.text("name"), table.text("version"), items)


def _files(path: Path, catalogues: Path | None) -> tuple[dict[str, Any], dict[str, Any], str, str]:
    """What stands in the file and in its catalogue, the catalogue's file name, and the digest of both."""
    folder = catalogues or Path(str(files("rules") / "catalogues"))
    raw, text = _toml(path)
    name = raw.get("catalogue")
    allowed = ", ".join(sorted(p.stem for p in folder.glob("*.toml")))
    if not isinstance(name, str) or not (folder / f"{name}.toml").is_file():
        raise PackError(path.name, "catalogue", name, f"one of: {allowed}")
    listed, more = _toml(folder / f"{name}.toml")
    return raw, listed, f"{name}.toml", hashlib.sha256(text + more).hexdigest()[:12]


def _toml(path: Path) -> tuple[dict[str, Any], bytes]:
    try:
        text = path.read_bytes()
        return tomllib.loads(text.decode("utf-8")), text
    except OSError as error:
        raise PackError(str(path), "file", error.strerror, "a file that can be read") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PackError(path.name, "file", str(error), "a TOML file in UTF-8") from error


def _number(table: Table) -> Number:
    table.only("days", "since", "flag", "source")
    return Number(table.whole("days"), table.date("since"), table.one_of("flag", FLAGS), table.text("source"))


def _dated(table: Table, key: str) -> Dated:
    before = len(table.problems)
    versions = tuple(_number(t) for t in table.tables(key, least=1))
    if len(table.problems) == before:
        for one, after in pairwise(versions):
            if after.since <= one.since:
                table.refuse(key, after.since.isoformat(), f"`since` later than {one.since}")
    return Dated(versions)


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


def _item(table: Table) -> Item:
    table.only(*_ITEM_KEYS)
    return Item(
        code=table.text("code"),
        name=table.text("name"),
        stage=table.word("stage", Stage),
        lead=table.text("lead"),
        kind=table.text("kind"),
        prerequisites=_alternatives(table, "prerequisites"),
        parallel=table.flag("parallel"),
        conditional=table.flag("conditional"),
        condition=table.text("condition", ""),
        alternative_to=table.text("alternative_to", ""),
        wraps=table.texts("wraps", ()),
        project_kinds=frozenset(table.texts("project_kinds", ())),
        usual_procedures=table.text("usual_procedures", ""),
        statutory=_limit(table.table("statutory"), "start") if "statutory" in table else None,
        promised=_limit(table.table("promised")) if "promised" in table else None,
    )


def _alternatives(table: Table, key: str) -> tuple[tuple[str, ...], ...]:
    groups = table.get(key, [])
    for group in groups if isinstance(groups, list) else [groups]:
        if not isinstance(group, list) or not group or not all(isinstance(code, str) for code in group):
            raise table.wrong(key, groups, "a list of lists of codes, one of each list is enough")
    return tuple(tuple(group) for group in groups)


def _scope(table: Table) -> Scope:
    table.only("kinds", "regions", "coded_from", "applies")
    since = table.table("coded_from")
    since.only("date", "flag", "source")
    flag, source, start = since.one_of("flag", FLAGS), since.text("source"), since.date("date")
    regions = table.texts("regions", ())
    if not all(region.isdigit() for region in regions):
        table.refuse("regions", list(regions), "the digits with which area codes begin")
    applies = table.word("applies", Applies, Applies.FITS)
    return Scope(frozenset(table.texts("kinds", ())), regions, start, applies, flag, source)


def _clocks(table: Table) -> dict[str, Clock]:
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
            entry.word("start", ClockStart, ClockStart.ACCEPTED),
        )
    return clocks


def _pauses(table: Table) -> dict[Pause, PauseRule]:
    found: dict[Pause, PauseRule] = {}
    for entry in table.tables("pause"):
        entry.only("kinds", "stops", "runs_on", "whose", "note", "flag", "source")
        entry.text("note", "")
        runs_on = None
        if "runs_on" in entry:
            sub = entry.table("runs_on")
            sub.only("clock", "holder")
            sub.one_of("holder", (Holder.ENTRUSTED_INTERMEDIARY.word,))
            runs_on = (sub.one_of("clock", CLOCKS), Holder.ENTRUSTED_INTERMEDIARY)
        stops, kinds = frozenset(entry.choices("stops", CLOCKS)), entry.words("kinds", Pause, least=1)
        flag, source = entry.one_of("flag", FLAGS), entry.text("source")
        correction = Pause.CORRECTION in kinds
        whose = entry.one_of("whose", ("owner",) if correction else ("owner", "procedure", "agency"))
        for kind in kinds:
            if kind in found:
                table.refuse("pause.kinds", kind.word, "each kind once")
            found[kind] = PauseRule(kind, stops, whose, runs_on, flag, source)
    for kind in Pause:
        found.setdefault(kind, PauseRule(kind, frozenset(), "agency", None, "E", "not named: runs on", named=False))
    return found


def _groups(table: Table, known: Catalogue) -> tuple[GroupRule, ...]:
    groups = []
    for entry in table.tables("group"):
        entry.only("id", "stages", "milestone", "budget")
        milestone = entry.text("milestone", "")
        if milestone and milestone not in known.items:
            table.refuse("group.milestone", milestone, "a code of the catalogue")
        stages = frozenset(entry.words("stages", Stage, least=1))
        groups.append(GroupRule(entry.word("id", Group), stages, _dated(entry, "budget"), milestone))
    return tuple(groups)


def build(table: Table, known: Catalogue, digest: str) -> RulePack:
    """A pack from its table; of no use where the table gathered problems."""
    table.only(*_PACK_KEYS)
    table.text("catalogue")
    scope = _scope(table.table("scope"))
    thresholds = table.table("thresholds")
    thresholds.only("yellow", "red", "red_by")
    oddities = table.table("oddities")
    oddities.only(*ODDITIES)
    clocks = _clocks(table.table("clocks"))
    groups = _groups(table, known)
    named = table.table("leads")
    named.only(*(s.word for s in Stage))
    pack = RulePack(
        id=table.text("id"),
        name=table.text("name"),
        name_en=table.text("name_en"),
        version=table.text("version"),
        note=table.text("note"),
        note_en=table.text("note_en"),
        calendar=table.one_of("calendar", CALENDARS),
        comparison=table.one_of("comparison", ("over", "at")),
        scope=scope,
        yellow=_dated(thresholds, "yellow") if "yellow" in thresholds else None,
        red=_dated(thresholds, "red") if "red" in thresholds else None,
        red_by=thresholds.one_of("red_by", RED_BY) if "red_by" in thresholds else None,
        warning_days=_single(table, "warning_days"),
        late_stop_days=_single(table, "late_stop_days"),
        oddities={name: _dated(oddities, name) for name in ODDITIES if name in oddities},
        clocks=clocks,
        pauses=_pauses(table),
        groups=groups,
        leads={stage: named.text(stage.word, "") for stage in Stage},
        catalogue=known,
        digest=digest,
    )
    if not table.problems:
        _agree(table, pack)
    return pack


def _single(table: Table, key: str) -> Dated:
    entry = table.table(key)
    entry.only("number")
    return _dated(entry, "number")


def _agree(table: Table, pack: RulePack) -> None:
    """What no single key can show: numbers without a gap, yellow below red, each stage in one group."""
    start = pack.scope.coded_from
    numbers = {"thresholds.yellow": pack.yellow, "thresholds.red": pack.red, "warning_days": pack.warning_days}
    numbers |= {"late_stop_days": pack.late_stop_days}
    numbers |= {f"oddities.{name}": number for name, number in pack.oddities.items()}
    numbers |= {f"group {g.group.word}.budget": g.budget for g in pack.groups}
    for key, dated in numbers.items():
        if dated and dated.versions[0].since > start:
            since = dated.versions[0].since.isoformat()
            table.refuse(key, since, f"a first `since` not after scope.coded_from {start}")
    if pack.red and pack.red_by:
        table.refuse("thresholds.red_by", pack.red_by, "`red` or `red_by`, not both")
    if pack.red_by in [g.word for g in Group] and pack.red_by not in [g.group.word for g in pack.groups]:
        table.refuse("thresholds.red_by", pack.red_by, "a group of this pack")
    if pack.yellow and pack.red:
        for day in sorted({v.since for v in (*pack.yellow.versions, *pack.red.versions)}):
            _below(table, pack.yellow.on(day).days, pack.red.on(day).days)
    for group in Group:
        if sum(group is g.group for g in pack.groups) > 1:
            table.refuse("group.id", group.word, "each group once")
    for stage in Stage:
        if sum(stage in g.stages for g in pack.groups) > 1:
            table.refuse("group.stages", stage.word, "each stage in one group at most")


def _below(table: Table, yellow: int, red: int) -> None:
    if yellow >= red:
        table.refuse("thresholds", f"yellow {yellow}, red {red}", "yellow below red on every day")
