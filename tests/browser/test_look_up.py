"""The public look-up in a real browser: with one thumb, by the keyboard, in the dark, on paper; and the slip for it."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from monitor.slips import read_query_code
from monitor.text import _, use_language
from tests.browser.chromium import Size, visit
from tests.browser.test_pages import quiet

LOOKS: list[tuple[Size, str, str]] = [
    (390, "zh_CN", "light"),
    (390, "en", "dark"),
    (1440, "en", "light"),
    (1440, "zh_CN", "dark"),
]
FULLEST = """SELECT p.code FROM project p JOIN case_standing c ON c.project_id = p.id
    GROUP BY p.id ORDER BY count(*) DESC, p.id LIMIT 1"""


@pytest.fixture(scope="module")
def code(demo: str, demo_home: Path) -> str:
    """The project with the most items."""
    with closing(sqlite3.connect(demo_home / "approval-monitor" / "demo" / "demo.db")) as connection:
        return str(connection.execute(FULLEST).fetchone()[0])


@pytest.fixture(scope="module")
def query_code(browser: Browser, demo: str, code: str) -> str:
    """Its query code, made on the page of the project by a supervisor."""
    with visit(browser, demo, language="en") as seen:
        page = seen.go(f"/project/{code}")
        page.get_by_role("link", name="Acceptance slip").click()
        page.get_by_role("button", name="Make a query code and print the slip").click()
        made = page.locator("td.code").inner_text()
        assert read_query_code(made) and code in page.inner_text("table")
        assert pages(page) == 1
        quiet(seen)
        page.goto(f"{demo}/slip/{code}")
        expect(page.get_by_role("button", name="Withdraw the query code")).to_be_visible()
        assert made not in page.content()
    return made


def pages(page: Page) -> int:
    """On how many sheets it prints."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


@pytest.mark.parametrize(("size", "language", "scheme"), LOOKS)
def test_a_visitor_looks_a_project_up(
    browser: Browser, demo: str, code: str, query_code: str, size: Size, language: str, scheme: str
) -> None:
    told = {"language": language, "scheme": scheme}
    with visit(browser, demo, size, who=None, **told) as seen, use_language(language):
        page = seen.page
        page.goto(f"{demo}/status")
        expect(page.get_by_label(_("Project code"))).to_be_focused()
        page.keyboard.type(code)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{demo}/status?code={code}")
        answer = page.get_by_role("status")
        expect(answer.get_by_role("heading", level=2).first).to_contain_text(code)
        expect(page.locator(".stages [aria-current=step]")).to_have_count(1)
        assert page.locator(".item").count() > 12
        expect(page.locator(".light")).to_have_count(0)
        expect(page.get_by_text(_("Demonstration: all data are made up"))).to_be_visible()
        page.get_by_label(_("Project code")).focus()
        page.keyboard.press("Tab")
        page.keyboard.type(query_code.lower())
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name=_("Look up"))).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator(".light .shape")).to_have_count(1)
        assert page.url == f"{demo}/status"
        assert page.locator("table thead th[scope=col]").count() == 3
        assert page.get_by_role("row").count() == page.locator("tbody th[scope=row]").count() + 1
        expect(page.locator("footer")).to_contain_text(
            "本查询不作为认定行政许可期限的依据" if language == "zh_CN" else "no basis for determining"
        )
        page.wait_for_load_state("load")  # the style too: fields have no size of their own before
        small = "[...document.querySelectorAll('main input:not([type=hidden]), main button')].map(e => e.offsetHeight)"
        assert min(page.evaluate(small)) >= 44  # for a thumb
        assert pages(page) == 1
        quiet(seen)


def test_without_a_script(browser: Browser, demo: str, code: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{demo}/status?code={code}")
    assert page.locator(".item").count() > 12
    page.fill("#query_code", "7KQ4-M2XW-9TPB")  # mistyped
    page.click("button")
    expect(page.get_by_role("alert")).to_contain_text("查询码输入有误")
    context.close()
