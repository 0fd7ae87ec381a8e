"""Signing in and out: from a name and a password to a session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, login, logout
from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.address import client_address
from zhijiao.core.access.scope import signing_in
from zhijiao.core.access.sessions import SEEN
from zhijiao.core.accounts import factor
from zhijiao.core.accounts.browsers import note_browser
from zhijiao.core.accounts.lockout import count_failure, refuse_locked
from zhijiao.core.accounts.types import CodeExpired, WrongCode, WrongCredentials
from zhijiao.core.audit import record
from zhijiao.core.kinds import Tenant
from zhijiao.core.models import User

LONGEST_NAME = 60
LONGEST_PASSWORD = 200
CODE_VALID = timedelta(hours=24)
"""How long a password that somebody else set opens the account."""
CODE_PATIENCE = timedelta(minutes=5)
"""How long after the password the code of the second factor is awaited."""
HALFWAY = "halfway"


@dataclass(frozen=True)
class Halfway:
    """Somebody between the password and the code."""

    user: int
    username: str
    onward: str


def check(request: HttpRequest, *, username: str, password: str, at: datetime) -> User:
    """The account of this name and password; the session is not touched. Raises SignInRefused."""
    name = username.strip()[: LONGEST_NAME + 1]
    refuse_locked(request, name)
    with signing_in(name):
        user = _find(name)
        right = user is not None and check_password(password[:LONGEST_PASSWORD], user.password)
        if user is None:
            make_password(
                password[:LONGEST_PASSWORD]
            )  # an unknown name must not answer sooner than a known one
    if user is None or not right:
        _failed(request, name, user, at)
        raise WrongCredentials
    if user.must_change_password and _expired(user, at):
        _failed(request, name, user, at)
        raise CodeExpired
    return user


def wait_for_code(request: HttpRequest, user: User, *, onward: str, at: datetime) -> None:
    """Remember in the session that the password was right and that the second factor is still to come."""
    request.session.cycle_key()
    request.session[HALFWAY] = {
        "user": user.pk,
        "username": user.username,
        "at": at.timestamp(),
        "onward": onward,
    }


def halfway(request: HttpRequest, *, at: datetime) -> Halfway | None:
    """Who has given the password and not yet the code; None where nobody has, or it took too long."""
    kept = request.session.get(HALFWAY)
    if not isinstance(kept, dict) or at.timestamp() - kept["at"] > CODE_PATIENCE.total_seconds():
        return None
    return Halfway(kept["user"], kept["username"], kept["onward"])


def check_code(request: HttpRequest, waiting: Halfway, *, code: str, at: datetime) -> User:
    """The account, once its code of the second factor is right. Raises SignInRefused."""
    refuse_locked(request, waiting.username)
    with signing_in(waiting.username):
        user = User.objects.filter(pk=waiting.user, is_active=True).first()
    if user is None:
        raise WrongCredentials
    if not factor.verify(user=user, code=code, at=at, by=_as(user, request)):
        _failed(request, waiting.username, user, at)
        raise WrongCode
    del request.session[HALFWAY]
    return user


def open_session(request: HttpRequest, user: User, *, at: datetime, way: str = "password") -> None:
    """Sign an account in that has proved itself: a fresh session key, a line in the audit trail."""
    if request.session.get(SESSION_KEY) not in (None, str(user.pk)):
        request.session.flush()
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
    request.session[SEEN] = int(at.timestamp())
    note_browser(request)


def keep_session(request: HttpRequest, user: User) -> None:
    """Let this browser's session go on after its account's password has changed; all others end by that."""
    request.session.cycle_key()
    request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()


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


def _failed(request: HttpRequest, name: str, user: User | None, at: datetime) -> None:
    locked = count_failure(request, name)
    # A name that nobody has may be a password typed into the wrong field: it is not kept.
    stranger = Actor(user=None, name="未知用户名", tenant=Tenant.REAL, address=client_address(request))
    for action, summary in (
        ("account.sign_in_failed", "登录没有成功"),
        *((("account.lock", "连续输错，暂停登录"),) if locked else ()),
    ):
        record(
            by=stranger if user is None else _as(user, request),
            at=at,
            action=action,
            organisation=user.organisation_id if user else None,
            object_kind="user",
            object_id=user.pk if user else "",
            summary=summary,
        )


def _as(user: User, request: HttpRequest) -> Actor:
    return Actor(user=user.pk, name=user.name, tenant=Tenant(user.tenant), address=client_address(request))
