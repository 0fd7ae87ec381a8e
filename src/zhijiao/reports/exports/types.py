"""What an exporter is: a list with columns, and a generator of rows from a pack and its board."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from zhijiao.indicators.types import Board
from zhijiao.policy.types import PackIndex
from zhijiao.render.xlsx import Cell, Column

Address = Callable[[str, str], str | None]
"""The page of an object by room and id; None where there is no web address (the command line)."""


def no_address(room: str, object_id: str) -> None:
    """No pages: nothing is linked."""
    return None


@dataclass(frozen=True)
class Scene:
    """What exporters read: one pack on one day, and the other packs for comparison."""

    index: PackIndex
    board: Board
    address: Address = no_address
    others: tuple[tuple[PackIndex, Board], ...] = field(default=())
    demo: bool = False
    """The figures are those of the tenant of examples, which every sheet then says."""


Line = tuple[str, Sequence[Cell]]
"""The id of the object that a row is about, and the row. One object may have several rows."""


@dataclass(frozen=True)
class Exporter:
    """A list that can be written as a sheet."""

    identifier: str
    title: str
    columns: tuple[Column, ...]
    lines: Callable[[Scene], Iterator[Line]]
    freeze: int = 2
    empty: str = "没有符合条件的内容。"
