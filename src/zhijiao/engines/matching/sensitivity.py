"""What would come out if one rule were another: for a rehearsal, before the rules of a season are fixed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from zhijiao.engines.matching.market import Bools, Longs, Market
from zhijiao.engines.matching.result import Result
from zhijiao.engines.matching.running import match
from zhijiao.engines.matching.types import Batch, LastSeat, Rules

_POLICIES = {
    LastSeat.ADMIT_TIED: "末位同分的都录取",
    LastSeat.STRICT: "末位同分的都不录取",
    LastSeat.LOTTERY: "末位同分的抽签",
}


@dataclass(frozen=True)
class Variation:
    """The same season under one other rule. Applicants and cells are the same; choices may be fewer."""

    id: str
    words: str
    market: Market


@dataclass(frozen=True)
class Difference:
    """How many applicants a variation concerns. `better`: a seat instead of none, or of an earlier choice of the same batch;
    `worse` the other way round; `elsewhere`: a seat of another batch, or by adjustment another one of the same choice."""

    id: str
    words: str
    placed: int
    moved: int
    better: int
    worse: int
    elsewhere: int


def sensitivity(market: Market, base: Result, wanted: Iterable[Variation]) -> Iterator[Difference]:
    """Each variation matched, and compared with the result as it is."""
    for variation in wanted:
        yield difference(market, base, variation, match(variation.market))


def difference(market: Market, base: Result, variation: Variation, other: Result) -> Difference:
    """Two results of the same applicants, the second under a variation."""
    batch, order = _choices(market, base)
    other_batch, other_order = _choices(variation.market, other)
    has, will = base.cell >= 0, other.cell >= 0
    moved = base.cell != other.cell
    same = moved & has & will & (batch == other_batch)
    better = (moved & ~has & will) | (same & (other_order < order))
    worse = (moved & has & ~will) | (same & (other_order > order))
    return Difference(
        variation.id,
        variation.words,
        placed=int(will.sum()),
        moved=int(moved.sum()),
        better=int(better.sum()),
        worse=int(worse.sum()),
        elsewhere=int((moved & ~better & ~worse).sum()),
    )


def _choices(market: Market, result: Result) -> tuple[Longs, Longs]:
    """Batch and order of the choice by which everybody has her seat; 0 for none."""
    has = result.choice >= 0
    batch, order = np.zeros(len(has), np.int64), np.zeros(len(has), np.int64)
    batch[has] = market.choice_batch[result.choice[has]]
    order[has] = market.choice_order[result.choice[has]]
    return batch, order


def variations(market: Market, names: Mapping[str, str] | None = None) -> Iterator[Variation]:
    """Each rule of a season changed by itself. `names`: what batches and steps of the order are called."""
    rules, called = market.rules, names or {}
    for at, step in enumerate(rules.order[1:], 1):
        order = (*rules.order[:at], *rules.order[at + 1 :])
        name = called.get(step.expression, step.expression)
        yield _other(market, f"order:{at + 1}", f"同分不比第{at + 1}项“{name}”", order=order)
    for policy, words in _POLICIES.items():
        if policy is not rules.last_seat:
            yield _other(market, f"last_seat:{policy}", words, last_seat=policy)
    for batch in rules.batches:
        yield from _of_batch(market, batch, called.get(batch.id, batch.id))
    if rules.flows:
        yield _other(market, "flows", "用不完的计划不回流", flows=())
    if any(cell.origin for cell in market.cells):
        cells = tuple(replace(cell, origin="") for cell in market.cells)
        yield Variation("origins", "计划不分生源", replace(market, cells=cells))
    if any(cell.min_total is not None for cell in market.cells):
        cells = tuple(replace(cell, min_total=None) for cell in market.cells)
        yield Variation("min_total", "不设最低分", replace(market, cells=cells))
    for limit in rules.limits:
        rest = tuple(each for each in rules.limits if each is not limit)
        yield _other(market, f"limit:{limit.id}", f"取消限制“{limit.words or limit.id}”", limits=rest)


def _of_batch(market: Market, batch: Batch, name: str) -> Iterator[Variation]:
    if batch.ratio > 1:
        yield _other_batch(market, batch, "ratio", f"“{name}”按计划数投档", ratio=1.0)
    if batch.excludes:
        yield _other_batch(market, batch, "excludes", f"“{name}”不与别的批次互斥", excludes=frozenset())
    most = batch.max_choices // 2
    if most:
        words = f"“{name}”最多填{most}个志愿，而不是{batch.max_choices}个"
        kept = _first_choices(market, market.batch_numbers[batch.id], most)
        yield Variation(f"max_choices:{batch.id}", words, _with_choices(market, kept))


def _other(market: Market, name: str, words: str, **changed: object) -> Variation:
    return Variation(name, words, replace(market, rules=_rules(market.rules, **changed)))


def _other_batch(market: Market, batch: Batch, what: str, words: str, **changed: object) -> Variation:
    other = replace(batch, **changed)  # type: ignore[arg-type]
    batches = tuple(other if each is batch else each for each in market.rules.batches)
    return _other(market, f"{what}:{batch.id}", words, batches=batches)


def _rules(rules: Rules, **changed: object) -> Rules:
    return replace(rules, **changed)  # type: ignore[arg-type]


def _first_choices(market: Market, number: int, most: int) -> Bools:
    """bool[m]: all choices of other batches, and of this one those of the first so many (in two stages: schools)."""
    kept = np.ones(len(market.choice_unit), dtype=np.bool_)
    rows = np.flatnonzero(market.choice_batch == number)
    who = market.choice_applicant[rows].astype(np.int64)
    unit = market.choice_unit[rows]
    if market.rules.batches[number].stages == 2:
        unit = market.unit_school[unit]
    wide = np.int64(len(market.units) + 1)
    _, first, group = np.unique(who * wide + unit, return_index=True, return_inverse=True)
    new = np.zeros(len(rows), dtype=np.int64)
    new[first] = 1
    upto = np.cumsum(new)
    begins = np.searchsorted(who, who)
    nth = upto[first][group] - (upto - new)[begins]
    kept[rows] = nth <= most
    return kept


def _with_choices(market: Market, kept: Bools) -> Market:
    """The market with some of its choices."""
    upto = np.concatenate([[0], np.cumsum(kept)]).astype(np.int64)
    return replace(
        market,
        choice_start=upto[market.choice_start],
        choice_batch=market.choice_batch[kept],
        choice_order=market.choice_order[kept],
        choice_unit=market.choice_unit[kept],
        choice_adjust=market.choice_adjust[kept],
        choice_rank=market.choice_rank[kept],
        choice_review=market.choice_review[kept],
    )


__all__ = ["Difference", "Variation", "difference", "sensitivity", "variations"]
