"""When nothing is found: the longest beginning and end of the query that would find something."""

from __future__ import annotations

from collections.abc import Callable

Finds = Callable[[str], bool]


def suggestions(query: str, finds: Finds) -> list[str]:
    """Shorter queries that do find something, at most two, the longer first.

    A part of a query finds at least what the whole does, so the longest part is found by halving.
    """
    if " " in query:
        return list(dict.fromkeys(word for word in query.split(" ") if finds(word)))[:3]
    head = query[: _longest(len(query), lambda n: finds(query[:n]))]
    tail = query[len(query) - _longest(len(query), lambda n: finds(query[len(query) - n :])) :]
    useful = {part for part in (head, tail) if len(part) > 1}
    return sorted(useful, key=len, reverse=True)


def _longest(length: int, holds: Callable[[int], bool]) -> int:
    low, high = 0, length - 1
    while low < high:
        middle = (low + high + 1) // 2
        if holds(middle):
            low = middle
        else:
            high = middle - 1
    return low
