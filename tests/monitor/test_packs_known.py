"""Packs of a commission's own on both databases: as known at a moment, named by projects, in the way. Made up."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path
from typing import Any

import pytest

from monitor.database import Database, downgrade, upgrade
from monitor.reading.health import health
from monitor.reading.viewer import EVERYONE
from monitor.verbs import entering as verb
from monitor.verbs import tick as sweeping_verb
from monitor.verbs.landing import Landing
from monitor.verbs.own_pack import StillNamed
from rules.errors import PackError
from rules.portfolio import Rules
from tests.monitor.canonical_files import codes, rows, take, write
from tests.monitor.closures import DAY, closure, landed, turns
from tests.monitor.own_packs import TOMORROW, enter, running, take_back
from tests.monitor.sweeping import Office, dump, office, standings
from tests.rules.generate import awkward_log
from tests.rules.own_packs import own, version

# ---- as known at a moment


def test_readings_use_the_packs_known_then(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    running(here, "P", since="2025-02-05")
    here.tick(DAY)
    here.clock.moment = before = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
    enter(here, own(), backwards=True)
    here.clock.moment = between = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    take_back(here, "own-40", "1")
    here.clock.moment = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    told = {at: here.objects(DAY, at)["P"] for at in (None, before, between)}
    # 6 February to 31 March 2025 has 39 working days, Saturday the 8th, which worked, among them.
    assert {at: (one["pack"], one["used"], one["light"]) for at, one in told.items()} == {
        None: ("zhejiang-80", 39, "green"),
        before: ("zhejiang-80", 39, "green"),
        between: ("own-40", 39, "yellow"),
    }
    reader = here.reader()
    view = reader.project(EVERYONE, "P", DAY, known_at=between)
    assert view is not None and view.pack is not None and view.pack.id == "own-40"
    plan = reader.plan(EVERYONE, "P", DAY, known_at=between)
    assert plan is not None and plan["pack"] == "own-40"
    assert turns(here) == [("P", dt.date(2025, 3, 5), "yellow", "own-40 / own-40 1 / own-40 1", False)]


# ---- projects that name a pack


def test_a_project_may_name_a_pack_while_it_is_known(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    named = {"project_code": "P", "coded_on": "2024-06-03", "kind": "filing", "region": "330106", "pack": "own-40"}
    files = write(tmp_path / "named", [named])
    refused = take(database, files)
    assert codes(refused) == ["word"]
    enter(here, own(applies="named"))
    assert "own-40" in str(take(database, write(tmp_path / "other", [named | {"pack": "own-41"}])).refusals[0])
    running(here, "P", since="2025-01-06", coded_on="2024-06-03", pack="own-40")
    running(here, "Q", since="2025-01-06", coded_on="2026-06-03")
    here.tick(DAY)
    assert here.objects(DAY)["P"]["pack"] == "own-40"  # told by its source, so it judges whenever it was coded
    with pytest.raises(StillNamed) as still:
        take_back(here, "own-40", "1")
    assert still.value.codes == ["P"]
    enter(here, version(TOMORROW, ("red", 30), of=own(applies="named"), name="2"))
    assert take_back(here, "own-40", "2").follows == "1"  # a version is left that they can name
    here.take([named | {"pack": "zhejiang-80"}], [], [])
    here.tick(DAY)
    assert take_back(here, "own-40", "1").follows is None
    assert codes(take(database, files)) == ["word"]
    assert troubles(database) == {}
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE project_fact SET pack = 'own-40' WHERE pack = 'zhejiang-80'")
    assert troubles(database) == {"projects that name a pack that is not there": 1}


def test_a_pack_is_not_withdrawn_under_an_import(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The import has read which packs there are; withdrawing waits for it, and then sees who names the pack."""
    here = office(database, tmp_path)
    enter(here, own(applies="named"))
    ended: list[Any] = []
    take_rows = Landing.take

    def withdraw() -> None:
        other = Database(database.engine.url.render_as_string(hide_password=False), busy_seconds=30)
        try:
            ended.append(verb.take_back(other, here.rules, "own-40", "1", here.clock))
        except Exception as error:
            ended.append(error)
        finally:
            other.close()

    thread = threading.Thread(target=withdraw)

    def slowly(run: Landing, listed: Any) -> None:
        thread.start()
        thread.join(1.5)
        assert not ended  # it waits, though nothing is written yet
        take_rows(run, listed)

    with monkeypatch.context() as now:
        now.setattr(Landing, "take", slowly)
        running(here, "P", since="2025-01-06", pack="own-40")
    thread.join(30)
    assert [type(one) for one in ended] == [StillNamed]
    here.tick(DAY)
    assert here.objects(DAY)["P"]["pack"] == "own-40"


