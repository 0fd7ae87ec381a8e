"""Reads of this domain. What stands here needs no database; reads of what was reported are in the modules beside:
`reports` (owed, report, to_review, history), `standing` (overdue, progress), `live` (the board with approved figures)."""

from zhijiao.indicators.queries.boards import board
from zhijiao.indicators.serial import board_as_json, row_as_json

__all__ = ["board", "board_as_json", "row_as_json"]
