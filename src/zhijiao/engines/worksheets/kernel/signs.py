"""Bytes that the kernel looks for, and what it says of a sheet."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def _octets(text: bytes) -> npt.NDArray[np.uint8]:
    return np.frombuffer(text, dtype=np.uint8)


VALUE, VALUE_END, NO_VALUE = _octets(b"<v>"), _octets(b"</v></c>"), _octets(b"<v/></c>")
INLINE, INLINE_END = _octets(b"<is><t>"), _octets(b"</t></is></c>")
ROW, ROW_END = _octets(b"<row "), _octets(b"</row>")
CELL, CELL_END = _octets(b'<c r="'), _octets(b"</c>")
FORMULA, FORMULA_END = _octets(b"<f"), _octets(b"</f>")
ITEM, ITEM_END = _octets(b"<si>"), _octets(b"</si>")
TEXT, TEXT_END = _octets(b"<t>"), _octets(b"</t></si>")
KEPT = _octets(b'<t xml:space="preserve">')

LOOKAHEAD = 32
"""Bytes that must follow those that are read: nothing is compared further ahead."""

STATUS, WIDTH, HEIGHT, OWN, ODD, FLAGS, BYTES, CODE, NOTES = range(9)
"""Where the kernel notes what it came to."""
FINE, UNUSUAL = 0, 1
"""Status. UNUSUAL: another reader has to look."""
HIDDEN, FORMULAS, ERRORS, LONG, LOOKS = 1, 2, 4, 8, 16
"""Flags: what a sheet holds that has to be told or shown otherwise."""
PLAIN, DATED, LOOK = 0, 1, 2
"""Kinds of number formats, as bits: digits; perhaps a date; percentages and codes with noughts in front."""
