"""Verbs about other sign-in services: who of them is which account here.

An outsider is known by the service's own identifier and by nothing else. Two people share a name, a phone changes hands,
and an administrator types a wrong one: none of these ever decides whose account opens.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.access.sessions import digest
from zhijiao.core.accounts.adapters.types import Outsider
from zhijiao.core.accounts.passwords import refuse_shared
from zhijiao.core.accounts.rules import ALPHABET, grouped, ungrouped
from zhijiao.core.accounts.trail import noted
from zhijiao.core.accounts.types import Fault, Faulty
from zhijiao.core.inbox import notify
from zhijiao.core.models import BindingCode, ExternalIdentity, User

LETTERS = 12
CODE_VALID = timedelta(hours=24)


def account_of(outsider: Outsider) -> User | None:
    """The account that this outsider opens; None where nobody has bound it, or the account is closed."""
    with bulk():
        return User.objects.filter(
            identities__provider=outsider.provider, identities__subject=outsider.subject, is_active=True
        ).first()


def is_known(outsider: Outsider) -> bool:
    """Whether the outsider is bound to an account, be it open or closed."""
    with bulk():
        return ExternalIdentity.objects.filter(provider=outsider.provider, subject=outsider.subject).exists()


def bind_own(*, by: Actor, at: datetime, outsider: Outsider) -> None:
    """Bind an outsider to one's own account: for somebody who has just proved to be both. Raises Faulty."""
    with acting(by):
        user = User.objects.select_for_update().get(pk=by.person)
        _link(user, outsider.provider, outsider.subject, by, at)


def make_code(*, at: datetime, outsider: Outsider) -> str:
    """A code for the administrator, shown once."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(LETTERS))
    with bulk():
        BindingCode.objects.create(
            digest=digest(code), provider=outsider.provider, subject=outsider.subject, made_at=at
        )
    return grouped(code)


def bind_by_code(*, by: Actor, at: datetime, user: int, code: str) -> None:
    """Bind whoever holds the code to an account, which is told. Needs MANAGE_ACCOUNTS at the account's organisation.
    Raises Faulty, Invisible, NotAllowed."""
    with acting(by):
        account = User.objects.select_for_update().filter(pk=user).first()
        if account is None:
            raise Invisible("没有这个账号。")
        by.require(Permission.MANAGE_ACCOUNTS, account.organisation_id)
        with bulk():
            found = (
                BindingCode.objects.select_for_update()
                .filter(digest=digest(ungrouped(code)), used_at=None, made_at__gt=at - CODE_VALID)
                .first()
            )
            if found is None:
                raise Faulty(
                    [
                        Fault(
                            "code",
                            "绑定码不对、用过了，或者已过 24 小时。请让对方重新登录一次，拿新的绑定码。",
                        )
                    ]
                )
            found.used_at = at
            found.save(update_fields=["used_at"])
        _link(account, found.provider, found.subject, by, at)
        notify(
            [account.pk],
            key=f"bound:{found.provider}:{found.pk}",
            subject="您的账号绑定了一种登录方式",
            body=f"{by.name}为您办理。不是您要求的，请立即告诉安全管理员。",
            link="/account",
            at=at,
        )


def unbind(*, by: Actor, at: datetime, identity: int) -> None:
    """Take one's own outsider off the account. Raises Invisible."""
    with acting(by):
        found = ExternalIdentity.objects.filter(pk=identity, user=by.person).select_related("user").first()
        if found is None:
            raise Invisible("没有绑定这种登录方式。")
        with bulk():
            ExternalIdentity.objects.filter(pk=found.pk).delete()
        noted(
            by, at, found.user, "account.unbind", f"解除{found.user.name}的登录绑定", provider=found.provider
        )


def _link(user: User, provider: str, subject: str, by: Actor, at: datetime) -> None:
    refuse_shared(user)
    with bulk():
        bound = ExternalIdentity.objects.filter(provider=provider, subject=subject).first()
        if bound is not None and bound.user_id == user.pk:
            return
        if bound is not None:
            raise Faulty([Fault("", "它已绑定在另一个账号上。请先由那个账号的本人或系统管理员解除。")])
        if ExternalIdentity.objects.filter(provider=provider, user=user).exists():
            raise Faulty([Fault("", f"{user.name}的账号已绑定了另一个人的这种登录方式，请先解除。")])
        ExternalIdentity.objects.create(
            provider=provider, subject=subject, user=user, linked_at=at, linked_by=by.name[:80]
        )
    noted(by, at, user, "account.bind", f"{user.name}的账号绑定一种登录方式", provider=provider)
