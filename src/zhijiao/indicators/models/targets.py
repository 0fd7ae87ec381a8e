"""Targets that were handed down.

Invariant: for one indicator and period an organisation has at most one share in force for each bound from each source
(handed down, or set by one of its plans); what was in force is ended, never overwritten.
"""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from zhijiao.core.governance import Governance, Privacy, Retention, Scope
from zhijiao.indicators.models.reports import TENANTS


class TargetShare(models.Model):
    """What an organisation is to reach of a target: `proposed` → `confirmed` → `ended` (by the next one, or by a reason)."""

    governance: ClassVar[Governance] = Governance(
        Scope.ORGANISATION,
        Privacy.WORK,
        Retention.forever("what a county was measured against is asked when it is assessed"),
    )

    tenant = models.CharField(max_length=8, choices=TENANTS)
    pack = models.CharField(max_length=80)
    indicator = models.CharField(max_length=80)
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    parties = ArrayField(models.BigIntegerField(), default=list)  # who hands the target down
    period = models.CharField(max_length=24)
    starts = models.DateField(null=True)
    ends = models.DateField()
    op = models.CharField(max_length=2, choices=[(op, op) for op in ("=", ">=", "<=", ">", "<", "~")])
    value = models.DecimalField(max_digits=26, decimal_places=6)
    unit = models.CharField(max_length=40, blank=True)
    basis = models.CharField(max_length=300)
    plan = models.BigIntegerField(null=True)  # the plan whose targets these are
    state = models.CharField(max_length=10, choices=[(s, s) for s in ("proposed", "confirmed", "ended")])
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    confirmed_by = models.CharField(max_length=80, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_for = models.CharField(max_length=300, blank=True)

    class Meta:
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="share_stays",
                fields=[
                    *(
                        "tenant",
                        "pack",
                        "indicator",
                        "organisation",
                        "period",
                        "starts",
                        "ends",
                        "op",
                        "value",
                    ),
                    *("unit", "basis", "plan", "made_by", "made_at"),
                ],
            ),
        ]
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "pack", "indicator", "organisation", "period", "op", "plan", "state"),
                nulls_distinct=False,
                condition=~Q(state="ended"),
                name="share_once_in_force",
            ),
            models.CheckConstraint(
                condition=Q(starts__isnull=True) | Q(ends__gte=F("starts")), name="share_period_runs_forward"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed") | Q(confirmed_at__isnull=False) | Q(ended_at__isnull=False),
                name="share_confirmed_by_somebody",
            ),
        )
        indexes = (models.Index(fields=("organisation", "indicator"), name="share_by_organisation"),)

    def __str__(self) -> str:
        return f"{self.indicator} {self.organisation_id} {self.period} {self.op}{self.value}"
