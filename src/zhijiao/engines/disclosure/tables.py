"""Putting tables together: one table of several, the sums of a cube, and whether it all adds up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from zhijiao.engines.disclosure.types import Key, NotAdditive, Ratio, Sum, Table

Dimension = Mapping[str, str | None]
"""Member → the member that it is part of; None at the top, and for members that add up to nothing, such as years."""


def merged(tables: Iterable[Table]) -> Table:
    """One table of all: what is published together is attacked together. Raises `NotAdditive` where two disagree.

    A cell that one table prints is printed, even where another leaves it out.
    """
    cells: dict[Key, int | None] = {}
    largest: dict[Key, int] = {}
    sums: list[Sum] = []
    ratios: list[Ratio] = []
    printed: set[Key] = set()
    for table in tables:
        for key, value in table.cells.items():
            if cells.setdefault(key, value) != value:
                raise NotAdditive(f"“{named(key)}”在两张表里分别是 {cells[key]} 和 {value}；请先统一再公布。")
        for key, share in table.largest.items():
            largest[key] = max(share, largest.get(key, share))
        sums.extend(table.sums)
        ratios.extend(table.ratios)
        printed.update(key for key in table.cells if key not in table.unprinted)
    return Table(cells, tuple(sums), tuple(ratios), frozenset(cells.keys() - printed), largest)


def cube(cells: Mapping[Key, int | None], dimensions: Sequence[Dimension]) -> Table:
    """The sums of a cube whose keys hold one member of each dimension.

    Where the parts that are there do not reach their total, an unprinted cell holds the rest: leaving a line out does not
    hide it. Raises `NotAdditive` where the parts pass it, which is how counts of distinct persons betray themselves.
    """
    rows: dict[Key, int | None] = dict(cells)
    parts: dict[tuple[int, Key], list[Key]] = defaultdict(list)
    for key in sorted(cells):
        for place, dimension in enumerate(dimensions):
            parent = dimension.get(key[place])
            total = (*key[:place], parent or "", *key[place + 1 :])
            if parent is not None and total in cells:
                parts[place, total].append(key)
    sums, unprinted = [], set()
    for (place, total), keys in sorted(parts.items()):
        rest = (cells[total] or 0) - sum(cells[key] or 0 for key in keys)
        if rest > 0:
            keys.append((*total, "−", str(place)))
            rows[keys[-1]] = rest
            unprinted.add(keys[-1])
        sums.append(Sum(total, tuple(keys)))
    table = Table(rows, tuple(sums), (), frozenset(unprinted))
    check(table)
    return table


def relations(table: Table) -> tuple[Sum, ...]:
    """Every relation once, in an order of its own: the sums, and denominator = numerator + rest for every ratio."""
    found = {Sum(s.total, tuple(sorted(s.parts))) for s in table.sums}
    found |= {Sum(r.denominator, tuple(sorted((r.numerator, r.rest)))) for r in with_rest(table)}
    return tuple(sorted(found, key=lambda s: (s.total, s.parts)))


def with_rest(table: Table) -> list[Ratio]:
    """The ratios that give a rest away: of a part, both of whose figures there are."""
    return [
        r
        for r in table.ratios
        if r.part and None not in (table.cells[r.numerator], table.cells[r.denominator])
    ]


def values(table: Table) -> dict[Key, int]:
    """Every cell that has a value, with the rests of the ratios."""
    found = {key: value for key, value in table.cells.items() if value is not None}
    return found | {r.rest: found[r.denominator] - found[r.numerator] for r in with_rest(table)}


def check(table: Table) -> None:
    """Raises `NotAdditive` for the first clash: an unknown key, a negative count, a sum that does not add up, a
    part above its whole."""
    for key, value in sorted(table.cells.items(), key=lambda item: item[0]):
        if value is not None and value < 0:
            raise NotAdditive(f"“{named(key)}”是 {value}；人数不能为负，请核对。")
    for one in table.sums:
        for key in (one.total, *one.parts):
            if key not in table.cells:
                raise NotAdditive(f"合计关系里的“{named(key)}”不在表中；请补上这一格，或去掉这条关系。")
        total, parts = table.cells[one.total] or 0, sum(table.cells[key] or 0 for key in one.parts)
        if total != parts or len(set(one.parts)) != len(one.parts) or one.total in one.parts:
            raise NotAdditive(
                f"“{named(one.total)}”是 {total}，各部分相加是 {parts}；不能相加的数（如去重人数）请不要声明为合计。"
            )
    for ratio in table.ratios:
        for key in (ratio.numerator, ratio.denominator):
            if key not in table.cells:
                raise NotAdditive(f"比率“{named(ratio.key)}”引用的“{named(key)}”不在表中；请补上这一格。")
        above, below = table.cells[ratio.numerator], table.cells[ratio.denominator]
        if ratio.part and above is not None and below is not None and above > below:
            raise NotAdditive(
                f"“{named(ratio.key)}”的分子 {above} 大于分母 {below}；请核对，或声明分子不是分母的一部分。"
            )


def named(key: Key) -> str:
    """A cell's name in a message."""
    return "·".join(part for part in key if part)
