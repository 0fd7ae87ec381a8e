"""What somebody in a county office comes to do at the end of a period: hand in the figures that the county owes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import DESK, PHONE, SIZES, OpenPage, follow, overflow, violations
from tests.support.reporting import (
    FILE_DIALOGUE,
    as_upload,
    clicks,
    counting,
    fill_workbook,
    own_workbook,
    sign_in,
)
from tests.support.scene import PASSWORD
from tests.support.town import Town

pytestmark = pytest.mark.browser

MOST_CLICKS = 30
FIGURES = 20


@pytest.fixture
def owing(town: Town) -> str:
    """Where every county owes figures; the tests of this file hand them in, each for a county of its own."""
    return town.address


def at_desk(open_page: OpenPage, site: str, username: str, onward: str, size: tuple[int, int] = DESK) -> Page:
    """A fresh tab in which clicks are counted, signed in."""
    page = open_page("about:blank", size=size, apart=True)
    counting(page.context)
    sign_in(page, site, username, onward)
    return page


def downloaded(page: Page) -> bytes:
    with page.expect_download() as waiting_for:
        page.get_by_role("link", name="下载工作簿").first.click()
    return Path(waiting_for.value.path()).read_bytes()


def receipt(page: Page) -> str:
    """The number of the receipt that stands on the page."""
    page.wait_for_url("**/desk/receipts/**")
    return page.url.rpartition("/")[2]


def test_hand_in_20_figures_with_the_workbook_in_30_clicks(owing: str, open_page: OpenPage) -> None:
    page = at_desk(open_page, owing, "county-1", "/desk/reports")
    content = fill_workbook(downloaded(page), FIGURES)
    page.get_by_role("link", name="上传工作簿").click()
    page.get_by_label("工作簿（.xlsx）").set_input_files(as_upload(content))
    page.get_by_role("button", name="上传并检查").click()
    expect(page.locator(".lead")).to_contain_text(re.compile(f"将填入 ?{FIGURES} ?项"))
    page.get_by_role("button", name=f"填入草稿 {FIGURES} 项").click()
    expect(page.get_by_role("note").filter(has_text="已填入草稿")).to_contain_text(
        re.compile(f"{FIGURES} ?项")
    )
    page.get_by_role("button", name=f"提交 {FIGURES} 项").click()
    number = receipt(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(f"回执：已提交 ?{FIGURES} ?项"))
    expect(page.locator(".kv")).to_contain_text(number)
    expect(page.locator("tbody tr")).to_have_count(FIGURES)
    assert clicks(page) + FILE_DIALOGUE <= MOST_CLICKS


def test_hand_in_from_my_own_table(owing: str, open_page: OpenPage) -> None:
    """Rows are found by the figure's name; a row that nobody asked for is listed, not guessed."""
    page = at_desk(open_page, owing, "county-2", "/desk/reports")
    rows = page.locator("tr[data-row]:has(input[id^=value-])")
    names = [text.strip() for text in rows.locator("th > a").all_inner_texts()]
    assert names
    page.get_by_role("link", name="上传工作簿").click()
    content = own_workbook([(name, 10 + n) for n, name in enumerate(names)])
    page.get_by_label("工作簿（.xlsx）").set_input_files(as_upload(content, "年度统计.xlsx"))
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_label("指标名称在")).to_have_value("1")
    expect(page.get_by_label("本期数在")).to_have_value("3")
    expect(page.locator("main")).to_contain_text("食堂座位数")
    page.get_by_role("button", name=f"填入草稿 {len(names)} 项").click()
    expect(page.locator("[data-filled]").first).to_have_text(str(len(names)))
    page.get_by_role("button", name=f"提交 {len(names)} 项").click()
    receipt(page)


