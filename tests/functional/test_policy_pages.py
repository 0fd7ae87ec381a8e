"""What somebody does with the documents: read them clause by clause, see what became of each, and what is left open."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from playwright.sync_api import expect

from tests.support.browser import DESK, PHONE, SIZES, OpenPage, overflow, violations
from zhijiao.policy import queries
from zhijiao.policy.models import Installation

PACKS = ("zhejiang", "taizhou", "wenzhou")
LISTS = (
    "policy",
    "coverage",
    "conflicts",
    "versions",
    "programmes",
    "rules",
    "standards",
    "systems",
    "systems?view=mechanisms",
    "obligations",
    "procedures",
    "reported",
    "industries",
    "places",
    "part/management",
    "part/enterprise",
    "part/resources",
)
DETAILS = (
    "policy/tzw?kind=rule",  # axe looks at the whole document for ten seconds; this part has every kind of cell
    "clauses/tzw.main.8b",
    "programmes/tzw.prog.five-batches",
    "rules/tzw.rule.pay-uplift",
    "rules/tzw.rule.running-aid",
    "standards/tzw.std.per-student",
    "systems/tzw.sys.digital-brain",
    "mechanisms/tzw.mech.basis-and-draft",
    "obligations/tz.owes.teachers.county",
    "procedures/tz.procedure.notice",
    "procedures/zj.procedure.supervision",
    "reported/tzn.do.1d",
    "units/tz.unit.education",
    "divisions/331000-TZW",
)
UNKNOWN = (
    "policy",
    "clauses",
    "programmes",
    "rules",
    "standards",
    "systems",
    "mechanisms",
    "obligations",
    "procedures",
    "reported",
    "units",
    "divisions",
    "part",
)


def text_of(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def article(page: str, clause: str) -> str:
    """The part of a reader page that shows one clause."""
    found = re.search(rf'<article class="clause" id="{re.escape(clause)}".*?</article>', page, re.S)
    assert found, f"no clause {clause}"
    return found[0]


@pytest.mark.usefixtures("shipped_packs")
class TestReading:
    @pytest.mark.parametrize("pack", PACKS)
    def test_every_page_of_every_pack_answers(self, client: Client, pack: str) -> None:
        for name in LISTS:
            text_of(client, f"/c/{pack}/{name}")

    def test_every_object_of_every_pack_has_a_page(self, client: Client) -> None:
        rooms = (
            "programmes",
            "rules",
            "standards",
            "systems",
            "mechanisms",
            "obligations",
            "procedures",
            "reported",
        )
        for index in queries.indexes():
            things = [(room, thing.id) for room in rooms for thing in getattr(index.pack, room)]
            things += [("clauses", clause.id) for clause in index.pack.clauses[::7]]
            things += [("policy", document.id) for document in index.pack.manifest.documents]
            things += [("units", u.id) for u in (*index.pack.places.units, *index.pack.places.institutions)]
            things += [("divisions", d.code) for d in index.pack.places.divisions]
            for room, name in things:
                text_of(client, f"/c/{index.id}/{room}/{name}")

    def test_a_document_is_read_whole_and_in_its_order(self, client: Client) -> None:
        page = text_of(client, "/c/taizhou/policy/tzw")
        index = queries.index("taizhou")
        assert index is not None
        shown = re.findall(r'<article class="clause" id="([^"]+)"', page)
        assert sorted(shown) == sorted(clause.id for clause in index.clauses_of("tzw"))
        assert len(shown) == len(set(shown)) == 213

    def test_beside_a_clause_stand_the_objects_it_became(self, client: Client) -> None:
        beside = article(text_of(client, "/c/taizhou/policy/tzw"), "tzw.ind.5")
        assert 'href="/c/taizhou/indicators/tzw.ind.5"' in beside
        assert "已承接" in beside
        assert "≥10个" in beside

    def test_a_clause_says_what_its_objects_say_now(self, client: Client) -> None:
        page = text_of(client, "/c/taizhou/clauses/tzw.ind.6?on=2023-12-31")
        assert "只有合计" in page
        assert "248个是五类项目的合计" in page

    def test_a_conflict_leads_to_the_clause_of_the_other_city(self, client: Client) -> None:
        page = text_of(client, "/c/taizhou/clauses/tzw.main.8b")
        assert 'href="/c/wenzhou/clauses/wz.13c"' in page
        assert "两市的比例不互换" in page

    def test_a_clause_of_the_province_is_read_in_the_provinces_pack(self, client: Client) -> None:
        response = client.get("/c/taizhou/clauses/zj.2.1f")
        assert response.status_code == 302
        assert response.headers["Location"] == "/c/zhejiang/clauses/zj.2.1f"

    def test_the_reader_narrows_by_kind_state_unit_and_words(self, client: Client) -> None:
        index = queries.index("taizhou")
        assert index is not None
        for query, keep in (
            ("kind=target", lambda c: c.kind == "target"),
            ("state=planned", lambda c: index.served(c) == "planned"),
            ("unit=市财政局", lambda c: "市财政局" in [index.canonical(u) for u in c.units]),
        ):
            page = text_of(client, f"/c/taizhou/policy/tzw?{query}")
            shown = re.findall(r'<article class="clause" id="([^"]+)"', page)
            assert set(shown) == {c.id for c in index.clauses_of("tzw") if keep(c)}, query

    def test_who_reports_a_figure_is_told_beside_the_figure_and_by_unit(self, client: Client) -> None:
        beside = text_of(client, "/c/taizhou/indicators/tzw.main.3a")
        assert 'href="/c/taizhou/obligations/tz.owes.standards.county"' in beside
        duty = text_of(client, "/c/taizhou/obligations/tz.owes.standards.county")
        assert "市教育局审定" in duty
        assert 'href="/c/taizhou/indicators/tzw.main.3a"' in duty
        unit = text_of(client, "/c/taizhou/units/tz.unit.counties")
        assert "tz.owes.standards.county" in unit

    def test_the_list_of_duties_narrows_and_so_does_its_file(self, client: Client) -> None:
        page = text_of(client, "/c/taizhou/obligations?who=各县（市、区）")
        shown = set(re.findall(r'href="/c/taizhou/obligations/([^"?]+)"', page))
        index = queries.index("taizhou")
        assert index is not None
        assert shown == {o.id for o in index.pack.obligations if "各县（市、区）" in o.reporters}

    def test_an_inherited_procedure_is_read_where_it_is_followed(self, client: Client) -> None:
        page = text_of(client, "/c/wenzhou/procedures/zj.procedure.supervision")
        assert "沿用浙江省的程序" in page
        assert "教育督导机构、督导小组、被督导单位、上一级教育督导机构" in page
        assert "zj.procedure.supervision" in text_of(client, "/c/wenzhou/procedures")

    def test_the_coverage_page_counts_as_the_command_line_does(self, client: Client) -> None:
        from zhijiao.policy.packs.coverage import coverage

        for index in queries.indexes():
            counted = coverage(index)
            page = re.sub(r"\s+|<[^>]+>", "", text_of(client, f"/c/{index.id}/coverage"))
            assert (
                f"已承接{len(counted.served)}规划中{len(counted.planned)}未承接{len(counted.unserved)}"
                in page
            )

    def test_a_rule_without_a_parameter_refuses_and_names_it(self, client: Client) -> None:
        page = text_of(client, "/c/taizhou/rules/tzw.rule.running-aid")
        assert "缺参数，拒绝计算" in page
        assert "企业举办职业院校的补助标准" in page

    def test_a_rule_shows_its_values_with_unit_and_source_and_its_cases(self, client: Client) -> None:
        page = text_of(client, "/c/taizhou/rules/tzw.rule.pay-uplift")
        assert "50%" in page
        assert 'href="/c/taizhou/clauses/tzw.main.5e"' in page
        assert "15,000,000.01" in page
        assert "拒绝计算" not in page

    def test_a_unit_is_one_under_all_its_spellings(self, client: Client) -> None:
        page = text_of(client, "/c/taizhou/units/tz.unit.human-resources")
        assert "市人力社保局、市人社局" in page
        assert "牵头的任务" in page
        assert "配合的任务" in page

    def test_a_zone_says_what_it_was_carved_from(self, client: Client) -> None:
        page = text_of(client, "/c/taizhou/divisions/331000-TZW")
        assert "本地代码" in page
        for code in ("331002", "331004"):
            assert f'href="/c/taizhou/divisions/{code}"' in page.split("从哪里划出")[1].split("</dd>")[0]

    def test_the_first_version_says_that_there_is_nothing_to_compare(self, client: Client) -> None:
        assert "这是第一个版本" in text_of(client, "/c/taizhou/versions")

    def test_two_versions_are_compared_room_by_room(self, client: Client) -> None:
        # The province's version stands in for a second one of the city's: any stored version can be compared.
        other = queries.index("zhejiang")
        city = queries.index("taizhou")
        assert other is not None
        assert city is not None
        Installation.objects.create(
            pack="taizhou",
            version_id=city.version,
            installed_at=datetime(2026, 1, 2, tzinfo=UTC),
            installed_by="tests",
        )
        page = text_of(client, f"/c/taizhou/versions?old={city.version[:12]}&new={city.version[:12]}")
        assert "两边是同一个版本" in page
        text_of(client, f"/c/taizhou/versions?old={other.version[:12]}&new={city.version[:12]}", status=404)

    def test_a_part_is_honest_about_what_is_built(self, client: Client) -> None:
        page = text_of(client, "/c/taizhou/part/management")
        assert "还没有建成" in page
        assert "学籍管理" in page
        assert client.get("/c/taizhou/part/cockpit").headers["Location"] == "/c/taizhou/"
        assert client.get("/c/taizhou/part/policy").headers["Location"] == "/c/taizhou/policy"

    def test_the_products_own_list_names_each_capability(self, client: Client) -> None:
        page = text_of(client, "/capabilities")
        for capability in queries.capabilities():
            assert f'id="{capability}"' in page

    @pytest.mark.parametrize("room", UNKNOWN)
    def test_an_unknown_id_is_told_in_chinese(self, client: Client, room: str) -> None:
        page = text_of(client, f"/c/taizhou/{room}/no-such-thing", status=404)
        assert re.search("[\u4e00-\u9fff]", page)

    def test_a_permalink_keeps_its_version_from_page_to_page(self, client: Client) -> None:
        index = queries.index("taizhou")
        assert index is not None
        version = index.version[:12]
        page = text_of(client, f"/c/taizhou/clauses/tzw.main.8b?v={version}")
        assert f'href="/c/taizhou/policy/tzw?v={version}#tzw.main.8b"' in page
        assert 'href="/c/wenzhou/clauses/wz.13c"' in page, "a version is one pack's"


@pytest.mark.usefixtures("shipped_packs")
class TestFinding:
    def test_up_everything_that_names_a_county_and_takes_it_away(self, client: Client) -> None:
        page = text_of(client, "/c/taizhou/divisions/331081")
        government = re.search(r"温岭市政府</a>：牵头0项、配合5项任务，2条条款.*?</li>", page, re.S)
        assert government
        for address in re.findall(r'href="([^"]+)"', government[0]):
            assert client.get(address.replace("&amp;", "&")).status_code == 200
        assert re.search(r"各县（市、区）</a>（温岭市在其中）：牵头7项", page)
        assert "检索“温岭”" in page

    def test_at_an_older_day_and_is_told_so(self, client: Client) -> None:
        page = text_of(client, "/c/taizhou/indicators?goal=tzw.goal.indicators&on=2023-12-31")
        assert "按2023年12月31日那天的情况显示" in page
        assert 'href="/c/taizhou/indicators?goal=tzw.goal.indicators">看今天的' in page
        assert "那天的情况" not in text_of(client, "/c/taizhou/indicators")

    def test_at_an_address_with_a_stroke_too_many_and_arrives(self, client: Client) -> None:
        for address in ("/developers/", "/compare/", "/c/taizhou/indicators/?on=2023-12-31"):
            answer = client.get(address)
            assert answer.status_code == 301
            assert answer["Location"] == address.replace("/?", "?").rstrip("/")
        assert client.get("/no/such/page/").status_code == 404


@pytest.mark.browser
class TestLooking:
    @pytest.mark.parametrize("size", SIZES)
    @pytest.mark.parametrize("name", [*LISTS, *DETAILS])
    def test_everybody_can_use_the_page(self, site: str, open_page: OpenPage, name: str, size: str) -> None:
        page = open_page(f"{site}/c/taizhou/{name}", size=SIZES[size])
        assert violations(page) == []
        assert overflow(page) <= 0

    @pytest.mark.parametrize("size", SIZES)
    def test_everybody_can_use_the_list_of_capabilities(
        self, site: str, open_page: OpenPage, size: str
    ) -> None:
        page = open_page(f"{site}/capabilities", size=SIZES[size])
        assert violations(page) == []
        assert overflow(page) <= 0

    def test_go_from_a_heading_to_its_clauses_by_keyboard(self, site: str, open_page: OpenPage) -> None:
        page = open_page(f"{site}/c/taizhou/policy/tzw", size=DESK)
        link = page.locator("#toc a", has_text="十、").first
        link.focus()
        page.keyboard.press("Enter")
        target = link.get_attribute("href") or ""
        expect(page.locator(f'[id="{target[1:]}"]')).to_be_in_viewport()
        assert page.locator("#toc").bounding_box()["y"] >= 0, "the structure stays in sight"  # type: ignore[index]

    def test_narrow_the_clauses_and_pass_the_address_on(self, site: str, open_page: OpenPage) -> None:
        page = open_page(f"{site}/c/taizhou/policy/tzw", size=DESK)
        page.get_by_label("类别", exact=True).select_option("rule")
        expect(page.locator("#found")).to_contain_text("213项中的19项")
        expect(page.locator("article.clause")).to_have_count(19)
        page.wait_for_url("**kind=rule**")
        same = open_page(page.url, size=DESK)
        expect(same.locator("article.clause")).to_have_count(19)

    def test_read_on_the_phone_with_the_structure_folded(self, site: str, open_page: OpenPage) -> None:
        page = open_page(f"{site}/c/taizhou/policy/tzw", size=PHONE)
        assert overflow(page) <= 0
        expect(page.locator("#toc")).to_be_hidden()
        page.get_by_role("button", name="文件结构").click()
        expect(page.locator("#toc")).to_be_visible()
        page.locator("#toc a", has_text="附表1").first.click()
        expect(page.get_by_role("heading", name="附表1").first).to_be_in_viewport()

    def test_go_from_the_map_to_a_county(self, site: str, open_page: OpenPage) -> None:
        page = open_page(f"{site}/c/taizhou/places", size=DESK)
        page.locator("svg.tiles a", has_text="温岭").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("温岭市")
