"""What every use case needs: the pack version and the day asked for."""

from __future__ import annotations

from datetime import date
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


def day(on: date | None) -> date:
    """The day asked for, today in the product's time zone by default."""
    return on or timezone.localdate()


def as_read(value: Any) -> Any:
    """A pack value for JSON: exact numbers as numbers, keys as in the pack files."""
    from zhijiao.policy.packs.serial import readable

    return readable(value)


class Problem(BaseModel):
    """What an error answer says."""

    detail: str
