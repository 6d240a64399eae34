"""The page of imports in a browser's requests: a file is handed in, looked at, tried, taken in, taken back; and no
further than its own door."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from monitor.doors.guard import CSRF_FIELD
from monitor.jobs import work_off
from monitor.settings import now
from monitor.verbs.accounts import change_account
from monitor.verbs.signing_in import sign_in
from tests.dashboard.conftest import said
from tests.dashboard.office import CHEAP, HERE, LIMITS, PASSWORD, Office, enter, office
from tests.dashboard.test_doors import body_of
from tests.monitor.canonical_files import log_of
from tests.monitor.test_jobs import LIST, whole, zipped

WRONG = LIST + "X2,坏行,330100,企业投资项目备案,发改,2026-02-31,2026-03-05\n"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path, upload_folder=tmp_path / "uploads", upload_mebibytes=1) as made:
        yield made


@pytest.fixture
def client(here: Office) -> FlaskClient:
    return here.browser("supervisor")


def send(here: Office, client: FlaskClient, path: str, **form: Any) -> TestResponse:
    """Sends a form of the page."""
    return client.post(path, data=form | {CSRF_FIELD: here.token_of(client)}, headers={"Accept": "text/html"})


def hand_in(here: Office, client: FlaskClient, content: bytes, name: str) -> TestResponse:
    return send(here, client, "/import/file", file=(io.BytesIO(content), name))


def number_of(answer: TestResponse) -> int:
    """The job to which an answer leads."""
    assert answer.status_code == 303, answer.text
    found = re.fullmatch(r"/import\?job=(\d+)", answer.headers["Location"])
    assert found is not None
    return int(found[1])


def shown(here: Office, client: FlaskClient, search: str) -> str:
    """What the page says, and the addresses of its forms and links."""
    output = next(one for one in here.app.asks if "import-body.children" in one)
    body = body_of(here, output)
    body["inputs"][0]["value"] = {"path": "/import", "search": search}
    answer = here.post(client, "/_dash-update-component", json=body)
    assert answer.status_code == 200
    return said(answer.get_json()) + json.dumps(answer.get_json(), ensure_ascii=False)


def done(here: Office, client: FlaskClient, answer: TestResponse) -> tuple[int, str]:
    """The job of an answer, once it was worked off, and what the page says of it."""
    number = number_of(answer)
    assert work_off(here.database, here.monitor.errands.office) == 1
    return number, shown(here, client, f"?job={number}")


def test_a_file_comes_in_step_by_step_and_goes_again(here: Office, client: FlaskClient, tmp_path: Path) -> None:
    project = {"project_code": "P9", "name": "厂房", "region": "330100", "kind": "filing", "coded_on": "2026-03-02"}
    content = zipped(tmp_path, projects=[project])
    before = log_of(here.database)
    number = number_of(hand_in(here, client, content, "三月.zip"))
    assert "正在处理" in shown(here, client, f"?job={number}")
    work_off(here.database, here.monitor.errands.office)
    assert "符合填报模板" in shown(here, client, f"?job={number}")
    tried, text = done(here, client, send(here, client, f"/import/{number}/try", layout="canonical"))
    assert "全部可以导入" in text
    assert log_of(here.database) == before
    _taken, text = done(here, client, send(here, client, f"/import/{tried}/take"))
    assert "已全部导入" in text
    assert log_of(here.database) != before
    (batch,) = set(re.findall(r"/import/undo/(\d+)/try", text))
    _number, text = done(here, client, send(here, client, f"/import/undo/{batch}/try"))
    assert "目前尚未撤回" in text
    _number, text = done(here, client, send(here, client, f"/import/undo/{batch}"))
    assert "已撤回" in text
    assert log_of(here.database) == before
    assert "三月.zip" in shown(here, client, "")


def test_the_proposal_is_corrected_and_refused_rows_come_back(here: Office, client: FlaskClient) -> None:
    number, text = done(here, client, hand_in(here, client, WRONG.encode(), "清单.csv"))
    assert "uploads" not in text  # where it lies is nobody's business
    with here.database.reading() as connection:
        told = json.loads(connection.exec_driver_sql("SELECT result FROM job").scalar_one())
    fixed = told["text"].replace('title = "清单"', 'title = "改过的"')
    form = {"layout": "own", "text": fixed, "source": "清单", "reported_until": "2026-03-06"}
    _number, text = done(
        here, client, send(here, client, f"/import/{number}/look", **form | {"text": fixed + "\nx = 1"})
    )
    assert "不成立" in text
    assert "a known key" not in text
    lacking = re.sub(r"^coded_on.*\n", "", fixed, flags=re.MULTILINE)
    assert lacking != fixed
    _number, text = done(here, client, send(here, client, f"/import/{number}/look", **form | {"text": lacking}))
    assert "缺少 projects.coded_on" in text
    assert "应为：required" not in text
    number, text = done(here, client, send(here, client, f"/import/{number}/look", **form))
    assert "改过的" in text
    tried, text = done(here, client, send(here, client, f"/import/{number}/try", **form))
    assert "有的行不能导入" in text
    book = client.get(f"/import/{tried}/refused.xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(book.data))["events"].values)
    assert "2026-02-31" in str(rows)
    _number, text = done(here, client, send(here, client, f"/import/{tried}/take", partial="1"))
    assert "退回的行留待补正" in text
    with here.database.reading() as connection:
        assert set(connection.exec_driver_sql("SELECT file FROM refused_row").scalars()) == {"清单.csv"}
        assert "清单" in connection.exec_driver_sql("SELECT name FROM source").scalars().all()


def test_what_is_no_file_of_ours_is_refused_with_a_reason(here: Office, client: FlaskClient) -> None:
    for name, content, status in (("a.exe", b"MZ", 415), ("a.csv", b"", 415), ("a.csv", b"x" * (1 << 20 | 1), 413)):
        answer = hand_in(here, client, content, name)
        assert answer.status_code == status, name
        assert "<h1>" in answer.text
    assert hand_in(here, client, b"x" * (3 << 20), "a.csv").status_code == 413  # before it is read
    assert send(here, client, "/import/file").status_code == 400
    _number, text = done(here, client, hand_in(here, client, b"PK\x03\x04 no workbook", "a.xlsx"))
    assert "不能导入" in text
    assert not [one for one in here.monitor.errands.office.uploads.folder.glob("*/*") if one.suffix == ".exe"]


@pytest.mark.parametrize(
    "form",
    [
        {"layout": "../etc"}, {"layout": "case-list"}, {}, {"layout": "canonical", "reported_until": "2999-01-01"},
        {"layout": "canonical", "reported_until": "x"},
    ],
)  # fmt: skip
def test_a_form_says_nothing_that_the_page_does_not_offer(
    here: Office, client: FlaskClient, tmp_path: Path, form: dict[str, str]
) -> None:
    number, _text = done(here, client, hand_in(here, client, whole(tmp_path), "a.zip"))
    assert send(here, client, f"/import/{number}/try", **form).status_code == 400
    assert send(here, client, f"/import/{number}/take").status_code == 400  # nothing was tried


def test_nobody_sees_or_uses_what_another_handed_in(here: Office, client: FlaskClient, tmp_path: Path) -> None:
    number, _text = done(here, client, hand_in(here, client, whole(tmp_path), "geheim.zip"))
    here.sessions["other"] = enter(here.monitor, "other", "supervisor", {"regions": ["33"]})
    other = here.browser("other")
    assert "geheim" not in shown(here, other, f"?job={number}") + shown(here, other, "")
    for path in ("look", "try", "take", "drop"):
        assert send(here, other, f"/import/{number}/{path}", layout="canonical").status_code == 404
    assert other.get(f"/import/{number}/refused.xlsx").status_code == 404
    assert number_of(send(here, client, f"/import/{number}/try", layout="canonical")) > number


def test_what_came_of_it_is_not_told_to_whom_the_region_is_not_given_any_more(
    here: Office, client: FlaskClient, tmp_path: Path
) -> None:
    number, _text = done(here, client, hand_in(here, client, whole(tmp_path), "三月.zip"))
    tried, text = done(here, client, send(here, client, f"/import/{number}/try", layout="canonical"))
    assert "三月.zip" in text and "三月.zip" in shown(here, client, "")
    told: dict[str, Any] = {"address": HERE, "limits": LIMITS, "now": now()}
    for regions, there in (["32"], False), (["33", "32"], True):
        change_account(here.database, "supervisor", {"regions": regions}, now=now())
        here.sessions["supervisor"] = sign_in(here.database, CHEAP, "supervisor", PASSWORD, **told).token
        moved = here.browser("supervisor")
        assert ("三月.zip" in shown(here, moved, f"?job={tried}")) == ("三月.zip" in shown(here, moved, "")) == there
        assert (send(here, moved, f"/import/{tried}/take").status_code == 303) == there


def test_a_file_that_was_thrown_away_is_gone(here: Office, client: FlaskClient, tmp_path: Path) -> None:
    number, _text = done(here, client, hand_in(here, client, whole(tmp_path), "a.zip"))
    send(here, client, f"/import/{number}/drop")
    assert not list(here.monitor.errands.office.uploads.folder.glob("*/*"))
    _number, text = done(here, client, send(here, client, f"/import/{number}/try", layout="canonical"))
    assert "文件已不在" in text


def test_pressed_twice_it_is_taken_in_once(here: Office, client: FlaskClient, tmp_path: Path) -> None:
    number, _text = done(here, client, hand_in(here, client, whole(tmp_path), "a.zip"))
    tried, _text = done(here, client, send(here, client, f"/import/{number}/try", layout="canonical", source="own"))
    first, second = (number_of(send(here, client, f"/import/{tried}/take")) for _time in range(2))
    assert first == second
    work_off(here.database, here.monitor.errands.office)
    assert number_of(send(here, client, f"/import/{tried}/take")) == first


def test_a_number_that_no_database_holds_is_nothing(here: Office, client: FlaskClient) -> None:
    huge = "9" * 30
    for path in (f"/import/undo/{huge}", f"/import/undo/{huge}/try", f"/import/{huge}/try"):
        assert send(here, client, path).status_code in (404, 405)
    assert client.get(f"/import/{huge}/refused.xlsx").status_code == 404
    assert "error" not in shown(here, client, f"?job={huge}")


def test_the_template_can_be_fetched(client: FlaskClient) -> None:
    answer = client.get("/import/template.xlsx")
    assert openpyxl.load_workbook(io.BytesIO(answer.data)).sheetnames[1:4] == ["projects", "cases", "events"]
