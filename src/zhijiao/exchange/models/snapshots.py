"""The ledger of snapshots.

Invariant: what a snapshot holds never changes; its files may be removed when nothing needs them any more, the line stays.
"""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models

from zhijiao.core.governance import Governance, Privacy, Retention, Scope
from zhijiao.core.models.shared import TENANTS, never_deleted


class Snapshot(models.Model):
    """Immutable files of every data set, as the batches up to `known` had made them, with the tree of a day. `hash` is the
    manifest's id."""

    governance: ClassVar[Governance] = Governance(
        Scope.SYSTEM,
        Privacy.NONE,
        Retention.forever("figures name the snapshot that they were computed from"),
    )

    hash = models.CharField(max_length=64, unique=True)
    tenant = models.CharField(max_length=8, choices=TENANTS)
    known_at = models.DateTimeField()
    known = models.BigIntegerField()  # sequence of batches
    tree_on = models.DateField()
    standard = models.CharField(max_length=64)
    reason = models.CharField(max_length=200, blank=True)
    marked = models.CharField(max_length=20, blank=True)
    manifest = models.JSONField()
    rows = models.BigIntegerField()
    size = models.BigIntegerField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    kept_until = models.DateField(null=True)
    kept_why = models.CharField(max_length=200, blank=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        triggers = [
            *never_deleted(),
            pgtrigger.Protect(
                name="stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["kept_until", "kept_why", "removed_at"]),
            ),
        ]
        indexes = (models.Index(fields=("tenant", "-known_at"), name="snapshot_newest"),)

    def __str__(self) -> str:
        return f"{self.hash[:12]} {self.tenant} {self.known_at:%Y-%m-%d}"


class SnapshotPart(models.Model):
    """A file of a snapshot, by its digest: `blob`, so that backups carry it and its bytes stay while a row names them. Rows
    go when a snapshot is pruned; the manifest in the ledger still says what they were."""

    governance: ClassVar[Governance] = Governance(
        Scope.SYSTEM,
        Privacy.PERSONAL,
        Retention(30, "the snapshot", "figures of past years are recomputed from the same rows"),
    )

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="parts")
    dataset = models.CharField(max_length=60)
    blob = models.CharField(max_length=64)
    rows = models.BigIntegerField()
    size = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("snapshot", "dataset"), name="snapshot_part_once"),)
        indexes = (models.Index(fields=("blob",), name="snapshot_part_by_blob"),)

    def __str__(self) -> str:
        return f"{self.snapshot_id} {self.dataset} {self.blob[:12]}"
