"""Names as a public notice shows them."""

from __future__ import annotations

MASK = "＊"


def masked_name(name: str) -> str:
    """A name with all but its first sign hidden; a name of two signs shows its first one, one of four or more its first and last."""
    name = name.strip()
    if len(name) < 2:
        return MASK
    if len(name) < 4:
        return name[0] + MASK * (len(name) - 1)
    return name[0] + MASK * (len(name) - 2) + name[-1]
