"""Plans.

Invariant: a plan that is in force was approved by somebody else than its author, every remark of its consultation has an
answer, and everything that the plan before it left open has exactly one decision.
"""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from zhijiao.core.governance import Governance, Privacy, Retention, Scope
from zhijiao.core.kinds import Tenant
from zhijiao.engines.workflow import StageKind
from zhijiao.planning.types import Decision, PlanKind, Reply, ThingKind

_FOREVER = Retention.forever("a plan is the ground of what was done under it")
_OF_ORGANISATION = Governance(Scope.ORGANISATION, Privacy.WORK, _FOREVER)


def _append_only() -> list[pgtrigger.Trigger]:
    return [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class Plan(models.Model):
    """A plan in its present stage. The stages are those of the pack's procedure; `pack_version` is the version under which
    the plan was begun, and its procedure is read from there for as long as the plan lives. `in_force` from its filing or
    approval until it ends, also while an amendment is written: `edition_in_force` says what holds."""

    governance: ClassVar[Governance] = _OF_ORGANISATION

    tenant = models.CharField(max_length=8, choices=[(t.value, t.value) for t in Tenant])
    pack = models.CharField(max_length=80)
    pack_version = models.CharField(max_length=64)
    procedure = models.CharField(max_length=80)
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in PlanKind])
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    reviewer = models.ForeignKey("core.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    parties = ArrayField(models.BigIntegerField(), default=list)
    title = models.CharField(max_length=160)
    starts = models.DateField()
    ends = models.DateField()
    stage = models.CharField(max_length=40)
    stage_kind = models.CharField(max_length=8, choices=[(k.value, k.value) for k in StageKind])
    entered = models.DateField()
    edition = models.IntegerField(default=0)
    edition_in_force = models.IntegerField(null=True)  # stays while a new edition is written
    in_force = models.BooleanField(default=False)
    disclosed = models.BooleanField(
        default=False
    )  # the place's own, and has come into force: anybody may know of it
    revision = models.IntegerField(default=0)
    author = models.BigIntegerField()
    author_name = models.CharField(max_length=80)
    follows = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="followed_by")
    follows_document = models.CharField(max_length=80, blank=True)  # a document of the pack that has closed
    filed_number = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "pack", "organisation", "kind", "title"), name="plan_title_once"
            ),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="plan_ends_later"),
            models.CheckConstraint(
                condition=Q(in_force=False) | Q(edition_in_force__isnull=False),
                name="plan_in_force_by_edition",
            ),
            models.CheckConstraint(
                condition=Q(follows__isnull=True) | Q(follows_document=""), name="plan_follows_one"
            ),
        )
        indexes = (
            models.Index(fields=("organisation", "stage"), name="plan_by_organisation"),
            GinIndex(fields=("parties",), name="plan_parties"),
        )

    def __str__(self) -> str:
        return self.title


class Edition(models.Model):
    """What a plan said at one time. Each saving adds one; the text of an edition never changes."""

    governance: ClassVar[Governance] = _OF_ORGANISATION

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="editions")
    number = models.IntegerField()
    body = models.TextField(blank=True)
    targets = models.JSONField(default=list)
    items = models.JSONField(default=list)
    file = models.BigIntegerField(null=True)
    by = models.BigIntegerField()
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        triggers = _append_only()
        constraints = (models.UniqueConstraint(fields=("plan", "number"), name="edition_once"),)

    def __str__(self) -> str:
        return f"{self.plan_id} {self.number}"


class PlanStep(models.Model):
    """A step that a plan took: by whom, when, with which edition and why."""

    governance: ClassVar[Governance] = _OF_ORGANISATION

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="steps")
    number = models.IntegerField()
    transition = models.CharField(max_length=40)
    source = models.CharField(max_length=40)
    target = models.CharField(max_length=40)
    edition = models.IntegerField()
    by = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        triggers = _append_only()
        constraints = (models.UniqueConstraint(fields=("plan", "number"), name="plan_step_once"),)

    def __str__(self) -> str:
        return f"{self.plan_id} {self.number} {self.transition}"


class Remark(models.Model):
    """An opinion given in the consultation, and its answer. The opinion never changes; the answer is given once."""

    governance: ClassVar[Governance] = _OF_ORGANISATION

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="remarks")
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    edition = models.IntegerField()
    place = models.CharField(max_length=80, blank=True)  # which part of the plan it speaks of
    text = models.TextField()
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    reply = models.CharField(max_length=10, blank=True, choices=[(r.value, r.value) for r in Reply])
    reply_words = models.TextField(blank=True)
    replied_by = models.CharField(max_length=80, blank=True)
    replied_at = models.DateTimeField(null=True)

    class Meta:
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="answered_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__replied_at__isnull=False)
                | pgtrigger.Q(old__text__df=pgtrigger.F("new__text")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.by_name}"


class Carry(models.Model):
    """The decision about one thing that the plan before left open."""

    governance: ClassVar[Governance] = _OF_ORGANISATION

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="carried")
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in ThingKind])
    thing = models.CharField(max_length=120)
    title = models.CharField(max_length=200)
    decision = models.CharField(max_length=10, choices=[(d.value, d.value) for d in Decision])
    words = models.CharField(max_length=500, blank=True)
    by = models.BigIntegerField()
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        triggers = _append_only()
        constraints = (
            models.UniqueConstraint(fields=("plan", "kind", "thing"), name="carry_decided_once"),
            models.CheckConstraint(
                # Everything but a plain carrying-over has to be explained.
                condition=Q(decision=Decision.CARRY.value) | ~Q(words=""),
                name="carry_says_why",
            ),
        )

    def __str__(self) -> str:
        return f"{self.thing} {self.decision}"
