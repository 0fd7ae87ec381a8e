"""Reports: one figure owed by one organisation for one period, and the ledger of what was done to it.

Invariant: a report stands where its ledger says; what was approved changes only after it was opened again with a reason,
and no row is ever deleted. The database refuses what the verbs would not do (migrations/0002).
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from zhijiao.core.governance import Governance, Privacy, Retention, Scope
from zhijiao.core.kinds import Tenant
from zhijiao.indicators.types import APPROVED, DRAFT, RETURN_REASONS, STEP_WORDS

TENANTS = [(tenant.value, tenant.value) for tenant in Tenant]
ASKS = [(asks, asks) for asks in ("value", "ratio", "text")]
REASONS = [(reason.value, reason.value) for reason in RETURN_REASONS]
STEPS = [(step.value, step.value) for step in STEP_WORDS]
FOREVER = Retention.forever("a figure of a past year must be explained by who reported and approved it")


def amount() -> models.DecimalField[Decimal | None, Decimal | None]:
    """An exact number: as many digits as a form takes (engines.forms MOST_DIGITS, MOST_DECIMALS)."""
    return models.DecimalField(max_digits=26, decimal_places=6, null=True)


class OpenReports(models.Manager["Report"]):
    """Reports that are still asked for."""

    def get_queryset(self) -> models.QuerySet[Report]:
        return super().get_queryset().filter(closed_at__isnull=True)


class Report(models.Model):
    """A figure owed. `state` is a stage of the approval flow: draft (with the reporter), step.1 … step.n (with a reviewer),
    approved (locked). `holder` is whose turn it is, until `deadline`. The chain was resolved when the report was opened, in
    the tree of the period's last day, and stays. `revision` counts every write: who decides says which one they saw.
    `closed_at`: a version of the pack was accepted that asks for this figure no more; only `every` still finds the row."""

    governance: ClassVar[Governance] = Governance(Scope.ORGANISATION, Privacy.WORK, FOREVER)

    tenant = models.CharField(max_length=8, choices=TENANTS)
    pack = models.CharField(max_length=80)
    obligation = models.CharField(max_length=80)
    indicator = models.CharField(max_length=80)
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=24)
    starts = models.DateField()
    ends = models.DateField()  # the last day of the period
    due = models.DateField()
    asks = models.CharField(max_length=8, choices=ASKS)
    chain = models.JSONField()  # [{"party": organisation id, "name": …, "days": … or null, "working": …}]
    parties = ArrayField(models.BigIntegerField(), default=list)  # the reviewers' organisations
    opened_at = models.DateTimeField()
    version = models.CharField(max_length=64)  # the pack version under which it was opened

    state = models.CharField(max_length=16, default=DRAFT)
    holder = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    deadline = models.DateField(null=True)
    step = models.IntegerField(default=0)  # number of the last line of the ledger
    revision = models.IntegerField(default=0)
    typed = models.JSONField(default=dict)  # the draft as it was typed, field by field
    value = amount()
    numerator = amount()
    denominator = amount()
    text = models.TextField(blank=True)
    note = models.TextField(blank=True)
    evidence = ArrayField(models.BigIntegerField(), default=list)
    reason = models.CharField(max_length=12, choices=REASONS, blank=True)  # of the last return or opening
    reason_words = models.CharField(max_length=500, blank=True)
    returned_by = models.CharField(max_length=80, blank=True)
    submitted_by = models.BigIntegerField(null=True)  # the account: it may not decide this report
    submitted_name = models.CharField(max_length=80, blank=True)
    submitted_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_for = models.CharField(max_length=300, blank=True)

    objects: ClassVar[OpenReports] = OpenReports()
    every: ClassVar[models.Manager[Report]] = models.Manager()

    class Meta:
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="key_stays",
                fields=[
                    *(
                        "tenant",
                        "pack",
                        "obligation",
                        "indicator",
                        "organisation",
                        "period",
                        "starts",
                        "ends",
                    ),
                    *("asks", "chain", "parties", "opened_at", "version"),
                ],
            ),
        ]
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "indicator", "period", "obligation", "pack", "tenant"),
                name="report_once",
            ),
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="report_period_runs_forward"),
            models.CheckConstraint(
                condition=~Q(asks="ratio")
                | Q(value__isnull=True)
                | Q(numerator__isnull=False, denominator__gt=0),
                name="report_ratio_has_parts",
            ),
            models.CheckConstraint(
                condition=Q(state=DRAFT) | Q(value__isnull=False) | ~Q(text=""), name="report_handed_in_whole"
            ),
            models.CheckConstraint(
                condition=Q(state=DRAFT) | Q(submitted_at__isnull=False), name="report_has_author"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_for="") | (Q(state=DRAFT) & ~Q(closed_for="")),
                name="report_closed_as_draft_with_reason",
            ),
        )
        indexes = (
            # What an organisation owes, what waits for a decision, what is late: only reports on their way.
            models.Index(
                fields=("organisation", "due"),
                condition=~Q(state=APPROVED),
                name="report_open_by_organisation",
            ),
            models.Index(
                fields=("organisation", "-due"), condition=Q(state=APPROVED), name="report_approved_newest"
            ),
            models.Index(
                fields=("holder", "deadline"), condition=~Q(state=APPROVED), name="report_by_holder"
            ),
            models.Index(fields=("indicator", "organisation", "-ends"), name="report_history"),
            models.Index(fields=("tenant", "pack", "period", "indicator"), name="report_by_period"),
        )

    def __str__(self) -> str:
        return f"{self.indicator} {self.organisation_id} {self.period} {self.state}"


class ReportStep(models.Model):
    """A line of a report's ledger: what was done, by whom, on whose behalf, and the figure as it was then. The report is
    its projection: replaying the lines gives the row."""

    governance: ClassVar[Governance] = Governance(Scope.ORGANISATION, Privacy.WORK, FOREVER)

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="steps")
    number = models.IntegerField()
    kind = models.CharField(max_length=8, choices=STEPS)
    source = models.CharField(max_length=16)
    target = models.CharField(max_length=16)
    user = models.BigIntegerField(null=True)  # none for a command
    name = models.CharField(max_length=80)
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    value = amount()
    numerator = amount()
    denominator = amount()
    text = models.TextField(blank=True)
    note = models.TextField(blank=True)
    evidence = ArrayField(models.BigIntegerField(), default=list)
    reason = models.CharField(max_length=12, choices=REASONS, blank=True)
    reason_words = models.CharField(max_length=500, blank=True)

    class Meta:
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
        constraints = (
            models.UniqueConstraint(fields=("report", "number"), name="report_step_once"),
            models.CheckConstraint(
                condition=~Q(kind__in=("return", "reopen")) | ~Q(reason=""), name="report_step_has_reason"
            ),
        )
        indexes = (models.Index(fields=("at",), name="report_step_by_time"),)

    def __str__(self) -> str:
        return f"{self.report_id} {self.number} {self.kind}"
