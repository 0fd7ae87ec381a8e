"""Conditions of a plan line: what an official ticks and types becomes expressions, and the form again."""

from __future__ import annotations

from decimal import Decimal

import pytest

from zhijiao.admissions.rules.conditions import PASSED, Conditions, conditions_of, limits_of, number_of
from zhijiao.admissions.rules.plan import limit_schema
from zhijiao.admissions.types.plan import LimitDraft
from zhijiao.engines.expressions import Kind, check, parse
from zhijiao.policy.packs.loading import library
from zhijiao.policy.types import Admission

FULL = Conditions(
    sex="2",
    checks={"sight": PASSED, "height": Decimal("155")},
    least={"体育": Decimal("20.5")},
    others=(LimitDraft("limit-0", "语文 + 英语 >= 120", "语文、英语合计 120 分以上"),),
)


@pytest.fixture(scope="module")
def rules() -> Admission:
    found = library().index("taizhou").admission
    assert found is not None
    return found


def test_conditions_become_expressions_that_families_can_read(rules: Admission) -> None:
    found = limits_of(rules, FULL)
    assert [(each.require, each.words) for each in found] == [
        ("性别 = 2", "只招女生"),
        ("色觉 = 1", "色觉检查合格"),
        ("身高 >= 155", "身高不低于 155厘米"),
        ("体育 >= 20.5", "体育不低于 20.5 分"),
        ("语文 + 英语 >= 120", "语文、英语合计 120 分以上"),
    ]
    assert [each.minimum for each in found] == [False, False, False, True, False]
    for each in found:
        assert check(parse(each.require), limit_schema(rules), Kind.BOOL).faults == ()


def test_the_form_shows_what_was_kept(rules: Admission) -> None:
    assert conditions_of(rules, limits_of(rules, FULL)) == FULL
    assert limits_of(rules, Conditions()) == ()
    assert conditions_of(rules, ()) == Conditions()


def test_what_was_written_in_another_way_is_kept(rules: Admission) -> None:
    own = (LimitDraft("least-6", "体育 >= 20", "体育好"), LimitDraft("sex", "性别 = 2", "女生"))
    kept = conditions_of(rules, own)
    assert kept.others[0] == own[0]
    assert kept.sex == "2"


@pytest.mark.parametrize("text", ["", "x", "0", "-1", "1.234", "1e9", "NaN", "10000"])
def test_a_least_number_is_a_plain_one(text: str) -> None:
    assert number_of(text) is None
