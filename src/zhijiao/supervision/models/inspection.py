"""Inspection: batches drawn by lot, checks on the spot or online, and the problem sheet.

Invariant: whom a batch checks follows from its seed and its lists, so that anybody can draw again; a problem is settled
only by a recheck.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from zhijiao.core.governance import Governance
from zhijiao.core.models.shared import TENANTS, append_only, never_deleted
from zhijiao.supervision.models.proceedings import Proceeding
from zhijiao.supervision.models.work import OFFICE_WORK, WorkItem
from zhijiao.supervision.types import Finding, Manner, ProblemState


class Batch(models.Model):
    """A batch of checks: who and what could have been drawn, how many were, and the seed of the draw."""

    governance: ClassVar[Governance] = OFFICE_WORK

    tenant = models.CharField(max_length=8, choices=TENANTS)
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    pack = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=200)
    basis = models.CharField(max_length=200, blank=True)
    manner = models.CharField(max_length=8, choices=[(m.value, m.value) for m in Manner])
    starts = models.DateField()
    ends = models.DateField()
    seed = models.CharField(max_length=40)
    objects_list = models.JSONField()  # codes of the organisations in the draw
    items_list = models.JSONField()  # keys of the items in the draw
    objects_drawn = models.SmallIntegerField()
    items_drawn = models.SmallIntegerField()
    drawn_at = models.DateTimeField()
    drawn_by = models.CharField(max_length=80)

    class Meta:
        triggers = append_only()
        constraints = (
            models.UniqueConstraint(fields=("tenant", "organisation", "title"), name="batch_title_once"),
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="batch_ends_later"),
        )

    def __str__(self) -> str:
        return self.title


class Check(models.Model):
    """What was found of one item at one drawn organisation."""

    governance: ClassVar[Governance] = OFFICE_WORK

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="checks")
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    parties = ArrayField(models.BigIntegerField(), default=list)
    item = models.ForeignKey(WorkItem, null=True, on_delete=models.PROTECT, related_name="checks")
    finding = models.CharField(max_length=10, choices=[(f.value, f.value) for f in Finding], default="open")
    manner = models.CharField(max_length=8, blank=True, choices=[(m.value, m.value) for m in Manner])
    checked_on = models.DateField(null=True)
    checkers = models.CharField(max_length=200, blank=True)
    words = models.TextField(blank=True)
    files = ArrayField(models.BigIntegerField(), default=list)
    recorded_by = models.CharField(max_length=80, blank=True)
    recorded_at = models.DateTimeField(null=True)

    class Meta:
        triggers = never_deleted()
        constraints = (
            models.UniqueConstraint(
                fields=("batch", "organisation", "item"), nulls_distinct=False, name="check_once"
            ),
            models.CheckConstraint(
                condition=Q(finding=Finding.OPEN.value)
                | (Q(checked_on__isnull=False) & ~Q(checkers="") & ~Q(words="")),
                name="check_recorded_in_full",
            ),
        )
        indexes = (GinIndex(fields=("parties",), name="check_parties"),)

    def __str__(self) -> str:
        return f"{self.batch_id} {self.organisation_id} {self.item_id}"


class Problem(models.Model):
    """A line of a problem sheet: of a check, or of an inspection. `open` → `answered` → `settled`, or back to `open`."""

    governance: ClassVar[Governance] = OFFICE_WORK

    found_by = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    check_of = models.ForeignKey(Check, null=True, on_delete=models.PROTECT, related_name="problems")
    proceeding = models.ForeignKey(Proceeding, null=True, on_delete=models.PROTECT, related_name="problems")
    number = models.SmallIntegerField()
    text = models.TextField()
    basis = models.CharField(max_length=200, blank=True)
    demand = models.TextField(blank=True)
    due = models.DateField()
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in ProblemState], default="open"
    )
    escalated = models.ForeignKey(Proceeding, null=True, on_delete=models.PROTECT, related_name="escalates")
    answered_by = models.BigIntegerField(null=True)
    steps_count = models.IntegerField(default=0)
    found_on = models.DateField()

    class Meta:
        triggers = never_deleted()
        constraints = (
            models.CheckConstraint(
                condition=Q(check_of__isnull=True, proceeding__isnull=False)
                | Q(check_of__isnull=False, proceeding__isnull=True),
                name="problem_of_one_thing",
            ),
        )
        indexes = (
            models.Index(fields=("organisation", "state"), name="problem_by_organisation"),
            models.Index(fields=("found_by", "state"), name="problem_by_finder"),
        )

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def state_words(self) -> str:
        """The state as screens say it."""
        return ProblemState(self.state).words


class ProblemStep(models.Model):
    """What was done about a problem: found, answered, rechecked. Never changed."""

    governance: ClassVar[Governance] = OFFICE_WORK

    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="steps")
    number = models.IntegerField()
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in ProblemState])
    words = models.TextField(blank=True)
    files = ArrayField(models.BigIntegerField(), default=list)
    by = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    on = models.DateField()

    class Meta:
        triggers = append_only()
        constraints = (models.UniqueConstraint(fields=("problem", "number"), name="problem_step_once"),)

    def __str__(self) -> str:
        return f"{self.problem_id} {self.number}"
