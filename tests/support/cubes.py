"""Made-up cubes of counts: places × branches × sexes, with their sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from random import Random

from zhijiao.engines.disclosure import Dimension, Key, Ratio, Table, cube


def places(counties: int, schools: int) -> Dimension:
    """city → county → school."""
    found: dict[str, str | None] = {"city": None}
    for county in range(counties):
        found[f"c{county}"] = "city"
        found |= {f"c{county}s{school}": f"c{county}" for school in range(schools)}
    return found


def branches(majors: int, group: int = 4) -> Dimension:
    """all → group → major."""
    found: dict[str, str | None] = {"all": None}
    for major in range(majors):
        found[f"g{major // group}"] = "all"
        found[f"m{major}"] = f"g{major // group}"
    return found


SEXES: Dimension = {"both": None, "x0": "both", "x1": "both"}


def upwards(dimension: Dimension, member: str) -> Iterator[str]:
    """The member and all that it is part of."""
    at: str | None = member
    while at is not None:
        yield at
        at = dimension[at]


def counted(
    dimensions: list[Dimension], random: Random, *, mean: float = 8, empty: float = 0.3
) -> dict[Key, int]:
    """Random counts of the finest groups, many small and some nought, and every total above them."""
    cells: Counter[Key] = Counter()
    finest = [[m for m in d if m not in d.values()] for d in dimensions]
    for key in product(*finest):
        value = 0 if random.random() < empty else int(random.expovariate(1 / mean))
        for above in product(*(upwards(d, m) for d, m in zip(dimensions, key, strict=True))):
            cells[above] += value
    return dict(cells)


def made(
    seed: int,
    counties: int,
    schools: int,
    majors: int,
    *,
    mean: float = 8,
    empty: float = 0.3,
    crossed: bool = True,
) -> Table:
    """A cube of three dimensions (two, if it is not crossed by sex)."""
    dimensions = [places(counties, schools), branches(majors), *([SEXES] if crossed else [])]
    return cube(counted(dimensions, Random(seed), mean=mean, empty=empty), dimensions)


def rated(seed: int, counties: int, schools: int, majors: int, *, mean: float, share: float) -> Table:
    """People, those of them who are employed (about this share), and the rate, at every place and branch."""
    random = Random(seed)
    sides = [places(counties, schools), branches(majors)]
    people = counted(sides, random, mean=mean, empty=0.2)
    employed = Counter(dict.fromkeys(people, 0))
    for key, value in people.items():
        if all(member not in d.values() for member, d in zip(key, sides, strict=True)):
            lucky = sum(random.random() < share for _ in range(value))
            for above in product(*(upwards(d, m) for d, m in zip(sides, key, strict=True))):
                employed[above] += lucky
    cells = {(*key, "all"): value for key, value in people.items()}
    cells |= {(*key, "employed"): value for key, value in employed.items()}
    ratios = tuple(Ratio((*key, "rate"), (*key, "employed"), (*key, "all")) for key in people)
    return replace(cube(cells, [*sides, {}]), ratios=ratios)
