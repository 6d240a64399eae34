"""Signing in and out in a browser, and all that is tried instead: forged tokens, other sites, tricks with paths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from monitor.doors.guard import CSRF_COOKIE, CSRF_FIELD, CSRF_HEADER, SESSION, VISITOR
from monitor.settings import now
from monitor.verbs.accounts import add_account, disable_account
from monitor.verbs.signing_in import sign_out
from tests.dashboard.office import PASSWORD, Office, enter, office
from tests.dashboard.test_doors import body_of
from tests.monitor.peopling import CHEAP

PAGE = {"Accept": "text/html,*/*;q=0.8"}
LIGHTS = "overview-lights.children"


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office for tests that change nothing in it."""
    with office(tmp_path_factory.mktemp("office")) as made:
        yield made


@pytest.fixture
def here(tmp_path: object) -> Iterator[Office]:
    with office(tmp_path) as made:  # type: ignore[arg-type]
        yield made


def field_of(answer: TestResponse) -> str:
    """The token that a form of a page holds."""
    found = re.search(rf'name="{CSRF_FIELD}" value="([0-9a-f]+)"', answer.text)
    assert found is not None
    return found[1]


def sign_in(
    client: FlaskClient, name: str, password: str, onward: str = "/", base: str | None = None, **more: str
) -> TestResponse:
    """As a person does: opens the page, fills in the form, sends it. ``base``: the address that the browser sees."""
    at: dict[str, Any] = {"query_string": {"next": onward}, "headers": PAGE, "base_url": base}
    told = {"name": name, "password": password, CSRF_FIELD: field_of(client.get("/sign-in", **at))} | more
    return client.post("/sign-in", data=told, **at)


def test_whoever_is_nobody_is_led_to_the_page_and_back_to_where_they_wanted(here: Office) -> None:
    client = here.browser()
    led = client.get("/project/P1?as_of=2026-03-05", headers=PAGE)
    assert (led.status_code, led.headers["Location"]) == (303, "/sign-in?next=%2Fproject%2FP1%3Fas_of%3D2026-03-05")
    opened = client.get(led.headers["Location"], headers=PAGE)
    told = {"name": "leader", "password": PASSWORD, CSRF_FIELD: field_of(opened)}
    answer = client.post(led.headers["Location"], data=told, headers=PAGE)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/project/P1?as_of=2026-03-05")
    assert client.get("/_dash-layout").status_code == 200


def test_the_cookies_are_kept_from_scripts_and_from_other_sites(tmp_path: object) -> None:
    with office(tmp_path, public_url="https://monitor.example.org/approval") as there:  # type: ignore[arg-type]
        client = there.browser()
        answer = sign_in(client, "leader", PASSWORD, base="https://monitor.example.org/approval/")
        assert answer.headers["Location"] == "/approval/"
        (kept,) = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith(SESSION)]
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/approval"} <= set(kept.split("; "))
        assert "Expires" not in kept
        # A test client asks at the root, and has another path than the cookie; a proxy takes the prefix off.
        client.set_cookie(SESSION, kept.split("=", 1)[1].split(";")[0])
        shown = client.get("/", headers=PAGE)
        (seal,) = [line for line in shown.headers.getlist("Set-Cookie") if line.startswith(CSRF_COOKIE)]
        assert {"Secure", "SameSite=Strict", "Path=/approval"} <= set(seal.split("; "))
        assert "HttpOnly" not in seal  # Dash reads it and sends it back
        assert set(re.findall(r'"(/[^"]*_dash-component[^"]*)"', shown.text)) != set()
        assert all(one.startswith("/approval/") for one in re.findall(r'(?:src|href)="(/[^"]*)"', shown.text))


