"""Notices (公示) for students whom nobody reaches.

Invariant: a case has at most one notice that was not withdrawn; it shows the masked name, and is gone for the public after its last day.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from zhijiao.core.governance import Governance, Privacy, Retention, Scope
from zhijiao.core.models.shared import never_deleted
from zhijiao.records.models.cases import RecordCase

_CASES = Retention(30, "the case was closed", "whether a student was called in public is asked with the case")


class RecordNotice(models.Model):
    """A notice. `name` is masked; `about`: grade and class, as the notice says them; `code` is its address."""

    governance: ClassVar[Governance] = Governance(Scope.ORGANISATION, Privacy.PERSONAL, _CASES)

    case = models.ForeignKey(RecordCase, on_delete=models.PROTECT, related_name="notices")
    code = models.CharField(max_length=16, unique=True)
    school = models.CharField(max_length=120)
    name = models.CharField(max_length=50)
    about = models.CharField(max_length=200)
    contact = models.CharField(max_length=200)
    starts = models.DateField()
    ends = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.CharField(max_length=200, blank=True)

    class Meta:
        triggers = never_deleted()
        constraints = (
            models.UniqueConstraint(
                fields=("case",), condition=Q(withdrawn_at__isnull=True), name="record_notice_one_standing"
            ),
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="record_notice_has_days"),
        )

    def __str__(self) -> str:
        return self.code
