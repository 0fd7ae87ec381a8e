"""Hears that records changed: has them counted anew by a job, since that takes longer than an event may."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

REST = 45
"""Seconds for which further files are waited for, so that a day on which everybody hands in is not all counting."""


def profile_after_apply(payload: Mapping[str, Any], at: datetime) -> None:
    """Records changed: count those of the same tenant anew, soon."""
    tenant = str(payload["tenant"])
    transaction.on_commit(lambda: _ask(tenant))


def _ask(tenant: str) -> None:
    from procrastinate.exceptions import AlreadyEnqueued

    from zhijiao.exchange.jobs import profile

    try:
        with transaction.atomic():
            profile.configure(
                queueing_lock=f"exchange.profile.{tenant}", schedule_in={"seconds": REST}
            ).defer(tenant=tenant)
    except AlreadyEnqueued:
        return  # the one that waits counts this as well
