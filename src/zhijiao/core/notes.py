"""Reading the inbox: a person's own notes."""

from __future__ import annotations

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.models import Message


def notes(actor: Actor, *, unread: bool = False, most: int = 200) -> list[Message]:
    """A person's notes, newest first."""
    found = Message.objects.filter(user_id=actor.person).order_by("-id")
    return list((found.filter(read_at=None) if unread else found)[:most])


def note(actor: Actor, message: int) -> Message:
    """One note of a person's own. Raises Invisible."""
    found = Message.objects.filter(user_id=actor.person, pk=message).first()
    if found is None:
        raise Invisible("没有这条消息。")
    return found