@pytest.mark.parametrize("onward", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere", "javascript:1"])
def test_nobody_is_led_to_another_site(still: Office, onward: str) -> None:
    assert sign_in(still.browser(), "leader", PASSWORD, onward).headers["Location"] == "/"


def test_a_wrong_name_and_a_wrong_password_are_refused_alike(here: Office) -> None:
    wrong, unknown = sign_in(here.browser(), "leader", "wrong"), sign_in(here.browser(), "nobody", "wrong")
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    plain = [
        re.sub(rf'(name="{CSRF_FIELD}" value=|id="name" name="name" value=)"[^"]*"', "", one.text)
        for one in (wrong, unknown)
    ]
    assert plain[0] == plain[1]
    assert "wrong" not in wrong.text.replace("autocomplete", "")


def test_too_many_attempts_are_told_until_when(here: Office) -> None:
    statuses = [sign_in(here.browser(), "somebody", "wrong").status_code for _ in range(7)]
    assert statuses == [401] * 5 + [429] * 2
    last = sign_in(here.browser(), "somebody", "wrong")
    assert 0 < int(last.headers["Retry-After"]) <= 30
    assert sign_in(here.browser(), "leader", PASSWORD).status_code == 303  # another name from the same place


def test_an_initial_password_opens_nothing_but_its_own_change(here: Office) -> None:
    told = {"role": "leader", "scope": {"regions": ["33"]}, "now": now()}
    _account, initial = add_account(here.database, CHEAP, "new", **told)
    client = here.browser()
    assert sign_in(client, "new", initial).headers["Location"] == "/password"
    assert client.get("/", headers=PAGE).headers["Location"] == "/password"
    assert client.get("/_dash-layout").status_code == 403
    form = client.get("/password", headers=PAGE)
    answers = {
        "short": {"old": initial, "new": "short", "again": "short"},
        "two ways": {"old": initial, "new": PASSWORD, "again": PASSWORD + "x"},
        "the same": {"old": initial, "new": initial, "again": initial},
        "not the present one": {"old": "wrong", "new": PASSWORD, "again": PASSWORD},
    }
    for what, told in answers.items():
        answer = client.post("/password", data=told | {CSRF_FIELD: field_of(form)}, headers=PAGE)
        assert answer.status_code in (401, 422), what
        assert 'class="problem"' in answer.text, what
    assert client.get("/_dash-layout").status_code == 403
    told = {"old": initial, "new": PASSWORD, "again": PASSWORD, CSRF_FIELD: field_of(form)}
    assert client.post("/password", data=told, headers=PAGE).headers["Location"] == "/"
    assert client.get("/_dash-layout").status_code == 200


def test_after_signing_out_the_session_opens_nothing(here: Office) -> None:
    client = here.browser("leader")
    answer = client.post("/sign-out", data={CSRF_FIELD: here.token_of(client)}, headers=PAGE)
    assert answer.headers["Location"] == "/sign-in"
    assert client.get_cookie(SESSION) is None
    assert here.browser("leader").get("/_dash-layout").status_code == 401  # who kept the cookie


def test_a_session_of_an_account_that_is_disabled_or_was_ended_opens_nothing(here: Office) -> None:
    for role, end in (
        ("leader", lambda: disable_account(here.database, "leader", now=now())),
        ("agent", lambda: sign_out(here.database, here.sessions["agent"], now=now())),
    ):
        assert here.browser(role).get("/_dash-layout").status_code == 200
        end()
        assert here.browser(role).get("/_dash-layout").status_code == 401
        assert here.browser(role).get("/", headers=PAGE).status_code == 303


def test_whose_session_ended_can_sign_in_again_in_the_same_browser(here: Office) -> None:
    client = here.browser("leader")
    sign_out(here.database, here.sessions["leader"], now=now())
    assert client.get("/", headers=PAGE).status_code == 303
    assert sign_in(client, "leader", PASSWORD).status_code == 303
    assert client.get("/_dash-layout").status_code == 200


def test_signing_in_over_a_session_ends_it(here: Office) -> None:
    client = here.browser("supervisor")
    form = {"name": "leader", "password": PASSWORD, CSRF_FIELD: here.token_of(client)}
    assert client.post("/sign-in", data=form, headers=PAGE).status_code == 303
    assert here.browser("supervisor").get("/_dash-layout").status_code == 401


def test_signing_out_twice_leads_to_the_page_to_sign_in(here: Office) -> None:
    client = here.browser("leader")
    form = {CSRF_FIELD: here.token_of(client)}
    for _time in range(2):
        answer = client.post("/sign-out", data=form, headers=PAGE)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")


def test_the_right_token_opens_and_every_other_is_refused(here: Office) -> None:
    body = body_of(here, LIGHTS)
    client, other = here.browser("leader"), here.browser("supervisor")
    right = here.token_of(client)

    def status(told: dict[str, str]) -> int:
        return client.post("/_dash-update-component", json=body, headers=told).status_code

    assert status({CSRF_HEADER: right}) == 200
    again = enter(here.monitor, "leader2", "leader", {"regions": ["33"]})
    for forged in ({}, {CSRF_HEADER: ""}, {CSRF_HEADER: right[:-1] + ("0" if right[-1] != "0" else "1")},
                   {CSRF_HEADER: here.token_of(other)}, {CSRF_HEADER: here.guard._mac("visitor", "x")},
                   {CSRF_HEADER: "ü"}):  # fmt: skip
        assert status(forged) == 400, forged
    assert status({CSRF_HEADER: right, "Sec-Fetch-Site": "cross-site"}) == 400
    client.set_cookie(SESSION, again)  # the token of the session before, replayed
    assert status({CSRF_HEADER: right}) == 400


def test_the_page_gives_the_token_that_opens(still: Office) -> None:
    client = still.browser("leader")
    client.get("/", headers=PAGE)
    cookie = client.get_cookie(CSRF_COOKIE)
    assert cookie is not None
    assert cookie.value == still.token_of(client)


def test_a_form_that_was_given_to_another_visitor_is_refused(still: Office) -> None:
    mine, theirs = still.browser(), still.browser()
    taken = field_of(theirs.get("/sign-in", headers=PAGE))
    mine.get("/sign-in", headers=PAGE)
    told = {"name": "leader", "password": PASSWORD, CSRF_FIELD: taken}
    assert mine.post("/sign-in", data=told, headers=PAGE).status_code == 400
    nobody = still.browser()
    assert nobody.post("/sign-in", data=told, headers=PAGE).status_code == 400
    assert nobody.get_cookie(SESSION) is None
    assert theirs.get_cookie(VISITOR) is not None


@pytest.mark.parametrize("path", ["/_dash-layout", "/_dash-dependencies", "/", "/project/P1", "/api/v1/projects"])
def test_without_signing_in_nothing_is_told(still: Office, path: str) -> None:
    answer = still.browser().get(path)
    assert answer.status_code in (401, 404)
    assert answer.mimetype == "application/problem+json"
    assert "P1" not in answer.text
    assert still.browser().post("/_dash-update-component", json=body_of(still, LIGHTS)).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../app.py", "/assets/%2e%2e/app.py", "/assets/..%2fapp.py", "/assets/....//app.py",
        "/plain/../templates/base.html", "/plain/%2e%2e%2ftemplates%2fbase.html", "/plain/..\\signing_in.py",
        "/_dash-component-suites/dash/../../../../etc/passwd", "/_dash-component-suites/dash/dash.py",
        "/_dash-component-suites/nothing/x.js", "/tokens.css/../_dash-layout", "//_dash-layout", "/./_dash-layout",
        "/sign-in/../_dash-layout", "/%5fdash-layout", "/_dash-layout%2f", "/_DASH-LAYOUT", "/_dash-layout/",
        "/_dash-layout;x", "/_dash-layout%00", "/static/../_dash-layout",
    ],
)  # fmt: skip
def test_tricks_with_paths_and_methods_open_nothing(still: Office, path: str) -> None:
    for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "TRACE", "PROPFIND"):
        answer = still.browser().open(path, method=method)
        assert answer.status_code in (303, 308, 400, 401, 403, 404, 405), (method, answer.status_code)
        assert not re.findall(r"def |root:|children|\{% ", answer.text), method


