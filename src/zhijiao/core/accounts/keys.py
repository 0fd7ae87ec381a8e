"""Verbs about API keys: a program acts as the key's owner, with at most the permissions that the key names."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting
from zhijiao.core.access.sessions import digest
from zhijiao.core.accounts.types import Fault, Faulty
from zhijiao.core.audit import record
from zhijiao.core.models import ApiToken

PREFIX = "zj_"
TERMS = {30: "30 天", 90: "90 天", 180: "半年", 365: "一年"}
LONGEST_NAME = 80
_BY_HAND = frozenset(
    {Permission.MANAGE_ACCOUNTS, Permission.GRANT_ROLES, Permission.NAME_STAFF, Permission.CONFIRM_CLAIMS}
)
"""Who gets in is decided by a person who has signed in, never by a program."""


def offered(actor: Actor) -> list[Permission]:
    """The permissions that a key of this person may carry."""
    return [p for p in Permission if actor.may(p) and p not in _BY_HAND]


def create_key(
    *, by: Actor, at: datetime, name: str, permissions: Collection[str], days: int
) -> tuple[ApiToken, str]:
    """A new key of one's own, and its text, which is returned once and kept only as a digest. Raises Faulty."""
    name = name.strip()
    allowed = {p.value for p in offered(by)}
    faults = []
    if by.limited_to is not None:
        faults.append(Fault("", "密钥不能再生成密钥，请登录后在网页上办理。"))
    if not name:
        faults.append(Fault("name", "请给密钥起个名字，说明给哪个程序用。"))
    if len(name) > LONGEST_NAME:
        faults.append(Fault("name", f"名称最多 {LONGEST_NAME} 个字，现在是 {len(name)} 个。"))
    if not permissions:
        faults.append(Fault("permissions", "请至少选一项权限。"))
    elif not set(permissions) <= allowed:
        faults.append(Fault("permissions", "选了您没有的权限，密钥的权限不能超过本人。"))
    if days not in TERMS:
        faults.append(Fault("days", "请选择有效期。"))
    if faults:
        raise Faulty(faults)
    text = PREFIX + secrets.token_urlsafe(32)
    with acting(by):
        key = ApiToken.objects.create(
            digest=digest(text),
            user_id=by.person,
            name=name,
            permissions=sorted(permissions),
            created_at=at,
            expires_at=at + timedelta(days=days),
        )
        _record(by, at, key, "account.create_key", f"生成接口密钥“{name}”")
    return key, text


def revoke_key(*, by: Actor, at: datetime, key: int) -> None:
    """End a key of one's own at once. Doing it twice changes nothing. Raises Invisible."""
    with acting(by):
        found = ApiToken.objects.select_for_update().filter(pk=key, user_id=by.person).first()
        if found is None:
            raise Invisible("没有这个密钥。")
        if found.revoked_at is None:
            found.revoked_at = at
            found.save(update_fields=["revoked_at"])
            _record(by, at, found, "account.revoke_key", f"作废接口密钥“{found.name}”")


def _record(by: Actor, at: datetime, key: ApiToken, action: str, summary: str) -> None:
    record(
        by=by,
        at=at,
        action=action,
        object_kind="api_key",
        object_id=key.pk,
        summary=summary,
        detail={"permissions": key.permissions, "expires": key.expires_at},
    )
