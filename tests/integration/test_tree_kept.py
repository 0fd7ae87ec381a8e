"""The tree that is kept between calls is the tree of now."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction

from tests.support.intake import plant
from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import Tenant
from zhijiao.core.models import Standing
from zhijiao.core.tree import tree

ON = date(2026, 11, 22)
pytestmark = pytest.mark.django_db


def names() -> dict[str, str]:
    return {node.code: node.name for node in tree(Tenant.REAL, ON).nodes.values()}


def test_what_changed_is_seen_at_once_also_within_a_transaction() -> None:
    with bulk():
        ids = plant()
        before = names()
        for name in ("示例甲", "示例乙"):
            Standing.objects.filter(organisation=ids["s1"]).update(name=name)
            assert names() == {**before, "s1": name}
        Standing.objects.filter(organisation=ids["s2"]).update(ends=ON)
        assert "s2" not in names()


def test_what_was_taken_back_is_gone() -> None:
    with bulk():
        ids = plant()
        before = names()
        with transaction.atomic():
            Standing.objects.filter(organisation=ids["s1"]).update(name="示例甲")
            assert names()["s1"] == "示例甲"
            transaction.set_rollback(True)
        assert names() == before


def test_nothing_new_is_read_where_nothing_changed() -> None:
    with bulk():
        plant()
        assert tree(Tenant.REAL, ON) is tree(Tenant.REAL, ON)
        assert tree(Tenant.REAL, ON) is not tree(Tenant.DEMO, ON)
