"""What the head of an office and those who report to it come to do."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.support.browser import PHONE, OpenPage, follow, wait_until

pytestmark = pytest.mark.browser

AT_THE_END = "on=2023-12-31"


def test_see_where_every_target_stands(site: str, open_page: OpenPage) -> None:
    page = open_page(f"{site}/c/taizhou/?{AT_THE_END}")
    counted = [int(n) for n in page.locator(".counters b").all_inner_texts()]
    assert counted == [2, 1, 3, 4, 7, 3, 0, 0]
    assert sum(counted) == 20
    expect(page.locator(".marks li")).to_have_count(20)


def test_be_told_that_the_text_is_a_draft_and_that_the_plan_is_closed(site: str, open_page: OpenPage) -> None:
    page = open_page(f"{site}/c/taizhou/?on=2026-01-01")
    expect(page.get_by_role("note").filter(has_text="征求意见稿").first).to_be_visible()
    expect(page.get_by_role("note").filter(has_text="已收官")).to_contain_text("不算逾期")
    still_running = open_page(f"{site}/c/taizhou/?on=2023-06-30")
    expect(still_running.get_by_role("note").filter(has_text="规划期内")).to_contain_text("还有184天")


def test_go_from_a_count_to_the_rows_behind_it(site: str, open_page: OpenPage) -> None:
    page = open_page(f"{site}/c/taizhou/?{AT_THE_END}")
    follow(page.locator(".counters a", has_text="只有合计"))
    expect(page.locator("#rows .verdict")).to_have_text(["只有合计"] * 4)
    assert parse_qs(urlsplit(page.url).query)["on"] == ["2023-12-31"], "the day of the reader is kept"


def test_narrow_the_table_and_pass_the_address_on(site: str, open_page: OpenPage) -> None:
    page = open_page(f"{site}/c/taizhou/indicators")
    page.get_by_label("判定", exact=True).select_option("met_if_same")
    expect(page.locator("#found")).to_contain_text(re.compile(r"^3项，共\d+项$"))
    page.get_by_role("searchbox", name="文字").fill("联盟")
    expect(page.locator("#found")).to_contain_text(re.compile(r"^1项"))
    page.wait_for_url(
        lambda url: parse_qs(urlsplit(url).query) == {"verdict": ["met_if_same"], "q": ["联盟"]}
    )
    same = open_page(page.url)
    assert same.locator("#rows").inner_text() == page.locator("#rows").inner_text()
    expect(page.get_by_role("link", name="下载表格")).to_have_attribute(
        "href", re.compile("verdict=met_if_same")
    )


def test_sort_by_verdict_and_back(site: str, open_page: OpenPage) -> None:
    page = open_page(f"{site}/c/taizhou/indicators?{AT_THE_END}")
    heading = page.get_by_role("columnheader", name="判定与理由")
    heading.get_by_role("link").click()
    expect(heading).to_have_attribute("aria-sort", "ascending")
    expect(page.locator("#rows .verdict").first).to_have_text("达到")
    heading.get_by_role("link").click()
    expect(heading).to_have_attribute("aria-sort", "descending")


def test_the_heading_of_a_long_table_stays_in_sight(site: str, open_page: OpenPage) -> None:
    page = open_page(f"{site}/c/taizhou/indicators")
    page.mouse.wheel(0, 2500)
    wait_until(page, "window.scrollY > 2000")
    box = page.get_by_role("columnheader", name="数据").bounding_box()
    assert box is not None
    assert box["y"] == 0


def test_defend_a_figure(site: str, open_page: OpenPage) -> None:
    """Target, figure, definition, clause, source, decision, comparison: all on the page that the figure leads to."""
    page = open_page(f"{site}/c/taizhou/indicators?{AT_THE_END}")
    follow(page.get_by_role("link", name="留台比例", exact=True))
    box = page.locator(".verdict-box")
    expect(box).to_contain_text("达到")
    expect(box).to_contain_text("≥45%")
    expect(box).to_contain_text("50.6%")
    for heading in ("口径", "目标", "依据的条款", "公布的数据，以及与目标怎样比", "其他地方的同类指标"):
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    expect(page.locator(".chart canvas")).to_be_visible()
    page.get_by_text("图中的数据").click()
    expect(page.locator("details[open] td", has_text="50.6%")).to_be_visible()


def test_copy_a_sentence_for_a_report(site: str, open_page: OpenPage) -> None:
    page = open_page(f"{site}/c/taizhou/indicators/tzw.ind.16")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="复制").click()
    expect(page.get_by_role("button", name="已复制")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("截至2023年，台州市")
    assert "口径：" in copied
    assert "来源：" in copied


def test_quote_a_figure_of_another_period_without_lending_it_the_targets_meaning(
    site: str, open_page: OpenPage
) -> None:
    """A yearly figure is not the cumulative one that the target counts: the sentence says how they were compared."""
    for indicator, verdict in (("tzw.ind.15a", "同类则达到"), ("tzw.ind.17a", "达到")):
        page = open_page(f"{site}/c/taizhou/indicators/{indicator}?{AT_THE_END}")
        quoted = page.locator("#quote-text")
        expect(quoted).to_contain_text(f"判定为“{verdict}”")
        expect(quoted).to_contain_text("目标：≥")
        expect(quoted).not_to_contain_text("））")


def test_quote_an_indicator_that_nobody_reported(site: str, open_page: OpenPage) -> None:
    page = open_page(f"{site}/c/taizhou/indicators/tzw.ind.11?{AT_THE_END}")
    expect(page.locator("#quote-text")).to_contain_text("未见公布数据（目标：≥3%；")


def test_keep_a_permalink_that_names_version_and_day(site: str, open_page: OpenPage) -> None:
    page = open_page(f"{site}/c/taizhou/indicators/tzw.ind.16")
    href = page.locator("#page-actions").get_by_role("link", name="固定链接").get_attribute("href") or ""
    assert set(parse_qs(urlsplit(href).query)) == {"v", "on"}
    kept = open_page(f"{site}{href}")
    assert kept.locator("h1").inner_text() == "留台比例"
    back = kept.locator(".crumbs").get_by_role("link", name="指标").get_attribute("href") or ""
    assert set(parse_qs(urlsplit(back).query)) == {"v", "on"}, "links stay in the version"


def test_find_what_my_unit_leads(site: str, open_page: OpenPage) -> None:
    page = open_page(f"{site}/c/taizhou/tasks?by=unit")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="市教育局", exact=True))
    leads = int(row.get_by_role("cell").nth(1).inner_text())
    follow(row.get_by_role("cell").nth(1).get_by_role("link"))
    page.wait_for_url("**role=lead**")
    expect(page.locator("#found")).to_contain_text(f"{leads}项")
    expect(page.locator("#rows tbody tr:not(.group)")).to_have_count(leads)


def test_see_that_the_document_names_nobody(site: str, open_page: OpenPage) -> None:
    page = open_page(f"{site}/c/taizhou/tasks?unit=none")
    expect(page.locator("#rows tr.group")).not_to_have_count(0)
    for group in page.locator("#rows tr.group").all_inner_texts():
        assert "文件未写明责任单位" in group


def test_nothing_is_overdue_after_the_plan(site: str, open_page: OpenPage) -> None:
    page = open_page(f"{site}/c/taizhou/tasks?document=tzw&on=2030-01-01")
    states = set(page.locator("#rows .verdict").all_inner_texts())
    assert states <= {"已完成", "同类则完成", "待结转"}
    assert "待结转" in states


def test_work_with_the_keyboard_alone(site: str, open_page: OpenPage) -> None:
    page = open_page(f"{site}/c/taizhou/indicators")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.locator(".switcher summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="温州市")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="温州市")).to_be_hidden()


def test_open_the_menu_on_a_phone(site: str, open_page: OpenPage) -> None:
    page = open_page(f"{site}/c/taizhou/", size=PHONE)
    menu = page.get_by_role("navigation", name="平台各部分")
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="菜单").click()
    expect(menu.get_by_role("link", name="匠才荟")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_be_visible()


def test_filter_without_scripts(site: str, open_page: OpenPage) -> None:
    """A locked-down office browser gets the same page with a button."""
    browser = open_page(f"{site}/").context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/c/taizhou/indicators")
    page.get_by_label("判定", exact=True).select_option("met_if_same")
    follow(page.get_by_role("button", name="筛选"))
    expect(page.locator("#found")).to_have_text(re.compile("^3项"))
    context.close()


def test_reach_the_search_box_with_one_key(site: str, open_page: OpenPage) -> None:
    page = open_page(f"{site}/c/taizhou/")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("a/b")
    expect(page.locator("#q")).to_have_value("a/b")


def test_close_the_menu_on_the_phone_with_escape(site: str, open_page: OpenPage) -> None:
    page = open_page(f"{site}/c/taizhou/", size=PHONE)
    button = page.locator(".menu-button")
    button.click()
    expect(page.locator("#menu")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#menu")).to_be_hidden()
    expect(button).to_have_attribute("aria-expanded", "false")
