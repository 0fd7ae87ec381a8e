"""Hears that records changed: has them counted anew by a job, since that takes longer than an event may."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any


def profile_after_apply(payload: Mapping[str, Any], at: datetime) -> None:
    """Records changed: count those of the same tenant anew."""
    from zhijiao.exchange.jobs import profile

    profile.defer(tenant=str(payload["tenant"]))
