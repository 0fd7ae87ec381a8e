"""What schools, offices and a student come to do with records: move between kinds of schools, look, be told what is missing."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.support.browser import DESK, PHONE, OpenPage, follow, usable
from tests.support.desks import at_desk
from tests.support.town import Town

pytestmark = pytest.mark.browser
SCHOOL, TECHNICIAN = "demo-taizhou-school-1", "demo-taizhou-technician"
COUNTY, BUREAU, LEARNER = "demo-taizhou-county-1", "demo-taizhou-bureau-2", "demo-taizhou-learner"


@pytest.fixture
def site(town: Town) -> str:
    """Where the example students are on record; the tests of this file work there, one after the other."""
    return town.address


def test_a_student_moves_to_a_technician_school_in_one_case(open_page: OpenPage, site: str) -> None:
    page = at_desk(open_page, site, SCHOOL, "/desk/records")
    follow(page.get_by_role("link", name="示例学生戊"))
    follow(page.get_by_role("link", name="中专与技工互转"))
    usable(page)
    page.get_by_label("转入学校").select_option(index=1)
    page.get_by_label("专业代码").fill("660301")
    page.get_by_label("学制").select_option("technician_3")
    page.get_by_label("已修学分").fill("12 门、64 学分")
    follow(page.get_by_role("button", name="提交申请"))
    expect(page.get_by_role("alert")).to_contain_text("没有监护人同意")
    page.get_by_label("监护人已同意并签字").check()
    follow(page.get_by_role("button", name="提交申请"))
    case = page.url.split("?")[0].removeprefix(site)
    expect(page.locator("[aria-current=step]")).to_contain_text("转入学校同意接收")
    usable(page)
    for user, button in ((TECHNICIAN, "同意"), (COUNTY, "同意"), (BUREAU, "核准并记入学籍")):
        page = at_desk(open_page, site, user, "/desk/records/cases?state=mine")
        follow(page.get_by_role("row").filter(has_text="示例学生戊").get_by_role("link"))
        assert page.url.endswith(case)
        follow(page.get_by_role("button", name=button, exact=True))
        expect(page.get_by_text("已办理", exact=True)).to_be_visible()
    page = at_desk(open_page, site, TECHNICIAN, "/desk/records?q=示例学生戊")
    expect(page.get_by_role("row").filter(has_text="示例学生戊")).to_contain_text("技工三年制")
    page = at_desk(open_page, site, SCHOOL, "/desk/records?status=transferred")
    expect(page.get_by_role("row").filter(has_text="示例学生戊")).to_contain_text("转出")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_every_page_of_records_is_usable(open_page: OpenPage, site: str, size: tuple[int, int]) -> None:
    page = at_desk(open_page, site, SCHOOL, "/desk/records", size)
    usable(page)
    first = page.get_by_role("link", name="示例学生乙").get_attribute("href")
    for onward in (
        str(first),
        *(
            f"/desk/records/{room}"
            for room in ("new", "pending", "cases", "classes", "terms", "issues", "registers")
        ),
    ):
        page.goto(f"{site}{onward}")
        usable(page)
    page = at_desk(open_page, site, LEARNER, "/account/record", size)
    usable(page)
    expect(page.get_by_role("heading", name="示例学生甲")).to_be_visible()


def test_the_roster_is_taken_along_in_the_schools_own_columns(open_page: OpenPage, site: str) -> None:
    page = at_desk(open_page, site, SCHOOL, "/desk/records")
    page.locator("summary", has_text="栏目").click()
    for label in ("性别", "班级", "专业", "学制", "正在办理"):
        page.get_by_label(label, exact=True).last.uncheck()
    page.get_by_label("学号", exact=True).check()
    page.get_by_label("存成").fill("点名册")
    follow(page.get_by_role("button", name="看或保存"))
    expect(page.get_by_role("columnheader")).to_contain_text(["姓名", "年级", "学籍状态", "学号"])
    with page.expect_download() as caught:
        page.get_by_role("link", name="下载表格").click()
    sheet = load_workbook(io.BytesIO(caught.value.path().read_bytes())).worksheets[0]
    rows = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    assert ["姓名", "年级", "学籍状态", "学号"] in rows
    assert any(row[:1] == ["示例学生甲"] and len(row) == 4 for row in rows)


def test_a_student_whom_nobody_reaches_is_called_in_public(open_page: OpenPage, site: str) -> None:
    page = at_desk(open_page, site, SCHOOL, "/desk/records")
    follow(page.get_by_role("link", name="示例学生乙"))
    follow(page.get_by_role("link", name="退学"))
    page.get_by_label("原因", exact=True).select_option("absent")
    page.get_by_label("未请假离校天数").fill("20")
    page.get_by_label("学生和监护人是否知道").select_option("unreachable")
    follow(page.get_by_role("button", name="提交申请"))
    expect(page.get_by_label("公示上的联系人和电话")).to_have_attribute("aria-invalid", "true")
    usable(page)
    page.get_by_label("公示上的联系人和电话").fill("示例老师 0000-00000000")
    page.get_by_label("说明").fill("示例：三次电话、一次家访，没有联系上")
    follow(page.get_by_role("button", name="提交申请"))
    usable(page)
    case = page.url.split("?")[0].removeprefix(site)
    notice = str(page.get_by_role("link", name="公示页").get_attribute("href"))
    page = at_desk(open_page, site, COUNTY, case)
    follow(page.get_by_role("button", name="核准并记入学籍"))
    expect(page.get_by_role("alert")).to_contain_text("期满后才能核准")
    page = open_page(f"{site}{notice}", size=PHONE)
    usable(page)
    expect(page.get_by_text("示例老师 0000-00000000")).to_be_visible()
    expect(page.get_by_text("示例学生乙")).to_have_count(0)


def test_who_looked_is_seen_by_the_student(open_page: OpenPage, site: str) -> None:
    page = at_desk(open_page, site, COUNTY, "/desk/records?q=示例学生甲")
    follow(page.get_by_role("link", name="示例学生甲"))
    page = at_desk(open_page, site, LEARNER, "/account/record")
    expect(page.get_by_text("查看学籍").first).to_be_visible()


def test_a_late_registration_is_told_beside_the_form(open_page: OpenPage, site: str) -> None:
    page = at_desk(open_page, site, SCHOOL, "/desk/records/new")
    page.get_by_label("姓名").fill("示例补录")
    page.get_by_label("身份证件号").fill("123")
    page.get_by_label("专业代码").fill("660301")
    page.get_by_label("学制").select_option(index=1)
    page.get_by_label("录取通知书编号").fill("示例1号")
    follow(page.get_by_role("button", name="登记"))
    expect(page.get_by_role("alert")).to_contain_text("应是18位")
    expect(page.get_by_label("身份证件号")).to_have_attribute("aria-invalid", "true")
