"""The page of assumptions and the plan of a project in a real browser, over a real server."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from monitor.text import _
from tests.browser.chromium import Size, Visit, visit
from tests.browser.test_pages import LOOKS, ROW, first_project, quiet

RED = "#page .figures .figure-cell >> nth=0"


def number(page: Page, word: str) -> Any:
    """The field of a number."""
    return page.locator(f".assume-number:has(label:text-is('{word}')) input")


def calculate(seen: Visit, address: str) -> Page:
    """Presses the button; waits for the answer at an address."""
    seen.page.click("#page .button.strong")
    seen.page.wait_for_url(address)
    return seen.whole()


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_kept_promises(browser: Browser, demo: str, size: Size, language: str) -> None:
    with visit(browser, demo, size, language=language) as seen:
        page = seen.go("/whatif?ask=promises")
        before = [int(n.replace(",", "")) for n in page.locator(".figure-was").all_inner_texts()]
        after = [int(n.replace(",", "")) for n in page.locator(".figure-now").all_inner_texts()]
        assert len(before) == len(after) == 5
        assert sum(before) == sum(after) > 50
        assert after[0] < before[0]
        assert page.locator(".graph .main-svg .bars path").count() > 2
        assert page.locator(".assumptions li").count() > 4
        expect(page.locator(".policy")).to_have_count(1)
        page.locator(".grid").scroll_into_view_if_needed()
        expect(page.locator(f"{ROW} .turn").nth(2)).to_be_attached()
        expect(page.locator(f"{ROW} a[href^='/project/']").nth(2)).to_be_attached()
        quiet(seen)


def test_each_department(browser: Browser, demo: str) -> None:
    with visit(browser, demo, scheme="dark") as seen:
        page = seen.go("/whatif?ask=each")
        page.locator(f"{ROW} [col-id='lights']").first.wait_for()
        saved = [int(n) for n in page.locator(f"{ROW} [col-id='lights']").all_inner_texts()]
        assert saved == sorted(saved, reverse=True)
        assert saved[0] > 0
        name = page.locator(f"{ROW} a").first.inner_text()
        page.locator(f"{ROW} a").first.click()
        page.wait_for_url("**/whatif?ask=promises&keeper=*")
        seen.whole()
        expect(page.locator(".assume-keeper input")).to_have_value(name)
        assert name in page.inner_text(".assumptions")
        quiet(seen)


def test_a_question_is_asked_shared_and_taken_back(browser: Browser, demo: str) -> None:
    with visit(browser, demo, 390) as seen:
        page = seen.go("/whatif")
        number(page, _("Red past")).fill("60")
        # Whoever fills in a field of a question asks that one.
        expect(page.locator("input[type=radio][value='numbers']")).to_be_checked()
        calculate(seen, "**/whatif?ask=numbers&red=60")
        told = page.inner_text(RED)
        assert "60" in page.inner_text(".assumptions")
        page.reload()
        seen.whole()
        assert page.inner_text(RED) == told
        expect(number(page, _("Red past"))).to_have_value("60")
        page.go_back()
        page.wait_for_url("**/whatif")
        seen.whole()
        expect(number(page, _("Red past"))).to_have_value("80")
        expect(page.locator(".figure-now")).to_have_count(0)
        page.go_forward()
        seen.whole()
        assert page.inner_text(RED) == told
        quiet(seen)


def test_enter_asks_and_the_region_narrows(browser: Browser, demo: str) -> None:
    with visit(browser, demo) as seen:
        page = seen.go("/whatif")
        number(page, _("Yellow past")).fill("30")
        number(page, _("Yellow past")).press("Enter")
        page.wait_for_url("**/whatif?ask=numbers&yellow=30")
        seen.whole()
        whole = int(page.locator(".figure-now").nth(1).inner_text().replace(",", ""))
        page.click(".choice-region input")
        page.locator(".mantine-Select-option").first.click()
        page.wait_for_url("**/whatif?ask=numbers&yellow=30&region=*")
        seen.whole()
        expect(page.locator(".assumptions")).to_contain_text(page.locator(".choice-region input").input_value())
        assert int(page.locator(".figure-now").nth(1).inner_text().replace(",", "")) < whole
        quiet(seen)


def test_other_days(browser: Browser, demo: str) -> None:
    with visit(browser, demo) as seen:
        page = seen.go("/whatif")
        rest = page.get_by_label(_("Days of rest as well"))
        rest.fill("2026-10-09..2026-10-31")
        expect(page.locator("input[type=radio][value='days']")).to_be_checked()
        rest.press("Enter")
        page.wait_for_url("**/whatif?ask=days&rest=2026-10-09..2026-10-31")
        seen.whole()
        told = page.inner_text(RED)
        was, now = (
            int(page.locator(f".figure-{which}").nth(0).inner_text().replace(",", "")) for which in ("was", "now")
        )
        assert now < was, told
        assert "2026-10-09" in page.inner_text(".assumptions")
        page.reload()
        seen.whole()
        assert page.inner_text(RED) == told
        expect(rest).to_have_value("2026-10-09..2026-10-31")
        for wrong, says in (("tomorrow", "tomorrow"), ("2031-01-01", "2031-01-01")):
            rest.fill(wrong)
            rest.press("Enter")
            page.wait_for_url(f"**/whatif?ask=days&rest={wrong}")
            expect(page.locator("#whatif-result")).to_contain_text(says)
        quiet(seen)


def test_while_it_is_counted_the_page_says_so(browser: Browser, demo: str) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        if "whatif-result" in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    with visit(browser, demo) as seen:
        page = seen.go("/whatif")
        expect(page.locator(".working")).not_to_be_visible()
        page.route("**/_dash-update-component*", hold)
        page.click("#page .button.strong")
        expect(page.locator(".working")).to_be_visible()
        expect(page.locator("#whatif-working")).to_contain_text("个项目")
        assert page.locator("#page .button.strong").evaluate("b => getComputedStyle(b).pointerEvents") == "none"
        held[0].continue_()
        seen.whole()
        expect(page.locator(".working")).not_to_be_visible()
        expect(page.locator(".figure-now")).to_have_count(5)
        quiet(seen)


def test_the_table_is_saved_whole(browser: Browser, demo: str, tmp_path: Path) -> None:
    with visit(browser, demo) as seen:
        page = seen.go("/whatif?ask=promises")
        n = int("".join(c for c in page.inner_text(".panel:has(.grid) .note") if c.isdigit()))
        with page.expect_download() as download:
            page.click("#whatif-save")
        assert download.value.suggested_filename.endswith(".csv")
        download.value.save_as(tmp_path / "saved.csv")
        assert (tmp_path / "saved.csv").read_bytes().startswith(b"\xef\xbb\xbf")
        with (tmp_path / "saved.csv").open(encoding="utf-8-sig", newline="") as text:
            head, *rows = csv.reader(text)
        assert head[0] == _("Project code")
        assert len(rows) == n > 20
        assert all(row[3] != row[4] and int(row[5]) >= 0 and int(row[6]) >= 0 for row in rows)
        quiet(seen)


def test_a_name_is_no_formula_in_the_file(browser: Browser, demo: str, tmp_path: Path) -> None:
    with visit(browser, demo) as seen:
        page = seen.go("/whatif")
        rows = [{"a": "=1+1", "b": -3}, {"a": 'one, "two"', "b": None}]
        file = {"name": "x.csv", "columns": [["a", "A"], ["b", "B"]]}
        with page.expect_download() as download:
            page.evaluate("([rows, file]) => void window.dash_clientside.grid.save(1, rows, file)", [rows, file])
        download.value.save_as(tmp_path / "x.csv")
        with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as text:
            assert list(csv.reader(text)) == [["A", "B"], ["'=1+1", "-3"], ['one, "two"', ""]]
        quiet(seen)


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_the_plan_of_a_project(browser: Browser, demo: str, size: Size, language: str) -> None:
    with visit(browser, demo, size, language=language) as seen:
        page = seen.go(first_project(seen.go("/projects?light=red")))
        plan = page.locator("section.plan")
        expect(plan.locator("table.rows")).to_have_count(2)
        assert plan.locator(".graph .main-svg .bars path").count() > 3
        assert plan.locator("table.rows").nth(1).locator("tbody tr").count() > 5
        expect(plan.locator(".plan-groups li")).to_have_count(2)
        quiet(seen)


def test_other_thresholds_for_one_project(browser: Browser, demo: str) -> None:
    with visit(browser, demo, 390) as seen:
        page = seen.go(first_project(seen.go("/projects?light=yellow")))
        code = page.inner_text(".project-name .code")
        number(page, _("Red past")).fill("56")
        calculate(seen, f"**/whatif?project={code}&ask=numbers&red=56")
        expect(page.locator(".one-told")).to_have_count(1)
        assert code in page.inner_text(".assume-scope")
        expect(number(page, _("Red past"))).to_have_value("56")
        quiet(seen)
        page.click(".assume-scope a >> nth=1")
        page.wait_for_url("**/whatif")
        seen.whole()
        expect(page.locator(".assume-department")).to_be_visible()
        quiet(seen)


def test_on_paper_the_table_is_whole_and_the_question_is_not_there(browser: Browser, demo: str) -> None:
    with visit(browser, demo, scheme="dark") as seen:
        page = seen.go("/whatif?ask=promises")
        page.emulate_media(media="print")
        expect(page.locator(".assume")).not_to_be_visible()
        expect(page.locator(".grid")).not_to_be_visible()
        expect(page.locator(".on-paper table")).to_be_visible()
        assert page.locator(".on-paper tbody tr").count() > 20
