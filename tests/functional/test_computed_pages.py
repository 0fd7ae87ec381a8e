"""What readers do with a computed figure: go down to a school, ask why, compare, take it along; and what a visitor is not told."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.support.browser import SIZES, OpenPage, follow, usable
from tests.support.figured import RATE
from tests.support.reporting import sign_in
from tests.support.town import Town

pytestmark = pytest.mark.browser
PAGE = f"/c/taizhou/indicators/{RATE}/computed"


@pytest.fixture
def figures(town: Town) -> tuple[str, dict[str, Any]]:
    """Where figures are computed, and the organisations that have them."""
    return town.address, town.figured


@pytest.mark.parametrize("size", SIZES)
def test_from_the_city_to_a_school_and_why(
    figures: tuple[str, dict[str, Any]], open_page: OpenPage, size: str
) -> None:
    site, _ = figures
    page = open_page("about:blank", size=SIZES[size])
    sign_in(page, site, "reader", PAGE)
    expect(page.locator(".verdict-box .value")).to_have_text("78.1%")
    expect(page.get_by_text("记录补报或更正")).to_be_visible()
    usable(page)
    county = page.locator("table.computed tbody tr").first.locator("th a")
    follow(county)
    expect(page.get_by_role("heading", name="按学校看")).to_be_visible()
    expect(page.get_by_text("对外：为防止推算，不公布").first).to_be_visible()
    usable(page)
    follow(page.locator("table.computed tbody tr").first.locator("td.num a").first)
    expect(page.get_by_role("heading", level=1)).to_have_text("为什么是这个数")
    expect(page.locator(".verdict-box")).to_contain_text("÷")
    expect(page.get_by_role("link", name="毕业生去向").first).to_be_visible()
    usable(page)


def test_sorting_says_which_way(figures: tuple[str, dict[str, Any]], open_page: OpenPage) -> None:
    site, found = figures
    page = open_page("about:blank")
    sign_in(page, site, "reader", PAGE)
    heading = page.locator("table.computed").first.get_by_role("columnheader", name="数值")
    expect(heading).to_have_attribute("aria-sort", "descending")
    follow(heading.get_by_role("link"))
    expect(page.locator("table.computed").first.get_by_role("columnheader", name="数值")).to_have_attribute(
        "aria-sort", "ascending"
    )
    answer = page.request.get(f"{site}{PAGE}?at={found['schools'][0]}&period=1999/2000")
    assert answer.status == 404


@pytest.mark.parametrize("size", SIZES)
def test_a_visitor_sees_markers_and_no_way_past_them(
    figures: tuple[str, dict[str, Any]], open_page: OpenPage, size: str
) -> None:
    site, found = figures
    page = open_page(f"{site}{PAGE}?at={found['counties'][0]}&period=2022/2023", size=SIZES[size])
    expect(page.get_by_text("为防止推算，不公布").first).to_be_visible()
    expect(page.get_by_text("97 ÷ 100")).to_have_count(0)
    usable(page)
    answer = page.request.get(f"{site}{PAGE}?at={found['schools'][1]}&period=2022/2023")
    assert answer.status == 404


def test_the_workbook_says_what_is_withheld(figures: tuple[str, dict[str, Any]], open_page: OpenPage) -> None:
    site, found = figures
    page = open_page(f"{site}{PAGE}?at={found['counties'][0]}&period=2022/2023")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载表格").click()
    book = load_workbook(BytesIO(Path(waiting.value.path()).read_bytes()))
    cells = [cell for row in book["按学校"].iter_rows(values_only=True) for cell in row]
    assert "为防止推算，不公布" in cells
    assert 97 not in cells
    assert 0 not in cells
    assert {"各期", "按专业"} <= set(book.sheetnames)
