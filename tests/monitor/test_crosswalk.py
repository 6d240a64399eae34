"""The way back into the exchange tables: pulled from there, all stands as it did; what they cannot say is listed.

Logs are made up.
"""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.database import Database, upgrade
from monitor.exchange import Exchange, ExchangeProfile, ExchangeRefused, exchange_profile
from monitor.exchange import portions as pages
from monitor.exchange.tables import CASES, NAMES, PROCEDURES, PROJECTS, RECORDS
from monitor.exchange.writing import into_database, into_folder
from monitor.reading.viewer import EVERYONE
from monitor.verbs.crosswalk import Crossed, crosswalk
from tests.monitor.canonical_files import MOMENT, ZONE, log_of
from tests.monitor.exchange_tables import Front, front
from tests.monitor.sweeping import Log, Rows, office
from tests.rules.generate import awkward_log

DAY = dt.date(2026, 11, 20)
PROJECT = {"project_code": "P1", "name": "喆堃", "region": "330100", "kind": "filing", "coded_on": "2026-03-02"}
CASE = {"case_id": "C1", "project_code": "P1", "item_code": "B01", "stage": "planning", "department": "自然资源"}
ACCEPTED = {"event_id": "E1", "case_id": "C1", "status": "accepted", "occurred_at": "2026-03-03"}


@pytest.fixture
def target(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Front]:
    """An empty database of the other kind than ours."""
    with front("postgresql" if database_url.startswith("sqlite") else "sqlite", request, tmp_path) as one:
        yield one


@pytest.fixture
def profile(tmp_path: Path) -> ExchangeProfile:
    """The shipped profile, with codes for the kinds of projects."""
    shipped = Path(pages.__file__).with_name("spgl.toml").read_text("utf-8")
    kinds = '[kinds]\n1 = "filing"\n2 = "verification"\n3 = "approval"\n4 = "government"\n5 = "low_risk"\n'
    (tmp_path / "own.toml").write_text(shipped.replace("[kinds]\n", kinds), "utf-8")
    return exchange_profile(str(tmp_path / "own.toml"))


def written(database: Database, target: Front, profile: ExchangeProfile) -> Crossed:
    exchange = Exchange(target.url)
    try:
        with into_database(exchange) as sink:
            return crosswalk(database, profile, sink, ZONE, viewer=EVERYONE, to="made up", clock=lambda: MOMENT)
    finally:
        exchange.close()


def works_of(row: dict[str, str]) -> str:
    """The works code of a case, unlike that of any other project."""
    return f"{row['project_code']}/{row['works_code']}" if row.get("works_code") else ""


def sayable(log: Log, profile: ExchangeProfile) -> Log:
    """The rows without what the tables have no room for; stages are those of their items."""
    projects = [
        {k: v for k, v in row.items() if k not in ("agent", "pack", "ended_on", "end_reason", "marks")}
        for row in log[0]
    ]
    kept = ("case_id", "project_code", "works_code", "item_code", "department", "promised_days")
    cases = [
        {k: v for k, v in row.items() if k in kept} | {"stage": stage.word, "works_code": works_of(row)}
        for row in log[1]
        if (stage := profile.stage_of(row.get("item_code", ""))) is not None
    ]
    for row in cases:
        row["promised_unit"] = "working_day" if row.get("promised_days") else ""
    there = {row["case_id"] for row in cases}
    columns = ("event_id", "case_id", "status", "occurred_at", "office", "handler", "procedure", "reason")
    statuses = {status.word for status in profile.statuses.values()} | set(profile.statuses)
    events = [
        {k: v for k, v in row.items() if k in columns}
        for row in log[2]
        if row["case_id"] in there and row["status"] in statuses
    ]
    recorded = {row["case_id"] for row in events}
    return projects, [row for row in cases if row["case_id"] in recorded], events


