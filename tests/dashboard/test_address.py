"""The address holds all of a reader's choices."""

from __future__ import annotations

import datetime as dt

import pytest

from dashboard.address import PROJECTS, Address

TODAY = dt.date(2026, 11, 21)


def read(path: str = "/projects", search: str = "") -> Address:
    return Address.read(path, search, TODAY)


def test_a_link_shows_what_its_sender_saw() -> None:
    at = read("/projects", "?as_of=2026-09-30&region=330106&light=red&text=%E5%86%B7%E9%93%BE")
    assert at.as_of == dt.date(2026, 9, 30)
    assert at.past
    assert at.region == "330106"
    assert at.get("light") == "red"
    assert at.get("text") == "冷链"


def test_day_and_region_go_along_to_every_page() -> None:
    at = read("/", "?as_of=2026-09-30&region=330106&light=red")
    assert at.href(PROJECTS, stage="planning") == "/projects?as_of=2026-09-30&region=330106&stage=planning"
    assert at.project("2503-33 01/06") == "/project/2503-33%2001%2F06?as_of=2026-09-30&region=330106"


def test_today_is_not_written_into_links() -> None:
    assert read("/", "?as_of=2026-11-21").href("/") == "/"


@pytest.mark.parametrize("search", ["?as_of=2027-01-01", "?as_of=2026-13-01", "?as_of=yesterday", "?as_of=", ""])
def test_a_day_that_cannot_be_is_today(search: str) -> None:
    assert read("/", search).as_of == TODAY


def test_what_is_not_known_is_left_out() -> None:
    at = read("/projects", "?colour=pink&department=seven")
    assert dict(at.choices) == {"department": "seven"}
    assert at.number("department") is None
    assert read("/projects", "?department=7").number("department") == 7
