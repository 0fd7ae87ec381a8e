"""All guarantees of a whole result, batch by batch; and what must be held back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np

from zhijiao.engines.matching.market import Longs, Market
from zhijiao.engines.matching.result import NUMBER, Result, result_of
from zhijiao.engines.matching.types import Guarantee, Outcome, Reason, Violation
from zhijiao.engines.matching.verifying import fairness, plain
from zhijiao.engines.matching.verifying.asking import Asking, Season, asking
from zhijiao.engines.matching.verifying.fairness import Found
from zhijiao.engines.matching.verifying.flows import Flows
from zhijiao.engines.matching.verifying.reasons import explained
from zhijiao.engines.matching.verifying.resting import Rest, files


def verify(market: Market, result: Result) -> tuple[Violation, ...]:
    """What does not hold; empty: everything does. The digest is checked where the files are."""
    return () if plain.is_plain(market) and plain.holds(market, result) else thorough(market, result)


def thorough(market: Market, result: Result) -> tuple[Violation, ...]:
    """`verify` for any market, naming what does not hold."""
    season = Season(market)
    flows = Flows(season)
    placed = _placed_in(season, result)
    bad: list[Violation] = []
    for number in range(len(market.rules.batches)):
        asks = asking(season, number, placed < number)
        found, rest = _found(season, asks, result, placed, flows)
        here = [*flows.rested(asks, result), *_kept_and_given_up(found, placed)]
        here += _fair(found, rest)
        if not here:
            here += explained(found, rest, result)
        bad += here
        flows.leave(asks, found.cell)
    return (*bad, *flows.declared(result))


def verify_outcome(market: Market, outcome: Outcome) -> tuple[Violation, ...]:
    """The same on plain data, where somebody may stand in two lines. Unknown ids are a `KeyError`."""
    lines = Counter(each.applicant for each in outcome.placed if each.cell)
    twice = [
        Violation(Guarantee.TWO_SEATS, each.batch, f"{each.applicant}占了{lines[each.applicant]}个计划", each.applicant, each.order, each.cell)
        for each in outcome.placed
        if lines[each.applicant] > 1
    ]  # fmt: skip
    return (*twice, *verify(market, result_of(market, outcome)))


def withheld(violations: Iterable[Violation], market: Market) -> frozenset[str]:
    """Batches that must not go out: those with a violation, and all that depend on them.

    A later batch depends on an earlier one if somebody has choices in both, or if seats may flow from the one to the other.
    A violation without a batch holds back everything.
    """
    batches = [batch.id for batch in market.rules.batches]
    named = {each.batch for each in violations}
    if named - set(batches):
        return frozenset(batches)
    cells = {cell.id: cell.batch for cell in market.cells}
    joined = {(cells[flow.source], cells[flow.target]) for flow in market.rules.flows}
    asked = [np.unique(market.choice_applicant[market.choice_batch == at]) for at in range(len(batches))]
    for later, batch in enumerate(batches):
        for earlier, other in enumerate(batches[:later]):
            if other in named and (
                (other, batch) in joined or len(np.intersect1d(asked[earlier], asked[later], True))
            ):
                named.add(batch)
    return frozenset(named)


def _placed_in(season: Season, result: Result) -> Longs:
    """int64[n]: the batch of the seat that everybody ends with; one more than the last for none."""
    has = result.cell >= 0
    return np.where(has, season.cell_batch[result.cell], len(season.market.rules.batches)).astype(np.int64)


def _found(
    season: Season, asks: Asking, result: Result, placed: Longs, flows: Flows
) -> tuple[Found, Rest | None]:
    """The batch as the result has it, and where needed as it comes to rest a second way."""
    number, market = asks.number, season.market
    gone = np.array(sorted(who for who, batch in market.given_up if batch == number), dtype=np.int64)
    here = placed == number
    cell = np.where(here, result.cell, -1).astype(np.int64)
    row = np.full(len(cell), -1, dtype=np.int64)
    if len(asks.rows):
        at = np.minimum(np.searchsorted(asks.rows, result.choice[here]), len(asks.rows) - 1)
        row[here] = np.where(asks.rows[at] == result.choice[here], at, -1)
    filing = files(asks)
    rest = None
    if asks.batch.stages == 2 or filing or len(gone) or flows.inside(number):
        rest = flows.replay(asks)
        for who in gone.tolist():
            said = _said_given_up(asks, who, result)
            if len(said):
                cell[who] = rest.cell[who] if rest.cell[who] >= 0 else cell[who]
                row[who] = said[0]
    found = Found(season, asks, cell, row, flows.seats.copy())
    return found, rest if asks.batch.stages == 2 or filing else None


def _kept_and_given_up(found: Found, placed: Longs) -> Iterator[Violation]:
    """`two_seats`: who gave a seat of a batch up has none in it."""
    market, number = found.season.market, found.asks.number
    for who in sorted(who for who, batch in market.given_up if batch == number and placed[who] == number):
        yield found.violation(
            Guarantee.TWO_SEATS, f"{market.ids[who]}在本批次已放弃录取，却仍占着一个计划", who
        )


def _said_given_up(asks: Asking, who: int, result: Result) -> Longs:
    rows = np.arange(asks.start[who], asks.start[who + 1])
    return rows[result.code[asks.rows[rows]] == NUMBER[Reason.GIVEN_UP]]


def _fair(found: Found, rest: Rest | None) -> Iterator[Violation]:
    adjustable = {} if rest is None else {who: [cell] for who, cell in rest.adjusted.items()}
    odd = list(fairness.entitled(found, adjustable))
    yield from odd
    yield from fairness.within_plan(found)
    if rest is not None:
        yield from fairness.as_filed(found, rest.cell)
        return
    wrong, waiting = fairness.undisturbed(found)
    yield from wrong
    if not wrong and not odd:
        yield from fairness.best_there_is(found, waiting)


__all__ = ["thorough", "verify", "verify_outcome", "withheld"]
