"""What the clauses became. A clause that can be shown is served; one that needs something to run is planned."""

from __future__ import annotations

import pytest

from tests.support.packs import shipped
from zhijiao.policy.packs.coverage import coverage

CLAUSES = {"taizhou": 340, "wenzhou": 123, "zhejiang": 65}
SHOWN = ("target", "actual", "standard", "task")


@pytest.mark.parametrize("pack", CLAUSES)
def test_no_clause_is_unserved(pack: str) -> None:
    found = coverage(shipped().index(pack))
    assert found.clauses == CLAUSES[pack]
    assert found.unserved == ()


@pytest.mark.parametrize("pack", CLAUSES)
def test_targets_actuals_standards_and_tasks_are_served(pack: str) -> None:
    index = shipped().index(pack)
    shown = [c for c in index.pack.clauses if c.kind in SHOWN]
    assert coverage(index, shown).planned == ()


def test_what_must_run_is_planned_until_it_is_built() -> None:
    index = shipped().index("taizhou")
    rules = [c for c in index.pack.clauses if c.kind == "rule"]
    assert len(coverage(index, rules).planned) == len(rules)
