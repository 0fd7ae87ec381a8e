"""Every list that can be written, by identifier. A new list is a new entry here and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from zhijiao.reports.exports import comparison, duties, indicators, objects, overview, policy, tasks
from zhijiao.reports.exports.types import Exporter

_ALL = (
    overview.EXPORTER,
    indicators.EXPORTER,
    tasks.EXPORTER,
    objects.PROGRAMMES,
    objects.RULES,
    objects.STANDARDS,
    objects.SYSTEMS,
    duties.OBLIGATIONS,
    duties.PROCEDURES,
    policy.REPORTED,
    policy.DOCUMENTS,
    policy.CLAUSES,
    policy.COVERAGE,
    policy.CONFLICTS,
    policy.PLACES,
    policy.INDUSTRIES,
    comparison.EXPORTER,
)

EXPORTERS: Mapping[str, Exporter] = MappingProxyType({exporter.identifier: exporter for exporter in _ALL})

BOARD_SHEETS = (
    "overview",
    "indicators",
    "tasks",
    "programmes",
    "rules",
    "standards",
    "systems",
    "obligations",
    "procedures",
    "reported",
    "documents",
    "clauses",
    "coverage",
    "conflicts",
    "places",
    "industries",
)
"""The sheets of the board workbook, a card each, in the order of the menu."""