def test_a_pull_from_what_was_written_gives_the_same_standings(
    database: Database, target: Front, profile: ExchangeProfile, tmp_path: Path
) -> None:
    here = office(database, tmp_path)
    log = sayable(awkward_log(11, 30), profile)
    here.take(*log, source="spgl")
    done = written(database, target, profile)
    assert done.rows[RECORDS] == len(log[2])
    assert done.unsaid_of.keys() <= {"procedure"}  # ends that the order of starts does not tell apart
    unlike = {one.project_code for one in done.unsaid}

    again = Database(f"sqlite:///{tmp_path}/again.db")
    upgrade(again)
    pulled = target.pull(again, profile=profile)
    assert (pulled.outcome, pulled.refused) == ("landed", 0)
    there = office(again, tmp_path)
    for day in (DAY, dt.date(2025, 3, 31)):
        was, now = here.objects(day), there.objects(day)
        assert was.keys() == now.keys()
        assert len(was.keys() - unlike) > 8
        for code in was.keys() - unlike:
            assert now[code] == was[code], code
    before, after = log_of(database), log_of(again)
    assert after["cases"] == before["cases"]
    assert [row[1:6] for row in after["events"]] == [row[1:6] for row in before["events"]]
    again.close()


def test_what_cannot_be_said_is_listed(
    database: Database, target: Front, profile: ExchangeProfile, tmp_path: Path
) -> None:
    here = office(database, tmp_path)
    project = PROJECT | {"agent": "张三", "pack": "zhejiang-80", "ended_on": "2026-10-01", "end_reason": "terminated"}
    project |= {"marks": "standard_land"}
    case = CASE | {"stage": "construction", "item_name": "别名", "holder": "utility", "statutory_days": "20"}
    case |= {"promised_days": "5", "promised_unit": "natural_day", "clock_start": "received"}
    events: Rows = [
        ACCEPTED | {"entered_at": "2026-03-04", "basis": "依据", "approver": "局长"},
        {"event_id": "E2", "case_id": "C1", "status": "extended", "occurred_at": "2026-03-05", "days": "3"},
        {"event_id": "E3", "case_id": "C1", "status": "approved", "occurred_at": "2026-03-06"},
        {"event_id": "E4", "case_id": "C1", "status": "voided", "occurred_at": "2026-03-07", "voids": "E3"},
    ]
    here.take([project], [case, CASE | {"case_id": "C2"}], events)
    done = written(database, target, profile)
    listed = {(one.case_id, one.event_id, one.column, one.value) for one in done.unsaid}
    assert listed == {
        (None, None, "agent", "张三"),
        (None, None, "pack", "zhejiang-80"),
        (None, None, "ended_on", "2026-10-01"),
        (None, None, "end_reason", "terminated"),
        (None, None, "marks", "standard_land"),
        ("C1", None, "stage", "construction"),
        ("C1", None, "item_name", "别名"),
        ("C1", None, "holder", "utility"),
        ("C1", None, "statutory_days", "20"),
        ("C1", None, "promised_unit", "natural_day"),
        ("C1", None, "clock_start", "received"),
        ("C1", "E1", "entered_at", "2026-03-04"),
        ("C1", "E1", "basis", "依据"),
        ("C1", "E1", "approver", "局长"),
        ("C1", "E2", "days", "3"),
        ("C1", "E2", "status", "extended"),
        ("C2", None, "record", "none"),
    }
    assert dict(done.rows) == {PROJECTS: 1, CASES: 2, RECORDS: 1, PROCEDURES: 0}
    assert done.voided == 2  # the decision and its void


def test_works_that_bear_the_code_of_a_project_are_listed(
    database: Database, target: Front, profile: ExchangeProfile, tmp_path: Path
) -> None:
    """Its own, which in the tables stands for a project without works; and another's."""
    works = {"C1": "P1", "C2": "P2", "C3": "P1/一"}
    cases = [CASE | {"case_id": case, "works_code": code} for case, code in works.items()]
    events = [ACCEPTED | {"event_id": f"E{case}", "case_id": case} for case in works]
    office(database, tmp_path).take([PROJECT, PROJECT | {"project_code": "P2"}], cases, events)
    done = written(database, target, profile)
    assert [(one.case_id, one.value) for one in done.unsaid if one.column == "works_code"] == [
        ("C1", "P1"),
        ("C2", "P2"),
    ]


