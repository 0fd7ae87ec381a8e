"""Where somebody is signed in: the sessions of an account, and ending those elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.address import client_address
from zhijiao.core.access.sessions import SEEN
from zhijiao.core.audit import record

BROWSER = "browser"


@dataclass(frozen=True)
class Browser:
    """A browser in which the account is signed in."""

    address: str
    program: str
    seen: datetime | None
    this: bool


def note_browser(request: HttpRequest) -> None:
    """Keep in the session from where it was opened."""
    request.session[BROWSER] = {
        "address": client_address(request),
        "program": program_of(request.META.get("HTTP_USER_AGENT", "")),
    }


def browsers(request: HttpRequest, actor: Actor, *, at: datetime) -> list[Browser]:
    """Where the person is signed in, this browser first, then the last used."""
    found = []
    for session, data in _sessions(actor, at):
        kept = data.get(BROWSER) or {}
        seen = datetime.fromtimestamp(data[SEEN], UTC) if SEEN in data else None
        this = session.session_key == request.session.session_key
        found.append(Browser(kept.get("address", ""), kept.get("program", ""), seen, this))
    return sorted(found, key=lambda b: (not b.this, -(b.seen.timestamp() if b.seen else 0)))


def sign_out_elsewhere(request: HttpRequest, actor: Actor, *, at: datetime) -> int:
    """End the person's sessions in every other browser; return how many there were."""
    others = [
        session.session_key
        for session, _ in _sessions(actor, at)
        if session.session_key != request.session.session_key
    ]
    Session.objects.filter(session_key__in=others).delete()
    record(
        by=actor,
        at=at,
        action="account.sign_out_elsewhere",
        object_kind="user",
        object_id=actor.user,
        summary=f"退出其他浏览器上的 {len(others)} 处登录",
    )
    return len(others)


def forget_old_sessions(*, at: datetime) -> int:
    """Remove sessions whose time is over."""
    removed, _ = Session.objects.filter(expire_date__lt=at).delete()
    return removed


def _sessions(actor: Actor, at: datetime) -> Iterator[tuple[Session, dict[str, Any]]]:
    # Sessions are not kept by account. All of a day are few thousand, and this page is opened rarely.
    for session in Session.objects.filter(expire_date__gt=at).iterator():
        data = session.get_decoded()
        if data.get(SESSION_KEY) == str(actor.user):
            yield session, data


def program_of(agent: str) -> str:
    """The browser and the system, as a person would name them."""
    systems = {
        "Android": "安卓手机",
        "iPhone": "苹果手机",
        "iPad": "苹果平板",
        "Windows": "Windows 电脑",
        "Mac OS": "苹果电脑",
        "Linux": "Linux 电脑",
    }
    programs = {"Edg": "Edge", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
    system = next((words for mark, words in systems.items() if mark in agent), "其他设备")
    program = next((words for mark, words in programs.items() if f"{mark}/" in agent), "其他浏览器")
    return f"{system}，{program}"
