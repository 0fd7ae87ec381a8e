"""The working copy of a table: cells and relations by number, what is hidden so far, what may still move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import ceil

from zhijiao.engines.disclosure.tables import relations, values, with_rest
from zhijiao.engines.disclosure.types import Cause, Key, Move, Rule, Sum, Table

Steps = dict[int, int]
"""Changes by cell number."""


class Grid:
    """Cells in an order of their own, so that nothing depends on the order in which they were given."""

    def __init__(self, table: Table, rule: Rule) -> None:
        known = values(table)
        self.rule = rule
        self.keys: list[Key] = sorted(known)
        self.number: dict[Key, int] = {key: i for i, key in enumerate(self.keys)}
        self.values: list[int] = [known[key] for key in self.keys]
        rests = {ratio.rest for ratio in with_rest(table)}
        self.printed = [key not in table.unprinted and key not in rests for key in self.keys]
        self.sums: tuple[Sum, ...] = relations(table)
        self.causes: dict[int, Cause] = self._causes(table)
        """The cause of every cell that may not be learnt, unprinted ones included."""
        self.owed = {i: self._distance(i) for i in self.causes}
        self.hidden: set[int] = set(self.causes)
        self.lifted = self._lifted()
        """Printed zeros that may be hidden after all."""
        self.totals: list[int] = []
        self.members: list[tuple[int, ...]] = []
        """Of each relation, the cells that could move, smallest first."""
        self.within: list[list[tuple[int, int]]] = [[] for _ in self.keys]
        """Of each cell, its relations with its sign there: parts +1, the total −1."""
        self._relate()
        self.tops = frozenset(self.totals)

    def _causes(self, table: Table) -> dict[int, Cause]:
        causes = {i: Cause.PRIMARY for i, value in enumerate(self.values) if self.rule.is_small(value)}
        if self.rule.dominance is not None:
            for key, share in table.largest.items():
                i = self.number.get(key)
                if i is not None and share > self.rule.dominance * self.values[i]:
                    causes.setdefault(i, Cause.DOMINANT)
        if self.rule.least_base is not None:
            for ratio in table.ratios:
                above, below = self.number.get(ratio.numerator), self.number.get(ratio.denominator)
                if above is not None and below is not None and 0 < self.values[below] < self.rule.least_base:
                    causes.setdefault(above, Cause.BASE)
        return causes

    def _distance(self, cell: int) -> int:
        if self.causes[cell] is Cause.DOMINANT:
            return max(self.rule.protection, ceil(self.values[cell] * self.rule.spread))
        return self.rule.protection

    def _lifted(self) -> frozenset[int]:
        """The totals of nought over a sensitive nought: they would give it away."""
        above: dict[Key, list[Key]] = {}
        for one in self.sums:
            for part in one.parts:
                above.setdefault(part, []).append(one.total)
        found: set[int] = set()
        waiting = [self.keys[i] for i in self.causes if not self.values[i]]
        while waiting:
            for total in above.get(waiting.pop(), ()):
                i = self.number.get(total)
                if i is not None and not self.values[i] and i not in found:
                    found.add(i)
                    waiting.append(total)
        return frozenset(found)

    def _relate(self) -> None:
        for one in self.sums:
            total = self.number.get(one.total)
            if total is None:
                continue  # a blank total: its parts are blanks and zeros
            cells = [(total, -1)]
            cells += [(self.number[key], 1) for key in one.parts if key in self.number]
            moving = [(i, sign) for i, sign in cells if self.can_move(i)]
            if not moving:
                continue
            for i, sign in moving:
                self.within[i].append((len(self.totals), sign))
            self.totals.append(total)
            self.members.append(tuple(sorted((i for i, _ in moving), key=lambda i: (self.values[i], i))))

    def can_move(self, cell: int) -> bool:
        """Whether a cell could be taken for something else. A printed zero could not: who knows that there is nobody, since
        there is no such branch at that school, would not be misled."""
        return self.values[cell] > 0 or not self.printed[cell] or cell in self.causes or cell in self.lifted

    def in_range(self, cell: int, change: int, cause: Cause | None) -> bool:
        """Whether the changed cell agrees with what its marker says."""
        low, high = self.rule.known(cause if self.printed[cell] else None)
        value = self.values[cell] + change
        return low <= value and (high is None or value <= high)

    def balanced(self, steps: Mapping[int, int]) -> bool:
        """Whether the changes leave every relation as it is."""
        off: dict[int, int] = {}
        for cell, change in steps.items():
            for relation, sign in self.within[cell]:
                off[relation] = off.get(relation, 0) + sign * change
        return not any(off.values())

    def serves(self, steps: Mapping[int, int]) -> list[int]:
        """The cells that may not be learnt and that these changes protect."""
        return [i for i, change in steps.items() if i in self.owed and abs(change) >= self.owed[i]]

    def block(self, cell: int) -> set[int]:
        """Every cell that hangs together with this one through cells that could move."""
        found, waiting = {cell}, [cell]
        while waiting:
            for relation, _ in self.within[waiting.pop()]:
                new = [i for i in self.members[relation] if i not in found]
                found.update(new)
                waiting.extend(new)
        return found

    def move(self, steps: Mapping[int, int]) -> Move:
        """The changes by key."""
        return Move({self.keys[i]: steps[i] for i in sorted(steps)})

    def steps(self, move: Move) -> Steps | None:
        """The changes of an earlier move, if it still holds here."""
        steps = {self.number[key]: change for key, change in move.changes.items() if key in self.number}
        holds = len(steps) == len(move.changes) and all(self.can_move(i) for i in steps)
        holds = holds and all(self.in_range(i, change, self.loosest(i)) for i, change in steps.items())
        return steps if holds and self.balanced(steps) else None

    def loosest(self, cell: int) -> Cause:
        """The marker that says least of a cell, among those that it may carry."""
        cause = self.causes.get(cell, Cause.COMPLEMENTARY)
        return Cause.COMPLEMENTARY if cause is Cause.PRIMARY else cause

    def markers(self, moves: Iterable[Mapping[int, int]]) -> dict[int, Cause]:
        """The cause to print on every hidden cell: its own, unless a move needs it to say less."""
        causes = {i: cause for i, cause in self.causes.items() if self.printed[i]}
        for steps in moves:
            for cell, change in steps.items():
                if self.printed[cell] and not self.in_range(cell, change, causes.get(cell)):
                    causes[cell] = self.loosest(cell)
                elif self.printed[cell]:
                    causes.setdefault(cell, Cause.COMPLEMENTARY)
        return causes


def rounded(value: int, rule: Rule) -> int:
    """The figure as it is printed: to the nearest multiple, half up."""
    unit = rule.round_to or 1
    return (2 * value + unit) // (2 * unit) * unit


def rate(above: int, below: int) -> Fraction | None:
    """A rate, exact; None of nothing."""
    return Fraction(above, below) if below else None
