"""What a tick meets while it works: imports, other sweeps, projects that fail. Nothing is overwritten or lost."""

from __future__ import annotations

import datetime as dt
import itertools
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from monitor.database import Database
from monitor.store import standings as store
from monitor.verbs import tick as verb
from rules.portfolio import Part
from tests.monitor.canonical_files import CASE, EVENTS, PROJECT, rows
from tests.monitor.sweeping import RULES, Office, dump, office, portions, standings
from tests.rules.generate import awkward_log

DAY = dt.date(2026, 3, 31)


@pytest.fixture(autouse=True)
def plain_log() -> Iterator[None]:
    """Traces as plain text: a drawing of every frame takes ten seconds a failure."""
    before = structlog.get_config()["processors"]
    structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()])
    yield
    structlog.configure(processors=before)


@pytest.fixture
def here(database: Database, tmp_path: Path) -> Office:
    return office(database, tmp_path)


def told_by(here: Office, log: Any, day: dt.date) -> dict[str, Any]:
    """What the tables hold when the whole log is there before the sweep begins."""
    here.rebuild(day)
    return standings(here.database)


# ---- imports and other sweeps meanwhile


def test_an_import_while_a_tick_reads_is_not_overwritten(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    first, more = portions(awkward_log(61, 30), 1, 2)
    here.take(*first)
    before, load = dump(here.database, ["case_standing", "share", "turn"]), verb.load
    versions = dict(rows(here.database, "SELECT project_id, log_version FROM standing"))

    def reads_then_somebody_imports(connection: Any, ids: Any) -> Any:
        loaded = load(connection, ids)
        monkeypatch.setattr(verb, "load", load)
        here.take(*more)
        return loaded

    monkeypatch.setattr(verb, "load", reads_then_somebody_imports)
    done = here.tick(DAY)
    touched = {
        p for p, n in rows(here.database, "SELECT project_id, log_version FROM standing") if n > versions.get(p, 0)
    }
    assert touched
    assert done.projects == len(versions) - len(touched & versions.keys()) > 0
    waiting = {p for (p,) in rows(here.database, "SELECT project_id FROM standing WHERE next_change = 0")}
    assert waiting == touched
    for table, was in before.items():
        project = 1 if table == "turn" else 0
        assert [r for r in dump(here.database, [table])[table] if r[project] in touched] == [
            r for r in was if r[project] in touched
        ]
    assert here.tick(DAY).projects == len(touched)
    got = standings(here.database)
    assert got == told_by(here, None, DAY)


def test_a_sweep_of_an_earlier_day_gives_way_to_one_of_a_later(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    here.take(*awkward_log(62, 20))
    load, later = verb.load, DAY + dt.timedelta(30)

    def reads_then_another_sweeps(connection: Any, ids: Any) -> Any:
        loaded = load(connection, ids)
        monkeypatch.setattr(verb, "load", load)
        here.tick(later)
        return loaded

    monkeypatch.setattr(verb, "load", reads_then_another_sweeps)
    done = here.tick(DAY)
    assert (done.projects, done.failed) == (0, 0)
    assert rows(here.database, "SELECT count(*) FROM turn WHERE known_to IS NOT NULL") == [(0,)]
    got = standings(here.database)
    assert got == told_by(here, None, later)


def test_two_sweeps_at_once_do_each_project_once(here: Office) -> None:
    here.take(*awkward_log(63, 40))
    done: list[Any] = []
    sweeps = [threading.Thread(target=lambda: done.append(here.tick(DAY))) for _ in range(3)]
    for sweep in sweeps:
        sweep.start()
    for sweep in sweeps:
        sweep.join()
    assert len(done) == 3
    assert all(not one.failed for one in done)
    assert rows(here.database, "SELECT count(*) FROM set_aside") == [(0,)]
    turns = rows(here.database, 'SELECT project_id, scope, "on", to_light FROM turn')
    assert len(turns) == len(set(turns)) > 10
    got = standings(here.database)
    assert got == told_by(here, None, DAY)


def test_imports_and_sweeps_at_once_come_to_the_same(here: Office) -> None:
    log = portions(awkward_log(64, 40), 2, 8)
    here.take(*log[0])
    errors: list[BaseException] = []
    over = threading.Event()
    rebuilds = itertools.cycle([False, False, True])

    def sweeping() -> None:
        try:
            while not over.is_set():
                assert not (here.rebuild if next(rebuilds) else here.tick)(DAY).failed
        except BaseException as error:
            errors.append(error)

    sweep = threading.Thread(target=sweeping)
    sweep.start()
    try:
        for part in log[1:]:
            here.take(*part)
    finally:
        over.set()
        sweep.join()
    assert not errors
    here.tick(DAY)
    got = standings(here.database)
    assert got == told_by(here, None, DAY)


# ---- rules that change


def test_other_rules_make_every_standing_due(here: Office) -> None:
    here.take(*awkward_log(65, 20))
    assert here.tick(DAY).projects == 20
    before = standings(here.database)
    here.rules = type(RULES)(**{**vars(RULES), "notices": "another notice"})
    done = here.tick(DAY)
    assert (done.projects, done.changed, done.turns) == (20, 20, 0)  # only the version differs
    after = standings(here.database)
    assert [row[:-1] for row in after["standing"]] == [row[:-1] for row in before["standing"]]
    assert here.tick(DAY).projects == 0


# ---- a project that fails


class Broken:
    """An engine that cannot do one project."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
        self.monkeypatch, self.assess = monkeypatch, Part.assess
        whole = self.assess

        def fails(part: Part, as_of: dt.date, **options: Any) -> Any:
            if code in part.log.projects.code:
                raise ZeroDivisionError(f"no way to do {code}")
            return whole(part, as_of, **options)

        monkeypatch.setattr(Part, "assess", fails)

    def mend(self) -> None:
        self.monkeypatch.setattr(Part, "assess", self.assess)


def test_a_project_that_fails_is_set_aside_and_the_others_go_on(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    log = awkward_log(66, 30)
    here.take(*log)
    code = log[0][11]["project_code"]
    engine = Broken(monkeypatch, code)
    done = here.tick(DAY)
    assert (done.projects, done.failed) == (29, 1)
    ((key,),) = rows(here.database, f"SELECT id FROM project WHERE code = '{code}'")
    aside = "SELECT project_id, as_of, error, tries FROM set_aside"
    number = (DAY - dt.date(1970, 1, 1)).days
    assert rows(here.database, aside) == [(key, number, f"ZeroDivisionError: no way to do {code}", 1)]
    assert rows(here.database, "SELECT projects, failed FROM sweep") == [(29, 1)]
    assert rows(here.database, f"SELECT count(*) FROM case_standing WHERE project_id = {key}") == [(0,)]

    again = here.tick(DAY)  # tried again, and nothing else
    assert (again.projects, again.failed) == (0, 1)
    assert rows(here.database, aside)[0][3] == 2

    engine.mend()
    mended = here.tick(DAY)
    assert (mended.projects, mended.failed) == (1, 0)
    assert rows(here.database, aside) == []
    got = standings(here.database)
    assert got == told_by(here, log, DAY)


def test_what_stood_stays_while_a_project_is_set_aside(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    here.take([PROJECT], [CASE], EVENTS[:1])
    here.tick(DAY)
    before = dump(here.database, ["case_standing", "share", "tally", "turn", "group_standing"])
    Broken(monkeypatch, "P1")
    here.take([], [], [EVENTS[1]])
    assert here.tick(DAY).failed == 1
    assert dump(here.database, before) == before


def test_a_chunk_that_cannot_be_written_leaves_nothing_of_itself(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    here.take(*awkward_log(67, 10))
    before = dump(here.database, ["standing", "case_standing", "share", "tally", "turn", "group_standing"])
    monkeypatch.setattr(store, "reconcile_turns", lambda *a: 1 / 0)
    done = here.tick(DAY)
    assert (done.projects, done.changed, done.failed) == (0, 0, 10)
    assert dump(here.database, before) == before
    monkeypatch.undo()
    assert here.tick(DAY).projects == 10


def test_a_database_out_of_reach_is_no_projects_fault(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    here.take(*awkward_log(70, 10))

    def gone(*rows: Any) -> int:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(store, "reconcile_turns", gone)
    with pytest.raises(sqlite3.OperationalError):
        here.tick(DAY)
    assert rows(here.database, "SELECT count(*) FROM set_aside") == [(0,)]
    assert rows(here.database, "SELECT ended FROM sweep") == [(None,)]
    monkeypatch.undo()
    assert here.tick(DAY).projects == 10


def test_a_sweep_of_many_chunks_is_the_same_as_one_of_few(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    log = awkward_log(68, 45)
    here.take(*log)
    monkeypatch.setattr(verb, "CHUNK", 7)
    steps: list[tuple[int, int]] = []
    verb.tick(here.database, here.rules, DAY, here.clock, lambda done, total: steps.append((done, total)))
    assert steps == [(n, 45) for n in (7, 14, 21, 28, 35, 42, 45)]
    got = standings(here.database)
    monkeypatch.undo()
    assert got == told_by(here, log, DAY)


def test_only_some_projects(here: Office) -> None:
    here.take(*awkward_log(69, 10))
    done = verb.tick(here.database, here.rules, DAY, here.clock, only=[2, 5, 99])
    assert done.projects == 2
    assert sorted(rows(here.database, "SELECT project_id FROM standing WHERE assessed_on IS NOT NULL")) == [(2,), (5,)]
