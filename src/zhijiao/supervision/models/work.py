"""Work items, who has to do with them, and how it goes.

Invariant: an item of a pack stands once in a tenant; a unit has at most one part in it; what a unit's row says is what its
ledger of entries says; a part is done only by an entry of somebody else than who claimed it.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from zhijiao.core.governance import Governance, Privacy, Retention, Scope
from zhijiao.core.models.shared import TENANTS, append_only, never_deleted
from zhijiao.supervision.types import AssignmentState, Duty, EntryKind, ItemState, Rhythm, Rollup, Source

_FOREVER = Retention.forever("what was promised and done is asked for when the next plan is written")
_IN_OFFICE = Retention(10, "the item was closed", "who reported and who confirmed is asked for years later")
OFFICE_WORK = Governance(Scope.ORGANISATION, Privacy.WORK, _IN_OFFICE)


class WorkItem(models.Model):
    """One thing to be done. `organisation` asked for it: the place of the pack, or whoever gave the instruction; `lead` is
    None where each unit answers for itself. `parties` are all organisations that have a part. `key` is the item's id in
    the pack, or a number of our own."""

    governance: ClassVar[Governance] = Governance(Scope.ORGANISATION, Privacy.NONE, _FOREVER)

    tenant = models.CharField(max_length=8, choices=TENANTS)
    pack = models.CharField(max_length=80, blank=True)
    pack_version = models.CharField(max_length=64, blank=True)
    source = models.CharField(max_length=12, choices=[(s.value, s.value) for s in Source])
    key = models.CharField(max_length=80)
    row = models.CharField(max_length=80, blank=True)
    document = models.CharField(max_length=80, blank=True)
    number = models.CharField(max_length=80, blank=True)
    source_title = models.CharField(max_length=200, blank=True)
    dated = models.DateField(null=True)
    scan = models.ForeignKey("core.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    deliverable = models.TextField()
    evidence = ArrayField(models.CharField(max_length=200), default=list)
    clauses = ArrayField(models.CharField(max_length=80), default=list)
    indicators = ArrayField(models.CharField(max_length=80), default=list)
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    lead = models.ForeignKey("core.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    parties = ArrayField(models.BigIntegerField(), default=list)
    addressees = models.JSONField(default=list)  # as the document or the instruction has them
    named = models.JSONField(default=list)  # those that the office named besides
    nobody = models.JSONField(default=list)
    due = models.DateField(null=True)
    inferred = models.BooleanField(default=False)
    every = models.CharField(max_length=8, blank=True, choices=[(r.value, r.value) for r in Rhythm])
    closed_on = models.DateField(
        null=True
    )  # the plan's closing, while nobody has decided to carry the item over
    carried_under = models.CharField(max_length=200, blank=True)
    rollup = models.CharField(max_length=8, choices=[(r.value, r.value) for r in Rollup])
    share = models.SmallIntegerField(default=100)
    state = models.CharField(max_length=8, choices=[(s.value, s.value) for s in ItemState], default="open")
    dropped_because = models.CharField(max_length=300, blank=True)
    started = models.DateField()
    started_by = models.CharField(max_length=80)
    revision = models.IntegerField(default=1)

    class Meta:
        triggers = never_deleted()
        constraints = (
            models.UniqueConstraint(fields=("tenant", "pack", "source", "key"), name="work_item_once"),
            models.CheckConstraint(condition=Q(share__gte=1, share__lte=100), name="work_item_share"),
            models.CheckConstraint(
                condition=Q(source=Source.PACK.value) | (~Q(number="") & Q(dated__isnull=False)),
                name="work_item_instruction_has_number_and_date",
            ),
            models.CheckConstraint(
                condition=~Q(state=ItemState.DROPPED.value) | ~Q(dropped_because=""),
                name="work_item_dropped_with_reason",
            ),
        )
        indexes = (
            GinIndex(fields=("parties",), name="work_item_parties"),
            models.Index(fields=("organisation", "state"), name="work_item_by_owner"),
        )

    def __str__(self) -> str:
        return self.title


class Assignment(models.Model):
    """A unit's part in an item: the projection of its entries. `open` → `claimed` → `done`, back to `open` by a return;
    `released` when the unit no longer has a part. `period` is the period of which the state speaks, where the item comes
    round; `done_period` the newest one that is done."""

    governance: ClassVar[Governance] = OFFICE_WORK

    item = models.ForeignKey(WorkItem, on_delete=models.PROTECT, related_name="assignments")
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    parties = ArrayField(models.BigIntegerField(), default=list)
    duty = models.CharField(max_length=8, choices=[(d.value, d.value) for d in Duty])
    state = models.CharField(
        max_length=8, choices=[(s.value, s.value) for s in AssignmentState], default="open"
    )
    started = models.DateField()
    percent = models.SmallIntegerField(null=True)
    last_on = models.DateField(null=True)
    last_words = models.TextField(blank=True)
    help_wanted = models.TextField(blank=True)
    period = models.CharField(max_length=12, blank=True)
    done_period = models.CharField(max_length=12, blank=True)
    claimed_by = models.BigIntegerField(null=True)
    entries_count = models.IntegerField(default=0)

    class Meta:
        triggers = never_deleted()
        constraints = (
            models.UniqueConstraint(fields=("item", "organisation"), name="assignment_once"),
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(percent__gte=0, percent__lte=100),
                name="assignment_percent",
            ),
            models.CheckConstraint(
                condition=~Q(state=AssignmentState.CLAIMED.value) | Q(claimed_by__isnull=False),
                name="assignment_claimed_by_somebody",
            ),
        )
        indexes = (
            models.Index(fields=("organisation", "state"), name="assignment_by_organisation"),
            GinIndex(fields=("parties",), name="assignment_parties"),
        )

    def __str__(self) -> str:
        return f"{self.item_id} {self.organisation_id} {self.duty}"


class Entry(models.Model):
    """A line of the ledger of a part: progress, claim, confirmation, return. Never changed."""

    governance: ClassVar[Governance] = OFFICE_WORK

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="entries")
    number = models.IntegerField()
    kind = models.CharField(max_length=8, choices=[(k.value, k.value) for k in EntryKind])
    period = models.CharField(max_length=12, blank=True)
    percent = models.SmallIntegerField(null=True)
    words = models.TextField(blank=True)
    problems = models.TextField(blank=True)
    help_wanted = models.TextField(blank=True)
    evidence = ArrayField(models.BigIntegerField(), default=list)
    by = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)
    by_organisation = models.ForeignKey(
        "core.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    on = models.DateField()

    class Meta:
        triggers = append_only()
        constraints = (models.UniqueConstraint(fields=("assignment", "number"), name="entry_once"),)
        indexes = (models.Index(fields=("on",), name="entry_by_day"),)

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.number} {self.kind}"


class Settlement(models.Model):
    """Whom a spelling means that no organisation was known by; nobody where `organisations` is empty."""

    governance: ClassVar[Governance] = OFFICE_WORK

    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    pack = models.CharField(max_length=80, blank=True)
    unit = models.CharField(max_length=160)
    organisations = ArrayField(models.BigIntegerField(), default=list)
    words = models.CharField(max_length=300, blank=True)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        triggers = never_deleted()
        constraints = (
            models.UniqueConstraint(fields=("organisation", "pack", "unit"), name="settlement_once"),
            models.CheckConstraint(
                condition=Q(organisations__len__gt=0) | ~Q(words=""), name="settlement_nobody_with_reason"
            ),
        )

    def __str__(self) -> str:
        return self.unit
