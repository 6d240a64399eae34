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
PAGES = {"overview": "/", "projects": "/projects", "project": "", "departments": "/departments"}


def busiest(browser: Browser, base: str) -> str:
    """A yellow project with a light to come: it shows most of what a page can show."""
    with visit(browser, base) as seen:
        page = seen.go("/projects?light=yellow&stage=acceptance&phase=running")
        link = page.locator(".ag-center-cols-container a[href^='/project/']").first.get_attribute("href")
        return str(link)


def main(base: str) -> None:
    """The four pages at both widths, then dark, English and paper."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        paths = PAGES | {"project": busiest(browser, base)}
        sizes: tuple[Size, ...] = (1440, 390)
        for size in sizes:
            for name, path in paths.items():
                _shoot(browser, base, path, f"{name}-{size}", size)
        for name in ("overview", "project"):
            _shoot(browser, base, paths[name], f"{name}-1440-dark", 1440, scheme="dark")
            _shoot(browser, base, paths[name], f"{name}-1440-en", 1440, language="en")


def _shoot(browser: Browser, base: str, path: str, name: str, size: Size, **cookies: str) -> None:
    with visit(browser, base, size, **cookies) as seen:
        seen.go(path).wait_for_timeout(300)
        whole = seen.page.evaluate("document.documentElement.scrollHeight")
        part = {"x": 0, "y": 0, "width": size, "height": min(whole, TALLEST)}
        seen.page.screenshot(path=FOLDER / f"{name}.png", full_page=True, clip=part)
        sys.stderr.write(f"{name}\n")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:8050")
