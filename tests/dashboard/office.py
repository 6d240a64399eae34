"""The whole application over a real database, with an account of each role and a browser for each: made up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dash import Dash
from flask.testing import FlaskClient
from pydantic import SecretStr
from werkzeug.test import TestResponse

from dashboard.app import create_app
from monitor.database import Database, upgrade
from monitor.doors.guard import CSRF_HEADER, SESSION, Guard
from monitor.rights import Role
from monitor.settings import Settings, now
from monitor.verbs.accounts import add_account
from monitor.verbs.signing_in import change_password
from monitor.wiring import Monitor, monitor
from tests.monitor.canonical_files import small, take
from tests.monitor.peopling import CHEAP, LIMITS

PASSWORD = "vier Worte ohne Sinn"
KEY = "made up, for tests alone " * 2
HERE = "127.0.0.1"


@dataclass
class Office:
    """An application and who works with it. ``sessions``: what the browser of each role holds."""

    monitor: Monitor
    app: Dash
    guard: Guard
    sessions: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        return self.monitor.database

    def browser(self, role: str | None = None) -> FlaskClient:
        """A browser in which the account of a role is signed in; None: nobody."""
        client: FlaskClient = self.app.server.test_client()
        if role is not None:
            client.set_cookie(SESSION, self.sessions[role])
        return client

    def token_of(self, client: FlaskClient) -> str:
        """The token against forgery that pages give to a browser; that they do: test_signing_in_pages."""
        cookie = client.get_cookie(SESSION)
        assert cookie is not None
        with self.app.server.test_request_context("/", headers={"Cookie": f"{SESSION}={cookie.value}"}):
            self.guard.ask()
            return self.guard.csrf_token()

    def post(self, client: FlaskClient, path: str, **more: Any) -> TestResponse:
        """Posts as a page of ours does, with the token."""
        return client.post(path, headers={CSRF_HEADER: self.token_of(client)}, **more)


def settings_of(url: str, **more: Any) -> Settings:
    """Settings that no environment has a word in."""
    told: dict[str, Any] = {"database_url": url, "secret_key": SecretStr(KEY), "region": "33"} | more
    return Settings(_env_file=None, **told)


@contextmanager
def office(folder: Path, **more: Any) -> Iterator[Office]:
    """One project, one department, and an account of each role, named as its role."""
    url = f"sqlite:///{folder}/monitor.db"
    upgrade(Database(url))
    known = replace(monitor(settings_of(url, **more)), passwords=CHEAP, limits=LIMITS)
    take(known.database, small(folder / "in"))
    guard = Guard(known, known.settings.key())
    here = Office(known, create_app(known, guard=guard), guard)
    scopes: dict[Role, dict[str, Any]] = {
        Role.SUPERVISOR: {"regions": ["33"]}, Role.LEADER: {"regions": ["33"]}, Role.DEPARTMENT: {"departments": [1]},
    }  # fmt: skip
    for role in Role:
        here.sessions[role.value] = enter(known, role.value, role.value, scopes.get(role))
    yield here
    known.database.close()


def enter(known: Monitor, name: str, role: str, scope: dict[str, Any] | None = None) -> str:
    """Makes an account that has chosen its own password; gives the token of its session."""
    when = now() - dt.timedelta(seconds=1)
    told = {"role": role, "scope": scope, "now": when}
    _account, initial = add_account(known.database, CHEAP, name, **told)
    options = {"address": HERE, "limits": LIMITS, "now": when}
    return change_password(known.database, CHEAP, name, initial, PASSWORD, **options).token
