"""The public look-up: what is told, what is refused and how, how often it may be asked."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from monitor.database import Database
from monitor.people import known_address
from monitor.reading.look_up import Told
from monitor.store import look_up as store
from monitor.verbs import look_up as verbs
from monitor.verbs.attempts import FREE_OF_ADDRESS
from monitor.verbs.look_up import CannotAnswer, LookUp
from rules.vocabulary import Light
from tests.monitor.canonical_files import MOMENT, rows
from tests.monitor.conftest import own_database
from tests.monitor.looked_up import (
    AWAY,
    DAY,
    HOME,
    INTERNAL,
    LATER,
    LISTED,
    MARKED,
    MET,
    ONLY_WITH_CODE,
    OPEN,
    PERSONAL,
    PURGED,
    REPORTED,
    SECRET,
    UNKNOWN,
    ask,
    look_up,
    province,
    slip_of,
    statements,
)
from tests.monitor.peopling import everything_kept

SECOND = dt.timedelta(seconds=1)
REFUSED = (UNKNOWN, LISTED, MARKED, MET, PURGED, LATER, "no code at all", "\x00'; --", "９" * 5000, "\ud800")


Town = tuple[Database, Path, int]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The made-up province, its list of secret projects, and until which day (a number) its source has reported."""
    folder = tmp_path_factory.mktemp("town")
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_file"), folder / "monitor.db")
        url = f"sqlite:///{folder}/monitor.db"
    else:
        url = own_database(request.getfixturevalue("postgres"), "town")
    database = Database(url, busy_seconds=5)
    listed = province(database, folder)
    yield database, listed, rows(database, "SELECT reported_until FROM source")[0][0]
    database.close()


