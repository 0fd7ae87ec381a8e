"""The first thing that anybody sees after `make run`."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error

from tests.support.browser import SIZES, OpenPage, overflow, violations

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_the_first_page_opens_in_chinese_and_can_be_used_by_anybody(
    site: str, open_page: OpenPage, size: tuple[int, int]
) -> None:
    page = open_page(site, size=size)
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert page.title()
    assert overflow(page) == 0
    assert not violations(page)


def test_the_browser_cannot_leave_the_machine(site: str, open_page: OpenPage) -> None:
    page = open_page(f"{site}/healthz")
    with pytest.raises(Error, match="ERR_FAILED"):
        page.goto("http://outside.example/")
