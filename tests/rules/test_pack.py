"""A pack with a mistake is refused at load: file, key, value, and what is allowed."""

from __future__ import annotations

import copy
import datetime as dt
import tomllib
from collections.abc import Callable, Iterator
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from monitor.wrongs import allowed_in_words
from rules.errors import PackError
from rules.pack import Dated, Limit, Number, RulePack
from rules.packfile import build, parse, problems, read, shipped
from rules.tomlread import Gathering
from rules.vocabulary import Holder, Pause, Stage

PACKS = Path(str(files("rules") / "packs"))
CATALOGUES = Path(str(files("rules") / "catalogues"))
TEXT = (PACKS / "zhejiang-80.toml").read_text("utf-8")
RAW = tomllib.loads(TEXT)
CATALOGUE = shipped()["zhejiang-80"].catalogue
GONE = object()
NUMBER = {"days": 60, "since": dt.date(2019, 1, 1), "flag": "S", "source": "…"}
SAID = {"flag": "E", "source": "…"}
LATER = NUMBER | {"days": 99, "since": dt.date(2022, 1, 1)}
LIMIT = NUMBER | {"unit": "working_day"}


def spoilt(path: str, value: Any) -> dict[str, Any]:
    """The shipped pack with one key set, added or (GONE) taken away; ``path`` as `thresholds.yellow.0.days`."""
    raw = copy.deepcopy(RAW)
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    table: Any = raw
    for part in way:
        table = table[part]
    if value is GONE:
        del table[last]
    elif isinstance(table, list) and last == len(table):
        table.append(value)
    else:
        table[last] = value
    return raw


