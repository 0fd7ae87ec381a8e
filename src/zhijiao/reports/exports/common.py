"""Small words that several lists share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from zhijiao.lib.dates import is_partial_date
from zhijiao.policy.types import Bound, Clause, Figure, PackIndex
from zhijiao.policy.types.wording import told
from zhijiao.policy.types.words import word
from zhijiao.render.xlsx import Cell, Column, Link

LINK = Column("页面", width=8, printed=False)


def clauses(ids: Iterable[str]) -> str:
    """Clause ids in one cell."""
    return "、".join(ids)


def documents(index: PackIndex, clause_ids: Sequence[str]) -> str:
    """Short titles of the documents behind some clauses, each once."""
    return "；".join(dict.fromkeys(index.document_of(c).short for c in clause_ids))


def day(text: str | None) -> Cell:
    """A full date as a date cell; a year or a month stays as precise as it was written."""
    if text is None:
        return None
    return date.fromisoformat(text) if is_partial_date(text) and len(text) == 10 else text


def asked(item: Bound | Figure) -> str:
    """不少于75%, 约20家, 100%, 2023年."""
    return told(item.op, item.value, item.unit)


def figures(clause: Clause) -> str:
    """The figures of a clause in one cell."""
    return "；".join(f"{f.name}{asked(f)}" for f in clause.figures)


def state(index: PackIndex, thing: object) -> str:
    """已建成 or 规划中."""
    return word("capability_state", index.state_of(thing))


def capabilities(index: PackIndex, ids: Iterable[str]) -> str:
    """The product's capabilities behind an object, each with its state."""
    named = []
    for name in ids:
        found = index.capabilities.get(name)
        named.append(f"{found.name}（{word('capability_state', found.state)}）" if found else name)
    return "；".join(named)


def page(url: str | None) -> Cell:
    """The closing cell of a row."""
    return Link("查看", url) if url else None
