"""Verbs: split a target to the organisations below a place, and confirm the split."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Permission
from zhijiao.core.audit import record
from zhijiao.core.inbox import holders, notify
from zhijiao.core.tree import tree
from zhijiao.indicators.models import TargetShare
from zhijiao.indicators.queries.standpoint import REPORTERS
from zhijiao.indicators.rules.sharing import check_sum, is_additive, share_fault
from zhijiao.indicators.types.sharing import SplitFault, SumCheck
from zhijiao.policy import queries as policy
from zhijiao.policy.types import Bound, Indicator, Op, PackIndex

PROPOSED, CONFIRMED, ENDED = "proposed", "confirmed", "ended"


def split_targets(
    *,
    pack: str,
    indicator: str,
    op: Op,
    year: int,
    values: Mapping[int, Decimal],
    at_place: int,
    by: Actor,
    at: datetime,
) -> int:
    """Save a draft of who is to reach how much of a target by the end of a year: organisation → value. It replaces the
    draft before; nobody below is bound by it. Returns how many shares differ. Raises SplitFault, NotAllowed."""
    by.require(Permission.SPLIT_TARGETS, at_place)
    _, known = _subject(pack, indicator)
    below = {node.id: node for node in tree(by.tenant, timezone.localdate(at)).below(at_place)}
    problems = [
        (organisation, f"{below[organisation].name}：{fault}" if organisation in below else fault)
        for organisation, value in values.items()
        if (fault := _fault(known, value, organisation in below and organisation != at_place))
    ]
    if problems:
        raise SplitFault(problems)
    with transaction.atomic():
        rows = _rows(by, pack, indicator, op, year, at_place)
        drafts = {row.organisation_id: row for row in rows if row.state == PROPOSED}
        changed = 0
        for organisation, row in drafts.items():
            if values.get(organisation) != row.value:
                _end(row, "改稿", at)
                changed += 1
        for organisation, value in values.items():
            row_ = drafts.get(organisation)
            if row_ is None or row_.value != value:
                _propose(known, pack, op, year, organisation, value, at_place, by, at)
                changed += 1
        if changed:
            _record(by, at, at_place, indicator, "split_targets", f"分解“{known.name}”{year}年目标，草稿")
        return changed


def confirm_split(
    *, pack: str, indicator: str, op: Op, year: int, at_place: int, note: str = "", by: Actor, at: datetime
) -> SumCheck:
    """Hand a split down as it was drafted: each organisation is told and measured by it. Where the shares do not make up
    the whole, `note` says why. Raises SplitFault, NotAllowed."""
    by.require(Permission.SPLIT_TARGETS, at_place)
    index, known = _subject(pack, indicator)
    with transaction.atomic():
        rows = _rows(by, pack, indicator, op, year, at_place)
        drafts = [row for row in rows if row.state == PROPOSED]
        if not drafts:
            raise SplitFault([(0, f"“{known.name}”{year}年没有草稿可下达，请先填写并保存。")])
        whole = whole_of(known, op)
        check = check_sum(whole, [row.value for row in drafts], additive=is_additive(index, known))
        if check.fits is False and not note.strip():
            raise SplitFault([(0, f"{check.words}。要照此下达，请写明原因。")])
        for row in rows:
            if row.state == CONFIRMED:
                _end(row, "重新分解", at)
        for row in drafts:
            row.state, row.confirmed_by, row.confirmed_at = CONFIRMED, by.name[:80], at
            row.save(update_fields=["state", "confirmed_by", "confirmed_at"])
            notify(
                holders(row.organisation_id, tuple(REPORTERS)),
                key=f"share:{row.pk}",
                subject=f"{year}年目标已下达：{known.name}",
                link="/desk/targets",
                at=at,
            )
        said = f"下达“{known.name}”{year}年目标，{len(drafts)} 个单位；{check.words}"
        _record(by, at, at_place, indicator, "confirm_split", said, note=note.strip())
        return check


def whole_of(indicator: Indicator, op: Op) -> Bound:
    """The bound of the whole that is split. Raises SplitFault."""
    found = next((target for target in indicator.targets if target.op == op), None)
    if found is None:
        raise SplitFault([(0, f"“{indicator.name}”没有这样的目标，请从列表中选择。")])
    return found


def _subject(pack: str, indicator: str) -> tuple[PackIndex, Indicator]:
    index = policy.index(pack)
    known = index.indicators.get(indicator) if index is not None else None
    if index is None or known is None or known.unit is None:
        raise SplitFault([(0, "没有这个指标，或它没有数值目标。")])
    return index, known


def _fault(indicator: Indicator, value: Decimal, below: bool) -> str:
    return share_fault(indicator, value) if below else "有一个单位不在本地的组织树里，请刷新后再填。"


def _rows(by: Actor, pack: str, indicator: str, op: Op, year: int, at_place: int) -> list[TargetShare]:
    return list(
        TargetShare.objects.select_for_update()
        .filter(
            tenant=by.tenant,
            pack=pack,
            indicator=indicator,
            op=op,
            period=str(year),
            parties=[at_place],
            plan=None,
        )
        .exclude(state=ENDED)
    )


def _propose(
    indicator: Indicator,
    pack: str,
    op: Op,
    year: int,
    organisation: int,
    value: Decimal,
    at_place: int,
    by: Actor,
    at: datetime,
) -> None:
    TargetShare.objects.create(
        tenant=by.tenant,
        pack=pack,
        indicator=indicator.id,
        organisation_id=organisation,
        parties=[at_place],
        period=str(year),
        starts=date(year, 1, 1),
        ends=date(year, 12, 31),
        op=op,
        value=value,
        unit=indicator.unit or "",
        basis=f"{year}年目标分解",
        state=PROPOSED,
        made_by=by.name[:80],
        made_at=at,
    )


def _end(row: TargetShare, reason: str, at: datetime) -> None:
    row.state, row.ended_at, row.ended_for = ENDED, at, reason
    row.save(update_fields=["state", "ended_at", "ended_for"])


def _record(
    by: Actor, at: datetime, at_place: int, indicator: str, verb: str, summary: str, **detail: str
) -> None:
    record(
        by=by,
        at=at,
        action=f"indicators.{verb}",
        organisation=at_place,
        object_kind="indicator",
        object_id=indicator,
        summary=summary,
        detail=detail,
    )
