"""The exchange tables pulled from PostgreSQL and SQLite into both. Rows are made up; what is expected is written by
hand, from the national table of codes and from a calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.database import Database, downgrade, upgrade
from monitor.exchange import ExchangeRefused
from monitor.exchange import portions as pages
from monitor.exchange.tables import CASES, NAMES, PROCEDURES, PROJECTS, RECORDS
from monitor.reading.batches import batches
from monitor.reading.horizon import horizon
from monitor.reading.rewinding import reported_until
from monitor.reading.sources import sources
from monitor.reading.viewer import EVERYONE
from monitor.text import use_language
from tests.monitor.canonical_files import MOMENT, ZONE, log_of, rows
from tests.monitor.exchange_tables import CASE, PROJECT, SMALL, Front, at, front, record
from tests.monitor.sweeping import RULES, office

DAY = dt.timedelta(1)
DAY_OF = dt.date(2026, 11, 20)
FIRST = dt.date(1970, 1, 1)


@pytest.fixture
def source(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Front]:
    """Exchange tables in the other kind of database than ours."""
    with front("postgresql" if database_url.startswith("sqlite") else "sqlite", request, tmp_path) as one:
        yield one


def events(database: Database) -> dict[str, tuple[object, ...]]:
    """Status, day and procedure of each event that is known and not of an edit."""
    known = log_of(database)["events"]
    return {row[1]: (row[4], FIRST + dt.timedelta(row[5]), row[11]) for row in known}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_rows_become_projects_cases_and_events(
    database: Database, kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with front(kind, request, tmp_path) as source:
        done = source.make().pull(database)
        assert (done.outcome, done.refused, done.touched, done.since) == ("landed", 0, 1, None)
        assert done.reported_until == dt.date(2026, 11, 20)  # of the moment at which it was asked
        again = source.pull(database, whole=True)
    log = log_of(database)
    day = (dt.date(2026, 3, 2) - FIRST).days
    assert log["projects"] == [
        ("P1", "陶喆堃厂房", "330100", "", "3011", "某某堃公司", "", "", day, 1200, "", None, None)
    ]
    assert log["cases"] == [
        ("spgl", "C1", "P1", "", "B01", "", 2, "330100", "自然资源", 0, None, None, 7, 0, None)
    ]  # B01 设计方案审查 is of the planning stage
    assert [row[1:8] + row[9:11] for row in log["events"]] == [
        ("1", "C1", "P1", 1, day + 1, "2026-03-03T10:00:00", None, "窗口", "王喆"),
        ("2", "C1", "P1", 3, day + 2, "2026-03-04T11:30:00", None, "窗口", "王喆"),
        ("3", "C1", "P1", 11, day + 11, "2026-03-13", None, "窗口", "王喆"),
    ]
    assert (again.outcome, again.touched, again.batches) == ("nothing", 0, [])
    assert log_of(database) == log
    assert rows(database, "SELECT count(*) FROM batch") == [(1,)]


def test_the_works_code_and_who_is_the_project(database: Database, source: Front) -> None:
    """Two works of one project: the project is its earliest row; a works code that is the project's own is none."""
    source.make({PROJECTS: [PROJECT, PROJECT | {"lsh": "2", "gcdm": "P1-A", "sbsj": at("2026-05-01"), "ztze": 7}]})
    source.add(CASES, CASE, CASE | {"spsxslbm": "C2", "spsxbm": "C09", "spbmmc": None, "sxblsx": None})
    source.add(RECORDS, record(1, 3, "2026-03-04"), record(2, 3, "2026-05-06", case="C2", works="P1-A"))
    assert source.pull(database).outcome == "landed"
    log = log_of(database)
    assert [(row[0], row[9]) for row in log["projects"]] == [("P1", 1200)]
    found = {row[1]: (row[3], row[6], row[8], row[12], row[13]) for row in log["cases"]}
    assert found == {"C1": ("", 2, "自然资源", 7, 0), "C2": ("P1-A", 3, "D1", None, None)}


