"""Between what a plan says (types) and how an edition keeps it (JSON)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from zhijiao.planning.models import Edition
from zhijiao.planning.types import Content, PlanItem, PlanTarget


def targets_as_json(content: Content) -> list[dict[str, str]]:
    """Values as text, so that no digit is lost."""
    return [
        {
            "indicator": target.indicator,
            "op": target.op,
            "value": str(target.value),
            "unit": target.unit,
            "period": target.period,
        }
        for target in content.targets
    ]


def items_as_json(content: Content) -> list[dict[str, str | None]]:
    """Days as ISO dates."""
    return [
        {
            "title": item.title,
            "deliverable": item.deliverable,
            "due": item.due.isoformat() if item.due else None,
            "serves": item.serves,
        }
        for item in content.items
    ]


def content_of(edition: Edition) -> Content:
    """What an edition says."""
    return Content(
        body=edition.body,
        targets=tuple(_target(kept) for kept in edition.targets),
        items=tuple(_item(kept) for kept in edition.items),
        file=edition.file,
    )


def _target(kept: Mapping[str, Any]) -> PlanTarget:
    return PlanTarget(
        indicator=kept["indicator"],
        op=kept["op"],
        value=Decimal(kept["value"]),
        unit=kept["unit"],
        period=kept["period"],
    )


def _item(kept: Mapping[str, Any]) -> PlanItem:
    due = kept["due"]
    return PlanItem(
        title=kept["title"],
        deliverable=kept["deliverable"],
        due=date.fromisoformat(due) if due else None,
        serves=kept["serves"],
    )
