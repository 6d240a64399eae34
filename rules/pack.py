"""RulePack: the rules of one kind of approval, read from TOML and checked when it is read.

Every number of the law stands in one pack or catalogue file with `since`, `source` and `flag`
(S sourced, T second-hand, E estimate). Raises PackError: file, key, value and what is allowed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

from rules.errors import PackError
from rules.tomlread import Table
from rules.vocabulary import ClockStart, Group, Holder, Pause, Stage, Unit

CLOCKS = ("project_total", "promised", "statutory")
ODDITIES = ("late_entry_days", "bulk_events", "long_pause_days", "together_days")
FLAGS = ("S", "T", "E")
CALENDARS = ("CN",)


@dataclass(frozen=True)
class Number:
    """A number of the law: in ``days``, in force from ``since`` on."""

    days: int
    since: dt.date
    flag: str
    source: str


@dataclass(frozen=True)
class Dated:
    """The versions of one number, oldest first; old values stay."""

    versions: tuple[Number, ...]

    def on(self, day: dt.date) -> Number:
        """The version in force on ``day``; the oldest one for any day before it."""
        return next((n for n in reversed(self.versions) if n.since <= day), self.versions[0])


@dataclass(frozen=True)
class Limit(Number):
    """A limit of an item in its ``unit``; ``start`` tells from which event it runs."""

    unit: Unit = Unit.WORKING_DAY
    start: ClockStart = ClockStart.ACCEPTED


@dataclass(frozen=True)
class Item:
    """An entry of the catalogue (事项). ``prerequisites``: of each inner tuple one is enough."""

    code: str
    name: str
    stage: Stage
    lead: str
    kind: str
    prerequisites: tuple[tuple[str, ...], ...] = ()
    parallel: bool = False
    conditional: bool = False
    condition: str = ""
    alternative_to: str = ""
    wraps: tuple[str, ...] = ()
    usual_procedures: str = ""
    statutory: Limit | None = None
    promised: Limit | None = None


@dataclass(frozen=True)
class Catalogue:
    """The items of a pack by code."""

    name: str
    version: str
    items: dict[str, Item]


@dataclass(frozen=True)
class Clock:
    """A clock (计时口径): whose days count in it."""

    counts: frozenset[Holder]
    flag: str
    source: str


@dataclass(frozen=True)
class PauseRule:
    """What one kind of pause does: the clocks it stops and whose time it is.

    ``runs_on``: (clock, holder): in that clock the pause does not stop when each start of the kind on
    the day names that holder.
    """

    kind: Pause
    stops: frozenset[str]
    whose: str
    runs_on: tuple[str, Holder] | None
    flag: str
    source: str


@dataclass(frozen=True)
class GroupRule:
    """A group of stages with its budget; it ends on the day its milestone item is first approved."""

    group: Group
    stages: frozenset[Stage]
    budget: Dated
    milestone: str


@dataclass(frozen=True)
class Scope:
    """Which projects the pack speaks of. A blank kind or region (not told) contradicts nothing."""

    kinds: frozenset[str]
    regions: tuple[str, ...]
    coded_from: dt.date

    def holds(self, kind: str, region: str, coded_on: dt.date) -> bool:
        """Whether a project of this kind and area code, coded on that day, is in scope."""
        fits_kind = not kind or not self.kinds or kind in self.kinds
        fits_region = not region or not self.regions or region.startswith(self.regions)
        return fits_kind and fits_region and coded_on >= self.coded_from


@dataclass(frozen=True)
class RulePack:
    """One pack; ``version`` names its text, ``digest`` the bytes of pack and catalogue."""

    id: str
    name: str
    name_en: str
    version: str
    note: str
    note_en: str
    calendar: str
    comparison: str
    scope: Scope
    yellow: Dated
    red: Dated
    warning_days: Dated
    late_stop_days: Dated
    oddities: dict[str, Dated]  # when a record is odd, by name of ODDITIES; what a pack does not name is never odd
    clocks: dict[str, Clock]
    pauses: dict[Pause, PauseRule]
    groups: tuple[GroupRule, ...]
    leads: dict[Stage, str]
    catalogue: Catalogue
    digest: str

    def group_of(self, stage: Stage) -> GroupRule | None:
        """The group a stage belongs to."""
        return next((g for g in self.groups if stage in g.stages), None)


def _number(table: Table) -> Number:
    table.only("days", "since", "flag", "source")
    return Number(table.whole("days"), table.date("since"), table.one_of("flag", FLAGS), table.text("source"))


def _dated(table: Table, key: str) -> Dated:
    versions = tuple(_number(t) for t in table.tables(key, least=1))
    for before, after in pairwise(versions):
        if after.since <= before.since:
            raise PackError(table.file, table.at(key), after.since.isoformat(), f"`since` later than {before.since}")
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


_ITEM_KEYS = (
    "code name stage lead kind prerequisites parallel conditional condition alternative_to wraps "
    "usual_procedures statutory promised"
).split()


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


def _catalogue(file: str, raw: dict[str, Any]) -> Catalogue:
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
    return Catalogue(table.text("name"), table.text("version"), items)


def _scope(table: Table) -> tuple[Scope, dt.date]:
    table.only("kinds", "regions", "coded_from")
    since = table.table("coded_from")
    since.only("date", "flag", "source")
    since.one_of("flag", FLAGS)
    since.text("source")
    start, regions = since.date("date"), table.texts("regions", ())
    if not all(region.isdigit() for region in regions):
        raise table.wrong("regions", list(regions), "the digits with which area codes begin")
    return Scope(frozenset(table.texts("kinds", ())), regions, start), start


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
        stops = frozenset(entry.choices("stops", CLOCKS))
        for kind in entry.words("kinds", Pause, least=1):
            if kind in found:
                raise PackError(table.file, "pause.kinds", kind.word, "each kind once")
            whose = entry.one_of("whose", ("owner",) if kind is Pause.CORRECTION else ("owner", "procedure", "agency"))
            flag = entry.one_of("flag", FLAGS)
            found[kind] = PauseRule(kind, stops, whose, runs_on, flag, entry.text("source"))
    for kind in Pause:
        found.setdefault(kind, PauseRule(kind, frozenset(), "agency", None, "E", "not named: runs on"))
    return found


_PACK_KEYS = (
    "id name name_en version note note_en calendar catalogue comparison scope thresholds warning_days "
    "late_stop_days oddities clocks pause group leads"
).split()


def parse(file: str, raw: dict[str, Any], catalogue: Catalogue, digest: str) -> RulePack:
    """A pack from what its TOML file says; raises PackError on the first thing that cannot be."""
    table = Table(file, raw)
    table.only(*_PACK_KEYS)
    scope, start = _scope(table.table("scope"))
    thresholds = table.table("thresholds")
    thresholds.only("yellow", "red")
    oddities = table.table("oddities")
    oddities.only(*ODDITIES)
    clocks = {}
    for clock in CLOCKS:
        entry = table.table("clocks").table(clock)
        entry.only("counts", "source", "flag")
        counts = entry.words("counts", Holder, least=1)
        clocks[clock] = Clock(frozenset(counts), entry.one_of("flag", FLAGS), entry.text("source"))
    table.table("clocks").only(*CLOCKS)
    groups = []
    for entry in table.tables("group"):
        entry.only("id", "stages", "milestone", "budget")
        milestone = entry.text("milestone", "")
        if milestone and milestone not in catalogue.items:
            raise PackError(file, "group.milestone", milestone, "a code of the catalogue")
        stages = frozenset(entry.words("stages", Stage, least=1))
        groups.append(GroupRule(entry.word("id", Group), stages, _dated(entry, "budget"), milestone))
    leads = {stage: table.table("leads").text(stage.word, "") for stage in Stage}
    table.table("leads").only(*(s.word for s in Stage))
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
        yellow=_dated(thresholds, "yellow"),
        red=_dated(thresholds, "red"),
        warning_days=_dated(table.table("warning_days"), "number"),
        late_stop_days=_dated(table.table("late_stop_days"), "number"),
        oddities={name: _dated(oddities, name) for name in ODDITIES if name in oddities},
        clocks=clocks,
        pauses=_pauses(table),
        groups=tuple(groups),
        leads=leads,
        catalogue=catalogue,
        digest=digest,
    )
    _agree(file, pack, start)
    return pack


def _agree(file: str, pack: RulePack, start: dt.date) -> None:
    """What no single key can show: numbers without a gap, yellow below red, each stage in one group."""
    numbers = {"thresholds.yellow": pack.yellow, "thresholds.red": pack.red, "warning_days": pack.warning_days}
    numbers |= {"late_stop_days": pack.late_stop_days}
    numbers |= {f"oddities.{name}": number for name, number in pack.oddities.items()}
    numbers |= {f"group {g.group.word}.budget": g.budget for g in pack.groups}
    for key, dated in numbers.items():
        if dated.versions[0].since > start:
            since = dated.versions[0].since.isoformat()
            raise PackError(file, key, since, f"a first `since` not after scope.coded_from {start}")
    for version in (*pack.yellow.versions, *pack.red.versions):
        yellow, red = pack.yellow.on(version.since).days, pack.red.on(version.since).days
        if yellow >= red:
            raise PackError(file, "thresholds", f"yellow {yellow}, red {red}", "yellow below red on every day")
    for group in Group:
        if sum(group is g.group for g in pack.groups) > 1:
            raise PackError(file, "group.id", group.word, "each group once")
    for stage in Stage:
        if sum(stage in g.stages for g in pack.groups) > 1:
            raise PackError(file, "group.stages", stage.word, "each stage in one group at most")


def read(path: Path, catalogues: Path | None = None) -> RulePack:
    """A pack from a file; its catalogue is looked for in ``catalogues`` (default: the shipped ones)."""
    folder = catalogues or Path(str(files("rules") / "catalogues"))
    raw, text = _toml(path)
    name = raw.get("catalogue")
    allowed = ", ".join(sorted(p.stem for p in folder.glob("*.toml")))
    if not isinstance(name, str) or not (folder / f"{name}.toml").is_file():
        raise PackError(path.name, "catalogue", name, f"one of: {allowed}")
    listed, more = _toml(folder / f"{name}.toml")
    digest = hashlib.sha256(text + more).hexdigest()[:12]
    return parse(path.name, raw, _catalogue(f"{name}.toml", listed), digest)


def _toml(path: Path) -> tuple[dict[str, Any], bytes]:
    try:
        text = path.read_bytes()
        return tomllib.loads(text.decode("utf-8")), text
    except OSError as error:
        raise PackError(str(path), "file", error.strerror, "a file that can be read") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PackError(path.name, "file", str(error), "a TOML file in UTF-8") from error


@cache
def shipped() -> dict[str, RulePack]:
    """The packs that come with the product, by id."""
    folder = Path(str(files("rules") / "packs"))
    packs = (read(path) for path in sorted(folder.glob("*.toml")))
    return {pack.id: pack for pack in packs}
