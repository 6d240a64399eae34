"""The pages of the look-up and of the slip, over a real database: what is asked how, and that refusals tell nothing."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr

from dashboard.app import create_app
from monitor.database import Database
from monitor.doors import guard
from monitor.doors.guard import SESSION
from monitor.settings import Settings
from monitor.slips import read_query_code
from monitor.text import use_language
from monitor.verbs.attempts import FREE_OF_ADDRESS
from monitor.wiring import monitor
from tests.monitor.canonical_files import MOMENT, rows
from tests.monitor.looked_up import (
    AWAY,
    DAY,
    HOME,
    INTERNAL,
    LATER,
    LISTED,
    MARKED,
    MET,
    ONLY_WITH_CODE,
    OPEN,
    PERSONAL,
    PURGED,
    SECRET,
    UNKNOWN,
    province,
    slip_of,
)  # fmt: skip
from tests.monitor.peopling import CHEAP, settled

pages = import_module("dashboard.plain.look_up")  # the package has a function of this name
PASSWORD = "vier Worte ohne Sinn"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    """What a request speaks ends with its test."""
    with use_language("zh_CN"):
        yield


@pytest.fixture(scope="module")
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up province on SQLite, to be copied."""
    folder = tmp_path_factory.mktemp("town")
    shutil.copy(request.getfixturevalue("sqlite_file"), folder / "monitor.db")
    database = Database(f"sqlite:///{folder}/monitor.db")
    province(database, folder)
    database.close()
    return folder


