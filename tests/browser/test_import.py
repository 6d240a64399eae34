"""A file comes in by a real browser, over a real server and a real scheduler; and what others see of that page."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chromium import Size, visit

HEAD = "项目代码,项目名称,行政区划,事项名称,审批部门,受理日期,办结日期,办理结果\n"
GOOD = "2611-330106-04-01-{n:06d},虚构厂房{n},330106,企业投资项目备案,发改局,2026-10-0{d},2026-11-0{d},准予许可\n"
WRONG = "2611-330106-04-01-{n:06d},虚构坏行,330106,企业投资项目备案,发改局,2026-02-31,2026-11-02,准予许可\n"


def listed(path: Path, first: int) -> Path:
    """A list of another system, with one row that cannot be."""
    rows = [GOOD.format(n=first + d, d=d) for d in range(1, 6)]
    path.write_text(HEAD + "".join(rows) + WRONG.format(n=first + 9), encoding="utf-8")
    return path


@pytest.mark.parametrize(("size", "language"), [(1440, "zh_CN"), (390, "en")])
def test_a_file_comes_in_and_goes_again(browser: Browser, demo: str, tmp_path: Path, size: Size, language: str) -> None:
    with visit(browser, demo, size, language=language) as seen:
        page = seen.go("/import")
        page.locator("input[type=file]").set_input_files(listed(tmp_path / "清单.csv", size * 10))
        page.locator(".hand-in button").click()
        expect(page.locator(".layouts textarea")).to_be_visible()
        page.locator(".layouts button.strong").click()
        expect(page.locator(".told")).to_contain_text("有的行不能导入" if language == "zh_CN" else "cannot be taken in")
        with page.expect_download() as fetched:
            page.locator("a[href$='refused.xlsx']").click()
        assert Path(fetched.value.path()).read_bytes()[:2] == b"PK"
        page.locator("button[name=partial]").click()
        undo = page.locator("form[action*='/undo/'] button")
        expect(undo).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        undo.click()
        expect(page.locator(".told")).to_contain_text("尚未撤回" if language == "zh_CN" else "Nothing is changed yet")
        undo.click()
        expect(page.locator(".told")).to_contain_text("已撤回" if language == "zh_CN" else "was taken back")
        assert not seen.elsewhere
        assert not seen.complaints


def test_who_may_not_import_sees_neither_the_entry_nor_the_page(browser: Browser, demo: str) -> None:
    with visit(browser, demo, who="leader") as seen:
        page = seen.go("/import")
        expect(page.locator("#page")).to_contain_text("没有权限")
        expect(page.locator("#nav a[href='/import']")).to_have_count(0)


def test_a_session_that_ended_leads_to_the_page_to_sign_in(browser: Browser, demo: str) -> None:
    with visit(browser, demo, who="leader") as seen:
        page = seen.go("/")
        seen.context.clear_cookies(name="approval_session")
        page.locator("#nav a[href='/projects']").click()
        page.wait_for_url("**/sign-in?next=**")
        expect(page.locator("#name")).to_be_visible()
