"""Who may ask the API: a token with the right, and nobody else; every operation is described, and has its rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.database import Database
from monitor.doors.api import documents
from monitor.doors.guard import SESSION, By
from monitor.rights import FOR_TOKENS, RIGHTS, Right, Role
from monitor.settings import now
from monitor.verbs import accounts
from monitor.verbs.tokens import revoke_token
from tests.monitor.api import SMALL, SOURCE, Platform, platform, token
from tests.monitor.canonical_files import CASE, MOMENT, PROJECT, everything
from tests.monitor.peopling import add, settled

FACTS = {name: value for name, value in PROJECT.items() if name != "project_code"}
OPERATIONS: dict[tuple[str, str], tuple[Right, str, Any]] = {
    ("POST", "/api/v1/batches"): (Right.IMPORT, "/batches", {"batch_id": "b1"} | SMALL),
    ("PUT", "/api/v1/projects/{code}"): (Right.IMPORT, "/projects/P1", FACTS),
    ("PUT", "/api/v1/cases/{case_id}"): (
        Right.IMPORT, "/cases/C1", {name: value for name, value in CASE.items() if name != "case_id"},
    ),
    ("GET", "/api/v1/projects"): (Right.READ, "/projects", None),
    ("GET", "/api/v1/projects/{code}"): (Right.READ, "/projects/P1", None),
    ("GET", "/api/v1/departments"): (Right.READ, "/departments", None),
    ("GET", "/api/v1/measures/{what}"): (Right.READ, "/measures/attribution", None),
    ("GET", "/api/v1/turns"): (Right.READ, "/turns", None),
    ("GET", "/api/v1/sources"): (Right.READ, "/sources", None),
}  # fmt: skip
DESCRIBING = ("/api/v1/openapi.json", "/api/v1/docs")


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory, sqlite_file: Path) -> Iterator[Platform]:
    path = tmp_path_factory.mktemp("api") / "monitor.db"
    path.write_bytes(sqlite_file.read_bytes())
    database = Database(f"sqlite:///{path}")
    made = platform(database)
    made.landed()
    made.tick()
    yield made
    database.close()


def asked(there: Platform, told: str | None) -> dict[tuple[str, str], int]:
    """What each operation answers to a token (None: to whoever brings none)."""
    found = {}
    for (method, path), (_right, address, body) in OPERATIONS.items():
        client = there.server.test_client()
        headers = {} if told is None else {"Authorization": f"Bearer {told}"}
        answer = client.open(f"/api/v1{address}", method=method, headers=headers, json=body)
        if answer.status_code >= 400:
            assert answer.mimetype == "application/problem+json" and "Traceback" not in answer.text
        if answer.status_code == 401:
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        found[method, path] = answer.status_code
    return found


def test_the_operations_are_those_of_the_document_of_the_routes_and_of_the_rules(there: Platform) -> None:
    document = there.get("/openapi.json")
    assert document["openapi"].startswith("3.1")
    described = {(method.upper(), path) for path, listed in document["paths"].items() for method in listed}
    rules = {}
    for rule in there.server.url_map.iter_rules():
        if rule.rule.startswith("/api/") and rule.endpoint not in documents.RULES:
            path = re.sub(r"<(\w+)>", r"{\1}", rule.rule)
            rules |= {(method, path): guard_of(there)[rule.endpoint] for method in rule.methods - {"HEAD", "OPTIONS"}}
    assert described == rules.keys() == OPERATIONS.keys()
    assert {key: rule.right for key, rule in rules.items()} == {key: told[0] for key, told in OPERATIONS.items()}
    assert {rule.by for rule in rules.values()} == {By.BEARER}
    for path, listed in document["paths"].items():
        for method, one in listed.items():
            assert one["security"] == [{"bearer": []}] and one["summary"], (method, path)
            assert {"200", "401", "403", "422", "500"} <= one["responses"].keys()


def guard_of(there: Platform) -> Any:
    """The rules of the server's guard: it is the first that every request is asked by."""
    return there.server.before_request_funcs[None][0].__self__.rules


def test_models_take_no_names_that_are_not_theirs(there: Platform) -> None:
    schemas = there.get("/openapi.json")["components"]["schemas"]
    for name in ("Batch", "ProjectRow", "CaseRow", "EventRow", "ProjectFacts", "CaseFacts"):
        assert schemas[name]["additionalProperties"] is False
        assert all(one.get("description") for one in schemas[name]["properties"].values() if name != "Batch")
    assert "approved" in str(schemas["EventRow"]["properties"]["status"])


