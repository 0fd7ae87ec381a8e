"""The sentence that may be quoted of an indicator. It never lends a figure a meaning that it does not have. Pure."""

from __future__ import annotations

from zhijiao.indicators.types import Fact, Row
from zhijiao.indicators.wording import sentence, source_of
from zhijiao.lib.dates import in_chinese
from zhijiao.portal import figures
from zhijiao.portal.public.published import Published


def quotation(public: Published, row: Row) -> str:
    """The figure with its definition and source; for another measure, what was published and why it is not this."""
    if not row.facts:
        day = in_chinese(public.board.on.isoformat())
        words = row.indicator.definition.words.rstrip("。")
        return f"截至{day}，未见{public.place}公布“{row.indicator.name}”的数据（口径：{words}）。"
    fact = row.facts[0]
    if fact.answer.how == "same":
        return sentence(public.index, row.indicator, fact.reported)
    return (
        f"截至{in_chinese(fact.reported.as_of)}，{public.place}公布{_what(fact)}"
        f"（来源：{source_of(public.index, fact.reported)}）；"
        f"与指标“{row.indicator.name}”相比，判定为“{row.verdict.words}”：{row.reason.rstrip('。')}。"
    )


def _what(fact: Fact) -> str:
    reported = fact.reported
    if reported.value is None:
        return reported.text or reported.name
    return f"{reported.name}{figures.said(reported.op)}{figures.quantity(reported.value, reported.unit)}"
