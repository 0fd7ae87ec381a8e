"""Events: what one domain tells those above it.

Invariant: an event is stored in the transaction that it speaks of, and each subscriber hears it exactly once, after the
commit, also when a process dies in between: a delivery is a row written in the subscriber's own transaction.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from zhijiao.core.governance import Governance, Privacy, Retention, Scope

_KEPT = Retention(1, "delivery", "late questions about what was sent to whom")


class Event(models.Model):
    """Something that happened. `payload` holds ids and plain values, never personal data."""

    governance: ClassVar[Governance] = Governance(Scope.SYSTEM, Privacy.NONE, _KEPT)

    name = models.CharField(max_length=60)
    payload = models.JSONField()
    at = models.DateTimeField()
    settled = models.BooleanField(default=False)  # every subscriber has heard it

    class Meta:
        indexes = (models.Index(fields=("id",), condition=models.Q(settled=False), name="event_unsettled"),)

    def __str__(self) -> str:
        return f"{self.id} {self.name}"


class Delivery(models.Model):
    """A subscriber has heard an event."""

    governance: ClassVar[Governance] = Governance(Scope.SYSTEM, Privacy.NONE, _KEPT)

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    subscriber = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("event", "subscriber"), name="delivery_once"),)

    def __str__(self) -> str:
        return f"{self.event_id} → {self.subscriber}"
