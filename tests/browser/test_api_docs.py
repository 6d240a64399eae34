"""The description of the API in a real browser: drawn under the strict policy, by scripts of this machine alone."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.browser.chromium import visit


def test_the_description_is_drawn_without_another_host(demo: str, browser: Browser) -> None:
    with visit(browser, demo) as seen:
        seen.page.goto(f"{seen.base}/api/v1/docs")
        expect(seen.page.locator(".opblock")).to_have_count(9)
        seen.page.locator(".opblock-post .opblock-summary-control").click()
        expect(seen.page.locator(".opblock-post")).to_contain_text("application/x-ndjson")
        expect(seen.page.locator(".opblock-post")).to_contain_text("problem+json")
        seen.page.wait_for_load_state("networkidle")
        assert not seen.elsewhere and not seen.complaints


def test_nobody_reads_it_unasked(demo: str, browser: Browser) -> None:
    with visit(browser, demo, who=None) as seen:
        seen.page.goto(f"{seen.base}/api/v1/docs")
        expect(seen.page.locator(".opblock")).to_have_count(0)
