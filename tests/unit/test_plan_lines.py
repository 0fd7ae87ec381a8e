"""What a line of the plan must say, and the codes that lines get."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.support.packs import shipped
from tests.support.planning_season import PACK, line
from zhijiao.admissions.rules.codes import CodesExhausted, next_code
from zhijiao.admissions.rules.plan import faults_of, flows, plan_digest
from zhijiao.admissions.rules.reach import compare
from zhijiao.admissions.types.plan import CellDraft, LimitDraft
from zhijiao.policy.types import Admission

KIND = "secondary_vocational"


@pytest.fixture(scope="module")
def rules() -> Admission:
    found = shipped().index(PACK).admission
    assert found is not None
    return found


def test_a_sound_line_has_no_faults(rules: Admission) -> None:
    limited = replace(
        line(kept=5),
        limits=(LimitDraft("height", "性别 = 1 and 体育 >= 20", "示例：限男生，体育 20 分以上"),),
    )
    assert faults_of(rules, KIND, limited) == ()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"years": 5}, "years"),
        ({"batch": "degree"}, "partner"),
        ({"batch": "nowhere"}, "batch"),
        ({"major_code": ""}, "major_code"),
        ({"major_name": "示" * 81}, "major_name"),
        ({"cells": ()}, "seats"),
        ({"cells": (CellDraft("外星", 3),)}, "seats"),
        ({"cells": (CellDraft("", 3), CellDraft("", 4))}, "seats"),
        ({"cells": (CellDraft("", 6000),)}, "seats"),
        ({"boarding": False}, "boarding_fee"),
        ({"limits": (LimitDraft("x", "鞋码 > 40", "示例"),)}, "limits"),
        ({"limits": (LimitDraft("x", "体育 + 1", "示例"),)}, "limits"),
        ({"limits": (LimitDraft("x", "体育 > 1", ""),)}, "limits"),
    ],
)
def test_a_bad_line_says_what_is_wrong_beside_the_field(
    rules: Admission, changed: dict[str, object], field: str
) -> None:
    faults = faults_of(rules, KIND, replace(line(), **changed))  # type: ignore[arg-type]
    assert field in {fault.field for fault in faults}


def test_a_kind_that_takes_no_part_hands_in_nothing(rules: Admission) -> None:
    assert [fault.field for fault in faults_of(rules, "general_high", line())] == [""]


def test_codes_are_one_set_for_all_schools_and_never_given_twice() -> None:
    given: dict[str, list[str]] = {}
    for school, expected in (("a", "10101"), ("b", "10201"), ("a", "10102"), ("c", "10301"), ("b", "10202")):
        code = next_code(given, school)
        given.setdefault(school, []).append(code)
        assert code == expected
    with pytest.raises(CodesExhausted):
        next_code({"a": [f"101{n:02d}" for n in range(1, 100)]}, "a")


def test_unused_kept_seats_go_to_everybody(rules: Admission) -> None:
    assert flows(rules, [(1, "本县户籍"), (2, "低收入家庭"), (3, "")]) == {1: 3, 2: 3}
    assert flows(rules, [(1, "本县户籍")]) == {}


def test_the_order_of_lines_changes_no_digest() -> None:
    lines = [{"code": "10101", "seats": 3}, {"code": "10102", "seats": 4}]
    assert plan_digest(lines) == plan_digest(lines[::-1]) != plan_digest(lines[:1])


@pytest.mark.parametrize(
    ("total", "line", "expected"),
    [
        ("420.5", "420.5", "above"),
        ("411", "420.5", "near"),
        ("410", "420.5", "below"),
        ("500", "", "unknown"),
    ],
)
def test_marks_stand_beside_last_years_line(total: str, line: str, expected: str) -> None:
    assert compare(total=Decimal(total), last=line).value == expected
