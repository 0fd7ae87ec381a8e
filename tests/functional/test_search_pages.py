"""What somebody does who looks for something: type a word, narrow down, and never be led astray."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect

from tests.support.browser import SIZES, OpenPage, overflow, violations, wait_until
from tests.support.packs import shipped
from zhijiao.lib.folding import fold, words_of
from zhijiao.policy import queries
from zhijiao.portal.searching.marking import pieces
from zhijiao.portal.searching.relaxing import suggestions

ROOMS = (
    "goals",
    "indicators",
    "standards",
    "tasks",
    "programmes",
    "rules",
    "parameters",
    "reported",
    "systems",
    "mechanisms",
    "industries",
)


def page_of(client: Client, **query: str | int) -> str:
    response = client.get("/search", query)
    assert response.status_code == 200
    return response.content.decode()


def names(page: str) -> list[str]:
    found = re.findall(r'<li class="hit"><h3>(.*?)</h3>', page, re.S)
    return [unescape(re.sub(r"<[^>]+>", "", name)) for name in found]


@pytest.mark.usefixtures("shipped_packs")
class TestFinding:
    @pytest.mark.parametrize(
        "query", ["职", "教师", "匠才荟", "产教融合 企业", "ｔｚｗ．ｉｎｄ．５", "TZW.IND.5"]
    )
    def test_one_character_two_characters_several_words_and_ids_are_found(
        self, client: Client, query: str
    ) -> None:
        assert names(page_of(client, q=query))

    def test_hits_stand_by_kind_with_counts_and_the_city_named(self, client: Client) -> None:
        page = page_of(client, q="教师")
        assert re.search(r'<h2 id="k-indicators">指标</h2><span class="small quiet">\d+条', page)
        assert '<span class="place">温州市</span>' in page
        assert "<mark>教师</mark>" in page

    def test_kind_and_city_narrow_the_list_and_stand_in_the_address(self, client: Client) -> None:
        page = page_of(client, q="教师", kind="rules", pack="wenzhou")
        assert "k-rules" in page
        assert "k-clauses" not in page
        assert set(re.findall(r'<span class="place">(.*?)</span>', page)) == {"温州市"}

    def test_the_count_of_a_facet_is_what_it_shows(self, client: Client) -> None:
        page = page_of(client, q="教师")
        for kind, count in re.findall(r'kind=(\w+)[^"]*">[^<]+<span class="n">(\d+)</span>', page):
            assert f"找到{count}条" in page_of(client, q="教师", kind=kind)

    def test_more_shows_every_hit_once(self, client: Client) -> None:
        seen: list[str] = []
        offset = 0
        total = int(re.findall(r"找到(\d+)条", page_of(client, q="教师", kind="clauses"))[0])
        while offset < total:
            page = page_of(client, q="教师", kind="clauses", offset=offset)
            seen += re.findall(r'<h3><a href="([^"]+)"', page)
            offset += 20
        assert len(seen) == len(set(seen)) == total

    def test_an_exact_name_comes_first(self, client: Client) -> None:
        assert names(page_of(client, q="产教融合联盟"))[0] == "产教融合联盟"

    def test_nothing_found_says_what_can_be_done(self, client: Client) -> None:
        page = page_of(client, q="教师工资总量", pack="taizhou")
        assert "没有找到" in page
        assert "在全部地区查" in page
        assert "改查" in page

    def test_every_suggested_word_finds_something(self, client: Client) -> None:
        for hint in re.findall(r"改查“(.*?)”", page_of(client, q="教师工资总量")):
            assert names(page_of(client, q=hint))

    def test_an_empty_box_explains_what_can_be_searched(self, client: Client) -> None:
        assert "能检索什么" in page_of(client, q=" ")

    def test_the_words_to_try_find_something(self, client: Client) -> None:
        tried = re.findall(r'href="(/search\?q=[^"]+)"', page_of(client))
        assert tried
        for address in tried:
            assert names(client.get(address).content.decode())

    def test_too_long_a_query_is_refused_with_a_sentence(self, client: Client) -> None:
        page = page_of(client, q="长" * 61)
        assert "最多60个字" in page
        assert not names(page)

    @pytest.mark.parametrize("offset", ["-1", "x", "９９", "99999999999999999999", "100000"])
    def test_a_mistyped_offset_breaks_nothing(self, client: Client, offset: str) -> None:
        assert client.get("/search", {"q": "教师", "kind": "rules", "offset": offset}).status_code == 200

    @pytest.mark.parametrize(
        "query",
        [
            "<script>alert(1)</script>",
            '"><img src=x onerror=alert(1)>',
            "{{ 7*7 }}",
            "教师<b>",
            "' OR 1=1 --",
        ],
    )
    def test_markup_in_the_query_is_shown_as_text(self, client: Client, query: str) -> None:
        page = page_of(client, q=query)
        for markup in ("<script>alert", "<img src=x", "教师<b>", "没有找到“49”"):
            assert markup not in page
        assert client.get("/search", {"q": query}).headers["Content-Security-Policy"]


def _objects() -> list[tuple[str, str, str, str]]:
    """Every named object of the shipped packs: pack, room, id, name."""
    shelf = shipped()
    found: list[tuple[str, str, str, str]] = []
    for pack in map(shelf.load, shelf.ids()):
        found += [(pack.id, room, thing.id, thing.name) for room in ROOMS for thing in getattr(pack, room)]
        found += [(pack.id, "clauses", clause.id, clause.title) for clause in pack.clauses]
        found += [(pack.id, "documents", document.id, document.title) for document in pack.manifest.documents]
        found += [(pack.id, "units", unit.id, unit.name) for unit in pack.places.units]
        found += [(pack.id, "units", school.id, school.name) for school in pack.places.institutions]
        found += [
            (pack.id, "conflicts", conflict.id, conflict.topic) for conflict in pack.decisions.conflicts
        ]
    return found


@pytest.mark.usefixtures("shipped_packs")
def test_every_object_of_a_pack_is_found_by_its_own_name() -> None:
    missing = []
    for pack, room, object_id, name in _objects():
        if (pack, room, object_id) not in {(h.pack, h.room, h.id) for h in queries.search(name, pack)}:
            missing.append((pack, room, object_id, name))
    assert missing == []


@pytest.mark.usefixtures("shipped_packs")
def test_every_kind_of_hit_leads_to_a_page(client: Client) -> None:
    page = client.get("/search", {"q": "教"}).content.decode()
    linked = {}
    for group in re.findall(r'<section class="section hits".*?</section>', page, re.S):
        kind = re.findall(r'id="k-(\w+)"', group)[0]
        linked[kind] = re.findall(r'<h3><a href="([^"]+)"', group)[:1]
    assert len(linked) > 8
    for kind, hrefs in linked.items():
        assert hrefs, f"hits of {kind} have no page"
        assert client.get(hrefs[0].split("#")[0].replace("&amp;", "&")).status_code == 200, hrefs[0]


@given(text=st.text(max_size=60), query=st.text(max_size=12))
def test_marking_loses_no_character_and_marks_only_what_was_asked(text: str, query: str) -> None:
    made = pieces(text, words_of(query))
    assert "".join(piece.text for piece in made) == text
    if not any(word in fold(text) for word in words_of(query)):
        assert not any(
            piece.marked and fold(piece.text) == fold(query) for piece in made if len(words_of(query)) == 1
        )


@given(
    st.text(alphabet="甲乙丙", min_size=1, max_size=12), st.text(alphabet="甲乙丙", min_size=1, max_size=30)
)
def test_a_suggestion_always_finds_something(query: str, text: str) -> None:
    assert all(part in text for part in suggestions(query, lambda part: part in text))


def test_full_width_and_upper_case_are_marked_as_typed() -> None:
    assert [p.text for p in pieces("用ＡＢ级 ab 证书", ["ab"]) if p.marked] == ["ＡＢ", "ab"]


ADDRESSES = [
    "/search",
    f"/search?q={quote('教师')}",
    f"/search?q={quote('教师')}&kind=clauses",
    f"/search?q={quote('没有的词')}",
]


@pytest.mark.browser
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("address", ADDRESSES)
def test_anybody_can_use_the_search(
    site: str, open_page: OpenPage, size: tuple[int, int], address: str
) -> None:
    page = open_page(site + address, size=size)
    assert overflow(page) == 0
    assert violations(page) == []


@pytest.mark.browser
def test_somebody_without_a_mouse_searches_and_opens_the_first_hit(site: str, open_page: OpenPage) -> None:
    page = open_page(f"{site}/search")
    page.get_by_label("检索词").focus()
    page.keyboard.type("产教融合联盟")
    page.keyboard.press("Enter")
    page.locator(".hit a").first.wait_for()
    page.locator(".hit a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/c/**")
    expect(page.locator("main")).to_contain_text("产教融合联盟")


@pytest.mark.browser
def test_more_hits_join_the_list_in_place(site: str, open_page: OpenPage) -> None:
    page = open_page(f"{site}/search?q={quote('教师')}&kind=clauses")
    expect(page.locator(".hit")).to_have_count(20)
    page.get_by_role("link", name=re.compile("显示更多")).click()
    wait_until(page, "document.querySelectorAll('.hit').length === 40")
    wait_until(page, "document.activeElement === document.querySelectorAll('.hit a')[20]")
    assert page.locator(".hit a").evaluate_all("links => new Set(links.map(a => a.href)).size") == 40
