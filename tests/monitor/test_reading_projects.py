"""The list of projects: each filter, sort and page, against plain Python over what the law says of the files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from monitor.database import Database
from monitor.reading.projects import COLUMNS, SORTS, ProjectQuery
from monitor.reading.viewer import EVERYONE
from rules.almanac import shipped as calendar_of
from rules.vocabulary import Light, Phase, Stage
from tests.monitor.canonical_files import CASE, EVENTS, PROJECT
from tests.monitor.looking import DAY, FINISHED, REPORTED, Json, World, unfinished
from tests.monitor.sweeping import office

EVERY = 1_000
OPEN = ("running", "correction", "procedure")
DATES = ("yellow_on", "red_on", "next_change")


def listed(world: World, day: dt.date = DAY, **query: Any) -> list[Json]:
    """The rows of the list, missing values as None."""
    page = world.reader.projects(EVERYONE, day, ProjectQuery(**({"limit": EVERY} | query)))
    assert list(page.rows.columns) == list(COLUMNS)
    assert page.total is not None
    assert page.total >= len(page.rows)
    return [{k: None if v != v else v for k, v in row.items()} for row in page.rows.to_dict("records")]


def codes(rows: list[Json]) -> set[str]:
    found = [row["project_code"] for row in rows]
    assert len(found) == len(set(found))
    return set(found)


def row_of(world: World, code: str, one: Json) -> Json:
    """The row that the list should have of a project."""
    told = world.projects[code]
    shown = {"yellow": "red_on", "green": "yellow_on"}.get(one["light"])
    return {
        "project_code": code,
        "name": told["name"],
        "region": told.get("region") or "",
        "kind": told.get("kind") or "",
        "agent": told["agent"],
        "investment": float(told["investment"]) if told["investment"] else None,
        "coded_on": dt.date.fromisoformat(told["coded_on"]),
        **{name: one[name] for name in ("phase", "stage", "light", "used")},
        **{name: dt.date.fromisoformat(one[name]) if one[name] else None for name in DATES},
        "held_by": "、".join(sorted({h["department"] for h in one["held_by"]})),
        "provisional": shown in one["provisional"],
        "calendar": one["calendar"]["region"],
        "unconfirmed": any(dt.date.fromisoformat(turn["on"]) > REPORTED for turn in one["turns"]),
    }


def test_unfinished_projects_come_first_with_everything_about_them(world: World) -> None:
    found = listed(world)
    told = unfinished(world.objects())
    assert codes(found) == set(told)
    for row in found:
        assert row == row_of(world, row["project_code"], told[row["project_code"]])
    assert [row["used"] for row in found] == sorted((row["used"] for row in found), reverse=True)
    assert {row["provisional"] for row in found} == {True, False}
    assert {row["unconfirmed"] for row in found} == {True, False}


@pytest.mark.parametrize("phase", ["unfinished", "", *(p.word for p in Phase)])
def test_by_phase(world: World, phase: str) -> None:
    objects = world.objects()
    told = {"unfinished": unfinished(objects), "": objects}.get(phase)
    if told is None:
        told = {code: one for code, one in objects.items() if one["phase"] == phase}
    assert codes(listed(world, phase=phase)) == set(told)


@pytest.mark.parametrize("light", [light.word for light in Light])
@pytest.mark.parametrize("phase", ["unfinished", ""])
def test_by_light(world: World, light: str, phase: str) -> None:
    objects = unfinished(world.objects()) if phase else world.objects()
    found = listed(world, light=light, phase=phase)
    assert codes(found) == {code for code, one in objects.items() if one["light"] == light}
    assert {row["light"] for row in found} <= {light}


@pytest.mark.parametrize("stage", [stage.word for stage in Stage][1:])
def test_by_stage(world: World, stage: str) -> None:
    told = {code for code, one in unfinished(world.objects()).items() if one["stage"] == stage}
    assert codes(listed(world, stage=stage)) == told


@pytest.mark.parametrize("region", ["33", "3301", "330381", "32", "99", "3_", "%"])
def test_by_region(world: World, region: str) -> None:
    told = {code for code in unfinished(world.objects()) if world.region(code).startswith(region)}
    assert codes(listed(world, region=region)) == told


def test_by_department_with_an_open_case(world: World) -> None:
    names = world.reader.department_names(EVERYONE)
    seen = 0
    for key, region, name in names.itertuples(index=False):
        told = {
            code
            for code, one in unfinished(world.objects()).items()
            if world.region(code) == region
            and any(c["state"] in OPEN and world.cases[c["case_id"]]["department"] == name for c in one["cases"])
        }
        assert codes(listed(world, department_id=int(key))) == told, name
        seen += bool(told)
    assert seen > 5


@pytest.mark.parametrize(
    "text", ["P00017-0", "Q0", "q0", "00017", "年产", "一期", "3%", "%", "_", "某某公司2", "公司", "   Q07 ", "nobody"]
)
def test_by_text_in_code_name_or_applicant(world: World, text: str) -> None:
    words = text.strip().casefold()
    told = {
        code
        for code in unfinished(world.objects())
        if code.casefold().startswith(words)
        or words in world.projects[code]["name"].casefold()
        or words in world.projects[code]["applicant"].casefold()
    }
    assert codes(listed(world, text=text)) == told


def test_all_filters_together(world: World) -> None:
    one = next(o for c, o in unfinished(world.objects()).items() if o["light"] == "red" and o["stage"] and c[0] == "P")
    code = one["project_code"]
    found = listed(world, light="red", stage=one["stage"], region=world.region(code), phase=one["phase"], text=code[:9])
    assert code in codes(found)
    assert all(row["stage"] == one["stage"] and row["phase"] == one["phase"] for row in found)


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("sort", [*SORTS, "used", "light"])
def test_every_column_sorts_and_pages_fit_together(world: World, sort: str, descending: bool) -> None:
    words: dict[str, Any] = {"light": Light, "phase": Phase, "stage": Stage}
    whole = listed(world, sort=sort, descending=descending)
    assert codes(whole) == set(unfinished(world.objects()))
    values = [row[sort] for row in whole]
    if sort in words:
        values = [words[sort][v.upper()] if v else None for v in values]
    told = [v for v in values if v is not None]
    assert values[len(told) :] == [None] * (len(values) - len(told)), "blanks come last"
    # Texts sort as the database has it: in the order of code points on SQLite, of its locale on PostgreSQL.
    if not (isinstance(told[0], str) and world.here.database.dialect == "postgresql"):
        assert told == sorted(told, reverse=descending)
    pages = [listed(world, sort=sort, descending=descending, offset=n, limit=17) for n in range(0, len(whole) + 17, 17)]
    assert [row for page in pages for row in page] == whole
    assert world.reader.projects(EVERYONE, DAY, ProjectQuery(offset=EVERY)).total == len(whole)
    query = ProjectQuery(limit=17, sort=sort, descending=descending, counted=False)
    rows_alone = world.reader.projects(EVERYONE, DAY, query)
    assert rows_alone.total is None
    assert rows_alone.rows["project_code"].tolist() == [row["project_code"] for row in whole[:17]]


@pytest.mark.parametrize("day", [DAY - dt.timedelta(1), dt.date(2025, 3, 31), dt.date(2023, 10, 7)], ids=str)
def test_on_a_past_day_rows_are_as_they_were(world: World, day: dt.date) -> None:
    told = unfinished(world.objects(day))
    found = listed(world, day)
    assert codes(found) == set(told)
    for row in found:
        assert row == row_of(world, row["project_code"], told[row["project_code"]])
    assert [row["used"] for row in found] == sorted((row["used"] for row in found), reverse=True)
    for light in ("red", "yellow"):
        lit = {code for code, one in told.items() if one["light"] == light}
        assert codes(listed(world, day, light=light)) == lit
    everything = world.objects(day)
    assert codes(listed(world, day, phase="")) == set(everything)
    assert {row["phase"] for row in listed(world, day, phase="")} & set(FINISHED)


def test_on_a_day_to_come_days_go_on(world: World) -> None:
    later = DAY + dt.timedelta(30)
    told = unfinished(world.objects(later))
    for row in listed(world, later):
        if row["project_code"] in told:
            one = told[row["project_code"]]
            assert (row["used"], row["light"]) == (one["used"], one["light"])


def test_a_record_of_long_ago_is_counted_like_any_other(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    accepted = EVENTS[0] | {"occurred_at": "1990-01-01"}
    here.take([PROJECT | {"coded_on": "1990-01-01"}], [CASE], [accepted])
    here.tick(DAY)
    told = here.objects(DAY)["P1"]
    page = here.reader().projects(EVERYONE, DAY, ProjectQuery())
    assert list(page.rows["used"]) == [told["used"]] == [calendar_of("33").count(dt.date(1990, 1, 1), DAY)]
    frame = here.reader().departments(EVERYONE, DAY)
    assert list(frame["share"]) == list(frame["sole"]) == [told["used"]]
    assert told["shares"]["发改"] == {"share": told["used"], "sole": told["used"]}
