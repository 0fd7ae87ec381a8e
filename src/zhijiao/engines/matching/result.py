"""A whole result as arrays, beside the `Market` that it belongs to, and as plain data for small cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from zhijiao.engines.matching.market import Bytes, Floats, Ints, Longs, Market
from zhijiao.engines.matching.types import Line, Moved, Outcome, Placed, Reason, Told

CODES: tuple[Reason, ...] = tuple(Reason)
"""`Result.code` is a number in this list."""
NUMBER: dict[Reason, int] = {code: number for number, code in enumerate(CODES)}


@dataclass(frozen=True)
class Result:
    """n applicants, m choices, c cells of the market. 0 stands for no place, no ties, no rank; NaN for no line."""

    cell: Ints
    """int32[n]: whose seat it is at the end; -1: none. Seats that were given up are not here."""
    choice: Longs
    """int64[n]: the choice (row of the market) by which it came; of an adjustment the last one of the school; -1: none."""
    code: Bytes
    """uint8[m]: number in `CODES` of what is said of a choice."""
    detail: Ints
    """int32[m]: of `LIMIT` the number of the limit in the rules, of `RETURNED` that of `review_reasons`; else -1."""
    line: Floats
    """float64[m]: total (common chain) or rank (own order) of the line, or the minimum that was missed."""
    place: Ints
    """int32[m]: her own place in the cell, 1 first."""
    ties: Ints
    """int32[m]: how many of those who asked the cell stand in the class that is meant."""
    seats: Longs
    """int64[c]: after flow."""
    admitted: Longs
    """int64[c]: those who gave the seat up afterwards among them."""
    last_total: Floats
    """float64[c]: lowest total in the last class admitted."""
    last_rank: Ints
    """int32[c]: of the last class admitted: rank in the own order, or place among all applicants by the common chain."""
    tied: Ints
    """int32[c]: how many of those who asked stand in that class, whatever their lots."""
    moved: tuple[Moved, ...] = ()
    """Sorted by source and target."""


def number_text(value: float) -> str:
    """A number as the files write it: shortest, without a trailing `.0`."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


def code_text(market: Market, code: int, detail: int) -> str:
    """A code as the files write it."""
    reason = CODES[code]
    if reason is Reason.LIMIT:
        return f"{reason}:{market.rules.limits[detail].id}"
    if reason is Reason.RETURNED:
        return f"{reason}:{market.review_reasons[detail]}"
    return str(reason)


def outcome(market: Market, result: Result) -> Outcome:
    """The result as plain data. For small cases: it makes an object of each line."""
    placed = [_placed(market, result, number) for number in range(len(market.ids))]
    batches = market.rules.batches
    whose = market.choice_applicant
    told = [
        Told(
            applicant=market.ids[whose[row]],
            batch=batches[market.choice_batch[row]].id,
            order=int(market.choice_order[row]),
            code=code_text(market, int(result.code[row]), int(result.detail[row])),
            line="" if np.isnan(result.line[row]) else number_text(float(result.line[row])),
            own_place=int(result.place[row]) or None,
            ties=int(result.ties[row]) or None,
        )
        for row in range(len(result.code))
    ]
    lines = [
        Line(
            cell=cell.id,
            seats=int(result.seats[at]),
            admitted=int(result.admitted[at]),
            last_total=None if np.isnan(result.last_total[at]) else float(result.last_total[at]),
            last_rank=int(result.last_rank[at]) or None,
            tied_at_line=int(result.tied[at]),
        )
        for at, cell in enumerate(market.cells)
    ]
    return Outcome(
        placed=tuple(placed),
        lines=tuple(sorted(lines, key=lambda each: each.cell)),
        told=tuple(sorted(told, key=lambda each: (each.applicant, each.batch, each.order))),
        moved=result.moved,
    )


def _placed(market: Market, result: Result, number: int) -> Placed:
    at = int(result.cell[number])
    if at < 0:
        return Placed(market.ids[number])
    row, cell = int(result.choice[number]), market.cells[at]
    return Placed(
        market.ids[number],
        cell.batch,
        int(market.choice_order[row]),
        cell.school,
        cell.major,
        cell.id,
    )


def result_of(market: Market, found: Outcome) -> Result:
    """The arrays of plain data: for verifying what somebody else computed. Unknown ids are a `KeyError`."""
    numbers = {each: number for number, each in enumerate(market.ids)}
    cells = {each.id: number for number, each in enumerate(market.cells)}
    batches = market.batch_numbers
    whose = market.choice_applicant
    rows = {
        (int(whose[row]), int(market.choice_batch[row]), int(market.choice_order[row])): row
        for row in range(len(whose))
    }
    empty = blank(market)
    for placed in found.placed:
        if placed.cell:
            number = numbers[placed.applicant]
            empty.cell[number] = cells[placed.cell]
            empty.choice[number] = rows[number, batches[placed.batch], placed.order]
    for told in found.told:
        row = rows[numbers[told.applicant], batches[told.batch], told.order]
        empty.code[row], empty.detail[row] = code_number(market, told.code)
        empty.line[row] = float(told.line) if told.line else np.nan
        empty.place[row], empty.ties[row] = told.own_place or 0, told.ties or 0
    for line in found.lines:
        at = cells[line.cell]
        empty.seats[at], empty.admitted[at] = line.seats, line.admitted
        empty.last_total[at] = np.nan if line.last_total is None else line.last_total
        empty.last_rank[at], empty.tied[at] = line.last_rank or 0, line.tied_at_line
    return replace(empty, moved=tuple(found.moved))


def code_number(market: Market, text: str) -> tuple[int, int]:
    """Code and detail of what a file says. An unknown one is a `KeyError`."""
    name, _, rest = text.partition(":")
    reason = {str(each): each for each in CODES}[name]
    if reason is Reason.LIMIT:
        return NUMBER[reason], _index([each.id for each in market.rules.limits], rest)
    if reason is Reason.RETURNED:
        return NUMBER[reason], _index(market.review_reasons, rest)
    return NUMBER[reason], -1


def _index(values: Sequence[str], wanted: str) -> int:
    if wanted not in values:
        raise KeyError(wanted)
    return values.index(wanted)


def blank(market: Market) -> Result:
    """A result in which nobody has a seat."""
    people, choices, cells = len(market.ids), len(market.choice_unit), len(market.cells)
    return Result(
        cell=np.full(people, -1, dtype=np.int32),
        choice=np.full(people, -1, dtype=np.int64),
        code=np.zeros(choices, dtype=np.uint8),
        detail=np.full(choices, -1, dtype=np.int32),
        line=np.full(choices, np.nan),
        place=np.zeros(choices, dtype=np.int32),
        ties=np.zeros(choices, dtype=np.int32),
        seats=np.array([cell.seats for cell in market.cells], dtype=np.int64),
        admitted=np.zeros(cells, dtype=np.int64),
        last_total=np.full(cells, np.nan),
        last_rank=np.zeros(cells, dtype=np.int32),
        tied=np.zeros(cells, dtype=np.int32),
    )
