"""What the cells of a column look like when they are canonical. A cell that fits is taken as it stands (or, of a list, as what
the list says for it); a blank one is taken as blank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Listed:
    """Words of a list, and the canonical text of each."""

    words: Mapping[str, str]


@dataclass(frozen=True)
class Words:
    """Any text of at most so many characters."""

    most: int


@dataclass(frozen=True)
class Number:
    """A number without signs that could be left out, but noughts behind its last decimal, which are: at most `whole` digits before
    the point and `decimals` behind it. The bounds count the last decimal, as 0.05 of two decimals is 5."""

    whole: int
    decimals: int
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class Day:
    """A day that exists, 2023-09-01; the bounds as 20230901."""

    least: int = 0
    most: int = 99991231


@dataclass(frozen=True)
class Identity:
    """A sound identity number of 18 signs (GB 11643), born from one day to another, as 20230901."""

    least: int
    most: int


@dataclass(frozen=True)
class Mobile:
    """A telephone number of eleven digits that begins with 1."""


@dataclass(frozen=True)
class Digits:
    """A code of so many digits."""

    count: int


@dataclass(frozen=True)
class Credit:
    """A sound unified social credit code (GB 32100)."""


Shape: TypeAlias = Listed | Words | Number | Day | Identity | Mobile | Digits | Credit
