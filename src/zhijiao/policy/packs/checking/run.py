"""Runs every check over a built pack."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from zhijiao.policy.packs.checking import admissions, duties, meaning, metrics, records, references, twins
from zhijiao.policy.packs.checking.context import Context
from zhijiao.policy.packs.problems import Problem

CHECKS: tuple[Callable[[Context], Iterator[Problem]], ...] = (
    references.unique_ids,
    references.structure,
    references.clause_references,
    references.object_references,
    references.unit_names,
    references.authorities,
    references.manifest,
    references.decisions,
    meaning.indicators,
    meaning.parts,
    meaning.goals,
    meaning.figures,
    meaning.reported,
    meaning.parameters,
    meaning.standards,
    meaning.documents,
    meaning.places,
    metrics.metrics,
    duties.inferences,
    duties.chains,
    duties.obligations,
    duties.procedures,
    records.rules,
    records.registers,
    admissions.rules,
    twins.twin,
)


def check_built(context: Context) -> list[Problem]:
    """All problems of a pack whose entries are well formed."""
    return sorted({problem for check in CHECKS for problem in check(context)})
