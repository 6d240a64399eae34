"""Counts of lights, turns and the horizon, against plain Python over what the law says of the files."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pytest

from monitor.reading.viewer import EVERYONE
from rules.almanac import shipped as calendar_of
from rules.vocabulary import Light
from tests.monitor.looking import DAY, REPORTED, WEEKS, World, unfinished

LIGHTS = [light.word for light in Light]


def on(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def test_the_world_has_something_of_everything(world: World) -> None:
    objects = world.objects()
    assert {one["light"] for one in objects.values()} == set(LIGHTS)
    assert {one["phase"] for one in objects.values()} >= {"running", "stopped", "waiting_owner", "finished"}
    assert len(world.projects) > len(objects) > 60  # some are coded later
    assert any("works" in one for one in objects.values())


@pytest.mark.parametrize("region", [None, "33", "3301", "330381", "32", "99"])
@pytest.mark.parametrize("day", [DAY, dt.date(2025, 3, 31), dt.date(2024, 2, 9)], ids=str)
def test_unfinished_projects_by_light(world: World, day: dt.date, region: str | None) -> None:
    found = world.reader.lights(EVERYONE, day, region=region)
    told = unfinished(world.objects(day))
    for code, now in world.objects().items():  # a case that cannot be judged now is grey in the past as well
        if code in told and told[code]["light"] == "green" and not now["judged"]:
            told[code] = told[code] | {"light": "grey"}
    count = Counter(one["light"] for code, one in told.items() if world.region(code).startswith(region or ""))
    assert list(found.columns) == ["light", "n"]
    assert sorted(found["light"]) == sorted(LIGHTS)
    assert dict(zip(found["light"], found["n"], strict=True)) == {light: count[light] for light in LIGHTS}
    assert region == "99" or sum(found["n"]) > 0


@pytest.mark.parametrize("region", [None, "3301"])
def test_unfinished_projects_by_stage_and_light(world: World, region: str | None) -> None:
    found = world.reader.lights_by_stage(EVERYONE, DAY, region=region)
    told = Counter(
        (one["stage"], one["light"])
        for code, one in unfinished(world.objects()).items()
        if one["stage"] and world.region(code).startswith(region or "")
    )
    assert {(row.stage, row.light): row.n for row in found.itertuples()} == dict(told)
    assert len(told) > 3


@pytest.mark.parametrize("region", [None, "33"])
def test_red_and_yellow_at_the_end_of_each_week(world: World, region: str | None) -> None:
    found = world.reader.lights_by_week(EVERYONE, DAY, weeks=178, region=region)
    assert len(found) == 356
    assert found["week_end"].max() == DAY
    steps = {(row.week_end, row.light): row.n for row in found.itertuples()}
    for end in WEEKS:
        told = Counter(
            one["light"]
            for code, one in unfinished(world.objects(end)).items()
            if world.region(code).startswith(region or "")
        )
        assert (steps[end, "red"], steps[end, "yellow"]) == (told["red"], told["yellow"]), end
    assert len(set(steps.values())) > 3


def coming(world: World, region: str | None) -> list[tuple[Any, ...]]:
    """The turns ahead, from the documents."""
    out = []
    for code, one in unfinished(world.objects()).items():
        if one["light"] == "none" or not world.region(code).startswith(region or ""):
            continue
        held = "、".join(sorted({h["department"] for h in one["held_by"]}))
        for light in ("yellow", "red"):
            turns_on = on(one[f"{light}_on"])
            if turns_on and turns_on > DAY:
                name, stage = world.projects[code]["name"], one["stage"]
                guessed = f"{light}_on" in one["provisional"]
                out.append((turns_on, light, code, name, world.region(code), stage, held, one["used"], guessed))
    return sorted(out, key=lambda row: (row[0], row[2], row[1]))


@pytest.mark.parametrize("region", [None, "330106"])
def test_what_will_turn_next(world: World, region: str | None) -> None:
    told = coming(world, region)
    found = world.reader.turning_next(EVERYONE, DAY, limit=1000, region=region)
    names = ["on", "to", "project_code", "name", "region", "stage", "held_by", "used", "provisional"]
    assert list(found.columns) == names
    rows = [tuple(None if v != v else v for v in row) for row in found.itertuples(index=False, name=None)]
    assert sorted(rows, key=lambda row: (row[0], row[2], row[1])) == told
    assert list(found["on"]) == sorted(found["on"])
    if region is None:
        assert len(told) > 5
        assert {row[-1] for row in told} == {True, False}
        few = world.reader.turning_next(EVERYONE, DAY, limit=3)
        assert list(few["on"]) == [row[0] for row in told[:3]]


def turned(world: World, since: dt.date, until: dt.date, region: str | None) -> list[tuple[Any, ...]]:
    """The turns in a period, from the documents."""
    out = []
    for code, one in world.objects().items():
        before = "green"
        for turn in one["turns"]:
            day = dt.date.fromisoformat(turn["on"])
            if since < day <= until and world.region(code).startswith(region or ""):
                row = (day, before, turn["light"], code, world.projects[code]["name"], world.region(code))
                out.append((*row, one["stage"], day > REPORTED))
            before = turn["light"]
    return sorted(out, key=lambda row: (-row[0].toordinal(), row[3]))


@pytest.mark.parametrize("region", [None, "33"])
@pytest.mark.parametrize(
    ("since", "until"),
    [
        (dt.date(2026, 10, 31), DAY),
        (dt.date(2021, 1, 1), DAY),
        (dt.date(2024, 1, 1), dt.date(2024, 12, 31)),
        (DAY, DAY),
    ],
)
def test_what_turned_in_a_period(world: World, since: dt.date, until: dt.date, region: str | None) -> None:
    told = turned(world, since, until, region)
    found = world.reader.turned(EVERYONE, since, until, limit=10_000, region=region)
    names = ["on", "from", "to", "project_code", "name", "region", "stage", "unconfirmed"]
    assert list(found.columns) == names
    rows = [tuple(None if v != v else v for v in row) for row in found.itertuples(index=False, name=None)]
    assert sorted(rows, key=lambda row: (-row[0].toordinal(), row[3], row[2] == "red")) == told
    assert list(found["on"]) == sorted(found["on"], reverse=True)
    few = world.reader.turned(EVERYONE, since, until, limit=2, region=region)
    assert list(few["on"]) == [row[0] for row in told[:2]]
    if since == dt.date(2021, 1, 1):
        assert {row[-1] for row in told} == {True, False}


def test_the_horizon(world: World) -> None:
    found = world.reader.horizon(EVERYONE)
    assert (found.data_until, found.swept_as_of, found.pending) == (REPORTED, DAY, 0)
    assert found.known_until == calendar_of("33").known_until
    assert found.swept_at is not None
    assert found.swept_at.utcoffset() == dt.timedelta(0)
    assert (found.demo, found.office) == (False, "某委")


def test_places_and_departments(world: World) -> None:
    regions = world.reader.regions(EVERYONE)
    codes = sorted({row.get("region") or "" for row in world.projects.values()} - {""})
    assert list(regions["region"]) == codes
    assert dict(zip(regions["region"], regions["name"], strict=True))["33"] == "某省"
    found = world.reader.department_names(EVERYONE)
    told = {(world.region(row["project_code"]), row["department"]) for row in world.cases.values()}
    assert set(zip(found["region"], found["name"], strict=True)) == told
    assert found["department_id"].is_unique


def test_an_empty_database_answers_too(database: Any) -> None:
    from tests.monitor.sweeping import RULES, Clock, Office

    reader = Office(database, None, Clock(), RULES).reader()  # type: ignore[arg-type]
    assert sum(reader.lights(EVERYONE, DAY)["n"]) == 0
    for frame in (
        reader.lights_by_stage(EVERYONE, DAY),
        reader.turning_next(EVERYONE, DAY),
        reader.turned(EVERYONE, DAY, DAY),
        reader.departments(EVERYONE, DAY),
        reader.regions(EVERYONE),
        reader.department_names(EVERYONE),
    ):
        assert len(frame) == 0
    assert set(reader.lights_by_week(EVERYONE, DAY)["n"]) == {0}
    found = reader.horizon(EVERYONE)
    assert (found.data_until, found.swept_at, found.swept_as_of, found.pending) == (None, None, None, 0)
    assert reader.project(EVERYONE, "P1", DAY) is None
    assert reader.status(EVERYONE, None, DAY) == ([], [])
    assert reader.status(EVERYONE, ["P1"], DAY) == ([], ["P1"])
