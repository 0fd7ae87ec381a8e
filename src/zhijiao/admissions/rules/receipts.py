"""The receipt of a submission: what its digest is over, and how its number follows. Pure.

The database makes the same digest by the statement that stores the submission; a test holds both to each other. Whoever has
the printed form can make it again: it is SHA-256 of the text below in UTF-8.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 signs without those that are taken for each other."""
LENGTH = 10


def text_of(
    *,
    season: str,
    round_code: str,
    candidate: str,
    version: int,
    at: datetime,
    choices: Sequence[tuple[str, bool]],
) -> str:
    """The text that the digest is over: one fact a line, then one choice a line (recruitment code, `+` with 服从调剂)."""
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    head = [season, round_code, candidate, str(version), moment]
    return "\n".join([*head, *(f"{code}{'+' if adjust else ''}" for code, adjust in choices)])


def digest_of(text: str) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def number_of(digest: str) -> str:
    """The receipt number: five signs, a dash, five signs, each out of five bits of the digest's first bytes."""
    signs = "".join(LETTERS[byte % 32] for byte in bytes.fromhex(digest)[:LENGTH])
    return f"{signs[:5]}-{signs[5:]}"
