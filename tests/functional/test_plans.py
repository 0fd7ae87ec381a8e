"""What a county, the bureau and the office come to do with plans and targets: write, review, consult, decide, split."""

from __future__ import annotations

import io
import re

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.support.browser import PHONE, SIZES, OpenPage, follow, overflow, violations
from tests.support.desks import at_desk
from tests.support.town import Town

pytestmark = pytest.mark.browser

COUNTY, SECOND_COUNTY, BUREAU = "demo-taizhou-county-1", "demo-taizhou-county-2", "demo-taizhou-bureau"
OFFICE, LEADER = "demo-taizhou-office", "demo-taizhou-leader"


@pytest.fixture
def desks(town: Town) -> str:
    """Where the example plans lie; the tests of this file change them."""
    return town.address


def open_plan(page: Page, word: str) -> None:
    follow(page.locator("#results tbody tr", has_text=word).first.get_by_role("link").first)
    page.wait_for_url(re.compile(r"/desk/plans/\d+$"))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("who", "path"),
    [
        (COUNTY, "/desk/plans"),
        (COUNTY, "/desk/plans/new"),
        (COUNTY, "/desk/targets"),
        (OFFICE, "/desk/targets/split"),
        (OFFICE, "/desk/packs"),
    ],
)
def test_pages_can_be_used_by_everybody(
    desks: str, open_page: OpenPage, who: str, path: str, size: str
) -> None:
    page = at_desk(open_page, desks, who, path, SIZES[size])
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert not violations(page)
    assert overflow(page) <= 0


@pytest.mark.parametrize("size", SIZES)
def test_a_plan_and_its_editions_can_be_used_by_everybody(desks: str, open_page: OpenPage, size: str) -> None:
    page = at_desk(open_page, desks, COUNTY, "/desk/plans", SIZES[size])
    open_plan(page, "示例县级方案")
    for link in (None, "比较两稿的不同"):
        if link:
            follow(page.get_by_role("link", name=link))
        assert not violations(page)
        assert overflow(page) <= 0


def test_write_a_plan_have_it_returned_and_filed(desks: str, open_page: OpenPage) -> None:
    county = at_desk(open_page, desks, COUNTY, "/desk/plans/new")
    follow(county.get_by_role("button", name="新建，开始编写"))
    expect(county.locator("#faults")).to_contain_text("方案名称")
    county.get_by_label("方案名称").fill("示例二期方案")
    county.get_by_label("规划期自").fill("2027-01-01")
    county.get_by_label("规划期至").fill("2029-12-31")
    follow(county.get_by_role("button", name="新建，开始编写"))
    county.wait_for_url(re.compile(r"/text$"))
    county.get_by_label("正文").fill(
        "到2029年，中职生均公用经费达到普通高中的倍数不低于2.5倍。\n建成3个不知名的平台。"
    )
    follow(county.get_by_role("button", name="从正文识别目标"))
    told = county.locator("section", has=county.get_by_role("heading", name="从正文识别的目标"))
    expect(told).to_contain_text("没有识别")
    expect(county.locator("#t-0-indicator")).to_have_value("中职生均公用经费达到普通高中的倍数")
    expect(county.locator("#t-0-value")).to_have_value("2.5")
    county.locator("#t-1-indicator").fill("没有这项指标")
    county.locator("#i-0-title").fill("示例任务：办展示活动")
    follow(county.get_by_role("button", name="保存为第 1 稿").last)
    expect(county.locator("#faults")).to_contain_text("没有叫“没有这项指标”的指标")
    expect(county.locator("#t-0-value")).to_have_value("2.5")
    county.locator("#t-1-indicator").fill("")
    follow(county.get_by_role("button", name="保存为第 1 稿").last)
    county.wait_for_url(re.compile(r"/desk/plans/\d+$"))
    address = county.url
    follow(county.get_by_role("button", name="报送"))

    bureau = at_desk(open_page, desks, BUREAU, address.removeprefix(desks))
    bureau.locator(".give-back summary", has_text="退回").click()
    follow(bureau.get_by_role("button", name="退回修改", exact=True))
    expect(bureau.locator("#faults")).to_contain_text("理由")
    bureau.get_by_label("理由").fill("补充保障措施")
    follow(bureau.get_by_role("button", name="退回修改", exact=True))

    county.goto(address)
    expect(county.locator("main")).to_contain_text("补充保障措施")
    follow(county.get_by_role("link", name="编写", exact=True))
    county.get_by_label("正文").fill("到2029年，公用经费倍数不低于2.5倍。保障措施：经费单列。")
    follow(county.get_by_role("button", name="保存为第 2 稿").last)
    follow(county.get_by_role("button", name="报送"))

    bureau.goto(address)
    follow(bureau.get_by_role("button", name="备案", exact=True))
    expect(bureau.locator(".big-value")).to_contain_text("已备案")

    county.goto(f"{desks}/desk/targets?q=公用经费")
    expect(county.locator("#results tbody tr", has_text="示例二期方案")).to_contain_text("2.5")
    county.goto(address)
    expect(county.get_by_role("link", name="示例任务：办展示活动")).to_be_visible()


