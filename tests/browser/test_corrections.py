"""What a project's page says of its corrections, and the field of the moment as known at, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from monitor.text import _, use_language
from tests.browser.chromium import Size, visit
from tests.browser.test_pages import LOOKS, first_project, quiet


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_the_moment_stands_in_the_address(demo: str, browser: Browser, size: Size, language: str) -> None:
    """The panel says what was corrected or that nothing was; before the first delivery nothing is known."""
    with visit(browser, demo, size, language=language) as seen, use_language(language):
        path = first_project(seen.go("/projects"))
        page = seen.go(path)
        nothing = _("Nothing was ever corrected: what was said of the project still holds.")
        expect(page.locator("#project-corrections")).to_contain_text(re.compile(f"{re.escape(nothing)}|→"))
        quiet(seen)
        page.locator(".knowing button").first.click()
        dialog = page.get_by_role("dialog")
        for _month in range(2):  # whatever today is, the first of the month before last has gone
            dialog.locator("button[data-direction='previous']").click()
        dialog.locator("table button:not([data-outside])").first.click()
        page.keyboard.press("Escape")
        page.wait_for_url(re.compile(r"known_at=\d{4}-\d\d-01"))
        seen.whole()
        expect(page.locator(".known-then")).to_contain_text(_("As known now"))
        expect(page.locator(".told")).to_have_count(0)
        page.locator(".known-then a").click()
        page.wait_for_url(lambda url: "known_at" not in url)
        seen.whole()
        expect(page.locator(".told")).to_have_count(1)
        quiet(seen)


def test_a_moment_that_cannot_be_is_said(demo: str, browser: Browser) -> None:
    with visit(browser, demo) as seen:
        path = first_project(seen.go("/projects"))
        page = seen.go(f"{path}?known_at=noon")
        expect(page.locator("#project-body")).to_contain_text(
            _("“{value}” is not a moment up to today.").format(value="noon")
        )
        expect(page.locator(".told")).to_have_count(0)
        quiet(seen)
