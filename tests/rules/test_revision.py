"""A further version of a pack, and a pack of another id: neither recolours an older project. All made up."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from monitor.wrongs import allowed_in_words
from rules.document import documents
from rules.pack import Dated, ExtensionRule, Limit, Limits, Number, RulePack
from rules.packfile import shipped
from rules.portfolio import Rules, parts
from rules.revision import WORDS, added, fixed, refusals
from rules.vocabulary import Pause, Unit
from tests.rules import own_packs
from tests.rules.columns import log_of
from tests.rules.common import PACK, SEEDS, each
from tests.rules.generate import awkward_log
from tests.rules.own_packs import NUMBERS, changed, drawn, drawn_version, number, read, shipped_text

DAY = dt.date(2025, 3, 31)  # the last day of which anything was said
RULES = Rules.shipped()
COLOURS = ("yellow", "red", "budget@1", "budget@2")  # numbers of the day of coding
OFFERED = ("pack", "light", "used", "yellow_on", "red_on", "turns", "groups", "works")

# ---- what a further version may not change


@pytest.mark.parametrize(
    ("old", "new", "key", "value", "was"),
    [
        ("days = 55", "days = 50", "thresholds.yellow[0]", "50 (2020-01-01)", "55 (2020-01-01)"),
        ("since = 2020-01-01", "since = 2019-01-01", "thresholds.yellow[0]", "55 (2019-01-01)", "55 (2020-01-01)"),
        ("days = 80, since = 2020-01-01", "days = 81, since = 2019-12-31", "thresholds.red[0]", "81 (2019-12-31)",
         "80 (2020-01-01)"),
        ("days = 50, since", "days = 45, since", "group pre_construction.budget[0]", "45 (2020-01-01)",
         "50 (2020-01-01)"),
        ('number = [{ days = 2', 'number = [{ days = 3', "warning_days[0]", "3 (2020-01-01)", "2 (2020-01-01)"),
        ("together_days = [{ days = 2", "together_days = [{ days = 3", "oddities.together_days[0]", "3 (2020-01-01)",
         "2 (2020-01-01)"),
        ('calendar = "CN"', 'calendar = "natural"', "calendar", "natural", "CN"),
        ('comparison = "over"', 'comparison = "at"', "comparison", "at", "over"),
        ('milestone = "C09"', 'milestone = "C08"', "group pre_construction.milestone", "C08", "C09"),
        ('stages = ["initiation", "planning", "construction", "parallel"]', 'stages = ["initiation", "planning"]',
         "group pre_construction.stages", ["initiation", "planning"],
         "['construction', 'initiation', 'parallel', 'planning']"),
        ('regions = ["33"]', 'regions = ["33", "32"]', "scope.regions", ["33", "32"], "['33']"),
        ('kinds = ["filing"]', 'kinds = ["filing", "approval"]', "scope.kinds", ["approval", "filing"], "['filing']"),
        ("coded_from = { date = 2020-01-01", "coded_from = { date = 2020-06-01", "scope.coded_from", "2020-06-01",
         "2020-01-01"),
        ('regions = ["33"]', 'regions = ["33"]\napplies = "told"', "scope.applies", "told", "fits"),
        ('counts = ["agency", "entrusted_intermediary", "utility"]', 'counts = ["agency"]',
         "clocks.project_total.counts", ["agency"], "['agency', 'entrusted_intermediary', 'utility']"),
        ("[clocks.project_total]", '[clocks.project_total]\nstart = "received"', "clocks.project_total.start",
         "received", "accepted"),
        ('stops = ["project_total", "promised", "statutory"]', 'stops = ["promised"]', "pause correction.stops",
         ["promised"], "['project_total', 'promised', 'statutory']"),
        ('runs_on = { clock = "project_total"', 'runs_on = { clock = "promised"', "pause hearing.runs_on",
         ["promised", "entrusted_intermediary"], "['project_total', 'entrusted_intermediary']"),
        ('kinds = ["public_notice", "site_survey", "other"]\nstops = []',
         'kinds = ["public_notice", "site_survey", "other"]\nstops = ["promised"]', "pause other.stops", ["promised"],
         "[]"),
        ('whose = "owner"\nflag', 'whose = "procedure"\nflag', "pause rectification.whose", "procedure", "owner"),
        ('catalogue = "investment-projects"', 'catalogue = "england-planning"', "catalogue",
         "Planning applications in England", shipped()["zhejiang-80"].catalogue.name),
    ],
)  # fmt: skip
def test_what_judges_stays_as_it_is(old: str, new: str, key: str, value: object, was: str) -> None:
    text = changed(shipped_text(), ('version = "2020"', 'version = "2027"'), (old, new))
    if "england" in new:
        text = re.sub(r"\[\[mark.*?(?=\[\[group)", "", text.replace('milestone = "C09"\n', ""), flags=re.DOTALL)
    wrong = {e.key: e for e in refusals(read(text), PACK, DAY, "own.toml")}
    assert key in wrong
    told = wrong[key]
    assert (told.where, told.value, told.allowed) == ("own.toml", value, f"{was}, as in version 2020; or a new id")
    assert allowed_in_words(told.allowed)
    alone = {k for k in wrong if k.split()[0] == key.split()[0]}  # a line of a file may speak of several kinds
    assert alone == wrong.keys() or "england" in new


def test_a_number_that_was_not_there_would_hold_for_older_projects_too() -> None:
    national = shipped()["national-120"]
    yellow = number(60, dt.date(2018, 5, 14))
    text = own_packs.version(
        DAY, of=changed(shipped_text("national-120"), ("[thresholds]", f"[thresholds]\nyellow = [{yellow}]"))
    )
    (told,) = refusals(read(text), national, DAY, "own.toml")
    assert (told.key, told.value) == ("thresholds.yellow", "60 (2018-05-14)")
    assert told.allowed == f"–, as in version {national.version}; or a new id"


@pytest.mark.parametrize("key", NUMBERS)
def test_a_later_number_begins_after_the_last_day_of_which_anything_was_said(key: str) -> None:
    for day, fits in ((DAY - dt.timedelta(400), False), (DAY, False), (DAY + dt.timedelta(1), True)):
        new = read(own_packs.version(day, (key, 28 if key != "red" else 79)))
        wrong = refusals(new, PACK, DAY, "own.toml")
        assert bool(wrong) != fits
        if wrong:
            assert wrong[0].key.endswith("[1].since")
            assert allowed_in_words(wrong[0].allowed)
        else:
            ((_where, (one,)),) = added(new, PACK).items()
            assert one.since == day


def test_what_does_not_judge_may_be_mended() -> None:
    text = changed(
        shipped_text(),
        ('version = "2020"', 'version = "2020b"'),
        ('name = "一般', 'name = "浙江一般'),
        ('note = "按', 'note = "仅按'),
        ('planning = "自然资源"', 'planning = "规划"'),
        ('flag = "E", source = "某在用系统', 'flag = "S", source = "某〔2027〕1号；某在用系统'),
        ('source = "新点系统办理状态6→7；行政许可法32"', 'source = "虚构"'),
    )
    new = read(text)
    assert refusals(new, PACK, DAY, "own.toml") == []
    assert added(new, PACK) == {}


def other(value: Any) -> Any:
    """Something of the same kind that is not the same."""
    if isinstance(value, Dated):
        return Dated((replace(value.versions[0], days=value.versions[0].days + 1),))
    if isinstance(value, str) or value is None:
        return f"{value}x"
    if isinstance(value, dict):
        return {}
    if isinstance(value, dt.date):
        return value + dt.timedelta(1)
    if isinstance(value, frozenset):
        return frozenset(list(value)[:-1])
    if isinstance(value, tuple):
        return value[:-1]
    if isinstance(value, ExtensionRule):
        return replace(value, promised=not value.promised)
    return type(value)(1 - int(value)) if not dataclasses.is_dataclass(value) else replace(value, name="x")


BEGUN = ("running", "correction", "procedure")  # accepted by then
THIRTY = Limits((Limit(30, dt.date(2020, 1, 1), "E", "made up"),))
LATER = DAY + dt.timedelta(1)


def with_later(limits: Limits, day: dt.date, days: int) -> Limits:
    return replace(limits, versions=(*limits.versions, replace(limits.versions[-1], since=day, days=days)))


def with_item(code: str, base: RulePack = PACK, **limits: Limits) -> RulePack:
    item = replace(base.catalogue.items[code], **limits)  # type: ignore[arg-type]
    return replace(base, version="x", catalogue=replace(base.catalogue, items={**base.catalogue.items, code: item}))


def with_ceiling(kind: Pause, ceiling: Limits | None, base: RulePack = PACK) -> RulePack:
    rule = replace(base.pauses[kind], ceiling=ceiling)
    return replace(base, version="x", pauses={**base.pauses, kind: rule})


def keys(new: RulePack, old: RulePack = PACK) -> list[str]:
    wrong = refusals(new, old, DAY, "own.toml")
    assert all(allowed_in_words(error.allowed) for error in wrong)
    return [error.key for error in wrong]


def test_a_limit_of_an_item_may_get_a_later_number() -> None:
    promised = PACK.catalogue.items["B04"].promised
    assert promised
    new = with_item("B04", promised=with_later(promised, LATER, 3))
    assert keys(new) == []
    (where, (one,)) = next(iter(added(new, PACK).items()))
    assert (where, one.days, one.since) == ("item B04.promised", 3, LATER)
    assert keys(with_item("B04", promised=with_later(promised, DAY, 3))) == ["item B04.promised[1].since"]
    (only,) = promised.versions
    for wrong in (replace(only, days=3), replace(only, unit=Unit.NATURAL_DAY), replace(only, since=LATER)):
        assert keys(with_item("B04", promised=Limits((wrong,)))) == ["item B04.promised[0]"]


def test_a_first_limit_may_come_where_there_was_none() -> None:
    without = with_item("B04", promised=None)  # type: ignore[arg-type]
    first = Limit(3, LATER, "E", "made up")
    assert keys(with_item("B04", without, promised=Limits((first,), later=True)), without) == []
    assert keys(with_item("B04", without, promised=Limits((first,))), without) == ["item B04.promised"]
    assert keys(without) == ["item B04.promised[0]"]


def test_a_promise_of_a_mark_may_get_a_later_number() -> None:
    text = changed(shipped_text(), ('version = "2020"', 'version = "2027"'))
    mark = '[[mark]]\nid = "standard_land"'
    later = text[text.index("[[mark.promised]]") : text.index('[[mark.promised]]\nitem = "P05"')]
    new = read(changed(text, (mark, later.replace("2020-01-01", LATER.isoformat()) + mark)))
    assert keys(new) == []
    assert list(added(new, PACK)) == ["mark area_assessment.promised P03"]


def test_what_would_be_told_from_the_light_of_an_older_project_needs_a_new_id() -> None:
    """A ceiling of what stops the project's clock; a statutory limit where the first case past it makes it red."""
    ceiling = Limits((Limit(5, LATER, "E", "made up"),), later=True)
    assert keys(with_ceiling(Pause.HEARING, ceiling)) == ["pause hearing.ceiling[0]"]
    own = replace(PACK.pauses[Pause.HEARING], stops=frozenset({"promised", "statutory"}))
    beside = replace(PACK, pauses={**PACK.pauses, Pause.HEARING: own})
    assert keys(with_ceiling(Pause.HEARING, ceiling, beside), beside) == []
    statutory = PACK.catalogue.items["B04"].statutory
    assert statutory
    new = with_item("B04", statutory=with_later(statutory, LATER, 3))
    assert keys(new) == []
    red = replace(PACK, red=None, red_by="statutory")
    assert keys(replace(new, red=None, red_by="statutory"), red) == ["item B04.statutory[1]"]


