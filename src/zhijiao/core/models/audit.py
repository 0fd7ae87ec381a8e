"""The audit trail.

Invariant: what was done is written in the transaction that did it, and never changes. A job later seals each event into a
hash chain (`AuditSeal`), one position after the other, so that writers never wait for each other and a removed or altered
event breaks the chain.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Func

from zhijiao.core.governance import Governance, Privacy, Retention, Scope
from zhijiao.core.models.organisations import Organisation
from zhijiao.core.models.shared import TENANTS, append_only

_KEPT = Retention.forever("decisions are defended years later; network logs are kept six months at least")


class AuditEvent(models.Model):
    """Who did what to which object, when, from where, and in what words. `user` is no foreign key: it stays what it was."""

    governance: ClassVar[Governance] = Governance(Scope.ORGANISATION, Privacy.WORK, _KEPT)

    transaction = models.BigIntegerField(db_default=Func(function="zhijiao_transaction"), editable=False)
    at = models.DateTimeField()
    user = models.BigIntegerField(null=True)
    name = models.CharField(max_length=80)
    tenant = models.CharField(max_length=8, choices=TENANTS)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=80, blank=True)
    summary = models.CharField(max_length=300, blank=True)
    detail = models.JSONField(default=dict)
    address = models.CharField(max_length=45, blank=True)

    class Meta:
        triggers = append_only()
        indexes = (
            models.Index(fields=("organisation", "-id"), name="audit_by_organisation"),
            models.Index(fields=("user", "-id"), name="audit_by_user"),
            models.Index(fields=("object_kind", "object_id"), name="audit_by_object"),
            models.Index(fields=("transaction",), name="audit_by_transaction"),
        )

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.name} {self.action}"


class AuditSeal(models.Model):
    """A link of the chain: `hash` = SHA-256 over the link before, the event in full and the rest of this row.

    Links are made in batches of one moment. Then, every transaction below `ended` was over, and none from `unborn` on had
    begun: an event that turns up later can only be of a transaction from `ended` on (auditing/rules.py)."""

    governance: ClassVar[Governance] = Governance(Scope.SYSTEM, Privacy.NONE, _KEPT)

    position = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, related_name="seal")
    sealed_at = models.DateTimeField()
    server = (
        models.BigIntegerField()
    )  # PostgreSQL's own number of the cluster, in which transactions are counted
    ended = models.BigIntegerField()
    unborn = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.position} {self.hash[:12]}"
