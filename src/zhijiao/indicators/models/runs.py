"""Computed figures: runs of a pack's definitions over a snapshot, their results, and what changed from one to the next.

Invariant: a run is made whole or not at all and never changes; its results are those of its definitions on its snapshot, and
can be computed again from these two. Results go when retention lets go the snapshot; what changed, and why, stays.
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import pgtrigger
from django.db import models

from zhijiao.core.governance import Governance, Privacy, Retention, Scope
from zhijiao.indicators.models.reports import FOREVER, TENANTS


def exact() -> models.DecimalField[Decimal | None, Decimal | None]:
    """An exact number: counts of a country, money in yuan, and quotients as they were rounded."""
    return models.DecimalField(max_digits=38, decimal_places=6, null=True)


class Run(models.Model):
    """The definitions of a pack version, computed over a snapshot. `unplaced`: the most that a measure counted of organisations that the
    tree did not know, by definition; `undated`: rows of no period, by field. `notes`: definitions that could not be computed, and why."""

    governance: ClassVar[Governance] = Governance(Scope.SIGNED_IN, Privacy.NONE, FOREVER)

    tenant = models.CharField(max_length=8, choices=TENANTS)
    pack = models.CharField(max_length=80)
    version = models.CharField(max_length=64)
    snapshot = models.CharField(max_length=64)
    known_at = models.DateTimeField()  # the snapshot's
    tree_on = models.DateField()
    marked = models.CharField(max_length=20, blank=True)
    engine = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    seconds = models.FloatField()
    unplaced = models.JSONField(default=dict)
    undated = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    removed_at = models.DateTimeField(null=True)  # its results went

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["removed_at"]),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]
        constraints = (
            models.UniqueConstraint(fields=("tenant", "pack", "version", "snapshot"), name="run_once"),
        )
        indexes = (models.Index(fields=("tenant", "pack", "-known_at", "-id"), name="run_newest"),)

    def __str__(self) -> str:
        return f"{self.pack} {self.snapshot[:12]} {self.known_at:%Y-%m-%d}"


class Result(models.Model):
    """A computed figure of an organisation for a period. `level` is that of the organisation (city, county, school …);
    `major` breaks it down, empty for the whole. `reason`: why there is no value. `marker`: why it is not for everybody;
    `disclosed`: anybody may read it."""

    governance: ClassVar[Governance] = Governance(
        Scope.ORGANISATION, Privacy.NONE, Retention(3, "its snapshot", "it can be computed again from it")
    )

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="results")
    indicator = models.CharField(max_length=80)
    part = models.CharField(max_length=60, blank=True)  # a figure beside the main one; empty: the main one
    definition = models.CharField(max_length=64)
    level = models.CharField(max_length=12)
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    parent = models.BigIntegerField(null=True)  # the organisation of the next level above, in the run's tree
    major = models.CharField(max_length=12, blank=True)
    period = models.CharField(max_length=24)
    starts = models.DateField()
    ends = models.DateField()
    measures = models.JSONField(default=dict)
    numerator = exact()
    denominator = exact()
    value = exact()
    reason = models.CharField(max_length=80, blank=True)
    marker = models.CharField(max_length=16, blank=True)
    disclosed = models.BooleanField(default=False)

    class Meta:
        triggers = [pgtrigger.Protect(name="written_once", operation=pgtrigger.Update)]
        constraints = (
            models.UniqueConstraint(
                fields=("run", "indicator", "part", "organisation", "major", "period"), name="result_once"
            ),
        )
        indexes = (
            models.Index(fields=("run", "indicator", "parent", "period"), name="result_below"),
            models.Index(fields=("organisation", "indicator", "-run"), name="result_history"),
        )

    def __str__(self) -> str:
        return f"{self.indicator} {self.organisation_id} {self.period} {self.value}"


class Recomputed(models.Model):
    """A figure that came out another way than in the run before: old, new, and the cause as far as it can be told (the
    definition, the tree, or the records changed)."""

    governance: ClassVar[Governance] = Governance(Scope.ORGANISATION, Privacy.NONE, FOREVER)

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="changes")
    before = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+")
    indicator = models.CharField(max_length=80)
    part = models.CharField(max_length=60, blank=True)
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    major = models.CharField(max_length=12, blank=True)
    period = models.CharField(max_length=24)
    old_value = exact()
    old_numerator = exact()
    old_denominator = exact()
    new_value = exact()
    new_numerator = exact()
    new_denominator = exact()
    cause = models.CharField(max_length=200)
    disclosed = models.BooleanField(default=False)

    class Meta:
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
        indexes = (models.Index(fields=("indicator", "organisation", "-run"), name="recomputed_history"),)

    def __str__(self) -> str:
        return f"{self.indicator} {self.organisation_id} {self.period} {self.old_value} → {self.new_value}"