def test_only_works_with_something_new_are_read_again(database: Database, source: Front) -> None:
    source.make()
    source.add(PROJECTS, PROJECT | {"lsh": "2", "xmdm": "P2", "gcdm": "P2"})
    source.add(CASES, CASE | {"spsxslbm": "C2"})
    source.add(RECORDS, record(20, 3, "2026-11-18", case="C2", works="P2"))
    assert source.pull(database).since is None
    # An edit of P1, long past, is not looked at; what came with something new is, whatever day it speaks of.
    source.change(RECORDS, "3", blsj=at("2026-03-16"))
    source.add(RECORDS, record(21, 1, "2026-02-03", case="C2", works="P2"))
    source.add(RECORDS, record(22, 11, "2026-11-21T09:00:00", case="C2", works="P2"))
    done = source.pull(database, MOMENT + DAY)
    assert done.since == dt.date(2026, 11, 15)  # three days before the last record
    assert (done.read[RECORDS], done.counts["events"].added, done.touched) == (3, 2, 1)
    assert events(database)["21"] == (1, dt.date(2026, 2, 3), None)
    assert events(database)["3"][1] == dt.date(2026, 3, 13)
    later = source.pull(database, MOMENT + 8 * DAY)
    assert later.since is None  # a week after the last whole reading everything is looked at again
    assert (later.counts["events"].changed, events(database)["3"][1]) == (1, dt.date(2026, 3, 16))


def test_a_source_that_fell_silent_is_read_from_where_it_did(database: Database, source: Front) -> None:
    source.make().pull(database)
    for days in (1, 2, 3):
        source.pull(database, MOMENT + days * DAY)
    source.add(RECORDS, record(4, 15, "2026-03-14"))  # the backlog begins the day after the last record
    done = source.pull(database, MOMENT + 4 * DAY)
    assert (done.since, done.counts["events"].added) == (dt.date(2026, 3, 10), 1)


def test_a_pull_says_until_when_even_where_nothing_is_new(database: Database, source: Front) -> None:
    source.make().pull(database)
    done = source.pull(database, MOMENT + DAY)
    assert (done.outcome, done.reported_until, done.touched) == ("landed", dt.date(2026, 11, 21), 0)
    assert source.pull(database, MOMENT + DAY).outcome == "nothing"


def test_many_portions_and_a_case_whose_records_lie_in_several(
    database: Database, source: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "WORKS", 2)
    works = {n: {"lsh": str(n), "xmdm": f"P{n % 7 or 1}", "gcdm": f"G{n}"} for n in range(1, 8)}  # G1, G7: of P1
    source.make({PROJECTS: [PROJECT | one for one in works.values()]})
    source.add(CASES, *(CASE | {"spsxslbm": f"C{n}"} for n in range(1, 8)))
    source.add(RECORDS, *(record(n, 3, "2026-03-04", case=f"C{n}", works=f"G{n}") for n in range(1, 8)))
    source.add(RECORDS, record(99, 11, "2026-03-09", case="C1", works="G7"))
    done = source.pull(database)
    assert (done.outcome, len(done.batches), done.touched) == ("landed", 4, 7)
    assert {row[1]: row[3] for row in log_of(database)["cases"]} == {f"C{n}": f"G{n}" for n in range(1, 8)}
    assert source.pull(database, whole=True).outcome == "nothing"


def test_special_procedures_are_of_the_kind_that_their_table_says(database: Database, source: Front) -> None:
    source.make(SMALL | {RECORDS: [record(1, 3, "2026-03-04")]})
    source.add(RECORDS, record(2, 9, "2026-03-05"), record(3, 10, "2026-03-10"), record(4, 9, "2026-03-11"))
    named = {"spsxslbm": "C1", "tbcxsxlx": 1, "tbcxsx": 10, "sjyxbs": 1}
    source.add(PROCEDURES, named | {"lsh": "a", "tbcx": 8, "tbcxmc": "组织专家评审会", "tbcxkssj": at("2026-03-05")})
    source.add(PROCEDURES, named | {"lsh": "b", "tbcx": 8, "tbcxmc": "其他", "tbcxkssj": at("2026-03-20")})
    source.add(PROCEDURES, named | {"lsh": "c", "tbcx": 1, "tbcxmc": "听证", "tbcxkssj": at("2026-04-01")})
    source.pull(database)
    found = events(database)
    assert found == {
        "1": (3, dt.date(2026, 3, 4), None),
        "2": (9, dt.date(2026, 3, 5), 8),  # expert review
        "3": (10, dt.date(2026, 3, 10), 8),
        "4": (9, dt.date(2026, 3, 11), 13),  # the next one in order of time: another one
        "tbc:c": (9, dt.date(2026, 4, 1), 1),  # a hearing that no record starts
    }
    source.add(RECORDS, record(5, 9, "2026-04-01"))
    source.pull(database, whole=True)
    assert events(database)["5"] == (9, dt.date(2026, 4, 1), 1)
    assert "tbc:c" not in events(database)  # it is told by a record now; what stood alone is voided


