"""Identity numbers of candidates: sealed, found again by a blind index. The keys derive from the instance's secret."""

from __future__ import annotations

import base64
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from zhijiao.core.errors import Refusal


class Unreadable(Refusal):
    """What was sealed cannot be opened with this instance's key."""

    def __init__(self) -> None:
        super().__init__(
            "证件号打不开：内容被改动，或不是用本实例的密钥加密的。请联系系统管理员核对密钥文件。"
        )


def seal(number: str) -> str:
    """A number, sealed; empty stays empty."""
    if not number:
        return ""
    nonce = os.urandom(12)
    return base64.b64encode(
        nonce + _sealer(settings.SECRET_KEY).encrypt(nonce, number.encode(), None)
    ).decode()


def unseal(sealed: str) -> str:
    """The number again. Raises Unreadable."""
    if not sealed:
        return ""
    raw = base64.b64decode(sealed)
    try:
        return _sealer(settings.SECRET_KEY).decrypt(raw[:12], raw[12:], None).decode()
    except InvalidTag:
        raise Unreadable from None


def index_of(number: str) -> str:
    """The blind index under which a number is found: equal for equal numbers, and says nothing else."""
    if not number:
        return ""
    return hmac.digest(_key("blind"), number.encode(), "sha256").hex()[:32]


def mask(number: str) -> str:
    """What a screen shows of a number."""
    return number[:3] + "*" * max(len(number) - 5, 3) + number[-2:] if len(number) > 5 else "*" * len(number)


def _key(purpose: str) -> bytes:
    return _derived(settings.SECRET_KEY, purpose)


@lru_cache(maxsize=4)
def _sealer(secret: str) -> AESGCM:
    return AESGCM(_derived(secret, "seal"))


@lru_cache(maxsize=8)
def _derived(secret: str, purpose: str) -> bytes:
    info = f"zhijiao admissions identity {purpose}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret.encode())
