"""The plan of a project: planned days by a plain reckoning, slips and forecasts counted on the fingers.

March 2026 has no holiday and no make-up day: Monday the 2nd, Friday the 6th, Monday the 9th.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from rules.pack import Item, Limit, Limits, MarkRule, RulePack
from rules.plan.document import document
from rules.plan.graph import present_waits
from rules.portfolio import parts
from rules.vocabulary import Mark, Stage, Unit
from tests.rules.columns import log_of, under
from tests.rules.common import CALENDAR, PACK, SEEDS, each
from tests.rules.test_by_hand import Happening, case

Told = tuple[dict[str, str], list[dict[str, str]]]

# An ordinary filed plant: 26 items whose promises add up to 71 and 51 working days. The facts give the sums and the
# lengths, not the list; this list of the catalogue's items gives all six figures.
PLANT = (
    "A01 A07 A08 P02 P03 P05 B01 B03 B04 C01 C02 C03 C04 C07 C08 C09 D01 D02 D04 D05 D06 D07 D08 D09 D10 D11"
).split()


def item(code: str, *told: Happening, **columns: str) -> Told:
    """The case of an item, known by its code."""
    row, events = case(0, *told, item_code=code, **columns)
    name = columns.get("case_id", code)
    return row | {"case_id": name}, [e | {"case_id": name, "event_id": f"{name}#{n}"} for n, e in enumerate(events)]


def planned(as_of: str, *cases: Told, pack: RulePack = PACK, coded_on: str = "2026-03-02", **columns: str) -> Any:
    """The object of the project P with these cases."""
    project = {"project_code": "P", "coded_on": coded_on, **columns}
    log, traits = log_of([project], [row for row, _ in cases], [e for _, events in cases for e in events])
    [part] = parts(log, traits, under(pack, CALENDAR))
    [a] = part.assess(dt.date.fromisoformat(as_of))
    return document(a, part.log, kind=columns.get("kind", ""))


def plan(as_of: str, *cases: Told, **more: Any) -> Any:
    """Its only plan."""
    [one] = planned(as_of, *cases, **more)["plans"]
    return one


def nodes(as_of: str, *cases: Told, **more: Any) -> dict[str, Any]:
    """The items of its plan by code."""
    return {node["item_code"]: node for node in plan(as_of, *cases, **more)["items"]}


def dates(node: Any, *names: str) -> list[Any]:
    return [node[name] for name in names]


# ---- the plan of an ordinary plant


def plant(pack: RulePack = PACK) -> Any:
    """All its items known, none begun but the first of acceptance."""
    cases = [item(code, *([("3", "2026-03-02")] if code == "D01" else [])) for code in PLANT]
    return plan("2026-03-02", *cases, pack=pack)


def test_an_ordinary_plant_takes_32_and_25_days_by_its_promises() -> None:
    found = plant()
    assert len(found["items"]) == 26
    sums = dict.fromkeys((True, False), 0)
    for node in found["items"]:
        sums[node["stage"] == "acceptance"] += node["limit"] or 0
    assert (sums[False], sums[True]) == (71, 51)
    groups = found["groups"]
    assert {name: of["planned_days"] for name, of in groups.items()} == {"pre_construction": 32, "acceptance": 25}
    assert groups["pre_construction"]["chain"] == ["A08", "B01", "C01", "C02", "C09"]  # 5 + 7 + 10 + 7 + 3
    assert groups["acceptance"]["chain"] == ["D02", "D08", "D09", "D11"]  # 7 + 12 + 3 + 3
    critical = [node["item_code"] for node in found["items"] if node["critical"]]
    assert sorted(critical) == sorted(groups["pre_construction"]["chain"] + groups["acceptance"]["chain"])


def by_statute(working: bool) -> RulePack:
    """The pack with the statutory limits for promises; ``working``: each taken in working days, whatever its unit."""

    def promised(one: Item) -> Limits | None:
        if not one.statutory or not working:
            return one.statutory
        return Limits(tuple(replace(limit, unit=Unit.WORKING_DAY) for limit in one.statutory.versions))

    items = {code: replace(one, promised=promised(one)) for code, one in PACK.catalogue.items.items()}
    return replace(PACK, catalogue=replace(PACK.catalogue, items=items))


def test_by_the_statutory_limits_it_takes_90_and_80() -> None:
    groups = plant(by_statute(working=True))["groups"]
    assert {name: of["planned_days"] for name, of in groups.items()} == {"pre_construction": 90, "acceptance": 80}
    # The permit itself is not last: a heap of rubble may be waited for longer than it.
    assert groups["pre_construction"]["chain"][:-1] == ["A08", "B01", "B04"]
    assert groups["acceptance"]["chain"] == ["D06", "D08", "D09", "D11"]
    # 15 natural days for the record of completion (质量条例 49) are fewer working days than 15.
    assert plant(by_statute(working=False))["groups"]["acceptance"]["planned_days"] < 80


# ---- planned days


def after(start: dt.date, days: int, unit: str) -> dt.date:
    """The day on which a limit falls due, a day at a time."""
    day = start
    if unit == "natural_day":
        day += dt.timedelta(days)
        while not CALENDAR.is_working_day(day):
            day += dt.timedelta(1)
        return day
    while days:
        day += dt.timedelta(1)
        days -= CALENDAR.is_working_day(day)
    return day


def stands_for(code: str) -> list[str]:
    """An item and the alternatives to it."""
    return [code, *(i.code for i in PACK.catalogue.items.values() if i.alternative_to == code)]


class Reckoned:
    """The definition, item by item and a day at a time: when each of a set of items is planned to begin and end."""

    def __init__(self, cases: dict[str, dict[str, str]], begins: dict[bool, dt.date | None]) -> None:
        self.cases, self.begins = cases, begins

    def start(self, code: str) -> dt.date | None:
        one = PACK.catalogue.items[code]
        wanted = {c for group in one.prerequisites for member in group for c in stands_for(member)} - {code}
        days = [self.begins[one.stage is Stage.ACCEPTANCE], *(self.finish(c) for c in wanted if c in self.cases)]
        known = [day for day in days if day]
        return max(known) if len(known) == len(days) else None

    def finish(self, code: str) -> dt.date | None:
        start, promised, told = self.start(code), PACK.catalogue.items[code].promised, self.cases[code]
        if start is None:
            return None
        if told.get("promised_days"):
            return after(start, int(told["promised_days"]), told["promised_unit"])
        limit = promised.versions[0] if promised else None  # the shipped ones have one version
        return after(start, limit.days, limit.unit.word) if limit else start


@each(SEEDS)
def test_planned_days_are_what_a_plain_reckoning_gives(seed: int) -> None:
    rng = Random(seed)
    coded = dt.date(2024, 1, 1) + dt.timedelta(rng.randrange(900))
    chosen = [code for code in PACK.catalogue.items if rng.random() < rng.choice([0.2, 0.6, 1.0])]
    told, opened = [], {}
    for code in rng.sample(chosen, len(chosen)):
        own = {"promised_days": str(rng.randint(0, 30)), "promised_unit": rng.choice(["working_day", "natural_day"])}
        columns = own if rng.random() < 0.4 else {}
        happened: list[Happening] = []
        if rng.random() < 0.7:
            opened[code] = coded + dt.timedelta(rng.randrange(200))
            happened.append(("3", opened[code].isoformat()))
        told.append(item(code, *happened, **columns))
    # Ended by its source, so that nothing is awaited of it beyond its cases.
    ended = {"ended_on": (coded + dt.timedelta(300)).isoformat(), "end_reason": "completed"}
    found = nodes(ended["ended_on"], *told, coded_on=coded.isoformat(), **ended)
    items = PACK.catalogue.items
    accepted = [day for code, day in opened.items() if items[code].stage is Stage.ACCEPTANCE]
    reckoned = Reckoned({row["item_code"]: row for row, _ in told}, {True: min(accepted, default=None), False: coded})
    assert found.keys() == set(chosen)
    for code, node in found.items():
        days = reckoned.start(code), reckoned.finish(code), opened.get(code)
        assert dates(node, "planned_start", "planned_finish", "start") == [d and d.isoformat() for d in days], code
        assert node["finish"] is None and node["forecast_finish"] is None


def test_an_alternative_that_the_project_uses_is_waited_for() -> None:
    found = nodes("2026-03-02", item("A05"), item("A02"), item("A08"))
    # 8 days for A05, 7 for A02, which stands for A01: A01 does not come
    assert found["A08"]["waits_for"] == ["A02"]
    assert "A01" not in found
    assert dates(found["A08"], "planned_start", "planned_finish") == ["2026-03-23", "2026-03-30"]


def test_acceptance_is_not_planned_before_it_begins() -> None:
    told = [item("D01"), item("A08", ("3", "2026-03-02"))]
    found = plan("2026-03-31", *told)
    assert found["groups"]["acceptance"] == {
        "begins_on": None, "planned_days": None, "planned_finish": None, "finish": None, "forecast_finish": None,
        "slip": None, "provisional": [], "chain": [],
    }  # fmt: skip
    begun = plan("2026-03-31", item("D01", ("3", "2026-03-16")), told[1])
    assert dates(begun["groups"]["acceptance"], "begins_on", "planned_days") == ["2026-03-16", 23]  # 5 + 12 + 3 + 3


def test_alternatives_that_lead_in_a_circle_are_laid_in_the_catalogues_order() -> None:
    items = dict(PACK.catalogue.items)
    items["A02"] = replace(items["A02"], prerequisites=(("A08",),))
    catalogue = replace(PACK.catalogue, items=items)
    assert present_waits(catalogue, ["A08", "A02"]) == {"A02": (), "A08": ("A02",)}


# ---- what is still to come


def coming(*cases: Told, as_of: str = "2026-03-31", **more: str) -> set[str]:
    """Items of the plan that have no case."""
    return {code for code, node in nodes(as_of, *cases, **more).items() if not node["cases"]}


UNCONDITIONAL = {code for code, one in PACK.catalogue.items.items() if not one.conditional}


def test_unconditional_items_are_still_to_come_and_conditional_ones_are_not() -> None:
    assert coming() == UNCONDITIONAL
    assert coming(item("P02")) == UNCONDITIONAL


def test_what_is_waited_for_by_what_has_begun_does_not_come() -> None:
    assert coming(item("B01", ("3", "2026-03-02"))) == UNCONDITIONAL - {"A01", "A08", "B01"}
    assert coming(item("B01", ("1", "2026-03-02"))) == UNCONDITIONAL - {"B01"}  # received is not begun


def test_what_an_item_wraps_may_begin_after_it_and_nothing_before_acceptance_comes_after_it() -> None:
    acceptance = {code for code in UNCONDITIONAL if PACK.catalogue.items[code].stage is Stage.ACCEPTANCE}
    assert coming(item("D08", ("3", "2026-03-02"))) == acceptance - {"D08"}


def test_an_item_that_names_its_alternative_gives_way_to_it_too() -> None:
    items = dict(PACK.catalogue.items)
    items["A01"] = replace(items["A01"], alternative_to="A02")
    items["A02"] = replace(items["A02"], alternative_to="")
    pack = replace(PACK, catalogue=replace(PACK.catalogue, items=items))
    assert "A01" not in nodes("2026-03-31", item("A02"), pack=pack)
    assert "A01" in nodes("2026-03-31", item("A05"), pack=pack)


def test_nothing_is_still_to_come_of_a_project_that_is_over() -> None:
    assert coming(item("B01", ("3", "2026-03-02")), ended_on="2026-03-05", end_reason="terminated") == set()


# ---- slips and forecasts


def test_the_slip_counts_working_days_from_the_planned_end_to_the_true_one() -> None:
    found = nodes("2026-03-31", item("A08", ("3", "2026-03-04"), ("11", "2026-03-13")))["A08"]
    # planned 2 to 9 March; begun two days late, done on the 13th: four late
    assert dates(found, "planned_start", "planned_finish", "start", "finish") == [
        "2026-03-02", "2026-03-09", "2026-03-04", "2026-03-13",
    ]  # fmt: skip
    assert dates(found, "start_slip", "slip", "forecast_finish") == [2, 4, None]
    early = nodes("2026-03-31", item("A08", ("3", "2026-03-02"), ("11", "2026-03-05")))["A08"]
    assert early["slip"] == -2


def test_an_open_item_is_forecast_for_its_due_day_and_never_before_today() -> None:
    told = item("A08", ("3", "2026-03-04"))  # due on the 11th
    assert dates(nodes("2026-03-09", told)["A08"], "forecast_finish", "slip") == ["2026-03-11", 2]
    assert dates(nodes("2026-03-20", told)["A08"], "forecast_finish", "slip") == ["2026-03-20", 9]


def test_a_pause_moves_the_forecast() -> None:
    told = item("A08", ("3", "2026-03-04"), ("6", "2026-03-05"))  # four of five days are left on the 5th
    assert nodes("2026-03-10", told)["A08"]["forecast_finish"] == "2026-03-16"


def test_what_comes_next_is_forecast_after_what_it_waits_for() -> None:
    found = nodes("2026-03-09", item("A08", ("3", "2026-03-04")), item("B01", ("3", "2026-03-05"), promised_days="1"))
    # B01 was accepted early and promised for the 6th, but cannot be decided before A08, due on the 11th
    assert found["B01"]["forecast_finish"] == "2026-03-11"
    assert found["B04"]["forecast_finish"] == "2026-03-20"  # seven days on
    assert found["B04"]["slip"] == found["C03"]["slip"] == 1  # planned for the 19th: 5 + 1 + 7 days after the 2nd


def test_an_item_withdrawn_or_rejected_is_not_done_and_a_fresh_case_does_it() -> None:
    out = item("A08", ("3", "2026-03-02"), ("14", "2026-03-04"))
    rejected = item("A08", ("3", "2026-03-02"), ("13", "2026-03-04"))
    for closed in (out, rejected):
        found = nodes("2026-03-05", closed)["A08"]
        assert dates(found, "start", "finish", "forecast_finish") == ["2026-03-02", None, "2026-03-12"]
    fresh = item("A08", ("3", "2026-03-05"), ("11", "2026-03-10"), case_id="again")
    found = nodes("2026-03-31", out, fresh)["A08"]
    assert dates(found, "cases", "start", "finish") == [["A08", "again"], "2026-03-02", "2026-03-10"]
    still = nodes("2026-03-31", fresh, item("A08", ("3", "2026-03-09")))["A08"]  # another case of it is open
    assert still["finish"] is None


def test_a_case_rejected_after_it_was_approved_and_taken_up_again_is_not_done() -> None:
    told = item("A08", ("3", "2026-03-02"), ("11", "2026-03-04"), ("3", "2026-03-05"), ("13", "2026-03-06"))
    assert nodes("2026-03-31", told)["A08"]["finish"] is None


def test_only_cases_that_stand_are_planned_and_forecast() -> None:
    out = item("A08", ("3", "2026-03-02"), ("14", "2026-03-04"), promised_days="30")
    fresh = item("A08", ("3", "2026-03-05"), promised_days="3", case_id="fresh")
    other = item("A08", ("1", "2026-03-05"), promised_days="6", case_id="other")  # for another part of the land
    found = nodes("2026-03-05", out, fresh)["A08"]
    assert dates(found, "limit", "planned_finish", "forecast_finish") == [3, "2026-03-05", "2026-03-10"]
    found = nodes("2026-03-05", out, fresh, other)["A08"]
    assert dates(found, "limit", "planned_finish", "forecast_finish") == [6, "2026-03-10", "2026-03-13"]
    assert nodes("2026-03-05", out)["A08"]["limit"] == 30  # nothing else to go by


def test_a_case_that_cannot_be_judged_is_done_but_nobody_knows_since_when() -> None:
    found = nodes("2026-03-31", item("A08", ("11", "2026-03-05")))["A08"]
    assert dates(found, "start", "start_slip", "finish", "slip") == [None, None, "2026-03-05", -2]


def test_each_works_has_its_plan() -> None:
    told = [
        item("A08", ("3", "2026-03-02"), ("11", "2026-03-06")),
        item("B01", ("3", "2026-03-09"), ("11", "2026-03-11"), works_code="1", case_id="one"),
        item("B01", ("3", "2026-03-09"), works_code="2", case_id="two"),
    ]
    first, second = planned("2026-03-31", *told)["plans"]
    assert (first["works_code"], second["works_code"]) == ("1", "2")
    ends = [next(n for n in p["items"] if n["item_code"] == "B01")["finish"] for p in (first, second)]
    assert ends == ["2026-03-11", None]
    assert all(p["items"][1]["cases"] == ["A08"] or p["items"][0]["cases"] == ["A08"] for p in (first, second))


def test_a_stage_is_done_when_its_items_are_and_names_its_lead() -> None:
    told = [item("A01", ("3", "2026-03-02"), ("11", "2026-03-02")), item("A08", ("3", "2026-03-02"))]
    of = plan("2026-03-04", *told)["stages"]["initiation"]
    assert dates(of, "lead", "items", "done", "finish", "planned_finish", "forecast_finish", "slip") == [
        PACK.leads[Stage.INITIATION], 2, 1, None, "2026-03-09", "2026-03-09", 0,
    ]  # fmt: skip
    assert dates(of, "planned_start", "start") == ["2026-03-02", "2026-03-02"]
    told[1] = item("A08", ("3", "2026-03-02"), ("11", "2026-03-10"))
    assert dates(plan("2026-03-31", *told)["stages"]["initiation"], "done", "finish", "slip") == [2, "2026-03-10", 1]


def test_dates_beyond_the_last_notice_are_marked() -> None:
    found = nodes("2026-12-21", item("A08", ("3", "2026-12-21"), promised_days="3"), coded_on="2026-12-21")
    assert found["A08"]["provisional"] == []  # due on the 24th, the last day that is known
    assert found["B01"]["provisional"] == ["forecast_finish", "planned_finish"]  # planned to begin on the 24th
    assert found["C01"]["provisional"] == ["forecast_finish", "planned_finish", "planned_start"]


def test_a_case_of_no_item_is_in_no_plan_and_is_named() -> None:
    found = plan("2026-03-31", item("Z99", ("3", "2026-03-02")))
    assert found["unplanned"] == ["Z99"]
    assert "Z99" not in [node["item_code"] for node in found["items"]]


def test_a_project_that_is_not_there_yet_has_no_plan() -> None:
    assert planned("2026-03-01") is None
    assert planned("2026-03-02")


@pytest.mark.parametrize("what", ["forecast_finish", "slip"])
def test_a_finished_project_is_forecast_nothing(what: str) -> None:
    ended = {"ended_on": "2026-03-20", "end_reason": "completed"}
    assert nodes("2026-03-31", item("A08", ("3", "2026-03-02")), **ended)["A08"][what] is None


def test_what_a_mark_waives_is_not_to_come_and_what_it_shortens_is_planned_shorter() -> None:
    short = Limits((Limit(2, dt.date(2019, 1, 1), "E", "made up"),))
    rule = MarkRule(Mark.AREA_ASSESSMENT, frozenset({"C03"}), {"B01": short}, "E", "made up")
    pack = replace(PACK, marks={Mark.AREA_ASSESSMENT: rule})
    plain, marked = (nodes("2026-03-02", item("A08", ("3", "2026-03-02")), pack=pack, **more)
                     for more in ({}, {"marks": "area_assessment"}))  # fmt: skip
    assert ("C03" in plain, "C03" in marked) == (True, False)
    # A08 has 5 days and ends on Monday the 9th; then the scheme has 7 days to the 18th, or 2 to the 11th.
    assert (plain["B01"]["planned_finish"], marked["B01"]["planned_finish"]) == ("2026-03-18", "2026-03-11")
