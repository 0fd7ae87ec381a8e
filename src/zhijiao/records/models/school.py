"""A school's classes, and the columns in which it likes to read its roster."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from zhijiao.core.governance import Governance, Privacy, Retention, Scope
from zhijiao.core.models.shared import never_deleted


class SchoolClass(models.Model):
    """A class, under the number that stands in the roster."""

    governance: ClassVar[Governance] = Governance(
        Scope.ORGANISATION, Privacy.NONE, Retention.forever("records name the class for good")
    )

    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    class_no = models.CharField(max_length=30)
    name = models.CharField(max_length=100)
    grade = models.SmallIntegerField()
    major = models.CharField(max_length=8)
    kind = models.CharField(max_length=40)
    enterprise = models.CharField(max_length=18, blank=True)
    agreement = models.BooleanField(default=False)
    started_on = models.DateField()
    ended_on = models.DateField(null=True)

    class Meta:
        triggers = never_deleted()
        constraints = (
            models.UniqueConstraint(fields=("organisation", "class_no"), name="class_once"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")), name="class_ends_later"
            ),
        )

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.class_no}"


class RosterView(models.Model):
    """Columns of the roster that a school has saved under a name."""

    governance: ClassVar[Governance] = Governance(
        Scope.ORGANISATION, Privacy.NONE, Retention(1, "it was replaced", "a convenience")
    )

    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    columns = ArrayField(models.CharField(max_length=40))
    saved_by = models.CharField(max_length=80)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("organisation", "name"), name="roster_view_once"),)

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.name}"
