"""Imported parts of the data standard.

Invariant: what was once in force can be read again to the letter. An edition is a row that never changes; the newest row of a
subject is in force, so that going back to an older edition is one more row.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from zhijiao.core.governance import Governance, Privacy, Retention, Scope
from zhijiao.core.models.shared import append_only


class StandardEdition(models.Model):
    """An imported code list (`subject`: its id) or the data sets and lists of a national file (`subject`: national). `content`
    has the shape of the standard's files; a list holds its ended entries too. `hash` is that of the content."""

    governance: ClassVar[Governance] = Governance(
        Scope.PUBLIC,
        Privacy.NONE,
        Retention.forever("batches and snapshots name the standard that they were checked by"),
    )

    subject = models.CharField(max_length=60)
    edition = models.CharField(max_length=60)
    hash = models.CharField(max_length=64)
    content = models.JSONField()
    file_name = models.CharField(max_length=255)
    file_digest = models.CharField(max_length=64)
    imported_at = models.DateTimeField()
    imported_by = models.CharField(max_length=80)

    class Meta:
        triggers = append_only()
        constraints = (
            models.CheckConstraint(
                condition=Q(hash__regex=r"^[0-9a-f]{64}$"), name="standard_edition_hash_is_sha256"
            ),
        )
        indexes = (models.Index(fields=("subject", "-id"), name="standard_edition_newest"),)

    def __str__(self) -> str:
        return f"{self.subject} {self.edition} {self.hash[:12]}"
