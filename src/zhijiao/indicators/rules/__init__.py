"""The pure decisions of this domain: verdicts, periods, forms of reports, figures on the board."""

from zhijiao.indicators.rules.board import (
    Own,
    closing_of,
    compared_value,
    holds,
    is_due,
    judge,
    make_board,
    split_facts,
)

__all__ = ["Own", "closing_of", "compared_value", "holds", "is_due", "judge", "make_board", "split_facts"]
