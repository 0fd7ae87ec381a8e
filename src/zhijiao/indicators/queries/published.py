"""Approved figures of an indicator with their history, as far as the reader's scope goes; public ones are for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from zhijiao.core.access.actor import Actor
from zhijiao.core.kinds import Tenant
from zhijiao.indicators.models import Figure, Report
from zhijiao.indicators.queries.standpoint import Standpoint
from zhijiao.indicators.queries.views import figure_view, views
from zhijiao.indicators.types import FigureView, Owed


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


def reports_of(
    actor: Actor, pack: str, on: date, *, period: str | None = None, most: int = 100_000
) -> Sequence[Owed]:
    """Every report of a pack that the reader's scope shows, by obligation, newest period first."""
    rows = Report.objects.filter(tenant=actor.tenant, pack=pack)
    if period is not None:
        rows = rows.filter(period=period)
    ordered = rows.order_by("obligation", "-ends", "indicator", "organisation_id")
    return views(Standpoint(actor), list(ordered[:most]), on, judge=False)


def figures_of(actor: Actor, pack: str, *, most: int = 100_000) -> Sequence[FigureView]:
    """Every approved figure of a pack that the reader's scope shows, with those that were replaced."""
    rows = Figure.objects.filter(tenant=actor.tenant, pack=pack).select_related("replaces")
    found = list(rows.order_by("indicator", "-ends", "organisation_id", "-id")[:most])
    replaced = {row.replaces_id for row in found}
    return [replace(figure_view(row), replaced=row.pk in replaced) for row in found]
