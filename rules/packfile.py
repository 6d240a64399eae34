"""Packs and catalogues read from TOML and checked when they are read.

`read` raises PackError on the first thing that cannot be; `problems` lists all of them, for the one who writes a
pack. Each says file, key, value and what is allowed. A pack with any problem is not used at all.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from rules import packparts
from rules.errors import PackError, RuleError
from rules.oddities import oddities
from rules.pack import (
    CALENDARS,
    Catalogue,
    Item,
    RulePack,
)
from rules.tomlread import Gathering, Table, parsed
from rules.vocabulary import Group, Stage

_ID = re.compile(r"[\w.-]{1,60}")  # it is typed, stands in a column of files and in the reason of a turn
_LIMITING = ("thresholds.", "group ")  # numbers of which nobody could stay within 0
RED_BY = (*(group.word for group in Group), "statutory")
_PACK_KEYS = (
    "id name name_en version note note_en calendar catalogue comparison scope thresholds warning_days "
    "late_stop_days oddities clocks pause deemed_acceptance commitment_check extension mark group leads"
).split()
_ITEM_KEYS = (
    "code name stage lead kind prerequisites parallel conditional condition alternative_to wraps "
    "project_kinds usual_procedures statutory promised"
).split()


def read(path: Path, catalogues: Path | None = None) -> RulePack:
    """A pack from a file; its catalogue is looked for in ``catalogues`` (default: the shipped ones)."""
    raw, listed, name, digest = _whole(path.name, _bytes(path), catalogues)
    return parse(path.name, raw, catalogue(name, listed), digest)


@lru_cache(maxsize=64)
def of_text(file: str, text: str) -> RulePack:
    """A pack from the text of a file of that name; the same object for the same text."""
    raw, listed, name, digest = _whole(file, text.encode("utf-8"), None)
    return parse(file, raw, catalogue(name, listed), digest)


def text_of(path: Path) -> str:
    """What stands in a file, letter by letter, for `of_text`; raises PackError unless it can be read as UTF-8."""
    try:
        return _bytes(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise _no_toml(path.name, error) from error


def problems(path: Path, catalogues: Path | None = None) -> list[RuleError]:
    """Everything that is wrong with a pack of one's own, in the order of the checks; empty: it can be used."""
    try:
        raw, listed, name, digest = _whole(path.name, _bytes(path), catalogues)
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
    since = table.date("since")
    items: dict[str, Item] = {}
    for entry in table.tables("item", least=1):
        item = _item(entry, since)
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
    return Catalogue(table.text("name"), table.text("version"), since, items)


def _whole(file: str, text: bytes, catalogues: Path | None) -> tuple[dict[str, Any], dict[str, Any], str, str]:
    """What stands in the file and in its catalogue, the catalogue's file name, and the digest of both."""
    folder = catalogues or Path(str(files("rules") / "catalogues"))
    raw = _toml(file, text)
    name = raw.get("catalogue")
    allowed = ", ".join(sorted(p.stem for p in folder.glob("*.toml")))
    if not isinstance(name, str) or not (folder / f"{name}.toml").is_file():
        raise PackError(file, "catalogue", name, f"one of: {allowed}")
    more = _bytes(folder / f"{name}.toml")
    digest = hashlib.sha256(text + more).hexdigest()[:12]
    return raw, _toml(f"{name}.toml", more), f"{name}.toml", digest


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PackError(str(path), "file", error.strerror, "a file that can be read") from error


def _toml(file: str, text: bytes) -> dict[str, Any]:
    try:
        return parsed(text.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _no_toml(file, error) from error


def _no_toml(file: str, error: Exception) -> PackError:
    return PackError(file, "file", str(error), "a TOML file in UTF-8")


def _item(table: Table, begins: dt.date) -> Item:
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
        statutory=packparts.limits(table, "statutory", begins, "start") if "statutory" in table else None,
        promised=packparts.limits(table, "promised", begins, "start") if "promised" in table else None,
    )


def _alternatives(table: Table, key: str) -> tuple[tuple[str, ...], ...]:
    groups = table.get(key, [])
    for group in groups if isinstance(groups, list) else [groups]:
        if not isinstance(group, list) or not group or not all(isinstance(code, str) for code in group):
            raise table.wrong(key, groups, "a list of lists of codes, one of each list is enough")
    return tuple(tuple(group) for group in groups)


def build(table: Table, known: Catalogue, digest: str) -> RulePack:
    """A pack from its table; of no use where the table gathered problems."""
    table.only(*_PACK_KEYS)
    table.text("catalogue")
    scope = packparts.scope(table.table("scope"))
    thresholds = table.table("thresholds")
    thresholds.only("yellow", "red", "red_by")
    clocks = packparts.clocks(table.table("clocks"))
    groups = packparts.groups(table, known)
    named = table.table("leads")
    named.only(*(s.word for s in Stage))
    own = table.text("id")
    if own and not _ID.fullmatch(own):
        table.refuse("id", own, "letters, digits, - _ and . without a space, at most 60")
    pack = RulePack(
        id=own,
        name=table.text("name"),
        name_en=table.text("name_en"),
        version=table.text("version"),
        note=table.text("note"),
        note_en=table.text("note_en"),
        calendar=table.one_of("calendar", CALENDARS),
        comparison=table.one_of("comparison", ("over", "at")),
        scope=scope,
        yellow=packparts.dated(thresholds, "yellow") if "yellow" in thresholds else None,
        red=packparts.dated(thresholds, "red") if "red" in thresholds else None,
        red_by=thresholds.one_of("red_by", RED_BY) if "red_by" in thresholds else None,
        warning_days=packparts.single(table, "warning_days"),
        late_stop_days=packparts.single(table, "late_stop_days"),
        oddities=oddities(table, scope.coded_from),
        clocks=clocks,
        pauses=packparts.pauses(table, scope.coded_from),
        deemed_acceptance=packparts.deemed(table) if "deemed_acceptance" in table else None,
        commitment_check=packparts.single(table, "commitment_check") if "commitment_check" in table else None,
        extension=packparts.extension(table),
        marks=packparts.marks(table, known, scope.coded_from),
        groups=groups,
        leads={stage: named.text(stage.word, "") for stage in Stage},
        catalogue=known,
        digest=digest,
    )
    if not table.problems:
        _agree(table, pack)
    return pack


def _agree(table: Table, pack: RulePack) -> None:
    """What no single key can show: numbers without a gap, yellow below red, each stage in one group."""
    start = pack.scope.coded_from
    for key, dated in pack.numbers().items():
        if dated.versions[0].since > start:
            since = dated.versions[0].since.isoformat()
            table.refuse(key, since, f"a first `since` not after scope.coded_from {start}")
        for number in dated.versions if key.startswith(_LIMITING) else ():
            if not number.days:
                table.refuse(key, 0, "1 or more")
    begun = sorted({kind for item in pack.catalogue.items.values() for kind in item.project_kinds})
    for kind in sorted(pack.scope.kinds - set(begun)) if begun else ():  # a catalogue may know no kinds of projects
        table.refuse("scope.kinds", kind, f"a kind with which an item of the catalogue begins: {', '.join(begun)}")
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
