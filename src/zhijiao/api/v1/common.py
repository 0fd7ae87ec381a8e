"""What every use case needs: the pack version and the day asked for."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.utils import timezone
from ninja.errors import HttpError
from pydantic import BaseModel

from zhijiao.policy import queries
from zhijiao.policy.types import PackIndex


def pack_index(pack: str, version: str | None) -> PackIndex:
    """The pack asked for. Answers 404 when there is no such pack or version."""
    found = queries.index(pack, version)
    if found is None:
        raise HttpError(404, f"没有政策包 {pack}" + (f" 的版本 {version}" if version else ""))
    return found


EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)


def day(on: date | None) -> date:
    """The day asked for, today in the product's time zone by default. Answers 422 where no calendar of ours goes."""
    if on is not None and not EARLIEST <= on <= LATEST:
        raise HttpError(422, f"参数 on 应在 {EARLIEST} 到 {LATEST} 之间")
    return on or timezone.localdate()


def moment(known_at: datetime | None) -> datetime | None:
    """The moment asked for, in UTC: one without an offset is in the product's time zone, and an offset may be larger than a
    database takes. Answers 422 where no calendar of ours goes."""
    if known_at is None:
        return None
    if not EARLIEST.year <= known_at.year <= LATEST.year:
        raise HttpError(422, f"参数 known_at 应在 {EARLIEST} 到 {LATEST} 之间")
    return (timezone.make_aware(known_at) if timezone.is_naive(known_at) else known_at).astimezone(UTC)


def as_read(value: Any) -> Any:
    """A pack value for JSON: exact numbers as numbers, keys as in the pack files."""
    from zhijiao.policy.packs.serial import readable

    return readable(value)


class Problem(BaseModel):
    """What an error answer says."""

    detail: str
