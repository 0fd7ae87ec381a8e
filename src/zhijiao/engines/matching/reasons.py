"""What is said of every choice of a batch, and the lines of its cells."""

from __future__ import annotations

import numpy as np

from zhijiao.engines.matching import rounds
from zhijiao.engines.matching.kernel import explaining, plain
from zhijiao.engines.matching.market import Floats, Ints, Longs
from zhijiao.engines.matching.preparing import Prepared
from zhijiao.engines.matching.result import NUMBER, Result
from zhijiao.engines.matching.rounds import Asking, Lines, Standing
from zhijiao.engines.matching.stages import Batched, Filing
from zhijiao.engines.matching.types import LastSeat, Reason

_POLICY = {
    LastSeat.STRICT: explaining.STRICT,
    LastSeat.ADMIT_TIED: explaining.TAKE_TIED,
    LastSeat.LOTTERY: explaining.LOTTERY,
}


def unasked(
    result: Result, p: Prepared, number: int, who: Reason, people: rounds.npt.NDArray[np.bool_]
) -> None:
    """Say the same of all choices that these people have in a batch."""
    rows = (p.market.choice_batch == number) & people[p.market.choice_applicant]
    result.code[rows] = NUMBER[who]


def told(result: Result, p: Prepared, number: int, done: Batched) -> None:
    """Write reasons and lines of a batch into the result."""
    asking, seated = done.asking, done.seated
    if done.adjusting is not None and done.adjusting.asked:
        asking, seated, cells = _with_adjusted(p, done)
        stand = rounds.ranked(p, asking, cells)
    else:
        stand = rounds.standing(p, asking, done.filed)
    filed = rounds.flags(len(seated), done.filed)
    two_stages = done.filing is not None
    filing = rounds.lines(p, asking, stand, seated if two_stages else filed, stand.ties)
    own = p.market.unit_own[p.market.cell_unit]
    if two_stages or np.array_equal(seated, filed):
        among, seats = stand, filing
    else:
        among, seats = _among_filed(p, done, asking, stand, seated)
    _write_lines(result, p, number, seats, own)
    # Those who do not stand in the order at all were never filed, so never returned.
    review = np.where(p.market.choice_rank < 0, np.int32(-1), done.review)
    explaining.explained(
        number, done.takes, p.market.choice_start, done.rows, asking.proposals, asking.choice_of, asking.first,
        done.filed, seated,
        done.closed.why, done.closed.rule, done.closed.line, review, p.minimum_rule,
        stand.place, stand.ties, stand.classes, done.capacity, rounds.line_values(filing, own), filing.last_class,
        among.place, rounds.line_values(seats, own), seats.tied, _POLICY[p.market.rules.last_seat],
        result.code, result.detail, result.line, result.place, result.ties,
    )  # fmt: skip
    if done.filing is not None:
        _told_filing(result, p, number, done, done.filing)
        _told_school(result, p, number, done, asking, stand, filing)


def _write_lines(
    result: Result, p: Prepared, number: int, found: Lines, own: rounds.npt.NDArray[np.bool_]
) -> None:
    mine = p.market.unit_batch[p.market.cell_unit] == number
    some = mine & (found.last_class >= 0)
    result.admitted[mine] = found.admitted[mine]
    result.tied[mine] = found.tied[mine]
    result.last_total[some] = found.last_total[some]
    ranks = np.where(own, found.last_class, p.standing_of[np.where(own, 0, found.last_class)])
    result.last_rank[some] = ranks[some]


def _among_filed(
    p: Prepared, done: Batched, asking: Asking, stand: Standing, seated: rounds.Bytes
) -> tuple[Standing, Lines]:
    """Places among the filed who were not returned, and the lines of the seats; ties are those among all who asked."""
    cells = np.full(len(asking.proposals), -1, dtype=np.int32)
    kept = done.filed[done.filed >= 0]
    kept = kept[done.review[asking.choice_of[kept]] < 0]
    cells[kept] = (asking.proposals[kept] >> 32) & plain.CELL
    among = rounds.ranked(p, asking, cells)
    return among, rounds.lines(p, asking, among, seated, stand.ties)


def _with_adjusted(p: Prepared, done: Batched) -> tuple[Asking, rounds.Bytes, Ints]:
    """The second stage with the adjusted among those who asked, each as one more proposal; and the cells that were asked."""
    asking, found = done.asking, done.adjusting
    assert found is not None
    cells = np.empty(len(asking.proposals), dtype=np.int32)
    rounds.places.asked(asking.proposals, asking.first, done.filed, cells)
    market = p.market
    more, rows, won = [], [], []
    got = set(zip(found.people.tolist(), found.cells.tolist(), strict=True))
    last = _last_rows(p, done)
    for who, cell in found.asked:
        row = int(last[who])
        rows.append(row)
        more.append((cell << 32) | int(p.choice_key[row]) | plain.LAST)
        won.append((who, cell) in got)
    extra = np.array([int(each >> 32) & plain.CELL for each in more], dtype=np.int32)
    grown = Asking(
        np.concatenate([asking.proposals, np.array(more, dtype=np.int64)]),
        np.concatenate([asking.choice_of, np.array(rows, dtype=np.int32)]),
        asking.first,
        len(market.cells),
        asking.common,
    )
    return grown, np.concatenate([done.seated, np.array(won, dtype=np.uint8)]), np.concatenate([cells, extra])


