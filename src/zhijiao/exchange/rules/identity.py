"""Identity numbers: checked (GB 11643), masked, found again by a blind index, kept sealed.

A number of 18 signs is 17 digits and a check sign that follows from them, so it is eight bytes. Sealed is AES-256 of
(number, eight random bytes) in one block; the blind index is AES-256 under another key of (number, eight noughts): equal for
equal numbers and for nothing else. A whole column is one call. Where the national suite is asked for, SM4 takes the place of
AES. Papers of other kinds (a passport) have a keyed hash as index and AES-GCM.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES, SM4
from cryptography.hazmat.primitives.ciphers.modes import ECB

from zhijiao.lib import citizens
from zhijiao.lib.citizens import SIGNS, check_sign

if TYPE_CHECKING:
    from zhijiao.engines.cells.joining import Cells

_WEIGHTS = np.array(citizens.WEIGHTS, dtype=np.uint16)
_CHECKS = np.frombuffer(citizens.CHECKS.encode(), dtype=np.uint8)
_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.uint16)
_BLOCK = 16
_OTHER = "x:"
"""Marks what is sealed of a paper that is no identity number."""

Bytes = npt.NDArray[np.uint8]


class Tampered(ValueError):
    """A sealed number that is not what it was, or not of this person, or sealed with another key."""


@dataclass(frozen=True)
class Keys:
    """Three keys of 32 bytes. `sm4`: SM4 (with their first 16 bytes) instead of AES-256."""

    seal: bytes = field(repr=False)
    blind: bytes = field(repr=False)
    other: bytes = field(repr=False)
    sm4: bool = False

    def cipher(self, key: bytes) -> Cipher[ECB]:
        """Block by block: every block holds its own randomness, or is meant to be equal."""
        return Cipher(SM4(key[:16]) if self.sm4 else AES(key), ECB())


# -- checking ------------------------------------------------------------------------------------------


def matrix(numbers: pl.Series) -> Bytes:
    """The bytes of texts of 18 bytes each, a row a text."""
    return np.frombuffer(numbers.str.join("").item().encode(), dtype=np.uint8).reshape(-1, SIGNS)


def sound(signs: Bytes) -> npt.NDArray[np.bool_]:
    """Which rows are identity numbers: 17 digits, a birthday that exists, and the check sign that follows."""
    if not len(signs):
        return np.zeros(0, dtype=np.bool_)
    # Column by column: numpy adds long arrays much faster than it sums many short ones.
    digits = (np.ascontiguousarray(signs[:, :17].T) - np.uint8(ord("0"))).astype(np.uint16)
    good: npt.NDArray[np.bool_] = digits.max(axis=0) <= 9
    total = np.zeros(len(signs), dtype=np.uint16)
    for digit, weight in zip(digits, _WEIGHTS, strict=True):
        total += digit * weight
    good &= _CHECKS[total % 11] == signs[:, 17]
    year = digits[6] * 1000 + digits[7] * 100 + digits[8] * 10 + digits[9]
    month, day = digits[10] * 10 + digits[11], digits[12] * 10 + digits[13]
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    days = _DAYS[np.where(month <= 12, month, 0)] + (leap & (month == 2))
    return good & (year >= 1850) & (day >= 1) & (day <= days)


def is_number(text: str) -> bool:
    """Whether a text is an identity number of 18 signs."""
    return len(text) == SIGNS and text.isascii() and bool(sound(matrix(pl.Series([text])))[0])


def mask(number: str) -> str:
    """What a screen shows: the first three signs and the last two."""
    return number[:3] + "*" * max(len(number) - 5, 3) + number[-2:] if len(number) > 5 else "*" * len(number)


# -- sealing -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hidden:
    """A column of numbers: `person`, the blind index as 32 hex signs, and `sealed`, what only the keys open."""

    person: pl.Series
    sealed: pl.Series


@dataclass(frozen=True)
class HiddenCells:
    """The same, as compiled loops have it."""

    person: Cells
    sealed: Cells


def hide(numbers: pl.Series, keys: Keys) -> Hidden:
    """Seal a column of identity numbers and other papers, none of them null."""
    shaped = numbers.str.len_bytes() == SIGNS
    signs = matrix(numbers.filter(shaped))
    good = np.zeros(len(numbers), dtype=np.bool_)
    good[shaped.to_numpy()] = sound(signs)
    if good.all():
        return _hide_numbers(signs, keys)
    found = _hide_numbers(matrix(numbers.filter(pl.Series(good))), keys)
    others = [_hide_one(text, keys) for text in numbers.filter(pl.Series(~good))]
    order = np.concatenate((np.flatnonzero(good), np.flatnonzero(~good))).argsort()
    person = pl.concat((found.person, pl.Series("person", [p for p, _ in others], dtype=pl.String)))
    sealed = pl.concat((found.sealed, pl.Series("sealed", [s for _, s in others], dtype=pl.String)))
    return Hidden(person.gather(order), sealed.gather(order))


def hide_numbers(numbers: npt.NDArray[np.uint64], keys: Keys) -> HiddenCells:
    """Seal identity numbers of which the first 17 digits are given. Compiled loops on import."""
    from zhijiao.engines.cells.joining import as_base64, as_hexadecimal

    blind, closed = _ciphered(numbers, keys)
    return HiddenCells(as_hexadecimal(blind, _BLOCK), as_base64(closed))


def _ciphered(numbers: npt.NDArray[np.uint64], keys: Keys) -> tuple[bytes, bytes]:
    """Blind index and seal of each, a block of bytes each."""
    count = len(numbers)
    plain = np.zeros((count, _BLOCK), dtype=np.uint8)
    plain[:, :8] = numbers.astype(">u8").view(np.uint8).reshape(count, 8)
    blind = keys.cipher(keys.blind).encryptor().update(plain.tobytes())
    plain[:, 8:] = np.frombuffer(os.urandom(8 * count), dtype=np.uint8).reshape(count, 8)
    return blind, keys.cipher(keys.seal).encryptor().update(plain.tobytes())


def _hide_numbers(signs: Bytes, keys: Keys) -> Hidden:
    values = np.zeros(len(signs), dtype=np.uint64)
    for column in np.ascontiguousarray(signs[:, :17].T) - np.uint8(ord("0")):
        values = values * np.uint64(10) + column
    blind, closed = _ciphered(values, keys)
    return Hidden(
        _blocks(blind).bin.encode("hex").alias("person"), _blocks(closed).bin.encode("base64").alias("sealed")
    )


def _blocks(whole: bytes) -> pl.Series:
    return pl.Series(np.frombuffer(whole, dtype=f"V{_BLOCK}").tolist(), dtype=pl.Binary)


def _hide_one(text: str, keys: Keys) -> tuple[str, str]:
    if is_number(text):
        one = _hide_numbers(matrix(pl.Series([text])), keys)
        return one.person[0], one.sealed[0]
    blind = hmac.new(keys.other, text.encode(), hashlib.sha256).digest()[:_BLOCK]
    nonce = os.urandom(12)
    closed = AESGCM(keys.other).encrypt(nonce, text.encode(), blind)
    return blind.hex(), _OTHER + base64.b64encode(nonce + closed).decode()


def blind_index(number: str, keys: Keys) -> str:
    """The index under which a number's records are found."""
    return _hide_one(number.strip().upper(), keys)[0]


def unseal(sealed: str, person: str, keys: Keys) -> str:
    """The number again. Raises Tampered where it does not belong to the blind index."""
    try:
        if sealed.startswith(_OTHER):
            raw = base64.b64decode(sealed.removeprefix(_OTHER), validate=True)
            return AESGCM(keys.other).decrypt(raw[:12], raw[12:], bytes.fromhex(person)).decode()
        block = base64.b64decode(sealed, validate=True)
        if len(block) != _BLOCK:
            raise Tampered(person)
        opened = keys.cipher(keys.seal).decryptor().update(block)
        blind = keys.cipher(keys.blind).encryptor().update(opened[:8] + bytes(8))
        if not hmac.compare_digest(blind.hex(), person):
            raise Tampered(person)
        digits = f"{int.from_bytes(opened[:8], 'big'):017d}"
        return digits + check_sign(digits)
    except (ValueError, InvalidTag) as error:
        raise Tampered(person) from error


def unseal_all(sealed: Sequence[str], people: Sequence[str], keys: Keys) -> list[str]:
    """Many numbers. Raises Tampered."""
    return [unseal(one, person, keys) for one, person in zip(sealed, people, strict=True)]
