"""What a citizen, a journalist or a program finds: what is published, what it means, and where it comes from."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.template.loader import get_template
from django.test import Client
from playwright.sync_api import expect

from tests.support.browser import SIZES, OpenPage, overflow, violations
from zhijiao.policy.actions import install_pack
from zhijiao.policy.packs.loading import Library
from zhijiao.policy.packs.starting import write_minimal


def text_of(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


@pytest.mark.usefixtures("shipped_packs")
class TestCitizen:
    def test_picks_a_city(self, client: Client) -> None:
        page = text_of(client, "/public/")
        for pack in ("zhejiang", "taizhou", "wenzhou"):
            assert f'href="/public/{pack}/"' in page

    def test_sees_the_verdicts_and_how_to_read_them(self, client: Client) -> None:
        page = text_of(client, "/public/taizhou/?on=2023-12-31")
        counted = [int(n) for n in re.findall(r"<b>(\d+)</b><span>", page)]
        assert counted == [2, 1, 3, 4, 7, 3, 0, 0]
        assert "公布的数与目标同一口径，且达到目标。" in page
        assert "征求意见稿" in page

    def test_sees_that_a_plan_is_closed(self, client: Client) -> None:
        assert "已收官" in text_of(client, "/public/taizhou/?on=2026-01-01")
        assert "规划期内" in text_of(client, "/public/taizhou/?on=2022-01-01")

    def test_sees_who_answers_for_a_task_and_who_may_apply_for_a_programme(self, client: Client) -> None:
        page = text_of(client, "/public/taizhou/")
        assert "牵头：" in page
        assert "谁可以申报或参加" in page

    def test_sees_which_grants_exist_with_amounts_sources_and_what_is_left_open(self, client: Client) -> None:
        page = text_of(client, "/public/wenzhou/")
        rules = page[page.index('id="rules"') : page.index('id="programmes"')]
        assert re.search(
            r"省级、国家级平台奖励.*?<b>30万元/个</b>.*?<b>50万元/个</b>.*?《温州方案》", rules, re.DOTALL
        )
        assert "文件没有给出" in rules
        assert "F11：" in rules
        assert 'href="/public/zhejiang/#rules"' in rules

    def test_reads_one_indicator_with_its_source(self, client: Client) -> None:
        page = text_of(client, "/public/taizhou/tzw.ind.16")
        for words in ("50.6%", "≥ 45%", "达到", "统计什么", "出处", "复制"):
            assert words.replace(" ", "") in page.replace(" ", "")

    def test_quotes_a_total_without_lending_it_to_one_indicator(self, client: Client) -> None:
        page = text_of(client, "/public/taizhou/tzw.ind.7")
        quoted = re.findall(r'<p id="quotation">(.*?)</p>', page)[0]
        assert "248" in quoted
        assert "只有合计" in quoted

    def test_meets_no_link_into_the_offices_pages(self, client: Client) -> None:
        for address in ("/public/", "/public/taizhou/", "/public/taizhou/tzw.ind.7"):
            links = re.findall(r'href="(/[^"]*)"', text_of(client, address))
            assert [href for href in links if href.startswith("/c/") and not href.endswith(".xlsx")] == []

    def test_mistypes_a_city_an_indicator_a_day_or_a_version_and_is_told_what_is_wrong(
        self, client: Client
    ) -> None:
        assert "没有名为“nowhere”的政策包" in text_of(client, "/public/nowhere/", 404)
        assert "没有公开编号为“x”的指标" in text_of(client, "/public/taizhou/x", 404)
        assert "日期“2023-02-30”无法识别" in text_of(client, "/public/taizhou/?on=2023-02-30", 404)
        assert "没有以 ffffffff 开头的版本" in text_of(client, "/public/taizhou/?v=ffffffff", 404)

    def test_takes_a_wrong_turn_and_finds_a_way_on(self, client: Client) -> None:
        page = text_of(client, "/no/such/page", 404)
        for words in ("没有这个页面", 'name="q"', 'href="/"', 'href="/compare"'):
            assert words in page


def test_a_broken_page_says_so_in_chinese_without_leaning_on_anything() -> None:
    page = get_template("500.html").render()
    assert "这个页面出错了" in page
    assert 'action="/search"' in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("indicators.yaml", "  unit: '%'\n", "  unit: '%'\n  disclosure: internal\n"),
        ("pack.yaml", "\ndocuments:", "\n  indicators: []\ndocuments:"),
    ],
    ids=["internal", "not listed"],
)
def test_what_is_not_published_is_neither_listed_nor_told_from_what_does_not_exist(
    client: Client, tmp_path: Path, name: str, old: str, new: str
) -> None:
    _install(tmp_path, name, old, new)
    assert "双师型教师占比" not in text_of(client, "/public/city/")
    hidden = text_of(client, "/public/city/plan.target.1", 404).replace("plan.target.1", "")
    assert hidden == text_of(client, "/public/city/plan.target.9", 404).replace("plan.target.9", "")


@pytest.mark.django_db
def test_tasks_and_documents_that_are_kept_back_are_not_shown(client: Client, tmp_path: Path) -> None:
    _install(
        tmp_path, "pack.yaml", "\ndocuments:", "\n  tasks: false\n  rules: false\n  documents: []\ndocuments:"
    )
    page = text_of(client, "/public/city/")
    assert "教师到企业实践" not in page
    assert "示例市职业教育发展方案" not in page


def _install(folder: Path, name: str, old: str, new: str) -> None:
    write_minimal(folder / "city")
    path = folder / "city" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    outcome = install_pack(
        shelf=Library([folder]), pack="city", by="test", at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert outcome.refused is None, str(outcome.refused)


@pytest.mark.usefixtures("shipped_packs")
class TestProgrammer:
    def test_reads_every_operation_that_the_schema_has(self, client: Client) -> None:
        page = text_of(client, "/developers")
        schema = json.loads(text_of(client, "/api/v1/openapi.json"))
        for path, methods in schema["paths"].items():
            for method in methods:
                assert f"{method.upper()} {path}" in page

    def test_every_parameter_is_explained(self, client: Client) -> None:
        page = text_of(client, "/developers")
        assert 'data-label="含义"></td>' not in page

    def test_every_example_works(self, client: Client) -> None:
        addresses = re.findall(
            r"curl (?:&#39;|')http://testserver(.*?)(?:&#39;|')", text_of(client, "/developers")
        )
        assert len(addresses) >= 3
        for address in addresses:
            assert json.loads(text_of(client, address.replace("&amp;", "&")))

    def test_every_open_data_address_answers(self, client: Client) -> None:
        addresses = re.findall(r'<a href="([^"]+)"><code>', text_of(client, "/public/taizhou/"))
        assert len(addresses) >= 4
        for address in addresses:
            assert client.get(address).status_code == 200, address


@pytest.mark.django_db
def test_without_any_pack_the_public_pages_still_open(client: Client) -> None:
    assert "还没有地区公开内容" in text_of(client, "/public/")
    assert "全部接口" in text_of(client, "/developers")


ADDRESSES = [
    "/public/",
    "/public/taizhou/",
    "/public/zhejiang/",
    "/public/taizhou/tzw.ind.7",
    "/developers",
    "/no/such/page",
]


@pytest.mark.browser
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("address", ADDRESSES)
def test_anybody_can_use_the_public_pages(
    site: str, open_page: OpenPage, size: tuple[int, int], address: str
) -> None:
    page = open_page(site + address, size=size)
    assert overflow(page) == 0
    assert violations(page) == []


@pytest.mark.browser
def test_the_public_page_prints_with_its_folds_open_and_without_controls(
    site: str, open_page: OpenPage
) -> None:
    page = open_page(f"{site}/public/taizhou/")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    expect(page.locator("details.fold:not([open])")).to_have_count(0)
    expect(page.locator(".top")).to_be_hidden()


@pytest.mark.browser
def test_examples_and_queries_are_whole_on_paper(site: str, open_page: OpenPage) -> None:
    page = open_page(f"{site}/developers")
    page.emulate_media(media="print")
    hidden = page.locator("pre:visible").evaluate_all("all => all.map(e => e.scrollHeight - e.clientHeight)")
    assert hidden
    assert max(hidden) <= 0
