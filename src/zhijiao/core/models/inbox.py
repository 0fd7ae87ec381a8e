"""The inbox: what the platform has to tell a person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from zhijiao.core.governance import Governance, Privacy, Retention, Scope
from zhijiao.core.models.people import User


class Message(models.Model):
    """A note to one person, once per `key`. Unread until opened."""

    governance: ClassVar[Governance] = Governance(
        Scope.PERSON, Privacy.WORK, Retention(2, "it was sent", "who was told of a deadline is asked later")
    )

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="messages")
    key = models.CharField(max_length=160)
    subject = models.CharField(max_length=160)
    body = models.TextField(blank=True)
    link = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "key"), name="message_once"),)
        indexes = (models.Index(fields=("user", "-id"), name="message_newest"),)

    def __str__(self) -> str:
        return self.subject
