"""Signing in and out: from a name and a password to a session."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth import login, logout
from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import signing_in
from zhijiao.core.accounts.types import CodeExpired, WrongCredentials
from zhijiao.core.audit import record
from zhijiao.core.kinds import Tenant
from zhijiao.core.models import User

LONGEST_NAME = 60
LONGEST_PASSWORD = 200
CODE_VALID = timedelta(hours=24)
"""How long a password that somebody else set opens the account."""


def check(request: HttpRequest, *, username: str, password: str, at: datetime) -> User:
    """The account of this name and password; the session is not touched. Raises SignInRefused."""
    name = username.strip()
    with signing_in(name):
        user = _find(name)
        right = user is not None and check_password(password[:LONGEST_PASSWORD], user.password)
        if user is None:
            make_password(
                password[:LONGEST_PASSWORD]
            )  # an unknown name must not answer sooner than a known one
    if user is None or not right:
        _failed(request, user, at)
        raise WrongCredentials
    if user.must_change_password and _expired(user, at):
        _failed(request, user, at)
        raise CodeExpired
    return user


def open_session(request: HttpRequest, user: User, *, at: datetime, way: str = "password") -> None:
    """Sign an account in that has proved itself: a fresh session key, a line in the audit trail."""
    with signing_in(user.username):
        User.objects.filter(pk=user.pk).update(last_login=at)
        record(
            by=_as(user, request),
            at=at,
            action="account.sign_in",
            organisation=user.organisation_id,
            object_kind="user",
            object_id=user.pk,
            summary=f"{user.name}登录",
            detail={"way": way},
        )
    login(request, user, backend="zhijiao")


def close_session(request: HttpRequest, actor: Actor, *, at: datetime) -> None:
    """Sign out of this browser."""
    record(
        by=actor, at=at, action="account.sign_out", object_kind="user", object_id=actor.user, summary="退出"
    )
    logout(request)


def _find(name: str) -> User | None:
    if not name or len(name) > LONGEST_NAME:
        return None
    return User.objects.filter(username=name, is_active=True).first()


def _expired(user: User, at: datetime) -> bool:
    return user.password_changed_at is not None and at - user.password_changed_at > CODE_VALID


def _failed(request: HttpRequest, user: User | None, at: datetime) -> None:
    # A name that nobody has may be a password typed into the wrong field: it is not kept.
    by = Actor(user=None, name="未知用户名", tenant=Tenant.REAL, address=_address(request))
    record(
        by=by if user is None else _as(user, request),
        at=at,
        action="account.sign_in_failed",
        organisation=user.organisation_id if user else None,
        object_kind="user",
        object_id=user.pk if user else "",
        summary="登录没有成功",
    )


def _as(user: User, request: HttpRequest) -> Actor:
    return Actor(user=user.pk, name=user.name, tenant=Tenant(user.tenant), address=_address(request))


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
