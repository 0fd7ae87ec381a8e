"""The inbox of the key's owner."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from zhijiao.api.v1.duties.access import ANSWERS, KEY, actor
from zhijiao.api.v1.duties.fields import InPath, Limit
from zhijiao.core import inbox
from zhijiao.core import notes as own
from zhijiao.core.access.sessions import now

router = Router(tags=["账号与消息"], auth=KEY)


class NoteOut(Schema):
    """A note to one person."""

    id: int
    subject: str
    body: str
    link: str
    sent_at: datetime
    read_at: datetime | None


class ReadOut(Schema):
    """How many notes were unread before."""

    read: int


@router.get(
    "/inbox",
    response={200: list[NoteOut], **ANSWERS},
    summary="我的消息",
    description="发给密钥所有人的消息，新的在前。unread=true 只要未读的。",
)
def list_notes(request: HttpRequest, unread: bool = False, limit: Limit = 200) -> Any:
    """Notes, newest first."""
    return [NoteOut.model_validate(note) for note in own.notes(actor(request), unread=unread, most=limit)]


@router.post(
    "/inbox/{int:note}/read",
    response={200: ReadOut, **ANSWERS},
    summary="标为已读",
    description="把一条消息标为已读；重发无妨。",
)
def mark_read(request: HttpRequest, note: InPath) -> Any:
    """Mark one note as read. Doing it twice changes nothing."""
    who = actor(request)
    own.note(who, note)
    return {"read": inbox.mark_read(who, at=now(), message=note)}
