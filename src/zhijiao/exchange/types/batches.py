"""What verbs and queries say of batches. No Django."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zhijiao.core.errors import Refusal
from zhijiao.exchange.types.intake import Counts

APPLIED = "exchange.applied"
"""Told when records changed: `{"tenant", "dataset", "source", "organisation", "batch", "sequence"}`."""


class Refused(Refusal):
    """A step that a batch, a record or a difference does not allow now, and what to do instead."""


class KeyTaken(Refused):
    """An idempotency key came again with other content."""

    def __init__(self, key: str, number: str) -> None:
        super().__init__(
            f"幂等键“{key}”已经用于批次 {number}，那一次是另一份内容。请为新的请求换一个键；重发同一请求时内容须完全一致。"
        )


class PlanChanged(Refused):
    """Between looking and applying, somebody else changed the same records."""

    def __init__(self, number: str, counts: Counts) -> None:
        super().__init__(
            f"批次 {number} 检查之后，库里的数据又有变动：现在会新增 {counts.new} 条、变更 {counts.changed} 条、"
            f"移出 {counts.gone} 条。什么都没有改动，请看过新的结果再确认入库。"
        )
        self.counts = counts


@dataclass(frozen=True)
class Change:
    """A record that would become different: field by field, what stands and what comes."""

    row: int
    key: str
    fields: Sequence[tuple[str, str, str]]  # title, before, after


@dataclass(frozen=True)
class Preview:
    """What applying would do, the first of each kind. `unclear`: rows whose key nobody can read keep others from ending."""

    digest: str
    changes: Sequence[Change] = ()
    gone: Sequence[Mapping[str, str]] = ()
    unclear: bool = False
    more: Mapping[str, Any] = field(default_factory=dict)
