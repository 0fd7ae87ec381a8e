"""What a school and a county come to do with data: hand in their own table, see what is wrong, confirm, take back."""

from __future__ import annotations

import io
import re

import pytest
from openpyxl import Workbook, load_workbook
from playwright.sync_api import FilePayload, Page, expect

from tests.support.browser import SIZES, OpenPage, follow, usable
from tests.support.desks import at_desk
from tests.support.handed_in import number
from tests.support.town import Town
from zhijiao.exchange.rules.standard import shipped

pytestmark = pytest.mark.browser
SCHOOL = "demo-taizhou-school-1"
COUNTY = "demo-taizhou-county-1"
LEARNER = "learner-2"
TITLES = [
    "身份证件号",
    "姓名",
    "入学年级",
    "专业代码",
    "学制类型",
    "培养层次",
    "全日制",
    "入学日期",
    "学籍状态",
]


@pytest.fixture
def hub(town: Town) -> str:
    """The tests of this file hand in here, one after the other."""
    return town.address


def pupil(serial: int, **changed: str) -> list[str]:
    row = {
        "person": number(serial),
        "name": "示例" + "甲乙丙丁戊己庚辛"[serial % 8],
        "grade": "2023",
        "major": "710205",
        "track": "三年制中职",
        "education": "中职",
        "full_time": "是",
        "enrolled": "2023-09-01",
        "status": "在读",
    }
    return list((row | changed).values())


def pupil_fields() -> list[str]:
    """The fields of a pupil, as the rows have them."""
    known = {columns.name: columns.id for columns in shipped().by_id["students"].fields}
    return [known[title] for title in TITLES]


def csv_file(rows: list[list[str]], titles: list[str] = TITLES) -> FilePayload:
    text = "\r\n".join(",".join(line) for line in [titles, *rows]) + "\r\n"
    return {"name": "在校生.csv", "mimeType": "text/csv", "buffer": text.encode("gb18030")}


