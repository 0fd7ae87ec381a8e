"""Numbers, targets and sources as a sentence says them."""

from __future__ import annotations

from decimal import Decimal

from zhijiao.lib.dates import in_chinese
from zhijiao.policy.types import Bound, Indicator, PackIndex, Reported

OP_WORDS = {"=": "", ">=": "≥ ", ">": "＞ ", "<=": "≤ ", "<": "＜ ", "~": "约 "}


def number(value: Decimal) -> str:
    """12,000 · 50.6: thousands separated, no trailing zeros, every digit kept."""
    text = format(value.normalize(), "f") if value else "0"
    return f"{Decimal(text):,}"


def bound_text(bound: Bound) -> str:
    """≥ 75 % · 约 5 个."""
    return f"{OP_WORDS[bound.op]}{number(bound.value)} {bound.unit}"


def target_text(indicator: Indicator) -> str:
    """The target in one line: one bound, a range, or the criterion of a judgement."""
    lower = next((t for t in indicator.targets if t.op in (">=", ">")), None)
    upper = next((t for t in indicator.targets if t.op in ("<=", "<")), None)
    if lower is not None and upper is not None:
        return f"{number(lower.value)}—{number(upper.value)} {lower.unit}"
    if indicator.targets:
        return "；".join(bound_text(t) for t in indicator.targets)
    return indicator.criterion or "各组成部分分别设定"


def source_of(index: PackIndex, reported: Reported) -> str:
    """《short title》place（published）."""
    return f"{document_and_place(index, reported)}（{in_chinese(reported.published)}）"


def document_and_place(index: PackIndex, reported: Reported) -> str:
    """《short title》place."""
    clause = index.clause(reported.clauses[0])
    return f"《{index.documents[clause.document].short}》{clause.place}"


def sentence(index: PackIndex, indicator: Indicator, reported: Reported) -> str:
    """A sentence to quote: 截至…，…（口径：…；来源：…）."""
    op = {">=": "不少于", "~": "约", ">": "超过", "<=": "不超过", "<": "不到"}.get(reported.op, "")
    figure = (
        reported.text
        if reported.value is None
        else f"{reported.name}{op}{number(reported.value)}{reported.unit}"
    )
    return (
        f"截至{in_chinese(reported.as_of)}，{index.pack.manifest.place}{figure}"
        f"（口径：{indicator.definition.words.rstrip('。')}；"
        f"来源：{document_and_place(index, reported)}，{in_chinese(reported.published)}发布）。"
    )
