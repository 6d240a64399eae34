"""Signing in: locked after wrong passwords, honest people served meanwhile, nothing told of who has an account."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST

from monitor.database import Database, DatabaseError
from monitor.passwords import Passwords
from monitor.people import known_address
from monitor.rights import Right
from monitor.verbs import accounts
from monitor.verbs.attempts import FREE, FREE_OF_ADDRESS, LONGEST_WAIT, wait
from monitor.verbs.signing_in import (
    NotProved,
    SignInRefused,
    change_password,
    session_of,
    sign_in,
    sign_out,
)
from tests.monitor.canonical_files import MOMENT, rows
from tests.monitor.peopling import AWAY, CHEAP, HOME, LIMITS, SECOND, add, enter, settled

PASSWORD, OTHER = "vier Worte ohne Sinn", "noch einmal vier Worte"
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry for every hash that was verified."""
    done: list[str] = []
    plain = PasswordHasher.verify

    def counting(self: PasswordHasher, hashed: Any, password: Any) -> Any:
        done.append(hashed)
        return plain(self, hashed, password)

    monkeypatch.setattr(PasswordHasher, "verify", counting)
    return done


def refused(database: Database, name: str, password: str, now: dt.datetime = MOMENT, address: str = AWAY) -> Any:
    with pytest.raises(SignInRefused) as error:
        enter(database, name, password, now, address)
    return error.value.problem, error.value.again_at


def holds(database: Database, token: str, now: dt.datetime) -> bool | str:
    """Whether a session holds; the reason where it does not."""
    try:
        return bool(session_of(database, token, limits=LIMITS, now=now))
    except NotProved as error:
        return error.problem


def test_the_wait_after_a_failure() -> None:
    seconds = [told.total_seconds() if (told := wait(n, 5)) else 0 for n in (1, 4, 5, 6, 7, 11, 12, 1000)]
    assert seconds == [0, 0, 30, 60, 120, 1920, 3600, 3600]
    assert all((wait(n, FREE) or LONGEST_WAIT) <= LONGEST_WAIT for n in range(10_000))


def test_addresses_by_which_attempts_are_counted() -> None:
    told = {"10.1.0.7": "10.1.0.7", " ::1 ": "::/64", "2001:db8:0:1:a::9": "2001:db8:0:1::/64", "unix:": "unix:"}
    assert {text: known_address(text) for text in told} == told
    assert len(known_address("x" * 1000 + "\n")) == 64


def test_a_thousand_wrong_passwords_against_one_account(database: Database, verified: list[str]) -> None:
    settled(database, "zhang", PASSWORD)
    initial = add(database, "li")
    verified.clear()
    told = [refused(database, "zhang", f"wrong password {n}") for n in range(1000)]
    until = MOMENT + 30 * SECOND
    assert told == [("wrong", None)] * 4 + [("wrong", until)] + [("locked", until)] * 995
    assert len(verified) == FREE
    # From another address a stranger is locked out as well, with the right password too; zhang's own office is not.
    assert refused(database, "zhang", PASSWORD, address="198.51.100.1") == ("locked", until)
    assert enter(database, "zhang", PASSWORD).who.name == "zhang"
    assert enter(database, "li", initial, address=AWAY).who.name == "li"
    # Whoever waits each time finds the waits doubled, up to an hour.
    now, waits = until, []
    for _ in range(12):
        problem, again = refused(database, "zhang", "wrong password", now)
        assert problem == "wrong"
        assert refused(database, "zhang", "wrong password", again - SECOND) == ("locked", again)
        waits.append((again - now).total_seconds())
        now = again
    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600, 3600, 3600]
    # A stranger who knows the password gets in once it is over; and a day later nothing is remembered.
    assert enter(database, "zhang", PASSWORD, now, AWAY).who.name == "zhang"
    assert refused(database, "zhang", "wrong password", now + dt.timedelta(days=2)) == ("wrong", None)


def test_an_address_that_tries_many_names_is_locked(database: Database, verified: list[str]) -> None:
    settled(database, "zhang", PASSWORD)
    initial = add(database, "li")
    verified.clear()
    told = [refused(database, f"name{n}", "wrong password")[0] for n in range(100)]
    assert told == ["wrong"] * FREE_OF_ADDRESS + ["locked"] * 70
    assert len(verified) == FREE_OF_ADDRESS
    assert refused(database, "li", initial)[0] == "locked"
    assert enter(database, "li", initial, address=HOME).who.name == "li"


