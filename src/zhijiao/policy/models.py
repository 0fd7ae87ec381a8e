"""Installed packs.

Invariant: what was once installed can be read again to the letter. A version is a row addressed by the hash
of its content (and of the version it extends); rows are only added. Which version of a pack is current is
the newest row of the installation ledger, so that going back to an older version is one more row too.
"""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models

from zhijiao.core.governance import Governance, Privacy, Retention, Scope

_FOREVER = Retention.forever("decisions are defended by the version that they were taken under")


def _append_only() -> list[pgtrigger.Trigger]:
    return [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class PackVersion(models.Model):
    """One immutable version of a pack. A row never changes and never goes."""

    governance: ClassVar[Governance] = Governance(Scope.PUBLIC, Privacy.NONE, _FOREVER)

    hash = models.CharField(primary_key=True, max_length=64)
    pack = models.CharField(max_length=80)
    label = models.CharField(max_length=80)
    content = models.JSONField()
    extends = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        triggers = _append_only()
        constraints = (
            models.CheckConstraint(
                condition=models.Q(hash__regex=r"^[0-9a-f]{64}$"), name="pack_version_hash_is_sha256"
            ),
        )
        indexes = (models.Index(fields=("pack", "created_at"), name="pack_version_by_pack"),)

    def __str__(self) -> str:
        return f"{self.pack} {self.label} {self.hash[:12]}"


class Installation(models.Model):
    """One line of the ledger: from this moment on, this version is the pack's current one."""

    governance: ClassVar[Governance] = Governance(Scope.PUBLIC, Privacy.NONE, _FOREVER)

    pack = models.CharField(max_length=80)
    version = models.ForeignKey(PackVersion, on_delete=models.PROTECT, related_name="installations")
    installed_at = models.DateTimeField()
    installed_by = models.CharField(max_length=80)

    class Meta:
        triggers = _append_only()
        indexes = (models.Index(fields=("pack", "-id"), name="installation_newest"),)

    def __str__(self) -> str:
        return f"{self.pack} {self.version_id[:12]} {self.installed_at:%Y-%m-%d}"


class Refusal(models.Model):
    """A pack that was offered and refused, with every problem. It changed nothing; the row tells why.

    Only a refusal that differs from the last one of its pack is written, so a folder that stays broken
    does not fill the table.
    """

    governance: ClassVar[Governance] = Governance(Scope.PUBLIC, Privacy.NONE, _FOREVER)

    pack = models.CharField(max_length=80)
    problems = models.JSONField()
    refused_at = models.DateTimeField()
    refused_by = models.CharField(max_length=80)

    class Meta:
        triggers = _append_only()
        indexes = (models.Index(fields=("pack", "-id"), name="refusal_newest"),)

    def __str__(self) -> str:
        return f"{self.pack} {self.refused_at:%Y-%m-%d} {len(self.problems)}"


class Offer(models.Model):
    """A new version of a pack under which people already work. It waits until somebody has seen what it touches and takes
    it (`accepted`) or not (`declined`); a still newer one overtakes it (`overtaken`). At most one waits for a pack."""

    governance: ClassVar[Governance] = Governance(Scope.PUBLIC, Privacy.NONE, _FOREVER)

    pack = models.CharField(max_length=80)
    version = models.ForeignKey(PackVersion, on_delete=models.PROTECT, related_name="offers")
    offered_at = models.DateTimeField()
    offered_by = models.CharField(max_length=80)
    state = models.CharField(
        max_length=10, choices=[(s, s) for s in ("open", "accepted", "declined", "overtaken")]
    )
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]
        constraints = (
            models.UniqueConstraint(
                fields=("pack",), condition=models.Q(state="open"), name="offer_one_waits_a_pack"
            ),
        )

    def __str__(self) -> str:
        return f"{self.pack} {self.version_id[:12]} {self.state}"
