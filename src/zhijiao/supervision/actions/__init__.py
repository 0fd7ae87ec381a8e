"""The verbs of this domain, one subject a file."""

from zhijiao.supervision.actions.starting import (
    name_units,
    refresh,
    settle_unit,
    start_from_instruction,
    start_from_pack,
)

__all__ = [
    "name_units",
    "refresh",
    "settle_unit",
    "start_from_instruction",
    "start_from_pack",
]
