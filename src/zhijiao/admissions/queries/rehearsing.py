"""A rehearsal: a season's rules on a made-up cohort, and each of them changed by itself. Pure; nobody in it exists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from zhijiao.admissions.rules.bonus import Combining, Confirmed, total_of
from zhijiao.admissions.rules.engine import rules_of

if TYPE_CHECKING:
    from zhijiao.engines.matching.market import Floats, Market
    from zhijiao.engines.matching.sensitivity import Variation

SHARE = 0.03
"""Of the made-up applicants, who has a certain item that adds marks."""


@dataclass(frozen=True)
class Rehearsal:
    """The market of a made-up season, and what its marks were added from."""

    market: Market
    season: Mapping[str, Any]
    marks: Floats
    """Without what is added."""
    has: Mapping[str, Any]
    """bool[n] by item."""


def rehearsal(season: Mapping[str, Any], applicants: int, seed: int) -> Rehearsal:
    """`season`: the rules of a pack as plain data. The same numbers give the same market on any machine."""
    import numpy as np

    from zhijiao.engines.matching.cohort import Setting, under

    market = under(
        Setting(applicants, seed, choices=20),
        rules_of(season, [each["id"] for each in season["batches"]], str(seed)),
        {each["column"]: float(each["full"]) for each in season["subjects"]},
        [each["word"] for each in season.get("origins", ())],
    )
    generator = np.random.default_rng((seed, 1))
    has = {each["id"]: generator.random(applicants) < SHARE for each in season.get("bonus", ())}
    marks = market.columns["total"]
    found = Rehearsal(market, season, marks, has)
    return replace(found, market=_with_total(found, marks + added(found)))


def added(rehearsed: Rehearsal, without: str = "") -> Floats:
    """float64[n]: what is added to everybody's marks; `without`: as if one item were none."""
    import numpy as np

    items = [each for each in rehearsed.season.get("bonus", ()) if each["id"] != without]
    mask = np.zeros(len(rehearsed.marks), dtype=np.int64)
    for at, item in enumerate(items):
        mask |= rehearsed.has[item["id"]].astype(np.int64) << at
    different, which = np.unique(mask, return_inverse=True)
    how = _combining(rehearsed.season)
    totals = [_added(items, int(each), how) for each in different]
    return np.array(totals, dtype=np.float64)[which]


def _added(items: Sequence[Mapping[str, Any]], mask: int, how: Combining) -> float:
    claims = [
        Confirmed(item["cls"], Decimal(str(item["points"])))
        for at, item in enumerate(items)
        if mask >> at & 1
    ]
    return float(total_of(claims, how))


def _combining(season: Mapping[str, Any]) -> Combining:
    alone = tuple(
        (each["cls"], Decimal(str(each["alone_from"])))
        for each in season.get("bonus", ())
        if each.get("alone_from") is not None
    )
    cap = season.get("bonus_cap")
    return Combining(alone, None if cap is None else Decimal(str(cap)))


def without_each_item(rehearsed: Rehearsal) -> Iterator[Variation]:
    """The season as if an item added nothing, for each."""
    from zhijiao.engines.matching.sensitivity import Variation

    for item in rehearsed.season.get("bonus", ()):
        total = rehearsed.marks + added(rehearsed, without=item["id"])
        yield Variation(f"bonus:{item['id']}", f"取消加分“{item['name']}”", _with_total(rehearsed, total))


def _with_total(rehearsed: Rehearsal, total: Floats) -> Market:
    market = rehearsed.market
    return replace(market, columns={**market.columns, "total": total})


__all__ = ["Rehearsal", "added", "rehearsal", "without_each_item"]
