"""Pushing: the way of every import, row by row; the same again adds nothing, and what contradicts is told with both."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from monitor.database import Database
from monitor.settings import now
from monitor.verbs.undo import undo
from tests.monitor.api import SMALL, SOURCE, Platform, errors, platform, token
from tests.monitor.canonical_files import CASE, EVENTS, PROJECT, ZONE, everything, log_of, rows, small, take
from tests.monitor.peopling import add

ACCEPTED, APPROVED = EVENTS


@pytest.fixture
def there(database: Database) -> Platform:
    return platform(database)


def trail(database: Database) -> list[tuple[Any, ...]]:
    return rows(database, "SELECT actor, role, door, verb, outcome, subject FROM trail_entry ORDER BY seq")


def results(document: Any) -> list[tuple[Any, ...]]:
    return [(one["table"], one["row"], one["id"], one["result"]) for one in document["results"]]


def test_what_is_pushed_lands_as_from_a_file(there: Platform, tmp_path: Path) -> None:
    told = there.landed()
    assert results(told) == [
        ("projects", 1, "P1", "added"), ("cases", 1, "C1", "added"),
        ("events", 1, "E1", "added"), ("events", 2, "E2", "added"),
    ]  # fmt: skip
    assert (told["source"], told["outcome"], told["batch"], told["reported_until"]) == (
        SOURCE,
        "landed",
        1,
        "2026-03-09",
    )
    assert told["known_from"].endswith("+08:00")
    assert trail(there.database)[-1] == ("platform", "supervisor", "api", "import", "landed", "1")
    pushed = log_of(there.database)
    assert take(there.database, small(tmp_path), source=SOURCE).outcome == "nothing"  # nothing is told otherwise
    assert log_of(there.database) == pushed


def test_the_same_again_is_answered_as_before_and_adds_nothing(there: Platform) -> None:
    first = there.push()
    before = everything(there.database), trail(there.database)
    again = there.push()
    turned = {name: [dict(reversed(row.items())) for row in told] for name, told in SMALL.items()}
    assert there.push(**turned).data == again.data == first.data  # whatever the order of names
    assert again.headers["Idempotent-Replay"] == "true" and "Idempotent-Replay" not in first.headers
    other = there.landed("b2")
    assert (other["outcome"], other["batch"]) == ("nothing", None)
    assert {one["result"] for one in other["results"]} == {"unchanged"}
    assert (everything(there.database), trail(there.database)) == before


def test_a_name_with_other_content_is_a_conflict_until_its_batch_is_taken_back(there: Platform) -> None:
    there.landed()
    refused = there.push("b1", projects=[PROJECT | {"name": "仓库"}])
    assert refused.status_code == 409 and errors(refused) == [(None, None, "batch_id", "b1")]
    told = refused.get_json()["errors"][0]
    assert told["stored"] != told["sent"] and "SHA-256" in told["stored"]
    undo(there.database, 1, zone=ZONE, clock=now)
    assert there.landed("b1", projects=[PROJECT | {"name": "仓库"}])["outcome"] == "landed"


def test_an_event_id_with_other_content_names_what_is_stored_and_what_was_sent(there: Platform) -> None:
    there.landed()
    before = everything(there.database)
    moved = ACCEPTED | {"occurred_at": "2026-03-04"}
    refused = there.push("b2", events=[moved])
    assert refused.status_code == 409 and errors(refused) == [("events", 1, "event_id", "E1")]
    told = refused.get_json()["errors"][0]
    assert (told["column"], told["stored"], told["sent"]) == ("occurred_at", "2026-03-03", "2026-03-04")
    twice = there.push("b3", events=[ACCEPTED | {"event_id": "E3"}, moved | {"event_id": "E3"}])
    assert twice.status_code == 409 and errors(twice) == [("events", 2, "event_id", "E3")]
    there.landed("b4", projects=[PROJECT | {"project_code": "P2"}])
    before = everything(there.database)
    elsewhere = there.ask("PUT", "/cases/C1", json=without(CASE, "case_id") | {"project_code": "P2"})
    assert elsewhere.status_code == 409 and errors(elsewhere) == [("cases", 1, "project_code", "P2")]
    assert elsewhere.get_json()["errors"][0]["stored"] == "P1"
    assert everything(there.database) == before


def without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


BAD = {"event_id": "E9", "case_id": "C9", "status": "accepted", "occurred_at": "2026-03-03"}


def test_a_batch_with_a_refused_row_is_refused_whole_unless_partial(there: Platform) -> None:
    told = SMALL | {"events": [*EVENTS, BAD, BAD | {"event_id": "E8", "status": "gone", "occurred_at": "2026-02-30"}]}
    before = everything(there.database)
    refused = there.push("b1", **told)
    assert refused.status_code == 422
    wrong = [
        ("events", 3, "case_id", "C9"),
        ("events", 4, "status", "gone"),
        ("events", 4, "occurred_at", "2026-02-30"),
    ]
    assert sorted(errors(refused), key=str) == sorted(wrong, key=str)
    assert "2026-03-02T09:30:00+08:00" in refused.text and "approved (11)" in refused.text  # what is allowed
    assert everything(there.database) == before
    landed = there.push("b1", partial=True, **told)
    assert landed.status_code == 200
    document = landed.get_json()
    assert document["outcome"] == "partial" and document["counts"]["events"] == {
        "added": 2, "changed": 0, "unchanged": 0, "refused": 2,
    }  # fmt: skip
    assert [(one["row"], one["result"]) for one in document["results"] if one["table"] == "events"] == [
        (1, "added"), (2, "added"), (3, "refused"), (4, "refused"),
    ]  # fmt: skip
    assert [one["field"] for one in document["results"][4]["errors"]] == ["case_id"]
    assert there.push("b1", partial=True, **told).data == landed.data
    came = there.ask("PUT", "/cases/C9", json=without(CASE, "case_id")).get_json()
    assert came["fed"] == 1
    since = there.push("b1", partial=True, **told).get_json()
    assert [one["result"] for one in since["results"]][-2:] == ["added", "refused"]


def test_facts_of_one_project_and_one_case(there: Platform) -> None:
    def put(path: str, body: dict[str, Any]) -> Any:
        answer = there.ask("PUT", path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.get_json()["results"][0]["result"]

    project, case = without(PROJECT, "project_code"), without(CASE, "case_id")
    assert put("/projects/P1", project) == "added" and put("/cases/C1", case) == "added"
    assert put("/projects/P1", project) == put("/cases/C1", case) == "unchanged"
    assert put("/projects/P1", {"coded_on": "2026-03-02", "investment": 1200.5}) == "changed"  # the rest stays
    assert rows(there.database, "SELECT name, investment FROM project_fact WHERE known_to IS NULL") == [
        ("厂房", 1200.5)
    ]
    assert put("/projects/P1", {"coded_on": "2026-03-02", "name": None}) == "changed"
    assert rows(there.database, "SELECT name FROM project_fact WHERE known_to IS NULL") == [("",)]
    assert put("/cases/C1", case | {"promised_days": 5, "promised_unit": "working_day"}) == "changed"
    refused = there.ask("PUT", "/cases/C2", json=case | {"project_code": "P9"})
    assert refused.status_code == 422 and errors(refused) == [("cases", 1, "project_code", "P9")]
    named = there.ask("PUT", "/projects/P2", json=project | {"project_code": "P1"})
    assert named.status_code == 422 and errors(named) == [(None, None, "project_code", "P1")]


def test_lines_of_json(there: Platform) -> None:
    listed = [{"table": table} | row for table in ("events", "cases", "projects") for row in SMALL[table]]
    text = "\n\n".join(json.dumps(row) for row in listed) + "\n"

    def send(query: str, lines: str) -> Any:
        return there.ask("POST", f"/batches?{query}", data=lines.encode(), content_type="application/x-ndjson")

    told = send("batch_id=b1&reported_until=2026-11-19", text).get_json()
    assert results(told) == [
        ("projects", 7, "P1", "added"), ("cases", 5, "C1", "added"),
        ("events", 1, "E1", "added"), ("events", 3, "E2", "added"),
    ]  # fmt: skip
    assert told["reported_until"] == "2026-11-19"
    wrong = send("batch_id=b2", text.replace('"E2"', '"E4"').replace("2026-03-09", "2026-02-30"))
    assert (wrong.status_code, errors(wrong)) == (422, [("events", 3, "occurred_at", "2026-02-30")])
    shape = send(
        "batch_id=b2", text.replace('"case_id": "C1", "status": "approved"', '"case_id": 7, "status": "approved"')
    )
    assert (shape.status_code, errors(shape)) == (422, [("events", 3, "case_id", "7")])
    nowhere = send("batch_id=b2", '{"table": "accounts", "name": "root"}\n[]\n{"event_id": "E1"}')
    assert (nowhere.status_code, errors(nowhere)) == (
        422, [(None, 1, "table", "accounts"), (None, 2, "body", None), (None, 3, "table", None)],
    )  # fmt: skip
    assert errors(send("", text)) == [(None, None, "batch_id", None)]
    broken = send("batch_id=b2", text + "{")
    assert (broken.status_code, errors(broken)) == (400, [(None, 8, "body", "{")])
    both = there.ask("POST", "/batches?batch_id=b2", json={"batch_id": "b2"})
    assert (both.status_code, errors(both)) == (422, [(None, None, "batch_id", "b2")])


SECRET = {
    "project_code": "2603-330100-04-01-999999",
    "kind": "涉密",
    "coded_on": "2026-03-02",
    "region": "330100",
    "name": "某工程",
}


def test_secret_projects_leave_no_trace(there: Platform) -> None:
    case = {"case_id": "S1", "project_code": SECRET["project_code"], "stage": "planning", "department": "某局"}
    event = {"event_id": "S1#1", "case_id": "S1", "status": "accepted", "occurred_at": "2026-03-03"}
    refused = there.push("b1", projects=[SECRET, PROJECT], cases=[case], events=[event])
    assert errors(refused) == [
        ("projects", 1, "project_code", None), ("cases", 1, "case_id", None), ("events", 1, "event_id", None),
    ]  # fmt: skip
    part = there.push("b1", partial=True, projects=[SECRET, PROJECT], cases=[case], events=[event])
    assert results(part.get_json())[:2] == [("projects", 1, None, "refused"), ("projects", 2, "P1", "added")]
    kept = json.dumps(everything(there.database), ensure_ascii=False, default=str)
    for word in (SECRET["project_code"], SECRET["name"], "某局", "S1"):
        assert word not in refused.text + part.text + kept
    assert there.push("b1", partial=True, projects=[SECRET, PROJECT], cases=[case], events=[event]).data == part.data


def test_a_token_writes_for_its_source_and_its_regions_alone(there: Platform) -> None:
    there.landed(
        "b1",
        projects=[PROJECT, PROJECT | {"project_code": "P2", "region": "330200"}],
        cases=[CASE | {"case_id": "C2", "project_code": "P2"}],
    )
    add(there.database, "wenzhou", scope={"regions": ["3303"]})
    there.token = token(there.database, "wenzhou", ["import"], SOURCE)
    before = everything(there.database)
    bare = {"project_code": "P1", "coded_on": "2026-03-02"}
    told = {
        "projects": [PROJECT, bare, bare | {"project_code": "P3"}, bare | {"project_code": "P4", "region": "330100"}],
        "cases": [CASE],
        "events": [ACCEPTED | {"case_id": "C2"}],
    }  # fmt: skip
    refused = there.push("w1", **told)
    assert refused.status_code == 422
    assert sorted(errors(refused), key=str) == sorted([
        ("projects", 1, "project_code", "P1"), ("projects", 2, "project_code", "P1"), ("projects", 3, "region", ""),
        ("projects", 4, "region", "330100"), ("cases", 1, "project_code", "P1"), ("events", 1, "case_id", "C2"),
    ], key=str)  # fmt: skip
    never = there.push("w1", cases=[CASE | {"project_code": "P9"}], events=[BAD])
    same = {one["field"]: one["reason"] for one in refused.get_json()["errors"] if one["table"] != "projects"}
    assert {
        one["field"]: one["reason"] for one in never.get_json()["errors"]
    } == same  # nobody learns what is elsewhere
    assert everything(there.database) == before
    there.push("w1", partial=True, **told)
    there.token = token(there.database, "wenzhou", ["import"], "另一个")
    theirs = there.landed("w2", projects=[{"project_code": "W1", "coded_on": "2026-03-02", "region": "330300"}])
    assert theirs["source"] == "另一个"
    assert rows(there.database, "SELECT region FROM project_fact WHERE known_to IS NULL ORDER BY region") == [
        ("330100",), ("330200",), ("330300",),
    ]  # fmt: skip


def test_no_token_confirms_a_late_stop(there: Platform) -> None:
    stop = {"event_id": "E5", "case_id": "C1", "status": "correction_started", "occurred_at": "2026-03-05"}
    there.landed("b1", projects=[PROJECT], cases=[CASE], events=[ACCEPTED, stop])
    before = everything(there.database)
    word = stop | {"event_id": "E6", "status": "confirmed", "confirms": "E5", "basis": "鉴定通知书"}
    refused = there.push("b2", events=[word])
    assert (refused.status_code, errors(refused)) == (422, [("events", 1, "confirms", "E5")])
    assert everything(there.database) == before
    partial = there.push("b3", partial=True, events=[word, APPROVED])
    assert [one["result"] for one in partial.get_json()["results"]] == ["refused", "added"]
    assert ("E6",) not in rows(there.database, "SELECT event_id FROM event")


def test_a_batch_that_is_asked_twice_at_once_lands_once(there: Platform) -> None:
    together = Barrier(2)

    def send(_n: int) -> Any:
        client = there.server.test_client()
        together.wait()
        told = {"json": {"batch_id": "b1"} | SMALL, "headers": {"Authorization": f"Bearer {there.token}"}}
        return client.post("/api/v1/batches", **told)

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(send, range(2))
    assert one.status_code == other.status_code == 200 and one.data == other.data
    assert {"Idempotent-Replay" in answer.headers for answer in (one, other)} == {True, False}
    assert rows(there.database, "SELECT count(*) FROM batch") == [(1,)]
    assert rows(there.database, "SELECT count(*) FROM event") == [(2,)]


def test_days_to_come_are_refused(there: Platform) -> None:
    refused = there.push("b1", **SMALL, reported_until="2026-11-21")
    assert (refused.status_code, errors(refused)) == (422, [(None, None, "reported_until", "2026-11-21")])
    assert there.landed("b1", **SMALL, reported_until="2026-11-20")["reported_until"] == "2026-11-20"


@pytest.fixture
def sqlite(tmp_path: Path, sqlite_file: Path) -> Iterator[Platform]:
    """Over SQLite alone: what never comes as far as the store."""
    path = tmp_path / "monitor.db"
    path.write_bytes(sqlite_file.read_bytes())
    database = Database(f"sqlite:///{path}")
    yield platform(database)
    database.close()


def raw(there: Platform, data: bytes, kind: str = "application/json", **headers: str) -> Any:
    return there.ask("POST", "/batches", data=data, content_type=kind, headers=headers)


DEEP = b'{"batch_id": "b", "projects": ' + b"[" * 100_000
NOT_UNDERSTOOD = [
    b"", b"{", b"null {}", b"\xff\xfe{}", b"\xef\xbb\xbf{}", b'{"batch_id": NaN}', b'{"batch_id": -Infinity}',
    b'{"batch_id": "b", "batch_id": "c"}', b'{"batch_id": "b", "projects": [{"name": "a", "name": "a"}]}',
    b'{"batch_id": "\\ud800"}', b'{"batch_id": 1e' + b"9" * 30 + b"}", b'{"batch_id": ' + b"9" * 5_000 + b"}", DEEP,
    b'{"a": ' * 50_000 + b"1" + b"}" * 50_000,
]  # fmt: skip


@pytest.mark.parametrize("told", NOT_UNDERSTOOD, ids=range(len(NOT_UNDERSTOOD)))
def test_what_is_no_json_is_refused(sqlite: Platform, told: bytes) -> None:
    answer = raw(sqlite, told)
    assert answer.status_code == 400 and len(answer.data) < 1_000
    assert errors(answer)[0][2] == "body"


def test_what_is_of_another_shape_is_refused_by_name(sqlite: Platform) -> None:
    def wrong(**told: Any) -> list[Any]:
        answer = sqlite.push("b1", **told)
        assert answer.status_code == 422, answer.text
        return errors(answer)

    assert wrong(projects={}) == [(None, None, "projects", None)]
    assert wrong(projects=[1, "P1", None]) == [("projects", n, "body", v) for n, v in ((1, "1"), (2, "P1"), (3, None))]
    assert wrong(projects=[PROJECT | {"source": "x", "id": 1}]) == [
        ("projects", 1, "id", "1"), ("projects", 1, "source", "x"),
    ]  # fmt: skip
    assert wrong(account="root", projects=[]) == [(None, None, "account", "root")]
    assert wrong(events=[{"event_id": "E1", "status": ["accepted"], "case_id": True, "occurred_at": 20260303}]) == [
        ("events", 1, "case_id", "true"), ("events", 1, "status", None), ("events", 1, "occurred_at", "20260303"),
    ]  # fmt: skip
    assert wrong(projects=[{"project_code": "P1"}]) == [("projects", 1, "coded_on", None)]
    assert wrong(projects=[PROJECT | {"investment": "12"}]) == [("projects", 1, "investment", "12")]
    for answer in (sqlite.push("", **SMALL), sqlite.push("a b", **SMALL), sqlite.push("b" * 101, **SMALL)):
        assert answer.status_code == 422 and [one[2] for one in errors(answer)] == ["batch_id"]
    for data in (b"[]", b"null", b'"text"', b"7"):
        assert (raw(sqlite, data).status_code, errors(raw(sqlite, data))[0][2]) == (422, "body")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        *(("investment", value) for value in (-1, 1e9, 0.1234567, 10**400)),
        *(("project_code", value) for value in ("", " ", "P\x00", "P" * 201, "P\ufdd1", "3.3E+17")),
        *(("coded_on", value) for value in ("2026-02-30", "02.03.2026", "0001-01-01", "2026-03-02T25:00", "\ufdd2")),
        *(("end_reason", value) for value in ("gone", "completed")),  # without the day of its end
        ("name", "x" * 10_001),
        ("pack", "none-such"),
        ("marks", "none;such"),
    ],
)
def test_what_no_file_may_say_no_push_may_say(sqlite: Platform, column: str, value: Any) -> None:
    answer = sqlite.push("b1", projects=[PROJECT | {column: value}])
    assert answer.status_code == 422, answer.text
    assert [one[:3] for one in errors(answer)] == [("projects", 1, column)]
    assert len(answer.data) < 2_000


def test_too_much_is_refused(sqlite: Platform) -> None:
    events = [{"event_id": f"E{n}", "case_id": "C1", "status": 3, "occurred_at": "2026-03-03"} for n in range(10_001)]
    many = sqlite.push("b1", events=events)
    assert (many.status_code, errors(many)) == (413, [(None, None, "rows", "10,001")])
    text = "\n".join(json.dumps({"table": "events"} | row) for row in events).encode()
    lines = sqlite.ask("POST", "/batches?batch_id=b1", data=text, content_type="application/x-ndjson")
    assert (lines.status_code, errors(lines)[0][2]) == (413, "rows")
    large = raw(sqlite, b'{"batch_id": "' + b"b" * (33 << 20) + b'"}')
    assert (large.status_code, errors(large)[0][2]) == (413, "body")
    fact = sqlite.ask("PUT", "/projects/P1", json={"coded_on": "2026-03-02", "name": "x" * (1 << 20)})
    assert fact.status_code == 413
    columns = ["name", "kind", "industry", "applicant", "credit_code", "agent", "pack", "marks"]
    kinds = [
        {"project_code": f"P{n}", "coded_on": "2026-03-02"} | {c: None for k, c in enumerate(columns) if n >> k & 1}
        for n in range(201)
    ]
    assert errors(sqlite.push("b1", projects=kinds)) == [(None, None, "body", None)]


def test_other_kinds_of_content_are_refused(sqlite: Platform) -> None:
    for kind in ("", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json"):
        answer = raw(sqlite, json.dumps({"batch_id": "b1"} | SMALL).encode(), kind)
        assert (answer.status_code, errors(answer)[0][2]) == (415, "Content-Type")
    body = json.dumps({"batch_id": "b1"} | SMALL).encode()
    assert errors(raw(sqlite, body, "application/json; charset=gbk"))[0][2] == "charset"
    assert errors(raw(sqlite, body, **{"Content-Encoding": "gzip"}))[0][2:] == ("Content-Encoding", "gzip")
    lines = sqlite.ask("PUT", "/projects/P1", data=b"{}", content_type="application/x-ndjson")
    assert lines.status_code == 415


def test_ten_thousand_wrong_rows_are_counted_and_the_first_thousand_told(sqlite: Platform) -> None:
    events = [{"event_id": f"E{n}", "case_id": "C1", "status": 3, "occurred_at": "2026-03-03"} for n in range(10_000)]
    answer = sqlite.push("b1", events=events)
    assert answer.status_code == 422 and len(errors(answer)) == 1_000 and answer.get_json()["refused"] == 10_000


def test_while_another_writes_it_is_said_that_one_has_to_wait(tmp_path: Path, sqlite_file: Path) -> None:
    path = tmp_path / "monitor.db"
    path.write_bytes(sqlite_file.read_bytes())
    database = Database(f"sqlite:///{path}")
    there = platform(database, busy_seconds=1)
    assert there.ask("GET", "/sources").status_code == 200  # whose use of the token is noted now
    with database.writing():
        answer = there.push()
    assert answer.status_code == 503 and answer.headers["Retry-After"] and errors(answer)
    assert there.landed()["outcome"] == "landed"
    database.close()
