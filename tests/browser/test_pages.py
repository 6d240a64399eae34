"""The four pages in a real browser, over a real server: filled, quiet, and asking nobody else."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from monitor.text import _, use_language
from tests.browser.chromium import Size, Visit, visit

# Each page is seen wide and narrow, and in both languages; two readings show both.
LOOKS: list[tuple[Size, str]] = [(1440, "zh_CN"), (390, "en")]
ROW = ".ag-center-cols-container .ag-row"


def quiet(seen: Visit) -> None:
    """Nothing was asked of another host, nothing complained of, nothing is wider than the screen."""
    assert seen.elsewhere == []
    assert seen.complaints == []
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= seen.page.evaluate("innerWidth")


def first_project(page: Page) -> str:
    """The address of the first project in the list."""
    found = page.locator(f"{ROW} a[href^='/project/']").first.get_attribute("href")
    assert found is not None
    return found


@pytest.mark.parametrize(("size", "language", "scheme"), [(*LOOKS[0], "dark"), (*LOOKS[1], "light")])
def test_overview(browser: Browser, demo: str, size: Size, language: str, scheme: str) -> None:
    with visit(browser, demo, size, language=language, scheme=scheme) as seen, use_language(language):
        page = seen.go("/")
        numbers = [int(text.replace(",", "")) for text in page.locator(".figure").all_inner_texts()]
        assert len(numbers) == 5
        assert sum(numbers) > 0
        assert page.locator(".graph .main-svg").count() >= 2
        assert page.locator("table.rows tbody tr").count() > 4
        assert _("Demonstration data") in page.inner_text(".bar")
        assert _("Last assessed") in page.inner_text("#strip")
        expect(page.locator(".policy")).to_have_count(1)
        assert page.title().startswith(_("Overview"))
        quiet(seen)


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_projects(browser: Browser, demo: str, size: Size, language: str) -> None:
    with visit(browser, demo, size, language=language) as seen:
        page = seen.go("/projects")
        page.wait_for_selector(f"{ROW} .light .shape >> nth=5")
        total = int("".join(c for c in page.inner_text("#projects-total") if c.isdigit()))
        assert total > 50
        page.locator(".ag-body-viewport").evaluate("grid => grid.scrollTo(0, 52 * 110)")
        page.wait_for_selector(f"{ROW}[row-index='112'] a")  # a row of the second block
        seen.whole()
        expect(page.locator(f"{ROW}[row-index='112'] a")).to_have_count(1)
        quiet(seen)


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_project(browser: Browser, demo: str, size: Size, language: str) -> None:
    with visit(browser, demo, size, language=language) as seen:
        page = seen.go(first_project(seen.go("/projects?light=red")))
        expect(page.locator(".told .shape-red")).to_have_count(1)
        expect(page.locator(".limit-mark")).to_have_count(2)
        assert page.locator(".graph .main-svg .bars path").count() > 0
        expect(page.locator(".policy")).to_have_count(1)
        counted = page.locator(".days .cell.day-counted").count()
        assert counted > 80
        # The strip, its legend and the figure above it are the same number.
        assert page.locator(".days + *, .scroll + .segment-words li b").first.inner_text() == f"{counted:,}"
        assert page.locator(".limit-here").inner_text() == f"{counted:,}"
        quiet(seen)


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_departments(browser: Browser, demo: str, size: Size, language: str) -> None:
    with visit(browser, demo, size, language=language) as seen:
        page = seen.go("/departments")
        assert page.locator(".graph .main-svg").count() >= 2
        assert page.locator(ROW).count() > 5
        assert page.locator(".in-bar").count() > 5
        quiet(seen)


def test_every_number_leads_to_its_list(browser: Browser, demo: str) -> None:
    with visit(browser, demo) as seen:
        page = seen.go("/")
        red = page.locator(".figure").first
        n = int(red.inner_text().replace(",", ""))
        red.click()
        page.wait_for_url("**/projects?light=red")
        seen.whole()
        expect(page.locator("#projects-total")).to_contain_text(f"{n:,}")
        quiet(seen)


def test_a_project_in_a_list_leads_to_its_page(browser: Browser, demo: str) -> None:
    with visit(browser, demo) as seen:
        page = seen.go("/")
        page.evaluate("() => { window.still_here = true; }")
        code = page.locator("table.rows a").first.get_attribute("href")
        page.locator("table.rows a").first.click()
        page.wait_for_url(f"**{code}")
        seen.whole()
        expect(page.locator(".told")).to_have_count(1)
        assert page.evaluate("() => window.still_here")  # the page was not loaded again
        quiet(seen)


def test_choices_live_in_the_address_and_come_back(browser: Browser, demo: str) -> None:
    with visit(browser, demo) as seen:
        page = seen.go("/projects")
        page.click(".choice-stage input")
        page.click(f".mantine-Select-option:has-text('{_('Construction permit')}')")
        page.wait_for_url("**/projects?stage=construction")
        seen.whole()
        page.go_back()
        page.wait_for_url("**/projects")
        seen.whole()
        expect(page.locator(".choice-stage input")).to_have_value("")
        page.go_forward()
        page.wait_for_url("**/projects?stage=construction")
        seen.whole()
        expect(page.locator(".choice-stage input")).to_have_value(_("Construction permit"))
        expect(page.locator(".choice-phase input")).to_have_value(_("Unfinished"))
        quiet(seen)


def test_a_past_day_tints_the_bar_and_goes_along(browser: Browser, demo: str) -> None:
    with visit(browser, demo) as seen:
        page = seen.go("/?as_of=2026-06-30")
        expect(page.locator(".history")).to_be_visible()
        assert _("History view: as of {day}").split("{")[0] in page.inner_text("#strip")
        page.click("nav a:has-text('" + _("Departments") + "')")
        page.wait_for_url("**/departments?as_of=2026-06-30")
        seen.whole()
        quiet(seen)


def test_the_field_of_days_is_chinese_and_its_day_is_kept(browser: Browser, demo: str) -> None:
    with visit(browser, demo) as seen:
        page = seen.go("/")
        page.click(".as-of button")
        page.wait_for_selector(".mantine-DatePickerInput-monthCell")
        assert "月" in page.inner_text(".mantine-DatePickerInput-calendarHeaderLevel")
        page.click(".mantine-DatePickerInput-calendarHeaderControl[data-direction='previous']")
        page.locator(".mantine-DatePickerInput-day:not([data-outside])").nth(9).click()
        page.wait_for_url("**/?as_of=*-10")
        seen.whole()
        expect(page.locator(".history")).to_be_visible()
        quiet(seen)


def test_slash_leads_to_the_search(browser: Browser, demo: str) -> None:
    with visit(browser, demo) as seen:
        page = seen.go("/projects")
        name = page.locator(f"{ROW} a[href^='/project/']").first.inner_text()[:3]
        page.keyboard.press("/")
        page.keyboard.insert_text(name)
        page.keyboard.press("Enter")
        page.wait_for_url("**/projects?text=*")
        seen.whole()
        expect(page.locator(".searched")).to_contain_text(name)
        expect(page.locator(f"{ROW} a").first).to_contain_text(name)
        quiet(seen)


def test_language_and_colours_at_a_switch(browser: Browser, demo: str) -> None:
    with visit(browser, demo) as seen:
        page = seen.go("/projects?light=yellow")
        page.click(".tools button >> nth=0")
        page.wait_for_selector("html[lang='en']")
        page = seen.whole()
        expect(page.locator("h1")).to_have_text("Projects")
        assert page.url.endswith("/projects?light=yellow")
        page.click(".tools button >> nth=1")
        page.wait_for_selector("html[data-mantine-color-scheme='dark']")
        seen.whole()
        quiet(seen)


def test_no_such_page_and_no_such_project(browser: Browser, demo: str) -> None:
    with visit(browser, demo) as seen:
        assert _("There is no such page.") in seen.go("/nowhere").inner_text("#page")
        assert "2503-000000-00-00-000000" in seen.go("/project/2503-000000-00-00-000000").inner_text("#page")
        quiet(seen)


def test_the_entries_fold_on_a_phone(browser: Browser, demo: str) -> None:
    with visit(browser, demo, 390) as seen:
        page = seen.go("/")
        expect(page.locator("#nav")).not_to_be_visible()
        page.click("#burger")
        expect(page.locator("#nav")).to_be_visible()
        page.click("#nav a >> nth=3")
        page.wait_for_url("**/departments")
        seen.whole()
        expect(page.locator("#nav")).not_to_be_visible()
        quiet(seen)


def test_nothing_offers_to_upload_a_figure(browser: Browser, demo: str) -> None:
    with visit(browser, demo) as seen:
        page = seen.go("/")
        page.locator(".graph").first.hover()
        expect(page.locator(".modebar-btn")).to_have_count(0)
        quiet(seen)


def test_paper_is_light_and_narrow(browser: Browser, demo: str) -> None:
    with visit(browser, demo, scheme="dark") as seen:
        page = seen.go(first_project(seen.go("/projects?light=yellow")))
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        expect(page.locator("#nav")).not_to_be_visible()
        expect(page.locator(".demo")).to_be_visible()
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        assert page.locator(".main-svg").first.evaluate("svg => svg.clientWidth") < 700


def test_a_server_that_does_not_answer_is_said_aloud(browser: Browser, demo: str) -> None:
    with visit(browser, demo) as seen:
        page = seen.go("/")
        page.route("**/_dash-update-component*", lambda route: route.abort())
        page.click("nav a >> nth=3")
        page.wait_for_selector("body.unanswered")
        said = page.locator("#strip").evaluate("strip => getComputedStyle(strip, '::after').content")
        assert _("The server does not answer. What you see is as it was read before.") in said
