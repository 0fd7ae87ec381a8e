"""What people come to do about tasks: report with evidence, see what stuck, supervise, check, draw a batch."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support import desks
from tests.support.browser import DESK, SIZES, OpenPage, follow, overflow, violations
from tests.support.town import Town

pytestmark = pytest.mark.browser
PDF = {
    "name": "排查表.pdf",
    "mimeType": "application/pdf",
    "buffer": b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n",
}
LATE = "示例：实训基地安全排查"
FRESH = "示例：毕业生去向回访"


@pytest.fixture
def busy(town: Town) -> str:
    """Where the examples are at work; the tests of this file change them."""
    return town.address


def at_desk(open_page: OpenPage, site: str, post: str, onward: str, size: tuple[int, int] = DESK) -> Page:
    """A fresh tab, signed in as one of the example people of a city."""
    return desks.at_desk(open_page, site, f"demo-taizhou-{post}", onward, size)


def test_a_county_reports_progress_with_evidence_and_the_bureau_confirms(
    busy: str, open_page: OpenPage
) -> None:
    page = at_desk(open_page, busy, "county-1", "/desk/tasks?role=mine")
    follow(page.get_by_role("link", name=FRESH).first)
    follow(page.get_by_role("link", name="报进展").first)
    follow(page.get_by_role("button", name="报送"))
    expect(page.get_by_role("alert")).to_contain_text("请写明进展")
    page.get_by_label("进展").first.fill("示例：回访完成，已汇总。")
    page.get_by_label("佐证材料").set_input_files([PDF])
    expect(page.locator("[data-uploaded] li")).to_have_count(1)
    page.get_by_label(re.compile("已经完成，请")).check()
    follow(page.get_by_role("button", name="报送"))
    expect(page.locator("#history")).to_be_visible()
    expect(page.locator(".steps")).to_contain_text("排查表.pdf")
    address = page.url.split("#")[0]

    bureau = at_desk(open_page, busy, "bureau", address.removeprefix(busy))
    with bureau.expect_download():
        bureau.get_by_role("link", name="排查表.pdf").click()
    bureau.get_by_label("确认意见或退回理由").fill("示例：数据齐全。")
    follow(bureau.get_by_role("button", name="确认完成"))
    expect(bureau.locator(".steps")).to_contain_text("确认完成")
    county = bureau.locator("tr", has_text="已确认完成").first
    expect(county).to_contain_text("正常")


def test_the_office_sends_a_notice_the_county_replies_the_office_checks_and_closes(
    busy: str, open_page: OpenPage
) -> None:
    office = at_desk(open_page, busy, "office", "/desk/tasks?light=red")
    follow(office.get_by_role("link", name=LATE).first)
    follow(office.get_by_role("link", name="督办", exact=True))
    expect(office.get_by_label("标题")).to_have_value(re.compile("实训基地安全排查"))
    follow(office.get_by_role("button", name="存为草稿"))
    expect(office.get_by_role("alert")).to_contain_text("请选择发给哪个单位")
    office.locator("#subjects summary", has_text="县（市、区）").click()
    # The second county: that of the person who answers.
    chosen = office.locator("#subjects details[open] label").nth(1)
    county = chosen.inner_text().strip()
    chosen.get_by_role("checkbox").check()
    follow(office.get_by_role("button", name="存为草稿"))
    expect(office.locator(".lead")).to_contain_text(county)
    follow(office.get_by_role("button", name="发出督查通知"))
    expect(office.locator(".stages .now")).to_have_text("待答复")
    with office.expect_download() as letter:
        office.get_by_role("link", name="下载文书").click()
    assert letter.value.suggested_filename.endswith(".docx")

    page = at_desk(open_page, busy, "county-2", "/desk/notices?state=mine")
    follow(page.locator("tbody a").first)
    follow(page.get_by_role("button", name="答复"))
    expect(page.get_by_role("alert")).to_contain_text("整改措施")
    page.get_by_label("意见、答复或说明").fill("示例：月底前完成。")
    page.get_by_label("下一步的期限").fill("2030-01-01")
    follow(page.get_by_role("button", name="答复"))
    expect(page.locator(".stages .now")).to_have_text("整改中")
    page.get_by_label("意见、答复或说明").fill("示例：已整改。")
    follow(page.get_by_role("button", name="报送整改情况"))
    address = page.url

    office.goto(address)
    follow(office.get_by_role("button", name="核查销号"))
    expect(office.locator(".stages .now")).to_have_text("已销号")


def test_a_circular_is_approved_by_another_person_and_read(busy: str, open_page: OpenPage) -> None:
    office = at_desk(open_page, busy, "office", "/desk/notices/new?kind=circular")
    office.get_by_label("标题").fill("示例：任务进展通报")
    office.get_by_label("正文").fill("示例：部分地方进展滞后。")
    office.locator("#subjects summary", has_text="县（市、区）").click()
    office.locator("#subjects details[open] input").first.check()
    follow(office.get_by_role("button", name="存为草稿"))
    follow(office.get_by_role("button", name="送审"))
    expect(office.locator("main")).to_contain_text("现在不由您办理")
    address = office.url.removeprefix(busy)
    leader = at_desk(open_page, busy, "leader", address)
    leader.get_by_label("下一步的期限").fill("2030-01-01")
    follow(leader.get_by_role("button", name="批准印发"))
    expect(leader.locator(".stages .now")).to_have_text("已印发")
    county = at_desk(open_page, busy, "county-1", address)
    follow(county.get_by_role("button", name="签收阅知"))
    expect(county.locator(".stages .now")).to_have_text("已阅知")


def test_an_instruction_from_minutes_expands_to_all_counties(busy: str, open_page: OpenPage) -> None:
    page = at_desk(open_page, busy, "office", "/desk/tasks/new")
    follow(page.get_by_role("button", name="立项并通知"))
    expect(page.get_by_role("alert")).to_contain_text("请写事项名称")
    page.get_by_label("文号或会议期次").fill("示例〔2026〕9号")
    page.get_by_label("批示或会议日期").fill("2026-01-05")
    page.get_by_label("事项", exact=True).fill("示例：报送开放日安排")
    page.get_by_label("交付什么").fill("开放日安排表")
    page.get_by_label("时限").fill("2030-06-30")
    page.get_by_label(re.compile("全部县（市、区）")).check()
    follow(page.get_by_role("button", name="立项并通知"))
    expect(page.get_by_role("heading", level=1)).to_have_text("示例：报送开放日安排")
    expect(page.locator("tr[id^=part-]")).to_have_count(9)
    page.goto(f"{busy}/desk/tasks?q=开放日")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_draw_a_batch_record_a_problem_and_recheck_it(busy: str, open_page: OpenPage) -> None:
    office = at_desk(open_page, busy, "office", "/desk/batches/new")
    office.get_by_label("批次名称").fill("示例：夏季督查")
    office.get_by_label("结束日期").fill("2030-12-31")
    office.get_by_label(re.compile("全部县（市、区）")).check()
    office.get_by_label("抽取对象数").fill("9")
    office.get_by_label("抽取种子").fill("314159")
    follow(office.get_by_role("button", name="抽取"))
    expect(office.locator("main")).to_contain_text("与抽中的一致")
    county = at_desk(open_page, busy, "county-1", "/desk/tasks")
    follow(office.locator("tbody a", has_text="椒江").first)
    office.get_by_label("检查结果").select_option("problem")
    office.get_by_label("检查人员").fill("示例甲")
    office.get_by_label("检查情况").fill("示例：看了现场。")
    follow(office.get_by_role("button", name="记录检查"))
    expect(office.get_by_role("alert")).to_contain_text("至少写一条问题")
    office.get_by_label("第 1 条问题").fill("示例：标识不全")
    office.get_by_label("第 1 条整改期限").fill("2030-01-01")
    follow(office.get_by_role("button", name="记录检查"))

    county.goto(f"{busy}/desk/problems?q=标识")
    follow(county.locator("tbody a").first)
    county.get_by_label("整改情况").fill("示例：已补齐。")
    follow(county.get_by_role("button", name="报整改"))
    office.goto(county.url)
    office.get_by_label("复查情况").fill("示例：已看。")
    follow(office.get_by_role("button", name="复查通过、销号"))
    expect(office.locator("main")).to_contain_text("已销号")


def test_the_week_says_what_moved_what_stuck_and_whom_to_call(busy: str, open_page: OpenPage) -> None:
    page = at_desk(open_page, busy, "office", "/desk/week")
    expect(page.locator("main")).to_contain_text("该找谁")
    expect(page.locator("main")).to_contain_text(LATE)
    for name in ("下载文档", "下载表格"):
        with page.expect_download():
            page.get_by_role("link", name=name).click()
    follow(page.get_by_role("link", name="前一周"))
    expect(page.get_by_role("link", name="后一周")).to_be_visible()


def test_the_documents_task_shows_how_the_work_goes_to_whom_it_concerns(
    busy: str, open_page: OpenPage
) -> None:
    office = at_desk(open_page, busy, "office", "/c/taizhou/tasks")
    expect(office.locator("tbody").first).to_contain_text("办理：")
    visitor = open_page(f"{busy}/c/taizhou/tasks")
    expect(visitor.locator("tbody").first).not_to_contain_text("办理：")


PAGES = (
    *("/desk/tasks", "/desk/tasks/new", "/desk/tasks/units", "/desk/notices", "/desk/notices/new"),
    *("/desk/problems", "/desk/batches", "/desk/batches/new", "/desk/week"),
)


@pytest.mark.parametrize("size", SIZES)
def test_every_page_can_be_used_by_everybody(busy: str, open_page: OpenPage, size: str) -> None:
    page = at_desk(open_page, busy, "office", "/desk/tasks", SIZES[size])
    inner = [
        page.locator("tbody th a").first.get_attribute("href"),
        *(_first(page, busy, listing) for listing in ("/desk/notices", "/desk/problems", "/desk/batches")),
    ]
    faults = []
    for address in (*PAGES, *inner):
        page.goto(f"{busy}{address}")
        faults += [f"{address}: {fault}" for fault in violations(page)]
        faults += [f"{address}: wider than the window"] if overflow(page) else []
    assert not faults


def _first(page: Page, site: str, listing: str) -> str:
    page.goto(f"{site}{listing}")
    return str(page.locator("tbody a").first.get_attribute("href"))
