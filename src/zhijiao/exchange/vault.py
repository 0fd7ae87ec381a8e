"""What is kept encrypted: senders' files, rows in quarantine, identity numbers. The keys derive from the instance's secret.

A file is a row of frames, each AES-256-GCM under a key of the product and a nonce of the file and the frame's place, so that
frames can be neither altered nor moved; the last one is marked, so that a file cannot be cut short.
"""

from __future__ import annotations

import base64
import hashlib
import os
import struct
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from zhijiao.core.errors import Refusal

MARK = b"zhijiao-sealed/1"
FRAME = 1024 * 1024
ROWS = "exchange rows"
_TAG = 16


class Unreadable(Refusal):
    """What was kept cannot be opened with this instance's key."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what}打不开：内容被改动，或不是用本实例的密钥加密的。请联系系统管理员核对密钥文件，或从备份恢复。"
        )


def key(purpose: str, length: int = 32) -> bytes:
    """The key for a purpose."""
    return _derived(settings.SECRET_KEY, purpose, length)


@lru_cache(maxsize=32)
def _derived(secret: str, purpose: str, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=f"zhijiao {purpose}".encode()).derive(
        secret.encode()
    )


class Plain:
    """Counts and hashes what passes through before it is sealed."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self._sha = hashlib.sha256()
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self._sha.update(chunk)
            self.size += len(chunk)
            yield chunk

    @property
    def digest(self) -> str:
        """SHA-256 of everything that passed."""
        return self._sha.hexdigest()


def seal(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """A file, sealed frame by frame."""
    cipher, nonce = AESGCM(key("exchange files")), os.urandom(8)
    yield MARK + nonce
    place, held = 0, bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) > FRAME:
            yield _frame(cipher, nonce, place, bytes(held[:FRAME]), last=False)
            del held[:FRAME]
            place += 1
    yield _frame(cipher, nonce, place, bytes(held), last=True)


def unseal(stream: IO[bytes], name: str) -> Iterator[bytes]:
    """The file again. Raises Unreadable."""
    head = stream.read(len(MARK) + 8)
    if not head.startswith(MARK) or len(head) < len(MARK) + 8:
        raise Unreadable(f"“{name}”")
    cipher, nonce, place = AESGCM(key("exchange files")), head[len(MARK) :], 0
    while True:
        size = stream.read(5)
        if len(size) < 5:
            raise Unreadable(f"“{name}”")
        length, last = struct.unpack(">IB", size)
        try:
            yield cipher.decrypt(nonce + struct.pack(">I", place), stream.read(length + _TAG), bytes([last]))
        except InvalidTag:
            raise Unreadable(f"“{name}”") from None
        if last:
            return
        place += 1


def _frame(cipher: AESGCM, nonce: bytes, place: int, content: bytes, *, last: bool) -> bytes:
    sealed = cipher.encrypt(nonce + struct.pack(">I", place), content, bytes([last]))
    return struct.pack(">IB", len(content), last) + sealed


def seal_text(text: str, purpose: str = ROWS) -> str:
    """A short text, sealed under the key for a purpose."""
    nonce = os.urandom(12)
    return base64.b64encode(nonce + AESGCM(key(purpose)).encrypt(nonce, text.encode(), None)).decode()


def unseal_text(sealed: str, purpose: str = ROWS, what: str = "这一行") -> str:
    """The text again. Raises Unreadable, which names `what`."""
    raw = base64.b64decode(sealed)
    try:
        return AESGCM(key(purpose)).decrypt(raw[:12], raw[12:], None).decode()
    except InvalidTag:
        raise Unreadable(what) from None
