"""Agreements of agents: on which days an agent acts for a project, and what is kept of it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from monitor.actor import Actor, acting
from monitor.database import Database
from monitor.intake import read_secret_list
from monitor.people import PeopleRefused
from monitor.reading import people as reading
from monitor.verbs import accounts
from monitor.verbs.agreements import add_agreement, change_agreement, end_agreement, hand_over
from monitor.verbs.deletions import Approval
from monitor.verbs.purge import ask_purge, purge
from tests.monitor.canonical_files import MOMENT, rows, small, take
from tests.monitor.peopling import add, everything_kept, person

SIGNED = dt.date(2026, 3, 2)
SOME = ("planning", "construction")


@pytest.fixture
def agents(database: Database, tmp_path: Path) -> Database:
    """A project P1, the agents li and wang, and a supervisor, made up."""
    take(database, small(tmp_path / "in"))
    for name in ("li", "wang"):
        add(database, name, "agent")
    add(database, "zhang")
    return database


def day(n: int) -> dt.date:
    return dt.date(2026, 3, n)


def agree(database: Database, account: str = "li", project: str = "P1", **more: Any) -> Any:
    told: dict[str, Any] = {"state": "signed", "since": SIGNED, "now": MOMENT}
    return add_agreement(database, account, project, **told | more)


def acts(database: Database, name: str, on: dt.date) -> list[tuple[str, tuple[str, ...]]]:
    """For which projects and stages an agent acts on a day."""
    with database.reading() as connection:
        return reading.entrusted(connection, accounts.require(connection, name).id, on)


def test_an_agreement_holds_from_the_day_on_which_it_is_signed(agents: Database) -> None:
    made = agree(agents, state="to_sign", since=None, stages=SOME, code="DB-7")
    assert (made.number, made.state.word, made.stages, made.since) == (1, "to_sign", SOME, None)
    for state in ("signing", "to_seal"):
        assert change_agreement(agents, 1, state=state, now=MOMENT).state.word == state
    assert acts(agents, "li", SIGNED) == []
    with acting(Actor("李四")):
        done = change_agreement(agents, 1, state="signed", since=SIGNED, until=day(20), now=MOMENT)
    assert (done.code, done.said_by, done.project_code) == ("DB-7", "李四", "P1")
    assert [bool(acts(agents, "li", day(n))) for n in (1, 2, 20, 21)] == [False, True, True, False]
    assert acts(agents, "li", day(9)) == [("P1", SOME)]
    assert acts(agents, "wang", day(9)) == []
    # What was said before stays, each until the next, although the clock stood still.
    kept = rows(agents, "SELECT state, known_to IS NULL, known_from < known_to FROM agreement_fact ORDER BY id")
    assert [(state, bool(known), grows) for state, known, grows in kept] == [
        (1, False, True), (2, False, True), (3, False, True), (4, True, None),
    ]  # fmt: skip


def test_an_agreement_ends_with_its_last_day(agents: Database) -> None:
    agree(agents)
    done = end_agreement(agents, 1, on=day(10), now=MOMENT)
    assert (done.state.word, done.until) == ("terminated", day(10))
    assert [bool(acts(agents, "li", day(n))) for n in (2, 10, 11)] == [True, True, False]
    agree(agents, state="signing", since=None)  # a new one may be made
    ended = end_agreement(agents, 2, on=day(10), now=MOMENT)
    assert (ended.since, ended.until, ended.holds(day(10))) == (None, None, False)  # it never held


def test_an_agreement_is_handed_over_on_a_day(agents: Database) -> None:
    agree(agents, stages=SOME, until=day(30), code="DB-7")
    old, new = hand_over(agents, 1, "WANG", on=day(16), now=MOMENT)
    assert (old.state.word, old.until, old.handed_to) == ("terminated", day(15), 2)
    assert (new.number, new.account, new.since, new.until, new.code) == (2, "wang", day(16), day(30), "DB-7")
    for n in (2, 15, 16, 30, 31):
        told = {name: acts(agents, name, day(n)) for name in ("li", "wang")}
        whose = "li" if n <= 15 else "wang" if n <= 30 else None
        assert told == {name: [("P1", SOME)] if name == whose else [] for name in ("li", "wang")}, n


def test_what_cannot_be_agreed(agents: Database) -> None:
    agree(agents, stages=["planning"])
    add(agents, "gone", "agent")
    accounts.disable_account(agents, "gone", now=MOMENT)
    when: dict[str, Any] = {"now": MOMENT}
    to_sign: dict[str, Any] = {"state": "to_sign", "since": None}
    end_agreement(agents, agree(agents, "wang").number, on=day(3), **when)
    agree(agents, "wang", **to_sign, stages=["acceptance"])
    before = everything_kept(agents)
    for deed, problem in (
        (lambda: agree(agents, "nobody"), "unknown"),
        (lambda: agree(agents, "zhang"), "not_agent"),
        (lambda: agree(agents, "gone"), "disabled"),
        (lambda: agree(agents, project="P2"), "project"),
        (lambda: agree(agents, project="\x00P1\ud800"), "agreed"),  # what cannot be printed is not looked at
        (lambda: agree(agents, stages=["building"]), "stages"),
        (lambda: agree(agents, state="terminated"), "state"),
        (lambda: agree(agents, since=None), "first_day"),
        (lambda: agree(agents, state="to_sign"), "first_day"),
        (lambda: agree(agents, state="to_sign", since=None, until=day(9)), "first_day"),
        (lambda: agree(agents, until=day(1)), "until"),
        (lambda: agree(agents), "agreed"),
        (lambda: change_agreement(agents, 1, state="signing", **when), "signed_already"),
        (lambda: change_agreement(agents, 2, state="signing", **when), "terminated"),
        (lambda: change_agreement(agents, 9, state="signing", **when), "no_agreement"),
        (lambda: end_agreement(agents, 1, on=day(1), **when), "until"),
        (lambda: end_agreement(agents, 2, on=day(9), **when), "terminated"),
        (lambda: hand_over(agents, 1, "li", on=day(9), **when), "itself"),
        (lambda: hand_over(agents, 1, "gone", on=day(9), **when), "disabled"),
        (lambda: hand_over(agents, 1, "wang", on=day(2), **when), "hand_over"),
        (lambda: hand_over(agents, 3, "li", on=day(9), **when), "not_signed"),
    ):
        with pytest.raises(PeopleRefused) as refused:
            deed()
        assert refused.value.problem == problem and str(refused.value)
    assert everything_kept(agents) == before


def test_an_agreement_on_a_project_that_is_purged_goes_with_it(agents: Database, tmp_path: Path) -> None:
    agree(agents, code="DB-7")
    hand_over(agents, 1, "wang", on=day(16), now=MOMENT)
    (tmp_path / "secret.txt").write_text("P1\n", "utf-8")
    secret = read_secret_list(tmp_path / "secret.txt")
    one, two = (person(agents, name) for name in ("root", "zhang"))
    request = ask_purge(agents, secret, who=one, clock=lambda: MOMENT)[1]
    purge(agents, secret, by="zhang", clock=lambda: MOMENT, approval=Approval(two, request.number))
    assert rows(agents, "SELECT * FROM agreement") == rows(agents, "SELECT * FROM agreement_fact") == []
    assert "DB-7" not in everything_kept(agents)
    assert len(rows(agents, "SELECT * FROM account")) == 4
