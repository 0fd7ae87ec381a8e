"""What administrators and an auditor do at their desks, in the tenant of examples of an instance of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.support import instance
from tests.support.browser import SIZES, OpenPage, overflow, violations
from tests.support.database import open_folder

pytestmark = pytest.mark.browser

PASSWORD = "shili-2026"
CITY = "demo-taizhou-"


@pytest.fixture(scope="module")
def product() -> Iterator[str]:
    with open_folder() as data, instance.running(data) as running:
        yield running.address


def sign_in(open_page: OpenPage, product: str, who: str, size: tuple[int, int] = SIZES["desk"]) -> Page:
    page = open_page(f"{product}/login", size=size)
    page.fill("input[name=username]", CITY + who)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_load_state()
    return page


def test_a_new_colleague_gets_an_account_and_a_role(product: str, open_page: OpenPage) -> None:
    page = sign_in(open_page, product, "system")
    page.goto(f"{product}/desk/people/new")
    page.click("text=建立账号 >> nth=-1")
    assert page.locator("#faults, [aria-invalid=true], :invalid").count(), (
        "an empty form says what is missing"
    )
    page.fill("#name", "示例新人")
    page.fill("#username", "demo.newcomer")
    page.select_option("#organisation", index=1)
    page.click("button.main")
    code = page.inner_text("#code")
    assert len(code) == 14

    page = sign_in(open_page, product, "security")
    page.goto(f"{product}/desk/people?q=demo.newcomer")
    page.click("table a[href^='/desk/people/']")
    page.click("text=授予角色")
    page.select_option("#role", "auditor")
    page.click("button.main")
    assert "审计员要有期限" in page.inner_text("#faults")
    page.select_option("#role", "leader")
    page.click("button.main")
    assert "看得到" in page.inner_text("main")
    page.click("text=确认授予")
    assert "领导" in page.inner_text("main table")
    assert "建立账号" not in page.inner_text("nav[aria-label=办理]"), "who gives roles makes no accounts"

    page = open_page(f"{product}/login")
    page.fill("input[name=username]", "demo.newcomer")
    page.fill("input[name=password]", code)
    page.locator("main button[type=submit]").first.click()
    page.goto(f"{product}/inbox")
    assert page.url.endswith("/account/password"), "the one-time password opens only the way to an own one"


def test_a_post_is_handed_over_under_a_document(product: str, open_page: OpenPage) -> None:
    page = sign_in(open_page, product, "security")
    page.goto(f"{product}/desk/people?q={CITY}county-1")
    page.click("table a[href^='/desk/people/']")
    page.click("text=交接岗位")
    page.select_option("#taker", label=page.locator("#taker option", has_text="county-2").inner_text())
    page.click("button.main")
    assert "交接依据" in page.inner_text("#faults")
    page.fill("#basis", "示例〔2026〕2号")
    page.click("button.main")
    assert "交给" in page.inner_text("main")
    page.click("text=确认交接")
    assert "已办理交接" in page.inner_text("main")
    assert "已结束" in page.inner_text("main table")


def test_an_auditor_checks_the_chain_and_takes_the_trail_along(product: str, open_page: OpenPage) -> None:
    page = sign_in(open_page, product, "auditor")
    page.goto(f"{product}/desk/audit")
    page.click("text=现在验证整条链")
    assert "封存链完好" in page.inner_text("main")
    page.fill("#f-who", "示例安全管理员")
    page.keyboard.press("Enter")
    page.wait_for_url("**who=**")
    with page.expect_download() as download:
        page.click("text=下载表格")
    assert download.value.suggested_filename.endswith(".xlsx")
    page.goto(f"{product}/desk/people/new")
    assert "这一步不由您办理" in page.inner_text("main")


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
    page = sign_in(open_page, product, who, SIZES[size])
    page.goto(product + path)
    assert page.locator("h1").count() == 1
    assert violations(page) == []
    assert overflow(page) <= 0
