"""Wrong passwords and codes are counted per user name and address; too many lock that pair for a while.

The pair, and not the address: forty people of an office may stand behind one address. And not the name alone: nobody
shall keep a leader out by typing nonsense under the leader's name.
"""

from __future__ import annotations

from datetime import datetime

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.address import client_address
from zhijiao.core.access.roles import Permission
from zhijiao.core.accounts.types import LockedOut
from zhijiao.core.audit import record
from zhijiao.core.models import User


def refuse_locked(request: HttpRequest, username: str) -> None:
    """Raise LockedOut while this name is locked at this address."""
    if not AxesProxyHandler.is_allowed(request, {"username": username}):
        raise LockedOut(_until(request, username))


def count_failure(request: HttpRequest, username: str) -> bool:
    """Count a failure. Whether this one locked."""
    user_login_failed.send(sender=__name__, credentials={"username": username}, request=request)
    return not AxesProxyHandler.is_allowed(request, {"username": username})


def unlock(*, by: Actor, at: datetime, user: int) -> None:
    """Let somebody try again before the time is over. Needs MANAGE_ACCOUNTS, or NAME_STAFF, at the account's
    organisation: who may reset the password may let its owner try again."""
    account = User.objects.filter(pk=user).first()
    if account is None:
        raise Invisible("没有这个账号。")
    if not by.may(Permission.NAME_STAFF, account.organisation_id):
        by.require(Permission.MANAGE_ACCOUNTS, account.organisation_id)
    removed = AxesProxyHandler.reset_attempts(username=account.username)
    record(
        by=by,
        at=at,
        action="account.unlock",
        organisation=account.organisation_id,
        object_kind="user",
        object_id=account.pk,
        summary=f"解除{account.name}的登录锁定",
        detail={"counters": removed},
    )


def locked_names() -> set[str]:
    """The user names that are locked at some address now."""
    counted: dict[tuple[str, str], int] = {}
    for attempt in AccessAttempt.objects.all():
        key = (attempt.username or "", attempt.ip_address or "")
        counted[key] = counted.get(key, 0) + attempt.failures_since_start
    return {name for (name, _), failures in counted.items() if failures >= settings.AXES_FAILURE_LIMIT}


def _until(request: HttpRequest, username: str) -> datetime:
    newest = (
        AccessAttempt.objects.filter(username=username, ip_address=client_address(request) or None)
        .order_by("-attempt_time")
        .values_list("attempt_time", flat=True)
        .first()
    )
    assert newest is not None, "a lock without a failure"
    return newest + settings.AXES_COOLOFF_TIME