@pytest.fixture
def database(town: Town) -> Database:
    """It, without query codes and misses."""
    with town[0].writing() as connection:
        for table in ("slip_code", "look_up_miss"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
        connection.exec_driver_sql(f"UPDATE source SET reported_until = {town[2]}")
    return town[0]


@pytest.fixture
def asking(database: Database, town: Town, tmp_path: Path) -> LookUp:
    shutil.copy(town[1], tmp_path)
    return look_up(database, tmp_path / town[1].name)


def told(answer: object) -> Told:
    assert isinstance(answer, Told)
    return answer


def test_without_the_query_code_stage_items_and_limits_are_told(asking: LookUp) -> None:
    found = told(ask(asking))
    assert (found.project_code, found.phase, found.stage) == (OPEN, "running", "construction")
    assert (found.as_of, found.reported_until, found.detail) == (DAY, REPORTED, None)
    items = {one.state: one for one in found.items if one.stage != "initiation"}
    assert [one.stage for one in found.items] == ["initiation", "planning", "planning", "construction", "acceptance"]
    assert set(items) == {"decided", "running", "correction", "not_started"}
    late = items["running"]
    assert (late.promised and late.promised.days, late.statutory and late.statutory.unit) == (5, "working_day")
    assert items["not_started"].name == "当地事项"


def test_an_item_past_its_limit_says_why_as_far_as_records_tell(asking: LookUp) -> None:
    by_state = {one.state: one for one in told(ask(asking)).items if one.stage == "planning"}
    late, unexplained = by_state["running"], by_state["decided"]
    # 2026-11-02 is a Monday: 5 working days later, with one more for the statutory limit alone, it is the 9th.
    assert late.past and late.promised and (late.promised.due_on, late.promised.past) == (dt.date(2026, 11, 9), True)
    assert late.statutory and not late.statutory.past
    # 61 working days end in January 2027, for which no holidays are published.
    assert (late.promised.provisional, late.statutory.provisional) == (False, True)
    assert [(one.status, one.procedure, one.on.day) for one in late.reasons] == [
        ("procedure_started", "public_notice", 3),
        ("extended", "", 4),
    ]
    assert unexplained.past and unexplained.reasons == ()
    assert [one.unconfirmed for one in (late, unexplained)] == [False, False]  # both were late by the day reported


def test_what_is_late_after_the_sources_reported_is_unconfirmed(asking: LookUp, database: Database) -> None:
    with database.writing() as connection:
        connection.exec_driver_sql(
            f"UPDATE source SET reported_until = {(dt.date(2026, 11, 9) - dt.date(1970, 1, 1)).days}"
        )
    late = [one for one in told(ask(asking)).items if one.past]
    assert sorted(one.unconfirmed for one in late) == [False, True]  # due on the 9th, and on the 5th


def test_the_query_code_opens_the_light_and_the_days_of_departments(asking: LookUp, database: Database) -> None:
    code = slip_of(database)
    for typed in (code, code.lower().replace("-", " "), code.replace("-", "—")):
        detail = told(ask(asking, typed=typed)).detail
        assert detail and detail.name == ONLY_WITH_CODE
        assert Light[detail.lit["light"].upper()] is Light.GREEN
        assert sum(share for share, _alone in detail.days.values()) == detail.lit["used"] > 0
        assert set(detail.days) == {"自然资源局", "住建局"}


def test_a_project_code_may_be_written_in_any_way(asking: LookUp) -> None:
    for written in (OPEN.replace("-", ""), f" {OPEN} ", OPEN.replace("-", "－"), OPEN.replace("1", "１")):
        assert told(ask(asking, written)).project_code == OPEN


def test_nothing_of_persons_offices_or_secrets_is_told(asking: LookUp, database: Database) -> None:
    kept = everything_kept(database)
    assert [text for text in (*PERSONAL, *INTERNAL, "机密子", "将来卯") if text not in kept] == []
    for answer in (ask(asking), ask(asking, typed=slip_of(database))):
        said = repr(told(answer))
        assert [text for text in (*PERSONAL, *INTERNAL, *SECRET) if text in said] == []


def test_whatever_is_not_told_is_refused_alike(asking: LookUp, database: Database) -> None:
    """One answer, and the same statements: so the same work whether the project is there or not."""
    wrong = slip_of(database)
    right = slip_of(database)
    slip_of(database, LISTED)
    assert ask(asking, typed=wrong) is None  # the present one took its place; and the hour of counting begins
    said = {}
    for code, typed in [*((code, None) for code in REFUSED), *((code, right) for code in REFUSED), (OPEN, wrong)]:
        with statements(database) as heard:
            assert ask(asking, code, typed, address=f"10.0.{len(said)}.1") is None, code
        said[code, typed] = [re.sub(r"IN \((?:[^()]|\([^()]*\))*\)", "IN (…)", one) for one in heard]
    first, *others = said.values()
    assert len(first) > 1
    assert [one for one in others if one != first] == []
    assert isinstance(ask(asking, typed=right), Told)


def test_where_the_list_of_secret_projects_cannot_be_read_nothing_is_told(asking: LookUp) -> None:
    assert asking.secret_file
    assert isinstance(ask(asking), Told)
    asking.secret_file.unlink()
    with pytest.raises(CannotAnswer):
        ask(asking)


def test_a_project_that_is_listed_later_is_told_no_more(asking: LookUp) -> None:
    assert asking.secret_file
    asking.secret_file.write_text(f"{LISTED}\n{OPEN}\n", "utf-8")
    assert ask(asking) is None


def test_guesses_have_to_wait_and_the_honest_are_served(asking: LookUp, database: Database) -> None:
    code, moment = slip_of(database), MOMENT
    for n in range(FREE_OF_ADDRESS):
        assert ask(asking, f"guess {n}") is None, n
    for seconds in (30, 60, 120, 240):
        again_at = ask(asking, "a guess", now=moment)
        assert again_at == moment + seconds * SECOND
        moment = again_at
        assert ask(asking, "a guess", now=moment) is None
    with statements(database) as heard:
        assert isinstance(ask(asking, OPEN, now=moment), dt.datetime)  # what there is as well
    assert len([one for one in heard if not one.startswith(("BEGIN", "SET"))]) == 1
    assert isinstance(ask(asking, typed=code, now=moment), Told)
    assert isinstance(ask(asking, address=AWAY, now=moment), Told)
    assert isinstance(ask(asking, now=moment + verbs.FORGOTTEN_AFTER), Told)
    ask(asking, "a guess", address=AWAY, now=moment + verbs.FORGOTTEN_AFTER + SECOND)
    assert rows(database, "SELECT COUNT(*) FROM look_up_miss WHERE place != ''") == [(1,)]  # home is forgotten


def test_who_guesses_from_many_addresses_has_one_guess_from_each(
    asking: LookUp, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verbs, "PRESSURE", 6)
    for n in range(12):
        assert ask(asking, "a guess", address=f"10.0.0.{n}") is None
        again = ask(asking, UNKNOWN, address=f"10.0.0.{n}")
        assert again == (None if n < 3 else MOMENT + 30 * SECOND), n
    assert isinstance(ask(asking, address=AWAY), Told)
    later = MOMENT + verbs.SPAN
    assert ask(asking, "a guess", address=AWAY, now=later) is None
    assert isinstance(ask(asking, address=AWAY, now=later), Told)


def test_the_table_of_misses_has_an_end_and_tells_no_address(
    asking: LookUp, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MOST_PLACES", 5)
    monkeypatch.setattr(store, "LOOKED_AT_EVERY", 10)
    for n in range(29):
        assert ask(asking, "a guess", address=f"10.0.0.{n}", now=MOMENT + n * SECOND) is None
        assert rows(database, "SELECT COUNT(*) FROM look_up_miss")[0][0] <= 5 + 10
    kept = everything_kept(database)
    assert "10.0.0.28" not in kept and known_address("10.0.0.28") not in kept


def test_guesses_at_once_are_no_more_than_one_after_the_other(asking: LookUp, database: Database) -> None:
    with ThreadPoolExecutor(12) as pool:
        found = list(pool.map(lambda n: ask(asking, f"guess {n}"), range(FREE_OF_ADDRESS * 2)))
    counted = found.count(None)
    assert 0 < counted <= FREE_OF_ADDRESS
    assert rows(database, "SELECT misses FROM look_up_miss") == [(counted,)] * 2


def test_what_cannot_be_counted_is_not_answered(asking: LookUp, database: Database) -> None:
    if database.dialect != "sqlite":
        pytest.skip("PostgreSQL has more than one writer")
    with database.writing():
        assert ask(asking, UNKNOWN) == MOMENT + verbs.WHILE_BUSY
        assert isinstance(ask(asking), Told)  # whoever makes no mistake waits for nobody
    assert ask(asking, UNKNOWN, address=HOME) is None