@pytest.mark.parametrize(
    ("path", "value", "key", "shown", "allowed"),
    [
        # a key that nobody knows, at every depth
        ("colour", "red", "colour", "red", "a known key: id, name"),
        ("scope.industry", "C", "scope.industry", "C", "kinds, regions, coded_from, applies"),
        ("scope.coded_from.days", 3, "scope.coded_from.days", 3, "date, flag, source"),
        ("thresholds.orange", [], "thresholds.orange", [], "yellow, red, red_by"),
        ("thresholds.red.0.unit", "day", "thresholds.red[0].unit", "day", "days, since, flag, source"),
        ("clocks.promised.unit", "day", "clocks.promised.unit", "day", "counts, source, flag"),
        ("clocks.planned", {}, "clocks.planned", {}, "project_total, promised, statutory"),
        ("pause.0.lid", 30, "pause[0].lid", 30, "kinds, stops, runs_on"),
        ("pause.1.runs_on.days", 3, "pause[1].runs_on.days", 3, "clock, holder"),
        ("group.0.colour", "red", "group[0].colour", "red", "id, stages, milestone, budget"),
        ("leads.operation", "住建", "leads.operation", "住建", "parallel, initiation"),
        ("oddities.speed", [], "oddities.speed", [], "late_entry_days, bulk_events"),
        # a key that is missing or blank
        ("version", GONE, "version", None, "required"),
        ("note", "  ", "note", "  ", "a text"),
        ("thresholds", GONE, "thresholds", None, "required"),
        ("thresholds.red", [], "thresholds.red", [], "at least 1"),
        ("group.0.budget", GONE, "group[0].budget", [], "at least 1"),
        ("scope.coded_from.source", GONE, "scope.coded_from.source", None, "required"),
        ("clocks.statutory", GONE, "clocks.statutory", None, "required"),
        ("group.0.id", GONE, "group[0].id", None, "required"),
        # numbers, with their day, source and flag
        ("thresholds.yellow.0.days", -1, "thresholds.yellow[0].days", -1, "0 to 3660"),
        ("thresholds.yellow.0.days", 55.5, "thresholds.yellow[0].days", 55.5, "a whole number"),
        ("thresholds.yellow.0.days", True, "thresholds.yellow[0].days", True, "a whole number"),
        ("thresholds.red.0.days", "80", "thresholds.red[0].days", "80", "a whole number"),
        ("thresholds.red.0.days", 8000, "thresholds.red[0].days", 8000, "0 to 3660"),
        ("thresholds.red.0.since", "2020-01-01", "thresholds.red[0].since", "2020-01-01", "without quotes"),
        ("thresholds.red.0.source", "", "thresholds.red[0].source", "", "a text"),
        ("thresholds.red.0.flag", "N", "thresholds.red[0].flag", "N", "S, T, E"),
        ("thresholds.yellow.1", NUMBER, "thresholds.yellow", "2019-01-01", "later than 2020-01-01"),
        # days without a number in force
        ("thresholds.red.0.since", dt.date(2021, 1, 1), "thresholds.red", "2021-01-01", "2020-01-01"),
        ("warning_days.number.0.since", dt.date(2021, 1, 1), "warning_days", "2021-01-01", "2020-01-01"),
        ("late_stop_days.number.0.since", dt.date(2021, 1, 1), "late_stop_days", "2021-01-01", "2020-01-01"),
        ("oddities.bulk_events.0.since", dt.date(2021, 1, 1), "oddities.bulk_events", "2021-01-01", "2020-01-01"),
        ("oddities.late_entry_days.0.since", dt.date(2021, 1, 1), "oddities.late_entry_days", "2021-01-01", "2020"),
        ("group.1.budget.0.since", dt.date(2021, 1, 1), "group acceptance.budget", "2021-01-01", "2020-01-01"),
        # days and numbers that are a slip of the pen
        ("thresholds.red.0.since", dt.date(202, 1, 1), "thresholds.red[0].since", "0202-01-01", "from 1990-01-01 to"),
        ("group.0.budget.0.since", dt.date(1066, 1, 1), "group[0].budget[0].since", "1066-01-01", "1990-01-01 to 2099"),
        ("thresholds.yellow.1", {**NUMBER, "since": dt.date(2202, 1, 1)}, "thresholds.yellow[1].since", "2202-01-01",
         "1990-01-01 to 2099-12-31"),
        ("scope.coded_from.date", dt.date(9999, 1, 1), "scope.coded_from.date", "9999-01-01", "1990-01-01 to 2099"),
        ("thresholds.yellow.0.days", 0, "thresholds.yellow", 0, "1 or more"),
        ("group.1.budget.0.days", 0, "group acceptance.budget", 0, "1 or more"),
        # what cannot be together
        ("thresholds.yellow.0.days", 80, "thresholds", "yellow 80, red 80", "yellow below red"),
        ("thresholds.yellow.1", LATER, "thresholds", "yellow 99, red 80", "yellow below red"),
        ("thresholds.red_by", "statutory", "thresholds.red_by", "statutory", "not both"),
        ("group.1.id", "pre_construction", "group.id", "pre_construction", "each group once"),
        ("group.1.stages", ["acceptance", "planning"], "group.stages", "planning", "each stage in one group"),
        ("pause.3.kinds", ["public_notice", "hearing"], "pause.kinds", "hearing", "each kind once"),
        # words that are not of the vocabulary
        ("comparison", ">", "comparison", ">", "over, at"),
        ("calendar", "UK", "calendar", "UK", "CN, natural"),
        ("thresholds.red_by", "total", "thresholds.red_by", "total", "pre_construction, acceptance, statutory"),
        ("clocks.project_total.start", "coded", "clocks.project_total.start", "coded", "accepted, received"),
        ("clocks.promised.start", "received", "clocks.promised.start", "received", "counts, source, flag"),
        ("scope.applies", "always", "scope.applies", "always", "fits, told, named"),
        ("clocks.project_total.counts", ["agent"], "clocks.project_total.counts", "agent", "agency, entrusted"),
        ("clocks.project_total.counts", [], "clocks.project_total.counts", [], "at least 1"),
        ("pause.0.kinds", ["补正"], "pause[0].kinds", "补正", "correction, hearing"),
        ("pause.0.kinds", [], "pause[0].kinds", [], "at least 1"),
        ("pause.0.stops", ["total"], "pause[0].stops", "total", "project_total, promised, statutory"),
        ("pause.0.stops", "promised", "pause[0].stops", "promised", "a list of texts"),
        ("pause.0.whose", "procedure", "pause[0].whose", "procedure", "owner"),
        ("pause.2.whose", "nobody", "pause[2].whose", "nobody", "owner, procedure, agency"),
        ("pause.0.note", 3, "pause[0].note", 3, "a text"),
        ("pause.0.needs_basis", "yes", "pause[0].needs_basis", "yes", "true or false"),
        ("pause.0.ceiling", 30, "pause[0].ceiling", 30, "a table"),
        ("pause.0.ceiling", {**NUMBER, "days": 0, "unit": "working_day"}, "pause[0].ceiling.days", 0, "1 or more"),
        ("pause.0.ceiling", [], "pause[0].ceiling", [], "a table, or a list of tables"),
        ("pause.0.ceiling", [LIMIT, {**LATER, "unit": "natural_day", "days": 0}], "pause[0].ceiling.days", 0, "1 or"),
        ("pause.0.ceiling", [LIMIT, LIMIT], "pause[0].ceiling", "2019-01-01", "`since` later than 2019-01-01"),
        ("pause.0.ceiling", [LIMIT, {**LIMIT, "start": "received"}], "pause[0].ceiling[1].start",
         "received", "a known key"),
        ("mark.0.promised", [{**LIMIT, "item": "P03"}] * 2, "mark[0].promised", "2019-01-01",
         "`since` later than 2019-01-01"),
        ("pause.0.ceiling", {**NUMBER, "unit": "weeks"}, "pause[0].ceiling.unit", "weeks", "natural_day"),
        ("deemed_acceptance", {"number": [{**NUMBER, "days": 0}]}, "deemed_acceptance.number.days", 0, "1 or more"),
        ("deemed_acceptance", {"number": []}, "deemed_acceptance.number", [], "at least 1"),
        ("extension", {"promised": "no", **SAID}, "extension.promised", "no", "true or false"),
        ("extension", {"promises": True, **SAID}, "extension.promises", True, "promised, flag, source"),
        ("clocks.project_total.start", "unified", "clocks.project_total.start", "unified", "accepted, received"),
        ("pause.1.runs_on.clock", "total", "pause[1].runs_on.clock", "total", "project_total"),
        ("pause.1.stops", ["promised", "statutory"], "pause[1].runs_on.clock", "project_total", "`stops` names"),
        ("pause.1.runs_on.holder", "utility", "pause[1].runs_on.holder", "utility", "entrusted_intermediary"),
        ("pause.0", "correction", "pause", None, "a list of tables"),
        ("group.0.id", "before", "group[0].id", "before", "pre_construction, acceptance"),
        ("group.0.stages", ["design"], "group[0].stages", "design", "parallel, initiation"),
        ("group.0.stages", [], "group[0].stages", [], "at least 1"),
        ("group.0.milestone", "C99", "group.milestone", "C99", "a code of the catalogue"),
        # the scope
        ("scope.coded_from.date", "2020", "scope.coded_from.date", "2020", "a date"),
        ("scope.kinds", "filing", "scope.kinds", "filing", "a list of texts"),
        ("scope.kinds", ["filing", "filng"], "scope.kinds", "filng", "approval, filing, low_risk, verification"),
        ("scope.regions", ["浙江"], "scope.regions", ["浙江"], "digits"),
    ],
)  # fmt: skip
def test_a_mistake_is_named(path: str, value: Any, key: str, shown: Any, allowed: str) -> None:
    with pytest.raises(PackError) as refused:
        parse("mine.toml", spoilt(path, value), CATALOGUE, "")
    error = refused.value
    assert (error.where, error.key) == ("mine.toml", key)
    assert shown is None or error.value == shown
    assert allowed in error.allowed
    assert str(error) == f"mine.toml: {key}: {error.value!r}; {error.allowed}"
    assert error.allowed == "required" or allowed_in_words(error.allowed)
    table = Gathering("mine.toml", spoilt(path, value))
    build(table, CATALOGUE, "")
    assert key in [problem.key for problem in table.problems]


