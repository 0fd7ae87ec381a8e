"""Numbers, bounds and times in words: the same on every page, in every workbook and in every report."""

from __future__ import annotations

from decimal import Decimal

import pytest

from zhijiao.lib.numbers import quantity, signed, spoken
from zhijiao.policy.types import Bound, Op, Period
from zhijiao.policy.types.wording import bounds, period, told
from zhijiao.portal.ordering import by_pinyin


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        ("250000", "人次", "250,000人次"),
        ("50.60", "%", "50.6%"),
        ("2023", "年", "2023年"),
        ("3", "年", "3年"),
        ("0", "个", "0个"),
        ("1.5", None, "1.5"),
    ],
)
def test_a_figure_in_a_cell_keeps_every_digit(value: str, unit: str | None, said: str) -> None:
    assert quantity(Decimal(value), unit) == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        ("250000", "人次", "25万人次"),
        ("10000000000", "元", "100亿元"),
        ("50000000", "元", "5,000万元"),
        ("16792", "元", "16,792元"),
        ("9999", "人", "9,999人"),
    ],
)
def test_a_figure_in_a_sentence_is_shortened_only_where_that_is_exact(
    value: str, unit: str, said: str
) -> None:
    assert spoken(Decimal(value), unit) == said


def test_a_change_of_a_share_is_told_in_points() -> None:
    assert signed(Decimal("5.6"), "%") == "+5.6个百分点"
    assert signed(Decimal("-12"), "个") == "−12个"


def test_two_bounds_make_a_range() -> None:
    low = Bound(op=">=", value=Decimal(1), unit="个")
    high = Bound(op="<=", value=Decimal(2), unit="个")
    assert bounds([high, low]) == "1—2个"
    assert bounds([low]) == "≥1个"


@pytest.mark.parametrize(
    ("op", "said"),
    [
        ("=", "20万人次"),
        (">=", "不少于20万人次"),
        (">", "超过20万人次"),
        ("~", "约20万人次"),
        ("<=", "不超过20万人次"),
    ],
)
def test_a_published_figure_keeps_its_hedge(op: Op, said: str) -> None:
    assert told(op, Decimal(200_000), "人次", short=True) == said
    assert told(op, Decimal(200_000), "人次") == said.replace("20万", "200,000")


@pytest.mark.parametrize(
    ("kind", "start", "end", "said"),
    [
        ("cumulative", "2021", "2023", "2021年—2023年累计（推定）"),
        ("yearly", None, "2025", "到2025年每年（推定）"),
        ("point", None, "2023", "到2023年（推定）"),
        ("milestone", None, None, "文件未写明时间（推定）"),
    ],
)
def test_a_period_says_what_it_counts(kind: str, start: str | None, end: str | None, said: str) -> None:
    span = Period.model_validate({"kind": kind, "from": start, "to": end, "inferred": True})
    assert period(span) == said


def test_names_stand_in_the_order_of_a_directory() -> None:
    assert sorted(["温州", "台州", "重庆", "杭州"], key=by_pinyin) == ["重庆", "杭州", "台州", "温州"]