def test_ids_of_several_sources_are_told_apart(
    database: Database, target: Front, profile: ExchangeProfile, tmp_path: Path
) -> None:
    here = office(database, tmp_path)
    for source in ("甲", "乙"):
        here.take([PROJECT], [CASE], [ACCEPTED], source=source)
    assert not written(database, target, profile).unsaid
    with target.engine.connect() as connection:
        found = connection.exec_driver_sql(f'SELECT lsh, spsxslbm, gcdm FROM "{RECORDS}" ORDER BY lsh').all()
    assert sorted(map(tuple, found)) == [("乙:E1", "乙:C1", "P1"), ("甲:E1", "甲:C1", "P1")]


def test_tables_that_are_not_empty_are_left_alone(
    database: Database, target: Front, profile: ExchangeProfile, tmp_path: Path
) -> None:
    here = office(database, tmp_path)
    here.take([PROJECT], [CASE], [ACCEPTED])
    written(database, target, profile)
    with pytest.raises(ExchangeRefused, match=PROJECTS):
        written(database, target, profile)
    folder = tmp_path / "out"
    with into_folder(folder) as sink:
        crosswalk(database, profile, sink, ZONE, viewer=EVERYONE, to="made up", clock=lambda: MOMENT)
    with pytest.raises(ExchangeRefused, match=PROJECTS), into_folder(folder):
        pass


def test_csv_files_have_the_names_of_the_tables(database: Database, profile: ExchangeProfile, tmp_path: Path) -> None:
    office(database, tmp_path).take([PROJECT], [CASE], [ACCEPTED | {"occurred_at": "2026-03-03T23:30:00Z"}])
    with into_folder(tmp_path / "out") as sink:
        crosswalk(database, profile, sink, ZONE, viewer=EVERYONE, to="made up", clock=lambda: MOMENT)
    read = {}
    for name in NAMES:
        with (tmp_path / "out" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            read[name] = list(csv.DictReader(file))
    assert [(row["xmdm"], row["xmmc"], row["lxlx"]) for row in read[PROJECTS]] == [("P1", "喆堃", "1")]
    # Half past eleven at night in London's winter is half past seven of the next morning at the office.
    assert [(row["blzt"], row["blsj"]) for row in read[RECORDS]] == [("3", "2026-03-04 07:30:00")]
    assert read[PROCEDURES] == []


def test_what_fails_leaves_no_file(profile: ExchangeProfile, tmp_path: Path) -> None:
    def fails() -> None:
        with into_folder(tmp_path / "out") as sink:
            sink.add(PROJECTS, [{}])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert list((tmp_path / "out").iterdir()) == []


def test_tables_in_a_schema_of_their_own(
    sqlite_file: Path, request: pytest.FixtureRequest, profile: ExchangeProfile, tmp_path: Path
) -> None:
    shutil.copy(sqlite_file, tmp_path / "monitor.db")
    database, own = Database(f"sqlite:///{tmp_path}/monitor.db"), replace(profile, schema="qz")
    office(database, tmp_path).take([PROJECT], [CASE], [ACCEPTED], source="spgl")
    with front("postgresql", request, tmp_path) as target:
        target.run("CREATE SCHEMA qz")
        exchange = Exchange(target.url, "qz")
        with into_database(exchange) as sink:
            crosswalk(database, own, sink, ZONE, viewer=EVERYONE, to="made up", clock=lambda: MOMENT)
        with pytest.raises(ExchangeRefused, match=PROJECTS), into_database(exchange):
            pass
        exchange.close()
        assert target.pull(database, profile=own).counts["events"].known == 1
        with pytest.raises(ExchangeRefused, match=PROJECTS):
            target.pull(database, profile=profile)
    database.close()


def test_no_cell_of_the_csv_files_runs(database: Database, profile: ExchangeProfile, tmp_path: Path) -> None:
    run = [PROJECT | {"name": "=HYPERLINK(1)"}], [CASE | {"department": "@SUM(1)"}], [ACCEPTED]
    office(database, tmp_path).take(*run)
    with into_folder(tmp_path / "out") as sink:
        crosswalk(database, profile, sink, ZONE, viewer=EVERYONE, to="made up", clock=lambda: MOMENT)
    read = {}
    for name in (PROJECTS, CASES):
        with (tmp_path / "out" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            (read[name],) = csv.DictReader(file)
    assert read[PROJECTS]["xmmc"] == "'=HYPERLINK(1)"
    assert read[CASES]["spbmmc"] == "'@SUM(1)"
