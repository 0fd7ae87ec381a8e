"""Drawing by lot: whoever knows the seed and the lists can draw again, with any tool that computes SHA-256. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from zhijiao.supervision.types import Drawing, Refused


def draw(
    seed: str, objects: Collection[str], count: int, items: Collection[str] = (), items_count: int = 0
) -> Drawing:
    """Draw `count` of the objects and `items_count` of the items.

    Each name gets SHA-256 of `seed|kind|name` (UTF-8) as its lot; the smallest lots win, in their order. So the order of
    the lists does not matter, every subset is as likely as any other, and a longer draw only adds to a shorter one.
    Raises Refused where more is asked for than there is.
    """
    if not seed.strip():
        raise Refused("请写抽取种子，如会上公布的一串数字。", "seed")
    return Drawing(
        seed,
        _drawn(seed, "object", objects, count, "对象", "objects_drawn"),
        _drawn(seed, "item", items, items_count, "事项", "items_drawn"),
    )


def lot(seed: str, kind: str, name: str) -> str:
    """The lot of a name, in hexadecimal."""
    return hashlib.sha256(f"{seed}|{kind}|{name}".encode()).hexdigest()


def _drawn(
    seed: str, kind: str, names: Collection[str], count: int, word: str, field: str
) -> tuple[str, ...]:
    known = set(names)
    if not 0 <= count <= len(known):
        raise Refused(f"名单里有 {len(known)} 个{word}，抽不出 {count} 个；请改小抽取数，或放宽名单。", field)
    return tuple(sorted(known, key=lambda name: (lot(seed, kind, name), name))[:count])