@each(SEEDS)
def test_later_limits_change_nothing_of_a_case_that_was_there(seed: int) -> None:
    """On the day on which they are entered nothing at all; ever after no limit of a case accepted up to then, and no
    light of a project."""
    log, rng = awkward_log(seed, 12), Random(seed)
    new = PACK
    for code, item in PACK.catalogue.items.items():
        for which in ("promised", "statutory"):
            if limits := getattr(item, which):
                day = DAY + dt.timedelta(rng.randint(1, 300))
                new = with_item(code, new, **{which: with_later(limits, day, rng.randint(0, 9))})
    assert keys(new) == []
    eve = {
        case["case_id"] for one in judged(log, RULES, DAY).values() for case in one["cases"] if case["state"] in BEGUN
    }
    for day in (DAY, DAY + dt.timedelta(200), dt.date(2026, 12, 31)):
        was, now = judged(log, RULES, day), judged(log, RULES.with_packs([new]), day)
        if day == DAY:
            assert {c: o for c, o in now.items() if c in older(log)} == {
                c: o for c, o in was.items() if c in older(log)
            }
        for code, one in was.items():
            assert all(now[code].get(key) == one.get(key) for key in OFFERED)
            for case, again in zip(one["cases"], now[code]["cases"], strict=True):
                if case["case_id"] in eve:
                    assert case == again