@pytest.mark.parametrize("role", list(Role))
def test_each_role_by_a_token_with_all_that_it_may_have(there: Platform, role: Role) -> None:
    rights = FOR_TOKENS & RIGHTS[role]
    if role is Role.AUDITOR:
        assert not rights  # there is no such token
        return
    scope: dict[str, Any] = {}
    if role is Role.DEPARTMENT:
        scope = {"scope": {"departments": [1]}}
    add(there.database, f"a-{role}", role.value, **scope)
    text = token(there.database, f"a-{role}", sorted(rights), SOURCE if Right.IMPORT in rights else "")
    before = everything(there.database)
    found = asked(there, text)
    for key, (right, _path, _body) in OPERATIONS.items():
        assert (found[key] != 403) == (right in rights), (role, key)
        assert found[key] in ((200, 404) if right in rights else (403,))
    assert everything(there.database) == before


def test_a_right_that_the_token_was_not_given(there: Platform) -> None:
    add(there.database, "both")
    only = {
        "read": token(there.database, "both", ["read"]),
        "import": token(there.database, "both", ["import"], SOURCE),
    }
    for right, text in only.items():
        assert {key for key, status in asked(there, text).items() if status == 403} == {
            key for key, told in OPERATIONS.items() if told[0].value != right
        }


def test_no_token_a_wrong_one_and_those_that_ended(there: Platform) -> None:
    database, text = there.database, {}
    add(database, "ended")
    add(database, "gone")
    for name, days in (("revoked", 365), ("other", 365)):
        text[name] = token(database, "ended", ["read", "import"], SOURCE, name=name, days=days)
    text["expired"] = token(database, "ended", ["read", "import"], SOURCE, name="expired", days=1, now=MOMENT)
    text["disabled"] = token(database, "gone", ["read", "import"], SOURCE)
    assert set(asked(there, text["other"]).values()) == {200}
    revoke_token(database, "revoked", now=now())
    accounts.disable_account(database, "gone", now=now())
    before = everything(database)
    for told in (None, "", "am_none", text["other"][:-1], text["revoked"], text["expired"], text["disabled"], "\x80"):
        assert set(asked(there, told).values()) == {401}, told
    basic = there.ask("GET", "/projects", headers={"Authorization": f"Basic {text['other']}"})
    assert basic.status_code == 401
    assert everything(database) == before


def test_the_cookie_of_a_session_pushes_and_reads_nothing_but_the_description(there: Platform) -> None:
    cookie = settled(there.database, "person", "vier Worte ohne Sinn").token
    client = there.server.test_client()
    client.set_cookie(SESSION, cookie)
    for (method, _path), (_right, address, body) in OPERATIONS.items():
        assert client.open(f"/api/v1{address}", method=method, json=body).status_code == 401
    assert client.get("/api/v1/docs").status_code in (200, 401)  # the clock of made-up sessions stands elsewhere
    stranger = there.server.test_client()
    for path in DESCRIBING:
        assert stranger.get(path).status_code == 401
    assert there.ask("GET", "/openapi.json").status_code == 200
    assert there.ask("GET", "/docs").status_code == 401  # a page is for people


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("DELETE", "/projects/P1", 405), ("POST", "/projects", 405), ("PATCH", "/cases/C1", 405),
        ("GET", "/batches", 405), ("HEAD", "/batches", 405), ("GET", "/../projects", 404), ("GET", "/nothing", 404),
        ("GET", "/projects/..%2f..%2fetc", 404), ("GET", "/projects/", 404), ("GET", "//projects", 401),
        ("GET", "/docs/swagger/..%2f__init__.py", 401), ("GET", "/docs/swagger/js/none.js", 401),
    ],
)  # fmt: skip
def test_other_methods_and_paths_lead_nowhere(there: Platform, method: str, path: str, status: int) -> None:
    answer = there.ask(method, path)
    assert answer.status_code == status, answer.text
    assert status != 405 or answer.headers["Allow"]
    assert there.client.open(f"/api/v1{path}", method=method).status_code in (401, 405)  # without a token


def test_a_fault_of_ours_is_told_by_a_number_alone(there: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_told: Any, **_more: Any) -> Any:
        raise RuntimeError("made up: a secret of the machine room")

    monkeypatch.setattr(type(there.monitor.reader), "sources", broken)
    answer = there.ask("GET", "/sources")
    assert answer.status_code == 500 and answer.mimetype == "application/problem+json"
    assert re.fullmatch("[0-9a-f]{8}", answer.get_json()["number"]) and "made up" not in answer.text
