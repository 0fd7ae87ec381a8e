"""From a request to the actor behind it: a session's account, or the owner of an API key."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from zhijiao.core.access.actor import Actor, Seat
from zhijiao.core.access.address import client_address
from zhijiao.core.access.roles import Permission, Role
from zhijiao.core.access.scope import acting
from zhijiao.core.audit import record
from zhijiao.core.kinds import Tenant
from zhijiao.core.models import User

GetResponse = Callable[[HttpRequest], HttpResponse]
READING = frozenset({"GET", "HEAD"})
API = "/api/"
SEEN = "seen"
"""When the session was last used, to the minute; a session that rests too long ends."""


def actor_of(user: User, *, limited_to: frozenset[Permission] | None = None, address: str = "") -> Actor:
    """The actor for an account, with the roles that it holds today."""
    return Actor(
        user=user.pk,
        name=user.name,
        tenant=Tenant(user.tenant),
        seats=seats_of(user.pk),
        limited_to=limited_to,
        address=address,
    )


def seats_of(user: int) -> tuple[Seat, ...]:
    """The roles that an account holds today, with what each covers."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT s.membership, s.organisation, coalesce(n.name, ''), s.role, s.covers, s.starts, s.ends, s.basis
              FROM zhijiao_seats(%s) s
              LEFT JOIN core_standing n ON n.organisation_id = s.organisation
               AND n.starts <= %s AND (n.ends IS NULL OR n.ends > %s)
             ORDER BY s.membership
            """,
            [user, _today(), _today()],
        )
        return tuple(
            Seat(membership, organisation, name, Role(role), frozenset(covers), starts, ends, basis)
            for membership, organisation, name, role, covers, starts, ends, basis in cursor.fetchall()
        )


class Identify:
    """Middleware: finds the actor, and runs the view as one transaction in the actor's scope. Stands last, so that what
    other middleware refuses (a forged form) never reaches a scope."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.account = None  # type: ignore[attr-defined]
        request.actor = self._actor(request)  # type: ignore[attr-defined]
        response = self.get_response(request)
        if request.actor is not None:  # type: ignore[attr-defined]
            # What one person sees must not be kept for the next one at this machine.
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        actor: Actor | None = request.actor  # type: ignore[attr-defined]
        if actor is None:
            return None
        with acting(actor):
            if actor.audits and request.method in READING:
                record(
                    by=actor, at=timezone.now(), action="audit.read", summary=request.get_full_path()[:300]
                )
            return view(request, *args, **kwargs)

    def _actor(self, request: HttpRequest) -> Actor | None:
        header = request.headers.get("Authorization", "")
        address = client_address(request)
        if header.startswith("Bearer "):
            if request.method not in READING and not request.path.startswith(API):
                return None  # a program changes things by the API, never by the pages made for people
            return _by_token(request, header.removeprefix("Bearer ").strip(), address)
        return _by_session(request, address)


def _by_session(request: HttpRequest, address: str) -> Actor | None:
    session = request.session
    try:
        user_id = int(session[SESSION_KEY])
    except (KeyError, ValueError):
        return None
    if _rested_too_long(request):
        session.flush()
        return None
    with acting(Actor(user=user_id, name="", tenant=Tenant.REAL)):
        user = User.objects.filter(pk=user_id, is_active=True).first()
        # A changed password ends the sessions that were opened with the old one.
        if user is None or not constant_time_compare(
            session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()
        ):
            session.flush()
            return None
        request.account = user  # type: ignore[attr-defined]
        return actor_of(user, address=address)


def _rested_too_long(request: HttpRequest) -> bool:
    """Whether the session was left alone for longer than the settings allow; notes its use otherwise."""
    now_at = int(timezone.now().timestamp())
    seen = int(request.session.get(SEEN, now_at))
    if now_at - seen > settings.SESSION_IDLE_SECONDS:
        return True
    if SEEN not in request.session or now_at - seen >= 60:
        request.session[SEEN] = now_at
    return False


def _by_token(request: HttpRequest, token: str, address: str) -> Actor | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person, permissions FROM zhijiao_token(%s, %s)", [digest(token), timezone.now()]
        )
        found = cursor.fetchone()
    if found is None:
        return None
    user_id, permissions = found
    with acting(Actor(user=user_id, name="", tenant=Tenant.REAL)):
        user = User.objects.filter(pk=user_id, is_active=True).first()
        if user is None:
            return None
        request.account = user  # type: ignore[attr-defined]
        allowed = frozenset(Permission(p) for p in permissions if p in set(Permission))
        return actor_of(user, limited_to=allowed, address=address)


def digest(token: str) -> str:
    """What is kept of an API key."""
    return hashlib.sha256(token.encode()).hexdigest()


def _today() -> date:
    return timezone.localdate()


def signed_in(request: HttpRequest) -> Actor | None:
    """The actor behind a request, or None for a visitor."""
    return getattr(request, "actor", None)


def now() -> datetime:
    """The moment at which a request acts."""
    return timezone.now()
