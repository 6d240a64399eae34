"""The dashboard over the made-up reader, without a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from flask import g
from flask.testing import FlaskClient
from pydantic import SecretStr

from dashboard.app import create_app
from monitor.doors.guard import Guard
from monitor.jobs import Errands, Office
from monitor.rights import Role, Scope, Who
from monitor.settings import Settings, now
from monitor.text import use_language
from monitor.uploads import Uploads
from tests.dashboard.fake_reader import TODAY, FakeReader


@pytest.fixture(scope="session", autouse=True)
def _quiet() -> None:
    """Log lines go to the standard library; traces made pretty take longer than most tests."""
    structlog.configure(logger_factory=structlog.stdlib.LoggerFactory())


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    with use_language("zh_CN"):
        yield


class Waving(Guard):
    """Takes whoever comes for a supervisor."""

    def __init__(self, monitor: Any) -> None:
        super().__init__(monitor, b"made up")

    def ask(self) -> None:
        g.who = Who(1, "made up", "Made up", Role.SUPERVISOR, Scope(("33",)))


def client_of(reader: FakeReader) -> FlaskClient:
    """A client of the dashboard over ``reader``, on the day of the made-up province."""
    settings = Settings(language="zh_CN", secret_key=SecretStr("made up, for tests alone " * 2), _env_file=None)
    errands = Errands(None, Office(Uploads(settings.upload_folder, 1 << 20), settings.zone, now, {}, None))  # type: ignore[arg-type]
    monitor: Any = SimpleNamespace(settings=settings, reader=reader, errands=errands)
    return create_app(monitor, today=lambda: TODAY, guard=Waving(monitor)).server.test_client()


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return client_of(FakeReader())


Ask = Callable[..., str]


def ask(client: FlaskClient, page: str, slot: str, path: str, search: str = "") -> str:
    """What the callback that fills ``slot`` answers, as text."""
    body: dict[str, Any] = {
        "output": f"{slot}.children",
        "outputs": {"id": slot, "property": "children"},
        "inputs": [{"id": f"{page}-view", "property": "data", "value": {"path": path, "search": search}}],
        "changedPropIds": [f"{page}-view.data"],
    }
    answer = client.post("/_dash-update-component", json=body)
    assert answer.status_code == 200, answer.text
    return said(answer.get_json())


def said(value: Any) -> str:
    """All strings of an answer, in their order."""
    found: list[str] = []

    def walk(part: Any) -> None:
        if isinstance(part, str):
            found.append(part)
        elif isinstance(part, dict):
            for key, inner in part.items():
                if key not in ("type", "namespace", "className", "id"):
                    walk(inner)
        elif isinstance(part, list):
            for inner in part:
                walk(inner)

    walk(value)
    return "\n".join(found)
