"""Screenshots of a running dashboard: `python -m tests.browser.screenshots [ADDRESS]` writes docs/screenshots.

Start one before, for instance `approval-monitor demo`. Look at them: a test cannot see.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.chromium import Size, chromium, visit

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
TALLEST = 2400  # pixels: a project of two years goes on for thousands
PAGES = {
    "overview": "/",
    "projects": "/projects",
    "project": "",
    "departments": "/departments",
    "whatif": "/whatif?ask=promises",
    "import": "/import",
}
# Of others than a supervisor: name, path, whose.
OTHERS = (("sign-in", "/sign-in", None), ("status", "/status", None), ("trail", "/trail", "auditor"))
# A grid that is not on the screen is not painted, nor is it where a picture is taller than the screen.
PAINTED = ".ag-root-wrapper { content-visibility: visible !important; }"


def busiest(browser: Browser, base: str) -> str:
    """A yellow project with a light to come: it shows most of what a page can show."""
    with visit(browser, base) as seen:
        page = seen.go("/projects?light=yellow&stage=acceptance&phase=running")
        link = page.locator(".ag-center-cols-container a[href^='/project/']").first.get_attribute("href")
        return str(link)


def main(base: str) -> None:
    """The pages at both widths, then dark and English, and the plan of a project by itself."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        paths = PAGES | {"project": busiest(browser, base)}
        sizes: tuple[Size, ...] = (1440, 390)
        for size in sizes:
            for name, path in paths.items():
                _shoot(browser, base, path, f"{name}-{size}", size)
        _shoot_plan(browser, base, paths["project"])
        for name, path, who in OTHERS:
            for size in sizes:
                _shoot(browser, base, path, f"{name}-{size}", size, who)
        for name in ("overview", "project", "whatif"):
            _shoot(browser, base, paths[name], f"{name}-1440-dark", 1440, scheme="dark")
            _shoot(browser, base, paths[name], f"{name}-1440-en", 1440, language="en")


def _shoot(
    browser: Browser, base: str, path: str, name: str, size: Size, who: str | None = "supervisor", **cookies: str
) -> None:
    with visit(browser, base, size, who, **cookies) as seen:
        if who is None:  # a plain page, which no script makes whole
            seen.page.goto(base + path)
        else:
            seen.go(path).add_style_tag(content=PAINTED)
        seen.page.wait_for_timeout(300)
        whole = seen.page.evaluate("document.documentElement.scrollHeight")
        part = {"x": 0, "y": 0, "width": size, "height": min(whole, TALLEST)}
        seen.page.screenshot(path=FOLDER / f"{name}.png", full_page=True, clip=part)
        sys.stderr.write(f"{name}\n")


def _shoot_plan(browser: Browser, base: str, path: str) -> None:
    with visit(browser, base) as seen:
        page = seen.go(path)
        page.set_viewport_size({"width": 1440, "height": 6000})  # all of it on the screen, and no bar across it
        page.wait_for_timeout(300)
        page.locator("section.plan").screenshot(path=FOLDER / "plan-1440.png")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:8050")