def test_what_problems_lists_first_is_what_read_raises(tmp_path: Path) -> None:
    """Sound packs have none; a spoilt one has at least the problem at which reading stops."""
    for path in sorted(PACKS.glob("*.toml")):
        assert not problems(path)
    file = written(
        tmp_path, TEXT.replace('comparison = "over"', 'comparison = "past"').replace("days = 80", "days = -1")
    )
    found = problems(file)
    assert [error.key for error in found] == ["comparison", "thresholds.red[0].days"]
    with pytest.raises(PackError, match="comparison"):
        read(file)


WRONG = [5, -1, "x", "", [], {}, True, 1.5, dt.date(2020, 1, 1), ["x"], [5], [{}], GONE]


def ways(value: Any, path: str = "") -> Iterator[str]:
    """The path of every key, and of the first entries of every list."""
    inner = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for key, below in inner:
        here = f"{path}.{key}" if path else str(key)
        yield here
        yield from ways(below, here)


def refusal(load: Callable[[], Any]) -> PackError | None:
    """Why it was refused, or None."""
    try:
        load()
    except PackError as error:
        return error
    return None


@pytest.mark.parametrize("path", list(ways(RAW)))
def test_whatever_stands_there_is_read_or_refused(path: str) -> None:
    """No slip of the pen comes out as another error than a refusal."""
    for value in WRONG:
        raw = spoilt(path, value)
        error = refusal(partial(parse, "mine.toml", raw, CATALOGUE, ""))
        table = Gathering("mine.toml", raw)
        build(table, CATALOGUE, "")
        assert bool(error) == bool(table.problems)
        assert error is None or (error.where == "mine.toml" and error.key and error.allowed)


