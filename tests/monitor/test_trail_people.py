"""What people do to accounts, and at the door, stands in the trail; never what proves who somebody is."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from monitor.actor import Actor, acting
from monitor.database import Database
from monitor.intake import read_secret_list
from monitor.reading.trail import Entry
from monitor.reading.verified import verify
from monitor.verbs import accounts, agreements, tokens
from monitor.verbs.attempts import FREE
from monitor.verbs.backup import backup
from monitor.verbs.deletions import Approval
from monitor.verbs.purge import ask_purge, purge
from monitor.verbs.signing_in import SignInRefused, change_password, prove, sign_out
from tests.monitor.canonical_files import MOMENT, small, take
from tests.monitor.peopling import AWAY, CHEAP, HOME, LIMITS, SECOND, add, enter, everything_kept, person, settled
from tests.monitor.servers import programs
from tests.monitor.trails import looked_at, past_every_lock, rows, told

PASSWORD, OTHER, WRONG = "vier Worte ohne Sinn", "noch einmal vier Worte", "geraten und falsch"
WEB = Actor("root", "administrator", "web", "10.1.0.99")


def since(database: Database, before: int) -> list[Entry]:
    return told(database)[before:]


def brief(entry: Entry) -> tuple[Any, ...]:
    """What an entry says was done: verb, subject, before, after, and the names beside it."""
    return entry.verb, f"{entry.subject_kind} {entry.subject}", entry.before, entry.after, entry.personal


def test_an_account_is_told_before_and_after(database: Database) -> None:
    add(database, "root", "administrator")
    before = len(told(database))
    zhang = {"account": "zhang", "display": "张三"}
    with acting(WEB):
        initial = accounts.add_account(
            database, CHEAP, "Zhang", role="supervisor", scope={"regions": ["33"]}, display="张三", now=MOMENT
        )[1]
        accounts.change_account(database, "zhang", {"role": "agent", "agents": ["王五"]}, now=MOMENT)
        accounts.change_account(database, "zhang", {"display": "张三"}, now=MOMENT)  # as it is
        accounts.change_account(database, "zhang", {"display": "张四", "agents": []}, now=MOMENT)
        accounts.disable_account(database, "zhang", now=MOMENT)
        accounts.disable_account(database, "zhang", now=MOMENT)  # is already
        accounts.enable_account(database, "zhang", now=MOMENT)
        accounts.enable_account(database, "zhang", now=MOMENT)
        again = accounts.reset_password(database, CHEAP, "zhang", now=MOMENT)
        enter(database, "zhang", again)
        accounts.sign_out_everywhere(database, "zhang", now=MOMENT)
        accounts.sign_out_everywhere(database, "zhang", now=MOMENT)  # nobody is in
    found = [entry for entry in since(database, before) if entry.verb != "sign_in"]
    assert {(one.actor, one.role, one.door, one.address) for one in found} == {tuple(vars(WEB).values())}
    first = {"role": "supervisor", "regions": ["33"], "departments": []}
    later = zhang | {"display": "张四"}
    assert [brief(entry) for entry in found] == [
        ("account_add", "account 2", {}, first, zhang),
        (
            "account_change", "account 2", {"role": "supervisor", "regions": ["33"]}, {"role": "agent", "regions": []},
            zhang | {"agents_before": "", "agents_after": "王五"},
        ),
        (
            "account_change", "account 2", {}, {}, zhang | {
                "display_before": "张三", "display_after": "张四", "agents_before": "王五", "agents_after": "",
            },
        ),
        ("account_disable", "account 2", {}, {"sessions_ended": 0}, later),
        ("account_enable", "account 2", {"disabled_at": MOMENT.isoformat()}, {}, later),
        ("password_reset", "account 2", {}, {"sessions_ended": 0}, later),
        ("sessions_end", "account 2", {}, {"sessions_ended": 1}, later),
    ]  # fmt: skip
    assert looked_at(database).sound
    nothing_secret_in_the_trail(database, initial, again)


def nothing_secret_in_the_trail(database: Database, *secrets: str) -> None:
    """No secret, nor any hash that is kept, is a part of what the trail says."""
    words = json.dumps([entry.document() for entry in told(database)], ensure_ascii=False)
    assert not [one for one in secrets if one in words]
    assert "argon2" not in words and "argon2" in everything_kept(database)


def test_whoever_signs_in_is_who_acts(database: Database) -> None:
    initial = add(database, "zhang")
    before = len(told(database))
    with acting(Actor("", "", "web", HOME)):
        for _ in range(2):
            with pytest.raises(SignInRefused):
                enter(database, "zhang", WRONG)
        enter(database, "zhang", initial)
        begun = change_password(database, CHEAP, "zhang", initial, PASSWORD, address=HOME, limits=LIMITS, now=MOMENT)
    with acting(WEB):  # whatever the door says of somebody else
        assert sign_out(database, begun.token, now=MOMENT)
        assert not sign_out(database, begun.token, now=MOMENT)
        enter(database, "zhang", PASSWORD, address=AWAY)
    assert prove(database, CHEAP, "ZHANG", PASSWORD, address=HOME, now=MOMENT).name == "zhang"
    found = since(database, before)
    assert [(one.verb, one.subject, one.after) for one in found] == [
        ("sign_in", "1", {"failures_before": 2}),
        ("password_change", "1", {"sessions_ended": 1, "initial": True}),
        ("sign_out", "1", {}),
        ("sign_in", "1", {"failures_before": 0}),
    ]
    assert {(one.actor, one.role, one.door) for one in found} == {("zhang", "supervisor", "web")}
    assert [one.address for one in found] == [HOME, HOME, "10.1.0.99", "10.1.0.99"]
    nothing_secret_in_the_trail(database, initial, PASSWORD, begun.token, WRONG)


def test_a_thousand_wrong_passwords_are_one_entry(database: Database) -> None:
    settled(database, "zhang", PASSWORD)
    before = len(told(database))
    for n in range(1000):
        with pytest.raises(SignInRefused):
            enter(database, "zhang", f"{WRONG} {n}", address=AWAY)
    (entry,) = since(database, before)
    until = (MOMENT + 30 * SECOND).isoformat()
    after = {"failures": FREE, "of_address": FREE, "until": until}
    assert brief(entry) == ("sign_in_locked", "account 1", {}, after, {"account": "zhang", "display": "zhang"})
    assert (entry.actor, entry.role, entry.address, entry.outcome) == ("", "", AWAY, "refused")
    # Each lock that follows is one more; the right password at the moment of a lock is none.
    with pytest.raises(SignInRefused):
        enter(database, "zhang", WRONG, MOMENT + 30 * SECOND, AWAY)
    enter(database, "zhang", PASSWORD, MOMENT + 90 * SECOND, AWAY)
    told_of = [
        (one.verb, one.after.get("failures", one.after.get("failures_before"))) for one in since(database, before)
    ]
    assert told_of == [("sign_in_locked", 5), ("sign_in_locked", 6), ("sign_in", 6)]
    assert looked_at(database).sound


def test_a_password_typed_for_a_name_is_not_told(database: Database) -> None:
    add(database, "zhang")
    before = len(told(database))
    for _ in range(FREE):
        with pytest.raises(SignInRefused):
            enter(database, PASSWORD, WRONG, address=AWAY)
    (entry,) = since(database, before)
    assert (entry.verb, entry.subject_kind, entry.subject, entry.personal) == ("sign_in_locked", "", "", {})
    nothing_secret_in_the_trail(database, PASSWORD, WRONG)


def test_a_token_and_an_agreement_are_told(database: Database, tmp_path: Path) -> None:
    take(database, small(tmp_path / "in"))
    for name in ("li", "wang"):
        add(database, name, "agent")
    before = len(told(database))
    day = dt.date(2026, 3, 2)
    with acting(WEB):
        _token, text = tokens.add_token(database, "平台", account="li", rights=["read"], days=1, now=MOMENT)
        tokens.revoke_token(database, "平台", now=MOMENT)
        agreements.add_agreement(database, "li", "P1", stages=["planning"], code="DB-7", now=MOMENT)
        agreements.change_agreement(database, 1, state="signed", since=day, now=MOMENT)
        agreements.hand_over(database, 1, "wang", on=day + dt.timedelta(9), now=MOMENT)
        agreements.end_agreement(database, 2, on=day + dt.timedelta(20), now=MOMENT)
    found = since(database, before)
    assert {one.actor for one in found} == {"root"}
    states = [(one.verb, one.subject, one.before.get("state"), one.after.get("state")) for one in found]
    assert states == [
        ("token_add", "1", None, None),
        ("token_revoke", "1", None, None),
        ("agreement_add", "1", None, "to_sign"),
        ("agreement_change", "1", "to_sign", "signed"),
        ("agreement_hand_over", "1", "signed", "terminated"),
        ("agreement_end", "2", "signed", "terminated"),
    ]
    expires = (MOMENT + dt.timedelta(1)).isoformat()
    assert found[0].after == {"prefix": text[:10], "rights": ["read"], "source": "", "expires": expires}
    assert found[0].personal == {"name": "平台", "account": "li"}
    assert (found[4].after["until"], found[4].after["handed_to"]) == ("2026-03-10", 2)
    assert found[4].personal == {"account": "li", "to": "wang"}
    assert found[5].after["project_code"] == found[5].before["project_code"] == "P1"
    nothing_secret_in_the_trail(database, text)


def test_what_is_refused_is_not_told_and_what_is_told_is_done(database: Database, monkeypatch: Any) -> None:
    add(database, "root", "administrator")
    kept = everything_kept(database)
    for deed in (
        lambda: accounts.disable_account(database, "root", now=MOMENT),
        lambda: accounts.change_account(database, "root", {"role": "chief"}, now=MOMENT),
        lambda: tokens.add_token(database, "x", account="nobody", rights=["read"], now=MOMENT),
    ):
        with pytest.raises(accounts.PeopleRefused):
            deed()
    assert everything_kept(database) == kept
    # Where the entry cannot be written, nothing is done.
    with database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM trail_head")
    for deed in (
        lambda: accounts.change_account(database, "root", {"display": "甲"}, now=MOMENT),
        lambda: tokens.add_token(database, "x", account="root", rights=["read"], now=MOMENT),
    ):
        before = everything_kept(database)
        with pytest.raises(Exception, match="trail verify"):
            deed()
        assert everything_kept(database) == before


def test_damage_to_such_entries_is_found_and_named(database: Database, tmp_path: Path) -> None:
    """One byte of any row, a row that is gone (the last one too), two that changed places."""
    first = settled(database, "root", PASSWORD, "administrator")
    settled(database, "zhang", PASSWORD, "administrator")
    sign_out(database, first.token, now=MOMENT)
    for _ in range(FREE):
        with pytest.raises(SignInRefused):
            enter(database, "zhang", WRONG, address=AWAY)
    tokens.add_token(database, "t", account="root", rights=["read"], now=MOMENT)
    take(database, small(tmp_path / "in"))
    (tmp_path / "secret.txt").write_text("P1\n", "utf-8")
    secret, root, zhang = (
        read_secret_list(tmp_path / "secret.txt"), person(database, "root"), person(database, "zhang"),
    )  # fmt: skip
    ask_purge(database, secret, who=root, clock=lambda: MOMENT)
    purge(database, secret, by="zhang", clock=lambda: MOMENT, approval=Approval(zhang, 1))
    backup(database, tmp_path / "b", environment=programs(), clock=lambda: MOMENT)
    sound = looked_at(database)
    kinds = [entry.verb for entry in told(database)]
    assert sound.sound and {"password_change", "sign_in_locked", "sign_out", "purge_ask", "purge"} < set(kinds)
    assert kinds[-1] == "backup"
    with database.reading() as connection:
        entries, details = rows(connection, "trail_entry"), rows(connection, "trail_detail")
    names = [name for name in entries[0] if name not in ("seq", "previous")]
    for n, row in enumerate(entries):
        seq, name = row["seq"], names[n % len(names)]
        for sql in (
            f"UPDATE trail_entry SET {name} = {name} || 'x' WHERE seq = {seq}",
            f"DELETE FROM trail_entry WHERE seq = {seq}",
        ):
            with past_every_lock(database) as connection:
                connection.execute(text(sql))
                assert verify(connection).broken[0].seq == seq, sql
        if n:
            with past_every_lock(database) as connection:
                for old, new in ((seq - 1, 900), (seq, seq - 1), (900, seq)):
                    connection.execute(text(f"UPDATE trail_entry SET seq = {new} WHERE seq = {old}"))
                assert verify(connection).broken[0].seq == seq - 1
    for row in details:
        where = f"WHERE seq = {row['seq']} AND part = '{row['part']}'"
        for sql in (f"UPDATE trail_detail SET content = content || ' ' {where}", f"DELETE FROM trail_detail {where}"):
            with past_every_lock(database) as connection:
                connection.execute(text(sql))
                assert [(one.seq, one.part) for one in verify(connection).broken] == [(row["seq"], row["part"])]
    # A head that was printed finds an end that was cut off with its head put back.
    with past_every_lock(database) as connection:
        last, before = entries[-1]["seq"], entries[-2]
        connection.execute(text(f"DELETE FROM trail_detail WHERE seq = {last}"))
        connection.execute(text(f"DELETE FROM trail_entry WHERE seq = {last}"))
        connection.execute(text(f"UPDATE trail_head SET seq = {before['seq']}, hash = '{before['hash']}'"))
        assert verify(connection).sound and not verify(connection, sound.hash).sound
    assert looked_at(database, sound.hash).sound
