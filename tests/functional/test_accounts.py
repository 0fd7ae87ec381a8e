"""What somebody comes to the doors for: to get in for the first time, to get in safely, to let a school in."""

from __future__ import annotations

import re

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.support import doors
from tests.support.browser import SIZES, OpenPage, follow, usable
from tests.support.town import Town

pytestmark = pytest.mark.browser
NEW = "路灯-River-58-across"


@pytest.fixture
def place(town: Town) -> str:
    """Where people stand before the doors."""
    return town.address


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def open_at(open_page: OpenPage, address: str, size: str) -> Page:
    return open_page(address, size=SIZES[size])


def sign_in(page: Page, username: str, password: str = doors.PASSWORD) -> None:
    page.get_by_label("用户名").fill(username)
    page.get_by_label("口令", exact=True).fill(password)
    follow(page.get_by_role("button", name="登录", exact=True))


def sign_out(page: Page) -> None:
    page.locator(".person summary").click()
    follow(page.get_by_role("button", name="退出登录"))


def test_get_in_with_a_code_from_the_administrator_and_set_a_password_of_my_own(
    place: str, open_page: OpenPage, size: str
) -> None:
    page = open_at(open_page, f"{place}/login?next=/account", size)
    usable(page)
    sign_in(page, f"newcomer-{size}", doors.CODE)
    page.wait_for_url("**/account/password")
    usable(page)
    page.get_by_label("一次性口令").fill(doors.CODE)
    page.get_by_label("新口令", exact=True).fill("abcd1234")
    page.get_by_label("再输入一次新口令").fill("abcd1234")
    follow(page.get_by_role("button", name="修改口令"))
    expect(page.locator("#faults")).to_contain_text("口令没有修改")
    usable(page)
    for label, text in (("一次性口令", doors.CODE), ("新口令", NEW), ("再输入一次新口令", NEW)):
        page.get_by_label(label, exact=True).fill(text)
    follow(page.get_by_role("button", name="修改口令"))
    page.wait_for_url("**/desk/")
    sign_out(page)
    page.goto(f"{place}/login")
    sign_in(page, f"newcomer-{size}", NEW)
    page.wait_for_url("**/desk/")


