"""What has to be settled about a person's record, and the files that went to and came from the upper registers.

Invariant: of one kind, person and register an organisation has at most one open issue; it is settled with a word.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from zhijiao.core.governance import Governance, Privacy, Retention, Scope
from zhijiao.core.models.shared import TENANTS, append_only, never_deleted
from zhijiao.records.types import IssueKind

_TEN_YEARS = Retention(
    10, "it was settled", "who reported whom, and what came back, is asked for in audits of aid"
)


class RecordIssue(models.Model):
    """A duplicate that was found, or a row that an upper register refused."""

    governance: ClassVar[Governance] = Governance(Scope.ORGANISATION, Privacy.SENSITIVE, _TEN_YEARS)

    tenant = models.CharField(max_length=8, choices=TENANTS)
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in IssueKind])
    register = models.CharField(max_length=80, blank=True)
    person = models.UUIDField()
    masked = models.CharField(max_length=30)
    name = models.CharField(max_length=50, blank=True)
    record = models.ForeignKey("StudentRecord", null=True, on_delete=models.PROTECT, related_name="issues")
    words = models.CharField(max_length=500)
    remedy = models.CharField(max_length=300, blank=True)
    found_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=80, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        triggers = never_deleted()
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "kind", "register", "person"),
                condition=Q(settled_at__isnull=True),
                name="issue_open_once",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | ~Q(note=""), name="issue_settled_with_a_word"
            ),
        )
        indexes = (models.Index(fields=("organisation", "settled_at"), name="issue_by_organisation"),)

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}"


class RegisterFile(models.Model):
    """A file that was written for an upper register, or read from it."""

    governance: ClassVar[Governance] = Governance(Scope.ORGANISATION, Privacy.NONE, _TEN_YEARS)

    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    register = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=[(k, k) for k in ("upload", "export", "refused")])
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    rows = models.IntegerField()
    found = models.IntegerField(default=0)
    words = models.CharField(max_length=300, blank=True)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        triggers = append_only()
        indexes = (models.Index(fields=("organisation", "-at"), name="register_file_by_unit"),)

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.register} {self.kind}"
