"""Verb: stop asking for figures that a pack no longer asks for, and ask again where it does."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import F

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import bulk
from zhijiao.core.audit import record
from zhijiao.indicators.models import Report
from zhijiao.indicators.types import DRAFT


def close_removed(
    *, pack: str, obligations: Collection[str], reason: str, organisation: int, by: Actor, at: datetime
) -> int:
    """Close the drafts of a pack whose obligation is not among `obligations`, and open again those whose obligation is;
    return how many were closed. What was handed in is decided as usual; what was approved once stays open to restatement.

    Runs in bulk, inside the acceptance of a version: whoever calls has asked for that permission.
    """
    with bulk():
        rows = Report.every.filter(tenant=by.tenant, pack=pack)
        closed = (
            rows.filter(state=DRAFT, closed_at=None, figures=None)
            .exclude(obligation__in=obligations)
            .values_list("pk", flat=True)
        )
        count = rows.filter(pk__in=list(closed)).update(
            closed_at=at, closed_for=reason[:300], revision=F("revision") + 1
        )
        again = (
            rows.exclude(closed_at=None)
            .filter(obligation__in=obligations)
            .update(closed_at=None, closed_for="", revision=F("revision") + 1)
        )
        if count or again:
            record(
                by=by,
                at=at,
                action="indicators.close_removed",
                organisation=organisation,
                object_kind="pack",
                object_id=pack,
                summary=f"不再要求报送 {count} 项、恢复要求 {again} 项：{reason}",
            )
        return count