def test_no_field_of_a_pack_is_forgotten() -> None:
    """Each field, also one of a later day, is either a word or cannot change."""
    judging_from_then = {"judges_from"}  # not in the file
    sure = {"flag", "source", "named"}
    tables: list[tuple[Any, Callable[[Any], RulePack], set[str]]] = [
        (PACK, lambda new: new, WORDS | {"scope"}),
        (PACK.scope, lambda new: replace(PACK, scope=new), sure | judging_from_then),
        (PACK.clocks["promised"], lambda new: replace(PACK, clocks=PACK.clocks | {"promised": new}), sure),
        (PACK.groups[0], lambda new: replace(PACK, groups=(new, *PACK.groups[1:])), set()),
    ]
    kind, rule = next(iter(PACK.pauses.items()))
    tables.append((rule, lambda new: replace(PACK, pauses=PACK.pauses | {kind: new}), sure | {"kind"}))
    seen = 0
    for table, put, free in tables:
        for one in dataclasses.fields(table):
            if one.name in free:
                continue
            value = getattr(table, one.name)
            changed_to = {"deemed_acceptance": PACK.warning_days, "ceiling": THIRTY}.get(one.name) or other(value)
            new = put(replace(table, **{one.name: changed_to}))
            assert refusals(replace(new, version="x"), PACK, DAY, "own.toml"), (type(table).__name__, one.name)
            seen += 1
    assert seen > 20
    assert not fixed(PACK).keys() & WORDS


