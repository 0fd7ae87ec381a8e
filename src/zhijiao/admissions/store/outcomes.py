"""The result of a run into the database: an outcome for everybody who took part, and the reasons apart from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
from django.db import connection

from zhijiao.admissions.store.market import Allocation
from zhijiao.engines.matching.result import Result, code_text, number_text

OUTCOMES = 'COPY admissions_outcome (run_id, candidate_id, line_id, cell_id, organisation_id, batch, "order") FROM STDIN (FORMAT csv)'
REASONS = "COPY admissions_explanation (run_id, candidate_id, reasons) FROM STDIN (FORMAT csv)"


def keep(run: int, allocation: Allocation, result: Result, withheld: frozenset[str]) -> None:
    """Write everything. Whoever has a seat in a withheld batch has none yet; her reasons of that batch wait as well."""
    _copy(OUTCOMES, _outcomes(run, allocation, result, withheld))
    _copy(REASONS, explanations(run, allocation, result, withheld))


def _outcomes(run: int, allocation: Allocation, result: Result, withheld: frozenset[str]) -> pl.DataFrame:
    market, cells = allocation.market, allocation.cells
    kept = np.array([cell.batch not in withheld for cell in market.cells], np.bool_)
    at = result.cell.astype(np.int64)
    seated = (at >= 0) & np.where(at >= 0, kept[at], False) if len(cells) else at >= 0
    orders = np.where(seated, market.choice_order[np.where(seated, result.choice, 0)], 0) if len(at) else at
    of_cell = pl.DataFrame(
        {
            "at": range(len(cells)),
            "line": [cell.line_id for cell in cells],
            "cell": [cell.pk for cell in cells],
            "organisation": [cell.line.organisation_id for cell in cells],
            "batch": [cell.line.batch for cell in cells],
        },
        schema={
            "at": pl.Int64,
            "line": pl.Int64,
            "cell": pl.Int64,
            "organisation": pl.Int64,
            "batch": pl.String,
        },
    )
    people = pl.DataFrame(
        {"candidate": allocation.candidates, "at": np.where(seated, at, -1), "order": orders.astype(np.int64)}
    )
    # An empty batch is written as an empty text, which COPY tells from a missing value by its quotes.
    return people.join(of_cell, on="at", how="left", maintain_order="left").select(
        pl.lit(run).alias("run"),
        "candidate",
        "line",
        "cell",
        "organisation",
        pl.col("batch").fill_null(""),
        "order",
    )


def explanations(run: int, allocation: Allocation, result: Result, withheld: frozenset[str]) -> pl.DataFrame:
    """A row a person: why each choice came out as it did, as JSON in the order of batch and choice."""
    market = allocation.market
    kinds = np.stack([result.code.astype(np.int32), result.detail], axis=1)
    found, which = np.unique(kinds, axis=0, return_inverse=True) if len(kinds) else (kinds, np.zeros(0, int))
    codes = [code_text(market, int(code), int(detail)) for code, detail in found]
    line_of = dict.fromkeys(range(len(market.units)), 0)
    line_of.update(
        {int(unit): cell.line_id for unit, cell in zip(market.cell_unit, allocation.cells, strict=True)}
    )
    batches = [batch.id for batch in market.rules.batches]
    rows = pl.DataFrame(
        {
            "person": market.choice_applicant,
            "line": np.array([line_of[unit] for unit in range(len(market.units))], np.int64)[
                market.choice_unit
            ],
            "batch": pl.Series(batches, dtype=pl.String).gather(market.choice_batch.astype(np.uint32)),
            "order": market.choice_order,
            "code": pl.Series(codes, dtype=pl.String).gather(which.astype(np.uint32).ravel()),
            "at": _numbers(result.line),
            "place": pl.Series(result.place, dtype=pl.Int32).replace(0, None),
            "ties": pl.Series(result.ties, dtype=pl.Int32).replace(0, None),
        }
    ).filter(~pl.col("batch").is_in(list(withheld)))
    told = (
        rows.select("person", reason=pl.struct(pl.exclude("person")).struct.json_encode())
        .group_by("person", maintain_order=True)
        .agg(pl.col("reason").str.join(","))
    )
    return (
        pl.DataFrame(
            {
                "person": np.arange(len(allocation.candidates), dtype=np.int32),
                "candidate": allocation.candidates,
            }
        )
        .join(told, on="person", how="left", maintain_order="left")
        .select(
            pl.lit(run).alias("run"),
            "candidate",
            (pl.lit("[") + pl.col("reason").fill_null("") + "]").alias("reasons"),
        )
    )


def _numbers(values: Any) -> pl.Series:
    """Lines as the files write them."""
    found, which = np.unique(values, return_inverse=True)
    texts = [None if np.isnan(each) else number_text(float(each)) for each in found]
    return pl.Series(texts, dtype=pl.String).gather(np.asarray(which).astype(np.uint32).ravel())


def _copy(statement: str, frame: pl.DataFrame) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for piece in _pieces(frame):
            copy.write(piece)


def _pieces(frame: pl.DataFrame) -> Iterator[bytes]:
    """Csv in which texts are quoted and missing values are not."""
    for part in frame.iter_slices(50_000):
        yield part.write_csv(include_header=False, quote_style="non_numeric").encode()


def lines_of(allocation: Allocation, result: Result) -> list[dict[str, Any]]:
    """The line of each cell, as the run keeps it."""
    return [
        {
            "cell": row.pk,
            "line": row.line_id,
            "origin": row.origin,
            "seats": int(result.seats[at]),
            "admitted": int(result.admitted[at]),
            "last_total": None if np.isnan(result.last_total[at]) else float(result.last_total[at]),
            "last_rank": int(result.last_rank[at]) or None,
            "tied": int(result.tied[at]),
        }
        for at, row in enumerate(allocation.cells)
    ]


__all__ = ["explanations", "keep", "lines_of"]
