"""What is put up for everybody to read and object to, and what they said.

Invariant: a notice shows registration number and masked name, no marks, and ends by date; an objection is answered in writing.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from zhijiao.admissions.models.runs import Run
from zhijiao.admissions.models.seasons import Season
from zhijiao.admissions.models.shared import PERSON, values
from zhijiao.admissions.types.states import ObjectionState, PublicityKind
from zhijiao.core.governance import Governance
from zhijiao.core.models.shared import never_deleted


class Publicity(models.Model):
    """A notice (公示). `rows`: what it shows, as it was put up; emptied when its time is over. `code` stands in its address."""

    governance: ClassVar[Governance] = PERSON

    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="notices")
    run = models.ForeignKey(Run, null=True, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=16, choices=values(PublicityKind))
    code = models.CharField(max_length=32, unique=True)
    title = models.CharField(max_length=200)
    words = models.TextField(blank=True)
    contact = models.CharField(max_length=200)  # where to object besides: office and telephone
    rows = models.JSONField(default=list)
    starts = models.DateField()
    ends = models.DateField()  # the last day
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        triggers = never_deleted()
        constraints = (
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="publicity_ends_later"),
        )

    def __str__(self) -> str:
        return self.title


class Objection(models.Model):
    """What somebody said against a line of a notice, and the written answer. Name and contact are sealed."""

    governance: ClassVar[Governance] = PERSON

    publicity = models.ForeignKey(Publicity, on_delete=models.PROTECT, related_name="objections")
    receipt = models.CharField(max_length=24, unique=True)
    about = models.CharField(max_length=24, blank=True)  # registration number, where one is meant
    words = models.TextField()
    contact_sealed = models.TextField(blank=True)
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    due = models.DateField()
    state = models.CharField(max_length=10, choices=values(ObjectionState), default=ObjectionState.OPEN.value)
    answer = models.TextField(blank=True)
    upheld = models.BooleanField(null=True)
    answered_by = models.CharField(max_length=80, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        triggers = never_deleted()
        constraints = (
            models.CheckConstraint(
                condition=Q(state="open", answered_at__isnull=True)
                | (Q(state="answered", answered_at__isnull=False) & ~Q(answer="")),
                name="objection_answered_in_writing",
            ),
        )

    def __str__(self) -> str:
        return self.receipt