def test_fourteen_and_fifteen_are_what_the_profile_says(database: Database, source: Front, tmp_path: Path) -> None:
    from monitor.exchange import exchange_profile

    shipped = Path(pages.__file__).with_name("spgl.toml").read_text("utf-8")
    swapped = shipped.replace('14 = "withdrawn"', '14 = "revoked"').replace('15 = "revoked"', '15 = "withdrawn"')
    (tmp_path / "own.toml").write_text(swapped.replace("[cases.stages]", '[cases.stages]\n"Q-*" = "planning"'), "utf-8")
    source.make(SMALL | {CASES: [CASE | {"spsxbm": "Q-17"}], RECORDS: [record(1, 3, "2026-03-04")]})
    source.add(RECORDS, record(2, 14, "2026-03-05"), record(3, 15, "2026-03-06"))
    profile = exchange_profile(str(tmp_path / "own.toml"))
    assert source.pull(database, profile=profile).outcome == "landed"
    assert [events(database)[key][0] for key in "23"] == [15, 14]
    assert log_of(database)["cases"][0][4:7] == ("Q-17", "", 2)


def test_wrong_rows_are_refused_by_table_key_column_and_value(database: Database, source: Front) -> None:
    source.make()
    source.add(CASES, CASE | {"spsxslbm": "C2", "spsxbm": "没有的事项"}, CASE | {"spsxslbm": "C3", "sxblsx": -4})
    source.add(RECORDS, record(10, 3, "2026-03-04", case="C2"), record(11, 3, "2026-03-04", case="C3"))
    source.add(RECORDS, record(12, 99, "2026-03-04"), record(13, 3, None), record(14, 3, "2026-03-04", case="C9"))
    source.add(RECORDS, record(15, 3, "2026-03-04", case="C4", works="G9"), record(16, 3, "2026-03-04", works=None))
    source.add(CASES, CASE | {"spsxslbm": "C4"})
    before = log_of(database)
    done = source.pull(database)
    assert (done.outcome, done.batches, log_of(database)) == ("refused", [], before)
    told = {(r.file, r.key, r.column, r.value, r.code) for r in done.refusals}
    assert told == {
        (CASES, "C2", "spsxbm", "没有的事项", "word"),
        (CASES, "C3", "sxblsx", "-4", "whole"),
        (CASES, "C4", f"{RECORDS}.gcdm", "G9", "unknown_project"),
        (RECORDS, "10", "spsxslbm", "C2", "unknown_case"),
        (RECORDS, "11", "spsxslbm", "C3", "unknown_case"),
        (RECORDS, "12", "blzt", "99", "word"),
        (RECORDS, "13", "blsj", "", "required"),
        (RECORDS, "14", "spsxslbm", "C9", "unknown_case"),
        (RECORDS, "15", "spsxslbm", "C4", "unknown_case"),
    }
    stage = next(r for r in done.refusals if r.column == "spsxbm")
    assert "A01" in stage.allowed
    with use_language("en"):
        assert str(stage).startswith(f"{CASES}, C2: spsxbm '没有的事项'")
    assert "12, 13, 14, 15" in next(r for r in done.refusals if r.column == "blzt").allowed

    some = source.pull(database, partial=True)
    assert (some.outcome, some.refused) == ("partial", 9)
    assert sorted(events(database)) == ["1", "16", "2", "3"]
    kept = rows(database, "SELECT file, sha256, row, content FROM refused_row")
    assert len(kept) == len({row[1] for row in kept}) == 9
    again = source.pull(database, partial=True, whole=True)
    assert (again.refused, len(rows(database, "SELECT * FROM refused_row"))) == (9, 9)  # set aside once