# ---- files


def written(folder: Path, text: str) -> Path:
    """A pack's file."""
    path = folder / "mine.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"mine\.toml: file: .*a TOML file in UTF-8"):
        read(written(tmp_path, "id = "))
    (tmp_path / "mine.toml").write_bytes("名 = 1".encode("gb18030"))
    with pytest.raises(PackError, match="UTF-8"):
        read(tmp_path / "mine.toml")
    with pytest.raises(PackError, match="a file that can be read"):
        read(tmp_path / "absent.toml")


def test_a_catalogue_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"mine\.toml: catalogue: 'other'; one of: .*investment-projects"):
        read(written(tmp_path, TEXT.replace('catalogue = "investment-projects"', 'catalogue = "other"')))


def test_the_digest_changes_with_pack_and_catalogue(tmp_path: Path) -> None:
    plain = read(written(tmp_path, TEXT))
    assert plain.digest == shipped()["zhejiang-80"].digest
    assert read(written(tmp_path, f"{TEXT}\n# a word\n")).digest != plain.digest
    listed = (CATALOGUES / "investment-projects.toml").read_text("utf-8")
    (tmp_path / "investment-projects.toml").write_text(f"{listed}\n# a word\n", "utf-8")
    assert read(written(tmp_path, TEXT), tmp_path).digest != plain.digest


# ---- the shipped pack


def numbers(value: Any) -> Iterator[Number]:
    """Every number of the law in a pack, its catalogue included."""
    if isinstance(value, Number):
        yield value
    elif isinstance(value, Dated):
        yield from value.versions
    elif isinstance(value, dict):
        for inner in value.values():
            yield from numbers(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from numbers(inner)
    elif hasattr(value, "__dataclass_fields__"):
        yield from numbers(vars(value))


@pytest.mark.parametrize("pack", shipped().values(), ids=lambda pack: pack.id)
def test_every_number_has_since_source_and_flag(pack: RulePack) -> None:
    found = list(numbers(pack))
    assert len(found) >= 4 + len(pack.catalogue.items)
    for number in found:
        assert number.source.strip()
        assert number.flag in ("S", "T", "E")
        assert number.since <= dt.date(2026, 11, 30)
    assert any(isinstance(number, Limit) for number in found)


def test_the_default_pack_says_what_the_guide_says() -> None:
    pack, day = shipped()["zhejiang-80"], dt.date(2026, 11, 20)
    assert (pack.yellow.on(day).days, pack.red.on(day).days, pack.comparison) == (55, 80, "over")
    assert [(g.group.word, g.budget.on(day).days, g.milestone) for g in pack.groups] == [
        ("pre_construction", 50, "C09"),
        ("acceptance", 30, ""),
    ]
    assert pack.clocks["project_total"].counts == {Holder.AGENCY, Holder.ENTRUSTED_INTERMEDIARY, Holder.UTILITY}
    stopping = {kind for kind, rule in pack.pauses.items() if "project_total" in rule.stops}
    assert set(Pause) - stopping == {Pause.PUBLIC_NOTICE, Pause.SITE_SURVEY, Pause.OTHER}
    assert {stage for stage in Stage if pack.group_of(stage) is None} == set()


def test_a_number_in_force_is_that_of_the_day() -> None:
    def number(days: int, since: dt.date) -> Number:
        return Number(days, since, "S", "…")

    dated = Dated((number(60, dt.date(2019, 4, 1)), number(50, dt.date(2020, 1, 1))))
    days = [dt.date(2018, 1, 1), dt.date(2019, 4, 1), dt.date(2019, 12, 31), dt.date(2020, 1, 1), dt.date(2026, 1, 1)]
    assert [dated.on(day).days for day in days] == [60, 60, 60, 50, 50]


@pytest.mark.parametrize(
    ("kind", "region", "coded_on", "fits"),
    [
        ("filing", "330106", "2020-01-01", True),
        ("", "", "2024-05-01", True),  # what was not told contradicts nothing
        ("approval", "330106", "2024-05-01", False),
        ("filing", "320102", "2024-05-01", False),
        ("filing", "330106", "2019-12-31", False),
    ],
)
def test_the_scope_of_the_default_pack(kind: str, region: str, coded_on: str, fits: bool) -> None:
    assert shipped()["zhejiang-80"].scope.holds(kind, region, dt.date.fromisoformat(coded_on)) == fits
