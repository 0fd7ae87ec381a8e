"""The dated organisation tree.

Invariant: on any day an organisation has at most one standing (name, kind, place in the tree), and no organisation
stands below itself. A merger, a move or a new name closes one standing and opens the next, so that a figure of last
year can still be added up in last year's tree.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Func, Q

from zhijiao.core.governance import Governance, Privacy, Retention, Scope
from zhijiao.core.models.shared import KINDS, TENANTS, never_deleted

_FOREVER = Retention.forever("figures of past years are added up in the tree of their time")


class Organisation(models.Model):
    """Somebody who can owe, report, review or be responsible. `code` is the business key within a tenant:
    a division code, a school code, a unified social credit code, or the id under which a pack names it."""

    governance: ClassVar[Governance] = Governance(Scope.PUBLIC, Privacy.NONE, _FOREVER)

    tenant = models.CharField(max_length=8, choices=TENANTS)
    code = models.CharField(max_length=80)
    pack = models.CharField(max_length=80, blank=True)  # the pack whose documents govern it
    created_at = models.DateTimeField()

    class Meta:
        triggers = never_deleted()
        constraints = (models.UniqueConstraint(fields=("tenant", "code"), name="organisation_code_once"),)

    def __str__(self) -> str:
        return f"{self.code} ({self.tenant})"


class Standing(models.Model):
    """What an organisation is called, is, and stands under, from `starts` until before `ends`."""

    governance: ClassVar[Governance] = Governance(Scope.PUBLIC, Privacy.NONE, _FOREVER)

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="standings")
    name = models.CharField(max_length=120)
    short = models.CharField(max_length=40, blank=True)
    sort_key = models.CharField(max_length=240, blank=True)  # pinyin: the database cannot sort Chinese
    kind = models.CharField(max_length=24, choices=KINDS)
    parent = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    starts = models.DateField()
    ends = models.DateField(null=True)
    basis = models.CharField(max_length=200, blank=True)  # the document that says so

    class Meta:
        triggers = never_deleted()
        constraints = (
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gt=F("starts")), name="standing_ends_later"
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("organisation")), name="standing_not_itself"
            ),
            ExclusionConstraint(
                name="standing_one_a_day",
                expressions=[
                    (F("organisation"), "="),
                    (Func(F("starts"), F("ends"), function="daterange"), "&&"),
                ],
            ),
        )
        indexes = (models.Index(fields=("parent", "starts"), name="standing_by_parent"),)

    def __str__(self) -> str:
        return f"{self.name} {self.starts}–{self.ends or ''}"


class Alias(models.Model):
    """Another spelling under which documents and workbooks name an organisation."""

    governance: ClassVar[Governance] = Governance(Scope.PUBLIC, Privacy.NONE, _FOREVER)

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="aliases")
    tenant = models.CharField(max_length=8, choices=TENANTS)
    name = models.CharField(max_length=120)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("organisation", "name"), name="alias_once"),)
        indexes = (models.Index(fields=("tenant", "name"), name="alias_by_name"),)

    def __str__(self) -> str:
        return self.name
