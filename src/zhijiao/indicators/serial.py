"""The board as JSON: the contract of `zhijiao board --json` and of the API."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from zhijiao.indicators.types import Board, FigureView, Live, Part, Point, Row
from zhijiao.policy.packs.serial import json_number

_SHANGHAI = ZoneInfo("Asia/Shanghai")


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
        "way": row.way or None,
        "computed": _computed(row),
    }


def _computed(row: Row) -> dict[str, Any] | None:
    """What was computed last for the place: of the newest whole period. Null where nothing was."""
    if not row.computed:
        return None
    whole = (one for one in row.computed if one.ends <= one.known_at.astimezone(_SHANGHAI).date())
    shown = next((one for one in whole if one.value is not None), row.computed[0])
    return {
        "value": _number(shown.value),
        "period": shown.period,
        "numerator": _number(shown.numerator),
        "denominator": _number(shown.denominator),
        "known_at": _moment(shown.known_at),
        "snapshot": shown.snapshot,
    }


def board_as_json(board: Board) -> list[dict[str, Any]]:
    """Every indicator of the board in its order."""
    return [row_as_json(row) for row in board.rows]


def live_as_json(
    live: Live | None, place: str, parts: Callable[[Point], Sequence[Part]]
) -> dict[str, Any] | None:
    """What was approved for an indicator: the period that the verdict looks at, else the newest. Null where nothing was.
    `parts` finds whose figures make it up. Keys are a contract: add, never rename."""
    if live is None:
        return None
    point = live.shown or live.points[0]
    listed = parts(point)
    figures = [part.figure for part in listed if part.figure is not None]
    only = figures[0] if point.made == "own" and len(figures) == 1 else None
    return {
        "value": _number(point.value),
        "numerator": _number(point.numerator),
        "denominator": _number(point.denominator),
        "unit": live.unit,
        "period": point.period,
        "organisation": only.organisation_name if only else place,
        "reported_by": only.reported_by if only else _said({f.reported_as for f in figures}),
        "approved_by": only.approved_by if only else _said({f.approved_as for f in figures}),
        "known_from": _moment(point.known_from),
        "definition": only.definition if only else _said({f.definition for f in figures}),
        "restates": _restates(only) if only else None,
        "made": point.made,
        "approved": point.approved,
        "owed": point.owed,
        "judged": live.shown is not None,
        "parts": [_part_as_json(part) for part in listed],
    }


def figure_as_json(figure: FigureView) -> dict[str, Any]:
    """An approved figure with who stands behind it."""
    return {
        "value": _number(figure.value),
        "numerator": _number(figure.numerator),
        "denominator": _number(figure.denominator),
        **({"text": figure.text} if figure.text else {}),
        "unit": figure.unit,
        "period": figure.period,
        "organisation": figure.organisation_name,
        "reported_by": figure.reported_by,
        "approved_by": figure.approved_by,
        "approved_as": figure.approved_as,
        "known_from": _moment(figure.known_from),
        "definition": figure.definition,
        "restates": _restates(figure),
    }


def _part_as_json(part: Part) -> dict[str, Any]:
    if part.figure is None:
        return {"organisation": part.organisation_name, "value": None, "approved": False}
    return {**figure_as_json(part.figure), "organisation": part.organisation_name, "approved": True}


def _restates(figure: FigureView) -> dict[str, Any] | None:
    if not figure.cause:
        return None
    return {
        "old": _number(figure.old) if figure.old is not None else figure.old_text or None,
        "new": _number(figure.value) if figure.value is not None else figure.text,
        "cause": figure.cause,
    }


def _moment(value: datetime) -> str:
    return value.astimezone(_SHANGHAI).isoformat()


def _number(value: Decimal | None) -> Any:
    return None if value is None else json_number(value)


def _said(words: set[str]) -> str:
    return "、".join(sorted(word for word in words if word))
