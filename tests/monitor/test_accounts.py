"""Accounts: what each role has to be given, what cannot be changed, and that somebody can always get in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from monitor.database import Database
from monitor.people import PeopleRefused
from monitor.reading import people as reading
from monitor.rights import Role, Scope
from monitor.text import use_language
from monitor.verbs import accounts
from monitor.verbs.signing_in import SignInRefused
from tests.monitor.canonical_files import MOMENT, small, take
from tests.monitor.peopling import AWAY, CHEAP, add, enter, everything_kept


def one(database: Database, name: str) -> Any:
    with database.reading() as connection:
        return accounts.require(connection, name)


def refused(database: Database, deed: Any) -> str:
    """The problem, with its words in both languages, and nothing changed."""
    before = everything_kept(database)
    with pytest.raises(PeopleRefused) as error:
        deed()
    told = []
    for language in ("zh_CN", "en"):
        with use_language(language):
            told.append(str(error.value))
    assert told[0] != told[1]
    assert everything_kept(database) == before
    return error.value.problem


def test_an_account_of_each_role(database: Database, tmp_path: Any) -> None:
    take(database, small(tmp_path / "in"))
    (key,) = accounts.department_keys(database, ["发改"])
    scopes = {
        "administrator": Scope(),
        "supervisor": Scope(regions=("33",)),
        "leader": Scope(regions=("3301", "330203")),
        "department": Scope(departments=(key,)),
        "agent": Scope(agents=("代办甲",)),
        "auditor": Scope(),
    }
    for role, scope in scopes.items():
        told = {part: list(values) for part, values in vars(scope).items() if values}
        add(database, role[:4], role, scope=told)
        found = one(database, role[:4])
        assert (found.role, found.scope, found.must_change, found.created_by) == (Role(role), scope, True, "root")
    assert accounts.department_keys(database, ["330100/发改", "3301/发改"]) == [key, key]
    with database.reading() as connection:
        assert [account.name for account in reading.accounts(connection)] == "admi agen audi depa lead supe".split()


NO_ACCOUNTS: list[tuple[str, dict[str, Any], str]] = [
    ("", {}, "name"),
    ("zhang san", {}, "name"),
    ("-zhang", {}, "name"),
    ("x" * 65, {}, "name"),
    ("zhang\x00", {}, "name"),
    ("LI", {}, "there"),
    ("zhang", {"role": "chief"}, "role"),
    ("zhang", {"display": "a\nb"}, "display"),
    ("zhang", {"display": "x" * 65}, "display"),
    ("zhang", {"scope": {}}, "needs"),
    ("zhang", {"role": "department"}, "has_no"),
    ("zhang", {"role": "department", "scope": {}}, "needs"),
    ("zhang", {"role": "department", "scope": {"departments": [77]}}, "department"),
    ("zhang", {"role": "department", "scope": {"departments": [True]}}, "department"),
    ("zhang", {"role": "auditor", "scope": {"regions": ["33"]}}, "has_no"),
    ("zhang", {"role": "administrator", "scope": {"regions": ["33"]}}, "has_no"),
    ("zhang", {"role": "agent", "scope": {"agents": [""]}}, "agent"),
    ("zhang", {"scope": {"regions": ["33%"]}}, "region"),
    ("zhang", {"scope": {"regions": [""]}}, "region"),
    ("zhang", {"scope": {"regions": [33]}}, "region"),
    ("zhang", {"scope": {"regions": ["３３"]}}, "region"),
    ("zhang", {"scope": {"regions": "33"}}, "value"),
    ("zhang", {"password": "short"}, "short"),
]


def test_what_cannot_be_an_account(database: Database) -> None:
    add(database, "li")
    for name, more, problem in NO_ACCOUNTS:
        told = {"scope": {"regions": ["33"]}} | more
        assert refused(database, lambda name=name, told=told: add(database, name, **told)) == problem, (name, more)


def test_departments_are_named_without_doubt(database: Database, tmp_path: Any) -> None:
    take(database, small(tmp_path / "in"))
    with database.writing() as connection:
        for row in ("(9, '330200', '发改')", "(10, '', '发改')", "(11, '33', '发/改')"):
            connection.exec_driver_sql(f"INSERT INTO department (id, region, name) VALUES {row}")
    for text, problem in (("发改", "where"), ("财政", "department"), ("4403/发改", "department")):
        assert refused(database, lambda text=text: accounts.department_keys(database, [text])) == problem
    assert accounts.department_keys(database, ["330200/发改", "/发改", "33/发/改", "发/改"]) == [9, 10, 11, 11]


def test_only_what_may_be_changed_is_changed(database: Database) -> None:
    """Mass assignment: a field that is there but not to be changed, and one that is not there."""
    add(database, "zhang")
    for field in ("password", "must_change", "id", "name", "disabled_at", "created_by", "issuer", "rights", "\ud800"):
        for changes in ({field: "x"}, {"display": "张", field: "x"}):
            told = refused(database, lambda told=changes: accounts.change_account(database, "zhang", told, now=MOMENT))
            assert told == "field"
    for changes, problem in (({"regions": []}, "needs"), ({"role": "chief"}, "role"), ({"agents": ["x"]}, "has_no")):
        told = refused(database, lambda told=changes: accounts.change_account(database, "zhang", told, now=MOMENT))
        assert told == problem
    changed = accounts.change_account(database, "ZHANG", {"display": "张三", "regions": ["330100"]}, now=MOMENT)
    assert (changed.display, changed.scope, changed.role) == ("张三", Scope(regions=("3301",)), Role.SUPERVISOR)
    # Another role: what it has no use for goes.
    assert accounts.change_account(database, "zhang", {"role": "agent"}, now=MOMENT).scope == Scope()
    told = refused(database, lambda: accounts.change_account(database, "zhang", {"role": "leader"}, now=MOMENT))
    assert told == "needs"


def test_a_disabled_account_may_not_sign_in_and_may_again(database: Database) -> None:
    initial = add(database, "zhang")
    assert accounts.disable_account(database, "zhang", now=MOMENT).disabled_at == MOMENT
    with pytest.raises(SignInRefused, match="wrong"):
        enter(database, "zhang", initial)
    assert accounts.enable_account(database, "zhang", now=MOMENT).disabled_at is None
    assert enter(database, "zhang", initial).who.name == "zhang"
    for deed in (accounts.disable_account, accounts.sign_out_everywhere):
        assert refused(database, lambda deed=deed: deed(database, "nobody\ud800", now=MOMENT)) == "unknown"


def test_the_last_administrator_stays(database: Database) -> None:
    def disable(name: str) -> Any:
        return accounts.disable_account(database, name, now=MOMENT)

    def demote(name: str) -> Any:
        return accounts.change_account(database, name, {"role": "auditor"}, now=MOMENT)

    add(database, "a", "administrator")
    add(database, "b", "administrator")
    disable("b")
    for deed in (disable, demote):
        assert refused(database, lambda deed=deed: deed("a")) == "last_administrator"
    accounts.change_account(database, "a", {"display": "甲"}, now=MOMENT)
    assert demote("b").role is Role.AUDITOR  # one that is disabled is none to lose
    accounts.enable_account(database, "b", now=MOMENT)
    accounts.change_account(database, "b", {"role": "administrator"}, now=MOMENT)
    # Two who disable one another at the same moment: one of them stays.
    with ThreadPoolExecutor(2) as pool:
        told = [pool.submit(disable, name).exception() for name in ("a", "b")]
    assert sorted(type(error).__name__ for error in told) == ["NoneType", "PeopleRefused"]


def test_another_initial_password_opens_the_lock(database: Database) -> None:
    add(database, "zhang")
    for n in range(6):
        with pytest.raises(SignInRefused, match="locked" if n == 5 else "wrong"):
            enter(database, "zhang", "wrong password", address=AWAY)
    initial = accounts.reset_password(database, CHEAP, "zhang", now=MOMENT)
    assert enter(database, "zhang", initial, address=AWAY).who.must_change
    told = refused(database, lambda: accounts.reset_password(database, CHEAP, "zhang", password="zhang", now=MOMENT))
    assert told == "short"
