"""Approved figures.

Invariant: a figure is written once, by the step that approved it; a restatement is a new figure that names the one it
replaces and the cause. What was known at any moment can therefore be read again.
"""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from zhijiao.core.governance import Governance, Privacy, Retention, Scope
from zhijiao.indicators.models.reports import FOREVER, TENANTS, Report, ReportStep, amount


class Figure(models.Model):
    """A figure that was approved at `known_from`, under a pack version and a definition (hashes). `disclosed`: it is the
    place's own, public by its definition and listed in the pack's publication, so anybody may read it."""

    governance: ClassVar[Governance] = Governance(Scope.ORGANISATION, Privacy.WORK, FOREVER)

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="figures")
    step = models.OneToOneField(ReportStep, on_delete=models.PROTECT, related_name="figure")
    tenant = models.CharField(max_length=8, choices=TENANTS)
    pack = models.CharField(max_length=80)
    version = models.CharField(max_length=64)
    definition = models.CharField(max_length=64)
    obligation = models.CharField(max_length=80)
    indicator = models.CharField(max_length=80)
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    parties = ArrayField(models.BigIntegerField(), default=list)
    period = models.CharField(max_length=24)
    starts = models.DateField()
    ends = models.DateField()
    value = amount()
    numerator = amount()
    denominator = amount()
    text = models.TextField(blank=True)
    unit = models.CharField(max_length=40, blank=True)
    reported_by = models.CharField(max_length=80)
    reported_as = models.CharField(max_length=120)
    approved_by = models.CharField(max_length=80)
    approved_as = models.CharField(max_length=120)
    known_from = models.DateTimeField()
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    cause = models.CharField(max_length=600, blank=True)
    disclosed = models.BooleanField(default=False)

    class Meta:
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
        constraints = (
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(cause=""), name="figure_restated_for_a_cause"
            ),
            models.UniqueConstraint(
                fields=("report",), condition=Q(replaces__isnull=True), name="figure_one_first_a_report"
            ),
        )
        indexes = (
            models.Index(fields=("tenant", "pack", "indicator", "period"), name="figure_by_indicator"),
            models.Index(
                fields=("tenant", "pack", "indicator", "-id"),
                condition=Q(replaces__isnull=False),
                name="figure_restated",
            ),
            models.Index(fields=("indicator", "organisation", "-ends"), name="figure_history"),
        )

    def __str__(self) -> str:
        return f"{self.indicator} {self.organisation_id} {self.period} {self.value}"


class Pulse(models.Model):
    """The newest report and the newest figure of a pack, by id. Whoever adds some holds this row until the end of the
    transaction, so that ids grow in the order in which rows become visible: a reader who knows these two knows whether
    anything is new, and what. `since`: the first day on which duties were told here, `until` the last."""

    governance: ClassVar[Governance] = Governance(
        Scope.SYSTEM, Privacy.NONE, Retention.forever("one row a pack")
    )

    tenant = models.CharField(max_length=8, choices=TENANTS)
    pack = models.CharField(max_length=80)
    since = models.DateField()
    until = models.DateField()
    reports = models.BigIntegerField(default=0)
    figures = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("tenant", "pack"), name="pulse_once"),)

    def __str__(self) -> str:
        return f"{self.tenant} {self.pack} {self.reports} {self.figures}"
