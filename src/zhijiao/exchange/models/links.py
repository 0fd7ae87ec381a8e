"""Which account is which person of the records.

Invariant: an account stands for at most one person at a time; a link ends, it is never deleted or changed.
"""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from zhijiao.core.governance import Governance, Privacy, Retention, Scope
from zhijiao.core.models.shared import never_deleted


class PersonLink(models.Model):
    """An account and the blind index of the person who holds it, as their school or employer said. It opens to the account
    what is kept about the reading of that person's data, and nothing else."""

    governance: ClassVar[Governance] = Governance(
        Scope.ORGANISATION,
        Privacy.PERSONAL,
        Retention(10, "the link ended", "who could see whose lines is asked years later"),
    )

    user = models.BigIntegerField()
    username = models.CharField(max_length=60)
    person = models.UUIDField()
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    linked_at = models.DateTimeField()
    linked_by = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=80, blank=True)

    class Meta:
        triggers = [
            *never_deleted(),
            pgtrigger.Protect(
                name="only_ends",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["ended_at", "ended_by"]),
            ),
        ]
        constraints = (
            models.UniqueConstraint(
                fields=("user",), condition=Q(ended_at__isnull=True), name="account_is_one_person"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("linked_at")), name="link_ends_later"
            ),
        )
        indexes = (models.Index(fields=("person",), name="link_by_person"),)

    def __str__(self) -> str:
        return self.username
