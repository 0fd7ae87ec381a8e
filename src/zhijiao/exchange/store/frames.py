"""The shapes in which rows pass from checking to the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from zhijiao.exchange.types import Problem

GOOD = {
    "row": pl.UInt32,  # of the sheet or file, from 1
    "organisation": pl.Int64,
    "period": pl.String,
    "key": pl.String,
    "person": pl.String,  # blind index, 32 hex signs; null where the row is of nobody
    "sealed": pl.String,
    "data": pl.String,
}
"""A row that passed every check."""

BAD = {
    "row": pl.UInt32,
    "sheet": pl.String,
    "organisation": pl.Int64,  # these three as far as they could be read
    "period": pl.String,
    "key": pl.String,
    "cells": pl.String,  # JSON of the sender's row
    "problems": pl.String,  # JSON list
}
"""A row that waits."""

CURRENT = {
    "spot": pl.String,  # where the row lies: known as long as the shelf is held
    "organisation": pl.Int64,
    "period": pl.String,
    "key": pl.String,
    "data": pl.String,
}
"""A record in force."""


@dataclass(frozen=True)
class Checked:
    """A part of a file after its checks, of bounded size."""

    good: pl.DataFrame
    bad: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=BAD))
    problems: Sequence[Problem] = ()


def empty(schema: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    """No rows of a shape."""
    return pl.DataFrame(schema=schema)
