"""The rules of a season, from the copy that it keeps. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from zhijiao.policy.types import Admission, AdmissionBatch, AdmissionKind

HERE = ZoneInfo("Asia/Shanghai")


def rules_of(kept: Mapping[str, Any]) -> Admission:
    """The rules as types."""
    return _typed(canonical(kept))


@lru_cache(maxsize=16)
def _typed(text: str) -> Admission:
    return Admission.model_validate_json(text)


def canonical(value: object) -> str:
    """One text for one value, whatever the order of its keys: what digests are taken of."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def digest(value: object) -> str:
    """SHA-256 of a value."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def batch_of(rules: Admission, batch: str) -> AdmissionBatch:
    """A batch. Raises KeyError."""
    for each in rules.batches:
        if each.id == batch:
            return each
    raise KeyError(batch)


def kind_of(rules: Admission, kind: str) -> AdmissionKind | None:
    """How schools of a kind take part; None when they do not."""
    return next((k for k in rules.kinds if k.kind.value == kind and k.on), None)


def moment(written: str, year: int) -> datetime:
    """`06-28 09:00` of a year; without an hour the start of the day."""
    day, _, hour = written.partition(" ")
    return datetime.fromisoformat(f"{year}-{day}T{hour or '00:00'}").replace(tzinfo=HERE)


def day_of(written: str, year: int) -> date:
    """`12-05` of a year."""
    return date.fromisoformat(f"{year}-{written[:5]}")
