"""Files that people hand in. The bytes lie in the data folder under their SHA-256; a row says whose they are."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from zhijiao.core.governance import Governance, Privacy, Retention, Scope
from zhijiao.core.models.organisations import Organisation
from zhijiao.core.models.shared import append_only


class StoredFile(models.Model):
    """An uploaded file. `parties` may read it besides its organisation: those through whose hands it goes."""

    governance: ClassVar[Governance] = Governance(
        Scope.ORGANISATION,
        Privacy.PERSONAL,
        Retention(10, "the report or task that it proves was closed", "evidence is asked for years later"),
    )

    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    parties = ArrayField(models.BigIntegerField(), default=list)
    uploaded_by = models.CharField(max_length=80)
    uploaded_at = models.DateTimeField()

    class Meta:
        triggers = append_only()
        indexes = (
            models.Index(fields=("digest",), name="stored_file_by_digest"),
            GinIndex(fields=("parties",), name="stored_file_parties"),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.digest[:12]})"