def test_a_clash_is_told_and_what_was_typed_stays(desks: str, open_page: OpenPage) -> None:
    first = at_desk(open_page, desks, OFFICE, "/desk/plans/new")
    first.get_by_label("方案名称").fill("示例冲突方案")
    first.get_by_label("规划期自").fill("2030-01-01")
    first.get_by_label("规划期至").fill("2032-12-31")
    follow(first.get_by_role("button", name="新建，开始编写"))
    first.wait_for_url(re.compile(r"/text$"))
    second = at_desk(open_page, desks, OFFICE, first.url.removeprefix(desks))
    second.get_by_label("正文").fill("别人先存的文字")
    follow(second.get_by_role("button", name="保存为第 1 稿").last)
    second.wait_for_url(re.compile(r"/desk/plans/\d+$"))
    first.get_by_label("正文").fill("我写的文字")
    follow(first.get_by_role("button", name="保存为第 1 稿").last)
    expect(first.locator("#faults")).to_contain_text("已被修改")
    expect(first.locator("main")).to_contain_text("别人先存的文字")
    expect(first.get_by_label("正文")).to_have_value("我写的文字")
    follow(first.get_by_role("button", name="保存为第 2 稿").last)
    first.wait_for_url(re.compile(r"/desk/plans/\d+$"))
    expect(first.locator("main")).to_contain_text("我写的文字")


def test_give_an_opinion_and_read_the_answer(desks: str, open_page: OpenPage) -> None:
    county = at_desk(open_page, desks, SECOND_COUNTY, "/desk/plans?who=consult", PHONE)
    open_plan(county, "征求意见稿")
    address = county.url
    follow(county.get_by_role("button", name="提交意见"))
    expect(county.locator("#faults")).to_contain_text("请写明意见")
    county.get_by_role("textbox", name="意见", exact=True).fill("建议增加实训基地")
    follow(county.get_by_role("button", name="提交意见"))
    expect(county.locator(".remarks")).to_contain_text("建议增加实训基地")
    office = at_desk(open_page, desks, OFFICE, address.removeprefix(desks))
    mine = office.locator(".remarks > li", has_text="建议增加实训基地")
    mine.get_by_label("采纳情况").select_option(label="未采纳")
    follow(mine.get_by_role("button", name="答复"))
    expect(office.locator("#faults")).to_contain_text("要说明理由")
    mine.get_by_label(re.compile("为什么不采纳")).fill("已列入另一项计划")
    follow(mine.get_by_role("button", name="答复"))
    expect(mine).to_contain_text("未采纳：已列入另一项计划")


def test_decide_what_goes_into_the_next_plan(desks: str, open_page: OpenPage) -> None:
    leader = at_desk(open_page, desks, LEADER, "/desk/plans?who=consult")
    open_plan(leader, "征求意见稿")
    follow(leader.get_by_role("link", name="逐项决定"))
    rows = leader.locator("#results tbody tr")
    first = rows.first.locator("th").inner_text()
    rows.first.get_by_role("combobox").select_option(label="不再列入")
    follow(leader.get_by_role("button", name="记下决定").last)
    expect(leader.locator("#faults")).to_contain_text("要说明理由或去向")
    rows.first.get_by_role("textbox").fill("政策已调整")
    follow(leader.get_by_role("button", name="记下决定").last)
    expect(leader.locator("#results tbody tr", has_text=first).first).to_contain_text("政策已调整")
    leader.get_by_label("类别").select_option(index=1)
    expect(leader).to_have_url(re.compile("kind="))  # the list was replaced, its form with it
    leader.locator("#all").select_option(label="结转")
    leader.get_by_role("button", name="填入列出的全部").click()
    follow(leader.get_by_role("button", name="记下决定").last)
    expect(leader.get_by_role("note").filter(has_text="已记下")).to_be_visible()


def test_split_a_target_with_the_sum_checked(desks: str, open_page: OpenPage) -> None:
    office = at_desk(open_page, desks, OFFICE, "/desk/targets/split?state=open")
    follow(office.locator("#results tbody th a").first)
    office.wait_for_url(re.compile(r"/desk/targets/split/"))
    fields = office.locator("tbody tr").locator("input >> nth=0")
    fields.nth(0).fill("多少")
    follow(office.get_by_role("button", name="保存草稿"))
    expect(office.locator("#faults")).to_contain_text("多少")
    for number in range(fields.count()):
        fields.nth(number).fill("1")
    follow(office.get_by_role("button", name="保存草稿"))
    expect(office.get_by_role("note").filter(has_text="草稿已保存")).to_be_visible()
    assert not violations(office)
    with office.expect_download() as download:
        office.get_by_role("link", name="下载工作簿").click()
    book = load_workbook(io.BytesIO(download.value.path().read_bytes()))
    sheet = book.worksheets[0]
    head = next(row for row in sheet.iter_rows() if row[0].value == "代码")[0].row
    sheet.cell(head + 1, 3, 2)
    out = io.BytesIO()
    book.save(out)
    office.locator("#book").set_input_files(
        {"name": "分解.xlsx", "mimeType": "application/octet-stream", "buffer": out.getvalue()}
    )
    follow(office.get_by_role("button", name="填入", exact=True))
    expect(fields.nth(0)).to_have_value("2")
    follow(office.get_by_role("button", name="保存草稿"))
    expect(office.get_by_role("note").filter(has_text="草稿已保存")).to_be_visible()
    confirm = office.get_by_role("button", name=re.compile("^下达"))
    office.get_by_label(re.compile("为什么这样下达")).fill("先行先试")
    follow(confirm.first)
    expect(office.get_by_role("note").filter(has_text="目标已下达")).to_be_visible()
    county = at_desk(open_page, desks, COUNTY, "/desk/targets")
    expect(county.locator("#results tbody tr", has_text="上级分解").first).to_be_visible()
