"""`reason`: what is said of every choice and every cell follows from who asked, who was filed and who has the seats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from zhijiao.engines.matching.market import Bools, Floats, Ints, Longs
from zhijiao.engines.matching.result import NUMBER, Result, code_text, number_text
from zhijiao.engines.matching.types import Guarantee, Reason, Violation
from zhijiao.engines.matching.verifying import loops
from zhijiao.engines.matching.verifying.asking import Asking
from zhijiao.engines.matching.verifying.fairness import MOST, Found
from zhijiao.engines.matching.verifying.resting import Rest, filed_up_to
from zhijiao.engines.matching.verifying.standing import Entries, Standing, refusals, standing

_SHUT = {
    loops.NO_CELL: Reason.NO_CELL,
    loops.BELOW: Reason.BELOW_MINIMUM,
    loops.LIMIT: Reason.LIMIT,
    loops.ABSENT: Reason.NOT_ACCEPTABLE,
    loops.RETURNED: Reason.RETURNED,
}


@dataclass
class _Said:
    """Of the rows of a batch, as a `Result` says it."""

    code: Longs
    detail: Longs
    line: Floats
    place: Longs
    ties: Longs

    def set(self, rows: Longs | Bools, reason: Reason) -> None:
        self.code[rows] = NUMBER[reason]

    def refused(self, rows: Longs, there: Standing, entries: Longs, seats: Longs, policy: int) -> None:
        """What refused choices that led to these entries."""
        self.code[rows], line, place, ties = refusals(there, entries, seats, policy)
        self.numbers(rows, line, place, ties)

    def numbers(self, rows: Longs, line: Floats, place: Longs, ties: Longs | int) -> None:
        self.line[rows], self.place[rows], self.ties[rows] = line, place, ties


def explained(found: Found, rest: Rest | None, result: Result) -> Iterator[Violation]:
    """Differences between what a result says and what follows; `rest` where filing or two stages matter."""
    asks = found.asks
    if rest is not None and rest.schools is not None:
        said, cells = _two_stages(found, rest)
    else:
        said, cells = _one_stage(found, rest)
    yield from _choices(found, said, result)
    yield from _cells(found, cells, result)
    if asks.number == 0:
        placed = np.flatnonzero((result.cell >= 0) != (result.choice >= 0))
        for who in placed.tolist()[:MOST]:
            yield found.violation(
                Guarantee.REASON, f"{found.season.market.ids[who]}的录取没有对应的志愿", who
            )


def _blank(found: Found) -> _Said:
    """What is said of who does not take part, and of choices whose cells are all closed."""
    asks, rows = found.asks, len(found.asks.rows)
    said = _Said(
        np.zeros(rows, np.int64),
        np.full(rows, -1, np.int64),
        np.full(rows, np.nan),
        np.zeros(rows, np.int64),
        np.zeros(rows, np.int64),
    )
    part = asks.takes_part[asks.who]
    said.set(~part, Reason.PLACED_EARLIER)
    said.set(asks.excluded[asks.who], Reason.EXCLUDED)
    return said


def _shut(found: Found, said: _Said, rows: Bools) -> None:
    """Choices all of whose cells are closed."""
    asks, limits = found.asks, found.season.market.rules.limits
    for number, reason in _SHUT.items():
        said.set(rows & (asks.code == number), reason)
    closed = rows & (asks.code != loops.OPEN)
    said.line[closed] = asks.line[closed]
    said.detail[closed] = asks.detail[closed]
    for number, limit in enumerate(limits):
        if limit.minimum:
            mine = closed & (asks.code == loops.LIMIT) & (asks.detail == number)
            said.set(mine, Reason.BELOW_MINIMUM)
            said.detail[mine] = -1


def _entries(found: Found, asks: Asking) -> Entries:
    return Entries(asks.cell, asks.key, asks.lot, found.season.total[asks.who[asks.pair_row]])


def _own(found: Found) -> Bools:
    market = found.season.market
    return market.unit_own[market.cell_unit]


def _mask(count: int, at: Longs) -> Bools:
    found = np.zeros(count, dtype=np.bool_)
    found[at[at >= 0]] = True
    return found


def _upto(asks: Asking, held: Longs) -> Bools:
    """Pairs that were asked by who rests at `held`: those up to it, or all of hers."""
    end = np.where(held < 0, asks.first[1:], held + 1)
    return np.arange(len(asks.cell)) < end[asks.who[asks.pair_row]]


def _given_up(found: Found) -> Bools:
    gone = np.zeros(len(found.cell), dtype=np.bool_)
    gone[[who for who, batch in found.season.market.given_up if batch == found.asks.number]] = True
    return gone


def _one_stage(found: Found, rest: Rest | None) -> tuple[_Said, Standing]:
    asks, policy = found.asks, found.season.policy
    filing = found.pair if rest is None else rest.pair
    capacity = filed_up_to(asks.batch, found.seats)
    entries, own, count = _entries(found, asks), _own(found), len(asks.cell)
    asked = _upto(asks, filing)
    filed, seated = _mask(count, filing), _mask(count, found.pair)
    order = asks.order if asks.is_ordered else None
    first = standing(entries, asked, filed, own, order)
    seats = first if rest is None else standing(entries, asked, seated, own, order)
    among = first
    if rest is not None and rest.kept is not None:
        among = standing(entries, filed & rest.kept[asks.who[asks.pair_row]], seated, own, order)
    said = _blank(found)
    rows = np.arange(len(asks.rows))
    filed_row = np.where(filing >= 0, asks.pair_row[filing], len(rows))[asks.who] if count else rows + 1
    part, has = asks.takes_part[asks.who], (found.cell >= 0)[asks.who]
    said.set(part & (rows > filed_row) & has, Reason.PLACED_HIGHER)
    said.set(part & (rows > filed_row) & ~has, Reason.AFTER_FILING)
    before = part & (rows < filed_row)
    _shut(found, said, before)
    refused = np.flatnonzero(before & (asks.code == loops.OPEN))
    last = asks.row_first[refused + 1] - 1
    said.refused(refused, first, last, capacity, policy)
    own_row = np.flatnonzero(part & (rows == filed_row))
    pair, who = filing[asks.who[own_row]], asks.who[own_row]
    cell = asks.cell[pair].astype(np.int64) if count else pair
    seat = found.cell[who] >= 0
    _seated(said, own_row[seat], seats, cell[seat], among.place[pair[seat]])
    said.set(own_row[seat], Reason.ADMITTED)
    said.set(own_row[seat & _given_up(found)[who]], Reason.GIVEN_UP)
    back = ~seat & (asks.review[own_row] >= 0)
    said.set(own_row[back], Reason.RETURNED)
    said.detail[own_row[back]] = asks.review[own_row[back]]
    beyond = ~seat & ~back
    said.set(own_row[beyond], Reason.BEYOND_SEATS)
    said.numbers(own_row[beyond], seats.line[cell[beyond]], among.place[pair[beyond]], 0)
    return said, seats


def _seated(said: _Said, rows: Longs, seats: Standing, cell: Longs, place: Longs) -> None:
    said.numbers(rows, seats.line[cell], place, seats.at_line[cell])


def _two_stages(found: Found, rest: Rest) -> tuple[_Said, Standing]:
    asks, schools, season = found.asks, rest.schools, found.season
    market, policy = season.market, season.policy
    assert schools is not None
    assert rest.pool is not None
    assert rest.named is not None
    filing, count = rest.pair, len(schools.cell)
    # The first stage.
    own_pool = np.zeros(len(rest.filing), dtype=np.bool_)
    own_pool[rest.pool] = market.unit_own[schools.unit[schools.pair_row]]
    pools = Entries(rest.pool, schools.key, schools.lot, season.total[schools.who[schools.pair_row]])
    new = np.zeros(count, dtype=np.bool_)
    new[np.unique(schools.pair_row * np.int64(len(rest.filing) + 1) + rest.pool, return_index=True)[1]] = True
    first = standing(pools, _upto(schools, filing) & new, _mask(count, filing), own_pool)
    last_new = np.maximum.accumulate(np.where(new, np.arange(count), -1)) if count else np.zeros(0, np.int64)
    # The second: pairs of named majors, then those who asked for adjustment.
    school = np.full(len(found.cell), -1, dtype=np.int64)
    filed = np.flatnonzero(filing >= 0)
    school[filed] = schools.unit[schools.pair_row[filing[filed]]]
    row_school = market.unit_school[asks.unit]
    at_school = row_school == school[asks.who]
    kept = rest.kept if rest.kept is not None else filing >= 0
    wanted = (at_school & kept[asks.who])[asks.pair_row] & _upto(asks, rest.named)
    tried_who = np.array([who for who, _ in rest.tried], dtype=np.int64)
    tried_cell = np.array([cell for _, cell in rest.tried], dtype=np.int64)
    tried_pair = filing[tried_who]
    entries = _entries(found, asks).joined(
        Entries(tried_cell, schools.key[tried_pair], schools.lot[tried_pair], season.total[tried_who])
    )
    asked = np.append(wanted, np.ones(len(tried_who), np.bool_))
    got = np.array([rest.adjusted.get(who) == cell for who, cell in rest.tried], dtype=np.bool_)
    majors = standing(entries, asked, np.append(_mask(len(asks.cell), rest.named), got), _own(found))
    last_asked = np.full(len(found.cell), -1, dtype=np.int64)
    named_at = np.flatnonzero(wanted)
    last_asked[asks.who[asks.pair_row[named_at]]] = named_at
    last_asked[tried_who] = len(asks.cell) + np.arange(len(tried_who))
    # What is said of each choice.
    said = _blank(found)
    rows, part = np.arange(len(asks.rows)), asks.takes_part[asks.who]
    of_school = _row_of_school(schools, asks.who, row_school, len(market.units))
    filed_at = (
        np.where(filing >= 0, schools.pair_row[filing], len(schools.rows))[asks.who] if count else rows + 1
    )
    has, seat_row = (found.cell >= 0)[asks.who], found.row[asks.who]
    inside = part & (of_school == filed_at)
    said.set(part & (of_school > filed_at) & has, Reason.PLACED_HIGHER)
    said.set(part & (of_school > filed_at) & ~has, Reason.AFTER_FILING)
    said.set(inside & has & (rows > seat_row), Reason.PLACED_HIGHER)
    returned = inside & ~has & ~kept[asks.who]
    said.set(returned, Reason.RETURNED)
    said.detail[returned] = asks.review[returned]
    last_of = np.full(len(found.cell), -1, dtype=np.int64)
    last_of[asks.who[inside]] = rows[inside]
    no_major = inside & ~has & ~returned & (rows == last_of[asks.who])
    before = part & (of_school < filed_at)
    judged = (inside & has & (rows < seat_row)) | (inside & ~has & ~returned & ~no_major)
    _shut(found, said, before | judged)
    refused = np.flatnonzero(before & (asks.code == loops.OPEN))
    last = last_new[schools.row_first[of_school[refused] + 1] - 1]
    said.refused(refused, first, last, rest.filing, policy)
    refused = np.flatnonzero(judged & (asks.code == loops.OPEN))
    said.refused(refused, majors, asks.row_first[refused + 1] - 1, found.seats, policy)
    none = np.flatnonzero(no_major & (last_asked[asks.who] >= 0))
    said.refused(none, majors, last_asked[asks.who[none]], found.seats, policy)
    said.set(no_major, Reason.NO_MAJOR)
    seat = np.flatnonzero(inside & has & (rows == seat_row))
    who = asks.who[seat]
    adjusted = np.array([each in rest.adjusted for each in who.tolist()], dtype=np.bool_)
    entry = np.where(adjusted, last_asked[who], rest.named[who])
    _seated(said, seat, majors, found.cell[who], majors.place[entry])
    said.set(seat, Reason.ADMITTED)
    said.set(seat[adjusted], Reason.ADJUSTED)
    said.set(seat[_given_up(found)[who]], Reason.GIVEN_UP)
    return said, majors


def _row_of_school(schools: Asking, who: Ints, school: Ints, units: int) -> Longs:
    """The row of `schools` that each choice of somebody belongs to."""
    wide = np.int64(units + 1)
    known = schools.who * wide + schools.unit
    order = np.argsort(known)
    return order[np.searchsorted(known[order], who * wide + school)].astype(np.int64)


def _choices(found: Found, said: _Said, result: Result) -> Iterator[Violation]:
    asks, market = found.asks, found.season.market
    rows = asks.rows
    given = (result.code[rows], result.detail[rows], result.place[rows], result.ties[rows])
    differs = np.zeros(len(rows), dtype=np.bool_)
    for one, other in zip(given, (said.code, said.detail, said.place, said.ties), strict=True):
        differs |= one != other
    line = result.line[rows]
    differs |= ~((line == said.line) | (np.isnan(line) & np.isnan(said.line)))
    for row in np.flatnonzero(differs).tolist()[:MOST]:
        who, at = int(asks.who[row]), int(rows[row])
        yield found.violation(
            Guarantee.REASON,
            f"{market.ids[who]}第{int(market.choice_order[at])}志愿的说明是"
            f"{_text(found, int(result.code[at]), int(result.detail[at]), line[row], int(result.place[at]), int(result.ties[at]))}，应为"
            f"{_text(found, int(said.code[row]), int(said.detail[row]), said.line[row], int(said.place[row]), int(said.ties[row]))}",
            who,
            row,
        )


def _text(found: Found, code: int, detail: int, line: float, place: int, ties: int) -> str:
    numbers = "" if np.isnan(line) else number_text(float(line))
    try:
        said = code_text(found.season.market, code, detail)
    except IndexError:
        said = f"{code}:{detail}"
    return f"“{said}，线{numbers or '无'}，位次{place or '无'}，同序{ties or '无'}”"


def _cells(found: Found, cells: Standing, result: Result) -> Iterator[Violation]:
    """The lines of the cells of the batch."""
    season = found.season
    at = np.flatnonzero(season.cell_batch == found.asks.number)
    some = cells.count[at] > 0
    better = np.searchsorted(season.ordered, cells.last[at]) + 1
    rank = np.where(some, np.where(_own(found)[at], cells.last[at], better), 0)
    tied = np.where(some, cells.at_line[at], 0)
    low, given = cells.low[at], result.last_total[at]
    differs = (
        (result.admitted[at] != cells.count[at]) | (result.last_rank[at] != rank) | (result.tied[at] != tied)
    )
    differs |= ~((given == low) | (np.isnan(given) & np.isnan(low)))
    for cell in at[differs].tolist():
        yield found.violation(
            Guarantee.REASON,
            f"{found.name(cell)}的录取线与录取结果不符（人数、最低分、位次或同序人数）",
            cell=cell,
        )


__all__ = ["explained"]
