"""Identity numbers of candidates: sealed, found again by a blind index. The keys derive from the instance's secret."""

from __future__ import annotations

import hmac

from zhijiao.exchange.actions.sealing import key, seal_text, unseal_text

_SEAL, _BLIND = "admissions identity seal", "admissions identity blind"


def seal(number: str) -> str:
    """A number, sealed; empty stays empty."""
    return seal_text(number, _SEAL) if number else ""


def unseal(sealed: str) -> str:
    """The number again. Raises Refusal when it was sealed with another key or changed."""
    return unseal_text(sealed, _SEAL, "证件号") if sealed else ""


def index_of(number: str) -> str:
    """The blind index under which a number is found: equal for equal numbers, and says nothing else."""
    return hmac.digest(key(_BLIND), number.encode(), "sha256").hex()[:32] if number else ""


def mask(number: str) -> str:
    """What a screen shows of a number."""
    return number[:3] + "*" * max(len(number) - 5, 3) + number[-2:] if len(number) > 5 else "*" * len(number)
