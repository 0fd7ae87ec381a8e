"""What everybody may read: the notice for a student whom nobody reaches, while its days last."""

from __future__ import annotations

from datetime import date

from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import Tenant
from zhijiao.records.models import RecordNotice
from zhijiao.records.types import NoticeLine


def notice_of(code: str, on: date) -> tuple[NoticeLine, bool] | None:
    """A notice that stands on a day, and whether it is an example. Its code is the permission, so no scope is needed."""
    if len(code) != 16 or not code.isascii() or not code.isalnum():
        return None
    with bulk():
        row = (
            RecordNotice.objects.select_related("case")
            .filter(code=code, withdrawn_at__isnull=True, starts__lte=on, ends__gte=on)
            .first()
        )
        return None if row is None else (line_of(row), row.case.tenant == "demo")


def standing_notices(tenant: Tenant, pack: str, on: date) -> list[NoticeLine]:
    """The notices of a place that stand on a day; those that end first come first."""
    with bulk():
        rows = RecordNotice.objects.filter(
            case__tenant=tenant.value,
            case__pack=pack,
            withdrawn_at__isnull=True,
            starts__lte=on,
            ends__gte=on,
        )
        return [line_of(row) for row in rows.order_by("ends", "school", "pk")]


def line_of(row: RecordNotice) -> NoticeLine:
    """A notice as pages tell it."""
    return NoticeLine(
        code=row.code,
        school=row.school,
        name=row.name,
        about=row.about,
        contact=row.contact,
        starts=row.starts,
        ends=row.ends,
        withdrawn_at=row.withdrawn_at,
        why=row.withdrawn_why,
    )
