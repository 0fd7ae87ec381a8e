"""What somebody does who wants to know how cities differ: put them side by side and see what may be compared."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import expect

from tests.support.browser import SIZES, OpenPage, overflow, violations
from zhijiao.policy.actions import install_pack
from zhijiao.policy.packs.loading import library
from zhijiao.policy.packs.starting import write_minimal

PACKS = ("zhejiang", "taizhou", "wenzhou")


def text_of(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def row(page: str, name: str) -> str:
    """The group of rows with this id."""
    found = re.search(rf'<tbody id="{re.escape(name)}">(.*?)</tbody>', page, re.S)
    assert found, f"no row {name}"
    return found[1]


def bars(part: str) -> list[str]:
    return re.findall(r"<div><span>(.*?)</span>\s*<svg", part)


@pytest.mark.usefixtures("shipped_packs")
class TestReading:
    def test_each_city_with_a_pack_is_a_column(self, client: Client) -> None:
        page = text_of(client, "/compare")
        for place in ("浙江省", "台州市", "温州市"):
            assert re.search(rf'<th scope="col"><a [^>]*>{place}</a>', page)

    def test_where_definitions_differ_the_row_says_why_and_draws_no_bar(self, client: Client) -> None:
        part = row(text_of(client, "/compare"), "public-funds-ratio")
        assert "为什么不比" in part
        assert "单位不同" in part
        assert not bars(part)
        assert "C7" in part
        assert "倍数与金额是两个指标" in part

    def test_where_they_are_the_same_bars_start_at_nought(self, client: Client) -> None:
        part = row(text_of(client, "/compare"), "local-retention")
        assert bars(part) == ["温州", "台州"]
        widths = [float(w) for w in re.findall(r'class="target" x="0" y="1" width="([\d.]+)"', part)]
        assert widths == [100.0, 75.0]
        assert "50.6%" in part

    def test_a_provinces_total_is_never_drawn_beside_its_cities(self, client: Client) -> None:
        assert bars(row(text_of(client, "/compare"), "integrated-enterprises")) == ["温州", "台州"]

    def test_parameters_that_cities_set_differently_stand_with_their_figures(self, client: Client) -> None:
        part = row(text_of(client, "/compare"), "C1")
        for words in ("15%", "10%", "30%", "两市的比例不互换、不比大小"):
            assert words in part
        assert "/clauses/wz.13c" in part

    def test_a_conflict_told_in_a_row_is_not_told_again_below(self, client: Client) -> None:
        page = text_of(client, "/compare")
        assert '<tbody id="C7">' not in page
        assert '<tbody id="C8">' in page

    def test_two_cities_can_be_picked(self, client: Client) -> None:
        page = text_of(client, "/compare?packs=taizhou,wenzhou")
        assert not re.search(r'<th scope="col"><a [^>]*>浙江省</a>', page)
        assert 'value="wenzhou,taizhou" selected' in page

    @pytest.mark.parametrize(
        ("query", "there", "gone"),
        [
            ("only=comparable", "local-retention", "public-funds-ratio"),
            ("only=conflicts", "public-funds-ratio", "experience-centres"),
            ("text=拨款", "college-appropriation", "local-retention"),
            ("text=c7", "public-funds-ratio", "local-retention"),
        ],
    )
    def test_rows_can_be_narrowed(self, client: Client, query: str, there: str, gone: str) -> None:
        page = text_of(client, f"/compare?{query}")
        assert f'<tbody id="{there}">' in page
        assert f'<tbody id="{gone}">' not in page

    def test_nothing_found_says_what_to_do(self, client: Client) -> None:
        assert "没有符合条件的行" in text_of(client, "/compare?text=没有这样的词")

    def test_another_day_gives_another_verdict(self, client: Client) -> None:
        assert "未到期" in row(text_of(client, "/compare?on=2021-06-01"), "local-retention")

    def test_the_permalink_names_the_version_of_every_city_and_opens_the_same_page(
        self, client: Client
    ) -> None:
        page = text_of(client, "/compare?on=2023-12-31")
        link = re.search(r'href="([^"]+)" data-permalink', page)
        assert link
        for pack in PACKS:
            assert f"{pack}%3A" in link[1]
        again = text_of(client, link[1].replace("&amp;", "&"))
        assert row(again, "local-retention").count("达到") == row(page, "local-retention").count("达到")

    def test_a_version_that_does_not_exist_is_refused_with_its_name(self, client: Client) -> None:
        assert "没有以 ffffffff 开头的版本" in text_of(client, "/compare?at=taizhou:ffffffff", 404)


@pytest.mark.usefixtures("shipped_packs")
def test_a_fourth_city_becomes_a_column_by_its_pack_alone(client: Client, tmp_path: Path) -> None:
    write_minimal(tmp_path / "fourth")
    for name, old, new in (
        ("pack.yaml", "level: city", "level: city\nextends: zhejiang"),
        ("indicators.yaml", "  unit: '%'\n", "  unit: '%'\n  concept: dual-qualified-share\n"),
    ):
        path = tmp_path / "fourth" / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    outcome = install_pack(
        shelf=library([tmp_path]), pack="fourth", by="test", at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert outcome.refused is None, str(outcome.refused)
    part = row(text_of(client, "/compare"), "dual-qualified-share")
    assert 'data-label="示例"' in part
    assert set(bars(part)) == {"浙江", "温州", "示例"}


@pytest.mark.django_db
def test_without_any_pack_the_page_still_opens(client: Client) -> None:
    assert "没有符合条件的行" in text_of(client, "/compare")


@pytest.mark.browser
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("query", ["", "?packs=taizhou,wenzhou&only=comparable", "?text=没有这样的词"])
def test_anybody_can_use_the_comparison(
    site: str, open_page: OpenPage, size: tuple[int, int], query: str
) -> None:
    page = open_page(f"{site}/compare{query}", size=size)
    assert overflow(page) == 0
    assert violations(page) == []


@pytest.mark.browser
def test_on_a_phone_each_concept_is_a_card_as_wide_as_the_screen(site: str, open_page: OpenPage) -> None:
    page = open_page(f"{site}/compare", size=SIZES["phone"])
    card = page.locator("#public-funds-ratio")
    cells = card.locator("tr.values > td").all()
    lefts = {round(cell.bounding_box()["x"]) for cell in cells}  # type: ignore[index]
    assert len(cells) == 3
    assert len(lefts) == 1


@pytest.mark.browser
def test_a_filter_answers_at_once_and_stands_in_the_address(site: str, open_page: OpenPage) -> None:
    page = open_page(f"{site}/compare")
    page.get_by_label("只看").select_option("comparable")
    page.locator("#public-funds-ratio").wait_for(state="detached")
    page.wait_for_url("**only=comparable**")
    expect(page.locator("#local-retention")).to_be_visible()
