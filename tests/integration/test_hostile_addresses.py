"""An address may hold anything. It is answered with a page or with 404, never with an error of ours."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client

from zhijiao.policy.actions import install_pack
from zhijiao.policy.packs.loading import Library
from zhijiao.policy.packs.starting import write_minimal

pytestmark = pytest.mark.django_db

NUL, LONE_SURROGATE, LINE_BREAK = "%00", "%ed%a0%80", "%0d%0aSet-Cookie:a=b"
SIGNS = (NUL, LONE_SURROGATE, LINE_BREAK)


@pytest.fixture(autouse=True)
def city(tmp_path: Path) -> None:
    write_minimal(tmp_path / "city")
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert install_pack(shelf=Library([tmp_path]), pack="city", by="test", at=at).changed


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize(
    "address",
    [
        "/c/{}/",
        "/c/city{}/",
        "/c/{}.xlsx",
        "/c/city/indicators/{}",
        "/c/city/policy/{}.xlsx",
        "/c/city/part/{}",
        "/c/city/?v=123456{}",
        "/c/city/?on={}",
        "/c/city/versions?old={}",
        "/compare?at=city:{}",
        "/public/{}/",
        "/public/city/{}",
        "/api/v1/packs/{}/versions",
        "/api/v1/packs/{}/indicators",
        "/api/v1/packs/city/indicators?v={}",
    ],
)
def test_what_names_nothing_is_not_found(client: Client, address: str, sign: str) -> None:
    assert client.get(address.format(sign)).status_code == 404


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize(
    "address",
    [
        "/search?q={}",
        "/c/city/indicators?q={}&sort={}&verdict={}",
        "/c/city/indicators.xlsx?q={}",
        "/c/city/tasks?unit={}&by={}",
        "/compare?packs={}&text={}&only={}",
        "/api/v1/search?q={}",
    ],
)
def test_what_is_asked_in_strange_signs_is_answered(client: Client, address: str, sign: str) -> None:
    answer = client.get(address.replace("{}", sign))
    assert answer.status_code == 200
    assert not answer.cookies


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "9999-12-31"])
@pytest.mark.parametrize("page", ["", "indicators", "tasks", "indicators.xlsx", "board.xlsx", "brief.docx"])
def test_the_first_and_the_last_day_can_be_looked_from(client: Client, page: str, day: str) -> None:
    assert client.get(f"/c/city/{page}?on={day}").status_code == 200


@pytest.mark.parametrize(
    "address", ["//evil.example/c/city/part/cockpit", "/c/city/part/cockpit?next=//evil.example"]
)
def test_nobody_is_led_away(client: Client, address: str) -> None:
    answer = client.get("/", PATH_INFO=address) if address.startswith("//") else client.get(address)
    assert answer.headers.get("Location", "/c/city/").startswith("/c/city/")
