"""Between what a plan says (types) and how it is kept: editions, the pack version and the procedure of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from zhijiao.engines.workflow import Flow
from zhijiao.planning.models import Edition, Plan
from zhijiao.planning.types import Content, PlanItem, PlanTarget
from zhijiao.policy import queries as policy
from zhijiao.policy.types import PackIndex, flow_of


def flow_for(row: Plan) -> Flow:
    """The procedure under which a plan was begun, from the pack version of that day."""
    return flow_of(index_for(row).procedures[row.procedure])


def index_for(row: Plan) -> PackIndex:
    """The pack version under which a plan was begun."""
    index = policy.index(row.pack, row.pack_version)
    assert index is not None, "installed versions are never removed"
    return index


def content_in_force(row: Plan) -> Content:
    """What holds of a plan; of one that never came into force, what its newest edition says."""
    editions = row.editions.order_by("-number")
    if row.edition_in_force is not None:
        editions = editions.filter(number=row.edition_in_force)
    edition = editions.first()
    return content_of(edition) if edition is not None else Content("")


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