# ---- when something comes between


def test_a_pack_that_lands_while_a_sweep_reads(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = office(database, tmp_path)
    running(here, "P", since="2025-01-06", coded_on="2025-01-06")
    read_log, read_times = sweeping_verb.load, []

    def load_and_enter(*told: Any) -> Any:
        found = read_log(*told)
        read_times.append(1)
        if len(read_times) == 1:
            enter(here, own(), backwards=True)
        return found

    monkeypatch.setattr(sweeping_verb, "load", load_and_enter)
    here.tick(DAY)
    assert len(read_times) == 2
    assert rows(database, "SELECT pack FROM standing") == [("own-40",)]


def test_another_process_sees_a_pack_at_its_next_sweep_and_reading(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    there = Office(
        Database(database.engine.url.render_as_string(hide_password=False)), tmp_path, here.clock, Rules.shipped()
    )
    running(here, "P", since="2025-02-05")
    there.tick(DAY)
    assert there.objects(DAY)["P"]["pack"] == "zhejiang-80"
    enter(here, own(), backwards=True)
    assert there.objects(DAY)["P"]["pack"] == "own-40"
    running(here, "Q", since="2025-02-05")
    assert there.tick(dt.date(2025, 4, 1)).projects == 1  # Q; P was assessed when the pack landed
    assert rows(database, "SELECT pack FROM standing") == [("own-40",)] * 2
    there.database.close()


def test_a_sweep_that_is_cut_short_leaves_the_reason(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = office(database, tmp_path)
    running(here, "P", since="2025-02-05")
    here.tick(DAY)
    with monkeypatch.context() as broken:
        broken.setattr(verb, "assess_again", lambda *_given: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            enter(here, own(), backwards=True)
    assert rows(database, "SELECT due_because FROM standing") == [("own-40 1",)]
    here.tick(DAY)
    assert turns(here) == [("P", dt.date(2025, 3, 5), "yellow", "own-40 / own-40 1", True)]
    assert rows(database, "SELECT due_because FROM standing") == [(None,)]


def test_a_notice_and_a_pack_hold_together(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    running(here, "P", since="2025-02-05")
    here.tick(DAY)
    enter(here, own(), backwards=True)
    landed(here, closure("33", "2025-03-12 2025-03-13"))
    one = here.objects(DAY)["P"]
    assert (one["pack"], one["used"]) == ("own-40", 37)
    assert rows(database, "SELECT pack FROM standing") == [("own-40",)]
    stood = standings(database)
    here.rebuild(DAY)
    assert standings(database) == stood
    take_back(here, "own-40", "1")
    one = here.objects(DAY)["P"]
    assert (one["pack"], one["used"]) == ("zhejiang-80", 37)


# ---- what cannot be used any more


def troubles(database: Database) -> dict[str, int]:
    """What `check` finds."""
    with database.reading() as connection:
        return health(connection, EVERYONE).troubles


def test_an_entered_pack_that_this_program_cannot_use(database: Database, tmp_path: Path) -> None:
    """As after an upgrade that knows a key no more: it is said with file and key, and nobody is set aside for it."""
    here = office(database, tmp_path)
    running(here, "P", since="2025-02-05")
    here.tick(DAY)
    enter(here, own(), backwards=True)
    with database.writing() as connection:
        (text,) = connection.exec_driver_sql("SELECT text FROM pack").one()
        literal = f"colour = 1\n{text}".replace("'", "''").replace("%", "%%")
        connection.exec_driver_sql(f"UPDATE pack SET text = '{literal}'")
    stood = dump(database)
    for ask in (lambda: here.tick(dt.date(2025, 4, 1)), lambda: here.rebuild(DAY), lambda: here.objects(DAY)):
        with pytest.raises(PackError, match=r"own\.toml: colour"):
            ask()
    assert dump(database) == stood
    assert troubles(database) == {"entered packs that this program cannot use": 1}
    assert take_back(here, "own-40", "1").touched == 1
    assert here.objects(DAY)["P"]["pack"] == "zhejiang-80"
    assert rows(database, "SELECT pack FROM standing") == [("zhejiang-80",)]


# ---- the schema


def test_packs_go_down_and_up_with_data_in_place(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    here.take(*awkward_log(5, 20))
    here.tick(DAY)
    stood = standings(database)
    done = enter(here, own(coded_from="2023-01-01", regions="", kinds=""), backwards=True)
    assert done.touched > 3
    downgrade(database, "0005")
    upgrade(database)
    assert rows(database, "SELECT count(*) FROM pack") == [(0,)]
    assert here.tick(DAY).projects == 20
    kept = [table for table in stood if table != "turn"]
    assert {t: standings(database)[t] for t in kept} == {t: stood[t] for t in kept}