def test_get_in_with_the_keyboard_alone(place: str, open_page: OpenPage, size: str) -> None:
    page = open_at(open_page, f"{place}/desk/", size)
    expect(page.get_by_label("用户名")).to_be_focused()
    page.keyboard.type(f"officer-{size}")
    page.keyboard.press("Tab")
    page.keyboard.insert_text(doors.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/")
    page.locator(".person summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/account")
    usable(page)


def test_bind_my_phone_and_get_in_with_its_code_or_one_on_paper(
    place: str, open_page: OpenPage, size: str
) -> None:
    page = open_at(open_page, f"{place}/login", size)
    sign_in(page, f"keeper-{size}")
    page.wait_for_url("**/account/second-factor")
    usable(page)
    picture = page.locator(".pairing img")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    secret = page.locator("#factor-secret").inner_text().replace(" ", "")
    page.get_by_label("手机上的").fill("000000")
    follow(page.get_by_role("button", name="绑定", exact=True))
    expect(page.locator("#faults")).to_contain_text("没有绑定成功")
    page.get_by_label("手机上的").fill(pyotp.TOTP(secret).now())
    follow(page.get_by_role("button", name="绑定", exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text("请保存备用码")
    usable(page)
    paper = page.locator("#codes code").all_inner_texts()
    follow(page.get_by_role("link", name="已经保存"))
    sign_out(page)
    page.goto(f"{place}/login")
    sign_in(page, f"keeper-{size}")
    page.wait_for_url("**/login/code")
    usable(page)
    page.get_by_label("手机上的").fill(paper[0])
    follow(page.get_by_role("button", name="登录", exact=True))
    page.wait_for_url("**/desk/")
    page.goto(f"{place}/account/second-factor")
    expect(page.locator(".lead")).to_contain_text("9")
    usable(page)


def test_type_it_wrong_too_often_and_read_when_to_try_again(
    place: str, open_page: OpenPage, size: str
) -> None:
    page = open_at(open_page, f"{place}/login", size)
    for _ in range(5):
        sign_in(page, f"nobody-{size}", "wrong")
        expect(page.locator("#faults")).to_contain_text("没有登录成功")
    sign_in(page, f"nobody-{size}", "wrong")
    expect(page.get_by_role("heading", level=1)).to_have_text("暂时不能登录")
    usable(page)


def test_claim_my_school_and_be_let_in_by_the_county(place: str, open_page: OpenPage, size: str) -> None:
    page = open_at(open_page, f"{place}/login", size)
    follow(page.get_by_role("link", name="认领单位").first)
    usable(page)
    page.get_by_role("button", name="提交认领").focus()
    code = "363300000" + ("1" if size == "desk" else "2")
    page.get_by_label("单位类型").select_option("secondary_vocational")
    page.get_by_label("单位代码").fill(code)
    page.get_by_label("单位全称").fill(f"示例职业学校 {size}")
    page.get_by_label("由哪里确认").select_option(label="示例县")
    page.get_by_label("姓名").fill("示例丁")
    page.get_by_label("电话").fill("110")
    page.get_by_label("怎样核实").fill("示例介绍信 2 号")
    page.get_by_label("用户名").fill(f"school-{size}")
    page.get_by_label("口令", exact=True).fill(NEW)
    page.get_by_label("再输入一次口令").fill(NEW)
    follow(page.get_by_role("button", name="提交认领"))
    expect(page.locator("#faults")).to_contain_text("能打通的电话")
    usable(page)
    page.get_by_label("电话").fill("13800000001")
    page.get_by_label("口令", exact=True).fill(NEW)
    page.get_by_label("再输入一次口令").fill(NEW)
    follow(page.get_by_role("button", name="提交认领"))
    page.wait_for_url("**/join/receipt")
    number = page.locator("#receipt-number").inner_text()
    usable(page)

    county = open_at(open_page, f"{place}/login?next=/desk/claims", size)
    sign_in(county, f"officer-{size}")
    county.wait_for_url("**/desk/claims")
    usable(county)
    follow(county.get_by_role("link", name=f"示例职业学校 {size}"))
    usable(county)
    chosen = county.get_by_label("它是名录里的").locator("option:checked").inner_text()
    assert f"示例职业学校 {size}" in chosen, "the school of the list stands selected"
    follow(county.get_by_role("button", name="确认", exact=True))
    expect(county.locator(".head")).to_contain_text("已确认")
    usable(county)

    page.get_by_label("电话").fill("13800000001")
    follow(page.get_by_role("button", name="查办理状态"))
    expect(page.locator("main")).to_contain_text("已确认")
    assert number in page.locator("main").inner_text()
    usable(page)
    follow(page.get_by_role("link", name="现在登录"))
    sign_in(page, f"school-{size}", NEW)
    page.wait_for_url("**/desk/")


def test_make_a_key_for_a_program_and_void_it(place: str, open_page: OpenPage, size: str) -> None:
    page = open_at(open_page, f"{place}/login?next=/account/keys/new", size)
    sign_in(page, f"officer-{size}")
    page.wait_for_url("**/account/keys/new")
    page.get_by_role("button", name="生成密钥").focus()
    usable(page)
    page.get_by_label("给哪个程序用").fill("示例统计系统")
    page.get_by_label("填报数据").check()
    follow(page.get_by_role("button", name="生成密钥"))
    usable(page)
    text = page.locator("#key-text").inner_text()
    assert text.startswith("zj_")
    follow(page.get_by_role("link", name="已经保存"))
    follow(page.get_by_role("button", name=re.compile("作废.*密钥")).first)
    expect(page.get_by_role("status").first).to_contain_text("密钥已作废")
    usable(page)
