"""Changing one's own password. Another's is reset to a one-time code by `core.people`."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import acting
from zhijiao.core.accounts.trail import noted
from zhijiao.core.accounts.types import Fault, Faulty
from zhijiao.core.demo import MAKER as DEMO_MAKER
from zhijiao.core.kinds import Tenant
from zhijiao.core.models import User


def faults_of(password: str, user: User) -> list[str]:
    """What is wrong with a new password of this account; empty when it is good."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        return list(error.messages)
    return []


def change_password(*, by: Actor, at: datetime, old: str, new: str, again: str) -> User:
    """Set one's own password. Ends the other sessions, since each carries a mark of the password. Raises Faulty."""
    with acting(by):
        user = User.objects.select_for_update().get(pk=by.person)
        refuse_shared(user)
        faults = []
        if not check_password(old, user.password):
            faults.append(Fault("old", "现在的口令不对。"))
        faults += [Fault("new", words) for words in faults_of(new, user)]
        if new and check_password(new, user.password):
            faults.append(Fault("new", "新口令与现在的口令相同，请换一个。"))
        if new != again:
            faults.append(Fault("again", "两次输入的新口令不一样。"))
        if faults:
            raise Faulty(faults)
        user.set_password(new)
        user.must_change_password = False
        user.password_changed_at = at
        user.save(update_fields=["password", "must_change_password", "password_changed_at"])
        noted(by, at, user, "account.change_password", f"{user.name}修改了口令")
    return user


def refuse_shared(user: User) -> None:
    """Raise Faulty for an account that everybody may try: a password of one's own would keep all others out."""
    if is_shared(user):
        raise Faulty([Fault("", "演示账号大家共用，登录的方式不能改动。")])


def is_shared(user: User) -> bool:
    """Whether this is an account that everybody may try."""
    return user.tenant == Tenant.DEMO and user.created_by == DEMO_MAKER
