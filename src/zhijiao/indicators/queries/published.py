"""Approved figures of an indicator with their history, as far as the reader's scope goes; public ones are for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from zhijiao.core.kinds import Tenant
from zhijiao.indicators.models import Figure
from zhijiao.indicators.queries.views import figure_view
from zhijiao.indicators.types import FigureView


def figures(
    pack: str,
    indicator: str,
    *,
    tenant: Tenant,
    organisation: int | None = None,
    known_at: datetime | None = None,
    most: int = 1000,
) -> Sequence[FigureView]:
    """The figures of an indicator that were known by a moment, newest period first, each after what replaced it."""
    rows = Figure.objects.filter(tenant=tenant, pack=pack, indicator=indicator).select_related("replaces")
    if organisation is not None:
        rows = rows.filter(organisation=organisation)
    if known_at is not None:
        rows = rows.filter(known_from__lte=known_at)
    found = list(rows.order_by("-ends", "organisation_id", "-id")[:most])
    replaced = {row.replaces_id for row in found}
    return [replace(figure_view(row), replaced=row.pk in replaced) for row in found]
