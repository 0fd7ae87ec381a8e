"""The sentence that a citizen may quote of an indicator. Pure."""

from __future__ import annotations

from zhijiao.indicators.types import Row
from zhijiao.lib.dates import in_chinese
from zhijiao.policy.types.wording import definition_of
from zhijiao.portal import quoting
from zhijiao.portal.public.published import Published


def quotation(public: Published, row: Row) -> str:
    """What was published and how it compares; where nothing was, that nothing was found."""
    if row.best is not None:
        return quoting.of_figure(public.index, row)
    day = in_chinese(public.board.on.isoformat())
    words = definition_of(row.indicator)
    return f"截至{day}，未见{public.place}公布“{row.indicator.name}”的数据（口径：{words}）。"
