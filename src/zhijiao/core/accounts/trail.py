"""The line in the trail about somebody's account."""

from __future__ import annotations

from datetime import datetime

from zhijiao.core.access.actor import Actor
from zhijiao.core.audit import record
from zhijiao.core.models import User


def noted(by: Actor, at: datetime, user: User, action: str, summary: str, **detail: str) -> None:
    """Record what was done to an account, at the organisation that keeps it."""
    record(
        by=by,
        at=at,
        action=action,
        organisation=user.organisation_id,
        object_kind="user",
        object_id=user.pk,
        summary=summary,
        detail=detail,
    )
