"""The board that a reader sees: published figures, and those that were approved on the platform.

Everybody sees the real tenant's; who works in the examples sees theirs. A visitor sees what the pack lets be public.
"""

from __future__ import annotations

from zhijiao.indicators.queries.live import live_board
from zhijiao.indicators.types import Board
from zhijiao.policy.types import PackIndex
from zhijiao.portal.frame import Frame


def board(index: PackIndex, here: Frame) -> Board:
    """The board of a pack for the reader and the day of a page."""
    return live_board(index, here.on, tenant=here.tenant, disclosed_only=not here.signed_in)
