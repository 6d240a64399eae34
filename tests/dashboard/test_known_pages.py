"""Pages as known at a moment: said above them, carried in their links, refused in words, over the made-up reader."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.pages import departments, overview, projects, whatif
from monitor.reading.rewinding import MOST
from tests.dashboard.conftest import ask, client_of, said
from tests.dashboard.fake_reader import FIRST, FakeReader
from tests.dashboard.test_pages import OVERVIEW, rows_of

THEN = "?known_at=2026-10-08 09:30"
IN_LINKS = "known_at=2026-10-08+09%3A30"
PAGES: dict[str, Any] = {page.NAME: page for page in (overview, projects, departments, whatif)}
PARTS = [("overview", slot, "/") for slot in OVERVIEW] + [("departments", "departments-body", "/departments")]


def banner(client: FlaskClient, page: str, search: str) -> tuple[str, str]:
    """What a page says of its moment, and the class of its parts."""
    place, parts = f"{page}-known", f"{page}-parts"
    body = {
        "output": f"..{place}.children...{parts}.className..",
        "outputs": [{"id": place, "property": "children"}, {"id": parts, "property": "className"}],
        "inputs": [
            {"id": f"{page}-view", "property": "data", "value": {"path": PAGES[page].PATH, "search": search}},
        ],
        "changedPropIds": [f"{page}-view.data"],
    }
    answer = client.post("/_dash-update-component", json=body)
    assert answer.status_code == 200, answer.text
    told = answer.get_json()["response"]
    return said(told[place]["children"]), told[parts]["className"]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_as_known_when(page: str) -> None:
    client = client_of(FakeReader())
    text, kind = banner(client, page, THEN)
    assert "以下为 2026年10月8日（周四） 09:30 已知的情况" in text
    assert "正在按当时已知的情况重新核算" in text
    assert (kind, banner(client, page, "")) == ("", ("", ""))


@pytest.mark.parametrize(("page", "slot", "path"), PARTS)
def test_a_part_is_asked_of_the_moment(page: str, slot: str, path: str) -> None:
    """The reader of the moment is asked, as of the day and for the region in the address; its links keep the moment."""
    reader = FakeReader()
    text = ask(client_of(reader), page, slot, path, f"{THEN}&region=330106&as_of=2026-09-30")
    moment, as_of, region = reader.known["then"]
    assert (moment.isoformat(), as_of, region) == ("2026-10-08T09:30:00+08:00", dt.date(2026, 9, 30), "330106")
    assert "错误编号" not in text
    if slot != "overview-weeks":  # a figure without links
        assert IN_LINKS in text
    now = FakeReader()
    ask(client_of(now), page, slot, path)
    assert "then" not in now.known


def test_the_figures_are_those_of_the_moment() -> None:
    """Of the made-up province half of the projects were known at any moment."""
    client = client_of(FakeReader())
    now, then = (rows_of(client, search)["projects-grid"]["getRowsResponse"] for search in ("", THEN))
    assert then["rowCount"] == 320 < now["rowCount"]
    assert IN_LINKS in then["rowData"][0]["href"]
    assert "未办结项目 320 个" in ask(client, "overview", "overview-lights", "/", THEN)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("moment", ["noon", "2026-11-22"])
def test_a_moment_that_cannot_be_is_refused(page: str, moment: str) -> None:
    client = client_of(FakeReader())
    text, kind = banner(client, page, f"?known_at={moment}&ask=promises")
    assert f"“{moment}”不是今天或以前的时刻" in text
    assert kind == "unknown"
    answers(client, f"?known_at={moment}&ask=promises")


def answers(client: FlaskClient, search: str) -> None:
    """No part says anything where the page says why, nor that it failed."""
    for page, slot, path in [*PARTS, ("whatif", "whatif-result", "/whatif"), ("whatif", "whatif-working", "/whatif")]:
        assert ask(client, page, slot, path, search).strip() in ("", slot, "children")
    rows = rows_of(client, search)
    assert rows["projects-grid"]["getRowsResponse"] == {"rowData": [], "rowCount": 0}
    assert "错误编号" not in said(rows)


@pytest.mark.parametrize("page", PAGES)
def test_before_the_first_records(page: str) -> None:
    client = client_of(FakeReader())
    local = FIRST.astimezone(FakeReader().zone)
    eve = (local - dt.timedelta(minutes=1)).replace(tzinfo=None).isoformat(" ")
    text, kind = banner(client, page, f"?known_at={eve}")
    assert "那时还没有任何记录" in text and "2026年3月2日（周一） 09:30" in text
    assert kind == "unknown"
    assert banner(client, page, f"?known_at={local.replace(tzinfo=None).isoformat(' ')}")[1] == ""
    text, kind = banner(client_of(FakeReader(bare=True)), page, THEN)
    assert "还没有任何记录" in text and "approval-monitor import" in text and kind == "unknown"


@pytest.mark.parametrize("page", PAGES)
def test_too_many_projects_are_asked_by_region(page: str) -> None:
    client = client_of(FakeReader(crowd=MOST + 1))
    text, kind = banner(client, page, f"{THEN}&ask=promises")
    assert f"{MOST + 1:,} 个项目" in text and f"{MOST:,}" in text and "选择地区" in text
    assert kind == "unknown"
    answers(client, f"{THEN}&ask=promises")
    assert banner(client, page, f"{THEN}&region=330106")[1] == ""
    assert banner(client, page, "")[1] == ""


def test_one_project_is_asked_however_many_there_are() -> None:
    reader = FakeReader(crowd=MOST + 1)
    assert banner(client_of(reader), "whatif", f"{THEN}&ask=promises&project=X")[1] == ""
    ask(client_of(reader), "whatif", "whatif-result", "/whatif", f"{THEN}&ask=promises&project=X")
    assert reader.known["asked"].isoformat() == "2026-10-08T09:30:00+08:00"
    assert "then" not in reader.known


def test_an_assumption_is_asked_of_the_moment() -> None:
    reader = FakeReader()
    text = ask(client_of(reader), "whatif", "whatif-result", "/whatif", f"{THEN}&ask=promises")
    assert "亮灯会变" in text and "错误编号" not in text
    assert reader.known["then"][0].isoformat() == "2026-10-08T09:30:00+08:00"


def test_what_cannot_be_read_says_so_above_the_page() -> None:
    reader = FakeReader(broken=frozenset({"first_known", "as_known_at"}))
    text, kind = banner(client_of(reader), "overview", THEN)
    assert "错误编号" in text and kind == ""
    assert "错误编号" in ask(client_of(reader), "overview", "overview-lights", "/", THEN)


def test_back_to_now_keeps_the_other_choices() -> None:
    text, _kind = banner(client_of(FakeReader()), "projects", f"{THEN}&light=red&region=330106")
    assert "/projects?region=330106&light=red" in text.split("\n")
