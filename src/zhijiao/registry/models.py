"""What the registry keeps beside the tree.

Invariant: the tree of a day is a forest in which every organisation stands at most once, and no verb changes the tree of a
day that lies before it. Successions are only added; nobody holds one post at one organisation twice on a day.
"""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Func, Q

from zhijiao.core.governance import Governance, Privacy, Retention, Scope
from zhijiao.registry.types import SuccessionKind


class Succession(models.Model):
    """What became of an organisation: `source` passed into `target` on a day, or was closed where there is none."""

    governance: ClassVar[Governance] = Governance(
        Scope.PUBLIC,
        Privacy.NONE,
        Retention.forever("figures of past years are followed through mergers and splits"),
    )

    source = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="successions")
    target = models.ForeignKey(
        "core.Organisation", null=True, on_delete=models.PROTECT, related_name="predecessions"
    )
    kind = models.CharField(max_length=8, choices=[(k.value, k.value) for k in SuccessionKind])
    on = models.DateField()
    basis = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
        constraints = (
            models.UniqueConstraint(
                fields=("source", "target", "on"), name="succession_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(target__isnull=True, kind=SuccessionKind.CLOSED.value)
                | (Q(target__isnull=False) & ~Q(kind=SuccessionKind.CLOSED.value)),
                name="succession_closed_has_no_target",
            ),
            models.CheckConstraint(
                condition=Q(target__isnull=True) | ~Q(target=F("source")), name="succession_not_itself"
            ),
        )

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.target_id} {self.on}"


class Officer(models.Model):
    """Who holds a post at an organisation, from `starts` until before `ends`: whom to call. Not an account: many in office
    never sign in."""

    governance: ClassVar[Governance] = Governance(
        Scope.SIGNED_IN,
        Privacy.WORK,
        Retention(10, "the person left the post", "who was in charge is asked when decisions are defended"),
    )

    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="officers")
    post = models.CharField(max_length=60)
    name = models.CharField(max_length=60)
    phone = models.CharField(max_length=40, blank=True)
    starts = models.DateField()
    ends = models.DateField(null=True)
    basis = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gt=F("starts")), name="officer_ends_later"
            ),
            ExclusionConstraint(
                name="officer_one_a_post",
                expressions=[
                    (F("organisation"), "="),
                    (F("post"), "="),
                    (Func(F("starts"), F("ends"), function="daterange"), "&&"),
                ],
            ),
        )

    def __str__(self) -> str:
        return f"{self.post} {self.name} {self.starts}"
