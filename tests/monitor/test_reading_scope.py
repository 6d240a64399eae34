"""Of which projects a page asks what would be if: against plain Python over the files, on both databases."""

from __future__ import annotations

import datetime as dt

import pytest

from monitor.reading.viewer import EVERYONE
from monitor.verbs.whatif import what_if, what_if_each
from rules.whatif import Scenario
from tests.monitor.looking import DAY, World, unfinished
from tests.monitor.sweeping import dump

EARLIER = dt.date(2025, 3, 31)  # a sweep went on since


def asked(world: World, day: dt.date = DAY, **scope: object) -> set[str]:
    """Codes of the projects whose logs are given; they are as many as were counted."""
    logs, _rules = world.reader.unfinished_logs(EVERYONE, day, **scope)
    found = [code for log, _traits in logs for code in log.projects.code]
    assert world.reader.unfinished(EVERYONE, day, **scope) == len(found) == len(set(found))
    return set(found)


@pytest.mark.parametrize("day", [DAY, EARLIER])
def test_all_that_are_unfinished(world: World, day: dt.date) -> None:
    there = unfinished(world.objects(day)).keys()
    assert asked(world, day) == there
    assert 0 < len(there) < len(world.projects)


@pytest.mark.parametrize("region", ["33", "330106", "3301"])
def test_those_of_a_region_and_of_what_it_contains(world: World, region: str) -> None:
    there = {code for code in unfinished(world.objects()) if world.region(code).startswith(region)}
    assert asked(world, region=region) == there
    assert there


def test_those_with_a_case_of_a_department_open_or_closed(world: World) -> None:
    there, of = unfinished(world.objects()).keys(), dict[tuple[str, str], set[str]]()
    for row in world.cases.values():
        if row["project_code"] in there:
            of.setdefault((world.region(row["project_code"]), row["department"]), set()).add(row["project_code"])
    known = world.reader.department_names(EVERYONE)
    for key, region, name in known.itertuples(index=False):
        assert asked(world, department_id=key) == of.get((region, name), set()), (region, name)
    assert len({len(codes) for codes in of.values()}) > 1
    assert asked(world, department_id=int(known["department_id"].max()) + 1) == set()
    key, region, name = next(row for row in known.itertuples(index=False) if of.get((row[1], row[2])))
    assert asked(world, department_id=key, region=region or None) == of[region, name]


def test_names_by_code(world: World) -> None:
    some = sorted(world.projects)[:5]
    found = world.reader.project_names(EVERYONE, [*some, "NOPE"])
    assert found == {code: world.projects[code]["name"] for code in some}
    assert world.reader.project_names(EVERYONE, []) == {}


def test_asking_what_would_be_writes_nothing(world: World) -> None:
    before = dump(world.here.database)
    for verb, scenario in ((what_if, Scenario(promises=True)), (what_if, Scenario(red=60)), (what_if_each, Scenario())):
        logs, rules = world.reader.unfinished_logs(EVERYONE, DAY, region="33")
        assert verb(logs, rules, DAY, scenario)["before"]["projects"] > 20
    assert dump(world.here.database) == before
