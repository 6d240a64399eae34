"""Chromium as the browser tests and the screenshots drive it: Debian's where it is there, else Playwright's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    TimeoutError,
    sync_playwright,
)

from monitor.doors.guard import SESSION

DEBIAN = Path("/usr/bin/chromium")
# A browser that keeps to itself: what it asks for is then what our pages ask for.
FLAGS = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
Size = Literal[1440, 390]
HEIGHTS: dict[Size, int] = {1440: 900, 390: 844}
# A page is whole when nothing on it is being read any more, and its graphs have been drawn. A grid is a script of its
# own, which may come after all else.
WHOLE = """() => document.querySelector('#page h1, #page .state')
    && !document.querySelector('#page .loading')
    && !document.querySelector('[data-dash-is-loading="true"]')
    && !document.querySelector('.ag-root .waiting')
    && [...document.querySelectorAll('#projects-rows, #page .export + div')].every((box) => box.querySelector('.grid'))
    && [...document.querySelectorAll('#page .grid')].every((grid) => grid.querySelector('.ag-row a')
        || document.querySelector('#projects-said .state'))
    && [...document.querySelectorAll('#page .graph')].every((graph) => graph.querySelector('.main-svg .subplot'))"""

STATE = """() => ({
    page: (document.querySelector('#page') || document.body).innerText.slice(0, 300),
    loading: document.querySelectorAll('#page .loading').length,
    busy: [...document.querySelectorAll('[data-dash-is-loading="true"]')].map((part) => part.id),
    waiting: document.querySelectorAll('.ag-root .waiting').length,
    graphs: [...document.querySelectorAll('#page .graph')].map((graph) => graph.innerHTML.slice(0, 120)),
    grids: [...document.querySelectorAll('#page .grid')].map((grid) => grid.querySelectorAll('.ag-row').length),
})"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser for as long as the block runs."""
    with sync_playwright() as playwright:
        path = str(DEBIAN) if DEBIAN.exists() else None
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visit:
    """A reader's visit: the page, what it asked of other hosts, and what it complained of."""

    page: Page
    context: BrowserContext
    base: str
    elsewhere: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        """Goes to a path of the dashboard and waits until its page is whole."""
        self.page.goto(self.base + path)
        return self.whole()

    def whole(self) -> Page:
        """Waits until the page is whole; gives it."""
        self.page.wait_for_load_state("networkidle")
        try:
            self.page.wait_for_function(WHOLE)
        except TimeoutError as error:
            said = self.page.evaluate(STATE)
            raise AssertionError(f"{self.page.url} is not whole: {said}; complaints: {self.complaints}") from error
        self.page.evaluate("document.fonts.ready")
        return self.page

    def asked(self, request: Request) -> None:
        """Notes a request that leaves the server of the dashboard."""
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != urlsplit(self.base).netloc:
            self.elsewhere.append(request.url)

    def told(self, message: ConsoleMessage) -> None:
        """Notes what the browser complains of."""
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


_sessions: dict[tuple[str, str], str] = {}  # by address and account of the demonstration


def session(browser: Browser, base: str, name: str) -> str:
    """The session of an account of the demonstration, which signs in once, as a stranger would: by its button."""
    if (base, name) not in _sessions:
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{base}/sign-in")
        page.locator(f"form:has(input[value={name}]) button").click()
        page.wait_for_url(f"{base}/")
        (kept,) = [one["value"] for one in context.cookies() if one["name"] == SESSION]
        _sessions[base, name] = kept
        context.close()
    return _sessions[base, name]


@contextmanager
def visit(
    browser: Browser, base: str, size: Size = 1440, who: str | None = "supervisor", **cookies: str
) -> Iterator[Visit]:
    """A visit on a screen ``size`` pixels wide, with the reader's preferences (language, scheme, palette), of an
    account of the demonstration; None: of nobody."""
    context = browser.new_context(viewport={"width": size, "height": HEIGHTS[size]}, locale="zh-CN")
    if who:
        cookies[SESSION] = session(browser, base, who)
    context.add_cookies([{"name": name, "value": value, "url": base} for name, value in cookies.items()])
    made = Visit(context.new_page(), context, base)
    made.page.on("request", made.asked)
    made.page.on("console", made.told)
    made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
    try:
        yield made
    finally:
        context.close()
