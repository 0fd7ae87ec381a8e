"""What a pupil and her family, a school and the bureaus come to do in an admission: hand in, run, sign, read why, object, give up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support import desks
from tests.support.browser import DESK, PHONE, OpenPage, follow, usable
from tests.support.seasoned import season_step
from tests.support.town import Town

pytestmark = pytest.mark.browser
PATIENCE = 90


@dataclass(frozen=True)
class Site:
    """The town with last year's season and this year's."""

    address: str
    data: Path
    last: int
    this: int


@pytest.fixture
def site(town: Town) -> Site:
    """The tests of this file work there, one after the other."""
    return Site(town.address, town.data, *town.seasons)


def at_desk(open_page: OpenPage, site: Site, who: str, onward: str, size: tuple[int, int] = DESK) -> Page:
    return desks.at_desk(open_page, site.address, f"demo-taizhou-{who}", onward, size)


def test_a_pupil_reads_why_and_gives_up_only_together_with_a_parent(open_page: OpenPage, site: Site) -> None:
    page = at_desk(open_page, site, "pupil", "/choices", PHONE)
    follow(page.get_by_role("link", name="录取结果"))
    usable(page)
    result = page.url.removeprefix(site.address)
    expect(page.get_by_role("heading", name="每条志愿的原因")).to_be_visible()
    expect(page.get_by_text("录取线是").first).to_be_visible()
    follow(page.get_by_role("link", name="看录取通知书"))
    usable(page)
    code = str(page.locator("article .code").first.text_content())
    page.goto(f"{site.address}{result}")
    page.get_by_text("我要放弃这个录取名额").click()
    follow(page.get_by_role("button", name="提出放弃录取"))
    expect(page.get_by_role("button", name="确认放弃录取")).to_have_count(0)
    page = at_desk(open_page, site, "parent", result, PHONE)
    follow(page.get_by_role("button", name="确认放弃录取"))
    page = at_desk(open_page, site, "county-1", f"/desk/seasons/{site.last}/seats")
    usable(page)
    follow(page.get_by_role("button", name="同意放弃"))
    expect(page.get_by_role("status").first).to_contain_text("已同意放弃")
    page = open_page(f"{site.address}/letters/{code}")
    expect(page.get_by_text("这份通知书已失效")).to_be_visible()


def test_strangers_find_nothing_of_a_candidate(open_page: OpenPage, site: Site) -> None:
    page = at_desk(open_page, site, "pupil", "/choices")
    address = str(page.get_by_role("link", name="录取结果").get_attribute("href"))
    for who in ("learner", "school-2", "county-2", "junior", "bureau"):
        page = at_desk(open_page, site, who, "/inbox")
        answer = page.request.get(f"{site.address}{address}")
        assert answer.status in (403, 404), who


def test_a_family_claims_added_marks_and_reads_the_decision(
    open_page: OpenPage, site: Site, tmp_path: Path
) -> None:
    paper = tmp_path / "示例户口簿.pdf"
    paper.write_bytes(b"%PDF-1.4 shili")
    page = at_desk(open_page, site, "parent", "/choices", PHONE)
    follow(page.get_by_role("link", name="加分").first)
    usable(page)
    follow(page.get_by_role("button", name="提交申报"))
    usable(page)
    expect(page.get_by_role("alert")).to_contain_text("请重新选择")
    page.get_by_role("radio").first.check()
    page.get_by_label("证件或证明的名称和编号").fill("示例户口簿")
    page.get_by_label("证明材料的照片或扫描件").set_input_files(paper)
    follow(page.get_by_role("button", name="提交申报"))
    expect(page.get_by_text("等待审核").first).to_be_visible()
    usable(page)
    family = page.url
    page = at_desk(open_page, site, "county-1", f"/desk/bonus?season={site.this}&state=asked")
    usable(page)
    page.get_by_placeholder("姓名、考号、材料").fill("示例户口簿")
    page.get_by_placeholder("姓名、考号、材料").press("Enter")
    expect(page.locator("#bonus tbody tr")).to_have_count(1)
    follow(page.locator("#bonus tbody a").first)
    usable(page)
    page.get_by_label("不予确认").check()
    follow(page.get_by_role("button", name="办理"))
    expect(page.get_by_role("alert")).to_contain_text("理由")
    page.get_by_label("理由").fill("示例：照片看不清")
    page.get_by_label("不予确认").check()
    follow(page.get_by_role("button", name="办理"))
    expect(page.get_by_text("考生和监护人都收到了通知")).to_be_visible()
    page = at_desk(open_page, site, "parent", family.removeprefix(site.address).split("?")[0], PHONE)
    expect(page.get_by_text("示例：照片看不清")).to_be_visible()
    follow(page.get_by_role("link", name="重新申报"))
    expect(page.get_by_role("radio").first).to_be_checked()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_pages_of_added_marks_are_usable(open_page: OpenPage, site: Site, size: tuple[int, int]) -> None:
    page = at_desk(open_page, site, "bureau", f"/desk/bonus/notices/{site.this}", size)
    usable(page)
    follow(page.get_by_role("link", name="看公示页").first)
    usable(page)
    expect(page.get_by_text("公示不含分数")).to_be_visible()
    page = at_desk(open_page, site, "auditor", f"/desk/bonus?season={site.this}", size)
    usable(page)
    follow(page.locator("#bonus tbody a").first)
    usable(page)
    expect(page.get_by_role("button", name="办理")).to_have_count(0)


def test_choices_are_handed_in_and_the_round_is_run_and_signed(open_page: OpenPage, site: Site) -> None:
    page = at_desk(open_page, site, "pupil", "/choices", PHONE)
    follow(page.get_by_role("link", name="填报志愿").first)
    place = page.url.split("?")[0]
    page.goto(f"{place}/plan")
    for _ in range(2):
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.get_by_role("button", name="加入").first.click()
        page.goto(f"{place}/plan")
    page.goto(f"{place}/submit")
    usable(page)
    follow(page.get_by_role("button", name="获取验证码"))
    other = at_desk(open_page, site, "pupil", "/inbox", PHONE)
    sent = re.search(r"验证码\s*([0-9]{6})", other.inner_text("main"))
    assert sent is not None
    page.get_by_label("验证码", exact=True).fill(sent[1])
    follow(page.get_by_role("button", name="确认提交"))
    expect(page.get_by_text("回执").first).to_be_visible()
    _hand_in_while_the_database_is_away(page, place)

    season_step(site.data, "close")
    rounds = f"/desk/seasons/{site.this}/allocation"
    page = at_desk(open_page, site, "bureau", rounds)
    main = page.get_by_role("region", name="正式填报")
    main.get_by_label("摇号种子").fill("示例种子0630")
    follow(main.get_by_role("button", name="冻结志愿"))
    main.get_by_label("摇号种子").fill("示例种子0630")
    follow(main.get_by_role("button", name="正式投档"))
    follow(main.get_by_role("link", name=re.compile("第.*次")))
    for _ in range(PATIENCE):
        if page.get_by_text("核验通过").count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    usable(page)
    run = page.url.removeprefix(site.address)
    for who in ("bureau-leader", "bureau-2-leader"):
        page = at_desk(open_page, site, who, run)
        follow(page.get_by_role("button", name=re.compile("名义签署")))
    page = at_desk(open_page, site, "bureau", run)
    page.get_by_label("受理异议的单位和电话").fill("示例招生办")
    follow(page.get_by_role("button", name="开始公示"))
    follow(page.get_by_role("link", name="看公示页"))
    notice = page.url.removeprefix(site.address)
    page = open_page(f"{site.address}{notice}")
    usable(page)
    expect(page.get_by_role("button", name="提交异议")).to_have_count(0)
    page = at_desk(open_page, site, "parent", notice)
    page.get_by_label("异议的内容和理由").fill("示例：加分没有计入")
    follow(page.get_by_role("button", name="提交异议"))
    expect(page.get_by_text("异议已提交")).to_be_visible()


def _hand_in_while_the_database_is_away(page: Page, place: str) -> None:
    """The page keeps its list, says that it tries again, and gets its receipt when the platform is back."""
    page.goto(f"{place}/plan")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_role("button", name="加入").first.click()
    page.goto(f"{place}/submit")
    left = [1, 1]

    def away(route: Route) -> None:
        if left:
            left.pop()
            route.fulfill(status=503, json={"words": "示例"}, headers={"Retry-After": "5"})
        else:
            route.fallback()

    page.route(f"{place}/submit", away)
    page.get_by_role("button", name="确认提交").click()
    expect(page.locator("[data-held]")).to_contain_text("正在自动再试（第 2 次）")
    expect(page).to_have_url(re.compile(r"receipt=[0-9A-Z]{5}-[0-9A-Z]{5}"))
    expect(page.get_by_text("回执").first).to_be_visible()
    page.unroute(f"{place}/submit")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_every_page_after_the_result_is_usable(
    open_page: OpenPage, site: Site, size: tuple[int, int]
) -> None:
    page = at_desk(open_page, site, "bureau", f"/desk/seasons/{site.last}/seats", size)
    usable(page)
    follow(page.get_by_role("row").get_by_role("link").last)
    usable(page)
    page.goto(f"{site.address}/c/taizhou/admissions?season=demo-{_year(page, site)}")
    usable(page)
    expect(page.get_by_role("heading", name="跨县就读")).to_be_visible()
    page = at_desk(open_page, site, "school-1", f"/desk/seasons/{site.last}/seats", size)
    usable(page)
    page.goto(f"{site.address}/desk/seasons/{site.last}/plan/book")
    usable(page)
    expect(page.get_by_role("heading", name="计划已经锁定")).to_be_visible()
    page = at_desk(open_page, site, "bureau-2", "/desk/candidates/import", size)
    usable(page)
    expect(page.get_by_role("link", name="下载模板：高职院校招生平台的录取结果")).to_be_visible()


def _year(page: Page, site: Site) -> int:
    """Of last year's season, out of its title."""
    said = page.request.get(f"{site.address}/desk/seasons/{site.last}").text()
    found = re.search(r"示例\D*([0-9]{4})", said)
    assert found is not None
    return int(found[1])
