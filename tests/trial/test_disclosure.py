"""Disclosure control at length: many tables of many shapes, and tables of a city's size with rates."""

from __future__ import annotations

from random import Random
from time import process_time

import pytest

from tests.support.cubes import made, rated
from zhijiao.engines.disclosure import Rule, Table, attack, protect, stands

pytestmark = pytest.mark.trial

RULES = [
    Rule(3),
    Rule(5),
    Rule(5, least_base=20),
    Rule(10, protection=3),
    Rule(20, protection=9, least_base=30),
    Rule(5, show_zero=False),
    Rule(10, show_zero=False, protection=4),
]


def _any_table(seed: int, random: Random) -> Table:
    if seed % 2:
        shape = random.randint(1, 4), random.randint(1, 4), random.randint(2, 10)
        return rated(seed, *shape, mean=random.choice([3, 8, 30]), share=random.choice([0.1, 0.5, 0.9, 0.99]))
    shape = random.randint(1, 4), random.randint(1, 5), random.randint(2, 14)
    return made(seed, *shape, mean=random.choice([1, 3, 8, 40]), empty=random.choice([0, 0.3, 0.7, 0.9]))


@pytest.mark.parametrize("start", range(0, 400, 50))
def test_no_table_gives_anything_away(start: int) -> None:
    for seed in range(start, start + 50):
        random = Random(seed + 5000)
        table, rule = _any_table(seed, random), random.choice(RULES)
        protected = protect(table, rule)
        assert attack(protected.published) == [], seed
        assert stands(table, protected) == [], seed
        assert protect(table, rule, after=protected) == protected, seed


def test_a_city_of_rates_takes_seconds() -> None:
    """45 schools in 9 counties × 40 majors in 10 groups: graduates, those employed, and the rate everywhere."""
    table = rated(1, 9, 5, 40, mean=15, share=0.9)
    start = process_time()
    protected = protect(table, Rule(5, least_base=20))
    seconds = process_time() - start
    print(f"{len(table.cells)} cells, {len(table.ratios)} rates: {seconds:.2f} s of processor time")
    assert seconds < 5
    assert attack(protected.published) == []
