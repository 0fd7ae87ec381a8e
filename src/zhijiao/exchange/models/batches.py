"""Batches: a file on its way from the sender to the records, the rows of it that wait, and how senders' files are laid out.

Invariant: a batch changes records once, in one transaction in which it gets its sequence, or not at all. A row in quarantine
waits until a later batch brings its key, or somebody drops it.
"""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from zhijiao.core.governance import Governance, Privacy, Retention, Scope
from zhijiao.core.models.shared import never_deleted
from zhijiao.exchange.models.records import Shelf
from zhijiao.exchange.types import HeldState, State

_WORK = Retention(10, "the batch was applied or withdrawn", "who handed in what is asked for years later")
_WAITING = Retention(3, "the row was mended or dropped", "by then the data of the year are closed")
_GIVEN = ("shelf", "organisation", "file", "digest", "file_name", "size", "undo_of", "received_at", "number")


class Batch(models.Model):
    """A file that an organisation handed in for a shelf, or the undoing of one. `digest` is the SHA-256 of
    what was sent; `file` keeps it encrypted, since it names persons. States as in `types.State`; `sequence` is drawn when it is applied: who reads records as of a sequence
    reads exactly what the batches up to it had made. `plan`: what was shown before applying. The row stays for ten years;
    the sender's file goes earlier (rules.retention)."""

    governance: ClassVar[Governance] = Governance(Scope.ORGANISATION, Privacy.SENSITIVE, _WORK)

    number = models.CharField(max_length=24, unique=True)
    shelf = models.ForeignKey(Shelf, on_delete=models.PROTECT, related_name="batches")
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey("core.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    size = models.BigIntegerField(default=0)
    key = models.CharField(max_length=120, null=True)  # the sender's own idempotency key
    standard = models.CharField(max_length=64, blank=True)  # hash of the edition that it was checked by
    layout = models.JSONField(null=True)
    wanted = models.JSONField(null=True)  # what the sender chose: layout, sheet
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in State])
    counts = models.JSONField(default=dict)
    rules = models.JSONField(default=dict)  # problems by rule
    problems = models.JSONField(default=list)  # the first ones
    plan = models.JSONField(null=True)
    words = models.CharField(max_length=1000, blank=True)  # why it could not be read, was withdrawn or undone
    seconds = models.FloatField(default=0)
    rows_done = models.BigIntegerField(default=0)  # progress while it is being checked
    rows_all = models.BigIntegerField(null=True)
    tries = models.SmallIntegerField(default=0)
    user = models.BigIntegerField(null=True)
    name = models.CharField(max_length=80)
    received_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    applied_by = models.CharField(max_length=80, blank=True)
    closed_at = models.DateTimeField(null=True)
    sequence = models.BigIntegerField(null=True, unique=True)
    first_record = models.BigIntegerField(
        default=0
    )  # its records have ids between these two, perhaps among others
    last_record = models.BigIntegerField(default=0)
    forgotten_blob = models.CharField(max_length=64, blank=True)  # the bytes of `file`, let go by retention
    undo_of = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="undone_by")

    class Meta:
        triggers = [
            *never_deleted(),
            pgtrigger.Protect(
                name="stays", operation=pgtrigger.Update, condition=pgtrigger.AnyChange(*_GIVEN)
            ),
            pgtrigger.Protect(
                name="applied_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.sequence IS NOT NULL AND ROW(OLD.sequence, OLD.counts, OLD.applied_at)"
                    " IS DISTINCT FROM ROW(NEW.sequence, NEW.counts, NEW.applied_at)"
                ),
            ),
        ]
        constraints = (
            models.UniqueConstraint(
                fields=("shelf", "organisation", "digest"),
                condition=Q(state__in=("received", "checked")),
                name="batch_waits_once",
            ),
            models.UniqueConstraint(fields=("organisation", "key"), name="batch_key_once"),
            models.CheckConstraint(
                condition=Q(state__in=("applied", "undone"), sequence__isnull=False, applied_at__isnull=False)
                | (~Q(state__in=("applied", "undone")) & Q(sequence__isnull=True)),
                name="batch_applied_in_sequence",
            ),
        )
        indexes = (
            models.Index(fields=("organisation", "-id"), name="batch_by_organisation"),
            models.Index(fields=("shelf", "-id"), name="batch_by_shelf"),
            models.Index(fields=("id",), condition=Q(state="received"), name="batch_to_check"),
            models.Index(fields=("forgotten_blob",), name="batch_forgotten"),
        )

    def __str__(self) -> str:
        return self.number


class Held(models.Model):
    """A row that waits. `cells` is the sender's row, encrypted, since a damaged identity number is one too; `key` is as far as it
    could be read."""

    governance: ClassVar[Governance] = Governance(Scope.ORGANISATION, Privacy.SENSITIVE, _WAITING)

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="held")
    shelf = models.ForeignKey(Shelf, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=24, blank=True)
    key = models.TextField(blank=True)
    sheet = models.CharField(max_length=120, blank=True)
    row = models.BigIntegerField()
    cells = models.TextField()
    problems = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=[(s.value, s.value) for s in HeldState], default="waiting")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=80, blank=True)
    closed_in = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="mended")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state="waiting", closed_at__isnull=True)
                | (~Q(state="waiting") & Q(closed_at__isnull=False)),
                name="held_closed_once",
            ),
        )
        indexes = (
            models.Index(fields=("organisation", "shelf"), condition=Q(state="waiting"), name="held_waiting"),
            models.Index(fields=("shelf", "key"), condition=Q(state="waiting"), name="held_by_key"),
            models.Index(fields=("batch", "row"), name="held_by_batch"),
        )

    def __str__(self) -> str:
        return f"{self.batch_id} row {self.row} {self.state}"


class SavedLayout(models.Model):
    """How an organisation's own file maps to a data set, kept for every later file of the same heading."""

    governance: ClassVar[Governance] = Governance(
        Scope.ORGANISATION,
        Privacy.WORK,
        Retention(10, "it was last used", "a clerk of next year finds it again"),
    )

    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    dataset = models.CharField(max_length=60)
    fingerprint = models.CharField(max_length=64)
    layout = models.JSONField()
    saved_by = models.CharField(max_length=80)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("organisation", "dataset", "fingerprint"), name="layout_once"),
        )

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.dataset}"
