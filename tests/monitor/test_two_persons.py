"""A deletion takes two persons where there are accounts: one asks, another one approves what was asked for."""

from __future__ import annotations

import datetime as dt
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from argon2.profiles import CHEAPEST

from monitor import passwords
from monitor.actor import Actor, acting
from monitor.database import Database
from monitor.deeds import Deed, Verb
from monitor.intake import SecretList, read_secret_list
from monitor.people import DeletionKind, PeopleRefused
from monitor.progress import State
from monitor.reading.deletions import open_requests
from monitor.rights import Forbidden
from monitor.settings import account, machine, now
from monitor.store.jobs import ask as ask_job
from monitor.store.jobs import end as end_job
from monitor.store.trail import record
from monitor.uploads import Uploads
from monitor.verbs.accounts import change_account, disable_account
from monitor.verbs.deletions import Approval
from monitor.verbs.purge import ask_purge, purge
from monitor.verbs.signing_in import change_password
from monitor.verbs.trail import ask_erase, erase_person
from tests.house.test_json_documents import documented, undocumented
from tests.monitor.canonical_files import CASE, EVENTS, MOMENT, PROJECT, rows, take, write
from tests.monitor.commands import Run, refused
from tests.monitor.peopling import CHEAP, HOME, LIMITS, SECOND, add, everything_kept, person
from tests.monitor.test_secret_projects import CASES, CODE, RECORDS, SECRET, WORDS, traces, written
from tests.monitor.trails import looked_at, told

PASSWORD, OTHER = "vier Worte ohne Sinn", "noch einmal vier Worte"
WEEK = dt.timedelta(days=7)


def clock() -> dt.datetime:
    """A clock that stands still."""
    return MOMENT


@pytest.fixture
def secret(database: Database, tmp_path: Path) -> SecretList:
    """Made-up projects, one of which is on the list by now; it is named by its file too."""
    files = write(tmp_path / f"机要楼 {CODE}", [PROJECT, SECRET], [CASE, *CASES], [*EVENTS, *RECORDS])
    take(database, files)
    with database.writing() as connection:
        connection.exec_driver_sql(f"UPDATE batch SET name = '/in/机要楼 {CODE}.xlsx'")
    (tmp_path / "secret.txt").write_text(f"{CODE}\n", "utf-8")
    return read_secret_list(tmp_path / "secret.txt")


def approving(database: Database, secret: SecretList, name: str, number: int, at: dt.datetime = MOMENT) -> Any:
    approval = Approval(person(database, name), number)
    return purge(database, secret, by=name, clock=lambda: at, approval=approval)


def unchanged(database: Database, problem: str, deed: Callable[[], Any]) -> None:
    """Refused, in words, and nothing changed."""
    before = everything_kept(database)
    with pytest.raises(PeopleRefused) as error:
        deed()
    assert error.value.problem == problem and str(error.value)
    assert everything_kept(database) == before


def test_one_asks_and_another_one_approves(database: Database, secret: SecretList) -> None:
    who, _other = person(database, "root"), person(database, "zhang")
    unchanged(database, "two_persons", lambda: purge(database, secret, by="root", clock=clock))
    counted, request = ask_purge(database, secret, who=who, clock=clock)
    assert vars(counted) == request.counts == {"projects": 1, "cases": 1, "events": 2, "refused_rows": 0}
    assert set(traces(written(database))) == set(WORDS)  # nothing is gone
    # Neither the request nor what the trail says of it has anything of the content.
    asked = str(rows(database, "SELECT * FROM deletion_request")) + str(told(database)[-1].document())
    assert not traces(asked) and told(database)[-1].verb == "purge_ask"
    with database.reading() as connection:
        assert open_requests(connection, DeletionKind.PURGE, MOMENT) == [request]
        assert open_requests(connection, DeletionKind.ERASE, MOMENT) == []
    unchanged(database, "own_request", lambda: approving(database, secret, "root", 1))
    unchanged(database, "no_request", lambda: approving(database, secret, "zhang", 7))
    with acting(Actor("zhang", "administrator", "web", HOME)):
        assert approving(database, secret, "zhang", 1) == counted
    assert not traces(written(database))
    assert rows(database, "SELECT name FROM batch") == [("…",)]
    entry = told(database)[-1]
    assert (entry.verb, entry.actor, entry.subject_kind, entry.subject) == ("purge", "zhang", "request", "1")
    assert entry.personal == {"by": "zhang", "asked_by": "root"}
    assert looked_at(database).sound
    with database.reading() as connection:
        assert open_requests(connection, DeletionKind.PURGE, MOMENT) == []
    assert vars(approving(database, secret, "zhang", 1)) == dict.fromkeys(vars(counted), 0)


