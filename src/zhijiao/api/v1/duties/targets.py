"""Targets that were handed down or set by an own plan, and how an organisation stands to its own."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from zhijiao.api.v1.common import day, pack_index
from zhijiao.api.v1.duties.access import ANSWERS, KEY, reader
from zhijiao.api.v1.duties.fields import InPath, Row
from zhijiao.api.v1.duties.schemas import FigureOut, text
from zhijiao.core.access.actor import Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.tree import tree
from zhijiao.indicators.queries import sharing
from zhijiao.indicators.types.sharing import Share

router = Router(tags=["目标分解"], auth=KEY)


class ShareOut(Schema):
    """What one organisation is to reach. `plan`: the plan that set it; null where it was handed down."""

    id: int
    indicator: str
    organisation: int
    period: str
    op: str
    value: str
    unit: str
    state: str
    basis: str
    plan: int | None

    @classmethod
    def of(cls, share: Share) -> ShareOut:
        """From the domain's view."""
        return cls(
            id=share.id,
            indicator=share.indicator,
            organisation=share.organisation,
            period=share.period,
            op=share.op,
            value=text(share.value) or "",
            unit=share.unit,
            state=share.state,
            basis=share.basis,
            plan=share.plan,
        )


class StandsOut(Schema):
    """A target of an organisation and how it stands."""

    share: ShareOut
    name: str
    figure: FigureOut | None
    verdict: str
    reason: str


@router.get(
    "/packs/{pack}/targets",
    response={200: list[ShareOut], **ANSWERS},
    summary="分解下去的目标",
    description="密钥所有人看得到的单位各分到多少，含草稿（proposed）和已下达的（confirmed）。",
)
def list_targets(
    request: HttpRequest, pack: str, indicator: Row | None = None, on: date | None = None
) -> Any:
    """Shares that were handed down and have not ended."""
    who, index = reader(request), pack_index(pack, None)
    found = sharing.shares(
        pack=index.id,
        tenant=who.tenant,
        organisations=list(tree(who.tenant, day(on)).nodes),
        indicator=indicator,
    )
    return [ShareOut.of(share) for share in found]


@router.get(
    "/packs/{pack}/organisations/{int:organisation}/board",
    response={200: list[StandsOut], **ANSWERS},
    summary="一个单位的目标和完成情况",
    description="分给本单位的和本单位方案自定的目标，最近审定的数，判定与理由。",
)
def place_board(request: HttpRequest, pack: str, organisation: InPath, on: date | None = None) -> Any:
    """Every target in force of an organisation, and how it stands."""
    who, index = reader(request), pack_index(pack, None)
    if not who.may(Permission.VIEW, organisation):
        raise Invisible(f"organisation {organisation}")
    return [
        {
            "share": ShareOut.of(line.share),
            "name": line.name,
            "figure": FigureOut.of(line.figure) if line.figure else None,
            "verdict": line.verdict.value,
            "reason": line.reason,
        }
        for line in sharing.place_board(index, organisation, day(on))
    ]
