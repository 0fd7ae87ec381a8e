"""The inbox: what the platform has told this person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from zhijiao.core import inbox
from zhijiao.core.access.sessions import now
from zhijiao.core.models import Message
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.organisations.listing import as_file
from zhijiao.portal.pages import page
from zhijiao.portal.policy.filtering import Choice, Column, Listing, listing
from zhijiao.render.xlsx import Book, Sheet, write_book
from zhijiao.render.xlsx import Column as SheetColumn

SHOWN = 1_000
"""Older notes than these are in the trail, not in a list that somebody reads."""


@dataclass(frozen=True)
class Note:
    """A note as the list shows it."""

    id: int
    subject: str
    body: str
    link: str
    sent_at: datetime
    unread: bool


COLUMNS = (
    Column("sent", "时间", value=lambda note: note.sent_at),
    Column("subject", "消息", value=lambda note: note.subject),
)
STATES = {"unread": "未读", "read": "已读"}


def listed(desk: Desk) -> Listing:
    """The notes as the address asks for them, newest first."""
    notes = [
        Note(m.pk, m.subject, m.body, m.link, m.sent_at, m.read_at is None)
        for m in Message.objects.filter(user_id=desk.actor.person).order_by("-sent_at", "-id")[:SHOWN]
    ]
    state = Choice(
        "state", "状态", lambda note: ["unread" if note.unread else "read"], lambda key: STATES[key]
    )
    return listing(desk.frame, notes, COLUMNS, (state,), lambda note: (note.subject, note.body))


def _view(request: HttpRequest, desk: Desk) -> HttpResponse:
    return page(
        request,
        "desk/inbox.html",
        desk.frame,
        desk=desk,
        view="inbox",
        list=listed(desk),
        most=SHOWN,
        unread=inbox.unread(desk.actor),
    )


def _file(request: HttpRequest, desk: Desk) -> HttpResponse:
    found, at = listed(desk), timezone.localtime(now())
    columns = [
        *(SheetColumn("时间", width=18), SheetColumn("状态"), SheetColumn("消息", width=40)),
        SheetColumn("内容", width=60),
    ]
    rows = [
        [
            f"{timezone.localtime(n.sent_at):%Y-%m-%d %H:%M}",
            "未读" if n.unread else "已读",
            n.subject,
            n.body or None,
        ]
        for n in found.rows
    ]
    sheet = Sheet("消息", "消息", columns, rows, found.found, "没有消息。", 1)
    book = write_book(Book("消息", [sheet], at.replace(tzinfo=None)))
    return as_file(book, f"消息_{at.date()}.xlsx", "inbox.xlsx")


def _open(request: HttpRequest, desk: Desk, message: int) -> HttpResponse:
    """Mark a note as read and go where it leads."""
    found = Message.objects.filter(pk=message, user_id=desk.actor.person).first()
    if found is None:
        raise Http404("没有这条消息。")
    inbox.mark_read(desk.actor, at=now(), message=message)
    here = url_has_allowed_host_and_scheme(found.link, allowed_hosts=None) and found.link.startswith("/")
    return HttpResponseRedirect(found.link if here else reverse("portal:inbox"))


def _read_all(request: HttpRequest, desk: Desk) -> HttpResponse:
    inbox.mark_read(desk.actor, at=now())
    return HttpResponseRedirect(reverse("portal:inbox"))


view = require_safe(at_desk(_view))
file_view = require_safe(at_desk(_file))
open_view = require_POST(at_desk(_open))
read_all_view = require_POST(at_desk(_read_all))
