"""A stored standing is a straight line: on every day up to the eve of its next change it says what the law says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from monitor.database import Database
from rules.almanac import shipped as calendar_of
from rules.document import documents
from rules.portfolio import Part, parts
from rules.vocabulary import NO_PHASE, Light, Phase, Stage
from rules.workdays import WorkCalendar, day_number, day_of
from tests.monitor.canonical_files import CASE, PROJECT, rows
from tests.monitor.sweeping import RULES, Office, office, portions
from tests.rules.columns import log_of
from tests.rules.generate import awkward_log

CALENDAR = calendar_of("33")
FIRST, LAST = dt.date(2024, 9, 9), dt.date(2025, 3, 31)
Json = dict[str, Any]


@dataclass
class Told:
    """The rows of one project in the tables, days as numbers."""

    standing: Json
    groups: dict[str, Json] = field(default_factory=dict)
    cases: dict[str, Json] = field(default_factory=dict)

    def speaks_of(self, day: int) -> bool:
        """Whether the line goes through this day."""
        change = self.standing["next_change"]
        return self.standing["assessed_on"] <= day and (change is None or day < change)


def stored(database: Database) -> dict[str, Told]:
    """All standings by project code."""

    def dicts(columns: str, source: str) -> Iterator[Json]:
        names = [name.split(".")[-1].strip() for name in columns.split(",")]
        for row in rows(database, f"SELECT {columns} FROM {source}"):
            yield dict(zip(names, row, strict=True))

    columns = "s.in_scope, s.base, s.since, s.first_day, s.last_day, s.yellow_on, s.red_on, s.grey, s.phase, s.stage"
    columns += ", s.held_by, s.next_change, s.assessed_on, s.region, p.code"
    found = {row["code"]: Told(row) for row in dicts(columns, "standing s JOIN project p ON p.id = s.project_id")}
    source = "group_standing g JOIN project p ON p.id = g.project_id"
    for row in dicts("g.grp, g.budget, g.base, g.since, g.yellow_on, g.red_on, p.code", source):
        found[row["code"]].groups["acceptance" if row["grp"] else "pre_construction"] = row
    columns = "c.base, c.since, c.state, c.promised_limit, c.promised_due_on, c.statutory_limit, c.statutory_due_on"
    columns += ", c.beyond, c.beyond_since, a.case_id, p.code"
    source = "case_standing c JOIN approval_case a ON a.id = c.case_id JOIN project p ON p.id = c.project_id"
    for row in dicts(columns, source):
        found[row["code"]].cases[row["case_id"]] = row
    return found


def line(row: Json, day: int, calendar: WorkCalendar = CALENDAR) -> int:
    """Days used: base, and the working days since then while it runs."""
    if row["since"] is None:
        return int(row["base"])
    return int(row["base"]) + calendar.count(day_of(row["since"]), day_of(day))


def light(row: Json, day: int) -> str:
    """The light by the dates alone."""
    if not row["in_scope"]:
        return "none"
    if row["red_on"] is not None and row["red_on"] <= day:
        return "red"
    if row["yellow_on"] is not None and row["yellow_on"] <= day:
        return "yellow"
    return "grey" if row["grey"] else "green"


def number(text: str | None) -> int | None:
    """An ISO day as a number."""
    return None if text is None else day_number(dt.date.fromisoformat(text))


def law(found: list[Part], day: dt.date) -> dict[str, Json]:
    """What the law says of the log on a day."""
    return {o["project_code"]: o for part in found for a in part.assess(day) for o in documents(a, part.log)}


def days(first: dt.date, last: dt.date, step: int = 1) -> Iterator[dt.date]:
    for n in range(0, (last - first).days + 1, step):
        yield first + dt.timedelta(n)


@pytest.fixture
def log() -> Any:
    return awkward_log(40, 24)


@pytest.fixture
def here(database: Database, tmp_path: Path, log: Any) -> Office:
    """An office that swept twice, with new records in between: its standings are of two days."""
    opened = office(database, tmp_path)
    first, more = portions(log, 3, 2)
    projects, cases, events = (few + many for few, many in zip(first, more, strict=True))
    late = [row for row in more[2] if row["case_id"] in {c["case_id"] for c in cases[::5]}]
    chained = {row[column] for row in events for column in ("voids", "confirms") if row.get(column)}
    late = [row for row in late if row["event_id"] not in chained]
    waiting = {row["event_id"] for row in late}
    opened.take(projects, cases, [row for row in events if row["event_id"] not in waiting])
    opened.tick(FIRST)
    opened.take([], [], late)
    opened.tick(LAST)
    return opened


def test_every_day_to_the_eve_of_the_next_change_is_as_the_law_says(here: Office, log: Any) -> None:
    columns, traits = log_of(*log)
    found = list(parts(columns, traits, RULES))
    told = stored(here.database)
    assert {one.standing["assessed_on"] for one in told.values()} == {day_number(FIRST), day_number(LAST)}
    seen = 0
    for day in days(FIRST, LAST + dt.timedelta(100)):
        on = day_number(day)
        today = law(found, day)
        for code, one in told.items():
            if not one.speaks_of(on):
                continue
            seen += 1
            if code not in today:
                assert one.standing["phase"] == NO_PHASE
                continue
            says_the_same(one, today[code], on)
    assert seen > 1000


def says_the_same(one: Told, told: Json, day: int) -> None:
    """One project in the tables against its document."""
    row, where = one.standing, (told["project_code"], day_of(day).isoformat())
    held = "、".join(sorted({h["department"] for h in told["held_by"]}))
    stage = Stage(row["stage"]).word if row["stage"] else None
    got = (line(row, day), light(row, day), Phase(row["phase"]).word, stage, row["held_by"], bool(row["grey"]))
    assert got == (told["used"], told["light"], told["phase"], told["stage"], held, not told["judged"]), where
    assert row["next_change"] == number(told["next_change"]), where
    assert (row["yellow_on"], row["red_on"]) == (number(told["yellow_on"]), number(told["red_on"])), where
    if row["in_scope"]:
        for name, group in told["groups"].items():
            mine = one.groups[name]
            assert (line(mine, day), mine["budget"]) == (group["used"], group["budget"]), (*where, name)
            dates = number(group["yellow_on"]), number(group["red_on"])
            assert (mine["yellow_on"], mine["red_on"]) == dates, (*where, name)
    for case in told["cases"]:
        mine = one.cases[case["case_id"]]
        assert line(mine, day) == case["used"], (*where, case["case_id"])
        for clock in ("promised", "statutory"):
            limit, due = mine[f"{clock}_limit"], mine[f"{clock}_due_on"]
            assert (limit, due) == (case[clock]["limit"], number(case[clock]["due_on"])), (*where, case["case_id"])


def test_the_light_of_a_past_day_stands_in_the_dates(here: Office, log: Any) -> None:
    """But for what only came to be known later: supposed acceptance, and a case that cannot be judged."""
    columns, traits = log_of(*log)
    found = list(parts(columns, traits, RULES))
    told = stored(here.database)
    revealed = ("supposed_acceptance", "cannot_be_judged")
    now = law(found, LAST)
    seen: set[str] = set()
    for day in days(dt.date(2022, 3, 1), LAST, 11):
        for code, was in law(found, day).items():
            known = [[f["case_id"] for f in one["flags"] if f["flag"] in revealed] for one in (was, now[code])]
            if known[0] == known[1]:
                seen.add(was["light"])
                assert light(told[code].standing, day_number(day)) == was["light"], (code, day)
    assert seen == {light.word for light in Light}


# ---- days beyond the promise


def beyond(database: Database, day: dt.date) -> int:
    """Working days that the promised clock of the only case ran past its due day."""
    ((days, since),) = rows(database, "SELECT beyond, beyond_since FROM case_standing")
    return int(days) + (max(0, CALENDAR.count(day_of(since), day)) if since is not None else 0)


@pytest.mark.parametrize(
    ("unit", "due", "expected"),
    [
        # Accepted on Monday 2 March: five working days end on Monday the 9th, five natural days on Saturday the 7th,
        # which moves to Monday the 9th.
        ("working_day", "2026-03-09", {"2026-03-09": 0, "2026-03-10": 1, "2026-03-13": 4, "2026-03-16": 5}),
        ("natural_day", "2026-03-09", {"2026-03-09": 0, "2026-03-10": 1, "2026-03-13": 4, "2026-03-16": 5}),
    ],
)
def test_days_beyond_the_promise_go_on_while_the_clock_runs(
    database: Database, tmp_path: Path, unit: str, due: str, expected: dict[str, int]
) -> None:
    here = office(database, tmp_path)
    promise = {"promised_days": "5", "promised_unit": unit}
    accepted = {"event_id": "E1", "case_id": "C1", "status": "accepted", "occurred_at": "2026-03-02"}
    here.take([PROJECT], [CASE | promise], [accepted])
    here.tick(dt.date(2026, 3, 4))
    assert rows(database, "SELECT promised_due_on FROM case_standing") == [(number(due),)]
    for day, days_late in expected.items():
        assert beyond(database, dt.date.fromisoformat(day)) == days_late
    # A correction from the 11th to the 17th stops the promised clock; it is decided on Thursday the 19th.
    told = [("correction_started", "2026-03-11"), ("correction_ended", "2026-03-17"), ("approved", "2026-03-19")]
    for n, (status, on) in enumerate(told):
        here.take([], [], [accepted | {"event_id": f"X{n}", "status": status, "occurred_at": on}])
        here.tick(dt.date.fromisoformat(on))
        assert beyond(database, dt.date.fromisoformat(on)) == (2, 2, 4)[n]
    assert rows(database, "SELECT sum(beyond), sum(decided) FROM outcome") == [(4, 1)]