def test_a_works_that_two_projects_claim_is_refused(database: Database, source: Front) -> None:
    source.make().add(PROJECTS, PROJECT | {"lsh": "2", "xmdm": "P2"})
    done = source.pull(database)
    assert [(r.key, r.column, r.value, r.code) for r in done.refusals[:1]] == [
        ("C1", f"{RECORDS}.gcdm", "P1", "shared_works")
    ]
    assert "P1, P2" in done.refusals[0].reason


def test_rows_that_are_not_valid_are_not_taken_and_are_taken_back(database: Database, source: Front) -> None:
    source.make()
    source.add(PROJECTS, PROJECT | {"lsh": "2", "xmdm": "P2", "gcdm": "P2", "sjyxbs": 0})
    source.add(CASES, CASE | {"spsxslbm": "C2"})
    source.add(RECORDS, record(20, 3, "2026-03-04", case="C2", works="P2"), record(4, 15, "2026-03-16", sjyxbs=0))
    done = source.pull(database)
    assert (done.outcome, done.refused) == ("landed", 0)
    assert dict(done.invalid) == {PROJECTS: 1, RECORDS: 1}  # as marked; record 20 goes with its project
    assert sorted(events(database)) == ["1", "2", "3"]
    source.change(RECORDS, "3", sjyxbs=0)
    (batch,) = source.pull(database, whole=True).batches
    assert sorted(events(database)) == ["1", "2", f"3~{batch}", f"3~{batch}!"]
    source.change(RECORDS, "3", sjyxbs=1)
    source.pull(database, whole=True)
    assert events(database)["3"] == (11, dt.date(2026, 3, 13), None)


def test_what_has_no_record_yet_is_counted(database: Database, source: Front) -> None:
    source.make().add(CASES, CASE | {"spsxslbm": "C2"})
    assert dict(source.pull(database).without_records) == {CASES: 1, PROCEDURES: 0}


@pytest.mark.parametrize("name", NAMES)
def test_a_table_that_is_not_there_is_named(database: Database, source: Front, name: str) -> None:
    source.make().run(f'DROP TABLE "{name}"')
    with pytest.raises(ExchangeRefused, match=name):
        source.pull(database)


def test_a_column_that_is_not_there_is_named_and_others_are_passed_over(database: Database, source: Front) -> None:
    source.make().run(f'ALTER TABLE "{RECORDS}" ADD COLUMN qtzd TEXT')
    source.run(f'ALTER TABLE "{RECORDS}" DROP COLUMN blr')  # may be missing
    assert source.pull(database).outcome == "landed"
    source.run(f'ALTER TABLE "{RECORDS}" DROP COLUMN blsj')
    with pytest.raises(ExchangeRefused, match=rf"{RECORDS}\.blsj"):
        source.pull(database)


def test_names_in_capitals_and_dates_as_texts(database: Database, source: Front) -> None:
    source.run("CREATE TABLE spgl_xmjbxxb (LSH VARCHAR(9), XMDM VARCHAR(9), GCDM VARCHAR(9), SBSJ VARCHAR(30))")
    source.run("CREATE TABLE spgl_xmspsxblxxb (SPSXSLBM VARCHAR(9), SPSXBM VARCHAR(9), SPBMMC VARCHAR(9))")
    source.run(
        "CREATE TABLE spgl_xmspsxblxxxxb "
        "(LSH INTEGER, GCDM VARCHAR(9), SPSXSLBM VARCHAR(9), BLZT VARCHAR(9), BLSJ VARCHAR(30))"
    )
    source.run(
        "CREATE TABLE spgl_xmspsxbltbcxxxb (LSH INTEGER, SPSXSLBM VARCHAR(9), TBCX INTEGER, TBCXKSSJ VARCHAR(30))"
    )
    source.run("INSERT INTO spgl_xmjbxxb VALUES ('1', 'P1', 'P1', '2026-03-02 08:00:00')")
    source.run("INSERT INTO spgl_xmspsxblxxb VALUES ('C1', 'B01', '规划局')")
    source.run("INSERT INTO spgl_xmspsxblxxxxb VALUES (1, 'P1', 'C1', '3', '2026-03-04 11:30:00.0')")
    source.run("INSERT INTO spgl_xmspsxblxxxxb VALUES (2, 'P1', 'C1', '11', '去年')")
    done = source.pull(database, partial=True)
    assert [(r.key, r.column, r.value) for r in done.refusals] == [("2", "blsj", "去年")]
    assert events(database) == {"1": (3, dt.date(2026, 3, 4), None)}
    source.run("INSERT INTO spgl_xmspsxblxxxxb VALUES (3, 'P1', 'C1', '11', '2020-01-02')")  # the highest key so far
    assert source.pull(database, MOMENT + DAY, partial=True).counts["events"].added == 1


