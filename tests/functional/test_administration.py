"""What administrators and an auditor do at their desks, in the tenant of examples."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.support.browser import SIZES, OpenPage, follow, usable
from tests.support.desks import at_desk
from tests.support.town import Town

pytestmark = pytest.mark.browser

PASSWORD = "shili-2026"
CITY = "demo-wenzhou-"
"""Where no other journey goes: a post is handed over here."""


@pytest.fixture
def product(town: Town) -> str:
    return town.address


def sign_in(open_page: OpenPage, product: str, who: str, size: tuple[int, int] = SIZES["desk"]) -> Page:
    page = open_page(f"{product}/login", size=size)
    page.fill("input[name=username]", CITY + who)
    page.fill("input[name=password]", PASSWORD)
    follow(page.locator("main button[type=submit]").first)
    return page


def test_a_new_colleague_gets_an_account_and_a_role(product: str, open_page: OpenPage) -> None:
    page = sign_in(open_page, product, "system")
    page.goto(f"{product}/desk/people/new")
    page.locator("text=建立账号 >> nth=-1").click()  # the browser itself keeps an empty form back
    # An empty form says what is missing.
    expect(page.locator("#faults, [aria-invalid=true], :invalid")).not_to_have_count(0)
    page.fill("#name", "示例新人")
    page.fill("#username", "demo.newcomer")
    page.select_option("#organisation", index=1)
    follow(page.locator("button.main").first)
    code = page.inner_text("#code")
    assert len(code) == 14

    page = sign_in(open_page, product, "security")
    page.goto(f"{product}/desk/people?q=demo.newcomer")
    follow(page.locator("table a[href^='/desk/people/']").first)
    follow(page.locator("text=授予角色").first)
    page.select_option("#role", "auditor")
    follow(page.locator("button.main").first)
    expect(page.locator("#faults")).to_contain_text("审计员要有期限")
    page.select_option("#role", "leader")
    follow(page.locator("button.main").first)
    expect(page.locator("main")).to_contain_text("看得到")
    follow(page.locator("text=确认授予").first)
    expect(page.locator("main table")).to_contain_text("领导")
    expect(page.locator("nav[aria-label=办理]"), "who gives roles makes no accounts").not_to_contain_text(
        "建立账号"
    )

    page = open_page(f"{product}/login")
    page.fill("input[name=username]", "demo.newcomer")
    page.fill("input[name=password]", code)
    follow(page.locator("main button[type=submit]").first)
    page.goto(f"{product}/inbox")
    assert page.url.endswith("/account/password"), "the one-time password opens only the way to an own one"


def test_a_post_is_handed_over_under_a_document(product: str, open_page: OpenPage) -> None:
    page = sign_in(open_page, product, "security")
    page.goto(f"{product}/desk/people?q={CITY}county-1")
    follow(page.locator("table a[href^='/desk/people/']").first)
    follow(page.locator("text=交接岗位").first)
    page.select_option("#taker", label=page.locator("#taker option", has_text="county-2").inner_text())
    follow(page.locator("button.main").first)
    expect(page.locator("#faults")).to_contain_text("交接依据")
    page.fill("#basis", "示例〔2026〕2号")
    follow(page.locator("button.main").first)
    expect(page.locator("main")).to_contain_text("交给")
    follow(page.locator("text=确认交接").first)
    expect(page.locator("main")).to_contain_text("已办理交接")
    expect(page.locator("main table")).to_contain_text("已结束")


def test_an_auditor_checks_the_chain_and_takes_the_trail_along(product: str, open_page: OpenPage) -> None:
    page = sign_in(open_page, product, "auditor")
    page.goto(f"{product}/desk/audit")
    follow(page.locator("text=现在验证整条链").first)
    expect(page.locator("main")).to_contain_text("封存链完好")
    page.fill("#f-who", "示例安全管理员")
    page.keyboard.press("Enter")
    page.wait_for_url("**who=**")
    with page.expect_download() as download:
        page.locator("text=下载表格").first.click()
    assert download.value.suggested_filename.endswith(".xlsx")
    page.goto(f"{product}/desk/people/new")
    expect(page.locator("main")).to_contain_text("这一步不由您办理")


def test_examples_are_called_so_on_every_page_on_paper_and_in_files(
    product: str, open_page: OpenPage
) -> None:
    page = sign_in(open_page, product, "bureau")
    for path in ("/desk/", "/c/wenzhou/", "/c/wenzhou/?wall=1", "/public/wenzhou/", "/account"):
        page.goto(product + path)
        expect(page.locator(".demo-mark")).to_have_count(1)
        page.emulate_media(media="print")
        expect(page.locator(".demo-mark")).to_be_visible()
        page.emulate_media(media="screen")
    book = load_workbook(io.BytesIO(page.request.get(f"{product}/c/wenzhou.xlsx").body()))
    for sheet in book.worksheets[:-1]:
        assert str(sheet.cell(1, 1).value).startswith("【演示】")
    visitor = open_page(f"{product}/c/wenzhou/")
    expect(visitor.locator(".demo-mark")).to_have_count(0)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("security", "/desk/people"),
        ("security", "/desk/people/roles"),
        ("system", "/desk/people/new"),
        ("manager", "/desk/people"),
        ("manager", "/inbox"),
        ("auditor", "/desk/audit"),
    ],
)
def test_the_pages_serve_everybody(product: str, open_page: OpenPage, who: str, path: str, size: str) -> None:
    usable(at_desk(open_page, product, CITY + who, path, SIZES[size]))
