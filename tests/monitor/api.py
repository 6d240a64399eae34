"""The whole server over a database, with accounts and tokens, made up, asked as another system asks it."""

from __future__ import annotations

import datetime as dt
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from pydantic import SecretStr
from werkzeug.test import TestResponse

from dashboard.app import create_app
from monitor.database import Database
from monitor.settings import Settings, now
from monitor.verbs.tick import tick
from monitor.verbs.tokens import add_token
from monitor.wiring import Monitor, monitor
from tests.monitor.canonical_files import CASE, EVENTS, PROJECT
from tests.monitor.peopling import add

SOURCE = "平台"
TODAY = dt.date(2026, 11, 20)
SMALL = {"projects": [PROJECT], "cases": [CASE], "events": list(EVENTS)}


@dataclass
class Platform:
    """Another system: it pushes for SOURCE, and reads region 33."""

    database: Database
    monitor: Monitor
    server: Any
    client: FlaskClient
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, token: str | None = None, **more: Any) -> TestResponse:
        """A request with a token; by default its own."""
        told = self.token if token is None else token
        headers = {"Authorization": f"Bearer {told}"} | more.pop("headers", {})
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **more)

    def get(self, path: str, **more: Any) -> Any:
        """The document of a path that answers."""
        answer = self.ask("GET", path, **more)
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def push(self, name: str = "b1", /, *, partial: bool = False, **tables: Any) -> TestResponse:
        """Pushes rows by table; SMALL without any."""
        body = {"batch_id": name} | (tables or SMALL)
        return self.ask("POST", "/batches" + ("?partial=true" if partial else ""), json=body)

    def landed(self, name: str = "b1", /, **tables: Any) -> Any:
        """The answer to a push that is taken."""
        answer = self.push(name, **tables)
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def tick(self, day: dt.date = TODAY) -> None:
        """Assesses what is due."""
        tick(self.database, self.monitor.rules, day, now)


def platform(database: Database, **more: Any) -> Platform:
    """One over a migrated database, whose token may import and read; ``more``: settings."""
    told: dict[str, Any] = {"language": "en", "secret_key": SecretStr("made up, for tests alone " * 2)} | more
    address = database.engine.url.render_as_string(hide_password=False)
    office = monitor(Settings(database_url=address, _env_file=None, **told))
    server = create_app(office, today=lambda: TODAY).server
    answer = server.wsgi_app
    # As on a thread of its own: the language of a request is none of the test's.
    server.wsgi_app = lambda environ, start: copy_context().run(answer, environ, start)
    made = Platform(database, office, server, server.test_client())
    add(database, "platform")
    made.token = token(database, "platform", ["read", "import"], SOURCE)
    return made


def token(database: Database, account: str, rights: list[str], source: str = "", **more: Any) -> str:
    """A token for an account."""
    told: dict[str, Any] = {"name": f"of {account} {source} {len(more)}", "now": now()} | more
    return add_token(database, told.pop("name"), account=account, rights=rights, source=source, **told)[1]


def errors(answer: TestResponse) -> list[tuple[Any, ...]]:
    """Of a refusal table, row, field and value of every entry; each says why."""
    assert answer.mimetype == "application/problem+json", answer.text
    told = answer.get_json()
    assert told["status"] == answer.status_code
    assert all(one["reason"] for one in told["errors"])
    return [(one.get("table"), one.get("row"), one["field"], one["value"]) for one in told["errors"]]
