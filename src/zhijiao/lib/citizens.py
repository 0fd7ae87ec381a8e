"""Identity numbers of citizens (GB 11643-1999): 17 digits, of which the seventh to fourteenth are the day of birth, and a sign
that follows from them."""

from __future__ import annotations

import re
from datetime import date

SIGNS = 18
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
"""The last sign, by the remainder of the weighted sum of the digits by 11."""
_SHAPE = re.compile(r"[0-9]{17}[0-9X]")


def check_sign(digits: str) -> str:
    """The 18th sign that belongs to 17 digits."""
    return CHECKS[sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 11]


def is_number(text: str) -> bool:
    """Whether 18 signs are an identity number: the day exists and the last sign is the one that follows."""
    if not _SHAPE.fullmatch(text):
        return False
    try:
        date.fromisoformat(f"{text[6:10]}-{text[10:12]}-{text[12:14]}")
    except ValueError:
        return False
    return check_sign(text[:17]) == text[17]
