"""What people get in hand after handing in or deciding.

Invariant: a receipt is written with the deed, in its transaction; an idempotency key belongs to one deed of its person.
"""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models

from zhijiao.core.governance import Governance, Privacy, Retention, Scope
from zhijiao.indicators.models.reports import TENANTS


class Receipt(models.Model):
    """One deed on one or many reports: its number, moment, lines, and the SHA-256 over them."""

    governance: ClassVar[Governance] = Governance(
        Scope.ORGANISATION,
        Privacy.WORK,
        Retention(10, "the deed", "who handed in what, and when, is asked for years later"),
    )

    number = models.CharField(max_length=40, unique=True)
    tenant = models.CharField(max_length=8, choices=TENANTS)
    organisation = models.ForeignKey(
        "core.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    user = models.BigIntegerField(null=True)
    name = models.CharField(max_length=80)
    verb = models.CharField(max_length=20)
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    lines = models.JSONField()
    key = models.CharField(max_length=120, null=True)  # null: none was given
    request = models.CharField(max_length=64, blank=True)  # SHA-256 of what was asked under the key

    class Meta:
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
        constraints = (models.UniqueConstraint(fields=("user", "key"), name="receipt_key_once"),)
        indexes = (models.Index(fields=("organisation", "-at"), name="receipt_by_organisation"),)

    def __str__(self) -> str:
        return self.number
