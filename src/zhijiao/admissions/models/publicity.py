"""What is put up for everybody to read and object to, what they said, and what goes to bound phones.

Invariant: a notice shows registration number and masked name, no marks, and ends by date; an objection is answered in writing;
a text says no result and goes to a phone once.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from zhijiao.admissions.models.candidates import Candidate, Guardian
from zhijiao.admissions.models.runs import Run
from zhijiao.admissions.models.seasons import Season
from zhijiao.admissions.models.shared import PERSON, values
from zhijiao.admissions.types.states import ObjectionState, PublicityKind, TextState
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


class TextNotice(models.Model):
    """A text message that waits to be sent, or was. To the candidate's own phone, or to that of `guardian`; the number is opened
    when it is sent. Its words say that there is something to read, never what."""

    governance: ClassVar[Governance] = PERSON

    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="texts")
    run = models.ForeignKey(Run, null=True, on_delete=models.PROTECT, related_name="texts")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="+")
    guardian = models.ForeignKey(Guardian, null=True, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=values(TextState), default=TextState.WAITING.value)
    tries = models.SmallIntegerField(default=0)
    made_at = models.DateTimeField()
    next_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=200, blank=True)  # why it was not taken, the last time

    class Meta:
        triggers = never_deleted()
        constraints = (
            models.UniqueConstraint(
                fields=("run", "candidate", "guardian"), name="text_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", settled_at__isnull=True)
                | (~Q(state="waiting") & Q(settled_at__isnull=False)),
                name="text_settled_in_full",
            ),
        )
        indexes = (
            models.Index(fields=("next_at",), condition=Q(state="waiting"), name="text_waiting"),
            models.Index(fields=("run", "state"), name="text_by_run"),
        )

    def __str__(self) -> str:
        return f"{self.candidate_id} {self.state}"
