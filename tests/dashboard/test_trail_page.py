"""The auditor's page: the newest entries, names of persons behind a mask, the check, the file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from monitor.doors.guard import CSRF_FIELD
from monitor.reading.trail import Wanted
from monitor.settings import now
from monitor.verbs.accounts import add_account
from tests.dashboard.conftest import said
from tests.dashboard.office import Office, office
from tests.dashboard.test_doors import body_of
from tests.monitor.peopling import CHEAP

PERSON = "王二麻子"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("office")) as made:
        told = {"role": "leader", "scope": {"regions": ["33"]}, "display": PERSON, "now": now()}
        add_account(made.database, CHEAP, "wang", **told)
        yield made


@pytest.fixture
def client(here: Office) -> FlaskClient:
    return here.browser("auditor")


def shown(here: Office, client: FlaskClient, slot: str, search: str = "", **values: object) -> str:
    """What a part of the page says."""
    output = next(one for one in here.app.asks if one.strip(".").startswith(f"{slot}.children"))
    body = body_of(here, output)
    for one in body["inputs"] + body["state"]:
        one["value"] = values.get(one["id"], {"path": "/trail", "search": search})
    answer = here.post(client, "/_dash-update-component", json=body)
    assert answer.status_code == 200
    return said(answer.get_json()) + json.dumps(answer.get_json(), ensure_ascii=False)


def test_the_newest_entries_stand_first_with_names_masked(here: Office, client: FlaskClient) -> None:
    text = shown(here, client, "trail-entries")
    assert text.index("新建账号") < text.index("导入")
    assert "●●●" in text
    assert PERSON not in text
    assert PERSON in shown(here, client, "trail-entries", "?names=1")


def test_what_is_asked_for_alone(here: Office, client: FlaskClient) -> None:
    only = shown(here, client, "trail-entries", "?verb=import")
    assert "项目 1" in only
    assert "新建账号" not in only
    assert "项目 1" in shown(here, client, "trail-entries", "?verb=nonsense&since=nonsense&before=nonsense")
    assert "没有符合条件的记录" in shown(here, client, "trail-entries", "?until=2020-01-01")
    assert "没有符合条件的记录" in shown(here, client, "trail-entries", "?before=1")


def test_the_head_and_the_check(here: Office, client: FlaskClient) -> None:
    found = here.monitor.reader.trail_head()
    assert found is not None
    assert found[1] in shown(here, client, "trail-head")
    asked = {"trail-verify": 1, "trail-asked": found[1].upper() + " "}
    text = shown(here, client, "trail-verified", **asked)
    assert f"{found[0]} 条" in text
    assert "未被改动" in text
    assert "被截去" in shown(here, client, "trail-verified", **asked | {"trail-asked": "0" * 63 + "1"})
    with here.database.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER trail_entry_no_update")
        connection.exec_driver_sql("UPDATE trail_entry SET actor = 'x' WHERE seq = 2")
    broken = shown(here, client, "trail-verified", **asked)
    assert "第 2 条" in broken
    assert "未被改动" not in broken


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_taking_it_out_is_a_deed(here: Office, client: FlaskClient, kind: str) -> None:
    told = {"kind": kind, "verb": "account_add", CSRF_FIELD: here.token_of(client)}
    answer = client.post("/trail/export", data=told)
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    rows = (
        list(csv.DictReader(io.StringIO(text))) if kind == "csv" else [json.loads(line) for line in text.splitlines()]
    )
    assert {row["verb"] for row in rows} == {"account_add"}
    assert len(rows) == 7
    last = here.monitor.reader.trail(Wanted(), limit=1)
    assert (last[0].verb, last[0].actor, last[0].door) == ("export_trail", "auditor", "web")


def test_the_first_page_of_an_auditor_is_the_trail(here: Office, client: FlaskClient) -> None:
    text = shown(here, client, "page", url="/", shown=None)
    assert "trail-head" in text
