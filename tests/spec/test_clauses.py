"""All 528 clauses of the five documents are in their packs, with their kind and their exact figures.

`clause-ids.csv` is the list that the packs are held against: a clause or a figure that is lost or changed in
a pack fails here. It is the only place outside packs that names clauses.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.support.packs import shipped
from zhijiao.lib.numbers import plain
from zhijiao.policy.types import Clause

LISTED = list(
    csv.DictReader(Path(__file__).with_name("clause-ids.csv").read_text(encoding="utf-8").splitlines())
)
PACKS = {"tzw": "taizhou", "tzn": "taizhou", "tzr": "taizhou", "wz": "wenzhou", "zj": "zhejiang"}


def _figures(clause: Clause) -> str:
    return ";".join(f"{f.op}{plain(f.value)}{f.unit}" for f in clause.figures)


@pytest.fixture(scope="module")
def clauses() -> dict[str, tuple[str, Clause]]:
    shelf = shipped()
    return {c.id: (pack, c) for pack in shelf.ids() for c in shelf.load(pack).clauses}


def test_the_list_holds_528_clauses() -> None:
    assert len(LISTED) == len({row["clause"] for row in LISTED}) == 528


def test_every_clause_stands_in_its_pack(clauses: dict[str, tuple[str, Clause]]) -> None:
    where = {clause_id: pack for clause_id, (pack, _) in clauses.items()}
    assert where == {row["clause"]: PACKS[row["clause"].split(".")[0]] for row in LISTED}


def test_kinds_are_those_of_the_list(clauses: dict[str, tuple[str, Clause]]) -> None:
    assert {row["clause"]: row["kind"] for row in LISTED} == {i: c.kind for i, (_, c) in clauses.items()}


def test_figures_are_exact(clauses: dict[str, tuple[str, Clause]]) -> None:
    assert {row["clause"]: row["figures"] for row in LISTED} == {
        i: _figures(c) for i, (_, c) in clauses.items()
    }
