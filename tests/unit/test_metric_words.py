"""A computed definition in words, as it goes to the engines, and as the guide shows it."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.support.pack_metrics import METRIC, write
from zhijiao.engines.metrics import reference
from zhijiao.engines.metrics.types import Take, Window
from zhijiao.exchange.queries.fields import names, schemas
from zhijiao.policy.packs.loading import Library
from zhijiao.policy.types import Measure, Metric
from zhijiao.policy.types import Window as PackWindow
from zhijiao.policy.types.computing import definitions, examples
from zhijiao.policy.types.telling import formula_in_words, measure_in_words, terms

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "pack-authors.md"


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        (
            {"in": "graduates", "count": "rows", "where": 'destination = "employed"', "year": "year"},
            "毕业生去向的行数；条件：毕业去向是“单位就业”；按毕业届归年",
        ),
        (
            {"in": "teachers", "count": "person", "standing": ["since", "until"]},
            "教师中不重复的身份证件号个数；期末最后一天在到校日期到离校日期之内的计入",
        ),
        (
            {"in": "technology_receipts", "sum": "amount", "during": "received_on"},
            "技术服务到款的到款金额之和；到款日期在期内的计入",
        ),
        (
            {
                "in": "enterprise_scale",
                "count": "organisation",
                "where": 'organisation_kind = "enterprise"',
                "year": "year",
                "having": [
                    {
                        "in": "contracts",
                        "match": {"organisation": "enterprise"},
                        "where": 'kind != "other"',
                        "active": ["since", "until"],
                    }
                ],
            },
            "规模以上企业年度名单中不重复的统一社会信用代码个数；条件：机构类别是“企业”；"
            "并且在校企合作协议中有对应的行（统一社会信用代码等于那里的企业统一社会信用代码，且合作类别不是“其他”，"
            "期内有一天在生效日期到到期日期之内的计入）；按年度归年",
        ),
    ],
)
def test_a_measure_is_told_with_the_words_of_the_data_standard(measure: dict[str, Any], said: str) -> None:
    assert measure_in_words(Measure.model_validate(measure), schemas(), names()) == said


def test_a_formula_and_its_terms_are_told(tmp_path: Path) -> None:
    metric = write(tmp_path).load("city").indicators[0].metric
    assert metric is not None
    assert formula_in_words(metric.value, metric.measures) == "双师型教师数 ÷ all"
    assert formula_in_words("(all - dual) * 2", metric.measures) == "(all - 双师型教师数) × 2"
    assert list(terms(metric)) == [
        "乘以100",
        "四舍五入到1位小数",
        "含当年在内2年累计",
        "以上各级取学校中最低的一个",
    ]
    yearly = metric.model_copy(
        update={"scale": Decimal(1), "decimals": 0, "calendar": "school", "across": None}
        | {"window": PackWindow.model_validate({"from": "2021"})}
    )
    assert list(terms(yearly)) == ["四舍五入到整数", "按学年（9月1日起）", "自2021年起累计"]


def test_what_stands_beside_is_a_definition_of_its_own(tmp_path: Path) -> None:
    indicator = write(tmp_path).load("city").indicators[0]
    own, beside = definitions(indicator)
    assert (own.id, beside.id) == ("plan.target.1", "plan.target.1#share")
    assert set(own.measures) == set(beside.measures) == {"dual", "all"}
    assert own.window == beside.window == Window(last=2)
    assert own.across is not None
    assert own.across.take is Take.LEAST
    assert (own.scale, own.decimals, own.levels) == (beside.scale, beside.decimals, ("city", "school"))


def test_an_indicator_that_is_not_computed_has_no_definition(tmp_path: Path) -> None:
    assert definitions(write(tmp_path, "").load("city").indicators[0]) == ()


def test_cells_of_examples_are_read_as_the_data_standard_types_them(tmp_path: Path) -> None:
    metric = write(tmp_path).load("city").indicators[0].metric
    assert metric is not None
    row = examples(metric, schemas())[0].rows["teachers"][0]
    assert row["abroad_months"] == Decimal("2.5")
    assert row["since"].isoformat() == "2020-01-01"
    wrong = METRIC.replace("abroad_months: 2.50", "abroad_months: 两个")
    write(tmp_path / "wrong", wrong)
    broken = Library([tmp_path / "wrong"]).load("city").indicators[0].metric
    assert broken is not None
    with pytest.raises(ValueError, match="两个"):
        examples(broken, schemas())


def _shown() -> str:
    blocks = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    return next(str(block) for block in blocks if block.startswith("  metric:"))


def test_the_definition_in_the_guide_passes_and_its_examples_hold(tmp_path: Path) -> None:
    shelf = write(tmp_path, _shown())
    assert shelf.problems("city") == []
    indicator = shelf.load("city").indicators[0]
    assert isinstance(indicator.metric, Metric)
    (definition,) = definitions(indicator)
    for example in examples(indicator.metric, schemas()):
        cells = reference.compute([definition], example.rows, {}, levels=[""], periods=[int(example.period)])
        assert [cell.value for cell in cells] == ([] if example.value is None else [example.value])
