"""The pure decisions of this domain: verdicts, periods, forms of reports, figures on the board."""

from zhijiao.indicators.rules.board import (
    closing_of,
    compared_value,
    holds,
    is_due,
    judge,
    make_board,
    split_facts,
)

__all__ = ["closing_of", "compared_value", "holds", "is_due", "judge", "make_board", "split_facts"]
