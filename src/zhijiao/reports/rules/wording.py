"""Counts and figures as a sentence of a report says them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from zhijiao.indicators.types import Actual, Row, count
from zhijiao.lib.dates import in_chinese
from zhijiao.policy.types import Document, Reported
from zhijiao.policy.types.wording import told
from zhijiao.supervision.queries import count as count_tasks
from zhijiao.supervision.types import TaskLine


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
    return "，".join(f"{verdict.words}{n}项" for verdict, n in count(rows).items() if n)


def state_counts(lines: Iterable[TaskLine]) -> str:
    """已完成2项，进行中30项."""
    return "，".join(f"{state.words}{n}项" for state, n in count_tasks(lines).items() if n)


def published(actual: Actual | None) -> str:
    """不少于50.6%（截至2023年12月13日）, or a dash."""
    if actual is None:
        return "—"
    return f"{told(actual.op, actual.value, actual.unit, short=True)}（截至{in_chinese(actual.as_of)}）"


def figure(reported: Reported) -> str:
    """A published figure, or its words."""
    if reported.value is None:
        return reported.text or reported.name
    return told(reported.op, reported.value, reported.unit, short=True)
