"""Office work on somebody: notice, inspection, circular, interview.

Invariant: a proceeding runs in the flow under which it was opened; its stage is what replaying its steps gives; the unit
concerned sees it from the day on which it is issued to it.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from zhijiao.core.governance import Governance
from zhijiao.core.models.shared import TENANTS, append_only, never_deleted
from zhijiao.supervision.models.work import OFFICE_WORK, WorkItem
from zhijiao.supervision.types import ProceedingKind


class Proceeding(models.Model):
    """One case. `organisation` opened it; `subjects` are the units concerned; `parties` those who see it besides, so the
    subjects once it is issued. `flow` is the procedure of the pack version under which it was opened."""

    governance: ClassVar[Governance] = OFFICE_WORK

    tenant = models.CharField(max_length=8, choices=TENANTS)
    number = models.CharField(max_length=40)
    pack = models.CharField(max_length=80)
    pack_version = models.CharField(max_length=64, blank=True)
    procedure = models.CharField(max_length=80)
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in ProceedingKind])
    flow = models.JSONField()
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    upper = models.ForeignKey("core.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    subjects = ArrayField(models.BigIntegerField())
    acknowledged = ArrayField(models.BigIntegerField(), default=list)
    parties = ArrayField(models.BigIntegerField(), default=list)
    item = models.ForeignKey(WorkItem, null=True, on_delete=models.PROTECT, related_name="proceedings")
    indicator = models.CharField(max_length=80, blank=True)
    origin = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="followers")
    title = models.CharField(max_length=200)
    words = models.TextField()
    demand = models.TextField(blank=True)
    team = models.JSONField(default=list)
    stage = models.CharField(max_length=80)
    entered = models.DateField()
    due = models.DateField(null=True)
    closed = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=80)
    revision = models.IntegerField(default=1)

    class Meta:
        triggers = never_deleted()
        constraints = (
            models.UniqueConstraint(fields=("organisation", "number"), name="proceeding_number_once"),
            models.CheckConstraint(condition=Q(subjects__len__gt=0), name="proceeding_about_somebody"),
        )
        indexes = (
            models.Index(fields=("organisation", "closed"), name="proceeding_by_owner"),
            models.Index(fields=("due",), condition=Q(closed=False), name="proceeding_due"),
            GinIndex(fields=("parties",), name="proceeding_parties"),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class ProceedingStep(models.Model):
    """A step of a case. Where several units have to take it, one row for each; the stage changes with the last."""

    governance: ClassVar[Governance] = OFFICE_WORK

    proceeding = models.ForeignKey(Proceeding, on_delete=models.PROTECT, related_name="steps")
    number = models.IntegerField()
    transition = models.CharField(max_length=80)
    name = models.CharField(max_length=80)
    source = models.CharField(max_length=80)
    target = models.CharField(max_length=80)
    party = models.CharField(max_length=80)
    words = models.TextField(blank=True)
    files = ArrayField(models.BigIntegerField(), default=list)
    due = models.DateField(null=True)  # by when the stage that it leads to is to be left
    by = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)
    by_organisation = models.ForeignKey(
        "core.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    on = models.DateField()

    class Meta:
        triggers = append_only()
        constraints = (models.UniqueConstraint(fields=("proceeding", "number"), name="proceeding_step_once"),)
        indexes = (models.Index(fields=("on",), name="proceeding_step_by_day"),)

    def __str__(self) -> str:
        return f"{self.proceeding_id} {self.number} {self.transition}"
