"""Reads of this domain. `board` needs no database: it works on any pack that can be indexed."""

from __future__ import annotations

from collections import OrderedDict
from datetime import date
from threading import Lock

from zhijiao.indicators.rules import make_board
from zhijiao.indicators.types import Board
from zhijiao.policy.types import PackIndex

_KEEP = 64
_boards: OrderedDict[tuple[str, str, date], Board] = OrderedDict()
_lock = Lock()


def board(index: PackIndex, on: date) -> Board:
    """The board of a pack on a day.

    A board depends on nothing but a pack version (addressed by its hash) and the day, so the last few are
    kept in memory; a new version has a new hash and can never meet an old board.
    """
    if not index.version:
        return make_board(index, on)
    key = (index.id, index.version, on)
    with _lock:
        if key in _boards:
            _boards.move_to_end(key)
            return _boards[key]
    made = make_board(index, on)
    with _lock:
        _boards[key] = made
        while len(_boards) > _KEEP:
            _boards.popitem(last=False)
    return made
