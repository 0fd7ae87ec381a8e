"""Reads for plans: the shares that an organisation has of a target, and the work that hangs on a pack."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import Count, Q

from zhijiao.core.kinds import Tenant
from zhijiao.indicators.models import Figure, Report, TargetShare
from zhijiao.indicators.queries.views import figure_view
from zhijiao.indicators.types import APPROVED, DRAFT, FigureView
from zhijiao.policy.types import PackIndex


def handed_down(organisation: int, indicators: Iterable[str]) -> list[TargetShare]:
    """The targets in force that were split down to an organisation, of some indicators."""
    return list(
        TargetShare.objects.filter(
            organisation=organisation, indicator__in=set(indicators), state="confirmed", plan=None
        ).order_by("indicator", "period", "op")
    )


def latest_figures(organisation: int, indicators: Iterable[str]) -> dict[str, FigureView]:
    """By indicator: the newest approved figure of an organisation."""
    rows = (
        Figure.objects.filter(
            organisation=organisation, indicator__in=set(indicators), replaced_by__isnull=True
        )
        .select_related("replaces")
        .order_by("indicator", "-ends", "-id")
        .distinct("indicator")
    )
    return {row.indicator: figure_view(row) for row in rows}


def has_work(pack: str) -> bool:
    """Whether somebody has touched a real report or target of a pack. Asked before a changed pack is taken; runs in bulk."""
    return (
        Report.objects.filter(tenant=Tenant.REAL, pack=pack).exclude(step=0, typed={}).exists()
        or TargetShare.objects.filter(tenant=Tenant.REAL, pack=pack).exclude(state="ended").exists()
    )


def work_under(index: PackIndex, tenant: Tenant) -> Mapping[tuple[str, str], Mapping[str, int]]:
    """(room, object) of a pack → how many reports, figures and targets hang on it, in words. Runs in bulk: numbers only."""
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    reports = Report.objects.filter(tenant=tenant, pack=index.id)
    counted = reports.values_list("obligation", "indicator").annotate(
        waiting=Count("id", filter=Q(state=DRAFT)),
        review=Count("id", filter=~Q(state__in=(DRAFT, APPROVED))),
    )
    for obligation, indicator, waiting, review in counted:
        declared = index.obligations.get(obligation)
        rooms = [("obligations", obligation), ("indicators", indicator)]
        rooms += [("chains", declared.chain)] if declared is not None else []
        for room in rooms:
            found[room]["待报数据"] += waiting
            found[room]["审核中的数据"] += review
    figures = Figure.objects.filter(tenant=tenant, pack=index.id, replaced_by__isnull=True)
    for obligation, indicator, number in figures.values_list("obligation", "indicator").annotate(
        number=Count("id")
    ):
        found["obligations", obligation]["已审定数据"] += number
        found["indicators", indicator]["已审定数据"] += number
    shares = TargetShare.objects.filter(tenant=tenant, pack=index.id).exclude(state="ended")
    for indicator, number in shares.values_list("indicator").annotate(number=Count("id")):
        found["indicators", indicator]["分解到单位的目标"] += number
    return {key: {words: n for words, n in counts.items() if n} for key, counts in found.items()}
