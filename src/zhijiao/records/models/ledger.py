"""Student records and their ledger.

Invariant: on any day a person has at most one live record in a tenant; what a record's row says is what its events say;
events are only added, each not earlier than the one before it.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Func, Q

from zhijiao.core.governance import Governance, Privacy, Retention, Scope
from zhijiao.core.models.shared import TENANTS, append_only, never_deleted
from zhijiao.records.types import LIVE, EventKind, Status

RECORDS = Retention(30, "the record ended", "certificates of study are asked for decades later")
LIVE_STATUSES = sorted(status.value for status in LIVE)


class StudentRecord(models.Model):
    """The record of a student at a school. `person` is the blind index of the identity number, `sealed` the encrypted number.
    `starts` and `ends` bound the days on which it is live. `details` are further fields of the roster's data set, by code;
    `key` is the business key of whoever handed the student over."""

    governance: ClassVar[Governance] = Governance(Scope.ORGANISATION, Privacy.SENSITIVE, RECORDS)

    tenant = models.CharField(max_length=8, choices=TENANTS)
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    person = models.UUIDField()
    sealed = models.TextField()
    key = models.CharField(max_length=120)
    name = models.CharField(max_length=50)
    sex = models.CharField(max_length=4, blank=True)
    school_no = models.CharField(max_length=30, blank=True)
    grade = models.SmallIntegerField()
    major = models.CharField(max_length=8)
    track = models.CharField(max_length=40)
    class_no = models.CharField(max_length=30, blank=True)
    details = models.JSONField(default=dict)
    enrolled_on = models.DateField()
    status = models.CharField(max_length=12, choices=[(s.value, s.value) for s in Status])
    starts = models.DateField()
    ends = models.DateField(null=True)
    suspended_until = models.DateField(null=True)
    previous = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="followers")
    revision = models.IntegerField(default=1)

    class Meta:
        triggers = never_deleted()
        constraints = (
            models.UniqueConstraint(fields=("tenant", "key"), name="record_key_once"),
            models.UniqueConstraint(
                fields=("tenant", "person"), condition=Q(status__in=LIVE_STATUSES), name="one_live_record"
            ),
            ExclusionConstraint(
                name="one_record_a_day",
                expressions=[
                    (F("tenant"), "="),
                    (F("person"), "="),
                    (Func(F("starts"), F("ends"), function="daterange"), "&&"),
                ],
            ),
            models.CheckConstraint(
                condition=Q(status__in=LIVE_STATUSES, ends__isnull=True)
                | (~Q(status__in=LIVE_STATUSES) & Q(ends__isnull=False)),
                name="live_without_end",
            ),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")), name="student_record_ends_later"
            ),
        )
        indexes = (models.Index(fields=("organisation", "status", "grade"), name="student_record_roster"),)

    def __str__(self) -> str:
        return f"{self.pk} {self.name} {self.status}"


class RecordEvent(models.Model):
    """One event of a record's ledger. `sets`: what it changes, `before`: what was there."""

    governance: ClassVar[Governance] = Governance(Scope.ORGANISATION, Privacy.SENSITIVE, RECORDS)

    record = models.ForeignKey(StudentRecord, on_delete=models.PROTECT, related_name="events")
    number = models.SmallIntegerField()
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in EventKind])
    on = models.DateField()
    sets = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    reason = models.CharField(max_length=40, blank=True)
    reason_name = models.CharField(max_length=80, blank=True)
    words = models.CharField(max_length=500, blank=True)
    document = models.CharField(max_length=120, blank=True)
    until = models.DateField(null=True)
    other = models.ForeignKey("core.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    outside = models.CharField(max_length=120, blank=True)
    case = models.ForeignKey("RecordCase", null=True, on_delete=models.PROTECT, related_name="events")
    by = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        triggers = append_only()
        constraints = (models.UniqueConstraint(fields=("record", "number"), name="record_event_once"),)
        indexes = (models.Index(fields=("on",), name="record_event_by_day"),)

    def __str__(self) -> str:
        return f"{self.record_id} {self.number} {self.kind} {self.on}"


class TermRegistration(models.Model):
    """A student registered for a term (注册): the school saw them."""

    governance: ClassVar[Governance] = Governance(Scope.ORGANISATION, Privacy.PERSONAL, RECORDS)

    record = models.ForeignKey(StudentRecord, on_delete=models.PROTECT, related_name="terms")
    term = models.CharField(max_length=24)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        triggers = append_only()
        constraints = (models.UniqueConstraint(fields=("record", "term"), name="term_registered_once"),)

    def __str__(self) -> str:
        return f"{self.record_id} {self.term}"
