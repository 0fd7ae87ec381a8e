"""Chromium for the tests, as a person in Zhejiang would have it, and the product to look at."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urlsplit

import pytest
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Route,
    expect,
    sync_playwright,
)

from tests.support import instance
from tests.support.barriers import violations
from tests.support.prepared import prepared_folder

__all__ = ["violations"]

DESK = (1366, 768)
PHONE = (390, 844)
WALL = (1920, 1080)
SIZES = {"desk": DESK, "phone": PHONE}

# Without these the browser asks the outside for updates and tries protocols that the sandbox does not carry.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]

# Long, because tests share a small machine: what never comes fails all the same. In milliseconds.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of a running instance with the shipped packs. It is shared: a test may read, not change it."""
    with prepared_folder() as data, instance.running(data, kept=False, env=instance.PREPARED) as running:
        yield running.address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium per test process."""
    # The driver runs an event loop in this thread, and Django would take that for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    executable = shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def windows(browser: Browser) -> dict[tuple[int, int], BrowserContext]:
    """The browser's windows, one a size, which tests take over from each other: opening one costs more than most pages."""
    return {}


@pytest.fixture
def open_page(browser: Browser, windows: dict[tuple[int, int], BrowserContext]) -> Iterator[OpenPage]:
    """Open tabs: `open_page(address, size=PHONE)`, each with cookies of its own. `apart`: in a window that no other test gets,
    for who changes the window itself. A script error or a breach of the page policy fails the test."""
    borrowed: set[tuple[int, int]] = set()
    own: list[BrowserContext] = []
    faults: list[str] = []

    def open_tab(
        address: str,
        *,
        size: tuple[int, int] = DESK,
        apart: bool = False,
        cookies: Sequence[SetCookieParam] = (),
    ) -> Page:
        if apart or size in borrowed:
            context = _window(browser, size)
            own.append(context)
        else:
            borrowed.add(size)
            context = windows.get(size) or windows.setdefault(size, _window(browser, size))
        context.add_cookies(cookies)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
        page.on("console", lambda message: _note_breach(message, faults))
        page.goto(address, wait_until="load")
        return page

    yield open_tab
    for context in own:
        context.close()
    for size in borrowed:
        _leave(windows[size])
    assert not faults, "\n".join(faults)


def _window(browser: Browser, size: tuple[int, int]) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        # A phone's own width rules only apply where the browser says that it is one.
        is_mobile=size == PHONE,
        has_touch=size == PHONE,
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE)
    context.set_default_navigation_timeout(2 * PATIENCE)
    context.route("**/*", _stay_here)
    return context


def _leave(context: BrowserContext) -> None:
    """Leave nothing behind for the next test. The pages keep nothing in the browser but cookies."""
    for page in context.pages:
        page.close()
    context.clear_cookies()
    context.clear_permissions()


def _stay_here(route: Route) -> None:
    """Refuse whatever would leave this machine."""
    if urlsplit(route.request.url).hostname in {"127.0.0.1", "localhost", None}:
        route.continue_()
    else:
        route.abort()


def _note_breach(message: ConsoleMessage, faults: list[str]) -> None:
    if message.type == "error" and "Content Security Policy" in message.text:
        faults.append(message.text)


def follow(control: Locator) -> Page:
    """Click what leads to another page, and return when that page is there, so that nothing is read from the old one."""
    with control.page.expect_navigation(timeout=2 * PATIENCE):
        control.click()
    return control.page


def usable(page: Page) -> None:
    """Anybody can use the page that is open now: one heading, nothing off the side, no barrier."""
    expect(page.locator("h1")).to_have_count(1)
    assert overflow(page) <= 0
    assert violations(page) == []


def wait_until(page: Page, expression: str, patience: float = PATIENCE / 1000) -> None:
    """Wait until `expression` holds. Playwright's own wait asks with eval, which the page policy rightly forbids."""
    deadline = time.monotonic() + patience
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, f"waited in vain for {expression}"
        page.wait_for_timeout(50)


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window; a page scrolls down, never sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
