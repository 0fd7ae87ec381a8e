"""Snapshots, and the figures that were computed from them, as far as the key's owner may see them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router

from zhijiao.api.v1.common import moment, pack_index
from zhijiao.api.v1.data.schemas import ComputedOut, RunOut, SnapshotOut
from zhijiao.api.v1.duties.access import ANSWERS, KEY, reader
from zhijiao.api.v1.duties.fields import Identifier, Limit, Row
from zhijiao.api.v1.duties.schemas import text
from zhijiao.core.access.actor import Invisible
from zhijiao.core.access.scope import acting
from zhijiao.exchange.queries.snapshots import snapshots
from zhijiao.indicators.queries import computed as queries
from zhijiao.indicators.types.computed import ResultView

router = Router(tags=["指标计算"], auth=KEY)
Known = Annotated[datetime | None, Query(description="按当时已经入库的数据（as-of）；不写则用最新的快照")]


@router.get(
    "/data/snapshots",
    response={200: list[SnapshotOut], **ANSWERS},
    summary="快照台账",
    description="每个快照的内容哈希、数据截至的时刻、机构树的日期和各数据集的行数。",
)
def list_snapshots(request: HttpRequest, limit: Limit = 200) -> Any:
    """The ledger, newest first."""
    who = reader(request)
    return [
        SnapshotOut(
            id=each.id,
            known_at=each.known_at,
            tree_on=each.tree_on,
            standard=each.standard,
            reason=each.reason,
            marked=each.marked,
            rows=each.rows,
            made_at=each.made_at,
            removed_at=each.removed_at,
            datasets=dict(each.datasets),
        )
        for each in snapshots(who.tenant, limit=limit)
    ]


@router.get(
    "/packs/{pack}/computed/runs",
    response={200: list[RunOut], **ANSWERS},
    summary="指标计算的历次运行",
    description="哪一版算法、哪个快照、什么时候算的。",
)
def list_runs(request: HttpRequest, pack: str, limit: Limit = 200) -> Any:
    """Runs of a pack, those of the newest data first."""
    who, index = reader(request), pack_index(pack, None)
    return [
        {
            "id": each.id,
            "pack": each.pack,
            "version": each.version,
            "snapshot": each.snapshot,
            "known_at": each.known_at,
            "tree_on": each.tree_on,
            "marked": each.marked,
            "engine": each.engine,
            "made_at": each.made_at,
        }
        for each in queries.runs(index.id, who.tenant, limit=limit)
    ]


@router.get(
    "/packs/{pack}/computed",
    response={200: list[ComputedOut], **ANSWERS},
    summary="算出来的指标值",
    description="一个单位的一项指标逐期的值；写 below=true 是下一级各单位在 period 这一期的值。数都是精确的文本。",
)
def list_computed(
    request: HttpRequest,
    pack: str,
    indicator: Row,
    organisation: Identifier,
    period: Row = "",
    below: bool = Query(False, description="true：下一级各单位在 period 这一期的值"),
    known_at: Known = None,
) -> Any:
    """An organisation's figures, or those of the organisations below it for a period."""
    who, index = reader(request), pack_index(pack, None)
    with acting(who):
        run = queries.newest(index.id, who.tenant, moment(known_at))
        if run is None:
            raise Invisible("nothing was computed")
        if below:
            found = queries.children(run, indicator, organisation, period)
        else:
            found = queries.series(run, indicator, organisation)
            found = [each for each in found if not period or each.period == period]
    return [_out(each) for each in found]


def _out(each: ResultView) -> ComputedOut:
    return ComputedOut(
        run=each.run,
        indicator=each.indicator,
        part=each.part,
        level=each.level,
        organisation=each.organisation,
        major=each.major,
        period=each.period,
        starts=each.starts,
        ends=each.ends,
        value=text(each.value),
        numerator=text(each.numerator),
        denominator=text(each.denominator),
        reason=each.reason,
        marker=each.marker,
    )
