"""What the city comes to do: decide what was handed in, send back what is wrong, see and remind who is late."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import DESK, PHONE, SIZES, OpenPage, follow, overflow, violations
from tests.support.reporting import clicks, counting, sign_in, waiting

pytestmark = pytest.mark.browser
__all__ = ["waiting"]

SITTING = 300
FEW_CLICKS = 8


def at_desk(open_page: OpenPage, site: str, username: str, onward: str, size: tuple[int, int] = DESK) -> Page:
    page = open_page("about:blank", size=size, apart=True)
    counting(page.context)
    sign_in(page, site, username, onward)
    return page


def left(page: Page) -> int:
    """How many reports wait."""
    found = re.search(r"共 ?(\d+)", page.locator("#found").inner_text())
    assert found is not None
    return int(found[1])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "path", ["/desk/", "/desk/review", "/desk/review?view=matrix", "/desk/overdue", "/desk/card"]
)
def test_pages_can_be_used_by_everybody(waiting: str, open_page: OpenPage, path: str, size: str) -> None:
    page = at_desk(open_page, waiting, "bureau", "/desk/", SIZES[size])
    # A sitting of hundreds takes axe minutes; one county's part of it has every kind of cell.
    page.goto(f"{waiting}{path}{'&' if '?' in path else '?'}flag=flagged&period=2025")
    assert not violations(page)
    assert overflow(page) <= 0


def test_send_back_with_a_reason_and_see_it_beside_the_field(waiting: str, open_page: OpenPage) -> None:
    page = at_desk(open_page, waiting, "bureau", "/desk/review")
    before = left(page)
    row = page.locator("#rows tbody tr", has_text="椒江区").first
    figure = row.locator("td a").first.inner_text()
    row.get_by_role("checkbox").check()
    page.locator(".give-back summary").click()
    follow(page.get_by_role("button", name=re.compile("^退回")))
    expect(page.locator("#faults")).to_contain_text("请选择退回的理由")
    expect(page.locator("[data-chosen]").first).to_have_text("1")
    page.locator(".give-back summary").click()
    page.get_by_label("退回理由").select_option(label="口径不符")
    page.get_by_label("要改什么").fill("技工院校也要算进来")
    follow(page.get_by_role("button", name=re.compile("^退回")))
    expect(page.get_by_role("note").filter(has_text="已退回")).to_be_visible()
    assert left(page) == before - 1
    county = at_desk(open_page, waiting, "county-1", "/desk/reports?state=returned")
    line = county.locator("tr[data-row]", has_text=figure)
    expect(line.locator(".came-back")).to_contain_text("技工院校也要算进来")
    line.locator("[data-column]").first.fill("70")
    follow(county.get_by_role("button", name=re.compile("^提交")))
    county.wait_for_url("**/desk/receipts/**")


def test_a_clash_is_told_and_nothing_is_decided(waiting: str, open_page: OpenPage) -> None:
    """Two of the bureau look at the same list; the second decides on what is no longer there."""
    first = at_desk(open_page, waiting, "bureau", "/desk/review")
    second = at_desk(open_page, waiting, "bureau-2", "/desk/review")
    for page in (first, second):
        page.locator("#rows tbody tr", has_text="黄岩区").first.get_by_role("checkbox").check()
    decide(first)
    first.wait_for_url("**/desk/receipts/**")
    decide(second)
    expect(second.locator("#faults")).to_contain_text("已有人改动")


def decide(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^通过")).click()
    follow(page.get_by_role("button", name="确认通过"))


def test_open_an_approved_figure_again_and_correct_it(waiting: str, open_page: OpenPage) -> None:
    page = at_desk(open_page, waiting, "bureau", "/desk/review?view=matrix")
    follow(page.locator(".matrix tbody tr", has_text="路桥区").first.locator("a").first)
    follow(page.get_by_role("button", name="审定", exact=True))
    expect(page.locator(".big-value")).to_contain_text("已审定")
    report = page.url.rpartition("/")[2]
    page.get_by_text("重新打开更正…").click()
    page.get_by_label("理由").select_option(label="数据后来有更正")
    page.get_by_label("为什么要更正").fill("学校补报两人")
    follow(page.get_by_role("button", name="重新打开", exact=True))
    expect(page.locator(".steps").first).to_contain_text("学校补报两人")
    county = at_desk(open_page, waiting, "county-3", "/desk/reports")
    row = county.locator(f"#row-{report}")
    row.locator("[data-column]").first.fill("69")
    row.locator("[name^=note-]").fill("补报")
    follow(county.get_by_role("button", name=re.compile("^提交")))
    county.wait_for_url(re.compile("/desk/(receipts/|reports/submit)"))
    if "/submit" in county.url:  # it moved a lot, which is said once more before it goes
        expect(county.get_by_role("heading", level=1)).to_have_text("提交前再看一遍")
        follow(county.get_by_role("button", name=re.compile("^确认提交")))
        county.wait_for_url("**/desk/receipts/**")
    page.reload()
    follow(page.get_by_role("button", name="审定", exact=True))
    correction = page.locator("#figures").locator("xpath=ancestor::section")
    expect(correction).to_contain_text("数据后来有更正：学校补报两人")
    expect(correction.locator("del").first).to_be_visible()


def test_see_who_is_late_remind_them_and_copy_the_words(waiting: str, open_page: OpenPage) -> None:
    page = at_desk(open_page, waiting, "bureau", "/desk/overdue")
    expect(page.locator("form[data-sitting] tbody tr")).to_have_count(2)
    expect(page.locator("#chat-text")).to_contain_text(re.compile("最长逾期 ?12 ?天"))
    follow(page.get_by_role("button", name="发消息提醒"))
    expect(page.get_by_role("note").filter(has_text="已提醒")).to_be_visible()
    late = at_desk(open_page, waiting, "county-9", "/inbox")
    expect(late.locator("main")).to_contain_text("催办")


def test_print_a_card_without_any_key_on_it(waiting: str, open_page: OpenPage) -> None:
    page = at_desk(open_page, waiting, "bureau", "/desk/card")
    page.get_by_label("标题").fill("年度数据报送")
    page.get_by_label("截止日期").fill("2026-12-22")
    follow(page.get_by_role("button", name="更新卡片"))
    card = page.locator(".qr-card")
    expect(card).to_contain_text("2026年12月22日前")
    expect(card.locator("svg")).to_be_visible()
    expect(card).to_contain_text(f"{waiting}/desk/reports")


def test_a_school_cannot_open_the_review(waiting: str, open_page: OpenPage) -> None:
    page = open_page(f"{waiting}/desk/review")
    assert "/login" in page.url


def test_the_matrix_fits_a_phone(waiting: str, open_page: OpenPage) -> None:
    page = at_desk(open_page, waiting, "bureau", "/desk/review?view=matrix&period=2025", PHONE)
    box = page.locator(".matrix input").first.bounding_box()
    assert box is not None
    assert box["width"] >= 18


def test_the_city_approves_300_in_one_sitting(waiting: str, open_page: OpenPage) -> None:
    page = at_desk(open_page, waiting, "bureau-2", "/desk/review")
    count = left(page)
    assert count >= SITTING
    page.get_by_role("button", name="全选").click()
    expect(page.locator("[data-chosen]").first).to_have_text(str(count))
    decide(page)
    page.wait_for_url("**/desk/receipts/**", timeout=60_000)
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(f"已审核 ?{count} ?项"))
    assert clicks(page) <= FEW_CLICKS
    page.goto(f"{waiting}/desk/review")
    expect(page.get_by_role("heading", name="没有等您审核的数")).to_be_visible()
