"""The board as JSON: the contract of `zhijiao board --json` and of the API."""

from __future__ import annotations

from typing import Any

from zhijiao.indicators.types import Board, Row
from zhijiao.policy.packs.serial import json_number


def row_as_json(row: Row) -> dict[str, Any]:
    """One indicator. Keys are a contract: add, never rename."""
    period = row.indicator.period
    actual = row.actual
    return {
        "indicator": row.indicator.id,
        "name": row.indicator.name,
        "clauses": list(row.indicator.clauses),
        "parent": row.parent,
        "targets": [
            {"op": t.op, "value": json_number(t.value), "unit": t.unit} for t in row.indicator.targets
        ],
        "period": {"from": period.from_, "to": period.to, "kind": period.kind, "inferred": period.inferred},
        "actual": None
        if actual is None
        else {
            "value": json_number(actual.value),
            "unit": actual.unit,
            "op": actual.op,
            "as_of": actual.as_of,
        },
        "verdict": row.verdict.value,
        "reason": row.reason,
        "source": row.source,
    }


def board_as_json(board: Board) -> list[dict[str, Any]]:
    """Every indicator of the board in its order."""
    return [row_as_json(row) for row in board.rows]
