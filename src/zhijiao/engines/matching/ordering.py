"""The common chain, limits and lots of a market: numbers about applicants turned into classes, truth values and lots, exactly."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from zhijiao.engines.expressions import ExpressionError, Field, Kind, Schema, checked, parse
from zhijiao.engines.matching.market import Bools, Floats, Ints, Longs
from zhijiao.engines.matching.types import BadInput, Comparator, Fault, Limit

if TYPE_CHECKING:
    import polars as pl

MOST_DIGITS = 6
"""Digits after the point that a number may have."""


def decimals(values: Floats) -> tuple[Longs, int]:
    """Numbers as whole multiples of a power of ten, and how many digits after the point that takes. Missing ones as 0.

    A number is the decimal that its shortest writing shows; one that needs more than `MOST_DIGITS` is a `ValueError`.
    """
    known = np.nan_to_num(values, nan=0.0)
    for digits in range(MOST_DIGITS + 1):
        scaled = np.rint(known * 10.0**digits)
        if (scaled / 10.0**digits == known).all() and (np.abs(scaled) < 2**53).all():
            return scaled.astype(np.int64), digits
    raise ValueError("more digits than a mark has")


class Numbers:
    """The columns of a market for the expression language."""

    def __init__(self, columns: Mapping[str, Floats]) -> None:
        self._columns = columns
        self._scaled: dict[str, tuple[Longs, int]] = {}
        self._frame: pl.DataFrame | None = None
        fields: dict[str, Field] = {}
        for name, values in columns.items():
            scaled, digits = self._scaled[name] = decimals(values)
            most = int(np.abs(scaled).max(initial=0)) // 10**digits
            fields[name] = Field(Kind.NUMBER, digits=max(1, len(str(most))), scale=digits)
        self.schema = Schema(fields)

    def missing(self, name: str) -> Bools:
        """Where a column has no number."""
        found: Bools = np.isnan(self._columns[name])
        return found

    def frame(self) -> pl.DataFrame:
        """The columns as exact decimals."""
        if self._frame is None:
            import polars as pl

            made = []
            for name, (scaled, digits) in self._scaled.items():
                column = pl.Series(name, scaled).set(pl.Series(self.missing(name)), None)
                if digits:
                    column = (
                        pl.select(
                            column.cast(pl.Decimal(38, 0)) * pl.lit(10**-digits).cast(pl.Decimal(38, digits))
                        )
                        .to_series()
                        .alias(name)
                    )
                made.append(column)
            self._frame = pl.DataFrame(made)
        return self._frame

    def keys(self, step: Comparator, at: int) -> Longs:
        """A number for each applicant that rises from the best to the worst; a missing one is the worst. Faults as `BadInput`."""
        if step.expression in self._scaled:
            scaled, _ = self._scaled[step.expression]
            found, gone = scaled if step.ascending else -scaled, self.missing(step.expression)
            return np.where(gone, found.max(initial=0) + 1, found)
        import polars as pl

        column = self._evaluated(step.expression, Kind.NUMBER, f"order 第{at}项")
        ranks = column.rank("dense", descending=not step.ascending).cast(pl.Int64)
        return ranks.fill_null(len(ranks) + 1).to_numpy()

    def met(self, limit: Limit) -> Bools:
        """Who fulfils a limit; a missing number fulfils nothing."""
        column = self._evaluated(limit.require, Kind.BOOL, f"limits 的 {limit.id}")
        found: Bools = column.fill_null(False).to_numpy().copy()
        return found

    def _evaluated(self, text: str, kind: Kind, where: str) -> pl.Series:
        from zhijiao.engines.expressions.frames import to_polars

        try:
            expression = to_polars(checked(parse(text), self.schema, kind), self.schema)
        except ExpressionError as problem:
            raise BadInput(
                [
                    Fault("rules.yaml", 0, f"{where}“{text}”：{fault.words}", fault.remedy)
                    for fault in problem.faults
                ]
            ) from problem
        except TypeError as problem:
            raise BadInput(
                [
                    Fault(
                        "rules.yaml",
                        0,
                        f"{where}“{text}”：除法得不出精确的数",
                        "改用乘法，如把除以 2 写成乘以 0.5",
                    )
                ]
            ) from problem
        frame = self.frame()
        column = frame.select(expression.alias("value")).to_series()
        return column if len(column) == len(frame) else column.extend_constant(column[0], len(frame) - 1)


def classes(numbers: Numbers, order: Sequence[Comparator], people: int) -> Ints:
    """The class of each applicant by the common chain: 0 is the best, without gaps."""
    found = np.zeros(people, dtype=np.int64)
    for at, step in enumerate(order, 1):
        keys = numbers.keys(step, at)
        keys = keys - keys.min(initial=0)
        span = int(keys.max(initial=0)) + 1
        if int(found.max(initial=0) + 1) * span >= 2**62:
            found = _dense(found)
            if int(found.max(initial=0) + 1) * span >= 2**62:
                keys = _dense(keys)
                span = int(keys.max(initial=0)) + 1
        found = found * span + keys
    return _dense(found).astype(np.int32)


def _dense(values: Longs) -> Longs:
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def lots(seed: str, ids: Sequence[str], drawing: Bools) -> Ints:
    """The place of each lot among those that are drawn, 0 is the best: by SHA-256 of the seed, U+001F and the id.

    drawing: for whom a lot is needed; the others stand at 0.
    """
    who = np.nonzero(drawing)[0]
    start = hashlib.sha256(seed.encode() + b"\x1f")
    drawn = bytearray()
    for each in who.tolist():
        digest = start.copy()
        digest.update(ids[each].encode())
        drawn += digest.digest()
    parts = np.frombuffer(bytes(drawn), dtype=">u8").reshape(len(who), 4).astype(np.uint64)
    order = np.lexsort((parts[:, 3], parts[:, 2], parts[:, 1], parts[:, 0]))
    found = np.zeros(len(ids), dtype=np.int32)
    found[who[order]] = np.arange(len(who), dtype=np.int32)
    return found
