"""Organisations on the screen: who stands under whom, whom to call, and changes that are looked at before they are made."""

from __future__ import annotations

import io
import json

import pytest
from django.test import Client
from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.support.browser import DESK, PHONE, OpenPage, follow, overflow, violations
from tests.support.people import hire, plant
from tests.support.town import Town
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Role
from zhijiao.core.access.scope import bulk
from zhijiao.core.demo import PASSWORD
from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.core.models import Organisation, User
from zhijiao.registry.models import Succession

LIST = "/desk/organisations"


@pytest.fixture
def city(db: None) -> dict[str, int]:
    with bulk():
        top = plant("city", OrganisationKind.GOVERNMENT, name="示例市")
        one = plant("one", OrganisationKind.COUNTY, top, name="示例一县")
        two = plant("two", OrganisationKind.COUNTY, top, name="示例二县")
        a = plant("a", OrganisationKind.SECONDARY_VOCATIONAL, one, name="示例甲校")
        b = plant("b", OrganisationKind.SECONDARY_VOCATIONAL, one, name="示例乙校")
        other = plant("other", OrganisationKind.COUNTY, name="别处的县", tenant=Tenant.DEMO)
    return {"city": top.id, "one": one.id, "two": two.id, "a": a.id, "b": b.id, "other": other.id}


def signed_in(client: Client, name: str, role: Role, at: int) -> Actor:
    """Sign a new account in that holds a role."""
    with bulk():
        actor = hire(name, role, Organisation.objects.get(pk=at))
        user = User.objects.get(pk=actor.user)
        client.force_login(user, backend="zhijiao")
    return actor


def test_a_stranger_is_asked_to_sign_in(client: Client, city: dict[str, int]) -> None:
    for address in (
        LIST,
        f"{LIST}.xlsx",
        f"{LIST}/{city['a']}",
        f"{LIST}/{city['a']}/close",
        f"{LIST}/import",
    ):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/login?next=")


def test_everybody_signed_in_reads_the_tree_of_a_day(client: Client, city: dict[str, int]) -> None:
    signed_in(client, "school", Role.SCHOOL, city["a"])
    page = client.get(LIST).content.decode()
    assert "示例二县" in page
    assert "别处的县" not in page
    assert "导入工作簿" not in page
    assert "示例乙校" not in client.get(LIST, {"kind": "county"}).content.decode().split("<tbody>")[1]
    assert "这一天还没有登记单位" in client.get(LIST, {"on": "2019-12-31"}).content.decode()
    book = load_workbook(io.BytesIO(client.get(f"{LIST}.xlsx", {"kind": "county"}).content))
    assert [row[0].value for row in book.worksheets[0].iter_rows(min_row=4)] == ["示例一县", "示例二县"]


def test_what_is_not_theirs_is_not_found_or_refused(client: Client, city: dict[str, int]) -> None:
    signed_in(client, "keeper", Role.SYSTEM_ADMINISTRATOR, city["one"])
    assert client.get(f"{LIST}/{city['other']}").status_code == 404
    assert client.get(f"{LIST}/{city['a']}/nothing").status_code == 404
    assert client.get(f"{LIST}/{city['two']}/close").status_code == 403
    assert client.post(f"{LIST}/{city['two']}/close", {"confirmed": "1"}).status_code == 403
    assert client.get(f"{LIST}/{city['a']}/close").status_code == 200


def test_a_merger_is_shown_before_it_is_made(client: Client, city: dict[str, int]) -> None:
    signed_in(client, "keeper", Role.SYSTEM_ADMINISTRATOR, city["city"])
    address = f"{LIST}/{city['b']}/merge"
    wrong = client.post(address, {"on": "someday", "basis": "", "into": ""})
    assert wrong.status_code == 422
    assert 'id="on-fault"' in wrong.content.decode()
    form = {"on": "2026-09-01", "basis": "批文", "into": str(city["a"])}
    shown = client.post(address, form)
    assert "不再存在" in shown.content.decode()
    assert not Succession.objects.exists()
    done = client.post(address, {**form, "confirmed": "1"})
    assert done.status_code == 302
    with bulk():
        assert Succession.objects.get().target_id == city["a"]
    page = client.get(f"{LIST}/{city['b']}").content.decode()
    assert "并入" in page
    assert "恢复" in page
    assert client.get(f"{LIST}/{city['b']}", {"on": "2026-08-31"}).status_code == 200


