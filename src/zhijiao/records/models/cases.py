"""Cases: an application for an event of a record, and what each party did with it.

Invariant: a record has at most one open case; a case runs in the flow under which it was opened; it changes a record only by
its last step, in the transaction of that step.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from zhijiao.core.governance import Governance, Privacy, Retention, Scope
from zhijiao.core.models.shared import TENANTS, append_only, never_deleted
from zhijiao.records.models.ledger import StudentRecord

_CASES = Retention(30, "the case was closed", "who agreed to a transfer is asked as long as the record is")


class RecordCase(models.Model):
    """One case. `organisation` applied; `target` is the school that takes the student; `deciders` gives the organisation that
    signs each step, `holder` the one whose turn it is; `parties` are those who see it besides. `person`, `name`: whom it is
    about; `sealed` only of a student who comes from outside."""

    governance: ClassVar[Governance] = Governance(Scope.ORGANISATION, Privacy.SENSITIVE, _CASES)

    tenant = models.CharField(max_length=8, choices=TENANTS)
    number = models.CharField(max_length=40)
    pack = models.CharField(max_length=80)
    pack_version = models.CharField(max_length=64, blank=True)
    rule = models.CharField(max_length=80)
    event = models.CharField(max_length=20)
    name_of_event = models.CharField(max_length=40)
    flow = models.JSONField()
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey("core.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    deciders = models.JSONField(default=dict)
    holder = models.ForeignKey("core.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    parties = ArrayField(models.BigIntegerField(), default=list)
    record = models.ForeignKey(StudentRecord, null=True, on_delete=models.PROTECT, related_name="cases")
    person = models.UUIDField()
    sealed = models.TextField(blank=True)
    name = models.CharField(max_length=50)
    reason = models.CharField(max_length=40, blank=True)
    reason_name = models.CharField(max_length=80, blank=True)
    words = models.TextField(blank=True)
    wanted = models.JSONField(default=dict)
    files = ArrayField(models.BigIntegerField(), default=list)
    stage = models.CharField(max_length=40)
    entered = models.DateField()
    due = models.DateField(null=True)
    closed = models.BooleanField(default=False)
    submitted_by = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=80)
    revision = models.IntegerField(default=1)

    class Meta:
        triggers = never_deleted()
        constraints = (
            models.UniqueConstraint(fields=("organisation", "number"), name="record_case_number_once"),
            models.UniqueConstraint(
                fields=("record",), condition=Q(closed=False), name="record_one_open_case"
            ),
            models.UniqueConstraint(
                fields=("tenant", "person"),
                condition=Q(closed=False, record__isnull=True),
                name="one_open_case_from_outside",
            ),
            models.CheckConstraint(
                condition=Q(target__isnull=True) | Q(record__isnull=True) | ~Q(target=F("organisation")),
                name="transfer_to_another_school",
            ),
        )
        indexes = (
            models.Index(fields=("organisation", "closed"), name="record_case_by_owner"),
            models.Index(fields=("holder",), condition=Q(closed=False), name="record_case_by_holder"),
            models.Index(fields=("due",), condition=Q(closed=False), name="record_case_due"),
            GinIndex(fields=("parties",), name="record_case_parties"),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.name_of_event}"


class RecordCaseStep(models.Model):
    """A step of a case."""

    governance: ClassVar[Governance] = Governance(Scope.ORGANISATION, Privacy.PERSONAL, _CASES)

    case = models.ForeignKey(RecordCase, on_delete=models.PROTECT, related_name="steps")
    number = models.IntegerField()
    transition = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    source = models.CharField(max_length=40)
    target = models.CharField(max_length=40)
    words = models.TextField(blank=True)
    files = ArrayField(models.BigIntegerField(), default=list)
    by = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)
    by_organisation = models.ForeignKey(
        "core.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        triggers = append_only()
        constraints = (models.UniqueConstraint(fields=("case", "number"), name="record_case_step_once"),)

    def __str__(self) -> str:
        return f"{self.case_id} {self.number} {self.transition}"