def test_what_a_form_does_not_ask_for_changes_nothing(here: Office) -> None:
    """Mass assignment: a role, a name, an account in the form."""
    client = here.browser()
    more = {"role": "administrator", "regions": "33", "must_change": "0", "account_id": "1"}
    sign_in(client, "agent", PASSWORD, **more)
    told = {"old": PASSWORD, "new": PASSWORD + "x", "again": PASSWORD + "x", "name": "leader", "username": "leader"}
    answer = client.post("/password", data=told | more | {CSRF_FIELD: here.token_of(client)}, headers=PAGE)
    assert answer.status_code == 303
    assert sign_in(here.browser(), "leader", PASSWORD).status_code == 303  # whose password it was not
    assert (
        client.post("/_dash-update-component", json={}, headers={CSRF_HEADER: here.token_of(client)}).status_code == 400
    )


def test_a_body_that_is_too_large_is_refused_before_it_is_read(still: Office) -> None:
    client = still.browser("leader")
    told = {CSRF_HEADER: still.token_of(client)}
    answer = client.post("/_dash-update-component", data=b"x" * (1 << 20 | 1), headers=told)
    assert answer.status_code in (400, 413)
    assert still.browser().post("/sign-in", data={"name": "x" * (1 << 20)}).status_code in (400, 413)


def test_a_language_that_is_chosen_is_kept_and_leads_back(still: Office) -> None:
    client = still.browser()
    answer = client.get("/language/en?next=/sign-in", headers=PAGE)
    assert answer.headers["Location"] == "/sign-in"
    assert "Sign in" in client.get("/sign-in", headers=PAGE).text
    assert client.get("/language/tlh?next=//elsewhere", headers=PAGE).headers["Location"] == "/"


def test_the_address_is_that_of_whoever_asks_and_of_no_header(here: Office, tmp_path: object) -> None:
    def kept(there: Office) -> str:
        sign_in(client := there.browser(), "leader", PASSWORD)
        client.get("/")
        with there.database.reading() as connection:
            return str(connection.exec_driver_sql("SELECT address FROM account_session ORDER BY id DESC").scalar())

    assert kept(here) == "127.0.0.1"
    for proxies, expected in ((0, "127.0.0.1"), (1, "10.9.9.9")):
        folder = tmp_path / str(proxies)  # type: ignore[operator]
        folder.mkdir()
        with office(folder, proxies=proxies) as there:
            there.app.server.test_client_class = None
            client = there.browser()
            told = {"X-Forwarded-For": "6.6.6.6, 10.9.9.9"}
            opened = client.get("/sign-in", headers=PAGE | told)
            form = {"name": "leader", "password": PASSWORD, CSRF_FIELD: field_of(opened)}
            assert client.post("/sign-in", data=form, headers=PAGE | told).status_code == 303
            with there.database.reading() as connection:
                query = "SELECT address FROM account_session ORDER BY id DESC"
                assert connection.exec_driver_sql(query).scalar() == expected
