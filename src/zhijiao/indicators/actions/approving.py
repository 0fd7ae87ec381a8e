"""Writing approved figures: the last step of a report."""

from __future__ import annotations

from collections.abc import Sequence

from zhijiao.core.events import tell
from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.core.models import Standing
from zhijiao.indicators.actions.shared import Deed, Taken
from zhijiao.indicators.models import Figure, Pulse, Report, ReportStep
from zhijiao.indicators.queries.standpoint import Subject, names_of
from zhijiao.indicators.rules.asking import definition_hash
from zhijiao.indicators.types import Reason, StepKind

APPROVED_FIGURES = "indicators.figures_approved"
"""Told when figures are approved: `{"tenant": …, "pack": …, "figures": [ids]}`."""

_OF_THE_PLACE = frozenset(
    {OrganisationKind.GOVERNMENT.value, OrganisationKind.DEPARTMENT.value, OrganisationKind.OFFICE.value}
)


def approve(deed: Deed, taken: Sequence[Taken]) -> list[Figure]:
    """Write the figures of reports that were just approved, pack by pack, each pack's one after the other."""
    written: list[Figure] = []
    for pack in sorted({each.report.pack for each in taken}):
        written += _approve(deed, pack, [each for each in taken if each.report.pack == pack])
    return written


def _approve(deed: Deed, pack: str, taken: Sequence[Taken]) -> list[Figure]:
    tenant = taken[0].report.tenant
    # Held until the end: figures of a pack become visible in the order of their ids.
    pulse = Pulse.objects.select_for_update().get(tenant=tenant, pack=pack)
    reports = [each.report.pk for each in taken]
    standing = {
        figure.report_id: figure
        for figure in Figure.objects.filter(report_id__in=reports, replaced_by__isnull=True)
    }
    causes = _causes(list(standing))
    organisations = {e.report.organisation_id for e in taken} | {e.line.organisation_id for e in taken}
    names = names_of(organisations, deed.today)
    kinds = _kinds(organisations, deed)
    figures = Figure.objects.bulk_create(
        [_figure(deed, each, standing, causes, names, kinds) for each in taken]
    )
    Pulse.objects.filter(pk=pulse.pk).update(figures=max(figure.pk for figure in figures))
    tell(
        APPROVED_FIGURES,
        {"tenant": tenant, "pack": pack, "figures": [figure.pk for figure in figures]},
        at=deed.at,
    )
    return figures


def _figure(
    deed: Deed,
    each: Taken,
    standing: dict[int, Figure],
    causes: dict[int, str],
    names: dict[int, str],
    kinds: dict[int, str],
) -> Figure:
    report, line = each.report, each.line
    subject = deed.subject(report)
    old = standing.get(report.pk)
    return Figure(
        report=report,
        step=line,
        tenant=report.tenant,
        pack=report.pack,
        version=subject.index.version,
        definition=definition_hash(subject.indicator),
        obligation=report.obligation,
        indicator=report.indicator,
        organisation_id=report.organisation_id,
        parties=report.parties,
        period=report.period,
        starts=report.starts,
        ends=report.ends,
        value=report.value,
        numerator=report.numerator,
        denominator=report.denominator,
        text=report.text,
        unit=subject.indicator.unit or "",
        reported_by=report.submitted_name,
        reported_as=names.get(report.organisation_id, ""),
        approved_by=deed.by.name[:80],
        approved_as=names.get(line.organisation_id, ""),
        known_from=deed.at,
        replaces=old,
        cause=causes.get(report.pk, "更正") if old is not None else "",
        disclosed=_disclosed(subject, report, kinds),
    )


def _disclosed(subject: Subject, report: Report, kinds: dict[int, str]) -> bool:
    """Whether anybody may read the figure: the place's own, of the real tenant, public and listed."""
    listed = subject.index.pack.manifest.publication.indicators
    return (
        report.tenant == Tenant.REAL.value
        and subject.obligation.rollup == "none"
        and kinds.get(report.organisation_id) in _OF_THE_PLACE
        and subject.indicator.disclosure == "public"
        and (listed == "all" or report.indicator in listed)
    )


def _causes(reports: Sequence[int]) -> dict[int, str]:
    """Why each report was opened again the last time."""
    rows = (
        ReportStep.objects.filter(report_id__in=reports, kind=StepKind.REOPEN.value)
        .order_by("number")
        .values_list("report_id", "reason", "reason_words")
    )
    return {
        report: f"{Reason(reason).words}：{words}" if words else Reason(reason).words
        for report, reason, words in rows
    }


def _kinds(organisations: set[int], deed: Deed) -> dict[int, str]:
    rows = Standing.objects.filter(organisation__in=organisations, starts__lte=deed.today).order_by("starts")
    return dict(rows.values_list("organisation_id", "kind"))
