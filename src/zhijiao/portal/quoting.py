"""The sentence that may be quoted of a published figure. It never lends a figure a meaning that it does not have. Pure."""

from __future__ import annotations

from zhijiao.indicators.types import Fact, Row
from zhijiao.lib.dates import in_chinese
from zhijiao.lib.numbers import quantity
from zhijiao.policy.types import PackIndex
from zhijiao.policy.types.wording import definition_of, document_and_place, sentence, target_text, told


def of_figure(index: PackIndex, row: Row) -> str:
    """The strongest published figure of a row.

    A figure of the measure itself stands with its definition. Any other, and one that had to be converted, is told
    as it was published, beside what the target measures, with the verdict and its reason.
    """
    if row.best is not None and row.best.live:
        return of_approved(index, row)
    fact = row.facts[0]
    if fact.answer.how == "same" and fact.answer.as_value is None:
        return sentence(index, row.indicator, fact.reported)
    reported, indicator = fact.reported, row.indicator
    target = target_text(indicator, short=True)
    return (
        f"截至{in_chinese(reported.as_of)}，{index.pack.manifest.place}公布{_what(fact)}"
        f"（来源：{document_and_place(index, reported.clauses[0])}，{in_chinese(reported.published)}发布）；"
        f"与指标“{indicator.name}”（目标：{target}；口径：{definition_of(indicator)}）相比，"
        f"判定为“{row.verdict.words}”：{row.reason.rstrip('。')}。"
    )


def of_approved(index: PackIndex, row: Row) -> str:
    """The figure that was approved on the platform, with the period that it speaks of and the day on which it was signed."""
    assert row.best is not None
    assert row.live is not None
    assert row.live.shown is not None
    reported, point = row.best.reported, row.live.shown
    assert point.value is not None
    return (
        f"{point.period_words}，{index.pack.manifest.place}{row.indicator.name}{quantity(point.value, row.live.unit)}"
        f"（口径：{definition_of(row.indicator)}；来源：平台报送并逐级审定，{in_chinese(reported.published)}）。"
    )


def _what(fact: Fact) -> str:
    reported = fact.reported
    if reported.value is None:
        return reported.text or reported.name
    unit = reported.unit or ""
    if reported.name.startswith("每年"):
        unit = unit.removesuffix("/年")
    return f"{reported.name}{told(reported.op, reported.value, unit)}"