@pytest.fixture
def site(town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The server over it, on a day and at a moment that stand still."""
    for name in ("monitor.db", "secret.txt"):
        shutil.copy(town / name, tmp_path)
    key, url = SecretStr("made up, for tests alone " * 2), f"sqlite:///{tmp_path}/monitor.db"
    told: dict[str, Any] = {"database_url": url, "secret_key": key, "office_name": "某委"}
    settings = Settings(**told, secret_projects_file=tmp_path / "secret.txt", _env_file=None)
    for module in (pages, guard):
        monkeypatch.setattr(module, "now", lambda: MOMENT)
    made = replace(monitor(settings), passwords=CHEAP)
    yield create_app(made, today=lambda: DAY).server, made.database
    made.database.close()


def visitor(site: Any, address: str = HOME) -> FlaskClient:
    """Somebody with a browser."""
    client = site[0].test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return client


def person(site: Any, name: str, role: str, **more: Any) -> FlaskClient:
    """Somebody who has signed in."""
    client = visitor(site)
    client.set_cookie(SESSION, settled(site[1], name, PASSWORD, role, **more).token)
    return client


def send(client: FlaskClient, path: str, **fields: str) -> Any:
    """Sends the form that stands on a page."""
    token = TOKEN.search(client.get(path).text)
    assert token
    return client.post(path, data=fields | {"csrf_token": token[1]})


def test_a_form_without_the_query_code_ends_at_an_address_that_can_be_kept(site: Any) -> None:
    client = visitor(site)
    page = client.get("/status")
    assert page.status_code == 200 and 'name="query_code"' in page.text
    sent = send(client, "/status", code=f" {OPEN} ", query_code=" ")
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/status?code={OPEN}")
    shown = client.get(sent.headers["Location"])
    assert shown.status_code == 200 and OPEN in shown.text
    for word in (
        "施工许可",
        "法定时限",
        "承诺时限",
        "自然资源局",
        "5 个工作日",
        "已超过承诺时限",
        "公示",
        "当地事项",
        "暂定",
        "待确认",
    ):
        assert word in shown.text, word
    assert "可向自然资源局询问" in shown.text  # of the item of which no record tells why
    assert "亮灯情况</h2>" not in shown.text and ONLY_WITH_CODE not in shown.text and "分摊" not in shown.text
    assert shown.text.count('aria-current="step"') == 1
    assert "演示" not in shown.text


def test_the_query_code_goes_by_the_form_alone(site: Any) -> None:
    client, code = visitor(site), slip_of(site[1])
    shown = send(client, "/status", code=OPEN, query_code=code.lower())
    assert shown.status_code == 200
    for word in ("绿灯", ONLY_WITH_CODE, "分摊", "不等同于法定或承诺期限超期"):
        assert word in shown.text, word
    plain = read_query_code(code)
    assert plain and code not in shown.text and plain not in shown.text.upper()
    assert shown.headers["Referrer-Policy"] == "no-referrer" and shown.headers["Cache-Control"] == "no-store"
    in_address = client.get(f"/status?code={OPEN}&query_code={code}")
    assert in_address.status_code == 200 and ONLY_WITH_CODE not in in_address.text
    assert client.post("/status", data={"code": OPEN, "query_code": code}).status_code == 400  # no token


def test_nothing_of_persons_or_secrets_is_on_any_page(site: Any) -> None:
    client, code = visitor(site), slip_of(site[1])
    shown = [client.get(f"/status?code={one}").text for one in (OPEN, LISTED, MARKED, MET, PURGED, LATER, "")]
    shown += [send(client, "/status", code=OPEN, query_code=code).text]
    for language in ("en", "zh_CN"):
        client.set_cookie("language", language)
        shown.append(client.get(f"/status?code={OPEN}").text)
    for text in shown:
        assert [one for one in (*PERSONAL, *INTERNAL, *SECRET) if one in text] == []


def test_a_refusal_is_the_same_to_the_byte_but_for_the_code_that_was_typed(site: Any) -> None:
    client, database = visitor(site), site[1]
    wrong = slip_of(database)
    slip_of(database)
    codes = (UNKNOWN, LISTED, MARKED, MET, PURGED, LATER, "2603")
    answers = [client.get(f"/status?code={code}") for code in codes]
    answers += [send(client, "/status", code=code, query_code=wrong) for code in (*codes, OPEN)]
    asked = [*codes, *codes, OPEN]
    assert {one.status_code for one in answers} == {404}
    first = None
    for code, one in zip(asked, answers, strict=True):
        text = one.text.replace(f'value="{code}"', 'value="CODE"').replace(f"code%3D{code}", "code%3DCODE")
        headers = {name: value for name, value in one.headers if name not in ("Content-Length", "Set-Cookie")}
        first = first or (text, headers)
        assert (text, headers) == first, code
    assert "没有查询到相关信息" in answers[0].text


def test_a_query_code_that_was_mistyped_is_told_so_before_anything_is_asked(site: Any) -> None:
    client, code = visitor(site), slip_of(site[1])
    other = "3" if code[0] != "3" else "4"
    answers = [send(client, "/status", code=one, query_code=other + code[1:]) for one in (OPEN, UNKNOWN, LISTED)]
    assert {one.status_code for one in answers} == {422}
    assert len({one.text.replace(code, "") for one, code in zip(answers, (OPEN, UNKNOWN, LISTED), strict=True)}) == 1
    assert "查询码输入有误" in answers[0].text
    assert send(client, "/status", code=" ", query_code="").status_code == 422
    assert rows(site[1], "SELECT * FROM look_up_miss") == []


def test_who_guesses_is_told_when_to_come_again(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    guesser, honest, code = visitor(site, AWAY), visitor(site), slip_of(site[1])
    found = [guesser.get(f"/status?code=guess-{n}") for n in range(FREE_OF_ADDRESS + 5)]
    assert [one.status_code for one in found] == [404] * FREE_OF_ADDRESS + [429] * 5
    assert {one.headers["Retry-After"] for one in found[FREE_OF_ADDRESS:]} == {"30"}
    assert guesser.get(f"/status?code={OPEN}").status_code == 429
    assert guesser.get("/status").status_code == 200
    assert send(guesser, "/status", code=OPEN, query_code=code).status_code == 200
    assert honest.get(f"/status?code={OPEN}").status_code == 200
    monkeypatch.setattr(pages, "now", lambda: MOMENT + dt.timedelta(seconds=30))
    assert guesser.get(f"/status?code={OPEN}").status_code == 200


def test_without_the_list_of_secret_projects_nothing_is_told(site: Any, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").unlink()
    answer = visitor(site).get(f"/status?code={OPEN}")
    assert answer.status_code == 503 and "自然资源局" not in answer.text


def test_slips_are_made_by_whoever_may_and_sees_the_project(site: Any) -> None:
    assert visitor(site).get(f"/slip/{OPEN}").status_code in (303, 401)
    for role in ("leader", "administrator", "auditor", "supervisor"):
        client = person(site, f"a.{role}", role)
        assert client.get(f"/slip/{OPEN}").status_code == (200 if role == "supervisor" else 403), role
        forged = 400 if role == "supervisor" else 403
        assert client.post(f"/slip/{OPEN}").status_code == forged, role
    for code in (UNKNOWN, LISTED, MARKED, MET, PURGED):
        assert client.get(f"/slip/{code}").status_code == 404, code
    assert rows(site[1], "SELECT * FROM slip_code") == []
    made = send(client, f"/slip/{OPEN}", deed="make")
    found = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", made.text)
    assert found and made.headers["Cache-Control"] == "no-store"
    for word in (OPEN, ONLY_WITH_CODE, "http://localhost/status", "某委", "2026-11-20"):
        assert word in made.text, word
    shown = client.get(f"/slip/{OPEN}")
    assert found[0] not in shown.text and "2026-11-20 12:00" in shown.text
    assert send(visitor(site), "/status", code=OPEN, query_code=found[0]).status_code == 200
    assert send(client, f"/slip/{OPEN}", deed="withdraw").status_code == 303
    assert send(visitor(site), "/status", code=OPEN, query_code=found[0]).status_code == 404


def test_the_footer_says_what_the_look_up_is_not(site: Any) -> None:
    client = visitor(site)
    said = {"zh_CN": "本查询不作为认定行政许可期限的依据", "en": "no basis for determining the time limit"}
    for language, text in said.items():
        client.set_cookie("language", language)
        with use_language(language):
            for path in ("/status", f"/status?code={OPEN}", f"/status?code={UNKNOWN}"):
                page = client.get(path).text
                assert text in page[page.index("<footer") :]
                assert f'<html lang="{"zh-CN" if language == "zh_CN" else "en"}"' in page