def test_a_workbook_is_checked_marked_planned_and_taken(client: Client, city: dict[str, int]) -> None:
    signed_in(client, "keeper", Role.SYSTEM_ADMINISTRATOR, city["city"])
    book = load_workbook(io.BytesIO(client.get(f"{LIST}/template.xlsx").content))
    sheet = book["单位"]
    row = next(r for r in range(4, sheet.max_row) if sheet.cell(r, 1).value == "a")
    sheet.cell(row, 2, "示例甲职校")
    faulty = client.post(f"{LIST}/import", {"file": as_upload(book)})
    assert faulty.status_code == 422
    assert "自何日起" in faulty.content.decode()
    carried = value_of(faulty.content.decode(), "carried")
    marked = client.post(f"{LIST}/import/marked", {"carried": carried})
    assert load_workbook(io.BytesIO(marked.content))["单位"].cell(row, 6).comment is not None
    sheet.cell(row, 6, "2026-09-01")
    sheet.cell(row, 9, "批文")
    planned = client.post(f"{LIST}/import", {"file": as_upload(book)})
    assert planned.status_code == 200
    text = planned.content.decode()
    program = client.post(f"{LIST}/import", {"file": as_upload(book)}, headers={"accept": "application/json"})
    assert json.loads(program.content)["hash"] == value_of(text, "expect")
    stale = client.post(f"{LIST}/import/apply", {"carried": value_of(text, "carried"), "expect": "0"})
    assert stale.status_code == 409
    form = {"carried": value_of(text, "carried"), "expect": value_of(text, "expect")}
    assert client.post(f"{LIST}/import/apply", form).status_code == 302
    assert "示例甲职校" in client.get(LIST).content.decode()
    signed_in(client, "second", Role.SYSTEM_ADMINISTRATOR, city["city"])
    assert client.post(f"{LIST}/import/apply", form).status_code == 422


@pytest.mark.parametrize("content", [b"", b"PK", b"no workbook"])
def test_what_is_no_workbook_is_said_beside_the_field(
    client: Client, city: dict[str, int], content: bytes
) -> None:
    signed_in(client, "keeper", Role.SYSTEM_ADMINISTRATOR, city["city"])
    upload = io.BytesIO(content)
    upload.name = "x.xlsx"
    answer = client.post(f"{LIST}/import", {"file": upload})
    assert answer.status_code == 422
    assert "什么都没有改动" in answer.content.decode()


@pytest.mark.browser
def test_the_administrator_of_examples_names_somebody_to_call(town: Town, open_page: OpenPage) -> None:
    page = open_page(f"{town.address}/login?next={LIST}")
    page.fill("input[name=username]", "demo-taizhou-system")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"**{LIST}")
    assert violations(page) == []
    page.goto(f"{town.address}{LIST}?place=331002&kind=secondary_vocational")
    follow(page.locator("tbody th a").first)
    follow(page.get_by_role("link", name="登记任职").first)
    page.fill("#post", "校长")
    page.fill("#name", "示例张三")
    page.fill("#phone", "0576-88000001")
    follow(page.locator("button.main"))
    expect(page.locator("#effect + ul")).to_contain_text("示例张三")
    assert violations(page) == []
    follow(page.locator("button.main"))
    expect(page.locator("a[href^='tel:']", has_text="0576-88000001")).to_be_visible()
    for size in (DESK, PHONE):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        assert overflow(page) == 0
        assert violations(page) == []


def as_upload(book: object) -> io.BytesIO:
    """A workbook as a form sends it."""
    out = io.BytesIO()
    book.save(out)  # type: ignore[attr-defined]
    out.seek(0)
    out.name = "组织.xlsx"
    return out


def value_of(page: str, name: str) -> str:
    """What a hidden field carries."""
    return page.split(f'name="{name}" value="')[1].split('"')[0]