def own_book(rows: list[list[str]]) -> FilePayload:
    """A roll with words of the school's own."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["示例学校花名册"])
    sheet.append(["证件号码（学生）", "学生", "哪一级", *TITLES[3:]])
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return {"name": "花名册.xlsx", "mimeType": kind, "buffer": out.getvalue()}


def hand_in(page: Page, site: str, file: FilePayload, dataset: str = "") -> None:
    page.goto(f"{site}/desk/data")
    page.get_by_label("交一个文件").set_input_files(file)
    if dataset:
        page.get_by_label("是哪一类数据").select_option(dataset)
    follow(page.get_by_role("button", name="上传并检查"))


def count(page: Page, name: str) -> str:
    """A figure of the check, by its word."""
    return page.locator(f".counts div:has(dt:text-is('{name}')) dd").first.inner_text()


def test_a_school_hands_in_its_own_file_and_takes_it_back(hub: str, open_page: OpenPage) -> None:
    page = at_desk(open_page, hub, SCHOOL, "/desk/data")
    usable(page)
    hand_in(page, hub, csv_file([*(pupil(n) for n in range(1, 9)), pupil(9, enrolled="2023-02-30")]))
    expect(page.get_by_role("heading", level=1)).to_have_text("学生学籍")
    assert [count(page, name) for name in ("读入", "通过", "待改", "新增")] == ["9", "8", "1", "8"]
    expect(page.locator("main")).to_contain_text("没有这一天")
    usable(page)
    with page.expect_download() as waiting_for:
        page.get_by_role("link", name="下载标注好的原表").click()
    assert waiting_for.value.suggested_filename == "在校生_要改正.csv"
    follow(page.get_by_role("button", name="确认入库"))
    expect(page.locator(".lead")).to_contain_text("已入库")

    hand_in(page, hub, csv_file([pupil(1, status="休学"), *(pupil(n) for n in range(2, 8))]))
    assert [count(page, name) for name in ("变更", "不变", "消失")] == ["1", "6", "1"]
    expect(page.locator("main")).to_contain_text("在读 → 休学")
    follow(page.get_by_role("button", name="确认入库"))
    page.get_by_text("撤销这一次入库").click()
    follow(page.get_by_role("button", name="撤销入库"))
    expect(page.get_by_role("alert")).to_contain_text("请写明为什么撤销")
    page.get_by_label("为什么撤销").fill("示例：交错了文件")
    follow(page.get_by_role("button", name="撤销入库"))
    expect(page.locator(".lead")).to_contain_text("已撤销")
    page.goto(f"{hub}/desk/data/students")
    expect(page.locator("tbody tr")).to_have_count(8)
    usable(page)


def test_columns_are_said_once_and_kept(hub: str, open_page: OpenPage) -> None:
    page = at_desk(open_page, hub, "demo-taizhou-school-2", "/desk/data")
    file = own_book([pupil(n) for n in range(20, 24)])
    hand_in(page, hub, file, "students")
    expect(page.get_by_role("heading", level=1)).to_have_text("逐列对应")
    expect(page.locator("main")).to_contain_text(re.compile("还没有认出必填的项：.*姓名"))
    follow(page.get_by_role("button", name="按这样读并检查"))
    expect(page.get_by_role("alert")).to_contain_text("“姓名”必填")
    usable(page)
    # What was proposed by its name for another field is taken away from it.
    said = {"international": "", "person": "证件号码（学生）", "name": "学生", "grade": "哪一级"}
    for field, title in said.items():
        page.locator(f"#column-{field}").select_option(title)
    follow(page.get_by_role("button", name="按这样读并检查"))
    assert count(page, "通过") == "4"
    follow(page.get_by_role("button", name="不入库，撤回"))
    expect(page.locator(".lead")).to_contain_text("已撤回")
    hand_in(page, hub, file)  # the next such file is read at once
    assert count(page, "通过") == "4"


def test_a_file_of_an_unknown_kind_is_not_chosen_twice(hub: str, open_page: OpenPage) -> None:
    page = at_desk(open_page, hub, "demo-taizhou-school-2", "/desk/data")
    rows = [pupil(n) for n in range(30, 33)]
    titles = ["甲列", "乙列", "丙列", "丁列", "戊列", "己列", "庚列", "辛列", "壬列"]
    hand_in(page, hub, csv_file(rows, titles))
    expect(page.get_by_role("alert")).to_contain_text("还不知道这个文件是哪一类数据")
    usable(page)
    follow(page.get_by_role("button", name="接着读这个文件"))
    expect(page.get_by_role("alert")).to_contain_text("请选定“在校生.csv”是哪一类数据")
    page.get_by_label("是哪一类数据").select_option("students")
    follow(page.get_by_role("button", name="接着读这个文件"))
    expect(page.locator(".lead")).to_contain_text("读不了")
    expect(page.locator(".lead")).to_contain_text("在校生.csv")
    follow(page.get_by_role("main").get_by_role("link", name="逐列对应"))
    for field, title in zip(pupil_fields(), titles, strict=True):
        page.locator(f"#column-{field}").select_option(title)
    follow(page.get_by_role("button", name="按这样读并检查"))
    assert count(page, "通过") == "3"
    follow(page.get_by_role("button", name="不入库，撤回"))


def test_nothing_to_report_is_said_with_an_empty_table(hub: str, open_page: OpenPage) -> None:
    page = at_desk(open_page, hub, "demo-taizhou-school-2", "/desk/data")
    receipts = [field.name for field in shipped().by_id["technology_receipts"].fields]
    hand_in(page, hub, csv_file([], receipts), "technology_receipts")
    first = page.url
    expect(page.locator("main")).to_contain_text("文件里没有数据行")
    usable(page)
    hand_in(page, hub, csv_file([], receipts[::-1]), "technology_receipts")
    follow(page.get_by_role("button", name="本期没有，确认"))
    expect(page.locator(".lead")).to_contain_text("已入库")
    page.goto(first)
    expect(page.locator("main")).to_contain_text("后来又交了同一类数据")


def test_a_number_is_read_for_a_purpose_that_its_person_sees(hub: str, open_page: OpenPage) -> None:
    page = at_desk(open_page, hub, SCHOOL, f"/desk/data/students?q={number(1)}")
    expect(page.locator("tbody tr")).to_have_count(1)
    follow(page.locator("tbody").get_by_role("link", name=re.compile("^全部")))
    expect(page.locator("main")).not_to_contain_text(number(1))
    page.get_by_label("本人的用户名").fill("nobody")
    follow(page.get_by_role("button", name="关联账号"))
    expect(page.get_by_role("alert")).to_contain_text("没有用户名为“nobody”的有效账号")
    page.get_by_label("本人的用户名").fill(LEARNER)
    follow(page.get_by_role("button", name="关联账号"))
    follow(page.get_by_role("button", name="记下用途并显示"))
    expect(page.get_by_role("alert")).to_contain_text("请写明")
    page.get_by_label("用途").fill("示例：核对毕业资格")
    follow(page.get_by_role("button", name="记下用途并显示"))
    expect(page.locator("main")).to_contain_text(number(1))
    usable(page)
    own = at_desk(open_page, hub, LEARNER, "/account/reads")
    expect(own.locator("tbody tr")).to_have_count(1)
    expect(own.locator("tbody")).to_contain_text("示例：核对毕业资格")
    usable(own)


def test_a_county_sees_who_has_handed_in_and_no_names(hub: str, open_page: OpenPage) -> None:
    page = at_desk(open_page, hub, COUNTY, "/desk/data/units")
    expect(page.locator("tbody")).to_contain_text("中职学校")
    usable(page)
    page.goto(f"{hub}/desk/data/students")
    expect(page.locator("tbody tr")).to_have_count(8)
    expect(page.locator("tbody")).not_to_contain_text("示例甲")
    page.goto(f"{hub}/desk/data/students?q=示例甲")
    expect(page.get_by_role("heading", name="没有符合条件的行")).to_be_visible()
    page.goto(f"{hub}/desk/data/held")
    expect(page.locator("tbody")).to_contain_text("内容只有报送单位看得到")


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_every_page_is_usable(hub: str, open_page: OpenPage, size: tuple[int, int]) -> None:
    page = at_desk(open_page, hub, SCHOOL, "/desk/data", size)
    for path in (
        *("/desk/data", "/desk/data/held", "/desk/data/differences", "/desk/data/twice", "/desk/data/log"),
        *("/desk/data/teachers", "/data", "/data/students", "/data/codes/student_statuses", "/account/reads"),
        "/desk/quality",
    ):
        page.goto(f"{hub}{path}")
        usable(page)


def test_every_list_is_a_workbook_too(hub: str, open_page: OpenPage) -> None:
    page = at_desk(open_page, hub, COUNTY, "/desk/data")
    for path in (
        *("/desk/data", "/desk/data/units", "/desk/data/held", "/desk/data/differences"),
        *("/desk/data/twice", "/desk/data/log", "/desk/data/students", "/data", "/account/reads"),
        "/desk/quality",
    ):
        answer = page.request.get(f"{hub}{path}.xlsx")
        assert answer.status == 200, path
        assert load_workbook(io.BytesIO(answer.body())).sheetnames, path


def test_what_is_no_table_is_refused_with_a_remedy(hub: str, open_page: OpenPage) -> None:
    page = at_desk(open_page, hub, SCHOOL, "/desk/data")
    hand_in(
        page, hub, {"name": "照片.xlsx", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + bytes(64)}
    )
    expect(page.get_by_role("alert")).to_contain_text("没有收下这个文件")
    expect(page.get_by_role("alert")).to_contain_text("照片.xlsx")
    assert page.request.get(f"{hub}/desk/data/files/SJ000000-00001").status == 404
