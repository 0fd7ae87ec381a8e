"""What a card of the desk's first page is. Subjects make theirs; `home` puts them in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from zhijiao.portal.desk.guard import Desk


@dataclass(frozen=True)
class Line:
    """One thing that waits: what, by when in words, where to do it, and whether it is late."""

    words: str
    href: str
    when: str = ""
    late: bool = False


@dataclass(frozen=True)
class Card:
    """What waits of one subject. `count` is the whole number; `lines` are the most urgent."""

    title: str
    count: int
    href: str
    lines: tuple[Line, ...] = ()
    late: int = 0
    nothing: str = "没有待办。"


MakeCard = Callable[[Desk], Card | None]
"""The card of a subject, or None where the person has nothing to do with it."""