def test_without_its_mark_a_pull_reads_everything_again(database: Database, source: Front) -> None:
    source.make().pull(database)
    downgrade(database, "0009")
    assert len(rows(database, "SELECT * FROM event")) == 3
    upgrade(database)
    done = source.pull(database)
    assert (done.outcome, done.since, done.counts["events"].known) == ("nothing", None, 3)


def test_a_dry_run_writes_nothing_and_lists_the_refusals(
    database: Database, source: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "WORKS", 1)
    source.make()
    source.add(PROJECTS, PROJECT | {"lsh": "2", "xmdm": "P2", "gcdm": "P2"})
    source.add(RECORDS, record(9, 98, "2026-03-04"), record(10, 3, "2026-03-04", case="C7", works="P2"))
    done = source.pull(database, dry_run=True)
    assert (done.outcome, done.batches, len(done.refusals)) == ("refused", [], 1)  # it ends where the pull would
    assert rows(database, "SELECT * FROM source") == rows(database, "SELECT * FROM pull_mark") == []
    fine = source.pull(database, dry_run=True, partial=True)
    assert (fine.outcome, fine.counts["events"].added, len(fine.refusals)) == ("partial", 3, 2)
    assert rows(database, "SELECT * FROM batch") == []


def test_a_refused_portion_ends_the_pull_and_the_next_goes_on_there(
    database: Database, source: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "WORKS", 1)
    source.make()
    source.add(PROJECTS, *(PROJECT | {"lsh": str(n), "xmdm": f"P{n}", "gcdm": f"P{n}"} for n in (2, 3)))
    source.add(CASES, *(CASE | {"spsxslbm": f"C{n}"} for n in (2, 3)))
    source.add(
        RECORDS, *(record(10 * n, 97 if n == 2 else 3, "2026-03-04", case=f"C{n}", works=f"P{n}") for n in (2, 3))
    )
    done = source.pull(database)
    assert (done.outcome, len(done.batches), sorted(events(database))) == ("refused", 1, ["1", "2", "3"])
    assert rows(database, "SELECT position, whole_on FROM pull_mark") == [("P1", None)]
    # While it is not through, nothing is confirmed, and no day is said.
    assert rows(database, "SELECT reported_until FROM source") == [(0,)]
    assert done.reported_until is None
    with database.reading() as connection:
        assert [one.reported_until for one in batches(connection)] == [None]
        assert [one.reported_until for one in sources(connection, RULES.calendar(""), ZONE, DAY_OF, None)] == [None]
        assert horizon(connection, EVERYONE, RULES.calendar(""), demo=False, office="").data_until is None
        assert reported_until(connection, MOMENT) is None
    source.change(RECORDS, "20", blzt=3)
    more = source.pull(database, MOMENT + DAY)
    assert (more.outcome, more.resumed, sorted(events(database))) == ("landed", True, ["1", "2", "20", "3", "30"])
    # It tells until the day on which it began, and not until that on which it was resumed.
    assert more.reported_until == dt.date(2026, 11, 20)
    assert rows(database, "SELECT position FROM pull_mark") == [(None,)]


def test_a_pulled_project_stands_as_one_from_files(database: Database, source: Front, tmp_path: Path) -> None:
    source.make().pull(database)
    here = office(database, tmp_path)
    here.tick(dt.date(2026, 11, 20))
    (one,) = here.objects(dt.date(2026, 11, 20)).values()
    # Accepted on Wednesday 4 March, decided on Friday 13 March: 5, 6, 9, 10, 11, 12, 13.
    assert (one["used"], one["light"], one["cases"][0]["promised"]["used"]) == (7, "green", 7)
