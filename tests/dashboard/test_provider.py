"""Signing in with a provider that runs beside the test: whoever it names comes in, and nobody by any trick."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from pydantic import SecretStr
from werkzeug.test import TestResponse

from monitor.doors.guard import SESSION
from monitor.reading.trail import Wanted
from monitor.settings import now
from monitor.verbs.accounts import add_account, disable_account
from tests.dashboard.office import Office, office
from tests.dashboard.provider import CLIENT, SECRET, Provider, running
from tests.monitor.peopling import CHEAP

PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def there() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture
def here(there: Provider, tmp_path: Path) -> Iterator[Office]:
    there.__dict__.update(Provider(base=there.base, key=there.key).__dict__)
    told = {"oidc_issuer": there.base, "oidc_client_id": CLIENT, "oidc_client_secret": SecretStr(SECRET)}
    with office(tmp_path, **told, oidc_title="省统一认证") as made:
        who = {"role": "leader", "scope": {"regions": ["33"]}, "now": now()}
        add_account(made.database, CHEAP, "li", provided=True, **who)
        yield made


def sent(client: FlaskClient, onward: str = "/") -> str:
    """The browser goes to the provider and comes back: the path and query that it then asks us for."""
    left = client.get("/sign-in/provider", query_string={"next": onward}, headers=PAGE)
    assert left.status_code == 302
    back = requests.get(left.headers["Location"], allow_redirects=False, timeout=10).headers["Location"]
    parts = urlsplit(back)
    assert parts.path == "/sign-in/provider/back"
    return f"{parts.path}?{parts.query}"


def come_back(client: FlaskClient, path: str) -> TestResponse:
    return client.get(path, headers=PAGE)


def refused(client: FlaskClient, answer: TestResponse) -> bool:
    return answer.status_code == 401 and client.get_cookie(SESSION) is None and 'class="problem"' in answer.text


def turned_away(here: Office) -> bool:
    """Whether somebody who comes from the provider is refused."""
    client = here.browser()
    return refused(client, come_back(client, sent(client)))


def test_whoever_the_provider_names_comes_in_to_where_they_wanted(here: Office, there: Provider) -> None:
    client = here.browser()
    assert "省统一认证" in client.get("/sign-in", headers=PAGE).text
    answer = come_back(client, sent(client, "/projects"))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/projects")
    assert client.get("/_dash-layout").status_code == 200
    asked = there.asked[-1]
    assert asked["code_challenge_method"] == "S256"
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    entry = here.monitor.reader.trail(Wanted(), limit=1)[0]
    assert (entry.verb, entry.actor, entry.after["provider"]) == ("sign_in", "li", there.base)


def test_the_account_is_the_subjects_whatever_the_provider_calls_it_later(here: Office, there: Provider) -> None:
    assert not turned_away(here)
    there.person = {"sub": "s-1", "preferred_username": "renamed"}
    assert not turned_away(here)
    there.person = {"sub": "s-2", "preferred_username": "li"}  # another person who took the name
    assert turned_away(here)


@pytest.mark.parametrize("name", ["leader", "nobody", "", "LI\0"])
def test_an_account_with_a_password_or_none_at_all_is_nobodys(here: Office, there: Provider, name: str) -> None:
    there.person = {"sub": "s-9", "preferred_username": name}
    assert turned_away(here)


def test_a_disabled_account_stays_out(here: Office) -> None:
    client = here.browser()
    come_back(client, sent(client))
    disable_account(here.database, "li", now=now())
    assert client.get("/_dash-layout").status_code == 401
    assert turned_away(here)


def test_what_came_back_is_taken_once_and_in_the_browser_that_left(here: Office) -> None:
    client, other = here.browser(), here.browser()
    back = sent(client)
    assert refused(other, come_back(other, back))
    wrong = back.replace("state=", "state=x")
    assert refused(client, come_back(client, wrong))
    back = sent(client)
    assert come_back(client, back).status_code == 303
    third = here.browser()
    assert refused(third, come_back(third, back))


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"aud": "another"},
        {"iss": "http://elsewhere.example"},
        {"exp": 1},
        {"sub": None},
        {"nonce": None},
    ],
)
def test_a_token_for_another_purpose_is_refused(here: Office, there: Provider, claims: dict[str, object]) -> None:
    there.claims = claims
    client = here.browser()
    back = sent(client)
    if claims == {"sub": None}:
        there.person = {"preferred_username": "li"}
        there.claims = {}
    assert refused(client, come_back(client, back))


def test_a_token_that_somebody_else_signed_is_refused(here: Office, there: Provider) -> None:
    there.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    assert turned_away(here)


def test_a_provider_that_fails_or_is_away_is_said(here: Office, there: Provider, tmp_path: Path) -> None:
    client = here.browser()
    back = sent(client)
    there.fails = True
    assert refused(client, come_back(client, back))
    there.fails = False
    folder = tmp_path / "away"
    folder.mkdir()
    with office(folder, oidc_issuer="http://127.0.0.1:9", oidc_client_id=CLIENT) as away:
        lost = away.browser()
        assert refused(lost, lost.get("/sign-in/provider", headers=PAGE))


def test_the_browser_is_sent_back_to_us_and_nowhere_else(here: Office, there: Provider) -> None:
    client = here.browser()
    client.get("/sign-in/provider", headers=PAGE | {"Host": "evil.example"})
    left = client.get("/sign-in/provider?next=//evil.example", headers=PAGE | {"Host": "evil.example"})
    told = parse_qs(urlsplit(left.headers["Location"]).query)
    assert told["redirect_uri"] == ["http://127.0.0.1:8050/sign-in/provider/back"]
    assert come_back(client, sent(client, "//evil.example")).headers["Location"] == "/"


def test_without_a_provider_there_is_no_such_way(tmp_path: Path) -> None:
    with office(tmp_path) as plain:
        assert plain.browser().get("/sign-in/provider").status_code in (401, 404)
        assert "/sign-in/provider" not in plain.browser().get("/sign-in", headers=PAGE).text
