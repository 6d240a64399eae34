"""What a source edits in place: a void and a new event; what was known before stays, corrections say what changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.database import Database, integrity
from monitor.differences import why
from monitor.exchange.tables import CASES, PROCEDURES, PROJECTS, RECORDS
from monitor.reading.causes.cause import Asked
from monitor.reading.corrections import corrections
from monitor.reading.health import health
from monitor.reading.viewer import EVERYONE
from monitor.text import use_language
from monitor.verbs.undo import undo
from tests.monitor.canonical_files import MOMENT, ZONE, log_of, rows
from tests.monitor.exchange_tables import CASE, PROJECT, Front, at, front, record
from tests.monitor.sweeping import RULES, office

DAY = dt.timedelta(1)


@pytest.fixture
def source(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Front]:
    """Exchange tables in the other kind of database than ours, pulled once."""
    with front("postgresql" if database_url.startswith("sqlite") else "sqlite", request, tmp_path) as one:
        yield one.make()


def told(database: Database) -> dict[str, tuple[Any, ...]]:
    """Status, moment and what it voids or confirms, of each known event."""
    return {row[1]: (row[4], row[6][:10], row[17] or row[18]) for row in log_of(database)["events"]}


def corrected(database: Database) -> list[dict[str, Any]]:
    with database.reading() as connection:
        return corrections(Asked(connection, RULES, ZONE), [1])


def test_an_edit_keeps_what_was_said_and_voids_it(database: Database, source: Front, tmp_path: Path) -> None:
    source.pull(database)
    here = office(database, tmp_path)
    before = here.objects(dt.date(2026, 11, 20), MOMENT)
    source.change(RECORDS, "3", blsj=at("2026-03-16"))
    done = source.pull(database, MOMENT + DAY, whole=True)
    assert (done.outcome, done.counts["events"].changed, done.touched) == ("landed", 1, 1)
    (batch,) = done.batches
    assert told(database) == {
        "1": (1, "2026-03-03", None),
        "2": (3, "2026-03-04", None),
        "3": (11, "2026-03-16", None),
        f"3~{batch}": (11, "2026-03-13", None),
        f"3~{batch}!": (23, "2026-11-21", f"3~{batch}"),
    }
    # A key that was given out is never given out again: the batch says how far they go.
    assert rows(database, "SELECT max(id) FROM event") == rows(database, "SELECT max(last_event) FROM batch")
    assert source.pull(database, MOMENT + DAY, whole=True).outcome == "nothing"
    assert integrity(database) == []
    with database.reading() as connection:
        assert health(connection, EVERYONE).troubles == {}

    now = here.objects(dt.date(2026, 11, 20))["P1"]
    # From Wednesday 4 March to Monday 16 March: one day more than to Friday 13 March.
    assert (before["P1"]["used"], now["used"]) == (7, 8)
    assert here.objects(dt.date(2026, 11, 20), MOMENT) == before


@pytest.mark.parametrize("back", [False, True])
def test_a_pause_that_was_told_in_time_is_not_late_because_it_was_edited(
    database: Database, source: Front, tmp_path: Path, back: bool
) -> None:
    """Stopped on the day after acceptance, told on that day, and no light since; five months later another handler is
    written into it. Taken back, that changes nothing either."""
    source.add(
        PROCEDURES,
        {"lsh": "t", "spsxslbm": "C2", "tbcx": 8, "tbcxmc": "专家评审", "tbcxkssj": at("2026-06-02"), "sjyxbs": 1},
    )
    source.add(CASES, CASE | {"spsxslbm": "C2"})
    source.add(RECORDS, record(11, 3, "2026-06-01", case="C2"), record(12, 9, "2026-06-02T09:00", case="C2"))
    for month in (6, 8, 10):
        source.add(RECORDS, record(20 + month, 8, f"2026-{month:02d}-02", case="C2"))
        source.pull(database, dt.datetime(2026, month, 2, 12, tzinfo=ZONE))
    here = office(database, tmp_path)
    source.change(RECORDS, "12", blr="李")
    done = source.pull(database, MOMENT, whole=True)
    assert done.counts["events"].changed == 1
    if back:
        undo(database, done.batches[0], zone=ZONE, clock=lambda: MOMENT + DAY)
    found = here.objects(dt.date(2026, 11, 20))["P1"]
    # 7 days of the first case, 4 to 13 March, and 2 June alone of the second.
    assert (found["light"], found["used"], found["turns"]) == ("green", 8, [])
    assert "late_stops" not in found


def test_a_correction_says_what_the_source_edited(database: Database, source: Front) -> None:
    source.pull(database)
    source.change(RECORDS, "3", blsj=at("2026-03-16"), blzt=13)
    source.pull(database, MOMENT + DAY, whole=True)
    (one,) = corrected(database)
    causes = {(c["cause"], c["event_id"], c["column"], c["before"], c["after"]) for c in one["causes"]}
    assert causes == {
        ("edited", "3", "status", "approved", "rejected"),
        ("edited", "3", "day", "2026-03-13", "2026-03-16"),
    }
    used = next(c for c in one["changes"] if (c["where"], c["what"]) == ("project", "used"))
    assert (used["before"], used["after"]) == (7, 8)
    with use_language("zh_CN"):
        assert {why(cause) for cause in one["causes"]} == {
            "来源修改：办理情况 办结（通过） → 不予许可（3）",
            "来源修改：日期 2026-03-13 → 2026-03-16（3）",
        }


def test_a_correction_says_what_the_source_took_back(database: Database, source: Front) -> None:
    source.pull(database)
    source.change(RECORDS, "3", sjyxbs=0)
    source.pull(database, MOMENT + DAY, whole=True)
    (one,) = corrected(database)
    assert [(c["cause"], c["event_id"], c["status"], c["day"]) for c in one["causes"]] == [
        ("taken_back", "3", "approved", "2026-03-13")
    ]
    with use_language("en"):
        assert why(one["causes"][0]) == "Taken back by its source: Approved, 2026-03-13 (3)"


def test_edited_again_and_back_again(database: Database, source: Front) -> None:
    batches = [source.pull(database).batches[0]]
    for n, day in enumerate(("2026-03-16", "2026-03-13"), 1):
        source.change(RECORDS, "3", blsj=at(day))
        batches += source.pull(database, MOMENT + n * DAY, whole=True).batches
    known = told(database)
    assert known["3"] == (11, "2026-03-13", None)
    assert known[f"3~{batches[1]}"] == (11, "2026-03-13", None)
    assert known[f"3~{batches[2]}"] == (11, "2026-03-16", None)
    assert len(known) == 3 + 2 * 2


def test_what_spoke_of_the_old_content_does_not_speak_of_the_new(
    database: Database, source: Front, tmp_path: Path
) -> None:
    """The office voided a wrong record; when its source mends it, the mended one stands."""
    source.pull(database)
    void = {"event_id": "V", "case_id": "C1", "status": "voided", "occurred_at": "2026-11-20", "voids": "3"}
    here = office(database, tmp_path)
    here.take([], [], [void], source="spgl")
    source.change(RECORDS, "3", blsj=at("2026-03-16"))
    (batch,) = source.pull(database, MOMENT + DAY, whole=True).batches
    assert told(database)["V"] == (23, "2026-11-20", f"3~{batch}")
    (one,) = here.objects(dt.date(2026, 11, 20)).values()
    assert (one["used"], one["cases"][0]["state"]) == (8, "decided")
    last = corrected(database)[-1]
    assert {cause["cause"] for cause in last["causes"]} == {"edited"}


def test_a_record_moved_to_a_case_of_another_project(database: Database, source: Front) -> None:
    source.add(PROJECTS, PROJECT | {"lsh": "2", "xmdm": "P2", "gcdm": "P2"})
    source.add(CASES, CASE | {"spsxslbm": "C2"})
    source.add(RECORDS, record(20, 3, "2026-03-05", case="C2", works="P2"))
    source.pull(database)
    source.change(RECORDS, "3", spsxslbm="C2", gcdm="P2")
    done = source.pull(database, MOMENT + DAY, whole=True)
    assert (done.outcome, done.touched) == ("landed", 2)
    case = {row[1]: row[2] for row in log_of(database)["events"]}
    (batch,) = done.batches
    assert (case["3"], case[f"3~{batch}"], case[f"3~{batch}!"]) == ("C2", "C1", "C1")
    with database.reading() as connection:
        assert health(connection, EVERYONE).troubles == {}


def test_facts_of_projects_and_cases_come_in_versions(database: Database, source: Front) -> None:
    source.pull(database)
    source.change(PROJECTS, "1", xmmc="新名")
    source.change(CASES, "C1", sxblsx=5)
    done = source.pull(database, MOMENT + DAY, whole=True)
    assert (done.counts["projects"].changed, done.counts["cases"].changed) == (1, 1)
    assert rows(database, "SELECT promised_days FROM case_fact ORDER BY id") == [(7,), (5,)]


def test_a_key_that_stands_twice_in_one_reading_is_refused(database: Database, source: Front) -> None:
    source.pull(database)
    source.run(f'ALTER TABLE "{RECORDS}" RENAME TO old')
    source.run(f'CREATE TABLE "{RECORDS}" AS SELECT * FROM old')  # without its primary key
    source.change(RECORDS, "3", blzt=13)
    source.add(RECORDS, record(3, 12, "2026-03-17"))
    done = source.pull(database, MOMENT + DAY, whole=True)
    assert [(r.file, r.key, r.column, r.code) for r in done.refusals] == [(RECORDS, "3", "lsh", "twice")]
    assert told(database)["3"] == (11, "2026-03-13", None)
    assert len(told(database)) == 3
    # What is known is one of the two: the other one is no edit, however often both are told.
    source.change(RECORDS, "3", blzt=11, blsj=at("2026-03-13"))
    source.add(RECORDS, record(3, 12, "2026-03-17"))
    for days in (2, 3):
        some = source.pull(database, MOMENT + days * DAY, whole=True, partial=True)
        assert ([r.code for r in some.refusals], some.counts["events"].changed) == (["twice"], 0)


@pytest.mark.parametrize("used", ["3~2", "3~2!"])
def test_an_id_that_the_source_uses_itself_is_left_to_it(database: Database, source: Front, used: str) -> None:
    """So it is with files that were exported from another database: there it kept an edit."""
    source.add(RECORDS, record(used, 8, "2026-03-05"))
    source.pull(database)
    source.change(RECORDS, "3", blsj=at("2026-03-16"))
    assert source.pull(database, MOMENT + DAY, whole=True).batches == [2]
    expected = {
        "1": (1, "2026-03-03", None),
        "2": (3, "2026-03-04", None),
        "3": (11, "2026-03-16", None),
        used: (8, "2026-03-05", None),
        "3~2~": (11, "2026-03-13", None),
        "3~2~!": (23, "2026-11-21", "3~2~"),
    }
    assert told(database) == expected
    (one,) = corrected(database)
    assert {(c["cause"], c["event_id"]) for c in one["causes"]} == {("edited", "3")}
    source.change(RECORDS, "3", blsj=at("2026-03-17"))
    source.pull(database, MOMENT + 2 * DAY, whole=True)
    undo(database, 3, zone=ZONE, clock=lambda: MOMENT + 3 * DAY)  # works the project out anew
    assert told(database) == expected
    undo(database, 2, zone=ZONE, clock=lambda: MOMENT + 4 * DAY)
    assert told(database) == {key: expected[key] for key in ("1", "2", used)} | {"3": (11, "2026-03-13", None)}
    assert integrity(database) == []
