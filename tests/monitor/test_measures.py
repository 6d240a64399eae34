"""Attribution and indicators, against what the oracle finds day by day in the files."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from fractions import Fraction
from functools import cache
from typing import Any

import pytest

from monitor.analysis.indicators import INDICATORS, indicators
from monitor.reading.behind import FIGURES, behind
from monitor.reading.measures import ATTRIBUTION, Wanted, attribution, outcomes
from monitor.reading.rollups import Period
from monitor.reading.viewer import EVERYONE
from rules.almanac import shipped as calendar_of
from rules.packfile import shipped
from rules.vocabulary import CLOSINGS, CaseState, Stage, Status, Unit
from tests.monitor.looking import DAY, World, plain_log
from tests.rules import oracle
from tests.rules.oracle_case import PROMISED, STATUTORY, TOTAL, Case
from tests.rules.oracle_limits import Frame, against_limit, limit_of

CALENDAR, PACK = calendar_of("33"), shipped()["zhejiang-80"]
FRAME = Frame(PACK, cache(CALENDAR.is_working_day), DAY)
SINCE = dt.date(2025, 11, 14)  # a Friday
Key = tuple[Any, ...]
CUTS = [("department",), ("item", "region"), ("stage", "kind"), ("department", "week"), ("week",)]


@cache
def walked() -> dict[str, list[Case]]:
    """The cases of each project, every day walked by the oracle."""
    return oracle.walked(*plain_log(), FRAME)


def monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(day.weekday())


class Definition:
    """What each key has, counted from the days themselves."""

    def __init__(self, world: World, by: tuple[str, ...], since: dt.date | None) -> None:
        self.world, self.by, self.since = world, by, since
        self.found: dict[Key, Counter[str]] = defaultdict(Counter)
        for code, own in walked().items():
            self._shares(code, own)
            for case in own:
                self._case(code, case)
        self.found = {key: row for key, row in self.found.items() if any(row.values())}

    def inside(self, day: dt.date) -> bool:
        return (self.since is None or day > self.since) and day <= DAY

    def add(self, code: str, case: Case, day: dt.date, name: str, value: Any = 1) -> None:
        if not self.inside(day):
            return
        row = self.world.projects[code]
        of = {
            "department": (row.get("region") or "", case.department),
            "item": case.item,
            "stage": case.stage.word,
            "region": row.get("region") or "",
            "kind": row.get("kind") or "",
            "week": monday(day),
        }
        self.found[tuple(of[word] for word in self.by)][name] += value

    def _shares(self, code: str, own: list[Case]) -> None:
        """A day is divided among departments, and the part of each among the items that it has running."""
        running: dict[dt.date, list[Case]] = defaultdict(list)
        for case in own:
            for day in case.days_run(TOTAL):
                if case.counts and FRAME.works_on(day):
                    running[day].append(case)
        for day, cases in running.items():
            cells = {(c.department, c.stage, c.item): c for c in oracle.leading(cases, PACK)}
            departments = Counter(department for department, *_ in cells)
            for (department, *_), case in cells.items():
                part = Fraction(1, len(departments) * departments[department])
                self.add(code, case, day, "share", part)
                self.add(code, case, day, "sole", part if len(departments) == 1 else Fraction(0))

    def _case(self, code: str, case: Case) -> None:
        for day in case.days_of(Status.RECEIVED)[:1]:
            self.add(code, case, day, "received")
        opened = None if case.unjudged else case.first_acceptance
        closings = case.days_of(*CLOSINGS)
        if opened:
            self.add(code, case, opened, "accepted")
            if closed := closed_on(case, oracle.ended(self.world.projects[code], DAY)):
                self.add(code, case, closed, "closed")
        if case.last.state is CaseState.DECIDED:
            self.add(code, case, closings[-1], "decided")
            self.add(code, case, closings[-1], "beyond", self.beyond(case, PROMISED))
            self.add(code, case, closings[-1], "beyond_statute", self.beyond(case, STATUTORY))
        for day, eve in case.eve.items():
            if eve.stopped_by and FRAME.works_on(day):
                self.add(code, case, day, "paused")

    def beyond(self, case: Case, clock: str) -> int:
        due = against_limit(case, clock, FRAME)["due_on"]
        late = [d for d in case.days_run(clock) if due and d.isoformat() > due and FRAME.works_on(d)]
        return len(late)


@cache
def never_ended() -> dict[str, Case]:
    """The cases as they would stand if no source had said that their project ended."""
    projects, cases, events = plain_log()
    going_on = [{**row, "ended_on": ""} for row in projects]
    return {case.id: case for own in oracle.walked(going_on, cases, events, FRAME).values() for case in own}


def closed_on(case: Case, ended: dt.date | None) -> dt.date | None:
    """The day of the last closing of a case that is closed; what is still open when its project ended, then."""
    of_itself = never_ended()[case.id].last.state in (CaseState.DECIDED, CaseState.OUT)
    return case.days_of(*CLOSINGS)[-1] if of_itself else ended


def told(frame: Any, by: tuple[str, ...], world: World) -> dict[Key, dict[str, Any]]:
    """The rows of a frame by key; a department by its region and name."""
    names = world.reader.department_names(EVERYONE).to_dict("records")
    regions = {int(row["department_id"]): str(row["region"]) for row in names}
    found = {}
    for row in frame.to_dict("records"):
        key = tuple((regions[row["department_id"]], row[w]) if w == "department" else row[w] for w in by)
        assert key not in found
        found[key] = row
    return found


@pytest.mark.parametrize("since", [None, SINCE], ids=str)
@pytest.mark.parametrize("by", CUTS, ids="-".join)
def test_attribution_is_what_the_days_say(world: World, by: tuple[str, ...], since: dt.date | None) -> None:
    if "week" in by and since is None:
        since = dt.date(2022, 1, 3)
    wanted = Wanted(since, DAY, by)
    with world.here.database.reading() as connection:
        got = told(attribution(connection, wanted), by, world)
    definition = Definition(world, by, since).found
    names = ("share", "sole", "received", "accepted", "closed", "decided", "beyond", "beyond_statute", "paused")
    for key, row in definition.items():
        assert {name: float(got[key][name]) for name in names} == pytest.approx(
            {name: float(row[name]) for name in names}, abs=1e-7
        ), key
    rest = {key: row for key, row in got.items() if key not in definition and any(row[name] for name in names)}
    assert not rest
    sums = {name: sum(row[name] for row in got.values()) for name in names}
    assert all(sums.values()), sums
    assert sums["share"] == sum(row["share"] for row in definition.values())  # exact: whole parts of a day


def test_weeks_add_up_to_the_period(world: World) -> None:
    for cut in (("department",), ("item",)):
        with world.here.database.reading() as connection:
            whole = told(attribution(connection, Wanted(SINCE, DAY, cut)), cut, world)
            weekly = attribution(connection, Wanted(SINCE, DAY, (*cut, "week")))
        parts: dict[Key, Counter[str]] = defaultdict(Counter)
        for key, row in told(weekly, (*cut, "week"), world).items():
            for name in ATTRIBUTION:
                parts[key[:-1]][name] += row[name]
        for key, row in whole.items():
            for name in ATTRIBUTION:
                if name != "open":
                    assert parts[key][name] == row[name], (key, name)


def test_a_period_has_the_weeks_that_it_touches(world: World) -> None:
    with world.here.database.reading() as connection:
        for since, until in (
            (SINCE, DAY),
            (dt.date(2026, 11, 15), DAY),
            (dt.date(2026, 11, 14), dt.date(2026, 11, 16)),
        ):
            period = Period.of(connection, since, until, weekly=True)
            assert period
            days = [since + dt.timedelta(n) for n in range(1, (until - since).days + 1)]
            assert [monday(end) for _begin, end, *_ in period.parts.values()] == sorted({monday(day) for day in days})


# ---- outcomes and indicators


def sums_of(case: Case) -> dict[str, int]:
    """What a decided case adds, by its clocks as the oracle counts them."""
    used = sum(map(FRAME.works_on, case.days_run(TOTAL)))
    found: dict[str, int] = {"decided": 1, "used": used, "used_sq": used**2}
    limits = {}
    for clock, within in ((PROMISED, "in_promise"), (STATUTORY, "in_statute")):
        own = against_limit(case, clock, FRAME)
        limit, unit = own["limit"], limit_of(case, clock, FRAME)[1]
        if limit is None:
            continue
        found[clock] = 1
        found[within] = int(own["light"] != "red")
        if clock == PROMISED:
            found["early"] = int(own["light"] != "red" and own["used"] < limit)
        if unit is Unit.WORKING_DAY:
            limits[clock] = limit
            found |= {f"{clock}_working": 1, f"{clock}_limit": limit, f"{clock}_used": own["used"]}
    if len(limits) == 2:
        found |= {"comparable": 1, "comparable_promised": limits[PROMISED], "comparable_statutory": limits[STATUTORY]}
    return found


@pytest.mark.parametrize("since", [None, SINCE], ids=str)
def test_outcomes_and_indicators_are_what_the_cases_say(world: World, since: dt.date | None) -> None:
    wanted: dict[str, Counter[str]] = defaultdict(Counter)
    for own in walked().values():
        for case in own:
            closed = case.days_of(*CLOSINGS)[-1:] if case.last.state is CaseState.DECIDED else []
            if closed and (since is None or closed[0] > since):
                late = Definition.beyond
                beyond = [late(None, case, clock) for clock in (PROMISED, STATUTORY)]  # type: ignore[arg-type]
                wanted[case.item].update(sums_of(case))
                wanted[case.item].update(
                    {"beyond": beyond[0], "beyond_sq": beyond[0] ** 2, "beyond_statute": beyond[1]}
                )
    with world.here.database.reading() as connection:
        frame = outcomes(connection, Wanted(since, DAY, ("item",)))
    got = {row["item"]: row for row in frame.to_dict("records")}
    assert got.keys() == wanted.keys()
    for item, row in got.items():
        assert {name: value for name, value in row.items() if name != "item"} == {
            name: wanted[item][name] for name in row if name != "item"
        }, item
    total: Counter[str] = Counter()
    for sums in wanted.values():
        total.update(sums)
    assert all(total[name] for name in frame.columns if name != "item"), total
    told = indicators(frame.to_dict("records"), ["item"])
    by_name = {(row["item"], row["indicator"]): row["value"] for row in told}
    for item, sums in wanted.items():
        value = Fraction(sums["in_promise"], sums["promised"]) if sums["promised"] else None
        assert by_name[item, "on_time"] == value
        limit = sums["statutory_limit"]
        assert by_name[item, "faster_than_statute"] == (
            Fraction(limit - sums["statutory_used"], limit) if limit else None
        )
        limit = sums["comparable_statutory"]
        assert by_name[item, "promise_below_statute"] == (
            Fraction(limit - sums["comparable_promised"], limit) if limit else None
        )
        assert by_name[item, "mean_used"] == Fraction(sums["used"], sums["decided"])
    assert {one.name for one in INDICATORS} > {row["indicator"] for row in told}


def test_words_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="by office: allowed are department, item, stage, region, kind, week"):
        Wanted(None, DAY, ("office",))


@pytest.mark.parametrize("since", [None, SINCE], ids=str)
@pytest.mark.parametrize("figure", FIGURES)
def test_what_the_cases_behind_a_figure_are_of_it_sums_to_it(world: World, figure: str, since: dt.date | None) -> None:
    for narrow in ({}, {"region": "33"}, {"stage": Stage.CONSTRUCTION}, {"item": "B02"}):
        wanted = Wanted(since, DAY, (), **narrow)
        with world.here.database.reading() as connection:
            frame = attribution(connection, wanted)
            whole = outcomes(connection, wanted)["used"] if figure == "used" else frame[figure]
            cases = behind(connection, wanted, figure, 100_000)
        values = list(cases["value"])
        assert values == sorted(values, reverse=True)
        assert sum(values) == pytest.approx(float(sum(whole)), abs=1e-6), narrow
        assert 0 not in values
        if not narrow and figure not in ("resubmitted", "corrections", "waited"):
            assert len(values) > 5
        named = cases["case_id"].notna().all() if len(cases) else True
        assert named == (figure not in ("share", "sole")) or cases.empty