# ---- no older project gets another colour, whatever is entered


def judged(log: Any, rules: Rules, day: dt.date) -> dict[str, dict[str, Any]]:
    columns, traits = log_of(*log)
    found = [o for part in parts(columns, traits, rules) for a in part.assess(day) for o in documents(a, part.log)]
    return {one["project_code"]: one for one in found}


def older(log: Any) -> set[str]:
    """Codes of the projects coded up to DAY."""
    return {row["project_code"] for row in log[0] if row["coded_on"] <= DAY.isoformat()}


def entered(text: str) -> Rules:
    """The rules with a pack of a new id as it is entered on DAY."""
    pack = read(text)
    return RULES.with_packs([pack.judging_from(max(pack.scope.coded_from, DAY + dt.timedelta(1)))])


@each(SEEDS)
def test_a_new_id_changes_nothing_of_a_project_coded_before(seed: int) -> None:
    log = awkward_log(seed, 12)
    rules = entered(drawn(Random(seed), DAY))
    for day in (DAY, DAY + dt.timedelta(200), dt.date(2026, 12, 31)):
        was, now = judged(log, RULES, day), judged(log, rules, day)
        assert {c: o for c, o in now.items() if c in older(log)} == {c: o for c, o in was.items() if c in older(log)}


@each(SEEDS)
def test_a_version_changes_nothing_of_a_project_coded_before(seed: int) -> None:
    """On the day on which it is entered nothing at all; ever after neither its light nor its budgets."""
    log, rng = awkward_log(seed, 12), Random(seed)
    coloured = read(drawn_version(rng, DAY, COLOURS))
    anything = read(drawn_version(rng, DAY))
    for new in (coloured, anything):
        assert refusals(new, PACK, DAY, "own.toml") == []
    for day in (DAY, DAY + dt.timedelta(200), dt.date(2026, 12, 31)):
        was = judged(log, RULES, day)
        for new, whole in ((coloured, True), (anything, day == DAY)):
            now = judged(log, RULES.with_packs([new]), day)
            for code in older(log) & was.keys():
                if whole:
                    assert now[code] == was[code]
                for key in OFFERED:
                    assert now[code].get(key) == was[code].get(key)


