"""Going to a desk as one of the example people."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.support.browser import DESK, OpenPage, follow
from zhijiao.core.demo import PASSWORD

SESSION = "sessionid"
_sessions: dict[tuple[str, str], str] = {}


def at_desk(open_page: OpenPage, site: str, username: str, onward: str, size: tuple[int, int] = DESK) -> Page:
    """A fresh tab at `onward`, signed in. Who has signed in before in this test process comes with the same session."""
    if known := _sessions.get((site, username)):
        return open_page(
            f"{site}{onward}", size=size, cookies=[{"name": SESSION, "value": known, "url": site}]
        )
    page = open_page(f"{site}/login", size=size)
    page.get_by_label("用户名").fill(username)
    page.get_by_label("口令", exact=True).fill(PASSWORD)
    follow(page.get_by_role("button", name="登录", exact=True))
    page.wait_for_url(lambda address: "/login" not in address)
    given = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    _sessions[site, username] = given[SESSION]
    page.goto(f"{site}{onward}")
    return page