def test_what_pages_asked_for_goes_too(database: Database, secret: SecretList, tmp_path: Path) -> None:
    uploads = Uploads(tmp_path / "uploads", 1 << 20)
    kept = uploads.keep(io.BytesIO(f"project_code\n{CODE}\n".encode()), "lists.csv")
    results: tuple[dict[str, Any], ...] = (
        {"document": {"changes": [{"project_code": CODE, "after": "red"}]}},
        {"document": {"refusals": [{"column": "case_id", "value": "SC-77"}]}},
        {"document": {"changes": [{"project_code": "P1"}]}},
    )
    with database.writing() as connection:
        for n, result in enumerate(results):
            number = ask_job(connection, "import", {"token": kept.token, "name": f"{n}.csv"}, "li", MOMENT)
            end_job(connection, number, State.DONE, result, MOMENT)
        ask_job(connection, "import", {"token": kept.token, "name": "机要楼.csv"}, "li", MOMENT)
    assert purge(database, secret, by="张三", clock=now, only_count=True, uploads=uploads).projects == 1
    assert uploads.path(kept).exists() and len(rows(database, "SELECT id FROM job")) == 4
    purge(database, secret, by="张三", clock=now, uploads=uploads)
    assert rows(database, "SELECT id FROM job") == [(3,)]
    assert list((tmp_path / "uploads").rglob("*")) == []
    assert not traces(written(database))


def test_a_request_is_good_for_seven_days_and_once(database: Database, secret: SecretList) -> None:
    request = ask_purge(database, secret, who=person(database, "root"), clock=clock)[1]
    person(database, "zhang")
    assert request.until == MOMENT + WEEK
    unchanged(database, "request_expired", lambda: approving(database, secret, "zhang", 1, MOMENT + WEEK))
    assert approving(database, secret, "zhang", 1, MOMENT + WEEK - SECOND).projects == 1


@pytest.mark.parametrize("what", ["project", "event", "refused"])
def test_a_request_is_void_where_something_else_would_go(
    database: Database, secret: SecretList, tmp_path: Path, what: str
) -> None:
    ask_purge(database, secret, who=person(database, "root"), clock=clock)
    person(database, "zhang")
    wider = secret
    if what == "project":
        (tmp_path / "wider.txt").write_text(f"{CODE}\nP1\n", "utf-8")
        wider = read_secret_list(tmp_path / "wider.txt")
    elif what == "event":
        take(database, write(tmp_path / "more", [], [], [RECORDS[0] | {"event_id": "SE-77-8"}]))
    else:
        bad = RECORDS[1] | {"event_id": "SE-77-5", "occurred_at": "bad"}
        assert take(database, write(tmp_path / "bad", [], [], [bad]), partial=True).refused == 1
    unchanged(database, "request_changed", lambda: approving(database, wider, "zhang", 1))
    ask_purge(database, wider, who=person(database, "root"), clock=clock)
    assert approving(database, wider, "zhang", 2).projects >= 1


def test_who_may_not_purge_neither_asks_nor_approves(database: Database, secret: SecretList) -> None:
    root = person(database, "root")
    for name, role in (("li", "leader"), ("wang", "auditor"), ("zhao", "agent")):
        with pytest.raises(Forbidden):
            ask_purge(database, secret, who=person(database, name, role), clock=clock)
    ask_purge(database, secret, who=root, clock=clock)
    with pytest.raises(Forbidden):
        approving(database, secret, "li", 1)
    # One who asked and may not any more, by the time at which it is approved.
    ask_purge(database, secret, who=person(database, "sun", "supervisor"), clock=clock)
    change_account(database, "sun", {"role": "leader"}, now=MOMENT)
    unchanged(database, "asker_gone", lambda: approving(database, secret, "root", 2))
    change_account(database, "sun", {"role": "supervisor"}, now=MOMENT)
    disable_account(database, "sun", now=MOMENT)
    unchanged(database, "asker_gone", lambda: approving(database, secret, "root", 2))
    assert set(traces(written(database))) == set(WORDS)


