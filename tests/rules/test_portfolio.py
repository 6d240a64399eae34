"""Which law judges which project, and a log that has the wrong shape."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from rules.assess import assess
from rules.document import documents
from rules.errors import LogError
from rules.log import EventLog
from rules.portfolio import Rules, Traits, parts
from rules.workdays import WorkCalendar
from tests.rules.columns import engine, log_of
from tests.rules.common import CALENDAR, PACK, SEEDS, each
from tests.rules.generate import awkward_log

WHOLE_WEEK = WorkCalendar.of("1111111", name="CN-3303")
OLDER = replace(PACK, id="zhejiang-90", scope=replace(PACK.scope, coded_from=dt.date(2019, 4, 1)))
OTHERS = replace(PACK, id="others", scope=replace(PACK.scope, kinds=frozenset({"approval"}), regions=()))
RULES = Rules(
    {pack.id: pack for pack in (PACK, OLDER, OTHERS)},
    lambda area: WHOLE_WEEK if area else CALENDAR,
    lambda region: "3303" if region.startswith("3303") else "",
)


@pytest.mark.parametrize(
    ("given", "kind", "region", "coded_on", "pack"),
    [
        ("", "filing", "330106", "2020-01-01", "zhejiang-80"),  # the newest that fits
        ("", "filing", "330106", "2019-12-31", "zhejiang-90"),
        ("", "filing", "330106", "2019-03-31", None),
        ("", "approval", "320102", "2024-05-01", "others"),
        ("", "filing", "320102", "2024-05-01", None),
        ("zhejiang-90", "approval", "320102", "2026-05-01", "zhejiang-90"),  # the one given, whatever its scope
    ],
)
def test_the_pack_of_a_project(given: str, kind: str, region: str, coded_on: str, pack: str | None) -> None:
    found = RULES.pack_of(given, kind, region, dt.date.fromisoformat(coded_on))
    assert (found.id if found else None) == pack


@pytest.mark.parametrize(
    ("kind", "region", "coded_on", "pack"),
    [
        ("filing", "330106", "2019-04-24", None),  # the day before the first rule of the province
        ("filing", "330106", "2019-04-25", "zhejiang-90"),
        ("filing", "330106", "2019-12-31", "zhejiang-90"),
        ("filing", "330106", "2020-01-01", "zhejiang-80"),  # the newer of two for the same place and kind
        ("", "", "2026-03-02", "zhejiang-80"),  # what is blank contradicts nothing
        ("filing", "", "2026-03-02", "zhejiang-80"),
        ("low_risk", "330106", "2020-08-20", None),
        ("low_risk", "330106", "2020-08-21", "low-risk-20"),
        ("low_risk", "330782", "2026-03-02", "low-risk-20"),
        ("low_risk", "330783", "2026-03-02", None),  # beside the pilot: Yiwu is in it, Dongyang is not
        ("low_risk", "", "2026-03-02", None),  # what has to be told was not
        ("filing", "330782", "2026-03-02", "zhejiang-80"),
        ("filing", "320102", "2026-03-02", None),  # a pack that wants to be named is never found
        ("approval", "330106", "2026-03-02", None),
        ("verification", "", "2026-03-02", None),
        ("uk_planning", "", "2026-03-02", None),
    ],
)
def test_the_shipped_pack_of_a_project_that_names_none(kind: str, region: str, coded_on: str, pack: str | None) -> None:
    found = Rules.shipped().pack_of("", kind, region, dt.date.fromisoformat(coded_on))
    assert (found.id if found else None) == pack


@pytest.mark.parametrize(
    "pack", ["jiangsu-50", "low-risk-20", "national-120", "uk-8-weeks", "zhejiang-80", "zhejiang-90"]
)
def test_a_project_is_judged_by_the_pack_it_names(pack: str) -> None:
    found = Rules.shipped().pack_of(pack, "approval", "440100", dt.date(2010, 1, 1))
    assert found is not None
    assert found.id == pack


def test_a_pack_that_is_offered_judges_its_scope_alone() -> None:
    rules = Rules.shipped()
    rules.offered = rules.packs["jiangsu-50"]

    def pack_of(given: str, region: str) -> str | None:
        found = rules.pack_of(given, "filing", region, dt.date(2026, 3, 2))
        return found.id if found else None

    assert pack_of("", "320102") == pack_of("", "") == "jiangsu-50"
    assert pack_of("", "330106") is None
    assert pack_of("zhejiang-90", "330106") == "zhejiang-90"
    assert rules.outside().id == "jiangsu-50"
    only = Rules({"others": OTHERS}, RULES.calendar, RULES.area)
    assert only.outside() is OTHERS


def test_natural_days_need_no_calendar_of_the_area() -> None:
    rules = Rules.shipped()
    assert rules.calendar_of(rules.packs["uk-8-weeks"], "").name == "natural"
    assert rules.calendar_of(rules.packs["zhejiang-80"], "").name == "CN"
    projects = [
        {"project_code": code, "coded_on": "2026-03-02", "pack": pack}
        for code, pack in (("E", "uk-8-weeks"), ("Z", "zhejiang-80"), ("U", "uk-8-weeks"))
    ]
    found = {
        part.pack.id: (part.calendar.name, part.projects.tolist()) for part in parts(*log_of(projects, [], []), rules)
    }
    assert found == {"uk-8-weeks": ("natural", [0, 2]), "zhejiang-80": ("CN", [1])}


def test_a_pack_that_is_not_there_and_one_that_is_forced() -> None:
    with pytest.raises(KeyError):
        RULES.pack_of("jiangsu", "", "", dt.date(2026, 1, 1))
    forced = Rules(RULES.packs, RULES.calendar, RULES.area, forced=OTHERS)
    assert forced.pack_of("zhejiang-90", "filing", "33", dt.date(2018, 1, 1)) is OTHERS


@each(SEEDS, part=0.2)
def test_every_project_is_judged_by_its_own_pack_and_calendar(seed: int) -> None:
    projects, cases, events = awkward_log(seed, 12)
    as_of = dt.date(2025, 6, 30)
    log, traits = log_of(projects, cases, events)
    found, seen = {}, []
    for part in parts(log, traits, RULES):
        assert [log.projects.code[n] for n in part.projects] == list(part.log.projects.code)
        assert [log.cases.case_id[n] for n in part.cases] == list(part.log.cases.case_id)
        seen += part.projects.tolist()
        for chunk in part.assess(as_of):
            found |= {document["project_code"]: document for document in documents(chunk, part.log)}
    assert sorted(seen) == list(range(len(projects)))
    for row in projects:
        pack = RULES.pack_of("", row.get("kind", ""), row.get("region", ""), dt.date.fromisoformat(row["coded_on"]))
        calendar = RULES.calendar(RULES.area(row.get("region", "")))
        own = [case for case in cases if case["project_code"] == row["project_code"]]
        ids = {case["case_id"] for case in own}
        mine = [event for event in events if event["case_id"] in ids]
        alone = engine(([row], own, mine), replace(pack or PACK, id="zhejiang-80"), calendar, as_of)
        told = alone.get(row["project_code"])
        assert found.get(row["project_code"]) == (told and told | {"pack": pack.id if pack else None})


def test_a_pack_without_any_threshold_counts_and_lights_nothing() -> None:
    bare = replace(PACK, yellow=None, red=None, red_by=None, groups=())
    case = {"case_id": "C", "project_code": "P", "stage": "planning", "department": "局"}
    event = {"event_id": "E", "case_id": "C", "status": "accepted", "occurred_at": "2026-03-02"}
    log = ([{"project_code": "P", "coded_on": "2026-03-02"}], [case], [event])
    found = engine(log, bare, CALENDAR, dt.date(2026, 11, 20))["P"]
    assert (found["light"], found["pack"], found["groups"], found["turns"]) == ("none", PACK.id, {}, [])
    assert (found["yellow_on"], found["red_on"], found["next_change"]) == (None, None, None)
    assert found["used"] == CALENDAR.count(dt.date(2026, 3, 2), dt.date(2026, 11, 20))
    yellow_only = engine(log, replace(PACK, red=None, groups=()), CALENDAR, dt.date(2026, 11, 20))["P"]
    assert (yellow_only["light"], yellow_only["red_on"]) == ("yellow", None)


def test_an_area_has_its_calendar() -> None:
    [part] = parts(*log_of([{"project_code": "P", "coded_on": "2026-03-02", "region": "330381"}], [], []), RULES)
    assert part.calendar is WHOLE_WEEK


# ---- the shape of a log


def small() -> EventLog:
    """A project with a case and two events."""
    case = {"case_id": "C", "project_code": "P", "stage": "planning", "department": "局"}
    events = [
        {"event_id": f"E{n}", "case_id": "C", "status": status, "occurred_at": "2026-03-02"}
        for n, status in enumerate(("received", "accepted"))
    ]
    return log_of([{"project_code": "P", "coded_on": "2026-03-02"}], [case], events)[0]


@pytest.mark.parametrize(
    ("table", "column", "value", "key"),
    [
        ("events", "day", [20514], "event_id"),
        ("events", "case", [0, 1], "events.case"),
        ("events", "case", [-1, 0], "events.case"),
        ("events", "status", [1, 99], "events.status"),
        ("events", "status", [0, 3], "events.status"),
        ("events", "voids", [-1, 2], "events.voids"),
        ("events", "confirms", [-1, 2], "events.confirms"),
        ("events", "procedure", [13, 14], "events.procedure"),
        ("events", "holder", [-1, 5], "events.holder"),
        ("events", "day", [20514, -1], "events.day"),
        ("events", "day", [20514, 70000], "events.day"),
        ("cases", "project", [1], "cases.project"),
        ("cases", "stage", [7], "cases.stage"),
        ("cases", "holder", [5], "cases.holder"),
        ("cases", "department", [4], "cases.department"),
        ("cases", "item", [-1], "cases.item"),
        ("cases", "works", [0], "cases.works"),
        ("cases", "promised_days", [], "promised_days"),
        ("projects", "coded_on", [-1], "projects.coded_on"),
    ],
)
def test_a_log_of_the_wrong_shape_is_refused(table: str, column: str, value: list[int], key: str) -> None:
    log = small()
    rows = getattr(log, table)
    setattr(rows, column, np.array(value, getattr(rows, column).dtype))
    with pytest.raises(LogError) as refused:
        list(assess(log, PACK, CALENDAR, dt.date(2026, 3, 31)))
    assert key in refused.value.key or column in refused.value.key
    assert refused.value.allowed


def test_what_is_out_of_range_is_named_with_its_range() -> None:
    log = small()
    log.events.status = np.array([1, 99], np.int8)
    with pytest.raises(LogError, match=r"^log: events\.status: '1\.\.99'; 1\.\.23$"):
        log.check()


def test_an_empty_log_says_nothing() -> None:
    log, traits = log_of([], [], [])
    assert [*parts(log, Traits([], [], []), RULES)] == []
    assert traits.kind == []
    assert list(assess(log, PACK, CALENDAR, dt.date(2026, 3, 31))) == []
    bare, _ = log_of([{"project_code": "P", "coded_on": "2026-03-02"}], [], [])
    [chunk] = assess(bare, PACK, CALENDAR, dt.date(2026, 3, 31))
    [document] = documents(chunk, bare)
    assert (document["phase"], document["light"], document["used"]) == ("not_started", "green", 0)
    assert document["ledger"]["span"] == document["ledger"]["nobody"] == 21
