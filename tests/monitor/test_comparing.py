"""Ranking, slowness and paths of an office that was swept: from its tables to documents."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.database import Database, upgrade
from monitor.reading.measured import Measures
from monitor.reading.measures import Wanted
from monitor.reading.viewer import EVERYONE, Viewer
from monitor.verbs import comparing
from monitor.verbs import measures as verbs
from rules.almanac import shipped
from tests.house.test_json_documents import documented, undocumented
from tests.monitor.sweeping import office
from tests.rules.oracle_case import Row

CALENDAR, DAY = shipped("33"), dt.date(2026, 11, 20)
SLOW, LATE_FROM = "局07", CALENDAR.add(DAY, -20)
PLACES = ("department_id", "department")


def day(n: int) -> str:
    """The n-th working day before DAY."""
    return CALENDAR.add(DAY, -n).isoformat()


def made_up() -> tuple[list[Row], list[Row], list[Row]]:
    """Made up: 12 departments that decide two cases of one item a day within 3 to 6 days, promised are 5; one of them
    takes twice as long in the last 20 days. A thirteenth decides one case."""
    projects, cases, events = [], [], []

    def case(number: str, department: str, begun: int, took: int) -> None:
        projects.append({"project_code": number, "coded_on": day(300), "kind": "filing", "region": "330106"})
        case = {"case_id": number, "project_code": number, "item_code": "B02", "stage": "planning"}
        cases.append(case | {"department": department, "promised_days": "5"})
        events.append({"event_id": f"{number}a", "case_id": number, "status": "accepted", "occurred_at": day(begun)})
        if begun - took >= 0:
            on = {"status": "approved", "occurred_at": day(begun - took)}
            events.append({"event_id": f"{number}d", "case_id": number, **on})

    for d in range(12):
        name = f"局{d:02d}"
        for n in range(280):
            took = 3 + (n * 7 + d * 3) % 4
            slowed = name == SLOW and n < 24  # also what was begun just before
            case(f"D{d:02d}-{n:03d}", name, n, 2 * took + 4 if slowed else took)
    case("D99-000", "局99", 40, 5)
    return projects, cases, events


@pytest.fixture(scope="module")
def measures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Measures]:
    folder: Path = tmp_path_factory.mktemp("compared")
    database = Database(f"sqlite:///{folder}/monitor.db")
    upgrade(database)
    here = office(database, folder)
    here.take(*made_up(), source="虚构")
    here.tick(DAY)
    yield here.reader().measures
    database.close()


def test_whoever_became_slower_is_named_and_nobody_else(measures: Measures) -> None:
    found = comparing.slower(measures, EVERYONE, Wanted(None, DAY, ()))
    assert [row["department"] for row in found["rows"] if row["slower"]] == [SLOW]
    assert found["rows"][0]["pace"] < 1 / 1.4
    assert len(found["rows"]) == 12
    assert [row["department"] for row in found["few"]] == []  # the thirteenth had nothing in the last weeks
    assert not undocumented(told("slower", found), documented("measures slower"))


def test_a_month_before_nobody_was(measures: Measures) -> None:
    """As a sweep of then would have it: a store of that day is not made here, so its decisions alone are asked."""
    before = Wanted(CALENDAR.add(DAY, -150), CALENDAR.add(DAY, -40), ())
    found = comparing.ranking(measures, EVERYONE, before)
    assert {row["verdict"] for row in found["rows"]} == {"within"}


def test_the_ranking_knows_who_is_beyond_and_who_decided_too_few(measures: Measures) -> None:
    wanted = Wanted(CALENDAR.add(DAY, -60), DAY, ())
    found = comparing.ranking(measures, EVERYONE, wanted)
    worst = found["rows"][0]
    assert (worst["department"], worst["place"], worst["verdict"]) == (SLOW, 1, "worse_998")
    assert {row["verdict"] for row in found["rows"][1:]} <= {"within", "better_95", "better_998"}
    assert [row["department"] for row in found["few"]] == ["局99"]
    rows = {row["department"]: row for row in verbs.attribution_rows(measures, EVERYONE, Wanted(wanted.since, DAY))}
    for row in found["rows"]:
        own = rows[row["department"]]
        assert (row["decided"], row["beyond"]) == (own["decided"], own["beyond"])
        assert math.isclose(row["per_case"], own["beyond"] / own["decided"])
    assert not undocumented(told("ranking", found), documented("measures ranking"))


def test_regions_are_ranked_only_where_that_is_asked_for(measures: Measures) -> None:
    found = comparing.ranking(measures, EVERYONE, Wanted(None, DAY, ()), regions=True)
    assert [row.get("region") for row in found["few"] + found["rows"]] == ["330106"]
    assert not any("department" in row for row in found["rows"])


def test_who_sees_no_sums_is_told_of_none(measures: Measures) -> None:
    nobody: Any = Viewer("one", regions=("99",))
    for ask in (comparing.ranking, comparing.slower):
        assert ask(measures, nobody, Wanted(None, DAY, ()))["rows"] == []
    assert comparing.path_rows(measures, nobody, Wanted(None, DAY, ())) == []
    assert comparing.departure_rows(measures, nobody, Wanted(None, DAY, ())) == []


def test_what_the_catalogue_wants_is_missed(measures: Measures) -> None:
    rows = comparing.departure_rows(measures, EVERYONE, Wanted(None, DAY, ()))
    assert {(row["pack"], row["item"]) for row in rows} == {("zhejiang-80", "B02")}
    assert {row["kind"] for row in rows} == {"missing"}
    with pytest.raises(ValueError, match="whole projects"):
        comparing.path_rows(measures, EVERYONE, Wanted(None, DAY, (), item="B02"))


def told(measure: str, found: dict[str, Any]) -> dict[str, Any]:
    return {"measure": measure, "since": None, "until": DAY.isoformat(), **found}