def test_what_the_trail_says_of_a_person_goes_by_two(database: Database) -> None:
    with database.writing() as connection:
        record(connection, MOMENT, Deed(Verb.CONFIRM, "batch", "1", personal={"by": "张三丰"}))
    root, zhang = person(database, "root"), person(database, "zhang")
    unchanged(database, "two_persons", lambda: erase_person(database, "张三丰", by="root", clock=clock))
    unchanged(database, "nothing_to_delete", lambda: ask_erase(database, "无此人", who=root, clock=clock))
    counted, request = ask_erase(database, "张三丰", who=root, clock=clock)
    assert (counted.detail, counted.personal) == (0, 1)
    assert "张三丰" not in str(rows(database, "SELECT * FROM deletion_request")) + str(told(database)[-1].document())
    # A request to purge is none to erase, and one for a person is none for another.
    approval = Approval(zhang, request.number)
    with database.writing() as connection:
        record(connection, MOMENT, Deed(Verb.CONFIRM, "batch", "2", personal={"by": "李四光"}))
    unchanged(
        database, "request_changed",
        lambda: erase_person(database, "李四光", by="zhang", clock=clock, approval=approval),
    )  # fmt: skip
    assert erase_person(database, "张三丰", by="zhang", clock=clock, approval=approval) == counted
    assert "张三丰" not in everything_kept(database)
    assert looked_at(database).sound


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "PARAMETERS", CHEAPEST)


def test_by_commands(
    run: Run, database: Database, secret: SecretList, tmp_path: Path, cheap: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = {"MONITOR_SECRET_PROJECTS_FILE": str(tmp_path / "secret.txt")}

    def ask(*words: str, password: str = PASSWORD) -> Any:
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{password}\n"))
        return run("purge", *words, "--stdin", **listed)

    refused(ask("--by", "root", "--ask"), "no accounts here", "--yes")
    for name, role in (("root", "administrator"), ("zhang", "administrator"), ("li", "leader")):
        initial = add(database, name, role)
        refused(ask("--by", name, "--ask", password=initial), "has to change its password first")
        change_password(database, CHEAP, name, initial, PASSWORD, address=HOME, limits=LIMITS, now=now())
    refused(ask("--by", "root", "--yes"), "two persons are needed")
    refused(ask("--by", "root", "--ask", "--yes"), "no two of them", code=2)
    refused(ask("--by", "root", "--ask", password=OTHER), "do not fit")
    refused(ask("--by", "li", "--ask"), "purge secret projects")
    assert "Two persons delete it" in ask("--by", "anybody").err
    made = ask("--by", "root", "--ask")
    assert "purge --by NAME --approve 1" in made.err and made.code == 0
    listing = ask("--by", "anybody", "--json").document
    assert (listing["deleted"], listing["request"], listing["requests"][0]["asked_by"]) == (False, None, "root")
    assert undocumented(listing, documented("purge")) == []
    refused(ask("--by", "root", "--approve", "1"), "own", "another account")
    done = ask("--by", "zhang", "--approve", "1")
    assert (done.code, done.out) == (0, "") and "made before still hold it" in done.err
    assert not traces(written(database, *(file.read_text("utf-8") for file in (tmp_path / "logs").glob("*"))))
    entry = told(database)[-1]
    assert (entry.actor, entry.door, entry.address) == ("zhang", "cli", f"{account()}@{machine()}")
    assert PASSWORD not in json.dumps([one.document() for one in told(database)])

    words = ("trail", "erase", "zhang", "--stdin")
    for more, code in ((("--by", "root", "--yes"), 1), (("--by", "root", "--ask"), 0)):
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\n"))
        assert run(*words, *more).code == code
    listing = run("trail", "erase", "zhang", "--by", "root", "--json").document
    assert undocumented(listing, documented("trail erase")) == []
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\n"))
    number = str(listing["requests"][0]["number"])
    assert run(*words, "--by", "zhang", "--approve", number, "--json").document["erased"] is True
    assert looked_at(database).sound
