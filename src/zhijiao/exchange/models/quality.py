"""Counts of records that judgements on quality are made of, so that no page counts a city's rows.

Invariant: derived. Every row can be counted again from the records as they stand at `sequence`; nothing else reads it.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from zhijiao.core.governance import Governance, Privacy, Retention, Scope
from zhijiao.exchange.models.records import Shelf


class Profile(models.Model):
    """Records of one organisation and period of a shelf. `filled`: rows in which a field is filled, in the order of the standard;
    `shared`: rows of persons who stand with another organisation too; `brought`: the last batch that brought any;
    `asked`: how the number compares (history, peers, inside)."""

    governance: ClassVar[Governance] = Governance(
        Scope.ORGANISATION,
        Privacy.WORK,
        Retention(1, "its records ended", "it is counted again from the records at any time"),
    )

    shelf = models.ForeignKey(Shelf, on_delete=models.PROTECT, related_name="profiles")
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=24, blank=True)
    rows = models.BigIntegerField()
    filled = ArrayField(models.BigIntegerField())
    shared = models.BigIntegerField(null=True)
    brought = models.BigIntegerField()
    asked = models.JSONField(default=dict)
    sequence = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("shelf", "organisation", "period"), name="profile_once"),
        )
        indexes = (models.Index(fields=("organisation",), name="profile_by_organisation"),)

    def __str__(self) -> str:
        return f"{self.shelf_id} {self.organisation_id} {self.period} {self.rows}"
