"""Reads of targets that were handed down: what was split to whom, and how an organisation stands to its own."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import cast

from zhijiao.core.kinds import Tenant
from zhijiao.indicators.models import Figure, TargetShare
from zhijiao.indicators.queries.views import figure_view
from zhijiao.indicators.rules.sharing import check_sum, is_additive, stand
from zhijiao.indicators.types.reporting import FigureView
from zhijiao.indicators.types.sharing import PlaceLine, Share
from zhijiao.policy.types import Op, PackIndex

__all__ = ["check_sum", "is_additive", "place_board", "share_view", "shares"]


def share_view(row: TargetShare) -> Share:
    """A share as it is shown."""
    return Share(
        id=row.pk,
        indicator=row.indicator,
        organisation=row.organisation_id,
        period=row.period,
        op=cast(Op, row.op),
        value=row.value,
        unit=row.unit,
        state=row.state,
        basis=row.basis,
        plan=row.plan,
    )


def shares(
    *, pack: str, tenant: Tenant, organisations: Collection[int], indicator: str | None = None
) -> list[Share]:
    """Shares that were handed down to some organisations and have not ended, drafts among them."""
    rows = TargetShare.objects.filter(
        tenant=tenant, pack=pack, organisation__in=organisations, plan=None
    ).exclude(state="ended")
    if indicator is not None:
        rows = rows.filter(indicator=indicator)
    return [share_view(row) for row in rows.order_by("indicator", "period", "organisation_id", "id")]


def place_board(index: PackIndex, organisation: int, on: date) -> list[PlaceLine]:
    """Every target in force of a county or school, handed down or of its own plan, and how it stands on a day."""
    rows = list(
        TargetShare.objects.filter(pack=index.id, organisation=organisation, state="confirmed").order_by(
            "indicator", "ends", "id"
        )
    )
    figures = list(
        Figure.objects.filter(
            organisation=organisation, indicator__in={row.indicator for row in rows}, replaced_by__isnull=True
        )
        .select_related("replaces")
        .order_by("-ends", "-id")
    )
    found = []
    for row in rows:
        indicator = index.indicators.get(row.indicator)
        if indicator is None:
            continue
        share, figure = share_view(row), _newest(figures, row)
        verdict, reason = stand(share, row.starts, row.ends, indicator, figure, on)
        found.append(PlaceLine(share, indicator.name, figure, verdict, reason))
    return found


def _newest(figures: list[Figure], row: TargetShare) -> FigureView | None:
    """The newest figure that speaks of the target's time, or of one before it."""
    return next(
        (figure_view(f) for f in figures if f.indicator == row.indicator and f.ends <= row.ends), None
    )