def test_these_packs_would_recolour_if_they_could() -> None:
    """The same packs, were they to judge from their first day on: the two tests above can fail."""
    moved = renumbered = 0
    for seed in range(16):
        log, rng = awkward_log(seed, 12), Random(seed)
        was = judged(log, RULES, DAY)
        rules = RULES.with_packs([read(drawn(rng, DAY))])
        moved += sum(judged(log, rules, DAY)[code] != was[code] for code in older(log) & was.keys())
        early = read(drawn_version(rng, dt.date(2020, 1, 1), COLOURS))
        now = judged(log, RULES.with_packs([early]), DAY)
        renumbered += sum(now[code] != was[code] for code in older(log) & was.keys())
    assert moved > 20
    assert renumbered > 20


def test_a_project_on_either_side_of_a_later_number() -> None:
    """Accepted on 3 March 2025 and running. Coded the day before the numbers begin it is held against 55 and 80, coded
    on that day against 20 and 30."""
    since = dt.date(2025, 3, 3)
    new = read(own_packs.version(since, ("yellow", 20), ("red", 30)))
    projects = [
        {"project_code": code, "coded_on": coded, "kind": "filing", "region": "33"}
        for code, coded in (("old", "2025-03-02"), ("new", "2025-03-03"))
    ]
    cases = [{"case_id": c, "project_code": c, "stage": "planning", "department": "局"} for c in ("old", "new")]
    events = [{"event_id": c, "case_id": c, "status": "accepted", "occurred_at": "2025-03-03"} for c in ("old", "new")]
    found = judged((projects, cases, events), RULES.with_packs([new]), dt.date(2025, 4, 16))
    # 4 to 31 March has 20 working days, 1 to 16 April without Qingming, the 4th, has 11.
    assert {code: (one["used"], one["light"]) for code, one in found.items()} == {
        "old": (31, "green"),
        "new": (31, "red"),
    }


def test_a_pack_that_a_project_names_judges_it_whenever_it_was_coded() -> None:
    rules = entered(own_packs.own())
    assert rules.pack_of("own-40", "", "", dt.date(2019, 1, 1)) is rules.packs["own-40"]
    by = [rules.pack_of("", "filing", "330106", DAY + dt.timedelta(n)) for n in (0, 1)]
    assert by == [PACK, rules.packs["own-40"]]  # both begin on 1 January 2020: the one that was entered goes first


def test_the_version_of_the_rules_names_what_ships() -> None:
    rules = entered(own_packs.own())
    again = rules.with_packs([read(own_packs.version(DAY, ("red", 70)))])
    assert again.version() == rules.version() == RULES.version()
    assert len(again.packs) == len(RULES.packs) + 1
    assert isinstance(again.packs["zhejiang-80"].red.versions[1], Number)  # type: ignore[union-attr]


def test_of_packs_that_begin_on_one_day_the_one_entered_last_goes_first() -> None:
    of = ("", "filing", "330106", DAY + dt.timedelta(60))
    first, second = (read(own_packs.own(name)) for name in ("zz", "aa"))
    rules = RULES.with_packs([first.judging_from(DAY), second.judging_from(DAY + dt.timedelta(30))])
    found = rules.pack_of(*of)
    assert found is not None
    assert found.id == "aa"
    newer = read(own_packs.own("mm", coded_from="2020-01-02"))
    found = rules.with_packs([newer.judging_from(DAY)]).pack_of(*of)
    assert found is not None
    assert found.id == "mm"
    version = read(own_packs.version(DAY, ("red", 70)))
    assert RULES.with_packs([version]).pack_of(*of) is version


def test_a_version_of_a_shipped_pack_takes_nothing_from_its_neighbour() -> None:
    neighbour = replace(PACK, id="zz-beside-it")
    rules = replace(RULES, packs={**RULES.packs, neighbour.id: neighbour})
    version = read(own_packs.version(DAY, ("red", 70))).judging_from(PACK.scope.coded_from)
    of = ("", "filing", "330106", DAY + dt.timedelta(60))
    assert rules.pack_of(*of) is rules.with_packs([version]).pack_of(*of) is neighbour
