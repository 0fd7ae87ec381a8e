"""Records of the data sets that no domain keeps in tables of its own, what two sources say differently, and who looked.

Invariant: a record is there from the batch `since` until the batch `until` and is never changed otherwise; at any batch a key
of an organisation has at most one record in a shelf. What was known at any moment can therefore be read again.
"""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from zhijiao.core.governance import Governance, Privacy, Retention, Scope
from zhijiao.core.models.shared import TENANTS, append_only, never_deleted
from zhijiao.exchange.types import DifferenceState, Side

RECORDS = Retention(
    30,
    "the record ended",
    "figures of past years are recomputed, and school records are asked for decades later",
)


class Shelf(models.Model):
    """One data set of one tenant as one source has it; `source` is empty for the owner's own. Whoever changes its records
    holds this row until the end of the transaction. `applied` is the sequence of the last batch."""

    governance: ClassVar[Governance] = Governance(
        Scope.SYSTEM, Privacy.NONE, Retention.forever("one row a data set and source")
    )

    tenant = models.CharField(max_length=8, choices=TENANTS)
    dataset = models.CharField(max_length=60)
    source = models.CharField(max_length=60, blank=True)
    applied = models.BigIntegerField(default=0)

    class Meta:
        triggers = never_deleted()
        constraints = (models.UniqueConstraint(fields=("tenant", "dataset", "source"), name="shelf_once"),)

    def __str__(self) -> str:
        return f"{self.tenant} {self.dataset} {self.source}"


class Record(models.Model):
    """A row of a data set. `key`: the values of the business key, `data`: those of all fields in the order of the standard,
    each joined by U+001F; an identity number stands in both as its blind index. `person` is that index, `sealed` the
    encrypted number. `since`, `until`: sequences of batches.

    Indexes are few, since each adds a tenth to a quarter to the time of intake. Ids and ends have one of ranges: those of a batch
    lie together, found by their ids, between `Batch.first_record` and `last_record`. That ids differ is for the identity column
    to see to, and nobody writes one; the database has no tree that says so. Who stands with several organisations is counted
    over all rows. The keys to shelf and organisation are not checked by the database row by row, which would double the time of
    intake; neither is ever deleted.
    """

    governance: ClassVar[Governance] = Governance(Scope.ORGANISATION, Privacy.SENSITIVE, RECORDS)

    shelf = models.ForeignKey(
        Shelf, on_delete=models.PROTECT, related_name="records", db_constraint=False, db_index=False
    )
    organisation = models.ForeignKey(
        "core.Organisation", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    period = models.CharField(max_length=24, blank=True)
    key = models.TextField()
    person = models.UUIDField(null=True)
    sealed = models.TextField(blank=True)
    data = models.TextField()
    since = models.BigIntegerField()
    until = models.BigIntegerField(null=True)

    class Meta:
        # After the change rather than before it: a trigger before it locks each row first, a third of the time of ending many.
        triggers = [
            *never_deleted(),
            pgtrigger.Protect(
                name="only_ends",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["until"]),
            ),
            pgtrigger.Protect(
                name="ends_once",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__until__isnull=False),
            ),
        ]
        constraints = (
            models.UniqueConstraint(
                fields=("shelf", "organisation", "key"), condition=Q(until__isnull=True), name="record_once"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="record_ends_later"
            ),
        )
        indexes = (
            BrinIndex(
                fields=("id", "until"),
                opclasses=["int8_minmax_multi_ops"] * 2,
                pages_per_range=64,
                autosummarize=True,
                name="record_ranges",
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk} since {self.since} until {self.until or ''}"


class Difference(models.Model):
    """A field in which another source says something else of the same key than the owner. It is open until the two agree
    again, or one of them says with a word whose value stands."""

    governance: ClassVar[Governance] = Governance(Scope.ORGANISATION, Privacy.SENSITIVE, RECORDS)

    shelf = models.ForeignKey(Shelf, on_delete=models.PROTECT, related_name="differences")  # the other's
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=24, blank=True)
    key = models.TextField()
    field = models.CharField(max_length=60)  # empty: one of the two does not have the row at all
    own = models.TextField(blank=True)
    other = models.TextField(blank=True)
    state = models.CharField(
        max_length=8,
        choices=[(s.value, s.value) for s in DifferenceState],
        default=DifferenceState.OPEN.value,
    )
    stands = models.CharField(max_length=8, choices=[(s.value, s.value) for s in Side], blank=True)
    note = models.CharField(max_length=500, blank=True)
    found_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=80, blank=True)

    class Meta:
        triggers = never_deleted()
        constraints = (
            models.UniqueConstraint(
                fields=("shelf", "organisation", "key", "field"),
                condition=Q(state="open"),
                name="difference_open_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="settled") | (~Q(note="") & ~Q(stands="")),
                name="difference_settled_with_a_word",
            ),
        )
        indexes = (models.Index(fields=("organisation", "state"), name="difference_by_organisation"),)

    def __str__(self) -> str:
        return f"{self.pk} {self.field} {self.state}"


class PersonalRead(models.Model):
    """Somebody read a full identity number: who, for what purpose, of which record. `person` is the blind index, by which
    the one who was looked at finds these lines."""

    governance: ClassVar[Governance] = Governance(
        Scope.ORGANISATION,
        Privacy.PERSONAL,
        Retention(10, "the reading", "whoever was looked at may ask who did, years later"),
    )

    at = models.DateTimeField()
    user = models.BigIntegerField(null=True)
    name = models.CharField(max_length=80)
    acting_for = models.CharField(max_length=200, blank=True)  # the organisations at which they hold a role
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    dataset = models.CharField(max_length=60)
    person = models.UUIDField()
    purpose = models.CharField(max_length=300)

    class Meta:
        triggers = append_only()
        constraints = (models.CheckConstraint(condition=~Q(purpose=""), name="personal_read_for_a_purpose"),)
        indexes = (
            models.Index(fields=("person", "-at"), name="personal_read_by_person"),
            models.Index(fields=("organisation", "-at"), name="personal_read_by_unit"),
        )

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.name} {self.dataset}"
