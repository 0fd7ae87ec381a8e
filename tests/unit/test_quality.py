"""Data quality in small cases, as a school would see them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from zhijiao.engines.quality import (
    Claim,
    Delivery,
    FieldUse,
    Kind,
    Part,
    Subject,
    Tolerance,
    against_history,
    against_peers,
    between,
    completeness,
    duplicates,
    inside,
    scored,
    screened,
    timeliness,
    validity,
)

FIELDS = [
    FieldUse("name", "姓名"),
    FieldUse("major", "专业", weight=3),
    FieldUse("phone", "电话", mandatory=False),
]


def test_gaps_are_named_the_heaviest_first() -> None:
    found = completeness(10, {"name": 4, "major": 9}, FIELDS)
    assert found.mandatory.share == Fraction(4 + 27, 40)
    assert found.optional.share == 0
    assert [(gap.field.id, gap.empty) for gap in found.gaps] == [("name", 6), ("major", 1), ("phone", 10)]
    assert found.mandatory.words == "必填项 2 个，共 10 行；“姓名”空缺最多，6 行"


def test_nothing_handed_in_is_neither_complete_nor_incomplete() -> None:
    assert completeness(0, {}, FIELDS).mandatory.share is None


def test_more_filled_than_there_are_is_refused() -> None:
    with pytest.raises(ValueError, match="“姓名”填写了 11 行，而共有 10 行"):
        completeness(10, {"name": 11}, FIELDS)


def test_faults_are_listed_by_how_often_they_occur() -> None:
    found = validity(90, 10, {"代码不存在": 3, "日期无法识别": 8})
    assert found.part.share == Fraction(9, 10)
    assert found.faults == (("日期无法识别", 8), ("代码不存在", 3))
    assert "10 行未通过；最多的是“日期无法识别”，8 行" in found.part.words


def test_rows_of_one_identity_are_grouped() -> None:
    found = duplicates([("a", 1), ("b", 2), ("a", 3), (None, 4), ("a", 5), (None, 6)])
    assert found.groups == ((1, 3, 5),)
    assert (found.part.good, found.part.of) == (2, 4)


def test_late_is_what_came_or_is_owed_after_its_day() -> None:
    due = date(2024, 9, 20)
    deliveries = [
        Delivery("在时", due, due),
        Delivery("晚报", due, due + timedelta(days=3)),
        Delivery("未报", due),
        Delivery("未到期", date(2024, 10, 1)),
        Delivery("尚未收到", due, date(2024, 12, 1)),
    ]
    found = timeliness(deliveries, date(2024, 9, 30))
    assert (found.part.good, found.part.of) == (1, 4)
    assert [(delivery.name, days) for delivery, days in found.late] == [
        ("尚未收到", 10),
        ("未报", 10),
        ("晚报", 3),
    ]
    assert timeliness(deliveries, due).part.of == 1, "on its day, what has not come is not late yet"


def test_days_may_be_counted_otherwise() -> None:
    found = timeliness(
        [Delivery("晚报", date(2024, 9, 20), date(2024, 9, 24))], date(2024, 9, 30), lambda a, b: 2
    )
    assert found.late[0][1] == 2


def test_two_sources_are_compared_field_by_field() -> None:
    left = {"S1": {"students": 1200, "name": "一校"}, "S2": {"students": 300}, "S3": {"students": 5}}
    right = {"S1": {"students": 1190, "name": ""}, "S2": {"students": 700}, "S4": {"students": 5}}
    found = between(
        left, right, ["name", "students"], tolerances={"students": Tolerance(share=Decimal("0.01"))}
    )
    assert [(d.key, d.kind, d.left, d.right) for d in found.differences] == [
        ("S2", Kind.DIFFERS, 300, 700),
        ("S3", Kind.ONLY_LEFT, None, None),
        ("S4", Kind.ONLY_RIGHT, None, None),
    ]
    assert (found.part.good, found.part.of, found.silent) == (1, 4, 1)
    assert between(left, right, ["students"], partial=True).part.of == 2


def test_numbers_are_compared_as_numbers() -> None:
    assert not between({1: {"x": Decimal("1.0")}}, {1: {"x": 1}}, ["x"]).differences
    assert between({1: {"x": True}}, {1: {"x": "1"}}, ["x"]).differences


def test_a_total_that_its_parts_miss_says_by_how_much() -> None:
    claims = [
        Claim("在校生", 100, {"一年级": 40, "二年级": 50}),
        Claim("班级", 3, {"一年级": 1, "二年级": 2}),
    ]
    found = inside(claims)
    assert [miss.words for miss in found.misses] == [
        "“在校生”填 100，各部分（一年级、二年级）相加为 90，相差 10；请改正其中一处。"
    ]
    assert not inside(claims, Tolerance(absolute=Decimal(10))).misses


STEADY: dict[str, list[int | None]] = {f"u{n:02}": [100, 104, 98, 101, 99] for n in range(20)}


def test_what_is_asked_and_what_is_not() -> None:
    line = STEADY | {
        "fell": [1180, 1210, 1150, 1195, 300],
        "small": [2, 1, 3, 2, 5],
        "steady": [1180, 1210, 1150, 1195, 1130],
        "nothing": [80, 90, None],
        "new": [40],
    }
    screening = against_history(line)
    assert [outlier.unit for outlier in screening.found] == ["fell"]
    assert screening.untested == {"nothing": "本期没有数", "new": "往期不足 2 期，无从比较"}
    assert screened(screening).words == "比较 23 个数，1 个待核；另有 2 个无从比较"
    words = screening.found[0].words
    assert words.startswith("往期 4 期为 1,150 到 1,210；考虑 10% 的平常起伏，预计在 ")
    assert "实为 300，偶然如此的可能不到万分之一。请核对" in words


def test_a_part_of_a_base_is_compared_where_it_is_rare() -> None:
    line = {f"u{n:02}": (95 + n % 4, 100) for n in range(20)} | {"x": (60, 100), "none": (0, 0)}
    screening = against_peers(line, within=True)
    assert [(outlier.unit, outlier.value) for outlier in screening.found] == [("x", 60)]
    assert screening.found[0].high == 100, "a part is never more than its base"
    assert "同类 20 个合计每百 96.5" in screening.found[0].words
    assert screening.untested == {"none": "基数为零，无从比较"}


def test_few_peers_are_no_measure() -> None:
    screening = against_peers({"a": (1, 10), "b": (9, 10)})
    assert screening.tested == 0
    assert set(screening.untested.values()) == {"可比的同类不足 4 个"}


def test_a_part_above_its_base_is_refused() -> None:
    with pytest.raises(ValueError, match="“a”的分子 11 大于分母 10"):
        against_peers({"a": (11, 10)}, within=True)


def test_a_score_shows_its_parts_and_what_was_not_checked() -> None:
    score = scored(
        "students",
        "S1",
        "2024",
        {
            Subject.COMPLETENESS: Part(Subject.COMPLETENESS, 9999, 10000, "必填项"),
            Subject.VALIDITY: Part(Subject.VALIDITY, 90, 100, "收到 100 行"),
            Subject.DUPLICATES: Part(Subject.DUPLICATES, 0, 0, "没有身份标识"),
            Subject.AGREEMENT: "没有另一来源",
        },
    )
    assert score.words.startswith("完整（必填） 99.9%、有效 90.0%；未检查：")
    assert "来源一致（没有另一来源）" in score.words
    assert "不重复（没有可检查的内容）" in score.words
    assert score.worst is not None
    assert score.worst.subject is Subject.VALIDITY
    assert score.weighted({Subject.VALIDITY: 1}) == Fraction(9, 10)
    assert score.weighted({Subject.AGREEMENT: 1}) is None
