"""What the junior school hands out. No Django."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Slip:
    """A paper for one candidate or guardian: the name to sign in with, and the password that opens the account once."""

    candidate: int
    number: str
    name: str
    username: str
    password: str = field(repr=False)
    guardian: bool = False