def test_a_sign_in_does_not_count_as_a_failure_of_its_address(database: Database) -> None:
    settled(database, "zhang", PASSWORD)
    for n in range(FREE_OF_ADDRESS - 1):
        assert refused(database, f"name{n}", "wrong password") == ("wrong", None)
    for _ in range(5):
        enter(database, "zhang", PASSWORD, address=AWAY)
    assert refused(database, "name", "wrong password") == ("wrong", MOMENT + 30 * SECOND)


def test_a_known_and_an_unknown_name_cost_the_same_and_are_told_the_same(
    database: Database, verified: list[str]
) -> None:
    settled(database, "zhang", PASSWORD)
    initial = add(database, "gone")
    accounts.disable_account(database, "gone", now=MOMENT)
    verified.clear()
    found = {}
    for name, password in (("zhang", "wrong password"), ("nobody", "wrong password"), ("gone", initial)):
        before = len(verified)
        told = [refused(database, name, password) for _ in range(7)]
        found[name] = told, len(verified) - before
    assert found["zhang"] == found["nobody"] == found["gone"]
    assert found["zhang"][1] == FREE


def test_an_account_without_a_password_cannot_sign_in(database: Database, verified: list[str]) -> None:
    add(database, "zhang")
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE account SET password = NULL")
    assert refused(database, "zhang", "") == ("wrong", None)
    assert len(verified) == 1


def test_attempts_at_once_are_no_more_than_one_after_the_other(database: Database, verified: list[str]) -> None:
    settled(database, "zhang", PASSWORD)
    verified.clear()
    with ThreadPoolExecutor(12) as pool:
        told = list(pool.map(lambda n: refused(database, "zhang", f"wrong password {n}")[0], range(24)))
    assert sorted(told) == ["locked"] * (24 - FREE) + ["wrong"] * FREE
    assert len(verified) == FREE


def test_a_name_is_the_same_in_any_case_and_width(database: Database) -> None:
    initial = add(database, "Zhang.San")
    assert enter(database, "ＺＨＡＮＧ.san ", initial).who.name == "zhang.san"


def test_what_nobody_types_is_refused_like_anything_else(database: Database) -> None:
    initial = add(database, "zhang")
    for name, password in (("\ud800", "\udfff"), ("", ""), ("zhang\x00", initial), ("x" * 100_000, "y" * 1_000_000)):
        assert refused(database, name, password) == ("wrong", None)


def test_an_initial_password_gives_no_right_until_it_is_changed(database: Database) -> None:
    initial = add(database, "zhang", "administrator")
    signed = enter(database, "zhang", initial)
    assert signed.who.must_change and signed.who.rights == frozenset()
    changed = change_password(database, CHEAP, "zhang", initial, PASSWORD, address=HOME, limits=LIMITS, now=MOMENT)
    assert changed.who.may(Right.ACCOUNTS)
    assert holds(database, signed.token, MOMENT) == "revoked"
    assert holds(database, changed.token, MOMENT) is True
    assert refused(database, "zhang", initial) == ("wrong", None)
    assert not enter(database, "zhang", PASSWORD).who.must_change


def test_the_own_password_is_not_changed_without_the_old_one(database: Database) -> None:
    settled(database, "zhang", PASSWORD)
    for _ in range(FREE):
        with pytest.raises(SignInRefused, match="wrong"):
            change_password(database, CHEAP, "zhang", OTHER, OTHER + "!", address=HOME, limits=LIMITS, now=MOMENT)
    with pytest.raises(SignInRefused, match="locked"):
        change_password(database, CHEAP, "zhang", PASSWORD, OTHER, address=HOME, limits=LIMITS, now=MOMENT)


