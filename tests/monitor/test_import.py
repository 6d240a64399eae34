"""Import into a database, on SQLite and PostgreSQL: what lands, what is known already, what is refused."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from monitor.database import Database, integrity
from monitor.reading.health import health
from monitor.reading.viewer import EVERYONE
from tests.monitor.canonical_files import (
    CASE,
    EVENTS,
    MOMENT,
    PROJECT,
    codes,
    everything,
    log_of,
    rows,
    small,
    take,
    write,
)


def later(minutes: int) -> Any:
    return lambda: MOMENT + dt.timedelta(minutes=minutes)


def test_a_first_import_lands_and_asks_for_an_assessment(database: Database, tmp_path: Path) -> None:
    result = take(database, small(tmp_path))
    assert (result.outcome, result.batch, result.touched, result.refused) == ("landed", 1, 1, 0)
    assert result.known_from == MOMENT
    assert result.reported_until == dt.date(2026, 3, 9)
    assert [(c.read, c.added) for c in result.counts.values()] == [(1, 1), (1, 1), (2, 2)]
    log = log_of(database)
    assert log["projects"] == [("P1", "厂房", "330100", "filing", "", "", "", "", 20514, None, "", None, None)]
    assert [row[:6] for row in log["events"]] == [
        ("files", "E1", "C1", "P1", 3, 20515),
        ("files", "E2", "C1", "P1", 11, 20521),
    ]
    standing = rows(database, "SELECT region, kind, phase, next_change, log_version FROM standing")
    assert standing == [("330100", "filing", 0, 0, 1)]
    assert rows(database, "SELECT projects, cases, events, refused, name FROM batch") == [(1, 1, 2, 0, str(tmp_path))]
    assert integrity(database) == []
    with database.reading() as connection:
        assert health(connection, EVERYONE).troubles == {}


def test_the_same_file_twice_adds_nothing(database: Database, tmp_path: Path) -> None:
    take(database, small(tmp_path))
    before = everything(database)
    result = take(database, tmp_path, clock=later(5))
    assert (result.outcome, result.batch, result.touched) == ("nothing", None, 0)
    assert [(c.added, c.changed, c.known) for c in result.counts.values()] == [(0, 0, 1), (0, 0, 1), (0, 0, 2)]
    assert everything(database) == before


def test_a_changed_fact_is_a_new_version_and_the_old_one_stays(database: Database, tmp_path: Path) -> None:
    take(database, small(tmp_path / "1"))
    changed = write(tmp_path / "2", [PROJECT | {"name": "新厂房"}], [CASE | {"stage": "planning"}])
    result = take(database, changed, clock=later(5))
    assert (result.outcome, result.touched) == ("landed", 1)
    versions = "SELECT name, known_from, known_to FROM project_fact ORDER BY id"
    (old, new) = rows(database, versions)
    assert (old[0], new[0], new[2]) == ("厂房", "新厂房", None)
    assert old[2] == new[1] != old[1]
    assert rows(database, "SELECT stage, known_to IS NULL FROM case_fact ORDER BY id") == [(1, 0), (2, 1)]
    assert rows(database, "SELECT next_change, log_version FROM standing") == [(0, 2)]
    assert take(database, changed, clock=later(6)).outcome == "nothing"
    assert take(database, tmp_path / "1", clock=later(7)).counts["projects"].changed == 1  # and back again


def test_a_column_that_a_file_lacks_says_nothing_and_a_blank_cell_says_blank(
    database: Database, tmp_path: Path
) -> None:
    take(database, small(tmp_path / "1"))
    fewer = {"project_code": "P1", "coded_on": "2026-03-02"}
    assert take(database, write(tmp_path / "2", [fewer])).outcome == "nothing"
    take(database, write(tmp_path / "3", [fewer | {"ended_on": "2026-09-01", "end_reason": "terminated"}]))
    assert log_of(database)["projects"][0][1:3] == ("厂房", "330100")
    assert log_of(database)["projects"][0][-2:] == (20697, 1)
    take(database, write(tmp_path / "4", [fewer | {"name": ""}]))
    assert log_of(database)["projects"][0][1:3] == ("", "330100")
    events = [{k: v for k, v in event.items() if k != "office"} for event in EVENTS]
    assert take(database, write(tmp_path / "5", events=events)).outcome == "nothing"


def test_money_is_kept_to_the_cent(database: Database, tmp_path: Path) -> None:
    told = [PROJECT | {"investment": "123456789.123456"}, PROJECT | {"project_code": "P2", "investment": "0.1"}]
    take(database, write(tmp_path, told))
    assert take(database, tmp_path).outcome == "nothing"
    assert [float(row[9]) for row in log_of(database)["projects"]] == [123456789.123456, 0.1]


def test_other_content_under_a_used_id_is_refused_naming_both(database: Database, tmp_path: Path) -> None:
    take(database, small(tmp_path / "1"))
    before = everything(database)
    result = take(database, write(tmp_path / "2", events=[EVENTS[0] | {"occurred_at": "2026-03-04"}]))
    assert (result.outcome, codes(result)) == ("refused", ["other_content"])
    params = result.refusals[0].params  # type: ignore[union-attr]
    assert (params["column"], params["known"], params["told"]) == ("occurred_at", "2026-03-03", "2026-03-04")
    assert everything(database) == before


@pytest.mark.parametrize("chunk", [1, 2, 1000])
def test_an_id_twice_in_one_import_names_the_other_row(database: Database, tmp_path: Path, chunk: int) -> None:
    twice = [*EVENTS, EVENTS[0], EVENTS[0] | {"status": "received"}]
    folder = write(tmp_path, [PROJECT, PROJECT | {"name": "x"}], [CASE, CASE | {"department": "水利"}], twice)
    result = take(database, folder, chunk=chunk)
    assert codes(result) == ["twice", "twice", "twice"]
    assert [r.row for r in result.refusals] == [3, 3, 5]  # type: ignore[union-attr]
    assert all(r.params["where"][1] == 2 for r in result.refusals)  # type: ignore[union-attr]
    assert [c.known for c in result.counts.values()] == [0, 0, 1]


def test_known_before_and_changed_twice_is_a_contradiction_in_any_order(database: Database, tmp_path: Path) -> None:
    take(database, small(tmp_path / "1"))
    for n, names in enumerate((("厂房", "新"), ("新", "厂房"))):
        result = take(database, write(tmp_path / f"x{n}", [PROJECT | {"name": name} for name in names]))
        assert (result.outcome, codes(result)) == ("refused", ["twice"])


def test_a_case_cannot_move_to_another_project(database: Database, tmp_path: Path) -> None:
    take(database, small(tmp_path / "1"))
    two = write(tmp_path / "2", [PROJECT | {"project_code": "P2"}], [CASE | {"project_code": "P2"}])
    result = take(database, two)
    assert codes(result) == ["moved_case"]
    assert result.refusals[0].params == {"known": "P1"}  # type: ignore[union-attr]


def test_sources_keep_ids_of_their_own_and_share_projects(database: Database, tmp_path: Path) -> None:
    take(database, small(tmp_path / "1"), source="a")
    result = take(database, write(tmp_path / "2", events=[EVENTS[0] | {"event_id": "E9"}]), source="b")
    assert codes(result) == ["unknown_case"]
    result = take(database, small(tmp_path / "3"), source="b")
    assert [(c.added, c.known) for c in result.counts.values()] == [(0, 1), (1, 0), (2, 0)]
    assert len(log_of(database)["events"]) == 4


def test_a_void_may_come_before_what_it_voids(database: Database, tmp_path: Path) -> None:
    void = {"event_id": "E3", "case_id": "C1", "status": "voided", "occurred_at": "2026-03-10", "voids": "E2"}
    confirm = {"event_id": "E4", "case_id": "C1", "status": "confirmed", "occurred_at": "2026-03-10", "confirms": "E1"}
    assert take(database, write(tmp_path / "1", [PROJECT], [CASE], [void, confirm, *EVENTS]), chunk=1).refused == 0
    later_void = write(tmp_path / "2", events=[void | {"event_id": "E5"}])
    assert take(database, later_void).outcome == "landed"
    result = take(database, write(tmp_path / "3", events=[void | {"event_id": "E6", "voids": "E99"}]))
    assert (result.outcome, codes(result)) == ("refused", ["unknown_event"])
    two = write(
        tmp_path / "4",
        [PROJECT | {"project_code": "P2"}],
        [CASE | {"case_id": "C2", "project_code": "P2"}],
        [void | {"event_id": "E7", "case_id": "C2"}],
    )
    assert codes(take(database, two)) == ["foreign_event"]


def test_reported_until(database: Database, tmp_path: Path) -> None:
    def until() -> Any:
        return rows(database, "SELECT reported_until FROM source")[0][0]

    take(database, small(tmp_path / "1"))
    assert until() == 20521
    early = write(tmp_path / "2", events=[EVENTS[0] | {"event_id": "E8", "occurred_at": "2026-01-05"}])
    take(database, early)
    assert until() == 20521  # never back
    take(database, early, reported_until=dt.date(2026, 4, 1))
    assert until() == 20544  # said without a new record
    assert rows(database, "SELECT projects, cases, events, reported_until FROM batch WHERE id = 3") == [
        (0, 0, 0, 20544)
    ]
    assert take(database, early, reported_until=dt.date(2026, 4, 1)).outcome == "nothing"
    future = write(tmp_path / "3", events=[EVENTS[0] | {"event_id": "E9", "occurred_at": "2062-03-01"}])
    assert take(database, future).reported_until is None  # a slip of the pen vouches for no day
    assert until() == 20544


def test_a_project_that_moves_takes_its_departments_along(database: Database, tmp_path: Path) -> None:
    take(database, small(tmp_path / "1"))
    take(database, write(tmp_path / "2", [PROJECT | {"region": "330200"}]), clock=later(5))
    assert [row[7:9] for row in log_of(database)["cases"]] == [("330200", "发改")]
    assert take(database, write(tmp_path / "3", cases=[CASE]), clock=later(6)).outcome == "nothing"
    both = write(tmp_path / "4", [PROJECT | {"region": "330300"}], [CASE | {"stage": "planning"}])
    assert take(database, both, clock=later(7)).outcome == "landed"
    assert [row[6:9] for row in log_of(database)["cases"]] == [(2, "330300", "发改")]
    versions = rows(database, "SELECT known_from, known_to FROM case_fact ORDER BY id")
    assert len(versions) == 3
    assert [row[1] for row in versions[:2]] == [row[0] for row in versions[1:]]


def test_moments_grow_even_when_the_clock_is_set_back(database: Database, tmp_path: Path) -> None:
    take(database, small(tmp_path / "1"))
    result = take(database, write(tmp_path / "2", [PROJECT | {"name": "x"}]), clock=later(-60))
    assert result.known_from == MOMENT + dt.timedelta(microseconds=1)


def test_dry_run_says_the_same_and_writes_nothing(database: Database, tmp_path: Path) -> None:
    before = everything(database)
    tried = take(database, small(tmp_path), dry_run=True)
    assert everything(database) == before
    assert tried.dry_run
    assert (tried.outcome, tried.batch, tried.touched) == ("landed", None, 1)
    done = take(database, tmp_path)
    assert tried.counts == done.counts
    assert tried.document().keys() == done.document().keys()


def test_partial_lands_the_good_rows_and_keeps_the_others(database: Database, tmp_path: Path) -> None:
    projects = [PROJECT, PROJECT | {"project_code": "P2", "coded_on": "2026-02-30"}]
    cases = [CASE, CASE | {"case_id": "C2", "project_code": "P2"}]
    void = EVENTS[0] | {"event_id": "E4", "status": "voided", "voids": "E9"}
    again = EVENTS[0] | {"event_id": "E5", "status": "voided", "voids": "E4"}  # falls with the one it names
    events = [*EVENTS, EVENTS[0] | {"event_id": "E3", "case_id": "C2"}, void, again]
    folder = write(tmp_path, projects, cases, events)
    assert take(database, folder).outcome == "refused"
    result = take(database, folder, partial=True)
    assert result.outcome == "partial"
    assert codes(result) == ["date", "unknown_project", "unknown_case", "unknown_event", "unknown_event"]
    assert [(c.added, c.refused) for c in result.counts.values()] == [(1, 1), (1, 1), (2, 3)]
    assert [row[1] for row in log_of(database)["events"]] == ["E1", "E2"]
    kept = rows(database, "SELECT file, row, content, reasons FROM refused_row ORDER BY id")
    assert [(Path(row[0]).name, row[1]) for row in kept] == [
        *(("projects.csv", 3), ("cases.csv", 3), ("events.csv", 4), ("events.csv", 5), ("events.csv", 6))
    ]
    assert json.loads(kept[0][2]) == projects[1]
    assert json.loads(kept[0][3]) == [{"code": "date", "column": "coded_on", "value": "2026-02-30", "params": {}}]
    assert json.loads(kept[3][2])["voids"] == "E9"
    before = everything(database)
    result = take(database, folder, partial=True)
    assert (result.outcome, result.batch, result.refused) == ("partial", None, 5)
    assert everything(database) == before
    mended = write(tmp_path / "2", [projects[1] | {"coded_on": "2026-02-27"}], [cases[1]], [events[2]])
    assert take(database, mended).counts["events"].added == 1


def test_of_a_secret_project_only_file_and_row_are_kept(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    projects = [PROJECT, PROJECT | {"project_code": "S-7", "name": "机要楼", "kind": "secret"}]
    cases = [CASE, CASE | {"case_id": "CS", "project_code": "S-7"}]
    events = [*EVENTS, EVENTS[0] | {"event_id": "ES", "case_id": "CS"}]
    result = take(database, write(tmp_path, projects, cases, events), partial=True)
    assert codes(result) == ["secret", "secret", "secret"]
    kept = rows(database, "SELECT row, content, reasons FROM refused_row ORDER BY id")
    assert kept == [
        (3, None, '[{"code":"secret"}]'),
        (3, None, '[{"code":"secret"}]'),
        (4, None, '[{"code":"secret"}]'),
    ]
    told = str(everything(database)) + str(result.document()) + caplog.text + capsys.readouterr().out
    assert not any(word in told for word in ("S-7", "机要楼", "'CS'", "'ES'"))


def test_a_failure_in_the_middle_leaves_nothing(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from monitor.store.log import LogBatch

    before = everything(database)
    monkeypatch.setattr(LogBatch, "close", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        take(database, small(tmp_path))
    assert everything(database) == before


def test_a_file_that_breaks_off_in_the_middle_leaves_nothing(database: Database, tmp_path: Path) -> None:
    small(tmp_path)
    with (tmp_path / "events.csv").open("a", encoding="utf-8") as file:
        file.write('E3,C1,approved,"2026-03-09\n')
    before = everything(database)
    result = take(database, tmp_path, chunk=1, partial=True)
    assert (result.outcome, codes(result)) == ("refused", ["quotes"])
    assert everything(database) == before


def test_a_touched_standing_of_a_tick_under_way_is_raised(database: Database, tmp_path: Path) -> None:
    take(database, small(tmp_path / "1"))
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE standing SET next_change = 30000, log_version = 7")
    more = write(tmp_path / "2", events=[EVENTS[0] | {"event_id": "E3", "status": "received"}])
    assert take(database, more).touched == 1
    assert rows(database, "SELECT next_change, log_version FROM standing") == [(0, 8)]


@pytest.mark.parametrize("name", ["bpic15_1", "awkward", "receipt"])
def test_the_sample_logs_land_whole(database: Database, shared_data: Path, name: str) -> None:
    folder = shared_data / "canonical" / name
    lines = [sum(1 for _ in (folder / f"{t}.csv").open(encoding="utf-8")) - 1 for t in ("projects", "cases", "events")]
    result = take(database, folder)
    assert (result.outcome, result.refused) == ("landed", 0)
    assert [count.added for count in result.counts.values()] == lines
    assert [len(log) for log in log_of(database).values()] == lines
    assert take(database, folder, chunk=700).outcome == "nothing"
    assert integrity(database) == []


def test_an_error_of_the_database_carries_no_row_into_the_log(database: Database) -> None:
    from monitor.store import bulk

    def fail() -> None:
        with database.writing() as connection:
            bulk.insert(connection, "project", ("id", "code"), [(1, "S-7"), (2, "S-7")])

    with pytest.raises(bulk.StoreError) as error:
        fail()
    assert "S-7" not in str(error.value)
    assert error.value.__cause__ is None
