"""The second factor: a code that changes every 30 seconds (RFC 6238), and ten codes on paper for a lost phone.

The secret is kept encrypted under a key that is derived from the instance's own; beside it stands the last time step
that was used, so that a code which somebody looked on while it was typed opens nothing more.
"""

from __future__ import annotations

import base64
import secrets
from datetime import datetime
from functools import cache

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.utils.crypto import salted_hmac

from zhijiao.core.access.actor import Actor, Invisible, NotAllowed
from zhijiao.core.access.roles import Permission, Role
from zhijiao.core.access.scope import acting, signing_in
from zhijiao.core.accounts.passwords import refuse_shared
from zhijiao.core.accounts.rules import ALPHABET, fitting_step, grouped, ungrouped
from zhijiao.core.accounts.trail import noted
from zhijiao.core.accounts.types import Fault, Faulty, Step
from zhijiao.core.kinds import Tenant
from zhijiao.core.models import User

ISSUER = "职教大脑"
STEP_SECONDS = 30
DRIFT = 1
"""By how many steps the phone's clock may be off, either way."""
RECOVERY_CODES = 10
RECOVERY_LETTERS = 12


def new_secret() -> str:
    """A fresh secret, not yet anybody's."""
    return pyotp.random_base32()


def address_of(secret: str, username: str) -> str:
    """What the QR code says to the phone."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def due_step(actor: Actor, account: User) -> Step | None:
    """What the account has to do first. Examples need no second factor."""
    if account.must_change_password:
        return Step.PASSWORD
    if required(actor) and not account.second_factor:
        return Step.FACTOR
    return None


def required(actor: Actor) -> bool:
    """Whether one of the actor's roles needs a second factor."""
    roles = [Role(name) for name in settings.SECOND_FACTOR_ROLES]
    return actor.tenant is Tenant.REAL and actor.holds(*roles)


def enrol(*, by: Actor, at: datetime, secret: str, code: str, password: str = "") -> list[str]:
    """Bind a secret after the phone has shown that it knows it; in place of another one only with the password. Returns
    the recovery codes, which are kept only as digests. Raises Faulty."""
    with acting(by):
        user = User.objects.select_for_update().get(pk=by.person)
        refuse_shared(user)
        if user.second_factor:
            _refuse_wrong_password(user, password)
        step = _step(secret, code, at, last=0)
        if step is None:
            raise Faulty([Fault("code", "动态口令不对。请确认手机时间准确，输入手机上现在显示的 6 位数字。")])
        codes = _fresh_recovery_codes(user)
        user.second_factor = seal(secret, step)
        user.save(update_fields=["second_factor", "recovery_codes"])
        noted(by, at, user, "account.enrol_factor", f"{user.name}启用了动态口令")
    return codes


def renew_recovery_codes(*, by: Actor, at: datetime, password: str) -> list[str]:
    """Ten new codes on paper; the old ones are void. Raises Faulty."""
    with acting(by):
        user = User.objects.select_for_update().get(pk=by.person)
        _refuse_wrong_password(user, password)
        codes = _fresh_recovery_codes(user)
        user.save(update_fields=["recovery_codes"])
        noted(by, at, user, "account.renew_recovery_codes", f"{user.name}换了一批备用码")
    return codes


def verify(*, user: User, code: str, at: datetime, by: Actor) -> bool:
    """Whether a typed code, of the phone or on paper, is right; it is used up by this."""
    with signing_in(user.username):
        account = User.objects.select_for_update().get(pk=user.pk)
        typed = ungrouped(code)
        opened = unseal(account.second_factor)
        step = _step(opened[0], typed, at, last=opened[1]) if opened else None
        if opened and step is not None:
            account.second_factor = seal(opened[0], step)
            account.save(update_fields=["second_factor"])
            return True
        digest = _digest(typed)
        if len(typed) == RECOVERY_LETTERS and digest in account.recovery_codes:
            account.recovery_codes = [kept for kept in account.recovery_codes if kept != digest]
            account.save(update_fields=["recovery_codes"])
            left = len(account.recovery_codes)
            noted(
                by, at, account, "account.use_recovery_code", f"{account.name}用了一个备用码，还剩 {left} 个"
            )
            return True
    return False


def drop(*, by: Actor, at: datetime, password: str) -> None:
    """Give up one's own second factor, where no role needs it. Raises Faulty, NotAllowed."""
    with acting(by):
        user = User.objects.select_for_update().get(pk=by.person)
        if required(by):
            raise Faulty([Fault("", "您的角色要求启用动态口令，不能停用。换手机时请重新绑定。")])
        _refuse_wrong_password(user, password)
        _clear(user)
        noted(by, at, user, "account.drop_factor", f"{user.name}停用了动态口令")


def reset_factor(*, by: Actor, at: datetime, user: int, reason: str) -> None:
    """Take a lost second factor off an account. Needs GRANT_ROLES at the account's organisation, and a reason; nobody
    does this for themselves. Raises Faulty, NotAllowed, Invisible."""
    with acting(by):
        account = User.objects.select_for_update().filter(pk=user).first()
        if account is None:
            raise Invisible("没有这个账号。")
        by.require(Permission.GRANT_ROLES, account.organisation_id)
        if account.pk == by.user:
            raise NotAllowed(Permission.GRANT_ROLES, "本人的动态口令由另一位安全管理员重置")
        if not reason.strip():
            raise Faulty([Fault("reason", "请写明重置的原因和核实本人的方式。")])
        _clear(account)
        noted(by, at, account, "account.reset_factor", f"重置{account.name}的动态口令：{reason.strip()}")


def seal(secret: str, step: int) -> str:
    """A secret and the last step used, encrypted."""
    return _cipher().encrypt(f"{secret}:{step}".encode()).decode()


def unseal(sealed: str) -> tuple[str, int] | None:
    """The secret and the last step used; None where there is none that this instance's key opens."""
    if not sealed:
        return None
    try:
        secret, _, step = _cipher().decrypt(sealed.encode()).decode().partition(":")
    except InvalidToken:
        return None
    return secret, int(step)


def _step(secret: str, code: str, at: datetime, *, last: int) -> int | None:
    now = int(at.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    codes = {step: totp.at(step * STEP_SECONDS) for step in range(now - DRIFT, now + DRIFT + 1)}
    return fitting_step(ungrouped(code), codes, last)


def _fresh_recovery_codes(user: User) -> list[str]:
    codes = [
        "".join(secrets.choice(ALPHABET) for _ in range(RECOVERY_LETTERS)) for _ in range(RECOVERY_CODES)
    ]
    user.recovery_codes = [_digest(code) for code in codes]
    return [grouped(code) for code in codes]


def _digest(code: str) -> str:
    # The codes are random and long, so a keyed digest is enough: a slow hash would have to be tried ten times.
    return salted_hmac("zhijiao.recovery", code, algorithm="sha256").hexdigest()


def _refuse_wrong_password(user: User, password: str) -> None:
    if not check_password(password, user.password):
        raise Faulty([Fault("password", "口令不对，什么都没有改动。")])


def _clear(user: User) -> None:
    user.second_factor, user.recovery_codes = "", []
    user.save(update_fields=["second_factor", "recovery_codes"])


@cache
def _cipher() -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"zhijiao second factor").derive(
        settings.SECRET_KEY.encode()
    )
    return Fernet(base64.urlsafe_b64encode(derived))
