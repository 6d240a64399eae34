"""user, token, agreement: what is printed, what is read, and how each ends."""

from __future__ import annotations

import getpass
import io
import sys
from pathlib import Path
from typing import Any

import pytest
from argon2.profiles import CHEAPEST

from monitor import passwords
from monitor.database import Database
from monitor.settings import account as account_of_system
from monitor.settings import now
from monitor.verbs.signing_in import sign_in
from monitor.verbs.tokens import token_of
from tests.monitor.canonical_files import small
from tests.monitor.commands import Run, refused
from tests.monitor.peopling import CHEAP, HOME, LIMITS


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "PARAMETERS", CHEAPEST)


def signed(url: str, name: str, password: str) -> Any:
    database = Database(url)
    try:
        return sign_in(database, CHEAP, name, password, address=HOME, limits=LIMITS, now=now())
    finally:
        database.close()


def test_the_first_administrator(run: Run, database_url: str, tmp_path: Path) -> None:
    made = run("user", "add", "Zhang.San", "--role", "administrator", "--display", "张三")
    assert (made.code, made.err.count("\n")) == (0, 2)
    initial = made.out.strip()
    assert signed(database_url, "zhang.san", initial).who.must_change
    (account,) = run("user", "list", "--json").document["accounts"]
    assert account | {"created_at": ""} == {
        "name": "zhang.san", "display": "张三", "role": "administrator", "regions": [], "departments": [], "agents": [],
        "must_change": True, "created_at": "", "created_by": account_of_system(), "disabled_at": None,
    }  # fmt: skip
    shown = run("user", "show", "ZHANG.SAN")
    assert "Administrator" in shown.out and "accounts" in shown.out and initial not in shown.out
    refused(run("user", "disable", "zhang.san"), "last administrator", "Nothing changed")
    refused(run("user", "change", "zhang.san", "--role", "auditor"), "last administrator")
    refused(run("user", "add", "zhang.san", "--role", "auditor"), "there is such an account")
    logged = "".join(file.read_text("utf-8") for file in (tmp_path / "logs").glob("*"))
    assert initial not in logged


def test_an_initial_password_is_typed_or_read_never_an_argument(
    run: Run, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = ("user", "add", "li", "--role", "auditor")
    refused(run(*told, "--password", "vier Worte ohne Sinn"), "--password", code=2)
    refused(run(*told, "--ask", "--stdin"), "--stdin", code=2)
    monkeypatch.setattr(sys, "stdin", io.StringIO("short\n"))
    refused(run(*told, "--stdin"), "5 characters", "12 to 256")
    answers = iter(["vier Worte ohne Sinn", "vier Worte ohne sinn"])
    monkeypatch.setattr(getpass, "getpass", lambda prompt: next(answers))
    refused(run(*told, "--ask"), "not the same")
    monkeypatch.setattr(getpass, "getpass", lambda prompt: "vier Worte ohne Sinn")
    ended = run(*told, "--ask")
    assert (ended.code, ended.out) == (0, "") and "vier" not in ended.err
    assert signed(database_url, "li", "vier Worte ohne Sinn").who.must_change
    monkeypatch.setattr(sys, "stdin", io.StringIO("noch einmal vier Worte\nmore\n"))
    assert run("user", "password", "li", "--stdin").out == ""
    assert signed(database_url, "li", "noch einmal vier Worte").who.must_change
    again = run("user", "password", "li").out.strip()
    assert signed(database_url, "li", again).who.must_change


def test_an_account_is_changed_disabled_and_signed_out(run: Run, database_url: str, tmp_path: Path) -> None:
    small(tmp_path / "in")
    assert run("import", "in").code == 0
    initial = run("user", "add", "zhang", "--role", "supervisor", "--region", "33", "--region", "3401").out.strip()
    assert run("user", "show", "zhang", "--json").document["regions"] == ["33", "3401"]
    refused(run("user", "change", "zhang"), "nothing to change", code=2)
    refused(run("user", "change", "zhang", "--region", "33x"), "33x", "area code")
    refused(run("user", "change", "zhang", "--role", "department", "--department", "财政"), "财政")
    assert run("user", "change", "zhang", "--role", "department", "--department", "330100/发改").code == 0
    shown = run("user", "show", "zhang", "--json").document
    assert (shown["regions"], shown["departments"]) == ([], [{"region": "330100", "name": "发改"}])
    assert shown["rights"] == ["answer", "appeal", "correction", "read", "slips"]
    for _ in range(2):
        signed(database_url, "zhang", initial)
    assert len(run("user", "sessions", "zhang", "--json").document["sessions"]) == 2
    assert "2 sessions" in run("user", "sign-out", "zhang").err
    ended = run("user", "sessions", "zhang", "--json").document["sessions"]
    assert all(one["ended"] for one in ended) and ended[0]["address"] == HOME
    assert run("user", "disable", "zhang").code == 0
    assert "disabled" in run("user", "list").out
    assert run("user", "enable", "zhang").code == 0
    refused(run("user", "show", "nobody"), "nobody", "user list")


def test_a_token_is_shown_once(run: Run, database_url: str, tmp_path: Path) -> None:
    run("user", "add", "machine", "--role", "supervisor", "--region", "33")
    told = ("token", "add", "platform", "--for", "machine", "--right", "import", "--right", "read")
    refused(run(*told), "source")
    made = run(*told, "--source", "平台", "--days", "30")
    text = made.out.strip()
    database = Database(database_url)
    assert token_of(database, text, now=now()).source == "平台"
    listed = run("token", "list")
    (one,) = run("token", "list", "--json").document["tokens"]
    assert (one["rights"], one["source"], one["prefix"]) == (["import", "read"], "平台", text[:10])
    assert one["last_used"] and text not in listed.out + listed.err
    assert run("token", "revoke", "platform").code == 0
    assert run("token", "list", "--json").document["tokens"][0]["revoked_at"]
    refused(run("token", "revoke", "platform"), "platform", "token list")
    assert text not in "".join(file.read_text("utf-8") for file in (tmp_path / "logs").glob("*"))
    database.close()


def test_an_agreement_is_entered_signed_handed_over_and_ended(run: Run, tmp_path: Path) -> None:
    small(tmp_path / "in")
    run("import", "in")
    for name in ("li", "wang"):
        assert run("user", "add", name, "--role", "agent").code == 0
    refused(run("agreement", "add", "li", "P9"), "P9")
    assert run("agreement", "add", "li", "P1", "--stage", "planning", "--code", "DB-7").code == 0
    assert run("agreement", "change", "1", "--state", "signed", "--from", "2026-03-02").code == 0
    ended = run("agreement", "hand-over", "1", "--to", "wang", "--on", "2026-03-16")
    assert ended.code == 0 and "2026-03-15" in ended.err
    assert run("agreement", "end", "2", "--on", "2026-03-31").code == 0
    told = run("agreement", "list", "--json").document["agreements"]
    assert [(one["account"], one["state"], one["since"], one["until"], one["handed_to"]) for one in told] == [
        ("li", "terminated", "2026-03-02", "2026-03-15", 2),
        ("wang", "terminated", "2026-03-16", "2026-03-31", None),
    ]
    assert [one["number"] for one in run("agreement", "list", "--for", "wang", "--json").document["agreements"]] == [2]
    chinese = run("agreement", "list", MONITOR_LANGUAGE="zh_CN")
    assert "已终止" in chinese.out and "规划许可" in chinese.out
    assert run("agreement", "add", "li", "P1").code == 0
    assert run("agreement", "end", "3").code == 0  # never signed, so it has no days
    refused(run("agreement", "end", "3"), "terminated")
