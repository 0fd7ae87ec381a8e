"""A filter sends back what was read: a name is set as Chinese for the eye, never in the value of a choice."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from django.test import Client

from zhijiao.policy.actions import install_pack
from zhijiao.policy.packs.loading import Library
from zhijiao.policy.packs.starting import write_minimal

UNIT = "示例局(市、区), 一处 2"


@pytest.mark.django_db
def test_a_unit_typed_on_a_half_width_keyboard_can_be_chosen(client: Client, tmp_path: Path) -> None:
    write_minimal(tmp_path / "city")
    for path in (tmp_path / "city").glob("*.yaml"):
        text = path.read_text(encoding="utf-8").replace("aliases: [示例市示例局], ", "")
        path.write_text(re.sub(r"示例局", f'"{UNIT}"', text), encoding="utf-8")
    at = datetime(2026, 1, 1, tzinfo=UTC)
    installed = install_pack(shelf=Library([tmp_path]), pack="city", by="test", at=at)
    assert installed.refused is None, installed.refused
    page = client.get("/c/city/tasks").content.decode()
    offered = [unescape(value) for value in re.findall(r'<option value="([^"]*)"', page)]
    assert UNIT in offered
    narrowed = client.get("/c/city/tasks", {"unit": UNIT}).content.decode()
    assert "组织专业课教师到企业实践" in narrowed


@pytest.mark.django_db
def test_what_was_typed_stands_in_the_box_as_it_was_typed(client: Client, tmp_path: Path) -> None:
    write_minimal(tmp_path / "city")
    install_pack(shelf=Library([tmp_path]), pack="city", by="test", at=datetime(2026, 1, 1, tzinfo=UTC))
    page = client.get("/c/city/indicators", {"q": '教师,"甲"(一)'}).content.decode()
    typed = [unescape(value) for value in re.findall(r'type="search"[^>]* value="([^"]*)"', page)]
    assert typed == ['教师,"甲"(一)'] * 2
