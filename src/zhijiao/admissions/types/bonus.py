"""What proves that something adds marks, as a family hands it in. No Django."""

from __future__ import annotations

from dataclasses import dataclass, field

MOST_PROOFS = 5
"""Papers of one claim."""
MOST_BYTES = 10 * 1024 * 1024
"""Of one paper: a photograph of a telephone has three to eight megabytes."""


@dataclass(frozen=True)
class Proof:
    """A paper or photograph: the name of its file and its bytes."""

    name: str
    content: bytes = field(repr=False)
