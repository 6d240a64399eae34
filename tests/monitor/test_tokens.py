"""Tokens: shown once, scoped, expiring, revocable; and nothing that proves who somebody is lies in the clear."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from monitor.database import Database
from monitor.people import PeopleRefused
from monitor.reading import people as reading
from monitor.rights import Right
from monitor.verbs import accounts
from monitor.verbs.signing_in import NotProved, session_of
from monitor.verbs.tokens import add_token, revoke_token, token_of
from tests.monitor.canonical_files import MOMENT
from tests.monitor.peopling import AWAY, CHEAP, LIMITS, SECOND, add, enter, everything_kept, settled

DAY = dt.timedelta(days=1)


def token(database: Database, name: str = "platform", **more: Any) -> str:
    told: dict[str, Any] = {"account": "zhang", "rights": ["read", "import"], "source": "平台"}
    return add_token(database, name, **told | {"now": MOMENT} | more)[1]


def proves(database: Database, text: str, now: dt.datetime = MOMENT) -> Any:
    try:
        return token_of(database, text, now=now).rights
    except NotProved as error:
        return error.problem


def test_a_token_acts_for_its_account_and_no_further(database: Database) -> None:
    add(database, "zhang")  # who never signed in, nor has to
    text = token(database)
    who = token_of(database, text, now=MOMENT)
    assert (who.name, who.token, who.source, who.scope.regions) == ("zhang", "platform", "平台", ("33",))
    assert who.rights == {Right.READ, Right.IMPORT}
    accounts.change_account(database, "zhang", {"role": "leader"}, now=MOMENT)
    assert proves(database, text) == {Right.READ}


def test_a_token_ends(database: Database) -> None:
    add(database, "zhang")
    text, short = token(database), token(database, "short", days=1)
    assert proves(database, text + "x") == proves(database, "") == proves(database, "\ud800\x00") == "unknown"
    assert proves(database, short, MOMENT + DAY - SECOND) == {Right.READ, Right.IMPORT}
    assert proves(database, short, MOMENT + DAY) == "expired"
    assert proves(database, text, MOMENT + 365 * DAY) == "expired"
    accounts.disable_account(database, "zhang", now=MOMENT)
    assert proves(database, text) == "disabled"
    accounts.enable_account(database, "zhang", now=MOMENT)
    assert proves(database, text) == {Right.READ, Right.IMPORT}
    assert revoke_token(database, "platform", now=MOMENT).id == 1
    assert proves(database, text) == "revoked"
    with pytest.raises(PeopleRefused, match="platform"):
        revoke_token(database, "platform", now=MOMENT)
    again = token(database)  # the name is free again
    assert revoke_token(database, "3", now=MOMENT).name == "platform"
    assert proves(database, again) == "revoked"


def test_the_use_of_a_token_is_written_once_a_minute(database: Database) -> None:
    add(database, "zhang")
    text, used = token(database), []
    for after in (0, 59, 60, 100):
        token_of(database, text, now=MOMENT + after * SECOND)
        with database.reading() as connection:
            used.append(reading.tokens(connection)[0].last_used - MOMENT)
    assert [told.total_seconds() for told in used] == [0, 0, 60, 60]


NO_TOKENS: list[tuple[dict[str, Any], str]] = [
    ({"account": "nobody"}, "unknown"),
    ({"account": "gone"}, "disabled"),
    ({"account": "wang"}, "right"),  # an auditor reads no project
    ({"rights": ["read", "accounts"]}, "right"),
    ({"rights": ["read", "everything"]}, "right"),
    ({"rights": []}, "no_right"),
    ({"source": ""}, "source"),
    ({"rights": ["read"]}, "source"),
    ({"days": 366}, "days"),
    ({"days": 0}, "days"),
    ({"name": " "}, "token_name"),
    ({"name": "a\nb"}, "token_name"),
    ({"name": "there"}, "token_there"),
]


def test_what_cannot_be_a_token(database: Database) -> None:
    add(database, "zhang")
    add(database, "gone")
    add(database, "wang", "auditor")
    accounts.disable_account(database, "gone", now=MOMENT)
    token(database, "there")
    before = everything_kept(database)
    for more, problem in NO_TOKENS:
        with pytest.raises(PeopleRefused) as refused:
            token(database, **{"name": "platform"} | more)
        assert refused.value.problem == problem and str(refused.value)
    assert everything_kept(database) == before


def test_nothing_that_proves_somebody_is_kept_or_logged(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    """Looked through: every row of every table, and all that was logged, at the finest."""
    caplog.set_level("DEBUG")
    initial = add(database, "li")
    signed = settled(database, "zhang", "vier Worte ohne Sinn")
    text = token(database)
    session_of(database, signed.token, limits=LIMITS, now=MOMENT)
    token_of(database, text, now=MOMENT)
    wrong = "a password typed as a name"
    with pytest.raises(Exception, match="wrong"):
        enter(database, wrong, wrong, address=AWAY)
    reset = accounts.reset_password(database, CHEAP, "li", now=MOMENT)
    kept = everything_kept(database) + caplog.text
    assert text[:10] in kept  # else the test would say nothing: this much of a token is shown
    for secret in (initial, reset, signed.token, text, text[3:], "vier Worte ohne Sinn", wrong):
        assert secret not in kept
