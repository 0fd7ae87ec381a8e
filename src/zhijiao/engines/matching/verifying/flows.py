"""`flow`: seats moved only along declarations, only unused ones, and all of them. Replayed from the plan, step by step."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from zhijiao.engines.matching.market import Longs
from zhijiao.engines.matching.result import Result
from zhijiao.engines.matching.types import Guarantee, Violation
from zhijiao.engines.matching.verifying.asking import Asking, Season
from zhijiao.engines.matching.verifying.resting import Rest, at_rest


class Flows:
    """The seats of all cells as the season goes on."""

    def __init__(self, season: Season) -> None:
        self.season = season
        market = season.market
        number = {cell.id: at for at, cell in enumerate(market.cells)}
        self.to = {number[each.source]: number[each.target] for each in market.rules.flows}
        self.seats: Longs = season.seats.copy()
        self.moved: dict[tuple[int, int], int] = {}

    def batch(self, cell: int) -> int:
        return int(self.season.cell_batch[cell])

    def inside(self, batch: int) -> dict[int, int]:
        """Declarations that stay within the batch."""
        return {a: b for a, b in self.to.items() if self.batch(a) == batch == self.batch(b)}

    def move(self, source: int, seats: int) -> None:
        target = self.to[source]
        self.seats[source] -= seats
        self.seats[target] += seats
        self.moved[source, target] = self.moved.get((source, target), 0) + seats

    def replay(self, asks: Asking) -> Rest:
        """The batch at rest, and what was unused moved on, until nothing moves."""
        while True:
            rest = at_rest(self.season, asks, self.seats)
            used = np.bincount(rest.cell[rest.cell >= 0], minlength=len(self.seats))
            spare = {source: int(self.seats[source] - used[source]) for source in self.inside(asks.number)}
            moving = {source: seats for source, seats in spare.items() if seats > 0}
            if not moving:
                return rest
            for source, seats in moving.items():
                self.move(source, seats)

    def rested(self, asks: Asking, result: Result) -> Iterator[Violation]:
        """The seats with which the batch came to rest are those that the result says."""
        cells = np.flatnonzero(self.season.cell_batch == asks.number)
        for cell in cells[result.seats[cells] != self.seats[cells]].tolist():
            name = self.season.market.cells[cell].id
            yield Violation(
                Guarantee.FLOW,
                asks.batch.id,
                f"{name}调剂计划后应有{int(self.seats[cell])}人，结果写的是{int(result.seats[cell])}人",
                cell=name,
            )

    def leave(self, asks: Asking, cell: Longs) -> None:
        """When a batch is over, unused and given-up seats go along the declarations until they are in a later batch."""
        market, number = self.season.market, asks.number
        kept = cell.copy()
        kept[[who for who, batch in market.given_up if batch == number]] = -1
        used = np.bincount(kept[kept >= 0], minlength=len(self.seats))
        spare = np.maximum(0, self.seats - used)
        for begin in np.flatnonzero((self.season.cell_batch == number) & (spare > 0)).tolist():
            way = [begin]
            while way[-1] in self.to and self.batch(way[-1]) == number:
                way.append(self.to[way[-1]])
            if self.batch(way[-1]) != number:
                for step in way[:-1]:
                    self.move(step, int(spare[begin]))

    def declared(self, result: Result) -> Iterator[Violation]:
        """What the result says of seats that moved."""
        market = self.season.market
        batch = {cell.id: cell.batch for cell in market.cells}
        right = {(market.cells[a].id, market.cells[b].id): seats for (a, b), seats in self.moved.items()}
        said = {(each.source, each.target): each.seats for each in result.moved}
        for way in sorted(right.keys() | said.keys()):
            if right.get(way, 0) != said.get(way, 0):
                yield Violation(
                    Guarantee.FLOW,
                    batch.get(way[0], ""),
                    f"从{way[0]}到{way[1]}应调剂计划{right.get(way, 0)}人，结果写的是{said.get(way, 0)}人",
                    cell=way[0],
                )


__all__ = ["Flows"]
