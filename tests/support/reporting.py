"""A running instance in which people owe figures, and hands that count their clicks."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from openpyxl import Workbook, load_workbook
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.support import instance, scene
from tests.support.desks import SESSION
from tests.support.prepared import Stage, prepared_folder

FILE_DIALOGUE = 2
"""Clicks in the system's own window for choosing a file: the file, and 打开."""

# Only what a hand does counts: a click that the keyboard causes has detail 0.
COUNT_CLICKS = """
addEventListener("click", (event) => {
  if (event.isTrusted && event.detail > 0) {
    sessionStorage.setItem("clicks", String(Number(sessionStorage.getItem("clicks") || 0) + 1));
  }
}, true);
"""


def counting(context: BrowserContext) -> None:
    """Count the clicks of every page that this context opens from now on."""
    context.add_init_script(COUNT_CLICKS)


def clicks(page: Page) -> int:
    """How often a mouse button was clicked since the tab was opened."""
    return int(page.evaluate("Number(sessionStorage.getItem('clicks') || 0)"))


_sessions: dict[tuple[str, str], str] = {}


def sign_in(page: Page, site: str, username: str, onward: str = "/desk/") -> None:
    """Sign in as a person does, and go on to a page. Who has signed in before in this test process comes with the same session."""
    if known := _sessions.get((site, username)):
        page.context.add_cookies([{"name": SESSION, "value": known, "url": site}])
        page.goto(f"{site}{onward}")
        return
    page.goto(f"{site}/login?{urlencode({'next': onward})}")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("口令", exact=True).fill(scene.PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(lambda url: urlsplit(url).path == urlsplit(onward).path)
    given = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    _sessions[site, username] = given[SESSION]


@pytest.fixture(scope="module")
def waiting() -> Iterator[str]:
    """The address of an instance where the counties have handed in, and the bureau has to decide."""
    with (
        prepared_folder(Stage.PACKS) as data,
        instance.running(data, kept=False, env=instance.PREPARED) as running,
    ):
        scene.lay(data, handed_in=True)
        yield running.address


def fill_workbook(
    content: bytes, rows: int, change: Callable[[Any, dict[str, int]], None] | None = None
) -> bytes:
    """Our workbook with the first figures filled in: `rows` figures, each with all its rows."""
    book = load_workbook(io.BytesIO(content))
    sheet = book["报送"]
    columns = {str(cell.value): cell.column for cell in sheet[3]}
    figures: list[str] = []
    for row in range(4, sheet.max_row + 1):
        figure = str(sheet.cell(row, columns["编号"]).value).split("-")[0].strip("RNDT")
        if figure not in figures:
            if len(figures) == rows:
                break
            figures.append(figure)
        part = str(sheet.cell(row, columns["编号"]).value).split("-")[0][-1]
        value = {"D": 100, "N": 62, "T": "示例：已按要求完成。"}.get(part, 12)
        sheet.cell(row, columns["本期填报"]).value = value  # type: ignore[union-attr]
    if change:
        change(sheet, columns)
    return saved(book)


def own_workbook(names: list[tuple[str, Any]]) -> bytes:
    """A county's own table of the year, with titles above it and rows that nobody asked for."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "年度统计"
    sheet.append(["示例县职业教育年度统计表"])
    sheet.append(["序号", "项目", "2024年", "2025年"])
    for number, (name, value) in enumerate(names, 1):
        sheet.append([number, f"{number}.{name}", None, value])
    sheet.append([len(names) + 1, "食堂座位数", 300, 320])
    return saved(book)


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def shown(locator: Locator) -> None:
    """Wait until it is there."""
    expect(locator).to_be_visible()


def as_upload(content: bytes, name: str = "报送.xlsx") -> dict[str, Any]:
    """A file for an input, without a disk."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return {"name": name, "mimeType": kind, "buffer": content}