def test_a_session_ends(database: Database) -> None:
    """By sign-out, idle, at last, by disabling, revoking, another password, another role, another scope."""
    settled(database, "root", PASSWORD, "administrator")
    begun = settled(database, "zhang", PASSWORD)
    assert holds(database, begun.token + "x", MOMENT) == "unknown"
    for after, told in ((30 * MINUTE - SECOND, True), (30 * MINUTE, True), (60 * MINUTE, "idle")):
        assert holds(database, begun.token, MOMENT + after) == told, after  # used each time, so idle from then on
    busy = enter(database, "zhang", PASSWORD)
    for n in range(1, 48):
        assert holds(database, busy.token, MOMENT + n * 15 * MINUTE) is True
    assert holds(database, busy.token, MOMENT + 12 * 60 * MINUTE) == "expired"

    def ends(deed: Any) -> Any:
        signed = enter(database, "zhang", PASSWORD)
        assert holds(database, signed.token, MOMENT) is True
        deed(signed)
        return holds(database, signed.token, MOMENT)

    assert ends(lambda signed: sign_out(database, signed.token, now=MOMENT)) == "revoked"
    assert ends(lambda _: accounts.sign_out_everywhere(database, "zhang", now=MOMENT)) == "revoked"
    for changes in ({"role": "leader"}, {"regions": ["3301"]}):
        assert ends(lambda _, new=changes: accounts.change_account(database, "zhang", new, now=MOMENT)) == "revoked"
    assert ends(lambda _: accounts.change_account(database, "zhang", {"display": "张"}, now=MOMENT)) is True
    assert ends(lambda _: accounts.disable_account(database, "zhang", now=MOMENT)) == "disabled"
    accounts.enable_account(database, "zhang", now=MOMENT)
    signed = enter(database, "zhang", PASSWORD)
    accounts.reset_password(database, CHEAP, "zhang", now=MOMENT)
    assert holds(database, signed.token, MOMENT) == "revoked"
    assert sign_out(database, signed.token, now=MOMENT) is False


def test_sessions_are_shorter_from_the_day_on_which_the_office_says_so(database: Database) -> None:
    begun = settled(database, "zhang", PASSWORD)
    shorter = replace(LIMITS, absolute=5 * MINUTE)
    with pytest.raises(NotProved, match="expired"):
        session_of(database, begun.token, limits=shorter, now=MOMENT + 5 * MINUTE)


def test_the_use_of_a_session_is_written_once_a_minute(database: Database) -> None:
    begun = settled(database, "zhang", PASSWORD)
    seen = []
    for after in (10, 59, 60, 100, 125):
        session_of(database, begun.token, limits=LIMITS, now=MOMENT + after * SECOND)
        with database.reading() as connection:
            found = accounts.reading.sessions(connection, begun.who.account_id)[0].last_seen
        seen.append((found - MOMENT).total_seconds())
    assert seen == [0, 0, 60, 60, 125]


def test_a_session_waits_for_no_other_writer(database: Database) -> None:
    begun = settled(database, "zhang", PASSWORD)
    waiting = threading.Event()
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE account SET display = 'made up'")
        worker = threading.Thread(
            target=lambda: (session_of(database, begun.token, limits=LIMITS, now=MOMENT + MINUTE), waiting.set())
        )
        worker.start()
        assert waiting.wait(2), "the fixture's own patience is 5 seconds"
    worker.join()
    if database.dialect == "sqlite":  # and a writer that is not in a hurry waits again as long as before
        with database.reading() as connection:
            assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 5000
        with database.writing(), pytest.raises(DatabaseError, match="busy"), database.writing(patient=False):
            pass


def test_a_password_that_is_changed_while_it_is_verified_begins_no_session(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled(database, "zhang", PASSWORD)
    plain = Passwords.fits

    def slow(self: Passwords, hashed: str | None, password: str) -> bool:
        monkeypatch.setattr(Passwords, "fits", plain)
        accounts.reset_password(database, CHEAP, "zhang", now=MOMENT)
        return plain(self, hashed, password)

    monkeypatch.setattr(Passwords, "fits", slow)
    assert refused(database, "zhang", PASSWORD) == ("wrong", None)
    assert rows(database, "SELECT COUNT(*) FROM account_session WHERE revoked_at IS NULL") == [(0,)]


def test_a_hash_of_other_parameters_is_made_anew_at_sign_in(database: Database) -> None:
    settled(database, "zhang", PASSWORD)
    (before,) = rows(database, "SELECT password FROM account")
    enter(database, "zhang", PASSWORD)
    assert rows(database, "SELECT password FROM account") == [before]
    dearer = Passwords(replace(CHEAPEST, time_cost=2))
    sign_in(database, dearer, "zhang", PASSWORD, address=HOME, limits=LIMITS, now=MOMENT)
    (after,) = rows(database, "SELECT password FROM account")
    assert "t=2" in after[0] and "t=1" in before[0]
    assert enter(database, "zhang", PASSWORD).who.must_change is False
