"""Every kind of page, at a desk and on a phone: nobody is kept out, nothing runs off the side."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.browser import DESK, SIZES, WALL, OpenPage, overflow, usable, violations

pytestmark = pytest.mark.browser

PAGES = {
    "front page": "/",
    "overview of a closed plan": "/c/taizhou/",
    "overview of a plan without figures": "/c/wenzhou/",
    "overview of a running plan": "/c/zhejiang/?on=2024-05-01",
    "indicator table": "/c/taizhou/indicators",
    "indicator table, few columns, sorted": "/c/taizhou/indicators?columns=brief&sort=-verdict",
    "indicator table, nothing found": "/c/taizhou/indicators?q=zzz",
    "indicator with a figure and a chart": "/c/taizhou/indicators/tzw.ind.16",
    "indicator made of parts": "/c/taizhou/indicators/tzw.ind.15",
    "indicator that is a judgement": "/c/taizhou/indicators/tzw.ind.18",
    "tasks by row": "/c/taizhou/tasks?document=tzr",
    "tasks by unit": "/c/taizhou/tasks?by=unit",
    "tasks by document": "/c/taizhou/tasks?by=document",
    "no tasks at all": "/c/zhejiang/tasks",
    "one task row": "/c/taizhou/tasks/tzw.row.3.4",
    "a page that is not there": "/c/taizhou/indicators/none",
}

LAID_OVER = """() => [...document.querySelectorAll('.wall-name')]
    .filter((name) => name.scrollHeight > name.clientHeight + 1).map((name) => name.innerText)"""
"""Names on the wall that do not fit their place, and so lie over what stands below them."""


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
def test_anybody_can_use_the_page(
    site: str, open_page: OpenPage, address: str, size: tuple[int, int]
) -> None:
    page = open_page(f"{site}{address}", size=size)
    usable(page)


@pytest.mark.parametrize("size", [WALL, DESK], ids=["wall", "desk"])
@pytest.mark.parametrize("pack", ["taizhou", "wenzhou", "zhejiang"])
def test_the_wall_shows_everything_without_scrolling(
    site: str, open_page: OpenPage, pack: str, size: tuple[int, int]
) -> None:
    page = open_page(f"{site}/c/{pack}/?wall=1", size=size)
    assert page.evaluate("document.documentElement.scrollHeight") <= size[1]
    assert page.evaluate(LAID_OVER) == []
    assert overflow(page) == 0
    assert violations(page) == []


@pytest.mark.parametrize("address", ["/c/taizhou/", "/c/taizhou/indicators", "/c/taizhou/tasks?document=tzr"])
def test_on_paper_there_are_no_controls_and_every_fold_is_open(
    site: str, open_page: OpenPage, address: str
) -> None:
    page = open_page(f"{site}{address}")
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(".top, .filters, .actions").filter(visible=True)).to_have_count(0)
    expect(page.locator("details.fold:not([open])")).to_have_count(0)
    expect(page.locator(".foot"), "the foot says which version and day this was").to_be_visible()