def test_paste_a_column_and_hand_in_20_figures(owing: str, open_page: OpenPage) -> None:
    page = at_desk(open_page, owing, "county-3", "/desk/reports")
    # A column for the first twenty figures: value, or numerator and denominator side by side.
    rows = page.locator("tr[data-row]")
    lines = []
    for number in range(FIGURES):
        row = rows.nth(number)
        if row.locator("textarea").count():
            row.locator("textarea").fill("示例：已按要求完成。")
            lines.append("")
        else:
            lines.append("62\t100" if row.locator("[id^=denominator-]").count() else "12")
    first = page.locator("[data-column]:not(textarea)").first
    first.click()
    paste(page, "\r\n".join(lines) + "\r\n")
    expect(page.locator("[data-filled]").first).to_have_text(str(FIGURES))
    expect(page.locator(".saved").first).to_have_text(re.compile(r"已保存 \d\d:\d\d"))
    page.get_by_role("button", name=f"提交 {FIGURES} 项").click()
    receipt(page)
    assert clicks(page) <= MOST_CLICKS


def test_a_session_that_ended_leaves_the_page_as_it_is(owing: str, open_page: OpenPage) -> None:
    """The sign-in page does not land in a row; after signing in again one is back at the list."""
    page = at_desk(open_page, owing, "county-3", "/desk/reports")
    row = page.locator("tr[data-row]:has(input[id^=value-])").first
    field, said = row.locator("input[id^=value-]"), row.locator("[data-said]")
    page.context.clear_cookies(name="sessionid")
    field.fill("77")
    field.press("Tab")
    expect(said).to_have_text(re.compile("登录已过期，内容还在本页"))
    other = page.context.new_page()
    sign_in(other, owing, "county-3")
    other.close()
    field.fill("78")
    field.press("Tab")
    expect(said).to_contain_text("已保存")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name=re.compile("^提交")).click()
    page.wait_for_url("**/login?next=**")
    page.get_by_label("用户名").fill("county-3")
    page.get_by_label("口令", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("指标填报")
    assert urlsplit(page.url).path == "/desk/reports"


def test_a_row_says_at_once_how_far_it_is(owing: str, open_page: OpenPage) -> None:
    page = at_desk(open_page, owing, "county-4", "/desk/reports")
    row = page.locator("tr[data-row]:has(input[id^=value-])").first
    expect(row.locator("[id^=state-]")).to_have_text("未填")
    row.locator("input[id^=value-]").fill("12。5")
    row.locator("[name^=note-]").fill("很长" * 600)
    row.locator("[name^=note-]").press("Tab")
    expect(row.locator("[id^=said-note-]")).to_contain_text("1000")
    expect(row.locator("[id^=state-]")).to_have_text("草稿")


def paste(page: Page, text: str) -> None:
    """What Ctrl-V does with a column from a spreadsheet."""
    page.evaluate(
        """(text) => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          document.activeElement.dispatchEvent(
            new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        text,
    )


def test_each_figure_is_saved_as_it_is_typed_and_enter_goes_on(owing: str, open_page: OpenPage) -> None:
    page = at_desk(open_page, owing, "county-4", "/desk/reports")
    field = page.locator("input[id^=value-]").first
    name = field.get_attribute("id") or ""
    field.fill("1２")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") not in ("", name)
    expect(page.locator(f"#said-{name.removeprefix('value-')} .saved")).to_be_visible()
    page.reload()
    expect(page.locator(f"#{name}")).to_have_value("1２")
    expect(page.locator("[data-filled]").first).to_have_text("1")


def test_wrong_input_is_told_beside_the_field_and_on_top_and_nothing_is_lost(
    owing: str, open_page: OpenPage
) -> None:
    page = at_desk(open_page, owing, "county-5", "/desk/reports")
    fields = page.locator("input[id^=value-]")
    wrong, right = fields.nth(0), fields.nth(1)
    identifier = wrong.get_attribute("id") or ""
    right.fill("7")
    wrong.fill("约12")
    wrong.press("Tab")
    expect(page.locator(f"#{identifier}-fault")).to_contain_text("确切的数")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    page.get_by_role("button", name=re.compile("^提交")).click()
    summary = page.locator("#faults")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("约12")
    expect(page.locator(f"#{identifier}")).to_have_value("约12")
    assert not violations(page)
    page.locator(f"#{identifier}").fill("12")
    page.get_by_role("button", name=re.compile("^提交")).click()
    receipt(page)


def test_a_spoilt_workbook_comes_back_marked_and_changes_nothing(owing: str, open_page: OpenPage) -> None:
    page = at_desk(open_page, owing, "county-6", "/desk/reports")

    def spoil(sheet: Any, columns: dict[str, int]) -> None:
        sheet.cell(4, columns["编号"]).value = "R1-0000"
        sheet.cell(6, columns["本期填报"]).value = "约12"

    content = fill_workbook(downloaded(page), 5, spoil)
    page.get_by_role("link", name="上传工作簿").click()
    page.get_by_label("工作簿（.xlsx）").set_input_files(as_upload(content))
    page.get_by_role("button", name="上传并检查").click()
    expect(page.locator("#faults tbody tr")).to_have_count(2)
    expect(page.locator("#faults")).to_contain_text("报送!A4")
    expect(page.get_by_role("button", name=re.compile("填入草稿"))).to_have_count(0)
    with page.expect_download() as waiting_for:
        page.get_by_role("button", name="下载标出错误的工作簿").click()
    assert waiting_for.value.suggested_filename == "报送_需要改正.xlsx"
    page.goto(f"{owing}/desk/reports")
    expect(page.locator("[data-filled]").first).to_have_text("0")


def test_take_back_what_nobody_has_passed(owing: str, open_page: OpenPage) -> None:
    page = at_desk(open_page, owing, "county-7", "/desk/reports")
    page.locator("input[id^=value-]").first.fill("5")
    page.get_by_role("button", name=re.compile("^提交")).click()
    receipt(page)
    page.locator("tbody th a").first.click()
    expect(page.locator("#ledger").locator("xpath=ancestor::section")).to_contain_text("提交")
    follow(page.get_by_role("button", name="撤回修改"))
    page.goto(f"{owing}/desk/reports")
    expect(page.locator("input[id^=value-]").first).to_have_value("5")


def test_hand_in_without_scripts(owing: str, open_page: OpenPage) -> None:
    """A locked-down office browser gets the same page with buttons."""
    browser = open_page(f"{owing}/").context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, owing, "county-8", "/desk/reports")
    page.locator("input[id^=value-]").first.fill("9")
    follow(page.get_by_role("button", name="保存草稿"))
    expect(page.locator("input[id^=value-]").first).to_have_value("9")
    page.get_by_role("button", name=re.compile("^提交")).click()
    receipt(page)
    context.close()


def test_another_countys_figures_are_not_there(owing: str, open_page: OpenPage) -> None:
    page = at_desk(open_page, owing, "county-9", "/desk/reports")
    own = int((page.locator("tr[data-row]").first.get_attribute("id") or "").removeprefix("row-"))
    page.context.clear_cookies()
    sign_in(page, owing, "county-1", "/desk/reports")
    answer = page.request.get(f"{owing}/desk/reports/{own}")
    assert answer.status == 404


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "path", ["/desk/", "/desk/reports", "/desk/reports?state=all", "/desk/reports/book", "/desk/overdue"]
)
def test_pages_can_be_used_by_everybody(owing: str, open_page: OpenPage, path: str, size: str) -> None:
    page = at_desk(open_page, owing, "county-9", "/desk/", SIZES[size])
    page.goto(f"{owing}{path}")
    assert not violations(page)
    assert overflow(page) <= 0


def test_the_phone_shows_every_field(owing: str, open_page: OpenPage) -> None:
    page = at_desk(open_page, owing, "county-9", "/desk/reports", PHONE)
    field = page.locator("input[id^=value-]").first
    field.scroll_into_view_if_needed()
    box = field.bounding_box()
    assert box is not None
    assert box["width"] > 150
    assert box["height"] >= 38
