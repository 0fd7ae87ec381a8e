"""`holds`: a bound against a value, one either side of each limit, for every operator and direction."""

from __future__ import annotations

from decimal import Decimal

import pytest

from zhijiao.indicators.rules import holds
from zhijiao.policy.types import Bound

CASES = [
    # op   bound  value   direction  about  holds
    (">=", "75", "75", "higher", 10, True),
    (">=", "75", "74.99", "higher", 10, False),
    (">", "80", "80", "higher", 10, False),
    (">", "80", "80.01", "higher", 10, True),
    ("<=", "35", "35", "lower", 10, True),
    ("<=", "35", "35.01", "lower", 10, False),
    ("<", "35", "35", "lower", 10, False),
    ("=", "100", "100", "higher", 10, True),
    ("=", "100", "99.9", "higher", 10, False),
    ("=", "1", "2", "milestone", 10, False),
    ("~", "5", "4.5", "higher", 10, True),
    ("~", "5", "4.49", "higher", 10, False),
    ("~", "5", "50", "higher", 10, True),
    ("~", "5", "5.5", "within", 10, True),
    ("~", "5", "5.51", "within", 10, False),
    ("~", "5", "5.51", "lower", 10, False),
    ("~", "5", "5.01", "within", 0, False),
]


@pytest.mark.parametrize(("op", "bound", "value", "direction", "about", "expected"), CASES)
def test_a_bound_holds(op: str, bound: str, value: str, direction: str, about: int, expected: bool) -> None:
    limit = Bound(op=op, value=Decimal(bound), unit="个")  # type: ignore[arg-type]
    assert holds(limit, Decimal(value), direction, about) is expected
