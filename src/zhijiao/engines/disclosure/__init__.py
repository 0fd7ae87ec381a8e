"""Disclosure control: small counts hidden behind markers, and as much more as keeps them from being worked out."""

from zhijiao.engines.disclosure.attacking import How, Recovery, attack
from zhijiao.engines.disclosure.protecting import Unprotectable, primary_only, protect, stands
from zhijiao.engines.disclosure.tables import Dimension, cube, merged
from zhijiao.engines.disclosure.types import (
    Cause,
    Key,
    Marker,
    Move,
    NotAdditive,
    Protected,
    Published,
    Ratio,
    Rule,
    Sum,
    Table,
)

__all__ = [
    "Cause",
    "Dimension",
    "How",
    "Key",
    "Marker",
    "Move",
    "NotAdditive",
    "Protected",
    "Published",
    "Ratio",
    "Recovery",
    "Rule",
    "Sum",
    "Table",
    "Unprotectable",
    "attack",
    "cube",
    "merged",
    "primary_only",
    "protect",
    "stands",
]
