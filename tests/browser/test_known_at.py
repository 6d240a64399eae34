"""Overview, list, departments and assumptions as known at a moment, in a real browser over a real server."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.phrases import day_long
from monitor.text import _
from tests.browser.chromium import Size, visit
from tests.browser.test_pages import ROW, quiet

PATHS = ("/", "/projects", "/departments", "/whatif")


def at(path: str, day: dt.date) -> str:
    """The address of a page as known at the end of a day."""
    return f"{path}?known_at={quote(f'{day} 23:59:59')}"


def figures(page: Page) -> list[str]:
    """What a page counts: its big figures, its sums and its first row."""
    rows = page.locator(ROW).first.inner_text() if page.locator(ROW).count() else ""
    return [*page.locator(".figure").all_inner_texts(), *page.locator("#projects-total").all_inner_texts(), rows]


def settled(page: Page, wanted: list[str]) -> None:
    """Waits until a page counts so: a grid draws its columns after its rows."""
    for _look in range(200):
        if figures(page) == wanted:
            return
        page.wait_for_timeout(100)
    assert figures(page) == wanted


@pytest.mark.parametrize(("path", "size"), list(zip(PATHS, (390, 1440) * 2, strict=True)))
def test_a_moment_of_a_page(demo: str, demo_day: dt.date, browser: Browser, size: Size, path: str) -> None:
    """The demo came in a week ago and today: at the end of the day all is known, four days ago what came a week ago,
    and nine days ago nothing."""
    day = demo_day
    with visit(browser, demo, size) as seen:
        now = figures(seen.go(path))
        page = seen.go(at(path, day))
        expect(page.locator(".known-then")).to_contain_text(_("As known now"))
        settled(page, now)
        expect(page.locator(".page .working:visible")).to_have_count(0)
        quiet(seen)
        page = seen.go(at(path, day - dt.timedelta(4)))
        expect(page.locator("#strip")).to_contain_text(day_long(day - dt.timedelta(7)))
        if path == "/":
            assert figures(page) != now
        quiet(seen)
        page = seen.go(at(path, day - dt.timedelta(9)))
        expect(page.locator(".page")).to_contain_text(_("Nothing was known yet."))
        expect(page.locator(".unknown")).to_be_hidden()
        quiet(seen)
        page.locator(".known-then a").click()
        page.wait_for_url(lambda url: "known_at" not in url)
        seen.whole()
        expect(page.locator(".known-then")).to_have_count(0)
        settled(page, now)
        quiet(seen)


def test_the_moment_goes_along(demo: str, demo_day: dt.date, browser: Browser) -> None:
    with visit(browser, demo) as seen:
        page = seen.go(at("/", demo_day))
        page.locator(".figure").first.click()
        page.wait_for_url(re.compile(r"/projects\?.*known_at="))
        page.wait_for_selector(f"{ROW} a[href*='known_at=']")
        page.locator("#nav a[href^='/departments']").click()
        page.wait_for_url(re.compile(r"/departments\?.*known_at="))
        seen.whole()
        expect(page.locator(".known-then")).to_have_count(1)
        quiet(seen)
