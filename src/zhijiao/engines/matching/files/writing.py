"""The canonical bytes of an input and of a result: UTF-8, LF, the columns of the contract, rows sorted by their keys.

What no choice touches (the rank of somebody who did not choose the unit) changes no result and is left out of the input.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl

from zhijiao.engines.matching import ENGINE
from zhijiao.engines.matching.digesting import Algorithm, digest_text
from zhijiao.engines.matching.files import reading
from zhijiao.engines.matching.files.rules import FILE, rules_text
from zhijiao.engines.matching.market import ABSENT, COMMON, Floats, Market
from zhijiao.engines.matching.ordering import decimals
from zhijiao.engines.matching.result import NUMBER, Result, code_text
from zhijiao.engines.matching.types import Reason

RESULT, LINES, REASONS, MOVED, DIGEST = "result.csv", "lines.csv", "reasons.csv", "moved.csv", "digest.txt"


def input_files(market: Market) -> dict[str, bytes]:
    """The files of an input by name."""
    batches = [batch.id for batch in market.rules.batches]
    ids = pl.Series("applicant", list(market.ids), pl.String)
    origins = [";".join(sorted(each)) for each in market.origin_sets]
    others = sorted(set(market.columns) - {"total"})
    people = pl.DataFrame(
        [
            ids,
            pl.Series("origin", origins, pl.String).gather(market.origin_set),
            *(_numbers(name, market.columns[name]) for name in ("total", *others)),
        ]
    )
    units = market.choice_unit
    choices = pl.DataFrame(
        [
            ids.gather(market.choice_applicant),
            pl.Series("batch", batches, pl.String).gather(market.choice_batch),
            pl.Series("order", market.choice_order),
            pl.Series("school", [unit.school for unit in market.units], pl.String).gather(units),
            pl.Series("major", [unit.major for unit in market.units], pl.String).gather(units),
            pl.Series("adjust", market.choice_adjust.astype(np.int8)),
            pl.Series("rank", market.choice_rank),
            pl.Series("review", market.choice_review),
            pl.Series("stages", [batch.stages for batch in market.rules.batches], pl.Int8).gather(
                market.choice_batch
            ),
        ]
    )
    orders = pl.when(pl.col("stages") == 2).then(pl.lit("")).otherwise(pl.col("major")).alias("major")
    plan = pl.DataFrame(
        {
            "cell": [cell.id for cell in market.cells],
            "school": [cell.school for cell in market.cells],
            "major": [cell.major for cell in market.cells],
            "batch": [cell.batch for cell in market.cells],
            "origin": [cell.origin for cell in market.cells],
            "seats": [cell.seats for cell in market.cells],
        }
    ).with_columns(
        _numbers(
            "min_total", np.array([np.nan if c.min_total is None else c.min_total for c in market.cells])
        )
    )
    files = {
        reading.PLAN: _csv(plan),  # its order has meaning
        reading.PEOPLE: _csv(people),
        reading.CHOICES: _csv(choices.drop("rank", "review", "stages").sort("applicant", "batch", "order")),
        FILE: rules_text(market.rules).encode(),
    }
    own = choices.filter(pl.col("rank") != COMMON).select("school", orders, "applicant", "rank")
    if len(own):
        ranks = own.filter(pl.col("rank") != ABSENT).unique().cast({"rank": pl.String})
        # An order in which nobody stands who chose the unit: a line that names only the unit.
        bare = own.join(ranks, on=["school", "major"], how="anti").select("school", "major").unique()
        bare = bare.with_columns(pl.lit("").alias("applicant"), pl.lit("").alias("rank"))
        files[reading.PRIORITIES] = _csv(pl.concat([ranks, bare]).sort("school", "major", "applicant"))
    reviewed = choices.filter(pl.col("review") >= 0)
    if len(reviewed):
        reasons = pl.Series("reason", market.review_reasons, pl.String).gather(reviewed["review"])
        said = (
            reviewed.with_columns(reasons).select("batch", "school", orders, "applicant", "reason").unique()
        )
        files[reading.REVIEWS] = _csv(said.sort("batch", "school", "major", "applicant"))
    if market.given_up:
        given = sorted((market.ids[who], batches[batch]) for who, batch in market.given_up)
        files[reading.GIVEN_UP] = _csv(
            pl.DataFrame(given, {"applicant": pl.String, "batch": pl.String}, orient="row")
        )
    return files


def output_files(market: Market, result: Result) -> dict[str, bytes]:
    """The files of a result by name, without the digest."""
    batches = [batch.id for batch in market.rules.batches]
    ids = pl.Series("applicant", list(market.ids), pl.String)
    at = pl.Series(np.where(result.cell < 0, len(market.cells), result.cell))
    row = np.maximum(result.choice, 0)
    order = market.choice_order[row] if len(market.choice_order) else np.zeros(len(row), dtype=np.int32)

    def of_cell(name: str, attribute: str) -> pl.Series:
        return pl.Series(name, [*(getattr(cell, attribute) for cell in market.cells), ""], pl.String).gather(
            at
        )

    placed = pl.DataFrame(
        [
            ids,
            of_cell("batch", "batch"),
            pl.Series("order", order).cast(pl.String),
            of_cell("school", "school"),
            of_cell("major", "major"),
            of_cell("cell", "id"),
        ]
    ).with_columns(pl.when(pl.col("cell") == "").then(pl.lit("")).otherwise(pl.col("order")).alias("order"))
    lines = pl.DataFrame(
        [
            pl.Series("cell", [cell.id for cell in market.cells], pl.String),
            pl.Series("seats", result.seats),
            pl.Series("admitted", result.admitted),
            _numbers("last_total", result.last_total),
            _whole("last_rank", result.last_rank),
            pl.Series("tied_at_line", result.tied),
        ]
    )
    reasons = pl.DataFrame(
        [
            ids.gather(market.choice_applicant),
            pl.Series("batch", batches, pl.String).gather(market.choice_batch),
            pl.Series("order", market.choice_order),
            _codes(market, result),
            _numbers("line", result.line),
            _whole("own_place", result.place),
            _whole("ties", result.ties),
        ]
    )
    moved = pl.DataFrame(
        [(each.source, each.target, each.seats) for each in result.moved],
        {"source": pl.String, "target": pl.String, "seats": pl.Int64},
        orient="row",
    )
    if [*batches] != sorted(batches):
        reasons = reasons.sort("applicant", "batch", "order")
    return {RESULT: _csv(placed), LINES: _csv(lines.sort("cell")), REASONS: _csv(reasons), MOVED: _csv(moved)}


def digested(market: Market, output: Mapping[str, bytes], algorithm: Algorithm = Algorithm.SHA256) -> str:
    """The text of `digest.txt` for an input and the files of its result."""
    files = {f"input/{name}": data for name, data in input_files(market).items()}
    return digest_text(files | dict(output), ENGINE, algorithm)


def write_input(market: Market, folder: Path) -> None:
    """Write the files of an input into a folder, which is made if need be."""
    _write(folder, input_files(market))


def write_output(
    market: Market, result: Result, folder: Path, algorithm: Algorithm = Algorithm.SHA256
) -> str:
    """Write the files of a result, the digest last; returns its text."""
    files = output_files(market, result)
    text = digested(market, files, algorithm)
    (folder / DIGEST).unlink(missing_ok=True)
    _write(folder, files)
    (folder / DIGEST).write_text(text, encoding="utf-8", newline="\n")
    return text


def packed_input(market: Market) -> bytes:
    """The files of an input as one zip; the same input gives the same bytes."""
    return _zipped(input_files(market))


def packed_output(market: Market, result: Result, algorithm: Algorithm = Algorithm.SHA256) -> bytes:
    """The files of a result with their digest as one zip; the same result gives the same bytes."""
    files = output_files(market, result)
    return _zipped(files | {DIGEST: digested(market, files, algorithm).encode()})


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)


def _zipped(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name], compresslevel=1)
    return made.getvalue()


def _csv(frame: pl.DataFrame) -> bytes:
    # An empty text would be written as "": nothing is nothing.
    bare = frame.with_columns(
        pl.when(pl.col(pl.String) == "").then(None).otherwise(pl.col(pl.String)).name.keep()
    )
    return bare.write_csv(line_terminator="\n").encode()


def _numbers(name: str, values: Floats) -> pl.Series:
    """Numbers as text: shortest, nothing for a missing one."""
    missing = pl.Series(np.isnan(values))
    scaled, digits = decimals(values)
    whole = np.abs(scaled) // 10**digits
    sign = pl.Series(scaled < 0)
    frame = pl.DataFrame(
        {"whole": whole, "part": np.abs(scaled) % 10**digits, "sign": sign, "missing": missing}
    )
    text = pl.col("whole").cast(pl.String)
    if digits:
        part = pl.col("part").cast(pl.String).str.zfill(digits).str.strip_chars_end("0")
        text = pl.when(part == "").then(text).otherwise(text + "." + part)
    text = pl.when(pl.col("sign")).then("-" + text).otherwise(text)
    return frame.select(pl.when(pl.col("missing")).then(pl.lit("")).otherwise(text).alias(name)).to_series()


def _whole(name: str, values: np.ndarray[tuple[int], np.dtype[np.int32]]) -> pl.Series:
    """Counts as text, nothing for 0."""
    return pl.select(
        pl.when(pl.Series(values) == 0)
        .then(pl.lit(""))
        .otherwise(pl.Series(values).cast(pl.String))
        .alias(name)
    ).to_series()


def _codes(market: Market, result: Result) -> pl.Series:
    limit, returned = NUMBER[Reason.LIMIT], NUMBER[Reason.RETURNED]
    pairs = [(code, -1) for code in range(len(Reason)) if code not in (limit, returned)]
    pairs += [(limit, each) for each in range(len(market.rules.limits))]
    pairs += [(returned, each) for each in range(len(market.review_reasons))]
    offset = np.zeros(len(Reason), dtype=np.int64)
    for at, (code, detail) in enumerate(pairs):
        if detail <= 0:
            offset[code] = at - max(detail, 0)
    words = pl.Series("code", [code_text(market, code, detail) for code, detail in pairs], pl.String)
    return words.gather(offset[result.code] + np.maximum(result.detail, 0))