def _last_rows(p: Prepared, done: Batched) -> Longs:
    """The last choice that each has of the school that she was filed to, -1 for none."""
    last = np.full(len(p.market.ids), -1, dtype=np.int64)
    rows = np.nonzero(done.rows >= 0)[0]
    last[p.market.choice_applicant[rows]] = rows
    return last


def _told_filing(result: Result, p: Prepared, number: int, done: Batched, filing: Filing) -> None:
    market, asking = p.market, filing.asking
    stand = rounds.standing(p, asking, filing.filed)
    found = rounds.lines(p, asking, stand, rounds.flags(len(asking.proposals), filing.filed), stand.ties)
    placed = np.zeros(len(market.ids), dtype=np.bool_)
    people, _, _ = done.placements(p)
    placed[people] = True
    explaining.explained_filing(
        number, done.takes, market.choice_start, market.choice_batch, market.choice_unit, market.unit_school,
        asking.proposals, asking.choice_of, asking.first, filing.filed, placed,
        done.closed.why, done.closed.rule, done.closed.line, p.minimum_rule,
        stand.place, stand.ties, stand.classes, filing.seats, rounds.line_values(found, filing.pools.own),
        found.last_class, _POLICY[market.rules.last_seat],
        result.code, result.detail, result.line, result.place, result.ties,
    )  # fmt: skip


def _told_school(
    result: Result, p: Prepared, number: int, done: Batched, asking: Asking, stand: Standing, found: Lines
) -> None:
    """The choices of the school that somebody was filed to: returned, adjusted, or left without a major."""
    market = p.market
    last = _last_rows(p, done)
    whose = market.choice_applicant
    returned = np.full(len(market.ids), -1, dtype=np.int32)
    rows = np.nonzero((done.rows >= 0) & (market.choice_review >= 0))[0]
    returned[whose[rows]] = market.choice_review[rows]
    rows = np.nonzero((done.rows >= 0) & (returned[whose] >= 0))[0]
    _say(result, rows, Reason.RETURNED)
    result.detail[rows] = returned[whose[rows]]
    assert done.adjusting is not None
    people, _, _ = done.placements(p)
    placed = np.zeros(len(market.ids), dtype=np.bool_)
    placed[people] = True
    values = rounds.line_values(found, market.unit_own[market.cell_unit])
    asked = _last_asked(p, done, asking)
    for who in np.nonzero((last >= 0) & (returned < 0) & ~placed)[0].tolist():
        _no_major(result, p, int(last[who]), asked.get(who, -1), asking, stand, found, values)
    at_end = {
        (int(whose[asking.choice_of[at]]), int((asking.proposals[at] >> 32) & plain.CELL)): at
        for at in range(len(done.asking.proposals), len(asking.proposals))
    }
    for who, cell, row in zip(
        done.adjusting.people.tolist(),
        done.adjusting.cells.tolist(),
        done.adjusting.rows.tolist(),
        strict=True,
    ):
        _say(result, row, Reason.ADJUSTED)
        result.line[row] = values[cell]
        result.place[row] = stand.place[at_end[who, cell]]
        result.ties[row] = found.tied[cell]


def _say(result: Result, rows: Longs | int, reason: Reason) -> None:
    result.code[rows] = NUMBER[reason]
    result.detail[rows] = -1
    result.line[rows] = np.nan
    result.place[rows] = result.ties[rows] = 0


def _last_asked(p: Prepared, done: Batched, asking: Asking) -> dict[int, int]:
    """The last proposal that everybody without a seat made in the second stage, adjusting included."""
    found: dict[int, int] = {}
    for who in np.nonzero((asking.first >= 0) & (done.filed < 0))[0].tolist():
        at = int(asking.first[who])
        while asking.proposals[at] < plain.LAST:
            at += 1
        found[who] = at
    for at in range(len(done.asking.proposals), len(asking.proposals)):
        found[int(p.market.choice_applicant[asking.choice_of[at]])] = at
    return found


def _no_major(
    result: Result,
    p: Prepared,
    row: int,
    at: int,
    asking: Asking,
    stand: Standing,
    found: Lines,
    values: Floats,
) -> None:
    _say(result, row, Reason.NO_MAJOR)
    if at < 0:
        return
    cell = int((asking.proposals[at] >> 32) & plain.CELL)
    result.line[row] = values[cell]
    result.place[row] = stand.place[at]
    policy = p.market.rules.last_seat
    tied = policy is LastSeat.STRICT and stand.place[at] - 1 < result.seats[cell]
    lot = policy is LastSeat.LOTTERY and stand.classes[at] == found.last_class[cell]
    if tied or lot:
        result.ties[row] = stand.ties[at]
