"""The server around the pages: headers, languages, strip, assets."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import plotly
import pytest
from flask.testing import FlaskClient

import dashboard
from dashboard import theme
from tests.dashboard.conftest import client_of, said
from tests.dashboard.fake_reader import TODAY, FakeReader

ASSETS = Path(str(dashboard.__file__)).parent / "assets"


def strip(reader: FakeReader, search: str = "") -> tuple[str, str]:
    """The text of the strip, and its class."""
    outputs = [("strip", "children"), ("strip", "className"), ("demo", "children")]
    body: dict[str, Any] = {
        "output": ".." + "...".join(f"{i}.{p}" for i, p in outputs) + "..",
        "outputs": [{"id": i, "property": p} for i, p in outputs],
        "inputs": [
            {"id": "url", "property": "pathname", "value": "/"},
            {"id": "url", "property": "search", "value": search},
        ],
        "changedPropIds": ["url.pathname"],
    }
    response = client_of(reader).post("/_dash-update-component", json=body).get_json()["response"]
    return said([response["strip"]["children"], response["demo"]]), response["strip"]["className"]


def test_nothing_comes_from_elsewhere(client: FlaskClient) -> None:
    answer = client.get("/")
    page = answer.get_data(as_text=True)
    assert not re.findall(r"""(?:src|href)=["']?(?:https?:)?//""", page)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-eval" not in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]


def test_our_own_scripts_and_sheets_name_no_other_host() -> None:
    for path in ASSETS.rglob("*"):
        if path.suffix in (".js", ".css") and "vendor" not in path.parts:
            assert "//" not in re.sub(r"(?m)^\s*//.*$|/\*.*?\*/", "", path.read_text("utf-8")), path.name


def test_the_page_speaks_before_any_script_runs(client: FlaskClient) -> None:
    assert '<html lang="zh-CN" data-mantine-color-scheme="light"' in client.get("/").get_data(as_text=True)
    client.set_cookie("language", "en")
    client.set_cookie("scheme", "dark")
    client.set_cookie("palette", "safe")
    try:
        page = client.get("/").get_data(as_text=True)
    finally:
        for name in ("language", "scheme", "palette"):
            client.delete_cookie(name)
    assert '<html lang="en" data-mantine-color-scheme="dark" data-palette="safe"' in page
    assert "<title>Approval time of investment projects</title>" in page


@pytest.mark.parametrize("value", ["tlh", "", "<script>"])
def test_a_cookie_that_means_nothing_is_the_usual(client: FlaskClient, value: str) -> None:
    client.set_cookie("language", value)
    client.set_cookie("scheme", value)
    try:
        page = client.get("/").get_data(as_text=True)
    finally:
        client.delete_cookie("language")
        client.delete_cookie("scheme")
    assert '<html lang="zh-CN" data-mantine-color-scheme="light"' in page


def test_assets_may_be_kept_for_ever(client: FlaskClient) -> None:
    page = client.get("/").get_data(as_text=True)
    assets = re.findall(r'"(/assets/[^"]+)"', page)
    assert any("plotly-cartesian" in asset for asset in assets)
    for asset in [*assets, theme.link()]:
        answer = client.get(asset, headers={"Accept-Encoding": "br"}, buffered=True)
        assert answer.status_code == 200
        assert "max-age=31536000" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Encoding"] == "br"


def test_any_request_may_be_the_first(client: FlaskClient) -> None:
    """A server with several threads answers scripts before it has answered its first page in full."""
    scripts = re.findall(r'src="(/_dash-component-suites/[^"]+)"', client.get("/").get_data(as_text=True))
    assert scripts
    fresh = client_of(FakeReader())
    assert all(fresh.get(script, buffered=True).status_code == 200 for script in scripts)


def test_the_strip_says_as_of_when() -> None:
    text, kind = strip(FakeReader())
    for part in (
        "数据截至",
        "2026年11月20日（周五）",
        "最近核算",
        "日历已公布至",
        "2026年12月24日（周四）",
        "演示数据",
    ):
        assert part in text
    assert kind == "strip"
    assert "历史视图：2026年9月30日（周三）" in strip(FakeReader(), "?as_of=2026-09-30")[0]


@pytest.mark.parametrize(
    ("known", "says"),
    [
        ({"swept_as_of": TODAY - dt.timedelta(3)}, "核算已滞后 3 天"),
        ({"swept_as_of": None, "swept_at": None}, "尚未核算"),
        ({"pending": 1200}, "1,200 个项目有新记录"),
    ],
)
def test_a_stale_sweep_is_said_aloud(known: dict[str, Any], says: str) -> None:
    text, kind = strip(FakeReader(known=known))
    assert says in text
    assert "stale" in kind


def test_real_data_are_not_called_a_demonstration() -> None:
    assert "演示数据" not in strip(FakeReader(known={"demo": False}))[0]


def test_a_strip_that_cannot_be_read_says_so() -> None:
    text, kind = strip(FakeReader(broken=frozenset({"horizon"})))
    assert "错误编号" in text
    assert "stale" in kind


def test_what_we_serve_for_others_is_named_with_its_licence() -> None:
    told = (ASSETS / "LICENSES.txt").read_text("utf-8")
    for path in (ASSETS / "vendor").iterdir():
        assert f"vendor/{path.name}" in told
    head = (ASSETS / "vendor" / "plotly-cartesian.min.js").read_text("utf-8")[:300]
    ours = re.search(r"v(\d+\.\d+\.\d+)", head)
    theirs = re.search(
        r"v(\d+\.\d+\.\d+)",
        (Path(plotly.__file__).parent / "package_data" / "plotly.min.js").read_text("utf-8")[:300],
    )
    assert ours is not None
    assert theirs is not None
    assert ours[1].split(".")[0] == theirs[1].split(".")[0], "plotly.js must be of the version that plotly validates"
    assert ours[1] in told


def test_icons_that_are_named_are_there() -> None:
    sheet = (ASSETS / "page.css").read_text("utf-8")
    wanted = set(re.findall(r"url\(icons/([^)]+)\)", sheet))
    assert wanted == {path.name for path in (ASSETS / "icons").iterdir()}
