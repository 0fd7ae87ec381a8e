"""Counts and figures as a sentence of a report says them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from zhijiao.indicators.types import Actual, Row, Verdict
from zhijiao.indicators.wording import OP_WORDS, number
from zhijiao.lib.dates import in_chinese
from zhijiao.policy.types import Document, Indicator, Reported
from zhijiao.reports.words import word
from zhijiao.supervision.types import TaskLine, TaskState


def day(value: date) -> str:
    """2023年12月31日."""
    return in_chinese(value.isoformat())


def named(document: Document) -> str:
    """《short title》."""
    return f"《{document.short}》"


def quoted(name: str) -> str:
    """“a name”; quotation marks inside it become single ones."""
    return f"“{name.replace('“', '‘').replace('”', '’')}”"


def listed(words: Sequence[str]) -> str:
    """甲、乙和丙."""
    return words[0] if len(words) == 1 else f"{'、'.join(words[:-1])}和{words[-1]}"


def verdict_counts(rows: Iterable[Row]) -> str:
    """达到2项，部分达到3项: only verdicts that occur, in their fixed order."""
    counted = Counter(row.verdict for row in rows)
    return "，".join(f"{verdict.words}{counted[verdict]}项" for verdict in Verdict if counted[verdict])


def state_counts(lines: Iterable[TaskLine]) -> str:
    """已完成2项，进行中30项."""
    counted = Counter(line.state for line in lines)
    return "，".join(f"{state.words}{counted[state]}项" for state in TaskState if counted[state])


_SHORT_FORMS = ((Decimal(100_000_000), "亿"), (Decimal(10_000), "万"))
_TWO_PLACES = Decimal("0.01")


def quantity(value: Decimal, unit: str | None) -> str:
    """25万人次, 1.2万元, 1,500家: the short form where it is exact."""
    for size, name in _SHORT_FORMS:
        short = value / size
        if abs(value) >= size and short == short.quantize(_TWO_PLACES):
            return f"{number(short)}{name}{unit or ''}"
    return f"{number(value)}{unit or ''}"


def target(indicator: Indicator) -> str:
    """The target as a table of a report says it: ≥75%, 1—2家, or the criterion."""
    bounds = indicator.targets
    lower = next((t for t in bounds if t.op in (">=", ">")), None)
    upper = next((t for t in bounds if t.op in ("<=", "<")), None)
    if lower is not None and upper is not None:
        return f"{number(lower.value)}—{quantity(upper.value, upper.unit)}"
    said = "；".join(f"{OP_WORDS[t.op].strip()}{quantity(t.value, t.unit)}" for t in bounds)
    return said or indicator.criterion or "各组成部分分别设定"


def published(actual: Actual | None) -> str:
    """不少于50.6%（截至2023年12月13日）, or a dash."""
    if actual is None:
        return "—"
    about = word("op", actual.op)
    return f"{about}{quantity(actual.value, actual.unit)}（截至{in_chinese(actual.as_of)}）"


def figure(reported: Reported) -> str:
    """A published figure, or its words."""
    if reported.value is None:
        return reported.text or reported.name
    return f"{word('op', reported.op)}{quantity(reported.value, reported.unit)}"
