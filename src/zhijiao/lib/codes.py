"""Codes of organisations: the unified social credit code (GB 32100-2015) and the ten-digit code of a school."""

from __future__ import annotations

import re

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 signs of the standard: no I, O, S, V, Z."""
_SHAPE = re.compile(f"[{SIGNS}]{{18}}")
_SCHOOL = re.compile(r"[0-9]{10}")


def is_credit_code(text: str) -> bool:
    """Whether 18 signs form a unified social credit code whose last sign checks the others."""
    return _SHAPE.fullmatch(text) is not None and text[17] == check_sign(text[:17])


def check_sign(text: str) -> str:
    """The sign that stands at the end: 31 minus the remainder of the weighted sum, weights 3 to the power of the place."""
    total = sum(SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(text))
    return SIGNS[-total % 31]


def is_school_code(text: str) -> bool:
    """Whether the text has the shape of a school's code. It has no check digit."""
    return _SCHOOL.fullmatch(text) is not None
